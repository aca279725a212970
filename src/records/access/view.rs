//! Looks as they are shown.

use crate::audit::access::{AccessRow, Confided};
use crate::db::{Id, Instant};
use crate::http::FieldName;
use crate::values::DisplayName;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

/// A look at what is confidential, with all that it was at.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessEntryView {
    /// Identifier.
    pub id: Id,
    /// When.
    pub recorded_at: Instant,
    /// Who looked; `null` for machines.
    pub actor_id: Option<Id>,
    /// The machine that carried the request, where it was one.
    pub client_id: Option<Id>,
    /// Whom the actor stood in for: `null` as long as no operation lets anybody do so.
    pub on_behalf_of_id: Option<Id>,
    /// The request.
    pub request_id: Id,
    /// The operation of this contract.
    #[schema(max_length = 80, pattern = "^[a-z_ ]+$", example = "dossiers_retrieve")]
    pub operation: String,
    /// The roles by which the operation was granted, each with its department, or the scope of a machine.
    #[schema(max_length = 2000, pattern = "^[a-z_.0-9AB: ]+$", example = "volunteer:63")]
    pub rule: Option<String>,
    /// Keyed digest of the filters or of what was searched for: equal ones were equal.
    #[schema(max_length = 43, pattern = "^[A-Za-z0-9_-]+$", example = "w1pD3v0gYzq3o0cX0xwTtq0dDk4gq9mQm1mQnq4mJ5s")]
    pub criteria_digest: Option<String>,
    /// The study for which rows were read under pseudonyms.
    #[schema(max_length = 100, pattern = "^[^\\x00-\\x1F]*$", example = "Baromètre du climat scolaire 2026")]
    pub purpose: Option<String>,
    /// How many rows were shown; `null` while an export is under way.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991_i64, example = 12)]
    pub row_count: Option<i64>,
    /// Whether it was an answer given before and repeated.
    pub replayed: bool,
    /// The dossiers that were shown. An export names none.
    #[schema(max_items = 1000)]
    pub dossier_ids: Vec<Id>,
    /// The members that were shown. An export names none.
    #[schema(max_items = 1000)]
    pub member_ids: Vec<Id>,
    /// The fields that are hidden from the caller.
    #[schema(max_items = 10, value_type = Vec<FieldName>)]
    pub withheld: Vec<&'static str>,
}

/// What whoever runs the house does not need to know of what was looked for.
const CONTENT: [&str; 1] = ["criteria_digest"];

#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("recorded_at", "Date"), ("actor_id", "Auteur"), ("client_id", "Client"), ("on_behalf_of_id", "Pour le compte de"),
    ("request_id", "Demande"), ("operation", "Opération"), ("rule", "Droit"), ("criteria_digest", "Empreinte des critères"), ("purpose", "Finalité"),
    ("row_count", "Lignes"), ("replayed", "Réponse répétée"), ("dossier_ids", "Dossiers"), ("member_ids", "Adhérents"), ("withheld", "Champs masqués"),
];

impl AccessEntryView {
    /// The entry as somebody sees it who may know all of it, or all but what was searched for.
    pub fn seen(subjects: Vec<(Confided, Id)>, row: AccessRow, whole: bool) -> Self {
        let AccessRow { id, recorded_at, actor_id, client_id, on_behalf_of, request_id, operation, rule, .. } = row;
        let AccessRow { criteria_digest, purpose, row_count, replayed, .. } = row;
        let (dossiers, members): (Vec<_>, Vec<_>) = subjects.into_iter().partition(|(confided, _)| *confided == Confided::Dossier);
        let ids = |subjects: Vec<(Confided, Id)>| subjects.into_iter().map(|(_, id)| id).collect();
        Self {
            id,
            recorded_at,
            actor_id,
            client_id,
            on_behalf_of_id: on_behalf_of,
            request_id,
            operation,
            rule,
            criteria_digest: criteria_digest.filter(|_| whole).map(|digest| URL_SAFE_NO_PAD.encode(digest)),
            purpose,
            row_count,
            replayed,
            dossier_ids: ids(dossiers),
            member_ids: ids(members),
            withheld: if whole { Vec::new() } else { CONTENT.to_vec() },
        }
    }
}

/// A look at one file.
#[derive(Debug, Serialize, ToSchema)]
pub struct LookView {
    /// When.
    pub recorded_at: Instant,
    /// Who looked; `null` for machines.
    pub actor_id: Option<Id>,
    /// The machine that carried the request, where it was one.
    pub client_id: Option<Id>,
    /// Whom the actor stood in for: `null` as long as no operation lets anybody do so.
    pub on_behalf_of_id: Option<Id>,
    /// The request.
    pub request_id: Id,
    /// The operation of this contract.
    #[schema(max_length = 80, pattern = "^[a-z_ ]+$", example = "dossiers_retrieve")]
    pub operation: String,
    /// The roles by which the operation was granted, each with its department, or the scope of a machine.
    #[schema(max_length = 2000, pattern = "^[a-z_.0-9AB: ]+$", example = "volunteer:63")]
    pub rule: Option<String>,
    /// Whether it was an answer given before and repeated.
    pub replayed: bool,
}

impl From<AccessRow> for LookView {
    fn from(row: AccessRow) -> Self {
        let AccessRow { id: _, recorded_at, actor_id, client_id, on_behalf_of, request_id, operation, rule, .. } = row;
        let AccessRow { criteria_digest: _, purpose: _, row_count: _, replayed, .. } = row;
        Self { recorded_at, actor_id, client_id, on_behalf_of_id: on_behalf_of, request_id, operation, rule, replayed }
    }
}

/// Somebody who can see a dossier, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierReaderView {
    /// The user.
    pub user_id: Id,
    /// The user's name.
    pub display_name: DisplayName,
    /// Whether the content is seen, or only states, dates and holds.
    pub reads_content: bool,
    /// Why: roles whose ceiling the dossier's level does not exceed, each with its department; `referent`; `break_glass` or `mandate`
    /// where it is open to this user alone; `solidarity_officer` while it waits for the decision.
    #[schema(max_items = 50)]
    pub rules: Vec<RuleName>,
}

/// A reason for which somebody sees a dossier.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct RuleName(pub String);

impl utoipa::PartialSchema for RuleName {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let form = crate::values::schema::Form { min: 1, max: 60, pattern: Some("^[a-z_]+(:[0-9AB]+)?$"), ..Default::default() };
        crate::values::schema::text("A role with its department, `referent`, `break_glass` or `mandate`.", form, "department_head:63")
    }
}

impl ToSchema for RuleName {
    fn name() -> std::borrow::Cow<'static, str> {
        "RuleName".into()
    }
}

/// Who can see a dossier, and who looked at it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierAccessView {
    /// The dossier.
    pub dossier_id: Id,
    /// Those who can see it today.
    #[schema(max_items = 10_000)]
    pub readers: Vec<DossierReaderView>,
    /// The latest looks at it, the newest first.
    #[schema(max_items = 100)]
    pub looks: Vec<LookView>,
}

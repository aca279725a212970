//! What is shown of a contact request.

use super::model::{CallAnswer, CallNote, ContactRequestFilters, ContactRequestStatus, DropReason, LIFECYCLE};
use super::store::ContactRequestRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::dossiers::model::{ContactChannel, Urgency};
use crate::error::{Code, Error, Language, Place, Result};
use crate::http::{Actor, FieldName, ListOf};
use crate::members::model::{ContactInstructions, SafeContact};
use crate::values::{DepartmentCode, DisplayName, Phone};
use crate::workflow::{AllowedCommandView, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// A first call, before there is any dossier. A field that is hidden from the caller is `null` and named in `withheld`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContactRequestView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The association that sees to it.
    pub association_id: Id,
    /// Its department.
    pub department_code: DepartmentCode,
    /// The establishment that it is about.
    pub establishment_id: Option<Id>,
    /// The caller as a member.
    pub member_id: Option<Id>,
    /// By which way it came in.
    pub channel: Option<ContactChannel>,
    /// Name of the caller; `null` once the dossier that it became is anonymised.
    pub caller_name: Option<DisplayName>,
    /// Phone of the caller.
    pub caller_phone: Option<Phone>,
    /// Whether the caller may be called back without danger.
    pub safe_contact: Option<SafeContact>,
    /// What to heed in doing so.
    pub safe_contact_instructions: Option<ContactInstructions>,
    /// Urgency.
    pub urgency: Option<Urgency>,
    /// What the caller said.
    pub note: Option<CallNote>,
    /// State.
    pub status: ContactRequestStatus,
    /// Why it led to nothing.
    pub drop_reason: Option<DropReason>,
    /// What the caller was answered.
    pub answer: Option<CallAnswer>,
    /// The dossier that it became.
    pub dossier_id: Option<Id>,
    /// Who recorded it.
    pub created_by: Option<Id>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// The fields that are hidden from this caller.
    #[schema(max_items = 20, value_type = Vec<FieldName>)]
    pub withheld: Vec<&'static str>,
    /// When it came in.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("association_id", "Association"), ("department_code", "Département"),
    ("establishment_id", "Établissement"), ("member_id", "Adhérent"), ("channel", "Canal"), ("caller_name", "Appelant"), ("caller_phone", "Téléphone"),
    ("safe_contact", "Rappel sans risque"), ("safe_contact_instructions", "Consignes de rappel"), ("urgency", "Urgence"), ("note", "Note"),
    ("status", "État"), ("drop_reason", "Motif d'abandon"), ("answer", "Réponse"), ("dossier_id", "Dossier"), ("created_by", "Enregistré par"),
    ("allowed_commands", "Commandes possibles"), ("withheld", "Champs masqués"), ("created_at", "Reçu le"), ("updated_at", "Modifié le"),
];

impl Resource for ContactRequestView {
    const KIND: &'static str = "contact_request";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<ContactRequestRow> for ContactRequestView {
    fn from(row: ContactRequestRow) -> Self {
        let ContactRequestRow { id, association_id, department_code, establishment_id, member_id, channel, caller_name, caller_phone, safe_contact, .. } = row;
        let ContactRequestRow { safe_contact_instructions, urgency, note, status, drop_reason, answer, dossier_id, created_by, .. } = row;
        let ContactRequestRow { version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            association_id,
            department_code,
            establishment_id,
            member_id,
            channel: Some(channel),
            caller_name,
            caller_phone,
            safe_contact: Some(safe_contact),
            safe_contact_instructions,
            urgency: Some(urgency),
            note,
            status,
            drop_reason,
            answer,
            dossier_id,
            created_by,
            allowed_commands: Vec::new(),
            withheld: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

/// What is hidden from whoever opened a request for a school and does not work on it: all but its state.
#[rustfmt::skip]
pub const CONTENT: &[&str] = &[
    "establishment_id", "member_id", "channel", "caller_name", "caller_phone", "safe_contact", "safe_contact_instructions", "urgency", "note",
    "drop_reason", "answer", "dossier_id",
];

impl ContactRequestView {
    fn without_content(self) -> Self {
        Self {
            establishment_id: None,
            member_id: None,
            channel: None,
            caller_name: None,
            caller_phone: None,
            safe_contact: None,
            safe_contact_instructions: None,
            urgency: None,
            note: None,
            drop_reason: None,
            answer: None,
            dossier_id: None,
            withheld: CONTENT.to_vec(),
            ..self
        }
    }
}

/// What this caller sees: all of a request of their department, the state of one that they opened elsewhere.
pub fn show(scope: &Scope, language: Language, row: ContactRequestRow) -> ContactRequestView {
    if !scope.covers_department(Some(row.department_code.as_str())) {
        return ContactRequestView::from(row).without_content();
    }
    let allowed_commands = LIFECYCLE.allowed(row.status, scope, Some(row.department_code.as_str()), language, |_| Verdict::Free);
    ContactRequestView { allowed_commands, ..row.into() }
}

/// Which rows this caller sees in a list. Who works in a department reads its requests; who opened some for a school sees how far
/// they have come, and asks for nothing that tells more.
pub fn look(actor: &Actor, list: &ListOf<ContactRequestFilters>) -> Result<Scope> {
    let scope = actor.scope();
    if !scope.departments().is_empty() {
        return Ok(scope.unveiled());
    }
    let projection = &list.options.projection;
    let asked = [
        ("urgency", list.filters.urgency.is_some()),
        ("establishment", list.filters.establishment.is_some()),
        ("sort", list.options.sort == "urgency"),
        ("fields", projection.fields.iter().flatten().any(|field| CONTENT.contains(&field.as_str()))),
        ("expand", projection.expand.iter().any(|word| word != "association")),
    ];
    let masked: Vec<&str> = asked.into_iter().filter_map(|(name, masked)| masked.then_some(name)).collect();
    if masked.is_empty() {
        return Ok(scope.clone());
    }
    Err(masked.into_iter().fold(Error::of(Code::FieldMasked), |error, name| error.placed(Place::Parameter(name.to_owned()))))
}

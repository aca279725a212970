//! What is shown of what stands on a docket: to nobody whose it is.

use super::lifecycle::{Item, LIFECYCLE};
use super::model::{DocketBrief, DocketCheck, DocketKind, DocketStatus, Pseudonym};
use super::store::ItemRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::Id;
use crate::financial_aid_requests::model::{AidNature, AidReason, AidText};
use crate::financial_aid_requests::sheet::HouseholdSize;
use crate::http::Lens;
use crate::values::{Day, Money};
use crate::workflow::{AllowedCommandView, Reason};
use serde::Serialize;
use utoipa::ToSchema;

/// A request for aid before a session, under a number of that session: as it was when it was put there. Its brief is `null` once the
/// request is anonymised.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidDocketItemView {
    /// Identifier: of its place on the docket, and not of the request.
    pub id: Id,
    /// Version, raised by every change but votes.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The session.
    pub session_id: Id,
    /// The number that stands for it in this session.
    pub pseudonym: Pseudonym,
    /// For what it is there.
    pub kind: DocketKind,
    /// What became of it.
    pub status: DocketStatus,
    /// In which form aid is asked for.
    pub nature: Option<AidNature>,
    /// Why.
    pub reason: Option<AidReason>,
    /// How much is asked for.
    pub amount_asked: Option<Money>,
    /// How much was granted urgently.
    pub amount_granted_urgently: Option<Money>,
    /// How many people live in the household.
    pub household_size: Option<HouseholdSize>,
    /// All that comes in each month.
    pub resources_total: Option<Money>,
    /// All that goes out each month.
    pub charges_total: Option<Money>,
    /// What is left of it; 0.00 where more goes out than comes in.
    pub remainder: Option<Money>,
    /// What each rule says.
    #[schema(max_items = 20)]
    pub checks: Vec<DocketCheck>,
    /// What the instructor says of it, without names and places.
    pub note: Option<AidText>,
    /// Votes for it.
    #[schema(minimum = 0, maximum = 1000, example = 3)]
    pub votes_for: i32,
    /// Votes against it.
    #[schema(minimum = 0, maximum = 1000, example = 1)]
    pub votes_against: i32,
    /// Votes for neither.
    #[schema(minimum = 0, maximum = 1000, example = 0)]
    pub abstentions: i32,
    /// How much is granted.
    pub amount_granted: Option<Money>,
    /// Why it was decided so.
    pub motivation: Option<Reason>,
    /// The day on which it was decided.
    pub decided_on: Option<Day>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("session_id", "Séance"), ("pseudonym", "Numéro"), ("kind", "Objet"), ("status", "État"),
    ("nature", "Nature"), ("reason", "Motif"), ("amount_asked.amount", "Montant demandé"), ("amount_asked.currency", "Devise : montant demandé"),
    ("amount_granted_urgently.amount", "Accordé en urgence"), ("amount_granted_urgently.currency", "Devise : accordé en urgence"),
    ("household_size", "Foyer"), ("resources_total.amount", "Ressources"), ("resources_total.currency", "Devise : ressources"),
    ("charges_total.amount", "Charges"), ("charges_total.currency", "Devise : charges"), ("remainder.amount", "Reste à vivre"),
    ("remainder.currency", "Devise : reste à vivre"), ("checks", "Règles"), ("note", "Note d'instruction"), ("votes_for", "Pour"),
    ("votes_against", "Contre"), ("abstentions", "Abstentions"), ("amount_granted.amount", "Montant accordé"),
    ("amount_granted.currency", "Devise : montant accordé"), ("motivation", "Motivation"), ("decided_on", "Décidé le"),
    ("allowed_commands", "Commandes possibles"),
];

impl Resource for AidDocketItemView {
    const KIND: &'static str = "aid_docket_item";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it. Neither the request nor when it came is in it: a version, a repeated answer and an export
/// are made of the same.
impl From<ItemRow> for AidDocketItemView {
    fn from(row: ItemRow) -> Self {
        let ItemRow { id, session_id, pseudonym, kind, status, brief, votes_for, votes_against, abstentions, granted_cents, .. } = row;
        let ItemRow { motivation, decided_on, version, .. } = row;
        let brief: Option<DocketBrief> = brief.map(|brief| brief.0);
        let of = brief.as_ref();
        let remainder = of.and_then(|brief| Some(brief.resources?.less(brief.charges?)));
        Self {
            id,
            version,
            session_id,
            pseudonym,
            kind,
            status,
            nature: of.map(|brief| brief.nature),
            reason: of.map(|brief| brief.reason),
            amount_asked: of.map(|brief| brief.asked),
            amount_granted_urgently: of.and_then(|brief| brief.granted_urgently),
            household_size: of.and_then(|brief| brief.household_size),
            resources_total: of.and_then(|brief| brief.resources),
            charges_total: of.and_then(|brief| brief.charges),
            remainder,
            checks: of.map(|brief| brief.checks.clone()).unwrap_or_default(),
            note: brief.and_then(|brief| brief.note),
            votes_for,
            votes_against,
            abstentions,
            amount_granted: granted_cents,
            motivation,
            decided_on,
            allowed_commands: Vec::new(),
        }
    }
}

impl Item {
    pub fn shown(self, scope: &Scope, lens: Lens) -> AidDocketItemView {
        let code = Some(self.row.department_code.as_str());
        let verdict = |command| self.verdict(command);
        let allowed = if self.is_moved_by(scope) { LIFECYCLE.allowed(self.row.status, scope, code, lens.language, verdict) } else { Vec::new() };
        AidDocketItemView { allowed_commands: allowed, ..self.row.into() }
    }
}

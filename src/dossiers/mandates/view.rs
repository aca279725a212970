//! How mandates are shown.

use super::lifecycle::LIFECYCLE;
use super::model::*;
use super::store::{Mandate, MandateRow};
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::http::Lens;
use crate::values::Day;
use crate::workflow::{AllowedCommandView, Stateful, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// A dossier proposed to a lawyer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MandateView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier.
    pub dossier_id: Id,
    /// The lawyer, where a partner.
    pub lawyer_id: Option<Id>,
    /// The lawyer, where no partner; `null` once the dossier is anonymised.
    pub external_lawyer: Option<ExternalLawyer>,
    /// What the lawyer is asked to do.
    pub nature: MandateNature,
    /// Why the lawyer is consulted; `null` of a representation.
    pub purpose: Option<ConsultationPurpose>,
    /// Whether the member chose the lawyer.
    pub chosen_by_member: bool,
    /// The day of the written request by which the member asked to be given a name.
    pub name_requested_on: Option<Day>,
    /// State.
    pub status: MandateStatus,
    /// Who proposed it.
    pub proposed_by: Option<Id>,
    /// The day on which it was proposed.
    pub proposed_on: Day,
    /// The last day on which it can be accepted.
    pub expires_on: Day,
    /// The day from which the lawyer reads the dossier.
    pub accepted_on: Option<Day>,
    /// Why it was declined.
    pub decline_reason: Option<DeclineReason>,
    /// What the lawyer advised; `null` of a representation.
    pub advice: Option<Advice>,
    /// The day on which it was declined, accomplished or withdrawn; of a proposal that expired, the first on which it could not be accepted.
    pub ended_on: Option<Day>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("dossier_id", "Dossier"), ("lawyer_id", "Avocat partenaire"), ("external_lawyer", "Avocat extérieur"),
    ("external_lawyer.name", "Avocat extérieur : nom"), ("external_lawyer.bar", "Avocat extérieur : barreau"),
    ("nature", "Nature"), ("purpose", "But"), ("chosen_by_member", "Choisi par l'adhérent"), ("name_requested_on", "Nom demandé par écrit le"),
    ("status", "État"), ("proposed_by", "Proposé par"), ("proposed_on", "Proposé le"), ("expires_on", "Expire le"), ("accepted_on", "Accepté le"),
    ("decline_reason", "Motif du refus"), ("advice", "Conseil donné"), ("ended_on", "Terminé le"), ("allowed_commands", "Commandes possibles"),
    ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for MandateView {
    const KIND: &'static str = "mandate";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl MandateView {
    /// Without what depends on who looks at it.
    pub fn of(row: MandateRow, today: Day) -> Self {
        let (status, ended_on) = (row.status(today), row.ended_on(today));
        let MandateRow { id, dossier_id, lawyer_id, external_lawyer, nature, purpose, chosen_by_member, name_requested_on, status: _, .. } = row;
        let MandateRow { proposed_by, proposed_on, expires_on, accepted_on, decline_reason, advice, ended_on: _, permit_id: _, .. } = row;
        let MandateRow { version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            dossier_id,
            lawyer_id,
            external_lawyer: external_lawyer.map(|json| json.0),
            nature,
            purpose,
            chosen_by_member,
            name_requested_on,
            status,
            proposed_by,
            proposed_on,
            expires_on,
            accepted_on,
            decline_reason,
            advice,
            ended_on,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }

    pub fn shown(found: Mandate, scope: &Scope, lens: Lens) -> Self {
        let mut allowed_commands = LIFECYCLE.allowed(found.status(), scope, found.department(), lens.language, |_| Verdict::Free);
        allowed_commands.retain(|allowed| found.grants(allowed.command));
        Self { allowed_commands, ..Self::of(found.row, found.today) }
    }
}

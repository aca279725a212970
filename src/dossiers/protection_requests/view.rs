//! What is shown of a request for protection.

use super::lifecycle::LIFECYCLE;
use super::model::{ProtectionStage, ProtectionStatus};
use super::store::ProtectionRequestRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::dossiers::under::Under;
use crate::http::Lens;
use crate::members::employments::model::Employer;
use crate::values::Day;
use crate::workflow::{AllowedCommandView, Reason};
use serde::Serialize;
use utoipa::ToSchema;

/// A request for the protection that a public employer owes, at one stage of a procedure. Its clocks are to be confirmed by the
/// lawyer.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProtectionRequestView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier.
    pub dossier_id: Id,
    /// The stage that it is for.
    pub stage: ProtectionStage,
    /// State.
    pub status: ProtectionStatus,
    /// The employer of the day of the facts.
    pub addressed_to: Employer,
    /// The day on which it was sent.
    pub requested_on: Option<Day>,
    /// The day on which the employer received it.
    pub received_on: Option<Day>,
    /// Whether that day is estimated, for want of a receipt.
    pub received_estimated: bool,
    /// The day of the last decision, or of the implicit refusal.
    pub decided_on: Option<Day>,
    /// The day on which the refusal was contested.
    pub appealed_on: Option<Day>,
    /// The day on which silence is a refusal.
    pub silence_due_on: Option<Day>,
    /// The last day to sue against the refusal; `null` where none runs.
    pub suit_due_on: Option<Day>,
    /// Why it is made.
    pub reason: Option<Reason>,
    /// Why it was decided so.
    pub motivation: Option<Reason>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for ProtectionRequestView {
    const KIND: &'static str = "protection_request";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<ProtectionRequestRow> for ProtectionRequestView {
    fn from(row: ProtectionRequestRow) -> Self {
        let ProtectionRequestRow { id, dossier_id, stage, status, addressed_to, requested_on, received_on, received_estimated, decided_on, .. } = row;
        let ProtectionRequestRow { appealed_on, silence_due_on, suit_due_on, reason, motivation, version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            dossier_id,
            stage,
            status,
            addressed_to,
            requested_on,
            received_on,
            received_estimated,
            decided_on,
            appealed_on,
            silence_due_on,
            suit_due_on,
            reason,
            motivation,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

impl Under<ProtectionRequestRow> {
    pub fn shown(self, scope: &Scope, lens: Lens) -> ProtectionRequestView {
        let verdict = |command: &str| self.row.verdict(command, lens.today());
        let allowed_commands = self.allowed(&LIFECYCLE, self.row.status, scope, lens.language, verdict);
        ProtectionRequestView { allowed_commands, ..self.row.into() }
    }
}

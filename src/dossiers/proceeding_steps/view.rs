//! What is shown of a step of a proceeding.

use super::model::*;
use super::store::ProceedingStepRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::dossiers::under::Under;
use crate::http::Lens;
use crate::values::Day;
use crate::workflow::{AllowedCommandView, Reason, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that was done in a proceeding.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProceedingStepView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The proceeding.
    pub proceeding_id: Id,
    /// Its dossier.
    pub dossier_id: Id,
    /// What was done.
    pub kind: ProceedingStepKind,
    /// By whom.
    pub done_by: ActingSide,
    /// On which day.
    pub occurred_on: Day,
    /// What else is to be said of it; `null` once the dossier is anonymised.
    pub note: Option<StepNote>,
    /// Whether it counts.
    pub status: ProceedingStepStatus,
    /// Who recorded it.
    pub recorded_by: Option<Id>,
    /// When it was voided.
    pub voided_at: Option<Instant>,
    /// Who voided it.
    pub voided_by: Option<Id>,
    /// Why it was voided.
    pub void_reason: Option<Reason>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for ProceedingStepView {
    const KIND: &'static str = "proceeding_step";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<ProceedingStepRow> for ProceedingStepView {
    fn from(row: ProceedingStepRow) -> Self {
        let status = row.status();
        let ProceedingStepRow { id, proceeding_id, dossier_id, kind, done_by, occurred_on, note, recorded_by, voided_at, voided_by, .. } = row;
        let ProceedingStepRow { void_reason, version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            proceeding_id,
            dossier_id,
            kind,
            done_by,
            occurred_on,
            note,
            status,
            recorded_by,
            voided_at,
            voided_by,
            void_reason,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

impl Under<ProceedingStepRow> {
    pub fn shown(self, scope: &Scope, lens: Lens) -> ProceedingStepView {
        let allowed_commands = self.allowed(&LIFECYCLE, self.row.status(), scope, lens.language, |_| Verdict::Free);
        ProceedingStepView { allowed_commands, ..self.row.into() }
    }
}

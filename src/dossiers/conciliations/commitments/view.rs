//! What is shown of a commitment.

use super::lifecycle::LIFECYCLE;
use super::model::{CommitmentSide, CommitmentStatus, Promise};
use super::store::{Commitment, CommitmentRow};
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::dossiers::under::Under;
use crate::http::Lens;
use crate::values::Day;
use crate::workflow::AllowedCommandView;
use serde::Serialize;
use utoipa::ToSchema;

/// What one side of a conciliation committed itself to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommitmentView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The conciliation.
    pub conciliation_id: Id,
    /// Its dossier.
    pub dossier_id: Id,
    /// Who committed themselves.
    pub side: CommitmentSide,
    /// To what; `null` once the dossier is anonymised.
    pub promise: Option<Promise>,
    /// Until when.
    pub due_on: Option<Day>,
    /// The day on which it is to be checked.
    pub check_on: Option<Day>,
    /// What became of it.
    pub status: CommitmentStatus,
    /// The day on which that was found.
    pub checked_on: Option<Day>,
    /// Who found it.
    pub checked_by: Option<Id>,
    /// The task that its check is; the check completes it.
    pub task_id: Option<Id>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for CommitmentView {
    const KIND: &'static str = "commitment";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<CommitmentRow> for CommitmentView {
    fn from(row: CommitmentRow) -> Self {
        let CommitmentRow { id, conciliation_id, dossier_id, side, promise, due_on, check_on, status, checked_on, checked_by, task_id, .. } = row;
        let CommitmentRow { version, created_at, updated_at, .. } = row;
        let allowed_commands = Vec::new();
        Self {
            id,
            version,
            conciliation_id,
            dossier_id,
            side,
            promise,
            due_on,
            check_on,
            status,
            checked_on,
            checked_by,
            task_id,
            allowed_commands,
            created_at,
            updated_at,
        }
    }
}

impl Under<Commitment> {
    pub fn shown(self, scope: &Scope, lens: Lens) -> CommitmentView {
        let allowed_commands = self.allowed(&LIFECYCLE, self.row.row.status, scope, lens.language, |_| self.row.verdict());
        CommitmentView { allowed_commands, ..self.row.row.into() }
    }
}

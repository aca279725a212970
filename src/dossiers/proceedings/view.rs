//! What is shown of a proceeding.

use super::lifecycle::LIFECYCLE;
use super::model::*;
use super::store::ProceedingRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::dossiers::under::Under;
use crate::http::Lens;
use crate::values::Day;
use crate::workflow::{AllowedCommandView, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// Something that is before an authority, or was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProceedingView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier.
    pub dossier_id: Id,
    /// Its nature.
    pub nature: ProceedingNature,
    /// The side that the member is on.
    pub member_side: MemberSide,
    /// The court or authority; `null` once the dossier is anonymised.
    pub authority: Option<AuthorityName>,
    /// The number under which it is kept there; `null` once the dossier is anonymised.
    pub case_number: Option<CaseNumber>,
    /// The day on which it began.
    pub opened_on: Day,
    /// State.
    pub status: ProceedingStatus,
    /// How it ended.
    pub outcome: Option<ProceedingOutcome>,
    /// The day on which it ended.
    pub closed_on: Option<Day>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for ProceedingView {
    const KIND: &'static str = "proceeding";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<ProceedingRow> for ProceedingView {
    fn from(row: ProceedingRow) -> Self {
        let ProceedingRow { id, dossier_id, nature, member_side, authority, case_number, opened_on, status, outcome, closed_on, .. } = row;
        let ProceedingRow { version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            dossier_id,
            nature,
            member_side,
            authority,
            case_number,
            opened_on,
            status,
            outcome,
            closed_on,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

impl Under<ProceedingRow> {
    pub fn shown(self, scope: &Scope, lens: Lens) -> ProceedingView {
        let allowed_commands = self.allowed(&LIFECYCLE, self.row.status, scope, lens.language, |_| Verdict::Free);
        ProceedingView { allowed_commands, ..self.row.into() }
    }
}

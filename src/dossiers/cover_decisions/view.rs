//! What is shown of a decision on cover.

use super::lifecycle::{LIFECYCLE, givers};
use super::model::{AnswerSource, ClaimReference, CoverDecisionStatus, CoverInstance};
use super::store::CoverDecisionRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::auth::machine::InsurerCode;
use crate::db::{Id, Instant};
use crate::dossiers::under::Under;
use crate::http::Lens;
use crate::values::{Day, Money};
use crate::workflow::{AllowedCommandView, Reason, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// What an insurer, or the national association, decides on the cover of a dossier.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CoverDecisionView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier.
    pub dossier_id: Id,
    /// Who decides.
    pub instance: CoverInstance,
    /// State.
    pub status: CoverDecisionStatus,
    /// The insurer, where one is asked.
    pub insurer_code: Option<InsurerCode>,
    /// The number under which the insurer keeps the claim.
    pub claim_reference: Option<ClaimReference>,
    /// The day on which the member was told, or agreed.
    pub member_informed_on: Day,
    /// The day of the request.
    pub requested_on: Day,
    /// Who asked.
    pub requested_by: Option<Id>,
    /// Why it was asked for.
    pub reason: Option<Reason>,
    /// The day of the answer.
    pub received_on: Option<Day>,
    /// By which way it came.
    pub source: Option<AnswerSource>,
    /// Why it was decided so.
    pub motivation: Option<Reason>,
    /// Up to which amount.
    pub ceiling: Option<Money>,
    /// Who decided, or wrote the answer down.
    pub decided_by: Option<Id>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for CoverDecisionView {
    const KIND: &'static str = "cover_decision";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<CoverDecisionRow> for CoverDecisionView {
    fn from(row: CoverDecisionRow) -> Self {
        let CoverDecisionRow { id, dossier_id, instance, status, insurer_code, claim_reference, member_informed_on, requested_on, requested_by, .. } = row;
        let CoverDecisionRow { reason, received_on, source, motivation, ceiling_cents: ceiling, decided_by, version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            dossier_id,
            instance,
            status,
            insurer_code,
            claim_reference,
            member_informed_on,
            requested_on,
            requested_by,
            reason,
            received_on,
            source,
            motivation,
            ceiling,
            decided_by,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

impl Under<CoverDecisionRow> {
    pub fn shown(self, scope: &Scope, lens: Lens) -> CoverDecisionView {
        let CoverDecisionRow { instance, status, .. } = self.row;
        let mut allowed_commands = self.allowed(&LIFECYCLE, status, scope, lens.language, |_| Verdict::Free);
        allowed_commands.retain(|allowed| self.is_moved_by(scope, givers(instance, allowed.command)));
        CoverDecisionView { allowed_commands, ..self.row.into() }
    }
}

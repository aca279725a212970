//! What is shown of a conciliation.

use super::lifecycle::LIFECYCLE;
use super::model::{ConciliationStatus, ConciliationSubject};
use super::store::{Conciliation, ConciliationRow};
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::dossiers::under::Under;
use crate::http::Lens;
use crate::values::Day;
use crate::workflow::AllowedCommandView;
use serde::Serialize;
use utoipa::ToSchema;

/// An attempt to settle a case between the sides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConciliationView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier.
    pub dossier_id: Id,
    /// State.
    pub status: ConciliationStatus,
    /// The day on which it was proposed.
    pub proposed_on: Day,
    /// What it is about; `null` once the dossier is anonymised.
    pub subject: Option<ConciliationSubject>,
    /// The day on which the sides agreed.
    pub agreed_on: Option<Day>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for ConciliationView {
    const KIND: &'static str = "conciliation";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<ConciliationRow> for ConciliationView {
    fn from(row: ConciliationRow) -> Self {
        let ConciliationRow { id, dossier_id, status, proposed_on, subject, agreed_on, version, created_at, updated_at } = row;
        Self { id, version, dossier_id, status, proposed_on, subject, agreed_on, allowed_commands: Vec::new(), created_at, updated_at }
    }
}

impl Under<Conciliation> {
    pub fn shown(self, scope: &Scope, lens: Lens) -> ConciliationView {
        let allowed_commands = self.allowed(&LIFECYCLE, self.row.row.status, scope, lens.language, |command| self.row.verdict(command));
        ConciliationView { allowed_commands, ..self.row.row.into() }
    }
}

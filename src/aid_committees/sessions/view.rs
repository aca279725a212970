//! What is shown of a session.

use super::lifecycle::{LIFECYCLE, Session};
use super::model::{AidSessionStatus, SessionAgenda, SessionPlace};
use super::store::SessionRow;
use crate::aid_committees::model::Quorum;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::http::Lens;
use crate::values::{Day, DepartmentCode};
use crate::workflow::AllowedCommandView;
use serde::Serialize;
use utoipa::ToSchema;

/// A day on which a committee meets.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidSessionView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The committee.
    pub committee_id: Id,
    /// The department of its association.
    pub department_code: DepartmentCode,
    /// The day.
    pub held_on: Day,
    /// Where.
    pub place: Option<SessionPlace>,
    /// Whether members may take part from elsewhere.
    pub remote: bool,
    /// What it deals with besides its docket.
    pub agenda: Option<SessionAgenda>,
    /// State.
    pub status: AidSessionStatus,
    /// How many members with a vote must be there: that of the committee when it was planned.
    pub quorum: Quorum,
    /// How many are there.
    #[schema(minimum = 0, maximum = 1000, example = 4)]
    pub present: i32,
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
    ("id", "Identifiant"), ("version", "Version"), ("committee_id", "Commission"), ("department_code", "Département"), ("held_on", "Date"),
    ("place", "Lieu"), ("remote", "À distance"), ("agenda", "Ordre du jour"), ("status", "État"), ("quorum", "Quorum"), ("present", "Présents"),
    ("allowed_commands", "Commandes possibles"), ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for AidSessionView {
    const KIND: &'static str = "aid_session";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<SessionRow> for AidSessionView {
    fn from(row: SessionRow) -> Self {
        let SessionRow { id, committee_id, department_code, held_on, place, remote, agenda, status, quorum, present, record: _, .. } = row;
        let SessionRow { version, created_at, updated_at, .. } = row;
        let allowed_commands = Vec::new();
        Self { id, version, committee_id, department_code, held_on, place, remote, agenda, status, quorum, present, allowed_commands, created_at, updated_at }
    }
}

impl Session {
    pub fn shown(self, scope: &Scope, lens: Lens) -> AidSessionView {
        let code = Some(self.row.department_code.as_str());
        let given = |command| self.verdict(command, lens.today());
        let allowed = if self.is_run_by(scope) { LIFECYCLE.allowed(self.row.status, scope, code, lens.language, given) } else { Vec::new() };
        AidSessionView { allowed_commands: allowed, ..self.row.into() }
    }
}

//! What callers see of a right.

use super::model::{GrantStatus, LIFECYCLE};
use super::store::GrantRow;
use crate::audit::Resource;
use crate::auth::{Role, Scope};
use crate::db::{Id, Instant};
use crate::error::{Code, Flaw};
use crate::users::reach::Reach;
use crate::values::{AcademyCode, Day, DepartmentCode};
use crate::workflow::{AllowedCommandView, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// A right of an account: a role, in the place that it asks for, between two days.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UserGrantView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The account that holds it.
    pub user_id: Id,
    /// Role.
    pub role: Role,
    /// Department, where the role has one, or the one of its establishment.
    pub department_code: Option<DepartmentCode>,
    /// Academy, where the role has one.
    pub academy_code: Option<AcademyCode>,
    /// Establishment, where the role has one; the department is its own then.
    pub establishment_id: Option<Id>,
    /// First day.
    pub starts_on: Day,
    /// Last day, `null` while it lasts.
    pub ends_on: Option<Day>,
    /// State; a right counts while it is granted, from its first day to its last.
    pub status: GrantStatus,
    /// Who gave it or asked for it; `null` when the console did.
    pub requested_by: Option<Id>,
    /// Who approved or refused it, where it needed a second approver; `null` when the console did.
    pub decided_by: Option<Id>,
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
    ("id", "Identifiant"), ("version", "Version"), ("user_id", "Compte"), ("role", "Rôle"), ("department_code", "Département"),
    ("academy_code", "Académie"), ("establishment_id", "Établissement"), ("starts_on", "Début"),
    ("ends_on", "Fin"), ("status", "État"), ("requested_by", "Demandé par"), ("decided_by", "Décidé par"), ("allowed_commands", "Commandes possibles"),
    ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for UserGrantView {
    const KIND: &'static str = "grant";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<GrantRow> for UserGrantView {
    fn from(row: GrantRow) -> Self {
        let GrantRow { id, user_id, role, department_code, starts_on, ends_on, status, requested_by, decided_by, version, .. } = row;
        let GrantRow { academy_code, establishment_id, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            user_id,
            role,
            department_code,
            academy_code,
            establishment_id,
            starts_on,
            ends_on,
            status,
            requested_by,
            decided_by,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

/// What stands between this caller and a command.
pub fn refusal(reach: Reach, scope: &Scope, row: &GrantRow, command: &str) -> Option<Flaw> {
    if command == "approve" && row.user_id == reach.caller {
        return Some(Code::AccountOwn.into());
    }
    if command == "approve" && row.requested_by == Some(reach.caller) {
        return Some(Code::ApproverSame.into());
    }
    let Err(error) = reach.check_right(scope, row, "") else { return None };
    Some(Flaw { code: error.code(), params: error.params().clone() })
}

pub fn show(scope: &Scope, reach: Reach, row: GrantRow) -> UserGrantView {
    let verdict = |command: &'static str| refusal(reach, scope, &row, command).map_or(Verdict::Free, Verdict::Blocked);
    let department = row.department_code.as_ref().map(|code| code.as_str());
    let allowed_commands = LIFECYCLE.allowed(row.status, scope, department, reach.lens.language, verdict);
    UserGrantView { allowed_commands, ..row.into() }
}

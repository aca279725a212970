//! What callers send to give a right.

use super::model::{GrantStatus, place};
use super::store::GrantRow;
use crate::audit::Tx;
use crate::auth::Role;
use crate::db::Id;
use crate::values::{Day, DepartmentCode, body};

body! {
    /// Gives a right.
    pub struct CreateUserGrant {
        /// Role.
        role: Role,
        /// Department, where the role has one.
        department_code: Option<DepartmentCode>,
        /// First day.
        starts_on: Day,
        /// Last day, `null` while it lasts.
        ends_on: Option<Day>,
    } check { department_code: place[role, department_code], ends_on: crate::values::input::period[starts_on, ends_on] }
}

impl CreateUserGrant {
    pub fn into_row(self, user_id: Id, tx: &Tx<'_>) -> GrantRow {
        let Self { role, department_code, starts_on, ends_on } = self;
        GrantRow {
            id: Id::new(),
            user_id,
            role,
            department_code,
            starts_on,
            ends_on,
            status: if role.needs_second_approver() { GrantStatus::Pending } else { GrantStatus::Granted },
            requested_by: tx.author.actor_id,
            decided_by: None,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        }
    }
}

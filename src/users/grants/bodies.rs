//! What callers send to give a right.

use super::model::GrantStatus;
use super::store::{self, GrantRow};
use crate::audit::Tx;
use crate::auth::{Role, Scope};
use crate::db::Id;
use crate::error::{Error, Result};
use crate::values::{AcademyCode, Day, DepartmentCode, body};

body! {
    /// Gives a right.
    pub struct CreateUserGrant {
        /// Role.
        role: Role,
        /// Department, where the role has one.
        department_code: Option<DepartmentCode>,
        /// Academy, where the role has one.
        academy_code: Option<AcademyCode>,
        /// Establishment, where the role has one.
        establishment_id: Option<Id>,
        /// First day.
        starts_on: Day,
        /// Last day, `null` while it lasts.
        ends_on: Option<Day>,
    } check {
        role: super::model::offered[role],
        department_code: super::model::department[role, department_code],
        academy_code: super::model::academy[role, academy_code],
        establishment_id: super::model::establishment[role, establishment_id],
        ends_on: crate::values::input::period[starts_on, ends_on],
    }
}

impl CreateUserGrant {
    /// The right of an account; `at` is its place in the body.
    pub fn into_row(self, user_id: Id, tx: &mut Tx<'_>, at: &str) -> Result<GrantRow> {
        let Self { role, department_code, academy_code, establishment_id, starts_on, ends_on } = self;
        let place = store::place(tx.conn, &Scope::everybody(), department_code, academy_code, establishment_id)?;
        let place = place.map_err(|flaw| Error::field(&format!("{at}/establishment_id"), flaw))?;
        let status = if role.needs_second_approver() { GrantStatus::Pending } else { GrantStatus::Granted };
        Ok(GrantRow { ends_on, status, requested_by: tx.author.actor_id, ..GrantRow::granted(user_id, role, place, starts_on, tx.now) })
    }
}

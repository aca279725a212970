//! The caller behind a token, with the rights held when last looked at.

use super::Role;
use crate::db::schema::grants;
use crate::db::{Id, Instant};
use crate::values::{AcademyCode, Day, DepartmentCode};
use diesel::{Queryable, Selectable};
use std::sync::atomic::{AtomicI64, Ordering};

/// A right: a role, in the place that the role asks for, between two days.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = grants)]
pub struct Grant {
    pub role: Role,
    /// The department where the role holds, or the one of its establishment.
    pub department_code: Option<DepartmentCode>,
    pub academy_code: Option<AcademyCode>,
    pub establishment_id: Option<Id>,
    pub starts_on: Day,
    pub ends_on: Option<Day>,
}

impl Grant {
    pub fn in_force(&self, day: Day) -> bool {
        self.starts_on <= day && self.ends_on.is_none_or(|end| day <= end)
    }
}

#[derive(Debug)]
pub struct Principal {
    pub user_id: Id,
    pub session_id: Id,
    pub session_expires_at: Instant,
    pub login: String,
    pub display_name: String,
    pub auth_version: i32,
    /// The member that the user is.
    pub member_id: Option<Id>,
    pub grants: Vec<Grant>,
    /// The state of all authorisations under which this was last found true.
    epoch: AtomicI64,
}

impl Principal {
    pub fn new(
        (user, member_id): (super::store::UserRow, Option<Id>),
        (session_id, session_expires_at): (Id, Instant),
        grants: Vec<Grant>,
        epoch: i64,
    ) -> Self {
        let super::store::UserRow { id, login, display_name, auth_version, .. } = user;
        Self { user_id: id, session_id, session_expires_at, login, display_name, auth_version, member_id, grants, epoch: AtomicI64::new(epoch) }
    }

    pub fn confirmed_at(&self, epoch: i64) -> bool {
        self.epoch.load(Ordering::Relaxed) == epoch
    }

    pub fn confirm(&self, epoch: i64) {
        self.epoch.store(epoch, Ordering::Relaxed);
    }
}

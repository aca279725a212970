//! The caller behind a token, with the rights held when last looked at.

use super::Role;
use crate::db::{Id, Instant};
use crate::values::{Day, DepartmentCode};
use std::sync::atomic::{AtomicI64, Ordering};

/// A right: a role, in a department where the role needs one, between two days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    pub department_code: Option<DepartmentCode>,
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

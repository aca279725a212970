//! The caller behind a token, with the rights held when last looked at.

use super::token::Bearer;
use super::{Machine, Role};
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

/// Who calls: a user in a session, or a machine.
#[derive(Debug)]
pub struct Principal {
    /// The user; of a machine, the client that it is.
    pub user_id: Id,
    /// The session; machines have none, and all their tokens go together.
    pub session_id: Id,
    pub session_expires_at: Instant,
    pub login: String,
    pub display_name: String,
    pub auth_version: i32,
    /// The member that the user is.
    pub member_id: Option<Id>,
    pub grants: Vec<Grant>,
    /// What a machine may do, which has no grants.
    pub machine: Option<Machine>,
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
        let (machine, epoch) = (None, AtomicI64::new(epoch));
        Self { user_id: id, session_id, session_expires_at, login, display_name, auth_version, member_id, grants, machine, epoch }
    }

    pub fn of_machine(machine: Machine, name: String, auth_version: i32, epoch: i64) -> Self {
        Self {
            user_id: machine.id,
            session_id: machine.id,
            session_expires_at: Instant(chrono::DateTime::<chrono::Utc>::MAX_UTC),
            login: machine.id.to_string(),
            display_name: name,
            auth_version,
            member_id: None,
            grants: Vec::new(),
            machine: Some(machine),
            epoch: AtomicI64::new(epoch),
        }
    }

    /// The person who acts; none where a machine does.
    pub fn actor_id(&self) -> Option<Id> {
        self.machine.is_none().then_some(self.user_id)
    }

    pub fn client_id(&self) -> Option<Id> {
        self.machine.as_ref().map(|machine| machine.id)
    }

    /// What its token said.
    pub fn bearer(&self) -> Bearer {
        let Self { user_id, session_id, auth_version, .. } = *self;
        match &self.machine {
            Some(machine) => Bearer::Client { client_id: machine.id, auth_version, scopes: machine.scopes.clone() },
            None => Bearer::User { user_id, session_id, auth_version },
        }
    }

    pub fn confirmed_at(&self, epoch: i64) -> bool {
        self.epoch.load(Ordering::Relaxed) == epoch
    }

    pub fn confirm(&self, epoch: i64) {
        self.epoch.store(epoch, Ordering::Relaxed);
    }
}

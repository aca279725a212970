//! What an account is, its life, and by what accounts are found.

use crate::auth::Role;
use crate::db::Id;
use crate::values::{DepartmentCode, choice, commands, query};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// Whether an account may be signed in with.
    pub enum UserStatus as "user_status" {
        Active = "active" ("Actif", "Active"),
        Disabled = "disabled" ("Désactivé", "Disabled"),
    }
}

query! {
    /// Filters of accounts.
    pub struct UserFilters {
        /// States.
        status: Option<Vec<UserStatus>>,
        /// Those that hold one of these roles, today or later.
        role: Option<Vec<Role>>,
        /// Those that hold a role in one of these departments, today or later.
        department: Option<Vec<DepartmentCode>>,
        /// The accounts of a member.
        member: Option<Id>,
        /// Whether a right waits for its second approver.
        pending: Option<bool>,
    }
}

use UserStatus::{Active, Disabled};

/// Who manages accounts.
const MANAGERS: &[Role] = &[Role::Admin, Role::DepartmentHead];

pub const LIFECYCLE: Lifecycle<UserStatus> = Lifecycle {
    resource: "user",
    initial: Active,
    transitions: &[
        step("disable", &[Active], Some(Disabled), MANAGERS, "Désactiver", "Disable"),
        step("enable", &[Disabled], Some(Active), MANAGERS, "Réactiver", "Enable"),
    ],
};

commands! {
    /// Moves an account on.
    pub enum UserCommand {
        /// Shuts it: its sessions end, and nobody signs in with it.
        Disable as "disable" {
            /// Why.
            reason: Reason,
        },
        /// Opens it again.
        Enable as "enable" {
            /// Why.
            reason: Option<Reason>,
        },
    }
}

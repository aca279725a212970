//! The life of a conflict: found, then perhaps waived.

use crate::auth::Role;
use crate::values::{choice, commands, query};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// Whether a conflict still bars whoever is in charge of one of its dossiers from the other.
    pub enum ConflictStatus as "conflict_status" {
        Open = "open" ("Ouvert", "Open"),
        Waived = "waived" ("Levé", "Waived"),
    }
}

query! {
    /// Filters of conflicts.
    pub struct ConflictFilters {
        /// States.
        status: Option<Vec<ConflictStatus>>,
    }
}

pub const LIFECYCLE: Lifecycle<ConflictStatus> = Lifecycle {
    resource: "conflict",
    initial: ConflictStatus::Open,
    transitions: &[step("waive", &[ConflictStatus::Open], Some(ConflictStatus::Waived), &[Role::DepartmentHead, Role::Dpo], "Lever", "Waive")],
};

commands! {
    /// Moves a conflict on.
    pub enum ConflictCommand {
        /// Lets one person be in charge of both dossiers.
        Waive as "waive" {
            /// Why.
            reason: Reason,
        },
    }
}

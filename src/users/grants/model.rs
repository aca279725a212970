//! What a right is and its life: some wait for a second approver, all can be ended or withdrawn.

use crate::auth::Role;
use crate::error::{Code, Flaw};
use crate::values::{Day, DepartmentCode, choice, commands, query};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// How far a right has come.
    pub enum GrantStatus as "grant_status" {
        Pending = "pending" ("En attente d'une seconde approbation", "Waiting for a second approver"),
        Granted = "granted" ("Accordé", "Granted"),
        Refused = "refused" ("Refusé", "Refused"),
        Withdrawn = "withdrawn" ("Retiré", "Withdrawn"),
    }
}

query! {
    /// Filters of rights.
    pub struct GrantFilters {
        /// States.
        status: Option<Vec<GrantStatus>>,
        /// Those whose days hold this one.
        on: Option<Day>,
    }
}

use GrantStatus::{Granted, Pending, Refused, Withdrawn};

/// Who gives and takes rights.
const GIVERS: &[Role] = &[Role::Admin, Role::DepartmentHead];

/// A right that needs no second approver is granted as soon as it is given.
pub const LIFECYCLE: Lifecycle<GrantStatus> = Lifecycle {
    resource: "grant",
    initial: Pending,
    transitions: &[
        step("approve", &[Pending], Some(Granted), &[Role::Admin], "Approuver", "Approve"),
        step("refuse", &[Pending], Some(Refused), &[Role::Admin], "Refuser", "Refuse"),
        step("end", &[Granted], None, GIVERS, "Fixer la fin", "Set the end"),
        step("withdraw", &[Pending, Granted], Some(Withdrawn), GIVERS, "Retirer", "Withdraw"),
    ],
};

commands! {
    /// Moves a right on.
    pub enum GrantCommand {
        /// Grants it: the second approver is neither who asked for it nor who gets it.
        Approve as "approve" {
            /// Why.
            reason: Option<Reason>,
        },
        /// Refuses it.
        Refuse as "refuse" {
            /// Why.
            reason: Reason,
        },
        /// Gives it a last day, or an earlier one.
        End as "end" {
            /// Last day; today or later.
            ends_on: Day,
            /// Why.
            reason: Option<Reason>,
        },
        /// Takes it away at once.
        Withdraw as "withdraw" {
            /// Why.
            reason: Reason,
        },
    }
}

/// A role is held in a department where it needs one, and only there.
pub fn place(role: &Role, department: &Option<DepartmentCode>) -> Option<Flaw> {
    match (role.is_departmental(), department) {
        (true, None) => Some(Code::DepartmentRequired.into()),
        (false, Some(_)) => Some(Code::DepartmentNotTaken.into()),
        _ => None,
    }
}

//! What a right is and its life: some wait for a second approver, all can be ended or withdrawn.

use crate::auth::Role;
use crate::auth::policy::Perimeter;
use crate::db::Id;
use crate::error::{Code, Flaw};
use crate::values::{AcademyCode, Day, DepartmentCode, choice, commands, query};
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

/// Where a right holds, as far as its role asks for a place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The department, or the one of the establishment.
    pub department_code: Option<DepartmentCode>,
    pub academy_code: Option<AcademyCode>,
    pub establishment_id: Option<Id>,
}

/// Some roles cannot be granted yet.
pub fn offered(role: &Role) -> Option<Flaw> {
    (!role.is_offered()).then(|| Code::RoleOff.into())
}

/// A role is held in a department, an academy or an establishment where it needs one, and only there.
fn place<T>(needed: bool, given: Option<&T>, (required, not_taken): (Code, Code)) -> Option<Flaw> {
    match (needed, given) {
        (true, None) => Some(required.into()),
        (false, Some(_)) => Some(not_taken.into()),
        _ => None,
    }
}

pub fn department(role: &Role, code: &Option<DepartmentCode>) -> Option<Flaw> {
    place(role.perimeter() == Perimeter::Department, code.as_ref(), (Code::DepartmentRequired, Code::DepartmentNotTaken))
}

pub fn academy(role: &Role, code: &Option<AcademyCode>) -> Option<Flaw> {
    place(role.perimeter() == Perimeter::Academy, code.as_ref(), (Code::AcademyRequired, Code::AcademyNotTaken))
}

pub fn establishment<T>(role: &Role, named: &Option<T>) -> Option<Flaw> {
    place(role.perimeter() == Perimeter::Establishment, named.as_ref(), (Code::EstablishmentRequired, Code::EstablishmentNotTaken))
}

//! The life of a legal hold: placed, then lifted.

use crate::auth::Role;
use crate::values::{choice, commands, query};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// Whether a hold still keeps its dossier.
    pub enum LegalHoldStatus as "legal_hold_status" {
        Placed = "placed" ("En vigueur", "In force"),
        Lifted = "lifted" ("Levée", "Lifted"),
    }
}

query! {
    /// Filters of legal holds.
    pub struct LegalHoldFilters {
        /// States.
        status: Option<Vec<LegalHoldStatus>>,
    }
}

pub const LIFECYCLE: Lifecycle<LegalHoldStatus> = Lifecycle {
    resource: "legal_hold",
    initial: LegalHoldStatus::Placed,
    transitions: &[step("lift", &[LegalHoldStatus::Placed], Some(LegalHoldStatus::Lifted), &[Role::DepartmentHead, Role::Dpo], "Lever", "Lift")],
};

commands! {
    /// Moves a legal hold on.
    pub enum LegalHoldCommand {
        /// Ends it.
        Lift as "lift" {
            /// Why.
            reason: Reason,
        },
    }
}

//! What a machine is managed by: its state, how it proves who it is, by what machines are found.

use crate::auth::Role;
use crate::values::{choice, commands, query};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// Whether a machine is let in.
    pub enum ApiClientStatus as "api_client_status" {
        Active = "active" ("Actif", "Active"),
        Disabled = "disabled" ("Désactivé", "Disabled"),
    }
}

query! {
    /// Filters of machines.
    pub struct ApiClientFilters {
        /// States.
        status: Option<Vec<ApiClientStatus>>,
    }
}

use ApiClientStatus::{Active, Disabled};

pub const LIFECYCLE: Lifecycle<ApiClientStatus> = Lifecycle {
    resource: "api_client",
    initial: Active,
    transitions: &[
        step("disable", &[Active], Some(Disabled), &[Role::Admin], "Désactiver", "Disable"),
        step("enable", &[Disabled], Some(Active), &[Role::Admin], "Réactiver", "Enable"),
    ],
};

commands! {
    /// Moves a machine on.
    pub enum ApiClientCommand {
        /// Shuts it out: its tokens stop counting at the next request.
        Disable as "disable" {
            /// Why.
            reason: Reason,
        },
        /// Lets it in again.
        Enable as "enable" {
            /// Why.
            reason: Option<Reason>,
        },
    }
}

/// Public keys that a machine may have at once: the one in use and the one to come.
pub const KEYS_MAX: usize = 2;

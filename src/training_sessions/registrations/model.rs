//! What a registration is, and its life.

use crate::values::{choice, commands, query, text};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// State of a registration.
    pub enum RegistrationStatus as "training_registration_status" {
        Requested = "requested" ("Demandée", "Requested"),
        Confirmed = "confirmed" ("Confirmée", "Confirmed"),
        WaitingList = "waiting_list" ("En liste d'attente", "On the waiting list"),
        Refused = "refused" ("Refusée", "Refused"),
        Cancelled = "cancelled" ("Annulée", "Cancelled"),
    }
}

use RegistrationStatus::{Cancelled, Confirmed, Refused, Requested, WaitingList};

impl RegistrationStatus {
    /// Those of which each person has one in a session at most.
    pub const LIVING: &'static [Self] = &[Requested, Confirmed, WaitingList];
}

text! {
    /// Where a participant from outside works.
    pub struct Organisation { max: 160, example: "Mairie de Clermont-Ferrand" }
}

/// The command by which the first on the waiting list gets a seat: nobody gives it but the server.
pub const PROMOTE: &str = "promote";

#[rustfmt::skip]
pub const LIFECYCLE: Lifecycle<RegistrationStatus> = Lifecycle {
    resource: "training_registration",
    initial: Requested,
    transitions: &[
        step("confirm", &[Requested], Some(Confirmed), &[], "Confirmer", "Confirm"),
        step("put_on_waiting_list", &[Requested], Some(WaitingList), &[], "Mettre en liste d'attente", "Put on the waiting list"),
        step(PROMOTE, &[WaitingList], Some(Confirmed), &[], "Promouvoir", "Promote"),
        step("refuse", &[Requested], Some(Refused), &[], "Refuser", "Refuse"),
        step("cancel", &[Requested, Confirmed, WaitingList], Some(Cancelled), &[], "Annuler", "Cancel"),
        step("anonymise", &[Requested, Confirmed, WaitingList, Refused, Cancelled], None, &[], "Anonymiser", "Anonymise"),
    ],
};

commands! {
    /// Moves a registration on.
    pub enum RegistrationCommand {
        /// Gives a seat to whoever asked for one, while there is one.
        Confirm as "confirm" {},
        /// Puts whoever asked for a seat at the end of the waiting list, while there is none.
        PutOnWaitingList as "put_on_waiting_list" {},
        /// Gives none.
        Refuse as "refuse" {
            /// Why.
            reason: Reason,
        },
        /// Takes it back. A seat that it leaves goes to the first on the waiting list.
        Cancel as "cancel" {
            /// Why.
            reason: Option<Reason>,
        },
        /// Forgets whose it was, once it stands for nothing to come.
        Anonymise as "anonymise" {},
    }
}

query! {
    /// Filters of registrations.
    pub struct RegistrationFilters {
        /// States.
        status: Option<Vec<RegistrationStatus>>,
    }
}

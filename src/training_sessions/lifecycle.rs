//! The life of a training session.

use super::model::TrainingSessionStatus::{self, Cancelled, Completed, Draft, Full, InProgress, RegistrationOpen, Scheduled};
use crate::values::commands;
use crate::workflow::{Lifecycle, Reason, step};

#[rustfmt::skip]
pub const LIFECYCLE: Lifecycle<TrainingSessionStatus> = Lifecycle {
    resource: "training_session",
    initial: Draft,
    transitions: &[
        step("schedule", &[Draft], Some(Scheduled), &[], "Programmer", "Schedule"),
        step("open_registration", &[Scheduled], Some(RegistrationOpen), &[], "Ouvrir les inscriptions", "Open registration"),
        step("start", &[Scheduled, RegistrationOpen, Full], Some(InProgress), &[], "Commencer", "Start"),
        step("complete", &[InProgress], Some(Completed), &[], "Terminer", "Complete"),
        step("cancel", &[Draft, Scheduled, RegistrationOpen, Full, InProgress], Some(Cancelled), &[], "Annuler", "Cancel"),
    ],
};

commands! {
    /// Moves a training session on.
    pub enum TrainingSessionCommand {
        /// Announces it: everybody who is signed in reads it from now on. Its slots, and where it takes place, are set before.
        Schedule as "schedule" {},
        /// Takes registrations, on the days of the window where there is one.
        OpenRegistration as "open_registration" {},
        /// Says that it has begun; from its first day on. Nobody registers any more.
        Start as "start" {},
        /// Says that it is over; from its last day on.
        Complete as "complete" {},
        /// Says that it does not take place.
        Cancel as "cancel" {
            /// Why.
            reason: Reason,
        },
    }
}

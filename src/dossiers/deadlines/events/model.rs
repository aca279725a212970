//! What an event is that sets a clock off, and its life: recorded, and voided where it was recorded in error.

use crate::dossiers::under::TEAM;
use crate::values::{Day, body, choice, commands, query};
use crate::workflow::{Lifecycle, Reason, step};

choice! {
    /// What happened that sets a clock off.
    pub enum DeadlineEventKind as "deadline_event_kind" {
        Publication = "publication" ("Publication diffamatoire ou injurieuse", "Defamatory or insulting publication"),
        PublicationDiscriminatory = "publication_discriminatory" ("Publication diffamatoire ou injurieuse discriminatoire", "Discriminatory defamatory or insulting publication"),
        Accident = "accident" ("Accident", "Accident"),
        EventKnown = "event_known" ("Connaissance du sinistre", "Knowledge of the insured event"),
        Suspension = "suspension" ("Suspension à titre conservatoire", "Suspension before a disciplinary decision"),
    }
}

choice! {
    /// Whether an event counts.
    pub enum DeadlineEventStatus as "deadline_event_status" {
        Recorded = "recorded" ("Enregistré", "Recorded"),
        Voided = "voided" ("Annulé", "Voided"),
    }
}

query! {
    /// Filters of events.
    pub struct DeadlineEventFilters {
        /// Kinds.
        kind: Option<Vec<DeadlineEventKind>>,
        /// States.
        status: Option<Vec<DeadlineEventStatus>>,
    }
}

body! {
    /// Writes down a day that sets a clock off.
    pub struct RecordDeadlineEvent {
        /// What happened.
        kind: DeadlineEventKind,
        /// On which day.
        occurred_on: Day,
    }
}

pub const LIFECYCLE: Lifecycle<DeadlineEventStatus> = Lifecycle {
    resource: "deadline_event",
    initial: DeadlineEventStatus::Recorded,
    transitions: &[step("void", &[DeadlineEventStatus::Recorded], Some(DeadlineEventStatus::Voided), TEAM, "Annuler", "Void")],
};

commands! {
    /// Moves an event on.
    pub enum DeadlineEventCommand {
        /// It was recorded in error: the deadlines that it set off are superseded.
        Void as "void" {
            /// Why.
            reason: Reason,
        },
    }
}

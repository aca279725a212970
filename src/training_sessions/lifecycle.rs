//! The life of a training session: what each command needs and does.

use super::model::Delivery;
use super::model::TrainingSessionStatus::{self, Cancelled, Completed, Draft, Full, InProgress, RegistrationOpen, Scheduled};
use super::store::{self, TrainingSessionRow};
use super::view::{TrainingSessionView, plain};
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::dossiers::erasure::scrub_records;
use crate::error::{Code, Error, Flaw, Result};
use crate::values::{Day, commands};
use crate::workflow::{Lifecycle, Reason, Step, Verdict, step};

#[rustfmt::skip]
pub const LIFECYCLE: Lifecycle<TrainingSessionStatus> = Lifecycle {
    resource: "training_session",
    initial: Draft,
    transitions: &[
        step("schedule", &[Draft], Some(Scheduled), &[], "Programmer", "Schedule"),
        step("open_registration", &[Scheduled], Some(RegistrationOpen), &[], "Ouvrir les inscriptions", "Open registration"),
        step("start", &[Scheduled, RegistrationOpen, Full], Some(InProgress), &[], "Commencer", "Start"),
        step("complete", &[InProgress], Some(Completed), &[], "Terminer", "Complete"),
        step("anonymise", TrainingSessionStatus::OVER, None, &[], "Anonymiser", "Anonymise"),
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
        /// Forgets who trained from outside, once it is over; who took part is forgotten registration by registration.
        Anonymise as "anonymise" {},
        /// Says that it does not take place.
        Cancel as "cancel" {
            /// Why.
            reason: Reason,
        },
    }
}

impl TrainingSessionRow {
    /// What is not known yet of where participants come or meet.
    pub fn place_flaw(&self) -> Option<Flaw> {
        let (comes, meets) = (self.delivery != Delivery::Remote, self.delivery != Delivery::InPerson);
        let missing = [(comes && self.venue.is_none(), "venue"), (meets && self.meeting_url.is_none(), "meeting_url")];
        let missing: Vec<&str> = missing.into_iter().filter_map(|(missing, name)| missing.then_some(name)).collect();
        (!missing.is_empty()).then(|| Flaw::new(Code::SessionPlaceMissing).with("missing", missing.join(", ")))
    }

    /// What the row says on a day of a command that its state allows.
    pub fn verdict(&self, command: &str, has_slots: bool, today: Day) -> Verdict {
        let flaw = match command {
            "schedule" if !has_slots => Some(Code::SessionSlotsMissing.into()),
            "schedule" => self.place_flaw(),
            "start" if today < self.starts_on => Some(Flaw::new(Code::SessionNotBegun).with("due", self.starts_on)),
            "complete" if today < self.ends_on => Some(Flaw::new(Code::SessionNotEnded).with("due", self.ends_on)),
            _ => None,
        };
        flaw.map_or(Verdict::Free, Verdict::Blocked)
    }
}

/// The states of a step as they are stored: `full` is none of them.
fn stored(from: &[TrainingSessionStatus]) -> Vec<TrainingSessionStatus> {
    from.iter().copied().filter(|status| *status != Full).collect()
}

/// Carries out a command that the state allows on a locked session.
pub fn advance(
    tx: &mut Tx<'_>,
    scope: &Scope,
    step: Step<TrainingSessionStatus>,
    mut row: TrainingSessionRow,
    command: TrainingSessionCommand,
) -> Result<TrainingSessionView> {
    let (today, id) = (Day::of(tx.now.0), row.id);
    let slotted = store::with_slots(tx.conn, scope, vec![id])?.contains(&id);
    if let Verdict::Blocked(flaw) = row.verdict(crate::values::Commands::word(&command), slotted, today) {
        return Err(Error::from(flaw).at("/command"));
    }
    row.status = step.to;
    match command {
        TrainingSessionCommand::Schedule {} => row.scheduled_on = Some(today),
        TrainingSessionCommand::Anonymise {} => {
            store::forget_outsiders(tx, scope, id)?;
            scrub_records(tx, scope, id, &["name", "reason", "details"])?;
        }
        _ => {}
    }
    let row = store::advance(tx, scope, row, &stored(step.from))?;
    let trainers = store::trainers_of(tx.conn, scope, vec![id])?.remove(&id).unwrap_or_default();
    let view = plain(row, trainers);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

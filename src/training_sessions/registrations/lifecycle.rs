//! The life of a registration: what each command needs and does, and who gets the seats that are left.

use super::model::RegistrationStatus::{self, Cancelled, Confirmed, Refused, Requested, WaitingList};
use super::store::{self, Registration, RegistrationRow};
use super::view::TrainingRegistrationView;
use crate::audit::access::{Confided, Part};
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::erasure::{empty, scrub_of_member, scrub_records};
use crate::error::{Code, Error, Flaw, Result};
use crate::http::idempotency;
use crate::training_sessions::certificates::store as certificates;
use crate::training_sessions::model::TrainingSessionStatus;
use crate::training_sessions::store::{self as sessions, TrainingSessionRow};
use crate::values::{Commands, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, Verdict, server_step, step, take_step, take_steps};

/// The command by which the first on the waiting list gets a seat.
const PROMOTE: &str = "promote";

#[rustfmt::skip]
pub const LIFECYCLE: Lifecycle<RegistrationStatus> = Lifecycle {
    resource: "training_registration",
    initial: Requested,
    transitions: &[
        step("confirm", &[Requested], Some(Confirmed), &[], "Confirmer", "Confirm"),
        step("put_on_waiting_list", &[Requested], Some(WaitingList), &[], "Mettre en liste d'attente", "Put on the waiting list"),
        server_step(PROMOTE, &[WaitingList], Some(Confirmed), "Donner la place libérée", "Give the seat that is left"),
        step("refuse", &[Requested], Some(Refused), &[], "Refuser", "Refuse"),
        step("cancel", &[Requested, Confirmed, WaitingList], Some(Cancelled), &[], "Annuler", "Cancel"),
        step("anonymise", &[Requested, Confirmed, WaitingList, Refused, Cancelled], None, &[], "Anonymiser", "Anonymise"),
    ],
};

commands! {
    /// Moves a registration on.
    pub enum TrainingRegistrationCommand {
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

/// A look at it is one at the member whose it is.
impl Part for Registration {
    fn part_of(&self) -> Option<(Confided, Id)> {
        self.row.member_id.map(|id| (Confided::Member, id))
    }
}

impl Stateful for Registration {
    type Status = RegistrationStatus;
    const LIFECYCLE: &'static Lifecycle<RegistrationStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> RegistrationStatus {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        self.session.department()
    }
}

/// What a row and its session say of a command that the state allows.
pub fn verdict(row: &RegistrationRow, session: &TrainingSessionRow, command: &str) -> Verdict {
    let over = TrainingSessionStatus::OVER.contains(&session.status);
    let counts = RegistrationStatus::LIVING.contains(&row.status) && !over;
    let flaw: Option<Flaw> = match command {
        "anonymise" if row.anonymised_at.is_some() => Some(Code::RegistrationAnonymised.into()),
        "anonymise" => counts.then(|| Code::RegistrationToCome.into()),
        _ if over => Some(Code::SessionOver.into()),
        "confirm" if session.seats_left() == 0 => Some(Code::SessionFull.into()),
        "put_on_waiting_list" if session.seats_left() > 0 => Some(Flaw::new(Code::SessionSeatsLeft).with("left", session.seats_left())),
        _ => None,
    };
    flaw.map_or(Verdict::Free, Verdict::Blocked)
}

/// Carries out a command that the state allows; the session is locked.
pub fn advance(
    tx: &mut Tx<'_>,
    scope: &Scope,
    step: Step<RegistrationStatus>,
    found: Registration,
    command: TrainingRegistrationCommand,
) -> Result<TrainingRegistrationView> {
    let Registration { mut row, session } = found;
    if let Verdict::Blocked(flaw) = verdict(&row, &session, command.word()) {
        return Err(Error::from(flaw).at("/command"));
    }
    let before = row.status;
    row.status = step.to;
    match command {
        TrainingRegistrationCommand::Confirm {} => sessions::count_on(tx, scope, session.id, 1, 0, 0)?,
        TrainingRegistrationCommand::PutOnWaitingList {} => {
            sessions::count_on(tx, scope, session.id, 0, 1, 1)?;
            row.queue_number = Some(session.last_queued + 1);
        }
        TrainingRegistrationCommand::Refuse { .. } => {}
        TrainingRegistrationCommand::Cancel { .. } => row.queue_number = None,
        TrainingRegistrationCommand::Anonymise {} => row = forget(tx, scope, row)?,
    }
    let row = store::advance(tx, scope, row, step.from)?;
    let view = TrainingRegistrationView::from(row);
    tx.record(Action::Transition, &view)?;
    if view.status == Cancelled && before != Cancelled {
        leave(tx, scope, &session, before)?;
    }
    Ok(view)
}

/// What a registration to a locked session leaves that is cancelled: its seat goes to the first on the waiting list, if anybody waits and
/// the session is still to be held.
fn leave(tx: &mut Tx<'_>, scope: &Scope, session: &TrainingSessionRow, before: RegistrationStatus) -> Result<()> {
    let over = TrainingSessionStatus::OVER.contains(&session.status);
    match before {
        Confirmed if session.waiting_count > 0 && !over => {
            sessions::count_on(tx, scope, session.id, 0, -1, 0)?;
            promote(tx, scope, session, 1)
        }
        Confirmed => sessions::count_on(tx, scope, session.id, -1, 0, 0),
        WaitingList => sessions::count_on(tx, scope, session.id, 0, -1, 0),
        _ => Ok(()),
    }
}

/// Gives seats of a locked session, which are counted already, to as many of the first on the waiting list.
pub fn promote(tx: &mut Tx<'_>, scope: &Scope, session: &TrainingSessionRow, seats: i32) -> Result<()> {
    let rows = store::first_waiting(tx.conn, scope, session.id, seats)?;
    let waiting = rows.into_iter().map(|row| Registration { row, session: session.clone() }).collect();
    take_steps(tx, scope, waiting, PROMOTE, |tx, scope, _, waiting| {
        let rows = store::seat_all(tx, scope, waiting.into_iter().map(|found| found.row).collect())?;
        let views: Vec<TrainingRegistrationView> = rows.into_iter().map(TrainingRegistrationView::from).collect();
        tx.record_all(views.iter().map(|view| (Action::Transition, view)))?;
        Ok(views)
    })
}

/// Cancels a registration for a reason that the server knows; its session is locked, and may be over.
pub fn cancel(tx: &mut Tx<'_>, scope: &Scope, found: Registration, reason: Reason) -> Result<()> {
    let command = TrainingRegistrationCommand::Cancel { reason: Some(reason) };
    take_step(tx, scope, found, command, |tx, scope, step, found, _| {
        let (before, row) = (found.row.status, RegistrationRow { status: step.to, queue_number: None, ..found.row });
        let view = TrainingRegistrationView::from(store::advance(tx, scope, row, step.from)?);
        tx.record(Action::Transition, &view)?;
        leave(tx, scope, &found.session, before)?;
        Ok(view)
    })
    .map(drop)
}

/// The fields that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["member_id", "name", "email", "organisation", "reason", "details"];

/// Takes out of a row, and of all that is remembered of it and of its certificates, whose it was. Replies that tell of many are stored under
/// their session.
fn forget(tx: &mut Tx<'_>, scope: &Scope, row: RegistrationRow) -> Result<RegistrationRow> {
    let row = store::forget(tx, scope, row)?;
    scrub_of_member(tx, scope, row.id, FORGOTTEN)?;
    for id in certificates::of_registration(tx.conn, scope, row.id)? {
        scrub_records(tx, scope, id, FORGOTTEN)?;
    }
    let id = row.id.to_string();
    idempotency::scrub(tx.conn, row.session_id, |value| {
        let items = value.get_mut("items").and_then(serde_json::Value::as_array_mut);
        items.into_iter().flatten().filter(|item| item["registration_id"] == *id).for_each(|item| empty(item, FORGOTTEN));
    })?;
    Ok(row)
}

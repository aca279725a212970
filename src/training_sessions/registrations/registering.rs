//! Registering one participant: who it is, whether registration is open, and which place there is.

use super::bodies::{CreateTrainingRegistration, OutsiderInput};
use super::model::{RegistrationStatus, outsider_key};
use super::store::{self, RegistrationRow};
use super::view::TrainingRegistrationView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::error::{Code, Error, Result};
use crate::http::Actor;
use crate::members;
use crate::training_sessions::model::TrainingSessionStatus::{Full, RegistrationOpen};
use crate::training_sessions::planning::in_window;
use crate::training_sessions::store::{self as sessions, Place, TrainingSessionRow};
use crate::values::Day;
use crate::workflow::Stateful;

/// Members of any department, to who knows their number and date of birth.
pub struct Reach(pub Scope);

impl Reach {
    pub fn of(actor: &Actor) -> Self {
        Self(actor.scope_through("members_card"))
    }

    /// The member whom a body names; nobody merges the record away until the end of the transaction.
    fn member(&self, tx: &mut Tx<'_>, scope: &Scope, body: &CreateTrainingRegistration) -> Result<Option<Id>> {
        if let Some(id) = body.member_id {
            return if scope.sees_member(tx.conn, id)? { Ok(Some(id)) } else { Err(Error::field("/member_id", Code::ReferenceNotFound)) };
        }
        let Some(card) = &body.member_card else { return Ok(None) };
        let found = members::store::find_by_card(tx.conn, &self.0, &card.member_number, card.birth_date)?;
        match found {
            Some(member) if self.0.sees_member(tx.conn, member.id)? => Ok(Some(member.id)),
            _ => Err(Error::field("/member_card", Code::ReferenceNotFound)),
        }
    }
}

/// Refuses a session that takes no registrations on a day.
pub fn check_open(session: &TrainingSessionRow, today: Day) -> Result<()> {
    if !matches!(session.status(), RegistrationOpen | Full) {
        return Err(Error::of(Code::RegistrationClosed));
    }
    if in_window(session, today) {
        return Ok(());
    }
    let day = |day: Option<Day>| day.map_or_else(|| "..".to_owned(), |day| day.to_string());
    Err(Error::of(Code::RegistrationOutsideWindow).with("min", day(session.opens_on)).with("max", day(session.closes_on)))
}

/// A registration that was not given a place yet.
pub fn blank(tx: &Tx<'_>, session_id: Id, member_id: Option<Id>, outsider: Option<OutsiderInput>) -> RegistrationRow {
    let outsider_key = outsider.as_ref().map(|known| outsider_key(&known.name, known.email.as_ref(), known.organisation.as_ref()));
    let (name, email, organisation) = match outsider {
        Some(OutsiderInput { name, email, organisation }) => (Some(name), email, organisation),
        None => (None, None, None),
    };
    RegistrationRow {
        id: Id::new(),
        session_id,
        member_id,
        name,
        email,
        organisation,
        outsider_key,
        status: RegistrationStatus::Requested,
        queue_number: None,
        created_by: tx.author.actor_id,
        anonymised_at: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    }
}

/// Registers a participant: with a seat while there is one, on the waiting list afterwards, or, where the organiser decides, as a request.
/// Gives the row with its rank.
pub fn register(
    tx: &mut Tx<'_>,
    scope: &Scope,
    reach: &Reach,
    session: &TrainingSessionRow,
    body: CreateTrainingRegistration,
) -> Result<(RegistrationRow, Option<i32>)> {
    let member_id = reach.member(tx, scope, &body)?;
    check_open(session, Day::of(tx.now.0))?;
    let (mut row, mut waiting) = (blank(tx, session.id, member_id, body.outsider), None);
    if !session.on_approval {
        row.status = match sessions::take_place(tx, scope, session.id)? {
            Place::Seat => RegistrationStatus::Confirmed,
            Place::Waiting { number, rank } => {
                (row.queue_number, waiting) = (Some(number), Some(rank));
                RegistrationStatus::WaitingList
            }
        };
    }
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &TrainingRegistrationView::from(row.clone()))?;
    Ok((row, waiting))
}

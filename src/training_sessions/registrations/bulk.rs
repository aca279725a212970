//! Registering many members in one command: a row for each, and nothing dropped.

use super::bodies::CreateTrainingRegistrations;
use super::model::{BulkOutcome, RegistrationStatus};
use super::registering::{blank, check_open};
use super::store::{self, RegistrationRow};
use super::view::{BulkRegistrationView, BulkRegistrationsView, TrainingRegistrationView};
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::db::paging::Slice;
use crate::error::{Code, Error, Flaw, Result};
use crate::establishments;
use crate::members;
use crate::members::model::MemberFilters;
use crate::training_sessions::store::{self as sessions, TrainingSessionRow};
use crate::values::Day;
use std::collections::{HashMap, HashSet};

/// Most members that are registered together.
pub const STAFF_MAX: i64 = 500;

/// Those whom a body names, in the order in which they are given places.
fn named(tx: &mut Tx<'_>, scope: &Scope, body: CreateTrainingRegistrations) -> Result<Vec<Id>> {
    let CreateTrainingRegistrations { member_ids, establishment_id } = body;
    let Some(establishment_id) = establishment_id else { return Ok(member_ids.unwrap_or_default()) };
    if establishments::store::find_optional(tx.conn, &Scope::everybody(), establishment_id)?.is_none() {
        return Err(Error::field("/establishment_id", Code::ReferenceNotFound));
    }
    let there = MemberFilters { number: None, department: None, establishment: Some(establishment_id), created: None, updated: None };
    let by_name = Slice { sort: "name", limit: STAFF_MAX + 1, ..Slice::default() };
    let staff = members::store::list(tx.conn, scope, &there, Day::of(tx.now.0), &by_name)?;
    if i64::try_from(staff.len()).is_ok_and(|found| found > STAFF_MAX) {
        return Err(Error::field("/establishment_id", Flaw::new(Code::ListTooLong).with("max", STAFF_MAX)));
    }
    Ok(staff.into_iter().map(|member| member.id).collect())
}

/// Registers members in a session that was found in the scope, all in one transaction: each with a seat while there is one.
pub fn register_all(tx: &mut Tx<'_>, scope: &Scope, session_id: Id, body: CreateTrainingRegistrations) -> Result<BulkRegistrationsView> {
    let ids = named(tx, scope, body)?;
    // Members first, as everywhere: whoever merges two of them holds them before their sessions.
    let known: HashSet<Id> = members::aliases::lock_many(tx, scope, ids.clone())?.into_keys().collect();
    let session = sessions::lock(tx.conn, scope, session_id)?;
    check_open(&session, Day::of(tx.now.0))?;
    let standing = store::living_of(tx.conn, scope, session.id, ids.clone())?;
    let mut rows: HashMap<Id, RegistrationRow> = standing.into_iter().filter_map(|row| row.member_id.map(|id| (id, row))).collect();
    let fresh: Vec<Id> = ids.iter().copied().filter(|id| known.contains(id) && !rows.contains_key(id)).collect();
    let made = place_all(tx, scope, &session, &fresh)?;
    rows.extend(made.into_iter().filter_map(|row| row.member_id.map(|id| (id, row))));
    let (ranks, fresh) = (store::ranks(tx.conn, scope, session.id)?, fresh.into_iter().collect::<HashSet<Id>>());
    let told = |member_id: Id| {
        let row = rows.get(&member_id).filter(|_| known.contains(&member_id));
        let outcome = match row {
            Some(_) if fresh.contains(&member_id) => BulkOutcome::Registered,
            Some(_) => BulkOutcome::AlreadyRegistered,
            None => BulkOutcome::NotFound,
        };
        let (registration_id, status) = (row.map(|row| row.id), row.map(|row| row.status));
        BulkRegistrationView { member_id, outcome, registration_id, status, rank: registration_id.and_then(|id| ranks.get(&id).copied()) }
    };
    Ok(BulkRegistrationsView { items: ids.into_iter().map(told).collect() })
}

/// Gives each of these members, of whom none is registered, the next place in a locked session.
fn place_all(tx: &mut Tx<'_>, scope: &Scope, session: &TrainingSessionRow, members: &[Id]) -> Result<Vec<RegistrationRow>> {
    let (mut seats, mut queued, mut waiting) = (session.seats_left(), session.last_queued, 0);
    let mut rows = Vec::with_capacity(members.len());
    for member_id in members {
        let mut row = blank(tx, session.id, Some(*member_id), None);
        match (session.on_approval, seats) {
            (true, _) => {}
            (false, 0) => {
                (queued, waiting) = (queued + 1, waiting + 1);
                (row.status, row.queue_number) = (RegistrationStatus::WaitingList, Some(queued));
            }
            (false, _) => {
                seats -= 1;
                row.status = RegistrationStatus::Confirmed;
            }
        }
        rows.push(row);
    }
    sessions::count_on(tx, scope, session.id, session.seats_left() - seats, waiting, queued - session.last_queued)?;
    store::insert_many(tx, scope, &rows)?;
    let views: Vec<TrainingRegistrationView> = rows.iter().cloned().map(TrainingRegistrationView::from).collect();
    tx.record_all(views.iter().map(|view| (Action::Create, view)))?;
    Ok(rows)
}

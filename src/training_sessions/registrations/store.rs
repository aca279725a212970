//! Queries on registrations.

use super::model::*;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{members, training_registrations};
use crate::db::{DbConn, Id, Instant, MultiBackend, among, insert_all, on_conflict};
use crate::error::{Code, Error, Result};
use crate::training_sessions::store::{self as sessions, TrainingSessionRow};
use crate::values::{DisplayName, Email};
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = training_registrations, treat_none_as_default_value = false)]
pub struct RegistrationRow {
    pub id: Id,
    pub session_id: Id,
    pub member_id: Option<Id>,
    pub name: Option<DisplayName>,
    pub email: Option<Email>,
    pub organisation: Option<Organisation>,
    pub outsider_key: Option<String>,
    pub status: RegistrationStatus,
    pub queue_number: Option<i64>,
    pub created_by: Option<Id>,
    pub anonymised_at: Option<Instant>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A registration with its session, on which its commands hang.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    pub row: RegistrationRow,
    pub session: TrainingSessionRow,
}

type Boxed<'a> = training_registrations::BoxedQuery<'a, MultiBackend>;

fn of<'a>(session_id: Id) -> Boxed<'a> {
    training_registrations::table.filter(training_registrations::session_id.eq(session_id)).into_boxed()
}

fn filtered<'a>(session_id: Id, filters: &RegistrationFilters) -> Boxed<'a> {
    let RegistrationFilters { status } = filters;
    match status {
        Some(statuses) => among!(of(session_id), training_registrations::status, statuses.clone()),
        None => of(session_id),
    }
}

/// Those of a session that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, session_id: Id, filters: &RegistrationFilters, slice: &Slice) -> Result<Vec<RegistrationRow>> {
    let query = filtered(session_id, filters).select(RegistrationRow::as_select());
    let page = keyset!(query, slice, training_registrations::id, { "created" => (training_registrations::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &RegistrationRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, session_id: Id, filters: &RegistrationFilters) -> Result<i64> {
    Ok(filtered(session_id, filters).count().get_result(conn)?)
}

fn row(conn: &mut DbConn, id: Id) -> Result<RegistrationRow> {
    Ok(training_registrations::table.find(id).select(RegistrationRow::as_select()).first(conn)?)
}

/// One of a session in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Registration> {
    let row = row(conn, id)?;
    let session = sessions::find(conn, scope, row.session_id)?;
    Ok(Registration { row, session })
}

/// The same; the session is locked, and both are read once it is.
pub fn lock(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Registration> {
    let session_id = row(conn, id)?.session_id;
    let session = sessions::lock(conn, scope, session_id)?;
    Ok(Registration { row: row(conn, id)?, session })
}

/// The confirmed ones of a session that was found in the scope, in the order in which they came in.
pub fn confirmed(conn: &mut DbConn, _found_in: &Scope, session_id: Id) -> Result<Vec<RegistrationRow>> {
    let seated = of(session_id).filter(training_registrations::status.eq(RegistrationStatus::Confirmed));
    Ok(seated.order((training_registrations::created_at, training_registrations::id)).select(RegistrationRow::as_select()).load(conn)?)
}

/// The ranks of those who wait for a seat in a session that was found in the scope: who came first is the first.
pub fn ranks(conn: &mut DbConn, _found_in: &Scope, session_id: Id) -> Result<HashMap<Id, i32>> {
    let waiting = of(session_id).filter(training_registrations::queue_number.is_not_null()).order(training_registrations::queue_number.asc());
    let ids: Vec<Id> = waiting.select(training_registrations::id).load(conn)?;
    Ok(ids.into_iter().zip(1..).collect())
}

/// The rank of one number.
pub fn rank(conn: &mut DbConn, _found_in: &Scope, session_id: Id, number: i64) -> Result<i64> {
    let before = training_registrations::queue_number.is_not_null().and(training_registrations::queue_number.assume_not_null().le(number));
    Ok(of(session_id).filter(before).count().get_result(conn)?)
}

/// The first who wait for a seat in a locked session.
pub fn first_waiting(conn: &mut DbConn, _locked_in: &Scope, session_id: Id, how_many: i32) -> Result<Vec<RegistrationRow>> {
    let waiting = of(session_id).filter(training_registrations::queue_number.is_not_null()).order(training_registrations::queue_number.asc());
    Ok(waiting.limit(how_many.into()).select(RegistrationRow::as_select()).load(conn)?)
}

/// The registrations by which some of these members have a place in a session, or ask for one.
pub fn living_of(conn: &mut DbConn, _found_in: &Scope, session_id: Id, member_ids: Vec<Id>) -> Result<Vec<RegistrationRow>> {
    let theirs = training_registrations::member_id.is_not_null().and(training_registrations::member_id.assume_not_null().eq_any(member_ids));
    let living = of(session_id).filter(theirs).filter(training_registrations::status.eq_any(RegistrationStatus::LIVING.to_vec()));
    Ok(living.select(RegistrationRow::as_select()).load(conn)?)
}

/// The living registrations of a member, wherever they are, in the order of the sessions.
pub fn living_of_member(conn: &mut DbConn, _everywhere: &Scope, member_id: Id) -> Result<Vec<RegistrationRow>> {
    let theirs = training_registrations::table.filter(training_registrations::member_id.eq(member_id));
    let living = theirs.filter(training_registrations::status.eq_any(RegistrationStatus::LIVING.to_vec()));
    Ok(living.order(training_registrations::session_id).select(RegistrationRow::as_select()).load(conn)?)
}

/// The names of members who are registered in a session that was found in the scope.
pub fn names(conn: &mut DbConn, _found_in: &Scope, member_ids: Vec<Id>) -> Result<HashMap<Id, String>> {
    let named = members::table.filter(members::id.eq_any(member_ids)).select((members::id, members::first_name, members::last_name));
    let rows: Vec<(Id, String, String)> = named.load(conn)?;
    Ok(rows.into_iter().map(|(id, first_name, last_name)| (id, format!("{first_name} {last_name}"))).collect())
}

/// Stores a registration to a session that was found in the scope.
pub fn insert(tx: &mut Tx<'_>, _found_in: &Scope, row: RegistrationRow) -> Result<RegistrationRow> {
    on_conflict(diesel::insert_into(training_registrations::table).values(&row).execute(tx.conn), Code::RegisteredAlready)?;
    Ok(row)
}

/// Stores many in few statements; the caller has seen to it that nobody is registered twice.
pub fn insert_many(tx: &mut Tx<'_>, _locked_in: &Scope, rows: &[RegistrationRow]) -> Result<()> {
    insert_all!(tx.conn, training_registrations::table, rows);
    Ok(())
}

/// Stores the state of a row as its next version, if its current version and state still are among those it was made from. Whose it is stays
/// as it stands: a merge of members may just have changed it.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: RegistrationRow, from: &[RegistrationStatus]) -> Result<RegistrationRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let stands = training_registrations::table.find(row.id).filter(training_registrations::version.eq(seen));
    let current = stands.filter(training_registrations::status.eq_any(from.to_vec()));
    let next = (
        training_registrations::status.eq(row.status),
        training_registrations::queue_number.eq(row.queue_number),
        training_registrations::version.eq(row.version),
        training_registrations::updated_at.eq(row.updated_at),
    );
    if diesel::update(current).set(next).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Stores who takes part, of a locked session, as the next version of a row, if its current version still is the one it was made from.
pub fn correct(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: RegistrationRow) -> Result<RegistrationRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = training_registrations::table.find(row.id).filter(training_registrations::version.eq(seen));
    let next = (
        training_registrations::name.eq(&row.name),
        training_registrations::email.eq(&row.email),
        training_registrations::organisation.eq(&row.organisation),
        training_registrations::outsider_key.eq(&row.outsider_key),
        training_registrations::version.eq(row.version),
        training_registrations::updated_at.eq(row.updated_at),
    );
    let changed = on_conflict(diesel::update(current).set(next).execute(tx.conn), Code::RegisteredAlready)?;
    if changed == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Takes out of a row of a locked session whose it was.
pub fn forget(tx: &mut Tx<'_>, _locked_in: &Scope, row: RegistrationRow) -> Result<RegistrationRow> {
    let nobody = (
        training_registrations::member_id.eq(None::<Id>),
        training_registrations::name.eq(None::<String>),
        training_registrations::email.eq(None::<String>),
        training_registrations::organisation.eq(None::<String>),
        training_registrations::outsider_key.eq(None::<String>),
        training_registrations::anonymised_at.eq(Some(tx.now)),
    );
    diesel::update(training_registrations::table.find(row.id)).set(nobody).execute(tx.conn)?;
    Ok(RegistrationRow { member_id: None, name: None, email: None, organisation: None, outsider_key: None, anonymised_at: Some(tx.now), ..row })
}

/// Gives seats, of a locked session, to those who waited.
pub fn seat_all(tx: &mut Tx<'_>, _locked_in: &Scope, rows: Vec<RegistrationRow>) -> Result<Vec<RegistrationRow>> {
    let waiting = training_registrations::id.eq_any(rows.iter().map(|row| row.id).collect::<Vec<_>>());
    let seated = (
        training_registrations::status.eq(RegistrationStatus::Confirmed),
        training_registrations::queue_number.eq(None::<i64>),
        training_registrations::version.eq(training_registrations::version + 1),
        training_registrations::updated_at.eq(tx.now),
    );
    let waits = training_registrations::status.eq(RegistrationStatus::WaitingList);
    let changed = diesel::update(training_registrations::table.filter(waiting.and(waits))).set(seated).execute(tx.conn)?;
    if changed != rows.len() {
        return Err(Error::of(Code::VersionStale));
    }
    let now = tx.now;
    let after =
        |row: RegistrationRow| RegistrationRow { status: RegistrationStatus::Confirmed, queue_number: None, version: row.version + 1, updated_at: now, ..row };
    Ok(rows.into_iter().map(after).collect())
}

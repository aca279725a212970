//! Queries on attendance.

use super::model::{AttendanceFilters, AttendanceStatus};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{training_attendance, training_registrations};
use crate::db::{DbConn, Id, Instant, MultiBackend, among, insert_all};
use crate::error::Result;
use crate::training_sessions::registrations::model::RegistrationStatus;
use diesel::dsl::count_star;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = training_attendance, treat_none_as_default_value = false)]
pub struct AttendanceRow {
    pub id: Id,
    pub session_id: Id,
    pub slot_id: Id,
    pub registration_id: Id,
    pub status: AttendanceStatus,
    pub recorded_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = training_attendance::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(session_id: Id, filters: &AttendanceFilters) -> Boxed<'a> {
    let AttendanceFilters { slot, registration, status } = filters;
    let mut query = training_attendance::table.filter(training_attendance::session_id.eq(session_id)).into_boxed();
    if let Some(id) = slot {
        query = query.filter(training_attendance::slot_id.eq(*id));
    }
    if let Some(id) = registration {
        query = query.filter(training_attendance::registration_id.eq(*id));
    }
    if let Some(statuses) = status {
        query = among!(query, training_attendance::status, statuses.clone());
    }
    query
}

/// The marks of a session that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, session_id: Id, filters: &AttendanceFilters, slice: &Slice) -> Result<Vec<AttendanceRow>> {
    let query = filtered(session_id, filters).select(AttendanceRow::as_select());
    let page = keyset!(query, slice, training_attendance::id, { "created" => (training_attendance::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &AttendanceRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, session_id: Id, filters: &AttendanceFilters) -> Result<i64> {
    Ok(filtered(session_id, filters).count().get_result(conn)?)
}

/// The marks of some slots, of a session that was found in the scope, for some registrations.
pub fn marked(conn: &mut DbConn, _found_in: &Scope, slots: Vec<Id>, registrations: Vec<Id>) -> Result<Vec<AttendanceRow>> {
    let named = training_attendance::slot_id.eq_any(slots).and(training_attendance::registration_id.eq_any(registrations));
    Ok(training_attendance::table.filter(named).select(AttendanceRow::as_select()).load(conn)?)
}

/// All marks for some registrations that were found in the scope.
pub fn of_registrations(conn: &mut DbConn, _found_in: &Scope, registrations: Vec<Id>) -> Result<Vec<AttendanceRow>> {
    let theirs = training_attendance::table.filter(training_attendance::registration_id.eq_any(registrations));
    Ok(theirs.order((training_attendance::created_at, training_attendance::id)).select(AttendanceRow::as_select()).load(conn)?)
}

/// The state of some registrations of a session that was found in the scope.
pub fn registrations(conn: &mut DbConn, _found_in: &Scope, session_id: Id, ids: Vec<Id>) -> Result<HashMap<Id, RegistrationStatus>> {
    let named = training_registrations::session_id.eq(session_id).and(training_registrations::id.eq_any(ids));
    let columns = (training_registrations::id, training_registrations::status);
    let rows: Vec<(Id, RegistrationStatus)> = training_registrations::table.filter(named).select(columns).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// The slots in which somebody was, of those marked for a registration that was found in the scope.
pub fn attended(conn: &mut DbConn, _found_in: &Scope, registration_id: Id) -> Result<Vec<Id>> {
    let there = training_attendance::registration_id.eq(registration_id).and(training_attendance::status.eq_any(AttendanceStatus::ATTENDED.to_vec()));
    Ok(training_attendance::table.filter(there).select(training_attendance::slot_id).load(conn)?)
}

/// How many of those confirmed were marked how in each slot of a session that was found in the scope.
pub fn tally(conn: &mut DbConn, _found_in: &Scope, session_id: Id) -> Result<HashMap<(Id, AttendanceStatus), i64>> {
    let confirmed = training_registrations::table.on(training_registrations::id.eq(training_attendance::registration_id));
    let rows: Vec<(Id, AttendanceStatus, i64)> = training_attendance::table
        .inner_join(confirmed)
        .filter(training_attendance::session_id.eq(session_id).and(training_registrations::status.eq(RegistrationStatus::Confirmed)))
        .group_by((training_attendance::slot_id, training_attendance::status))
        .select((training_attendance::slot_id, training_attendance::status, count_star()))
        .load(conn)?;
    Ok(rows.into_iter().map(|(slot_id, status, count)| ((slot_id, status), count)).collect())
}

/// Puts marks, of a locked session, in the place of those of the same ids.
pub fn put(tx: &mut Tx<'_>, _locked_in: &Scope, rows: &[AttendanceRow]) -> Result<()> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    diesel::delete(training_attendance::table.filter(training_attendance::id.eq_any(ids))).execute(tx.conn)?;
    insert_all!(tx.conn, training_attendance::table, rows);
    Ok(())
}

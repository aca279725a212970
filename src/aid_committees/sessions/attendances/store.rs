//! Queries on attendances.

use super::model::Presence;
use crate::aid_committees::members::model::CommitteeFunction;
use crate::aid_committees::members::store::{CommitteeMemberRow, in_office};
use crate::aid_committees::sessions::store::{self as sessions, SessionRow};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_attendances as attendances;
use crate::db::{DbConn, Id, Instant, insert_all, optional};
use crate::error::{Code, Error, Result};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = attendances)]
pub struct AttendanceRow {
    pub id: Id,
    pub session_id: Id,
    pub committee_member_id: Id,
    pub user_id: Id,
    pub function: CommitteeFunction,
    pub presence: Presence,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// Those of a session that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, session_id: Id, slice: &Slice) -> Result<Vec<AttendanceRow>> {
    let query = attendances::table.filter(attendances::session_id.eq(session_id)).into_boxed().select(AttendanceRow::as_select());
    let page = keyset!(query, slice, attendances::id, { "created" => (attendances::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &AttendanceRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, session_id: Id) -> Result<i64> {
    Ok(attendances::table.filter(attendances::session_id.eq(session_id)).count().get_result(conn)?)
}

/// All of a session that was found in the scope.
pub fn of_session(conn: &mut DbConn, _found_in: &Scope, session_id: Id) -> Result<Vec<AttendanceRow>> {
    let of = attendances::table.filter(attendances::session_id.eq(session_id));
    Ok(of.order(attendances::id).select(AttendanceRow::as_select()).load(conn)?)
}

/// One of a session in the scope, with its session.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<(AttendanceRow, SessionRow)> {
    let row: AttendanceRow = attendances::table.find(id).select(AttendanceRow::as_select()).first(conn)?;
    let session = sessions::find(conn, scope, row.session_id)?;
    Ok((row, session))
}

/// How somebody attends a session that was found.
pub fn of_user(conn: &mut DbConn, _found_in: &Scope, session_id: Id, user_id: Id) -> Result<Option<AttendanceRow>> {
    let own = attendances::session_id.eq(session_id).and(attendances::user_id.eq(user_id));
    optional(attendances::table.filter(own).select(AttendanceRow::as_select()).first(conn))
}

/// Expects everybody at a session who is in office on its day and is not expected yet; the session is locked. Gives those who are new.
pub fn invite(tx: &mut Tx<'_>, scope: &Scope, session: &SessionRow) -> Result<Vec<AttendanceRow>> {
    let known: Vec<Id> = of_session(tx.conn, scope, session.id)?.into_iter().map(|row| row.user_id).collect();
    let terms = in_office(tx.conn, scope, session.committee_id, session.held_on)?;
    let expected = |term: CommitteeMemberRow| AttendanceRow {
        id: Id::new(),
        session_id: session.id,
        committee_member_id: term.id,
        user_id: term.user_id,
        function: term.function,
        presence: Presence::Expected,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let rows: Vec<AttendanceRow> = terms.into_iter().filter(|term| !known.contains(&term.user_id)).map(expected).collect();
    insert_all!(tx.conn, attendances::table, rows.clone());
    Ok(rows)
}

/// Says whether somebody is there, as the next version, if the current version still is the one that was seen; the session is locked,
/// and counts them.
pub fn update(tx: &mut Tx<'_>, scope: &Scope, mut row: AttendanceRow, presence: Presence) -> Result<AttendanceRow> {
    let (seen, was, is) = (row.version, row.presence == Presence::Present, presence == Presence::Present);
    (row.presence, row.version, row.updated_at) = (presence, seen + 1, tx.now);
    let current = attendances::table.find(row.id).filter(attendances::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? != 1 {
        return Err(Error::of(Code::VersionStale));
    }
    if row.function.votes() && was != is {
        sessions::count_present(tx, scope, row.session_id, if is { 1 } else { -1 })?;
    }
    Ok(row)
}

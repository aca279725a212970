//! Queries on the slots of training sessions.

use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::training_slots;
use crate::db::{DbConn, Id, Instant, MultiBackend};
use crate::error::{Code, Error, Flaw, Result};
use crate::training_sessions::store::{self as sessions, TrainingSessionRow};
use crate::values::Day;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = training_slots, treat_none_as_null = true)]
pub struct SlotRow {
    pub id: Id,
    pub session_id: Id,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

impl SlotRow {
    /// Why it does not lie within the days of its session, by the clock of Europe/Paris.
    pub fn outside(&self, session: &TrainingSessionRow) -> Option<Flaw> {
        let within = session.starts_on <= Day::of(self.starts_at.0) && self.ends_at.0 <= session.ends_on.next().begins();
        (!within).then(|| Flaw::new(Code::SlotOutside).with("min", session.starts_on).with("max", session.ends_on))
    }

    /// Whether both are held at some moment; one may begin as the other ends.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.id != other.id && self.starts_at < other.ends_at && other.starts_at < self.ends_at
    }
}

type Boxed<'a> = training_slots::BoxedQuery<'a, MultiBackend>;

fn of<'a>(session_id: Id) -> Boxed<'a> {
    training_slots::table.filter(training_slots::session_id.eq(session_id).and(training_slots::deleted_at.is_null())).into_boxed()
}

/// Those of a session that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, session_id: Id, slice: &Slice) -> Result<Vec<SlotRow>> {
    let query = of(session_id).select(SlotRow::as_select());
    let page = keyset!(query, slice, training_slots::id, { "starts" => (training_slots::starts_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &SlotRow) -> Position {
    Position { key: Key::from(row.starts_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, session_id: Id) -> Result<i64> {
    Ok(of(session_id).count().get_result(conn)?)
}

/// All of them, in order of time.
pub fn of_session(conn: &mut DbConn, _found_in: &Scope, session_id: Id) -> Result<Vec<SlotRow>> {
    Ok(of(session_id).order((training_slots::starts_at, training_slots::id)).select(SlotRow::as_select()).load(conn)?)
}

/// One of a session in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<SlotRow> {
    let living = training_slots::table.find(id).filter(training_slots::deleted_at.is_null());
    let row: SlotRow = living.select(SlotRow::as_select()).first(conn)?;
    sessions::find(conn, scope, row.session_id)?;
    Ok(row)
}

/// The same with its session, which is locked.
pub fn lock(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<(SlotRow, TrainingSessionRow)> {
    let session_id = find(conn, scope, id)?.session_id;
    let session = sessions::lock(conn, scope, session_id)?;
    Ok((find(conn, scope, id)?, session))
}

/// Stores a slot of a locked session.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: SlotRow) -> Result<SlotRow> {
    diesel::insert_into(training_slots::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row, of a locked session, as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: SlotRow) -> Result<SlotRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = training_slots::table.find(row.id).filter(training_slots::version.eq(seen).and(training_slots::deleted_at.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

//! Queries on sessions.

use super::model::{AidSessionFilters, AidSessionStatus, SessionAgenda, SessionPlace};
use super::record::SessionRecord;
use crate::aid_committees::model::Quorum;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_sessions;
use crate::db::{DbConn, Id, Instant, Json, MultiBackend, among, lock_in_order};
use crate::error::{Code, Error, Result};
use crate::values::{Day, DepartmentCode};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = aid_sessions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct SessionRow {
    pub id: Id,
    pub committee_id: Id,
    pub department_code: DepartmentCode,
    pub held_on: Day,
    pub place: Option<SessionPlace>,
    pub remote: bool,
    pub agenda: Option<SessionAgenda>,
    pub status: AidSessionStatus,
    pub quorum: Quorum,
    /// How many members with a vote are there.
    pub present: i32,
    /// What the minutes are made from, once it is closed.
    pub record: Option<Json<SessionRecord>>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl SessionRow {
    pub fn has_quorum(&self) -> bool {
        self.present >= self.quorum.get()
    }
}

type Boxed<'a> = aid_sessions::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    aid_sessions::table.into_boxed().filter(scope.aid_sessions())
}

fn filtered<'a>(scope: &Scope, filters: &AidSessionFilters) -> Boxed<'a> {
    let AidSessionFilters { committee, status, held } = filters;
    let mut query = visible(scope);
    if let Some(id) = committee {
        query = query.filter(aid_sessions::committee_id.eq(*id));
    }
    if let Some(statuses) = status {
        query = among!(query, aid_sessions::status, statuses.clone());
    }
    let (from, to) = held.map_or((None, None), |interval| (interval.from, interval.to));
    if let Some(day) = from {
        query = query.filter(aid_sessions::held_on.ge(day));
    }
    if let Some(day) = to {
        query = query.filter(aid_sessions::held_on.le(day));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &AidSessionFilters, slice: &Slice) -> Result<Vec<SessionRow>> {
    let query = filtered(scope, filters).select(SessionRow::as_select());
    let page = keyset!(query, slice, aid_sessions::id, { "held" => (aid_sessions::held_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &SessionRow) -> Position {
    Position { key: Key::from(row.held_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &AidSessionFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<SessionRow> {
    Ok(visible(scope).filter(aid_sessions::id.eq(id)).select(SessionRow::as_select()).first(conn)?)
}

/// Finds a session in which nothing else moves until the end of the transaction: presence, docket, votes and decisions take turns.
pub fn lock(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<SessionRow> {
    lock_in_order(tx.conn, "aid_sessions", &[id])?;
    find(tx.conn, scope, id)
}

pub fn insert(tx: &mut Tx<'_>, _found_in: &Scope, row: SessionRow) -> Result<SessionRow> {
    diesel::insert_into(aid_sessions::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are among those it was made from.
pub fn advance(tx: &mut Tx<'_>, _found_in: &Scope, mut row: SessionRow, from: &[AidSessionStatus]) -> Result<SessionRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let states: Vec<&str> = from.iter().map(|state| state.as_str()).collect();
    let current = aid_sessions::table.find(row.id).filter(aid_sessions::version.eq(seen).and(aid_sessions::status.eq_any(states)));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Counts one member with a vote more, or one less, as being there; the session is locked.
pub fn count_present(tx: &mut Tx<'_>, _locked_in: &Scope, id: Id, more: i32) -> Result<()> {
    diesel::update(aid_sessions::table.find(id)).set(aid_sessions::present.eq(aid_sessions::present + more)).execute(tx.conn)?;
    Ok(())
}

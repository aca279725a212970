//! Queries on openings.

use super::model::{BreakGlassFilters, BreakGlassReason, BreakGlassStatus, LIFECYCLE};
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::{PermitKind, Scope};
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{dossier_permits, dossiers};
use crate::db::search::{Condition, no_row};
use crate::db::{DbConn, Id, Instant, MultiBackend};
use crate::dossiers::erasure::scrub_under;
use crate::error::{Code, Error, Result};
use crate::workflow::{Lifecycle, Stateful, Step};
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = dossier_permits, treat_none_as_null = true)]
pub struct BreakGlassRow {
    pub id: Id,
    pub dossier_id: Id,
    pub user_id: Id,
    pub kind: PermitKind,
    pub reason: Option<BreakGlassReason>,
    pub expires_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl BreakGlassRow {
    pub fn status(&self, now: Instant) -> BreakGlassStatus {
        let over = self.ended_at.is_some() || self.expires_at.is_some_and(|end| end <= now);
        if over { BreakGlassStatus::Ended } else { BreakGlassStatus::Running }
    }
}

/// An opening at a moment, with the department of its dossier, where the roles of the caller count.
#[derive(Debug, Clone)]
pub struct Opening {
    pub row: BreakGlassRow,
    pub now: Instant,
    pub department_code: String,
}

impl Part for Opening {}

impl Stateful for Opening {
    type Status = BreakGlassStatus;
    const LIFECYCLE: &'static Lifecycle<BreakGlassStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> BreakGlassStatus {
        self.row.status(self.now)
    }

    fn department(&self) -> Option<&str> {
        Some(&self.department_code)
    }
}

type Boxed<'a> = dossier_permits::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    dossier_permits::table.filter(dossier_permits::kind.eq(PermitKind::BreakGlass.as_str())).into_boxed().filter(scope.dossier_permits())
}

fn in_state(status: BreakGlassStatus, now: Instant) -> Condition<dossier_permits::table> {
    let open = dossier_permits::ended_at.is_null();
    let expiry = dossier_permits::expires_at.assume_not_null();
    match status {
        BreakGlassStatus::Running => Box::new(open.and(expiry.gt(now))),
        BreakGlassStatus::Ended => Box::new(dossier_permits::ended_at.is_not_null().or(expiry.le(now))),
    }
}

fn filtered<'a>(scope: &Scope, dossier_id: Option<Id>, filters: &BreakGlassFilters, now: Instant) -> Boxed<'a> {
    let BreakGlassFilters { status, user } = filters;
    let mut query = visible(scope);
    if let Some(id) = dossier_id {
        query = query.filter(dossier_permits::dossier_id.eq(id));
    }
    if let Some(statuses) = status {
        let any = statuses.iter().fold(no_row(), |any, status| -> Condition<dossier_permits::table> { Box::new(any.or(in_state(*status, now))) });
        query = query.filter(any);
    }
    match user {
        Some(id) => query.filter(dossier_permits::user_id.eq(*id)),
        None => query,
    }
}

/// The openings in the scope, of one dossier that was found or of all.
pub fn list(conn: &mut DbConn, scope: &Scope, dossier_id: Option<Id>, filters: &BreakGlassFilters, now: Instant, slice: &Slice) -> Result<Vec<Opening>> {
    let query = filtered(scope, dossier_id, filters, now).select(BreakGlassRow::as_select());
    let page = keyset!(query, slice, dossier_permits::id, { "opened" => (dossier_permits::created_at, instant) });
    let rows = page.load(conn)?;
    with_departments(conn, rows, now)
}

pub fn position(row: &BreakGlassRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, dossier_id: Option<Id>, filters: &BreakGlassFilters, now: Instant) -> Result<i64> {
    Ok(filtered(scope, dossier_id, filters, now).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id, now: Instant) -> Result<Opening> {
    let row = visible(scope).filter(dossier_permits::id.eq(id)).select(BreakGlassRow::as_select()).first(conn)?;
    with_departments(conn, vec![row], now)?.pop().ok_or_else(Error::not_found)
}

fn with_departments(conn: &mut DbConn, rows: Vec<BreakGlassRow>, now: Instant) -> Result<Vec<Opening>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.dossier_id).collect();
    let codes: Vec<(Id, String)> = dossiers::table.filter(dossiers::id.eq_any(ids)).select((dossiers::id, dossiers::department_code)).load(conn)?;
    let codes: HashMap<Id, String> = codes.into_iter().collect();
    Ok(rows.into_iter().map(|row| Opening { department_code: codes.get(&row.dossier_id).cloned().unwrap_or_default(), row, now }).collect())
}

/// Opens a dossier that was found in the scope.
pub fn insert(tx: &mut Tx<'_>, _found_in: &Scope, row: BreakGlassRow) -> Result<BreakGlassRow> {
    diesel::insert_into(dossier_permits::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Shuts the dossier, if the opening still runs at the version seen.
pub fn end(tx: &mut Tx<'_>, _found_in: &Scope, mut row: BreakGlassRow, step: Step<BreakGlassStatus>) -> Result<BreakGlassRow> {
    (row.version, row.ended_at, row.updated_at) = (step.seen + 1, Some(tx.now), tx.now);
    let current = dossier_permits::table.find(row.id).filter(dossier_permits::version.eq(step.seen).and(dossier_permits::ended_at.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Takes the words out of what opened a dossier that is anonymised, and of all that is remembered of it.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || dossier_permits::table.filter(dossier_permits::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(dossier_permits::id).load(tx.conn)?;
    diesel::update(of()).set(dossier_permits::reason.eq(None::<String>)).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_under(tx, scope, id))
}

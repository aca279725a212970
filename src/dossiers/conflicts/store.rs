//! Queries on conflicts.

use super::model::{ConflictFilters, ConflictStatus, LIFECYCLE};
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{dossier_conflicts, dossiers};
use crate::db::{DbConn, Id, Instant, MultiBackend, lock_in_order};
use crate::dossiers::erasure::scrub_records;
use crate::dossiers::tasks;
use crate::error::{Code, Error, Result};
use crate::values::Day;
use crate::workflow::{Lifecycle, Reason, Stateful, Step};
use diesel::prelude::*;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, AsChangeset, Identifiable)]
#[diesel(table_name = dossier_conflicts, treat_none_as_null = true)]
pub struct ConflictRow {
    pub id: Id,
    pub low_id: Id,
    pub high_id: Id,
    pub found_on: Day,
    pub waived_on: Option<Day>,
    pub waived_by: Option<Id>,
    pub waive_reason: Option<Reason>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The day on which its tasks were set. Kept by the runner, whose writing never raises the version.
    #[diesel(skip_update)]
    pub told_on: Option<Day>,
}

impl ConflictRow {
    pub fn status(&self) -> ConflictStatus {
        if self.waived_on.is_some() { ConflictStatus::Waived } else { ConflictStatus::Open }
    }
}

/// A conflict with those of its dossiers that the caller sees, one at least, each with its department.
#[derive(Debug, Clone)]
pub struct ConflictOf {
    pub row: ConflictRow,
    pub seen: Vec<(Id, String)>,
}

impl Part for ConflictOf {}

impl Stateful for ConflictOf {
    type Status = ConflictStatus;
    const LIFECYCLE: &'static Lifecycle<ConflictStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> ConflictStatus {
        self.row.status()
    }

    fn department(&self) -> Option<&str> {
        self.seen.first().map(|(_, code)| code.as_str())
    }
}

type Boxed<'a> = dossier_conflicts::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(scope: &Scope, filters: &ConflictFilters) -> Boxed<'a> {
    let query = dossier_conflicts::table.into_boxed().filter(scope.dossier_conflicts());
    match filters.status.as_deref() {
        Some([ConflictStatus::Open]) => query.filter(dossier_conflicts::waived_on.is_null()),
        Some([ConflictStatus::Waived]) => query.filter(dossier_conflicts::waived_on.is_not_null()),
        _ => query,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &ConflictFilters, slice: &Slice) -> Result<Vec<ConflictOf>> {
    let query = filtered(scope, filters).select(ConflictRow::as_select());
    let page = keyset!(query, slice, dossier_conflicts::id, { "found" => (dossier_conflicts::found_on, day) });
    let rows = page.load(conn)?;
    with_dossiers(conn, scope, rows)
}

pub fn position(row: &ConflictRow) -> Position {
    Position { key: Key::from(row.found_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &ConflictFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<ConflictOf> {
    let visible = dossier_conflicts::table.into_boxed().filter(scope.dossier_conflicts());
    let row = visible.filter(dossier_conflicts::id.eq(id)).select(ConflictRow::as_select()).first(conn)?;
    with_dossiers(conn, scope, vec![row])?.pop().ok_or_else(Error::not_found)
}

fn with_dossiers(conn: &mut DbConn, scope: &Scope, rows: Vec<ConflictRow>) -> Result<Vec<ConflictOf>> {
    let ids: Vec<Id> = rows.iter().flat_map(|row| [row.low_id, row.high_id]).collect();
    let visible = dossiers::table.into_boxed().filter(scope.dossiers()).filter(dossiers::id.eq_any(ids));
    let codes: BTreeMap<Id, String> = visible.select((dossiers::id, dossiers::department_code)).load(conn)?.into_iter().collect();
    let seen = |row: &ConflictRow| [row.low_id, row.high_id].into_iter().filter_map(|id| Some((id, codes.get(&id)?.clone()))).collect();
    Ok(rows.into_iter().map(|row| ConflictOf { seen: seen(&row), row }).collect())
}

/// Keeps both dossiers of a conflict locked: nobody sees to it, and no runner tells of it, meanwhile.
pub fn lock(tx: &mut Tx<'_>, _found_in: &Scope, row: &ConflictRow) -> Result<()> {
    lock_in_order(tx.conn, "dossiers", &[row.low_id, row.high_id])
}

/// Open conflicts after an id of which nobody was told.
pub fn untold(conn: &mut DbConn, _everywhere: &Scope, _today: Day, after: Option<Id>, limit: i64) -> Result<Vec<Id>> {
    let untold = dossier_conflicts::told_on.is_null().and(dossier_conflicts::waived_on.is_null());
    let mut query = dossier_conflicts::table.filter(untold).into_boxed();
    if let Some(after) = after {
        query = query.filter(dossier_conflicts::id.gt(after));
    }
    Ok(query.order(dossier_conflicts::id).limit(limit).select(dossier_conflicts::id).load(conn)?)
}

/// Notes that the tasks of a conflict were set, whose dossiers are locked.
pub fn told(tx: &mut Tx<'_>, _locked_in: &Scope, id: Id) -> Result<()> {
    diesel::update(dossier_conflicts::table.find(id)).set(dossier_conflicts::told_on.eq(Day::of(tx.now.0))).execute(tx.conn)?;
    Ok(())
}

/// Waives a conflict that still is open at the version seen.
pub fn waive(tx: &mut Tx<'_>, _found_in: &Scope, mut row: ConflictRow, step: Step<ConflictStatus>, reason: Reason) -> Result<ConflictRow> {
    (row.waived_on, row.waived_by, row.waive_reason) = (Some(Day::of(tx.now.0)), tx.author.actor_id, Some(reason));
    (row.version, row.updated_at) = (step.seen + 1, tx.now);
    let current = dossier_conflicts::table.find(row.id).filter(dossier_conflicts::version.eq(step.seen).and(dossier_conflicts::waived_on.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Forgets the conflicts of a dossier that is anonymised, and what told of them: each would tell whom it was against.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || dossier_conflicts::table.filter(dossier_conflicts::low_id.eq(dossier_id).or(dossier_conflicts::high_id.eq(dossier_id)));
    let ids: Vec<Id> = of().select(dossier_conflicts::id).load(tx.conn)?;
    ids.iter().try_for_each(|id| tasks::store::forget_conflict(tx, scope, *id))?;
    diesel::delete(of()).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}

/// The fields that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["dossier_id", "opposing_dossier_id", "waive_reason", "reason"];

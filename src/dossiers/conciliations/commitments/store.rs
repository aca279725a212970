//! Queries on commitments.

use super::model::{CommitmentFilters, CommitmentSide, CommitmentStatus, Promise};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{commitments, conciliations};
use crate::db::{DbConn, Id, Instant, MultiBackend, among};
use crate::dossiers::conciliations::model::ConciliationStatus;
use crate::dossiers::erasure::scrub_records;
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use crate::values::Day;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = commitments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct CommitmentRow {
    pub id: Id,
    pub conciliation_id: Id,
    pub dossier_id: Id,
    pub side: CommitmentSide,
    pub promise: Option<Promise>,
    pub due_on: Option<Day>,
    pub check_on: Option<Day>,
    pub status: CommitmentStatus,
    pub checked_on: Option<Day>,
    pub checked_by: Option<Id>,
    pub task_id: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A commitment with the state of its conciliation, on which its check hangs, and the day of the agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Commitment {
    pub row: CommitmentRow,
    pub stage: ConciliationStatus,
    pub agreed_on: Option<Day>,
}

type Boxed<'a> = commitments::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(conciliation_id: Id, filters: &CommitmentFilters) -> Boxed<'a> {
    let CommitmentFilters { side, status } = filters;
    let mut query = commitments::table.filter(commitments::conciliation_id.eq(conciliation_id)).into_boxed();
    if let Some(sides) = side {
        query = among!(query, commitments::side, sides.clone());
    }
    if let Some(statuses) = status {
        query = among!(query, commitments::status, statuses.clone());
    }
    query
}

/// The commitments of a conciliation that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, conciliation_id: Id, filters: &CommitmentFilters, slice: &Slice) -> Result<Vec<CommitmentRow>> {
    let query = filtered(conciliation_id, filters).select(CommitmentRow::as_select());
    let page = keyset!(query, slice, commitments::id, { "created" => (commitments::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &CommitmentRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, conciliation_id: Id, filters: &CommitmentFilters) -> Result<i64> {
    Ok(filtered(conciliation_id, filters).count().get_result(conn)?)
}

/// A commitment of a conciliation under a dossier in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Under<Commitment>> {
    let row: CommitmentRow = commitments::table.find(id).select(CommitmentRow::as_select()).first(conn)?;
    let found = Under::find(conn, scope, (), row.dossier_id)?;
    let of = conciliations::table.find(row.conciliation_id).select((conciliations::status, conciliations::agreed_on));
    let (stage, agreed_on) = of.first(conn)?;
    Ok(found.with(Commitment { row, stage, agreed_on }))
}

/// Stores a commitment under a dossier that is locked and open.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: CommitmentRow) -> Result<CommitmentRow> {
    diesel::insert_into(commitments::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are those it was made from. Its dossier is locked.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: CommitmentRow, from: &[CommitmentStatus]) -> Result<CommitmentRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = commitments::table.find(row.id).filter(commitments::version.eq(seen).and(commitments::status.eq_any(from.to_vec())));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// The words that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["promise", "reason", "details"];

/// Takes the words out of the commitments of a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || commitments::table.filter(commitments::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(commitments::id).load(tx.conn)?;
    diesel::update(of()).set(commitments::promise.eq(None::<String>)).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}

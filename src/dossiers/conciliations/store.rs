//! Queries on conciliations.

use super::commitments::model::CommitmentStatus;
use super::model::{ConciliationFilters, ConciliationStatus, ConciliationSubject};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{commitments, conciliations};
use crate::db::{DbConn, Id, Instant, MultiBackend, among};
use crate::dossiers::erasure::scrub_records;
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use crate::values::Day;
use diesel::dsl::exists;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = conciliations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ConciliationRow {
    pub id: Id,
    pub dossier_id: Id,
    pub status: ConciliationStatus,
    pub proposed_on: Day,
    pub subject: Option<ConciliationSubject>,
    pub agreed_on: Option<Day>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A conciliation with the commitments that nobody has checked yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Conciliation {
    pub row: ConciliationRow,
    pub unchecked: Vec<Id>,
}

type Boxed<'a> = conciliations::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(dossier_id: Id, filters: &ConciliationFilters) -> Boxed<'a> {
    let query = conciliations::table.filter(conciliations::dossier_id.eq(dossier_id)).into_boxed();
    match &filters.status {
        Some(statuses) => among!(query, conciliations::status, statuses.clone()),
        None => query,
    }
}

/// The conciliations of a dossier that was found in the scope.
pub fn list(conn: &mut DbConn, found_in: &Scope, dossier_id: Id, filters: &ConciliationFilters, slice: &Slice) -> Result<Vec<Conciliation>> {
    let query = filtered(dossier_id, filters).select(ConciliationRow::as_select());
    let page = keyset!(query, slice, conciliations::id, { "created" => (conciliations::created_at, instant) });
    let rows: Vec<ConciliationRow> = page.load(conn)?;
    let mut unchecked = unchecked(conn, found_in, rows.iter().map(|row| row.id).collect())?;
    Ok(rows.into_iter().map(|row| Conciliation { unchecked: unchecked.remove(&row.id).unwrap_or_default(), row }).collect())
}

pub fn position(row: &ConciliationRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &ConciliationFilters) -> Result<i64> {
    Ok(filtered(dossier_id, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Under<Conciliation>> {
    let row: ConciliationRow = conciliations::table.find(id).select(ConciliationRow::as_select()).first(conn)?;
    let dossier_id = row.dossier_id;
    let found = Under::find(conn, scope, (), dossier_id)?;
    let unchecked = unchecked(conn, scope, vec![id])?.remove(&id).unwrap_or_default();
    Ok(found.with(Conciliation { row, unchecked }))
}

/// The commitments of conciliations that were found which nobody has checked yet, the earliest made first.
fn unchecked(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>) -> Result<HashMap<Id, Vec<Id>>> {
    let pending = commitments::table.filter(commitments::conciliation_id.eq_any(ids).and(commitments::status.eq(CommitmentStatus::Pending)));
    let columns = (commitments::conciliation_id, commitments::id);
    let mut found: HashMap<Id, Vec<Id>> = HashMap::new();
    for (conciliation_id, id) in pending.order((commitments::created_at, commitments::id)).select(columns).load::<(Id, Id)>(conn)? {
        found.entry(conciliation_id).or_default().push(id);
    }
    Ok(found)
}

/// What is still to come under a locked dossier: an agreement, or its check as long as something promised waits for one.
pub fn open_under(tx: &mut Tx<'_>, _locked_in: &Scope, dossier_id: Id) -> Result<Vec<Id>> {
    let pending = commitments::table.filter(commitments::conciliation_id.eq(conciliations::id).and(commitments::status.eq(CommitmentStatus::Pending)));
    let open = conciliations::status.eq_any(ConciliationStatus::OPEN).or(conciliations::status.eq(ConciliationStatus::Agreed).and(exists(pending)));
    let of = conciliations::table.filter(conciliations::dossier_id.eq(dossier_id).and(open));
    Ok(of.order(conciliations::id).select(conciliations::id).load(tx.conn)?)
}

/// Whether the sides of a case, told in these dossiers, ever began to talk.
pub fn met(conn: &mut DbConn, _found_in: &Scope, dossier_ids: &[Id]) -> Result<bool> {
    let of = conciliations::table.filter(conciliations::dossier_id.eq_any(dossier_ids).and(conciliations::status.eq_any(ConciliationStatus::MET)));
    Ok(diesel::select(exists(of)).get_result(conn)?)
}

/// The state of a conciliation whose dossier is locked: what moves it on waits.
pub fn status_of(tx: &mut Tx<'_>, _locked_in: &Scope, id: Id) -> Result<ConciliationStatus> {
    Ok(conciliations::table.find(id).select(conciliations::status).first(tx.conn)?)
}

/// Stores a conciliation of a dossier that is locked and open.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: ConciliationRow) -> Result<ConciliationRow> {
    diesel::insert_into(conciliations::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are those it was made from.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: ConciliationRow, from: &[ConciliationStatus]) -> Result<ConciliationRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = conciliations::table.find(row.id).filter(conciliations::version.eq(seen).and(conciliations::status.eq_any(from.to_vec())));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// The words that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["subject", "reason", "details"];

/// Takes the words out of the conciliations of a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || conciliations::table.filter(conciliations::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(conciliations::id).load(tx.conn)?;
    diesel::update(of()).set(conciliations::subject.eq(None::<String>)).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}

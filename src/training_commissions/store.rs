//! Queries on training commissions.

use super::model::TrainingCommissionFilters;
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::training_commissions;
use crate::db::{DbConn, Id, Instant, MultiBackend, among, lock_in_order, on_conflict};
use crate::error::{Code, Error, Result};
use crate::values::AcademyCode;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = training_commissions, treat_none_as_null = true)]
pub struct TrainingCommissionRow {
    pub id: Id,
    pub academy_code: AcademyCode,
    pub coordinator_id: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Part for TrainingCommissionRow {}

type Boxed<'a> = training_commissions::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    training_commissions::table.into_boxed().filter(scope.training_commissions())
}

fn filtered<'a>(scope: &Scope, filters: &TrainingCommissionFilters) -> Boxed<'a> {
    let TrainingCommissionFilters { academy } = filters;
    match academy {
        Some(codes) => among!(visible(scope), training_commissions::academy_code, codes.iter().map(ToString::to_string).collect()),
        None => visible(scope),
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &TrainingCommissionFilters, slice: &Slice) -> Result<Vec<TrainingCommissionRow>> {
    let query = filtered(scope, filters).select(TrainingCommissionRow::as_select());
    let page = keyset!(query, slice, training_commissions::id, { "academy" => (training_commissions::academy_code, text) });
    Ok(page.load(conn)?)
}

pub fn position(row: &TrainingCommissionRow) -> Position {
    Position { key: Key::from(row.academy_code.as_str()), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &TrainingCommissionFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<TrainingCommissionRow> {
    Ok(visible(scope).filter(training_commissions::id.eq(id)).select(TrainingCommissionRow::as_select()).first(conn)?)
}

/// The same, kept as it is until the end of the transaction.
pub fn lock(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<TrainingCommissionRow> {
    lock_in_order(tx.conn, "training_commissions", &[id])?;
    find(tx.conn, scope, id)
}

/// Stores the commission of an academy in the scope; each has one.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: TrainingCommissionRow) -> Result<TrainingCommissionRow> {
    if !scope.covers_academy(&row.academy_code) {
        return Err(Error::of(Code::AcademyBeyond));
    }
    on_conflict(diesel::insert_into(training_commissions::table).values(&row).execute(tx.conn), Code::TrainingCommissionTaken)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _found_in: &Scope, mut row: TrainingCommissionRow) -> Result<TrainingCommissionRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = training_commissions::table.find(row.id).filter(training_commissions::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

//! Queries on unavailabilities.

use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::lawyer_unavailabilities;
use crate::db::{DbConn, Id, Instant, MultiBackend};
use crate::error::{Code, Error, Result};
use crate::lawyers::store as lawyers;
use crate::values::Day;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = lawyer_unavailabilities, treat_none_as_null = true)]
pub struct UnavailabilityRow {
    pub id: Id,
    pub lawyer_id: Id,
    pub starts_on: Day,
    pub ends_on: Day,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

type Boxed<'a> = lawyer_unavailabilities::BoxedQuery<'a, MultiBackend>;

fn of<'a>(lawyer_id: Id) -> Boxed<'a> {
    lawyer_unavailabilities::table.filter(lawyer_unavailabilities::lawyer_id.eq(lawyer_id).and(lawyer_unavailabilities::deleted_at.is_null())).into_boxed()
}

/// Those of a lawyer who was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, lawyer_id: Id, slice: &Slice) -> Result<Vec<UnavailabilityRow>> {
    let query = of(lawyer_id).select(UnavailabilityRow::as_select());
    let page = keyset!(query, slice, lawyer_unavailabilities::id, { "starts" => (lawyer_unavailabilities::starts_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &UnavailabilityRow) -> Position {
    Position { key: Key::from(row.starts_on), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, lawyer_id: Id) -> Result<i64> {
    Ok(of(lawyer_id).count().get_result(conn)?)
}

/// One of a lawyer in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<UnavailabilityRow> {
    let living = lawyer_unavailabilities::table.find(id).filter(lawyer_unavailabilities::deleted_at.is_null());
    let row: UnavailabilityRow = living.select(UnavailabilityRow::as_select()).first(conn)?;
    lawyers::find(conn, scope, row.lawyer_id)?;
    Ok(row)
}

/// Stores a row of a lawyer who is locked.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: UnavailabilityRow) -> Result<UnavailabilityRow> {
    diesel::insert_into(lawyer_unavailabilities::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from; its lawyer is locked.
pub fn update(tx: &mut Tx<'_>, scope: &Scope, mut row: UnavailabilityRow) -> Result<UnavailabilityRow> {
    lawyers::lock(tx, scope, row.lawyer_id)?;
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let living = lawyer_unavailabilities::version.eq(seen).and(lawyer_unavailabilities::deleted_at.is_null());
    let updated = diesel::update(lawyer_unavailabilities::table.find(row.id).filter(living)).set(&row).execute(tx.conn)?;
    if updated == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

//! Queries on tariffs.

use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::tariffs;
use crate::db::{DbConn, Id, Instant, on_conflict, optional};
use crate::error::{Code, Error, Result};
use crate::members::memberships::model::{Dues, Product, Year};
use crate::values::Money;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = tariffs, treat_none_as_null = true)]
pub struct TariffRow {
    pub id: Id,
    pub product: Product,
    pub year: Year,
    pub association_cents: Money,
    pub insurance_cents: Money,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

pub fn list(conn: &mut DbConn, _everybody: &Scope, slice: &Slice) -> Result<Vec<TariffRow>> {
    let query = tariffs::table.into_boxed().select(TariffRow::as_select());
    let page = keyset!(query, slice, tariffs::id, { "year" => (tariffs::year, year) });
    Ok(page.load(conn)?)
}

pub fn position(row: &TariffRow) -> Position {
    Position { key: Key::from(row.year.get()), id: row.id }
}

pub fn count(conn: &mut DbConn, _everybody: &Scope) -> Result<i64> {
    Ok(tariffs::table.count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, _everybody: &Scope, id: Id) -> Result<TariffRow> {
    Ok(tariffs::table.find(id).select(TariffRow::as_select()).first(conn)?)
}

/// The dues of a whole year, where they are set.
pub fn dues_of(conn: &mut DbConn, _everybody: &Scope, product: Product, year: i32) -> Result<Option<Dues>> {
    let row: Option<(Money, Money)> = optional(
        tariffs::table
            .filter(tariffs::product.eq(product).and(tariffs::year.eq(year)))
            .select((tariffs::association_cents, tariffs::insurance_cents))
            .first(conn),
    )?;
    Ok(row.map(|(association, insurance)| Dues { association, insurance }))
}

pub fn insert(tx: &mut Tx<'_>, _everybody: &Scope, row: TariffRow) -> Result<TariffRow> {
    on_conflict(diesel::insert_into(tariffs::table).values(&row).execute(tx.conn), Code::TariffTaken)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _everybody: &Scope, mut row: TariffRow) -> Result<TariffRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = tariffs::table.find(row.id).filter(tariffs::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

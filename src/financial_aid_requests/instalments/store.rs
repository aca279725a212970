//! Queries on instalments.

use super::model::{InstalmentStatus, status_on};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_instalments as instalments;
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::financial_aid_requests::store::{self as requests, AidRequestRow};
use crate::values::{Day, Money};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = instalments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct InstalmentRow {
    pub id: Id,
    pub request_id: Id,
    pub number: i32,
    pub due_on: Day,
    pub amount_cents: Money,
    pub paid_on: Option<Day>,
    pub remitted_on: Option<Day>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl InstalmentRow {
    pub fn status(&self, today: Day) -> InstalmentStatus {
        status_on(self.due_on, self.paid_on, self.remitted_on, today)
    }
}

/// The instalments of a request that was found.
pub fn list(conn: &mut DbConn, _found_in: &Scope, request_id: Id, slice: &Slice) -> Result<Vec<InstalmentRow>> {
    let query = instalments::table.filter(instalments::request_id.eq(request_id)).into_boxed().select(InstalmentRow::as_select());
    let page = keyset!(query, slice, instalments::id, { "number" => (instalments::number, year) });
    Ok(page.load(conn)?)
}

pub fn position(row: &InstalmentRow) -> Position {
    Position { key: Key::from(row.number), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, request_id: Id) -> Result<i64> {
    Ok(instalments::table.filter(instalments::request_id.eq(request_id)).count().get_result(conn)?)
}

/// All instalments of a request that was found, in their order.
pub fn of_request(conn: &mut DbConn, _found_in: &Scope, request_id: Id) -> Result<Vec<InstalmentRow>> {
    let of = instalments::table.filter(instalments::request_id.eq(request_id)).order(instalments::number);
    Ok(of.select(InstalmentRow::as_select()).load(conn)?)
}

/// An instalment with its request, which is in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<(InstalmentRow, AidRequestRow)> {
    let row: InstalmentRow = instalments::table.find(id).select(InstalmentRow::as_select()).first(conn)?;
    let request = requests::find(conn, scope, row.request_id)?;
    Ok((row, request))
}

pub fn insert_all(tx: &mut Tx<'_>, _locked_in: &Scope, rows: &[InstalmentRow]) -> Result<()> {
    crate::db::insert_all!(tx.conn, instalments::table, rows);
    Ok(())
}

/// Stores the row as its next version, if its current version still is the one it was made from and nothing has become of it.
pub fn advance(tx: &mut Tx<'_>, _found_in: &Scope, mut row: InstalmentRow) -> Result<InstalmentRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let open = instalments::paid_on.is_null().and(instalments::remitted_on.is_null());
    let current = instalments::table.find(row.id).filter(instalments::version.eq(seen).and(open));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

//! Queries on transfers.

use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::Slice;
use crate::db::paging::{Key, Position, keyset};
use crate::db::schema::member_transfers;
use crate::db::{DbConn, Id, Instant};
use crate::error::Result;
use crate::members::model::ContactInstructions;
use crate::values::Day;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = member_transfers, treat_none_as_default_value = false)]
pub struct TransferRow {
    pub id: Id,
    pub member_id: Id,
    pub from_association_id: Id,
    pub to_association_id: Id,
    pub transferred_on: Day,
    pub reason: Option<ContactInstructions>,
    pub transferred_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The moves of a member that was found in the scope, the earliest first.
pub fn list(conn: &mut DbConn, _found_in: &Scope, member_id: Id, slice: &Slice) -> Result<Vec<TransferRow>> {
    let query = member_transfers::table.filter(member_transfers::member_id.eq(member_id)).into_boxed().select(TransferRow::as_select());
    let page = keyset!(query, slice, member_transfers::id, { "transferred" => (member_transfers::transferred_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &TransferRow) -> Position {
    Position { key: Key::from(row.transferred_on), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, member_id: Id) -> Result<i64> {
    Ok(member_transfers::table.filter(member_transfers::member_id.eq(member_id)).count().get_result(conn)?)
}

pub fn insert(tx: &mut Tx<'_>, _found_in: &Scope, row: TransferRow) -> Result<TransferRow> {
    diesel::insert_into(member_transfers::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

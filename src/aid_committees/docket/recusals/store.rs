//! Queries on recusals.

use super::model::RecusalKind;
use crate::aid_committees::docket::store as docket;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_recusals as recusals;
use crate::db::{DbConn, Id, Instant, among, on_conflict};
use crate::error::{Code, Result};
use diesel::dsl::exists;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = recusals)]
pub struct RecusalRow {
    pub id: Id,
    pub item_id: Id,
    pub committee_member_id: Id,
    pub user_id: Id,
    pub kind: RecusalKind,
    pub recorded_at: Instant,
}

/// Those from something that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, item_id: Id, slice: &Slice) -> Result<Vec<RecusalRow>> {
    let query = recusals::table.filter(recusals::item_id.eq(item_id)).into_boxed().select(RecusalRow::as_select());
    let page = keyset!(query, slice, recusals::id, { "recorded" => (recusals::recorded_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &RecusalRow) -> Position {
    Position { key: Key::from(row.recorded_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, item_id: Id) -> Result<i64> {
    Ok(recusals::table.filter(recusals::item_id.eq(item_id)).count().get_result(conn)?)
}

/// Those from several things that were found.
pub fn of_items(conn: &mut DbConn, _found_in: &Scope, items: Vec<Id>) -> Result<Vec<RecusalRow>> {
    Ok(among!(recusals::table.into_boxed(), recusals::item_id, items).select(RecusalRow::as_select()).load(conn)?)
}

/// One from something in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<RecusalRow> {
    let row: RecusalRow = recusals::table.find(id).select(RecusalRow::as_select()).first(conn)?;
    docket::find(conn, scope, row.item_id)?;
    Ok(row)
}

/// Whether somebody is recused from something that was found.
pub fn of_user(conn: &mut DbConn, _found_in: &Scope, item_id: Id, user_id: Id) -> Result<bool> {
    let own = recusals::table.filter(recusals::item_id.eq(item_id).and(recusals::user_id.eq(user_id)));
    Ok(diesel::select(exists(own)).get_result(conn)?)
}

pub fn insert(tx: &mut Tx<'_>, _found_in: &Scope, row: RecusalRow) -> Result<RecusalRow> {
    on_conflict(diesel::insert_into(recusals::table).values(&row).execute(tx.conn), Code::RecusedAlready)?;
    Ok(row)
}

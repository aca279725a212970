//! Queries on votes.

use crate::aid_committees::docket::model::VoteChoice;
use crate::aid_committees::docket::store::{self as docket, ItemRow};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_votes as votes;
use crate::db::{DbConn, Id, Instant, on_conflict, optional};
use crate::error::{Code, Result};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = votes)]
pub struct VoteRow {
    pub id: Id,
    pub item_id: Id,
    pub committee_member_id: Id,
    pub user_id: Id,
    pub choice: VoteChoice,
    pub cast_at: Instant,
}

/// Those on something that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, item_id: Id, slice: &Slice) -> Result<Vec<VoteRow>> {
    let query = votes::table.filter(votes::item_id.eq(item_id)).into_boxed().select(VoteRow::as_select());
    let page = keyset!(query, slice, votes::id, { "cast" => (votes::cast_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &VoteRow) -> Position {
    Position { key: Key::from(row.cast_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, item_id: Id) -> Result<i64> {
    Ok(votes::table.filter(votes::item_id.eq(item_id)).count().get_result(conn)?)
}

/// One on something in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<VoteRow> {
    let row: VoteRow = votes::table.find(id).select(VoteRow::as_select()).first(conn)?;
    docket::find(conn, scope, row.item_id)?;
    Ok(row)
}

/// The vote of somebody on something that was found.
pub fn of_user(conn: &mut DbConn, _found_in: &Scope, item_id: Id, user_id: Id) -> Result<Option<VoteRow>> {
    optional(votes::table.filter(votes::item_id.eq(item_id).and(votes::user_id.eq(user_id))).select(VoteRow::as_select()).first(conn))
}

/// Stores a vote and counts it, as long as nothing is decided; the constraint of the table lets nobody vote twice.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, item: &ItemRow, row: VoteRow, by_chair: bool) -> Result<VoteRow> {
    on_conflict(diesel::insert_into(votes::table).values(&row).execute(tx.conn), Code::VoteCast)?;
    docket::count_vote(tx, scope, item.id, (row.choice, 1), by_chair)?;
    Ok(row)
}

/// Takes back the vote of somebody who turns out to have no part in it.
pub fn take_back(tx: &mut Tx<'_>, scope: &Scope, row: &VoteRow, by_chair: bool) -> Result<()> {
    diesel::delete(votes::table.find(row.id)).execute(tx.conn)?;
    docket::count_vote(tx, scope, row.item_id, (row.choice, -1), by_chair)
}

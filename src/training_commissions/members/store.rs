//! Queries on members of training commissions.

use super::model::CommissionMemberFilters;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::commission_members;
use crate::db::{DbConn, Id, Instant, MultiBackend};
use crate::error::{Code, Error, Result};
use crate::training_commissions::store as commissions;
use crate::values::fold::fold;
use crate::values::{Day, DisplayName};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = commission_members, treat_none_as_null = true)]
pub struct CommissionMemberRow {
    pub id: Id,
    pub commission_id: Id,
    pub association_id: Option<Id>,
    pub display_name: DisplayName,
    pub name_key: String,
    pub starts_on: Day,
    pub ends_on: Option<Day>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

type Boxed<'a> = commission_members::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(commission_id: Id, filters: &CommissionMemberFilters) -> Boxed<'a> {
    let CommissionMemberFilters { on } = filters;
    let living = commission_members::commission_id.eq(commission_id).and(commission_members::deleted_at.is_null());
    let query = commission_members::table.filter(living).into_boxed();
    match *on {
        Some(day) => query.filter(commission_members::starts_on.le(day).and(commission_members::ends_on.is_null().or(commission_members::ends_on.ge(day)))),
        None => query,
    }
}

/// Those of a commission that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, commission_id: Id, filters: &CommissionMemberFilters, slice: &Slice) -> Result<Vec<CommissionMemberRow>> {
    let query = filtered(commission_id, filters).select(CommissionMemberRow::as_select());
    let page = keyset!(query, slice, commission_members::id, {
        "name" => (commission_members::name_key, text),
        "starts" => (commission_members::starts_on, day),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &CommissionMemberRow, sort: &str) -> Position {
    let key = match sort {
        "starts" => Key::from(row.starts_on),
        _ => Key::from(row.name_key.as_str()),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, commission_id: Id, filters: &CommissionMemberFilters) -> Result<i64> {
    Ok(filtered(commission_id, filters).count().get_result(conn)?)
}

/// One of a commission in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<CommissionMemberRow> {
    let living = commission_members::table.find(id).filter(commission_members::deleted_at.is_null());
    let row: CommissionMemberRow = living.select(CommissionMemberRow::as_select()).first(conn)?;
    commissions::find(conn, scope, row.commission_id)?;
    Ok(row)
}

/// Stores a member of a commission that was found in the scope.
pub fn insert(tx: &mut Tx<'_>, _found_in: &Scope, row: CommissionMemberRow) -> Result<CommissionMemberRow> {
    diesel::insert_into(commission_members::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _found_in: &Scope, mut row: CommissionMemberRow) -> Result<CommissionMemberRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    row.name_key = fold(row.display_name.as_str());
    let current = commission_members::table.find(row.id).filter(commission_members::version.eq(seen).and(commission_members::deleted_at.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

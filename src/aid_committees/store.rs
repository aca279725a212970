//! Queries on committees.

use super::model::{CommitteeFilters, CommitteeName, Quorum};
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_committees;
use crate::db::{DbConn, Id, Instant, MultiBackend, lock_in_order};
use crate::error::{Code, Error, Result};
use crate::values::DepartmentCode;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = aid_committees)]
pub struct CommitteeRow {
    pub id: Id,
    pub association_id: Id,
    pub department_code: DepartmentCode,
    pub name: CommitteeName,
    pub quorum: Quorum,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Part for CommitteeRow {}

type Boxed<'a> = aid_committees::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(scope: &Scope, filters: &CommitteeFilters) -> Boxed<'a> {
    let CommitteeFilters { association } = filters;
    let visible = aid_committees::table.into_boxed().filter(scope.aid_committees());
    match association {
        Some(id) => visible.filter(aid_committees::association_id.eq(*id)),
        None => visible,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &CommitteeFilters, slice: &Slice) -> Result<Vec<CommitteeRow>> {
    let query = filtered(scope, filters).select(CommitteeRow::as_select());
    let page = keyset!(query, slice, aid_committees::id, { "created" => (aid_committees::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &CommitteeRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &CommitteeFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<CommitteeRow> {
    let visible = aid_committees::table.into_boxed().filter(scope.aid_committees());
    Ok(visible.filter(aid_committees::id.eq(id)).select(CommitteeRow::as_select()).first(conn)?)
}

/// Finds a committee that nobody else changes, nor the terms in it, until the end of the transaction.
pub fn lock(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<CommitteeRow> {
    lock_in_order(tx.conn, "aid_committees", &[id])?;
    find(tx.conn, scope, id)
}

/// Stores a new committee of a department in the scope.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: CommitteeRow) -> Result<CommitteeRow> {
    if !scope.covers_department(Some(row.department_code.as_str())) {
        return Err(Error::of(Code::OutOfPerimeter));
    }
    diesel::insert_into(aid_committees::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _found_in: &Scope, mut row: CommitteeRow) -> Result<CommitteeRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = aid_committees::table.find(row.id).filter(aid_committees::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

//! Queries on the members of committees.

use super::model::{CommitteeFunction, CommitteeMemberFilters};
use crate::aid_committees::store as committees;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_committee_members as terms;
use crate::db::{DbConn, Id, Instant, MultiBackend, among};
use crate::error::{Code, Error, Result};
use crate::values::Day;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = terms, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct CommitteeMemberRow {
    pub id: Id,
    pub committee_id: Id,
    pub association_id: Id,
    pub user_id: Id,
    pub function: CommitteeFunction,
    pub starts_on: Day,
    pub ends_on: Option<Day>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = terms::BoxedQuery<'a, MultiBackend>;

fn lasting<'a>(query: Boxed<'a>, day: Day) -> Boxed<'a> {
    query.filter(terms::ends_on.is_null().or(terms::ends_on.assume_not_null().ge(day)))
}

/// Terms of a committee that last on a day.
fn on<'a>(committee_id: Id, day: Day) -> Boxed<'a> {
    lasting(terms::table.filter(terms::committee_id.eq(committee_id)).into_boxed(), day).filter(terms::starts_on.le(day))
}

fn filtered<'a>(committee_id: Id, filters: &CommitteeMemberFilters) -> Boxed<'a> {
    let CommitteeMemberFilters { on: day, function } = filters;
    let query = match day {
        Some(day) => on(committee_id, *day),
        None => terms::table.filter(terms::committee_id.eq(committee_id)).into_boxed(),
    };
    match function {
        Some(functions) => among!(query, terms::function, functions.clone()),
        None => query,
    }
}

/// The terms of a committee that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, committee_id: Id, filters: &CommitteeMemberFilters, slice: &Slice) -> Result<Vec<CommitteeMemberRow>> {
    let query = filtered(committee_id, filters).select(CommitteeMemberRow::as_select());
    let page = keyset!(query, slice, terms::id, { "starts" => (terms::starts_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &CommitteeMemberRow) -> Position {
    Position { key: Key::from(row.starts_on), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, committee_id: Id, filters: &CommitteeMemberFilters) -> Result<i64> {
    Ok(filtered(committee_id, filters).count().get_result(conn)?)
}

/// A term in a committee in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<CommitteeMemberRow> {
    let row: CommitteeMemberRow = terms::table.find(id).select(CommitteeMemberRow::as_select()).first(conn)?;
    committees::find(conn, scope, row.committee_id)?;
    Ok(row)
}

/// Who is in office in a committee on a day.
pub fn in_office(conn: &mut DbConn, _found_in: &Scope, committee_id: Id, day: Day) -> Result<Vec<CommitteeMemberRow>> {
    Ok(on(committee_id, day).order(terms::id).select(CommitteeMemberRow::as_select()).load(conn)?)
}

/// What the caller is today in each committee in which they are in office.
pub fn own_functions(conn: &mut DbConn, scope: &Scope) -> Result<HashMap<Id, CommitteeFunction>> {
    let (Some(user_id), Some(now)) = (scope.caller(), scope.now()) else { return Ok(HashMap::new()) };
    let (own, today) = (terms::table.filter(terms::user_id.eq(user_id)).into_boxed(), Day::of(now.0));
    let found: Vec<(Id, CommitteeFunction)> =
        lasting(own, today).filter(terms::starts_on.le(today)).select((terms::committee_id, terms::function)).load(conn)?;
    Ok(found.into_iter().collect())
}

/// Stores a term; its committee is locked.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: CommitteeMemberRow) -> Result<CommitteeMemberRow> {
    check_apart(tx.conn, &row)?;
    diesel::insert_into(terms::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from; its committee is locked.
pub fn update(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: CommitteeMemberRow) -> Result<CommitteeMemberRow> {
    check_apart(tx.conn, &row)?;
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = terms::table.find(row.id).filter(terms::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Refuses a term that shares a day with another of the same person in the committee: nobody has two votes.
fn check_apart(conn: &mut DbConn, row: &CommitteeMemberRow) -> Result<()> {
    let of_person = terms::committee_id.eq(row.committee_id).and(terms::user_id.eq(row.user_id)).and(terms::id.ne(row.id));
    let mut others = lasting(terms::table.filter(of_person).into_boxed(), row.starts_on);
    if let Some(end) = row.ends_on {
        others = others.filter(terms::starts_on.le(end));
    }
    let met: i64 = others.count().get_result(conn)?;
    if met > 0 { Err(Error::of(Code::CommitteeTermOverlap)) } else { Ok(()) }
}

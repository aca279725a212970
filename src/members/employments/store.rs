//! Queries on employments.

use super::model::{Employer, EmploymentFilters, EmploymentStatus, Occupation};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::employments;
use crate::db::{DbConn, Id, Instant, MultiBackend, insert_all, optional};
use crate::error::{Code, Error, Result};
use crate::establishments;
use crate::http::IfMatch;
use crate::members::store::lock_references;
use crate::values::Day;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = employments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct EmploymentRow {
    pub id: Id,
    pub member_id: Id,
    pub starts_on: Day,
    pub ends_on: Option<Day>,
    pub occupation: Occupation,
    pub employment_status: Option<EmploymentStatus>,
    pub employer: Option<Employer>,
    pub establishment_id: Option<Id>,
    pub secondary: bool,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

type Boxed<'a> = employments::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let living = employments::table.filter(employments::deleted_at.is_null()).into_boxed();
    if scope.is_all() { living } else { living.filter(scope.employments()) }
}

/// Employments that have not ended before a day.
fn lasting<'a>(query: Boxed<'a>, day: Day) -> Boxed<'a> {
    query.filter(employments::ends_on.is_null().or(employments::ends_on.assume_not_null().ge(day)))
}

fn filtered<'a>(scope: &Scope, member_id: Id, filters: &EmploymentFilters) -> Boxed<'a> {
    let EmploymentFilters { on, establishment } = filters;
    let mut query = visible(scope).filter(employments::member_id.eq(member_id));
    if let Some(day) = on {
        query = lasting(query, *day).filter(employments::starts_on.le(*day));
    }
    if let Some(establishment_id) = establishment {
        query = query.filter(employments::establishment_id.eq(*establishment_id));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, member_id: Id, filters: &EmploymentFilters, slice: &Slice) -> Result<Vec<EmploymentRow>> {
    let query = filtered(scope, member_id, filters).select(EmploymentRow::as_select());
    let page = keyset!(query, slice, employments::id, { "starts" => (employments::starts_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &EmploymentRow) -> Position {
    Position { key: Key::from(row.starts_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, member_id: Id, filters: &EmploymentFilters) -> Result<i64> {
    Ok(filtered(scope, member_id, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<EmploymentRow> {
    Ok(visible(scope).filter(employments::id.eq(id)).select(EmploymentRow::as_select()).first(conn)?)
}

/// The main post of a member, found in the scope, on a day.
pub fn main_on(conn: &mut DbConn, _found_in: &Scope, member_id: Id, day: Day) -> Result<Option<EmploymentRow>> {
    let living = employments::table.filter(employments::deleted_at.is_null().and(employments::member_id.eq(member_id))).into_boxed();
    let main = lasting(living, day).filter(employments::starts_on.le(day).and(employments::secondary.eq(false)));
    optional(main.select(EmploymentRow::as_select()).first(conn))
}

/// The main posts of members that were found in the scope, by member, the earliest first.
pub fn main_posts_of(conn: &mut DbConn, _found_in: &Scope, member_ids: Vec<Id>) -> Result<HashMap<Id, Vec<EmploymentRow>>> {
    let main =
        employments::table.filter(employments::deleted_at.is_null().and(employments::secondary.eq(false)).and(employments::member_id.eq_any(member_ids)));
    let mut by_member: HashMap<Id, Vec<EmploymentRow>> = HashMap::new();
    for row in main.order(employments::starts_on).select(EmploymentRow::as_select()).load::<EmploymentRow>(conn)? {
        by_member.entry(row.member_id).or_default().push(row);
    }
    Ok(by_member)
}

/// Posts of members that were found in the scope.
pub fn by_ids(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>) -> Result<Vec<EmploymentRow>> {
    Ok(employments::table.filter(employments::id.eq_any(ids)).select(EmploymentRow::as_select()).load(conn)?)
}

/// Every living post of a member that was found in the scope.
pub fn of_member(conn: &mut DbConn, _found_in: &Scope, member_id: Id) -> Result<Vec<EmploymentRow>> {
    let living = employments::table.filter(employments::deleted_at.is_null().and(employments::member_id.eq(member_id)));
    Ok(living.order(employments::id).select(EmploymentRow::as_select()).load(conn)?)
}

/// Stores an employment of a member in the scope; the establishment is one of the directory.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: EmploymentRow) -> Result<EmploymentRow> {
    check(tx, scope, &row)?;
    diesel::insert_into(employments::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores employments in few statements (imports, demo data); the caller has seen to it that no two main ones overlap.
pub fn insert_many(tx: &mut Tx<'_>, _locked_in: &Scope, rows: &[EmploymentRow]) -> Result<()> {
    insert_all!(tx.conn, employments::table, rows);
    Ok(())
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, scope: &Scope, row: EmploymentRow) -> Result<EmploymentRow> {
    check(tx, scope, &row)?;
    advance(tx, scope, row)
}

/// Removes an employment that should never have been recorded; one that ended is given a last day instead.
pub fn delete(tx: &mut Tx<'_>, scope: &Scope, id: Id, expected: &IfMatch) -> Result<EmploymentRow> {
    let mut row = find(tx.conn, scope, id)?;
    expected.check(row.version)?;
    row.deleted_at = Some(tx.now);
    advance(tx, scope, row)
}

/// Stores the row as its next version; the caller has locked what it refers to.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: EmploymentRow) -> Result<EmploymentRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = employments::table.find(row.id).filter(employments::version.eq(seen).and(employments::deleted_at.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Locks the member and the establishment, and refuses a second main post on any day.
fn check(tx: &mut Tx<'_>, scope: &Scope, row: &EmploymentRow) -> Result<()> {
    lock_references(tx, scope, row.member_id)?;
    if let Some(id) = row.establishment_id {
        let found = establishments::store::lock_references(tx, &Scope::everybody(), id);
        found.map_err(|error| error.of_reference("/establishment_id"))?;
    }
    if row.secondary {
        return Ok(());
    }
    let others = employments::table
        .filter(employments::member_id.eq(row.member_id).and(employments::id.ne(row.id)))
        .filter(employments::deleted_at.is_null().and(employments::secondary.eq(false)))
        .into_boxed();
    let mut others = lasting(others, row.starts_on);
    if let Some(end) = row.ends_on {
        others = others.filter(employments::starts_on.le(end));
    }
    let taken: i64 = others.count().get_result(tx.conn)?;
    if taken == 0 { Ok(()) } else { Err(Error::of(Code::EmploymentOverlap)) }
}

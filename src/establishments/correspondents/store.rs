//! Queries on correspondents.

use super::model::{CorrespondentFilters, Term, office_flaw};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::correspondents;
use crate::db::{DbConn, Id, Instant, MultiBackend, lock_in_order, optional};
use crate::error::{Code, Error, Result};
use crate::establishments::store::lock_references;
use crate::http::IfMatch;
use crate::values::fold::fold;
use crate::values::{Day, DisplayName, Email, Phone, TerritoryCode};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = correspondents, treat_none_as_null = true)]
pub struct CorrespondentRow {
    pub id: Id,
    pub establishment_id: Id,
    pub department_code: TerritoryCode,
    pub display_name: DisplayName,
    pub name_key: String,
    pub member_id: Option<Id>,
    pub phone: Option<Phone>,
    pub email: Option<Email>,
    pub starts_on: Day,
    pub ends_on: Option<Day>,
    pub co_correspondent: bool,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

type Boxed<'a> = correspondents::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let living = correspondents::table.filter(correspondents::deleted_at.is_null()).into_boxed();
    if scope.is_all() { living } else { living.filter(scope.correspondents()) }
}

/// Terms that have not ended before a day.
fn lasting<'a>(query: Boxed<'a>, day: Day) -> Boxed<'a> {
    query.filter(correspondents::ends_on.is_null().or(correspondents::ends_on.ge(day)))
}

fn filtered<'a>(scope: &Scope, establishment_id: Id, filters: &CorrespondentFilters) -> Boxed<'a> {
    let CorrespondentFilters { on } = filters;
    let query = visible(scope).filter(correspondents::establishment_id.eq(establishment_id));
    match on {
        Some(day) => lasting(query, *day).filter(correspondents::starts_on.le(*day)),
        None => query,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, establishment_id: Id, filters: &CorrespondentFilters, slice: &Slice) -> Result<Vec<CorrespondentRow>> {
    let query = filtered(scope, establishment_id, filters).select(CorrespondentRow::as_select());
    let page = keyset!(query, slice, correspondents::id, {
        "starts" => (correspondents::starts_on, day),
        "name" => (correspondents::name_key, text),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &CorrespondentRow, sort: &str) -> Position {
    let key = match sort {
        "name" => Key::from(row.name_key.as_str()),
        _ => Key::from(row.starts_on),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, establishment_id: Id, filters: &CorrespondentFilters) -> Result<i64> {
    Ok(filtered(scope, establishment_id, filters).count().get_result(conn)?)
}

/// The correspondents in office on a day, by name.
pub fn in_office(conn: &mut DbConn, scope: &Scope, establishment_id: Id, day: Day) -> Result<Vec<CorrespondentRow>> {
    let query = filtered(scope, establishment_id, &CorrespondentFilters { on: Some(day) }).select(CorrespondentRow::as_select());
    Ok(query.order((correspondents::name_key.asc(), correspondents::id.asc())).load(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<CorrespondentRow> {
    Ok(visible(scope).filter(correspondents::id.eq(id)).select(CorrespondentRow::as_select()).first(conn)?)
}

/// Locks the member that a correspondent is to be, one whom the caller may see.
pub fn check_member(tx: &mut Tx<'_>, people: &Scope, member_id: Option<Id>) -> Result<()> {
    let Some(id) = member_id else { return Ok(()) };
    lock_in_order(tx.conn, "members", &[id])?;
    if people.sees_member(tx.conn, id)? { Ok(()) } else { Err(Error::field("/member_id", Code::ReferenceNotFound)) }
}

/// Stores a correspondent of an establishment in the scope, whose department it takes over.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, mut row: CorrespondentRow) -> Result<CorrespondentRow> {
    row.department_code = lock_references(tx, scope, row.establishment_id)?.department_code;
    check_office(tx.conn, &row)?;
    diesel::insert_into(correspondents::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, scope: &Scope, mut row: CorrespondentRow) -> Result<CorrespondentRow> {
    row.name_key = fold(row.display_name.as_str());
    row.department_code = lock_references(tx, scope, row.establishment_id)?.department_code;
    check_office(tx.conn, &row)?;
    advance(tx, row)
}

/// Removes a correspondent for good; who leaves office is given a last day instead.
pub fn delete(tx: &mut Tx<'_>, scope: &Scope, id: Id, expected: &IfMatch) -> Result<CorrespondentRow> {
    let mut row = find(tx.conn, scope, id)?;
    expected.check(row.version)?;
    row.department_code = lock_references(tx, scope, row.establishment_id)?.department_code;
    row.deleted_at = Some(tx.now);
    advance(tx, row)
}

fn advance(tx: &mut Tx<'_>, mut row: CorrespondentRow) -> Result<CorrespondentRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = correspondents::table.find(row.id).filter(correspondents::version.eq(seen).and(correspondents::deleted_at.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// The terms of a member, wherever: a merge of two records moves them.
pub fn of_member(conn: &mut DbConn, _everywhere: &Scope, member_id: Id) -> Result<Vec<CorrespondentRow>> {
    let terms = correspondents::table.filter(correspondents::member_id.eq(member_id).and(correspondents::deleted_at.is_null()));
    Ok(terms.order(correspondents::id).select(CorrespondentRow::as_select()).load(conn)?)
}

/// A term, were it taken away.
pub fn find_any(conn: &mut DbConn, _everywhere: &Scope, id: Id) -> Result<Option<CorrespondentRow>> {
    optional(correspondents::table.find(id).select(CorrespondentRow::as_select()).first(conn))
}

/// Stores the row as its next version, whether it was taken away or not: what a merge does, and takes back.
pub fn put(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: CorrespondentRow) -> Result<CorrespondentRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = correspondents::table.find(row.id).filter(correspondents::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Why a term cannot stand beside those it shares a day with, if it cannot; the establishment is locked.
pub fn office_conflict(conn: &mut DbConn, _locked_in: &Scope, row: &CorrespondentRow) -> Result<Option<Code>> {
    match check_office(conn, row) {
        Err(error) if error.code().status() == 409 => Ok(Some(error.code())),
        other => other.map(|()| None),
    }
}

/// Refuses a term that cannot stand beside those it shares a day with; the establishment is locked.
fn check_office(conn: &mut DbConn, row: &CorrespondentRow) -> Result<()> {
    let others = correspondents::table
        .filter(correspondents::establishment_id.eq(row.establishment_id).and(correspondents::deleted_at.is_null()).and(correspondents::id.ne(row.id)))
        .into_boxed();
    let mut others = lasting(others, row.starts_on);
    if let Some(end) = row.ends_on {
        others = others.filter(correspondents::starts_on.le(end));
    }
    let others: Vec<(String, bool)> = others.select((correspondents::name_key, correspondents::co_correspondent)).load(conn)?;
    let others: Vec<Term> = others.into_iter().map(|(name_key, co_correspondent)| Term { name_key, co_correspondent }).collect();
    let term = Term { name_key: row.name_key.clone(), co_correspondent: row.co_correspondent };
    office_flaw(&term, &others).map_or(Ok(()), |code| Err(Error::of(code)))
}

/// Puts the correspondents of an establishment into its department: the perimeter of those who may edit them.
pub fn follow_department(tx: &mut Tx<'_>, _found_in: &Scope, establishment_id: Id, code: &TerritoryCode) -> Result<()> {
    let elsewhere = correspondents::establishment_id.eq(establishment_id).and(correspondents::department_code.ne(code.as_str()));
    diesel::update(correspondents::table.filter(elsewhere)).set(correspondents::department_code.eq(code.as_str())).execute(tx.conn)?;
    Ok(())
}

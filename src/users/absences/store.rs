//! Queries on absences.

use super::model::AbsenceFilters;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{user_absences, users};
use crate::db::{DbConn, Id, Instant, MultiBackend, lock_in_order, optional};
use crate::error::{Code, Error, Result};
use crate::values::Day;
use diesel::dsl::exists;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = user_absences, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AbsenceRow {
    pub id: Id,
    pub user_id: Id,
    pub starts_on: Day,
    pub ends_on: Day,
    pub created_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

type Boxed<'a> = user_absences::BoxedQuery<'a, MultiBackend>;

/// The accounts that are away on a day, as part of another query.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn away_on(day: Day) -> _ {
    let then = user_absences::ends_on.ge(day).and(user_absences::starts_on.le(day)).and(user_absences::deleted_at.is_null());
    user_absences::table.filter(then).select(user_absences::user_id)
}

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    user_absences::table.filter(user_absences::deleted_at.is_null()).into_boxed().filter(scope.absences())
}

fn filtered<'a>(scope: &Scope, filters: &AbsenceFilters) -> Boxed<'a> {
    let AbsenceFilters { user, days } = filters;
    let mut query = visible(scope);
    if let Some(id) = user {
        query = query.filter(user_absences::user_id.eq(*id));
    }
    let (from, to) = days.map_or((None, None), |days| (days.from, days.to));
    if let Some(day) = from {
        query = query.filter(user_absences::ends_on.ge(day));
    }
    if let Some(day) = to {
        query = query.filter(user_absences::starts_on.le(day));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &AbsenceFilters, slice: &Slice) -> Result<Vec<AbsenceRow>> {
    let query = filtered(scope, filters).select(AbsenceRow::as_select());
    let page = keyset!(query, slice, user_absences::id, { "starts" => (user_absences::starts_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &AbsenceRow) -> Position {
    Position { key: Key::from(row.starts_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &AbsenceFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<AbsenceRow> {
    Ok(visible(scope).filter(user_absences::id.eq(id)).select(AbsenceRow::as_select()).first(conn)?)
}

/// Whether the caller keeps the absences of an account.
pub fn keeps(conn: &mut DbConn, scope: &Scope, user_id: Id) -> Result<bool> {
    let found = users::table.into_boxed().filter(scope.colleagues()).filter(users::id.eq(user_id)).select(users::id);
    Ok(optional(found.first::<Id>(conn))?.is_some())
}

/// Makes those take turns who change the absences of one account, and refuses days on which it is away already.
fn check(tx: &mut Tx<'_>, row: &AbsenceRow) -> Result<()> {
    lock_in_order(tx.conn, "users", &[row.user_id])?;
    let others = user_absences::table.filter(user_absences::user_id.eq(row.user_id).and(user_absences::id.ne(row.id)).and(user_absences::deleted_at.is_null()));
    let overlapping = others.filter(user_absences::starts_on.le(row.ends_on).and(user_absences::ends_on.ge(row.starts_on)));
    if diesel::select(exists(overlapping)).get_result(tx.conn)? { Err(Error::of(Code::AbsenceOverlap)) } else { Ok(()) }
}

/// Stores an absence of an account that is the caller's to keep.
pub fn insert(tx: &mut Tx<'_>, _checked_in: &Scope, row: AbsenceRow) -> Result<AbsenceRow> {
    check(tx, &row)?;
    diesel::insert_into(user_absences::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, found_in: &Scope, row: AbsenceRow) -> Result<AbsenceRow> {
    check(tx, &row)?;
    advance(tx, found_in, row)
}

/// Takes an absence back.
pub fn delete(tx: &mut Tx<'_>, found_in: &Scope, row: AbsenceRow) -> Result<AbsenceRow> {
    let deleted_at = Some(tx.now);
    advance(tx, found_in, AbsenceRow { deleted_at, ..row })
}

fn advance(tx: &mut Tx<'_>, _found_in: &Scope, mut row: AbsenceRow) -> Result<AbsenceRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = user_absences::table.find(row.id).filter(user_absences::version.eq(seen).and(user_absences::deleted_at.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Absences that ended before a day, whether taken back or not, as many as are forgotten at once.
pub fn ended_before(conn: &mut DbConn, _everywhere: &Scope, day: Day, limit: i64) -> Result<Vec<Id>> {
    let ended = user_absences::table.filter(user_absences::ends_on.lt(day)).order(user_absences::ends_on);
    Ok(ended.limit(limit).select(user_absences::id).load(conn)?)
}

/// Takes the row of an absence away; tells whether it was there: another server may have come first.
pub fn forget(tx: &mut Tx<'_>, _everywhere: &Scope, id: Id) -> Result<bool> {
    Ok(diesel::delete(user_absences::table.find(id)).execute(tx.conn)? == 1)
}

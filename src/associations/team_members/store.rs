//! Queries on team members.

use super::model::{TeamFunction, TeamMemberFilters};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::team_members;
use crate::db::{DbConn, Id, Instant, MultiBackend};
use crate::error::{Code, Error, Result};
use crate::http::IfMatch;
use crate::values::fold::fold;
use crate::values::{Day, DisplayName, Email, Phone};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = team_members, treat_none_as_null = true)]
pub struct TeamMemberRow {
    pub id: Id,
    pub association_id: Id,
    pub display_name: DisplayName,
    pub name_key: String,
    pub team_function: TeamFunction,
    pub phone: Option<Phone>,
    pub email: Option<Email>,
    pub starts_on: Day,
    pub ends_on: Option<Day>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

type Boxed<'a> = team_members::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let living = team_members::table.filter(team_members::deleted_at.is_null()).into_boxed();
    if scope.is_all() { living } else { living.filter(scope.team_members()) }
}

fn on_day<'a>(query: Boxed<'a>, day: Day) -> Boxed<'a> {
    query.filter(team_members::starts_on.le(day).and(team_members::ends_on.is_null().or(team_members::ends_on.ge(day))))
}

fn filtered<'a>(scope: &Scope, association_id: Id, filters: &TeamMemberFilters) -> Boxed<'a> {
    let TeamMemberFilters { on, function } = filters;
    let mut query = visible(scope).filter(team_members::association_id.eq(association_id));
    if let Some(day) = on {
        query = on_day(query, *day);
    }
    if let Some(functions) = function {
        query = query.filter(team_members::team_function.eq_any(functions.clone()));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, association_id: Id, filters: &TeamMemberFilters, slice: &Slice) -> Result<Vec<TeamMemberRow>> {
    let query = filtered(scope, association_id, filters).select(TeamMemberRow::as_select());
    let page = keyset!(query, slice, team_members::id, {
        "name" => (team_members::name_key, text),
        "starts" => (team_members::starts_on, day),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &TeamMemberRow, sort: &str) -> Position {
    let key = match sort {
        "starts" => Key::from(row.starts_on),
        _ => Key::from(row.name_key.as_str()),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, association_id: Id, filters: &TeamMemberFilters) -> Result<i64> {
    Ok(filtered(scope, association_id, filters).count().get_result(conn)?)
}

/// The team in office on a day, in the order in which it is called: by function, then by name.
pub fn in_office(conn: &mut DbConn, scope: &Scope, association_id: Id, day: Day) -> Result<Vec<TeamMemberRow>> {
    let query = on_day(visible(scope).filter(team_members::association_id.eq(association_id)), day);
    let mut team = query.select(TeamMemberRow::as_select()).load(conn)?;
    team.sort_by(|a, b| (a.team_function, &a.name_key, a.id).cmp(&(b.team_function, &b.name_key, b.id)));
    Ok(team)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<TeamMemberRow> {
    Ok(visible(scope).filter(team_members::id.eq(id)).select(TeamMemberRow::as_select()).first(conn)?)
}

/// Stores a member of the team of an association that was found in the scope.
pub fn insert(tx: &mut Tx<'_>, _found_in: &Scope, row: TeamMemberRow) -> Result<TeamMemberRow> {
    diesel::insert_into(team_members::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _found_in: &Scope, mut row: TeamMemberRow) -> Result<TeamMemberRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    row.name_key = fold(row.display_name.as_str());
    let current = team_members::table.find(row.id).filter(team_members::version.eq(seen).and(team_members::deleted_at.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Takes somebody out of the team for good; who leaves it is given a last day instead.
pub fn delete(tx: &mut Tx<'_>, scope: &Scope, id: Id, expected: &IfMatch) -> Result<TeamMemberRow> {
    let mut row = find(tx.conn, scope, id)?;
    expected.check(row.version)?;
    row.deleted_at = Some(tx.now);
    update(tx, scope, row)
}

//! Queries on incidents, and on how many dossiers and persons each concerns.

use super::model::{IncidentFilters, IncidentNature, IncidentSummary};
use crate::associations::model::TimeOfDay;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{dossiers, incidents};
use crate::db::search::{AmongRows, listing};
use crate::db::{DbConn, Engine, Id, Instant, Json, MultiBackend, among};
use crate::dossiers::filtering::once;
use crate::dossiers::model::{DossierStatus, Place};
use crate::error::{Code, Error, Result};
use crate::values::{Day, DepartmentCode};
use diesel::dsl::{count_star, exists};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = incidents, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct IncidentRow {
    pub id: Id,
    pub association_id: Id,
    pub department_code: DepartmentCode,
    pub establishment_id: Id,
    pub occurred_on: Day,
    pub occurred_time: Option<TimeOfDay>,
    pub place: Option<Place>,
    pub natures: Json<Vec<IncidentNature>>,
    pub summary: Option<IncidentSummary>,
    pub created_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// How many dossiers of an incident a caller sees, and of how many members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub dossiers: i64,
    pub persons: i64,
}

type Boxed<'a> = incidents::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    incidents::table.into_boxed().filter(scope.incidents())
}

fn filtered<'a>(engine: Engine, scope: &Scope, filters: &IncidentFilters) -> Boxed<'a> {
    let IncidentFilters { department, establishment, occurred, nature } = filters;
    let mut query = visible(scope);
    if let Some(codes) = department {
        query = among!(query, incidents::department_code, codes.iter().map(ToString::to_string).collect());
    }
    if let Some(id) = establishment {
        query = query.filter(incidents::establishment_id.eq(*id));
    }
    if let Some(natures) = nature {
        let words: Vec<&str> = natures.iter().map(|nature| nature.as_str()).collect();
        query = query.filter(listing(engine, "incidents", "natures", &words));
    }
    let (from, to) = occurred.map_or((None, None), |interval| (interval.from, interval.to));
    if let Some(day) = from {
        query = query.filter(incidents::occurred_on.ge(day));
    }
    if let Some(day) = to {
        query = query.filter(incidents::occurred_on.le(day));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &IncidentFilters, slice: &Slice) -> Result<Vec<IncidentRow>> {
    let query = filtered(conn.engine(), scope, filters).select(IncidentRow::as_select());
    let page = keyset!(query, slice, incidents::id, { "occurred" => (incidents::occurred_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &IncidentRow) -> Position {
    Position { key: Key::from(row.occurred_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &IncidentFilters) -> Result<i64> {
    Ok(filtered(conn.engine(), scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<IncidentRow> {
    Ok(visible(scope).filter(incidents::id.eq(id)).select(IncidentRow::as_select()).first(conn)?)
}

/// How many dossiers in a scope, each case once, and of how many members, incidents concern that were found.
pub fn counts(conn: &mut DbConn, of_dossiers: &Scope, ids: Vec<Id>) -> Result<HashMap<Id, Counts>> {
    let seen = dossiers::table.into_boxed().filter(of_dossiers.dossiers());
    let ids: Vec<Option<Id>> = ids.into_iter().map(Some).collect();
    let rows: Vec<(Option<Id>, Option<Id>)> =
        seen.filter(dossiers::incident_id.eq_any(ids)).filter(once()).select((dossiers::incident_id, dossiers::member_id)).load(conn)?;
    let (mut found, mut persons): (HashMap<Id, Counts>, HashSet<(Id, Id)>) = (HashMap::new(), HashSet::new());
    for (incident_id, member_id) in rows {
        let Some(id) = incident_id else { continue };
        let counts = found.entry(id).or_default();
        counts.dossiers += 1;
        counts.persons += i64::from(member_id.is_some_and(|member_id| persons.insert((id, member_id))));
    }
    Ok(found)
}

/// How many dossiers in a scope, and of how many members, the incidents concern that are found by filters. Whoever has a part in two of
/// them is one person.
pub fn total(conn: &mut DbConn, scope: &Scope, of_dossiers: &Scope, filters: &IncidentFilters) -> Result<Counts> {
    let query = filtered(conn.engine(), scope, filters).select(incidents::id);
    let of_incidents = dossiers::incident_id.is_not_null().and(AmongRows { column: "dossiers.incident_id", query });
    let seen = dossiers::table.into_boxed().filter(of_dossiers.dossiers()).filter(of_incidents);
    let (dossiers, persons) = seen.select((count_star(), diesel::dsl::count(dossiers::member_id).aggregate_distinct())).get_result(conn)?;
    Ok(Counts { dossiers, persons })
}

/// Stores an incident of a department in the scope.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: IncidentRow) -> Result<IncidentRow> {
    if !scope.covers_department(Some(row.department_code.as_str())) {
        return Err(Error::of(Code::OutOfPerimeter));
    }
    diesel::insert_into(incidents::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _found_in: &Scope, mut row: IncidentRow) -> Result<IncidentRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = incidents::table.find(row.id).filter(incidents::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Takes the words out of the incident of a dossier that is being anonymised, if no other dossier keeps it; gives its id then. Those who
/// anonymise dossiers of one incident take turns: the last of them sees that it is.
pub fn forget(tx: &mut Tx<'_>, _found_in: &Scope, dossier_id: Id) -> Result<Option<Id>> {
    let Some(id) = dossiers::table.find(dossier_id).select(dossiers::incident_id).first::<Option<Id>>(tx.conn)? else { return Ok(None) };
    let own = incidents::table.find(id);
    diesel::update(own).set(incidents::created_by.eq(incidents::created_by)).execute(tx.conn)?;
    let left = dossiers::incident_id.eq(id).and(dossiers::id.ne(dossier_id)).and(dossiers::status.ne(DossierStatus::Anonymised));
    if diesel::select(exists(dossiers::table.filter(left))).get_result(tx.conn)? {
        return Ok(None);
    }
    diesel::update(own).set(incidents::summary.eq(None::<String>)).execute(tx.conn)?;
    Ok(Some(id))
}

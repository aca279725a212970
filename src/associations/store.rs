//! Queries on associations.

use super::model::{AssociationFilters, AssociationLevel, AssociationName, OnCallPeriod, TimeZone};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::associations;
use crate::db::{DbConn, Id, Instant, Json, MultiBackend, among, optional};
use crate::error::{Code, Error, Result};
use crate::values::fold::fold;
use crate::values::{DepartmentCode, Email, Phone};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, AsChangeset, Identifiable)]
#[diesel(table_name = associations, treat_none_as_null = true)]
pub struct AssociationRow {
    pub id: Id,
    pub level: AssociationLevel,
    pub department_code: Option<DepartmentCode>,
    pub name: AssociationName,
    pub name_key: String,
    pub phone: Option<Phone>,
    pub email: Option<Email>,
    pub time_zone: TimeZone,
    pub on_call_hours: Json<Vec<OnCallPeriod>>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl AssociationRow {
    /// Whether it can be called or written to.
    pub fn is_reachable(&self) -> bool {
        self.phone.is_some() || self.email.is_some()
    }
}

diesel::define_sql_function! {
    /// The engines do not agree on where NULL stands in an order, and no comparison finds it.
    fn coalesce(code: Nullable<Text>, otherwise: Text) -> Text;
}

type Boxed<'a> = associations::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let every = associations::table.into_boxed();
    if scope.is_all() { every } else { every.filter(scope.associations()) }
}

fn filtered<'a>(scope: &Scope, filters: &AssociationFilters) -> Boxed<'a> {
    let AssociationFilters { department, level } = filters;
    let mut query = visible(scope);
    if let Some(codes) = department {
        let codes: Vec<Option<String>> = codes.iter().map(|code| Some(code.to_string())).collect();
        query = query.filter(associations::department_code.eq_any(codes));
    }
    if let Some(levels) = level {
        query = query.filter(associations::level.eq_any(levels.clone()));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &AssociationFilters, slice: &Slice) -> Result<Vec<AssociationRow>> {
    let query = filtered(scope, filters).select(AssociationRow::as_select());
    let page = keyset!(query, slice, associations::id, {
        "department" => (coalesce(associations::department_code, ""), text),
        "name" => (associations::name_key, text),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &AssociationRow, sort: &str) -> Position {
    let key = match sort {
        "department" => row.department_code.as_ref().map_or("", DepartmentCode::as_str),
        _ => row.name_key.as_str(),
    };
    Position { key: Key::from(key), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &AssociationFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<AssociationRow> {
    Ok(visible(scope).filter(associations::id.eq(id)).select(AssociationRow::as_select()).first(conn)?)
}

pub fn find_by_ids(conn: &mut DbConn, scope: &Scope, ids: Vec<Id>) -> Result<Vec<AssociationRow>> {
    Ok(among!(visible(scope), associations::id, ids).select(AssociationRow::as_select()).load(conn)?)
}

/// The association of a department; a territory without one has none.
pub fn find_of_department(conn: &mut DbConn, scope: &Scope, code: &str) -> Result<Option<AssociationRow>> {
    optional(visible(scope).filter(associations::department_code.eq(code.to_owned())).select(AssociationRow::as_select()).first(conn))
}

/// The departmental association named, in the caller's perimeter, or where none is named that of the caller's only department;
/// else why there is none.
pub fn find_own(conn: &mut DbConn, scope: &Scope, id: Option<Id>) -> Result<Result<(AssociationRow, DepartmentCode), Code>> {
    let mut departments = scope.departments().to_vec();
    departments.sort();
    departments.dedup();
    let found = match (id, departments.as_slice()) {
        (Some(id), _) => find_by_ids(conn, scope, vec![id])?.pop(),
        (None, [only]) => find_of_department(conn, scope, only.as_str())?,
        (None, _) => None,
    };
    let found = found.and_then(|row| row.department_code.clone().map(|code| (row, code)));
    Ok(found.ok_or(if id.is_some() { Code::ReferenceNotFound } else { Code::FieldRequired }))
}

pub fn find_national(conn: &mut DbConn, scope: &Scope) -> Result<AssociationRow> {
    Ok(visible(scope).filter(associations::level.eq(AssociationLevel::National)).select(AssociationRow::as_select()).first(conn)?)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _found_in: &Scope, mut row: AssociationRow) -> Result<AssociationRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    row.name_key = fold(row.name.as_str());
    let current = associations::table.find(row.id).filter(associations::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::associations::api::AssociationView;
    use crate::audit;
    use crate::values::territory::DEPARTMENTS;

    const NO_FILTER: AssociationFilters = AssociationFilters { department: None, level: None };

    fn world() -> (tempfile::TempDir, DbConn) {
        let folder = tempfile::tempdir().unwrap();
        let mut conn = crate::db::connect(&format!("sqlite://{}/world.db", folder.path().display())).unwrap();
        crate::db::migrate(&mut conn).unwrap();
        (folder, conn)
    }

    fn slice(sort: &'static str, descending: bool, after: Option<Position>, limit: i64) -> Slice {
        Slice { sort, descending, after, limit, ..Slice::default() }
    }

    #[test]
    fn every_department_and_the_country_have_their_association() {
        let (_folder, mut conn) = world();
        let rows = list(&mut conn, &Scope::console(), &NO_FILTER, &slice("department", false, None, 200)).unwrap();
        let (national, departments) = rows.split_first().unwrap();
        assert_eq!((national.level, national.time_zone.as_str()), (AssociationLevel::National, "Europe/Paris"));
        assert_eq!(departments.len(), DEPARTMENTS.len());
        for (row, department) in departments.iter().zip(&DEPARTMENTS) {
            assert_eq!(row.name.as_str(), format!("Autonome de Solidarité Laïque {} – {}", department.code, department.name));
            assert_eq!(row.time_zone.as_str(), department.time_zone);
        }
        assert!(rows.iter().all(|row| row.name_key == fold(row.name.as_str()) && row.version == 1 && row.on_call_hours.0.is_empty()));
    }

    #[test]
    fn both_engines_are_given_the_same_associations() {
        let lines = |sql: &str| -> Vec<String> {
            // The engines write ids and moments each in their way.
            let quoted = |line: &str| {
                let parts = line.split('\'').skip(1).step_by(2).filter(|part| !part.starts_with("2026-11-22T"));
                parts.map(|part| part.replace('-', "")).collect::<Vec<_>>().join("|")
            };
            sql.lines().filter(|line| line.contains("'[]'),") || line.contains("'[]');")).map(quoted).collect()
        };
        let sqlite = lines(include_str!("../../migrations/sqlite/2026-11-22-000006_seed_associations/up.sql"));
        assert_eq!(sqlite.len(), 102);
        assert_eq!(sqlite, lines(include_str!("../../migrations/postgres/2026-11-22-000006_seed_associations/up.sql")));
    }

    #[test]
    fn the_history_of_an_association_starts_when_it_was_seeded() {
        let (_folder, mut conn) = world();
        let scope = Scope::console();
        for row in list(&mut conn, &scope, &NO_FILTER, &slice("name", false, None, 200)).unwrap() {
            let history = audit::history(&mut conn, &scope, row.id, &slice("", false, None, 5)).unwrap();
            let snapshots: Vec<_> = history.into_iter().map(|entry| (entry.version, entry.recorded_at, entry.snapshot.unwrap().0)).collect();
            let (version, created_at) = (row.version, row.created_at);
            assert_eq!(snapshots, [(version, created_at, serde_json::to_value(AssociationView::from(row)).unwrap())]);
        }
    }

    #[test]
    fn pages_in_either_direction_lose_no_association_though_one_has_no_department() {
        let (_folder, mut conn) = world();
        for (sort, descending) in [("department", false), ("department", true), ("name", false), ("name", true)] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = list(&mut conn, &Scope::console(), &NO_FILTER, &slice(sort, descending, after.clone(), 7)).unwrap();
                let Some(last) = page.last() else { break };
                after = Some(position(last, sort));
                seen.extend(page.iter().map(|row| row.id));
            }
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), 102, "{sort} {descending}");
        }
    }
}

//! Queries on training modules.

use super::model::*;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::training_modules;
use crate::db::search::listing;
use crate::db::{DbConn, Id, Instant, Json, MultiBackend, among, lock_in_order, on_conflict};
use crate::error::{Code, Error, Result};
use crate::values::fold::fold;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = training_modules, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct TrainingModuleRow {
    pub id: Id,
    pub code: ModuleCode,
    pub title: ModuleTitle,
    pub title_key: String,
    pub themes: Json<Vec<TrainingTheme>>,
    pub objectives: Option<ModuleObjectives>,
    pub hours: ModuleHours,
    pub audiences: Json<Vec<TrainingAudience>>,
    pub retired: bool,
    pub minimum_share: MinimumShare,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = training_modules::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    training_modules::table.into_boxed().filter(scope.training_modules())
}

fn filtered<'a>(conn: &DbConn, scope: &Scope, filters: &TrainingModuleFilters) -> Boxed<'a> {
    let TrainingModuleFilters { code, theme, audience, retired } = filters;
    let mut query = visible(scope);
    if let Some(codes) = code {
        query = among!(query, training_modules::code, codes.iter().map(ToString::to_string).collect());
    }
    if let Some(themes) = theme {
        query = query.filter(listing(conn.engine(), "training_modules", "themes", themes));
    }
    if let Some(audiences) = audience {
        let words: Vec<&str> = audiences.iter().map(|audience| audience.as_str()).collect();
        query = query.filter(listing(conn.engine(), "training_modules", "audiences", &words));
    }
    match retired {
        Some(retired) => query.filter(training_modules::retired.eq(*retired)),
        None => query,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &TrainingModuleFilters, slice: &Slice) -> Result<Vec<TrainingModuleRow>> {
    let query = filtered(conn, scope, filters).select(TrainingModuleRow::as_select());
    let page = keyset!(query, slice, training_modules::id, {
        "code" => (training_modules::code, text),
        "title" => (training_modules::title_key, text),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &TrainingModuleRow, sort: &str) -> Position {
    let key = match sort {
        "title" => Key::from(row.title_key.as_str()),
        _ => Key::from(row.code.as_str()),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &TrainingModuleFilters) -> Result<i64> {
    Ok(filtered(conn, scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<TrainingModuleRow> {
    Ok(visible(scope).filter(training_modules::id.eq(id)).select(TrainingModuleRow::as_select()).first(conn)?)
}

pub fn find_by_ids(conn: &mut DbConn, scope: &Scope, ids: Vec<Id>) -> Result<Vec<TrainingModuleRow>> {
    Ok(among!(visible(scope), training_modules::id, ids).select(TrainingModuleRow::as_select()).load(conn)?)
}

/// The module, which nobody retires until the end of the transaction.
pub fn lock(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<TrainingModuleRow> {
    lock_in_order(tx.conn, "training_modules", &[id])?;
    find(tx.conn, scope, id)
}

pub fn insert(tx: &mut Tx<'_>, _granted: &Scope, mut row: TrainingModuleRow) -> Result<TrainingModuleRow> {
    row.title_key = fold(row.title.as_str());
    on_conflict(diesel::insert_into(training_modules::table).values(&row).execute(tx.conn), Code::ModuleCodeTaken)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _found_in: &Scope, mut row: TrainingModuleRow) -> Result<TrainingModuleRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    row.title_key = fold(row.title.as_str());
    let current = training_modules::table.find(row.id).filter(training_modules::version.eq(seen));
    let updated = on_conflict(diesel::update(current).set(&row).execute(tx.conn), Code::ModuleCodeTaken)?;
    if updated == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

//! Queries on training plans.

use super::model::{Objective, Orientation, TrainingPlanFilters};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::training_plans;
use crate::db::{DbConn, Id, Instant, Json, MultiBackend, among, on_conflict};
use crate::error::{Code, Error, Result};
use crate::training_commissions::store::{self as commissions, TrainingCommissionRow};
use crate::values::SchoolYear;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = training_plans)]
pub struct TrainingPlanRow {
    pub id: Id,
    pub commission_id: Id,
    pub school_year: SchoolYear,
    pub orientation: Orientation,
    pub objectives: Json<Vec<Objective>>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = training_plans::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(commission_id: Id, filters: &TrainingPlanFilters) -> Boxed<'a> {
    let TrainingPlanFilters { year } = filters;
    let query = training_plans::table.filter(training_plans::commission_id.eq(commission_id)).into_boxed();
    match year {
        Some(years) => among!(query, training_plans::school_year, years.iter().map(ToString::to_string).collect()),
        None => query,
    }
}

/// Those of a commission that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, commission_id: Id, filters: &TrainingPlanFilters, slice: &Slice) -> Result<Vec<TrainingPlanRow>> {
    let query = filtered(commission_id, filters).select(TrainingPlanRow::as_select());
    let page = keyset!(query, slice, training_plans::id, { "year" => (training_plans::school_year, text) });
    Ok(page.load(conn)?)
}

pub fn position(row: &TrainingPlanRow) -> Position {
    Position { key: Key::from(row.school_year.as_str()), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, commission_id: Id, filters: &TrainingPlanFilters) -> Result<i64> {
    Ok(filtered(commission_id, filters).count().get_result(conn)?)
}

/// One of a commission in the scope, with that commission.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<(TrainingPlanRow, TrainingCommissionRow)> {
    let row: TrainingPlanRow = training_plans::table.find(id).select(TrainingPlanRow::as_select()).first(conn)?;
    let commission = commissions::find(conn, scope, row.commission_id)?;
    Ok((row, commission))
}

/// Stores the plan of a commission that was found in the scope; each has one for a school year.
pub fn insert(tx: &mut Tx<'_>, _found_in: &Scope, row: TrainingPlanRow) -> Result<TrainingPlanRow> {
    on_conflict(diesel::insert_into(training_plans::table).values(&row).execute(tx.conn), Code::TrainingPlanTaken)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _found_in: &Scope, mut row: TrainingPlanRow) -> Result<TrainingPlanRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = training_plans::table.find(row.id).filter(training_plans::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

//! Queries on operations, their files and their lines.

use super::model::{FieldChange, LineOutcome, LineReport, Mode, OperationKind, OperationStatus, Totals};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{operation_files, operation_lines, operations};
use crate::db::search::Written;
use crate::db::{DbConn, Id, Instant, Json, insert_all, optional};
use crate::error::{Code, Error, Result};
use diesel::prelude::*;
use serde_json::Value;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = operations, treat_none_as_default_value = false)]
pub struct OperationRow {
    pub id: Id,
    pub kind: OperationKind,
    pub mode: Mode,
    pub status: OperationStatus,
    pub requested_by: Id,
    pub leased_until: Option<Instant>,
    pub started_at: Option<Instant>,
    pub finished_at: Option<Instant>,
    pub lines_total: i32,
    pub lines_done: i32,
    pub created_count: i32,
    pub updated_count: i32,
    pub unchanged_count: i32,
    pub rejected_count: i32,
    pub header: Option<String>,
    pub failure: Option<Json<Value>>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = operation_lines)]
pub struct LineRow {
    pub operation_id: Id,
    pub line: i64,
    pub outcome: LineOutcome,
    pub natural_key: Option<String>,
    pub resource_id: Option<Id>,
    pub issues: Json<Vec<Value>>,
    pub changes: Json<Vec<FieldChange>>,
    pub raw: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = operation_lines, treat_none_as_default_value = false)]
struct NewLine {
    operation_id: Id,
    line: i64,
    outcome: LineOutcome,
    natural_key: Option<String>,
    resource_id: Option<Id>,
    issues: Json<Vec<Value>>,
    changes: Json<Vec<FieldChange>>,
    raw: Option<String>,
}

/// Bytes of a file in one row.
const PART: usize = 256 * 1024;

/// Stores an operation with its file: once this is committed, it will be run.
pub fn insert(conn: &mut DbConn, _granted: &Scope, row: &OperationRow, file: &[u8]) -> Result<()> {
    diesel::insert_into(operations::table).values(row).execute(conn)?;
    for (part, bytes) in (0_i32..).zip(file.chunks(PART)) {
        diesel::insert_into(operation_files::table)
            .values((operation_files::operation_id.eq(row.id), operation_files::part.eq(part), operation_files::bytes.eq(bytes)))
            .execute(conn)?;
    }
    Ok(())
}

pub fn file(conn: &mut DbConn, _granted: &Scope, id: Id) -> Result<Vec<u8>> {
    let parts: Vec<Vec<u8>> =
        operation_files::table.filter(operation_files::operation_id.eq(id)).order(operation_files::part).select(operation_files::bytes).load(conn)?;
    Ok(parts.concat())
}

pub fn list(conn: &mut DbConn, scope: &Scope, status: Option<&[OperationStatus]>, slice: &Slice) -> Result<Vec<(Position, OperationRow)>> {
    let mut query = operations::table.filter(scope.operations()).select(OperationRow::as_select()).into_boxed();
    if let Some(statuses) = status {
        query = query.filter(operations::status.eq_any(statuses.to_vec()));
    }
    let page = keyset!(query, slice, operations::id, { "created" => (operations::created_at, instant) });
    let rows: Vec<OperationRow> = page.load(conn)?;
    Ok(rows.into_iter().map(|row| (Position { key: Key::from(row.created_at), id: row.id }, row)).collect())
}

pub fn count(conn: &mut DbConn, scope: &Scope, status: Option<&[OperationStatus]>) -> Result<i64> {
    let mut query = operations::table.filter(scope.operations()).into_boxed();
    if let Some(statuses) = status {
        query = query.filter(operations::status.eq_any(statuses.to_vec()));
    }
    Ok(query.count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<OperationRow> {
    let found = operations::table.filter(operations::id.eq(id)).filter(scope.operations()).select(OperationRow::as_select()).first(conn);
    optional(found)?.ok_or_else(Error::not_found)
}

pub fn list_lines(conn: &mut DbConn, scope: &Scope, id: Id, outcomes: Option<&[LineOutcome]>, slice: &Slice) -> Result<Vec<(Position, LineRow)>> {
    find(conn, scope, id)?;
    let after = slice.after.as_ref().map_or(0, |position| position.key.number());
    let mut query = operation_lines::table
        .filter(operation_lines::operation_id.eq(id).and(operation_lines::line.gt(after)))
        .order(operation_lines::line)
        .limit(slice.limit)
        .select(LineRow::as_select())
        .into_boxed();
    if let Some(outcomes) = outcomes {
        query = query.filter(operation_lines::outcome.eq_any(outcomes.to_vec()));
    }
    let rows: Vec<LineRow> = query.load(conn)?;
    Ok(rows.into_iter().map(|row| (Position { key: Key::Number(row.line), id }, row)).collect())
}

pub fn count_lines(conn: &mut DbConn, scope: &Scope, id: Id, outcomes: Option<&[LineOutcome]>) -> Result<i64> {
    find(conn, scope, id)?;
    let mut query = operation_lines::table.filter(operation_lines::operation_id.eq(id)).into_boxed();
    if let Some(outcomes) = outcomes {
        query = query.filter(operation_lines::outcome.eq_any(outcomes.to_vec()));
    }
    Ok(query.count().get_result(conn)?)
}

/// Takes the oldest operation that nobody runs: the condition is in the statement, so one server gets it. Which states are unfinished is
/// written out, as the partial index has it.
pub fn claim(conn: &mut DbConn, _runner: &Scope, now: Instant, until: Instant) -> Result<Option<OperationRow>> {
    let unfinished = Written::default().sql("operations.status IN ('queued', 'running')");
    let free = operations::status.eq(OperationStatus::Queued).or(operations::status.eq(OperationStatus::Running).and(operations::leased_until.lt(now)));
    let oldest: Option<OperationRow> = optional(
        operations::table.filter(unfinished).filter(free).order((operations::created_at, operations::id)).select(OperationRow::as_select()).first(conn),
    )?;
    let Some(mut row) = oldest else { return Ok(None) };
    let unclaimed = operations::table.filter(operations::id.eq(row.id).and(operations::version.eq(row.version)));
    row.version += 1;
    row.status = OperationStatus::Running;
    let changes = (
        operations::status.eq(row.status),
        operations::leased_until.eq(until),
        operations::started_at.eq(now),
        operations::updated_at.eq(now),
        operations::version.eq(row.version),
        operations::lines_done.eq(0),
        (operations::created_count.eq(0), operations::updated_count.eq(0), operations::unchanged_count.eq(0), operations::rejected_count.eq(0)),
    );
    if diesel::update(unclaimed).set(changes).execute(conn)? == 0 {
        return Ok(None);
    }
    // A run that was interrupted starts again: its lines will be told anew.
    diesel::delete(operation_lines::table.filter(operation_lines::operation_id.eq(row.id))).execute(conn)?;
    Ok(Some(row))
}

/// How far a run has come.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    pub lines_total: i32,
    pub header: String,
    pub totals: Totals,
}

/// Tells how far a run has come and keeps it this runner's; fails when another has taken it over meanwhile.
pub fn advance(conn: &mut DbConn, _runner: &Scope, id: Id, version: i32, progress: &Progress, until: Instant, now: Instant) -> Result<()> {
    let Progress { lines_total, header, totals } = progress;
    let changes = (
        operations::lines_total.eq(lines_total),
        operations::lines_done.eq(totals.lines()),
        operations::created_count.eq(totals.created),
        operations::updated_count.eq(totals.updated),
        operations::unchanged_count.eq(totals.unchanged),
        operations::rejected_count.eq(totals.rejected),
        operations::header.eq(header),
        operations::leased_until.eq(until),
        operations::updated_at.eq(now),
        operations::version.eq(version + 1),
    );
    let own = operations::table.find(id).filter(operations::version.eq(version));
    if diesel::update(own).set(changes).execute(conn)? == 1 { Ok(()) } else { Err(Error::of(Code::VersionStale)) }
}

pub fn insert_lines(conn: &mut DbConn, _runner: &Scope, id: Id, lines: Vec<(LineReport, Vec<Value>)>) -> Result<()> {
    let rows: Vec<NewLine> = lines
        .into_iter()
        .map(|(report, issues)| {
            let LineReport { line, outcome, natural_key, resource_id, issues: _, changes, raw } = report;
            let line = i64::try_from(line).unwrap_or(i64::MAX);
            NewLine { operation_id: id, line, outcome, natural_key, resource_id, issues: Json(issues), changes: Json(changes), raw }
        })
        .collect();
    insert_all!(conn, operation_lines::table, rows);
    Ok(())
}

/// Ends a run that is still this runner's; the file is not needed any more.
pub fn finish(conn: &mut DbConn, _runner: &Scope, id: Id, version: i32, failure: Option<Value>, now: Instant) -> Result<()> {
    let status = if failure.is_some() { OperationStatus::Failed } else { OperationStatus::Succeeded };
    let changes = (
        operations::status.eq(status),
        operations::failure.eq(failure.map(Json)),
        operations::finished_at.eq(now),
        operations::updated_at.eq(now),
        operations::leased_until.eq(None::<Instant>),
        operations::version.eq(version + 1),
    );
    let own = operations::table.find(id).filter(operations::version.eq(version));
    if diesel::update(own).set(changes).execute(conn)? == 0 {
        return Err(Error::of(Code::VersionStale));
    }
    diesel::delete(operation_files::table.filter(operation_files::operation_id.eq(id))).execute(conn)?;
    Ok(())
}

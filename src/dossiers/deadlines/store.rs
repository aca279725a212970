//! Queries on deadlines, on what they are computed from, and on the tasks that tell of them.

use super::clocks::{Act, ActKind, Beneath, Event, Ground, Request};
use super::events::model::{DeadlineEventKind, DeadlineEventStatus};
use super::model::{DeadlineFilters, DeadlineSource, DeadlineStatus};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{deadline_alerts, deadline_events, deadlines, dossiers, proceeding_steps, proceedings, protection_requests, tasks};
use crate::db::search::Written;
use crate::db::{DbConn, Id, Instant, Json, Kept, MultiBackend, among, columns_of, on_conflict};
use crate::deadlines::rules::DeadlineCode;
use crate::dossiers::circumstances::FactsSnapshot;
use crate::dossiers::erasure::{first_of_month, scrub_records};
use crate::dossiers::model::DossierStatus;
use crate::dossiers::motives::model::MotiveCode;
use crate::dossiers::proceeding_steps::model::{ActingSide, ProceedingStepKind};
use crate::dossiers::proceedings::model::MemberSide;
use crate::dossiers::protection_requests::model::ProtectionStatus;
use crate::dossiers::tasks::model::TaskStatus;
use crate::dossiers::tasks::store::TaskRow;
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use crate::values::{Day, DepartmentCode};
use crate::workflow::Reason;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = deadlines, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DeadlineRow {
    pub id: Id,
    pub dossier_id: Id,
    pub department_code: DepartmentCode,
    pub code: DeadlineCode,
    pub source: DeadlineSource,
    pub source_id: Id,
    pub starts_on: Day,
    pub due_on: Day,
    pub status: DeadlineStatus,
    pub met_on: Option<Day>,
    pub done: Option<Reason>,
    /// How often the clock was set anew.
    pub run: i32,
    /// The day on which somebody is to be told of it next.
    pub next_on: Option<Day>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = deadlines::BoxedQuery<'a, MultiBackend>;

/// Deadlines in the scope, or those of one dossier that was found there.
fn filtered<'a>(scope: &Scope, dossier_id: Option<Id>, filters: &DeadlineFilters) -> Boxed<'a> {
    let DeadlineFilters { due, status, code, department } = filters;
    let all = deadlines::table.into_boxed();
    let mut query = match dossier_id {
        Some(id) => all.filter(deadlines::dossier_id.eq(id)),
        None => all.filter(scope.deadlines()),
    };
    if let Some(statuses) = status {
        query = among!(query, deadlines::status, statuses.clone());
    }
    if let Some(codes) = code {
        query = among!(query, deadlines::code, codes.clone());
    }
    if let Some(codes) = department {
        query = among!(query, deadlines::department_code, codes.iter().map(ToString::to_string).collect::<Vec<String>>());
    }
    if let Some(day) = due.and_then(|due| due.from) {
        query = query.filter(deadlines::due_on.ge(day));
    }
    match due.and_then(|due| due.to) {
        Some(day) => query.filter(deadlines::due_on.le(day)),
        None => query,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, dossier_id: Option<Id>, filters: &DeadlineFilters, slice: &Slice) -> Result<Vec<DeadlineRow>> {
    let query = filtered(scope, dossier_id, filters).select(columns_of::<DeadlineRow>());
    let page = keyset!(query, slice, deadlines::id, { "due" => (deadlines::due_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &DeadlineRow) -> Position {
    Position { key: Key::from(row.due_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, dossier_id: Option<Id>, filters: &DeadlineFilters) -> Result<i64> {
    Ok(filtered(scope, dossier_id, filters).count().get_result(conn)?)
}

/// How many deadlines anywhere are over without anybody having said what became of them. The state is written out, as the partial
/// index has it.
pub fn count_overdue(conn: &mut DbConn, _everywhere: &Scope, today: Day) -> Result<i64> {
    let running = Written::default().sql("deadlines.status = 'running'");
    Ok(deadlines::table.filter(running).filter(deadlines::due_on.lt(today)).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Under<DeadlineRow>> {
    let row: DeadlineRow = Kept::new(deadlines::table.find(id).select(columns_of::<DeadlineRow>())).get_result(conn)?;
    let dossier_id = row.dossier_id;
    Under::find(conn, scope, row, dossier_id)
}

/// Stores a deadline of a dossier that is locked.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: &DeadlineRow) -> Result<()> {
    diesel::insert_into(deadlines::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// Stores the row as its next version, if its current version still is the one it was made from. Its dossier is locked.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: DeadlineRow) -> Result<DeadlineRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = deadlines::table.find(row.id).filter(deadlines::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// What of a dossier its deadlines are computed from.
type GroundRow = (Id, DossierStatus, Day, MotiveCode, Json<Vec<MotiveCode>>, Json<FactsSnapshot>, DepartmentCode);

/// The dossier of a request for protection, and its days.
type Received = (Id, (Id, ProtectionStatus, Option<Day>, Option<Day>), (Option<Day>, Option<Day>, Option<Day>));

/// The grounds of the dossiers after an id, in the order of ids.
pub fn grounds(conn: &mut DbConn, _everywhere: &Scope, after: Option<Id>, limit: i64) -> Result<Vec<Ground>> {
    let mut query = dossiers::table.into_boxed();
    if let Some(after) = after {
        query = query.filter(dossiers::id.gt(after));
    }
    let columns = (
        dossiers::id,
        dossiers::status,
        dossiers::facts_on,
        dossiers::motive_code,
        dossiers::secondary_motive_codes,
        dossiers::facts_snapshot,
        dossiers::department_code,
    );
    let rows: Vec<GroundRow> = query.order(dossiers::id).limit(limit).select(columns).load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, status, facts_on, main, secondary, then, department)| Ground::new(id, status, facts_on, (&main, &secondary.0), &then.0, &department))
        .collect())
}

/// What lies under dossiers and sets clocks off.
pub fn beneath(conn: &mut DbConn, _found_in: &Scope, ids: &[Id]) -> Result<HashMap<Id, Beneath>> {
    let mut beneath: HashMap<Id, Beneath> = HashMap::new();
    let recorded = among!(deadline_events::table.into_boxed(), deadline_events::dossier_id, ids.to_vec());
    let columns = (deadline_events::dossier_id, deadline_events::id, deadline_events::kind, deadline_events::occurred_on);
    let recorded = recorded.filter(deadline_events::status.eq(DeadlineEventStatus::Recorded)).order(deadline_events::id).select(columns);
    for (dossier_id, id, kind, on) in recorded.load::<(Id, Id, DeadlineEventKind, Day)>(conn)? {
        beneath.entry(dossier_id).or_default().events.push(Event { id, kind, on });
    }
    let received = among!(protection_requests::table.into_boxed(), protection_requests::dossier_id, ids.to_vec());
    let columns = (
        protection_requests::dossier_id,
        (protection_requests::id, protection_requests::status, protection_requests::received_on, protection_requests::decided_on),
        (protection_requests::appealed_on, protection_requests::silence_due_on, protection_requests::suit_due_on),
    );
    let received = received.filter(protection_requests::received_on.is_not_null()).order(protection_requests::id).select(columns);
    for (dossier_id, (id, status, received_on, decided_on), (appealed_on, silence_due_on, suit_due_on)) in received.load::<Received>(conn)? {
        let request = Request { id, status, received_on, decided_on, appealed_on, silence_due_on, suit_due_on };
        beneath.entry(dossier_id).or_default().requests.push(request);
    }
    // Where the member answers for something, what is done is done against them.
    let own = proceedings::member_side.ne_all([MemberSide::Accused, MemberSide::Defendant]);
    let done = among!(proceeding_steps::table.inner_join(proceedings::table).into_boxed(), proceeding_steps::dossier_id, ids.to_vec());
    let columns = (proceeding_steps::dossier_id, proceeding_steps::id, proceeding_steps::kind, proceeding_steps::done_by, proceeding_steps::occurred_on);
    let done = done.filter(proceeding_steps::voided_at.is_null().and(own)).order(proceeding_steps::id).select(columns);
    for (dossier_id, id, kind, done_by, on) in done.load::<(Id, Id, ProceedingStepKind, ActingSide, Day)>(conn)? {
        beneath.entry(dossier_id).or_default().acts.extend(ActKind::of(kind, done_by).map(|kind| Act { id, kind, on }));
    }
    Ok(beneath)
}

/// The deadlines of dossiers.
pub fn of_dossiers(conn: &mut DbConn, _found_in: &Scope, ids: &[Id]) -> Result<HashMap<Id, Vec<DeadlineRow>>> {
    let rows = among!(deadlines::table.into_boxed(), deadlines::dossier_id, ids.to_vec()).order(deadlines::id).select(columns_of::<DeadlineRow>());
    let mut of: HashMap<Id, Vec<DeadlineRow>> = HashMap::new();
    for row in rows.load::<DeadlineRow>(conn)? {
        of.entry(row.dossier_id).or_default().push(row);
    }
    Ok(of)
}

/// Deadlines after an id of which somebody is to be told by a day.
pub fn to_tell(conn: &mut DbConn, _everywhere: &Scope, today: Day, after: Option<Id>, limit: i64) -> Result<Vec<Id>> {
    let mut query = deadlines::table.filter(deadlines::next_on.is_not_null().and(deadlines::next_on.assume_not_null().le(today))).into_boxed();
    if let Some(after) = after {
        query = query.filter(deadlines::id.gt(after));
    }
    Ok(query.order(deadlines::id).limit(limit).select(deadlines::id).load(conn)?)
}

/// Notes the task by which somebody was told of a deadline at a threshold, and when they are told next; once for each threshold of
/// each run. Its dossier is locked.
pub fn told(tx: &mut Tx<'_>, _locked_in: &Scope, row: &DeadlineRow, days: i64, task_id: Id, next_on: Option<Day>) -> Result<()> {
    let days = i32::try_from(days).unwrap_or_default();
    let of = (deadline_alerts::deadline_id.eq(row.id), deadline_alerts::run.eq(row.run), deadline_alerts::days.eq(days));
    let inserted = diesel::insert_into(deadline_alerts::table).values((of, deadline_alerts::task_id.eq(task_id))).execute(tx.conn);
    on_conflict(inserted, Code::ConstraintViolated)?;
    diesel::update(deadlines::table.find(row.id)).set(deadlines::next_on.eq(next_on)).execute(tx.conn)?;
    Ok(())
}

/// The open tasks that tell of a deadline whose dossier is locked.
pub fn open_alerts(tx: &mut Tx<'_>, _locked_in: &Scope, id: Id) -> Result<Vec<TaskRow>> {
    let raised = deadline_alerts::table.filter(deadline_alerts::deadline_id.eq(id)).select(deadline_alerts::task_id);
    let open = tasks::table.filter(tasks::id.eq_any(raised).and(tasks::status.eq(TaskStatus::Open)));
    Ok(open.order(tasks::id).select(TaskRow::as_select()).load(tx.conn)?)
}

/// The days and words that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["starts_on", "due_on", "met_on", "done", "reason", "details"];

/// Takes the words out of the deadlines of a dossier that is anonymised, and leaves of their days the month.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    super::events::store::erase(tx, scope, dossier_id)?;
    for row in of_dossiers(tx.conn, scope, &[dossier_id])?.remove(&dossier_id).unwrap_or_default() {
        let days = (deadlines::starts_on.eq(first_of_month(row.starts_on)), deadlines::due_on.eq(first_of_month(row.due_on)));
        let words = (deadlines::met_on.eq(row.met_on.map(first_of_month)), deadlines::done.eq(None::<String>));
        diesel::update(deadlines::table.find(row.id)).set((days, words)).execute(tx.conn)?;
        scrub_records(tx, scope, row.id, FORGOTTEN)?;
    }
    Ok(())
}

//! Queries on tasks.

use super::model::{Asked, LIFECYCLE, TaskFilters, TaskNote, TaskStatus, TaskTitle};
use crate::audit::Tx;
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{dossiers, tasks};
use crate::db::search::{Condition, Written, beside, no_row};
use crate::db::{DbConn, Id, Instant, Kept, MultiBackend, Prepared, among, columns_of, direct};
use crate::dossiers::erasure::scrub_records;
use crate::error::{Code, Error, Result};
use crate::users::absences::store::away_on;
use crate::values::{Day, DepartmentCode};
use crate::workflow::{Lifecycle, Stateful};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = tasks, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct TaskRow {
    pub id: Id,
    pub dossier_id: Id,
    pub department_code: DepartmentCode,
    pub title: Option<TaskTitle>,
    pub note: Option<TaskNote>,
    pub due_on: Option<Day>,
    pub order_on: Day,
    pub assignee_id: Option<Id>,
    pub status: TaskStatus,
    pub created_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The conflict of which it tells.
    pub conflict_id: Option<Id>,
}

impl Part for TaskRow {
    fn part_of(&self) -> Option<(Confided, Id)> {
        self.whole().map(|id| (Confided::Dossier, id))
    }
}

impl Stateful for TaskRow {
    type Status = TaskStatus;
    const LIFECYCLE: &'static Lifecycle<TaskStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn status(&self) -> TaskStatus {
        self.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.department_code.as_str())
    }

    /// Of what tells of a conflict neither a step nor a look is one at the dossier: whoever reads that is told of these.
    fn whole(&self) -> Option<Id> {
        self.conflict_id.is_none().then_some(self.dossier_id)
    }
}

type Boxed<'a> = tasks::BoxedQuery<'a, MultiBackend>;

/// Tasks that are somebody's who is away on a day, or lie under a dossier whose referent is.
fn left_alone(day: Day) -> Condition<tasks::table> {
    let theirs = tasks::assignee_id.is_not_null().and(tasks::assignee_id.assume_not_null().eq_any(away_on(day)));
    let referred: Condition<dossiers::table> = Box::new(dossiers::referent_id.is_not_null().and(dossiers::referent_id.assume_not_null().eq_any(away_on(day))));
    let under: Condition<tasks::table> = beside("dossiers WHERE dossiers.id = tasks.dossier_id", referred);
    Box::new(theirs.or(under))
}

/// The caller's own tasks; to a head, those too of their department that are open and nobody's, overdue, or left alone by who is away;
/// to the data protection officer, those that are open and tell of a conflict.
fn own(scope: &Scope) -> Condition<tasks::table> {
    let mut own: Condition<tasks::table> = match scope.caller() {
        Some(user_id) => Box::new(tasks::assignee_id.is_not_null().and(tasks::assignee_id.assume_not_null().eq(user_id))),
        None => no_row(),
    };
    if scope.veiled().is_some() {
        own = Box::new(own.or(tasks::status.eq(TaskStatus::Open).and(tasks::conflict_id.is_not_null())));
    }
    let headed = scope.headed();
    let today = scope.now().map(|now| Day::of(now.0)).unwrap_or_default();
    let left = tasks::status.eq(TaskStatus::Open).and(tasks::assignee_id.is_null().or(tasks::order_on.lt(today)).or(left_alone(today)));
    match headed.as_slice() {
        [] => own,
        [code] => Box::new(own.or(left.and(tasks::department_code.eq(code.clone())))),
        _ => Box::new(own.or(left.and(tasks::department_code.eq_any(headed)))),
    }
}

/// Tasks in the scope, or those of one dossier whose content was found there.
fn filtered<'a>(scope: &Scope, dossier_id: Option<Id>, filters: &TaskFilters) -> Boxed<'a> {
    let TaskFilters { assignee, due, status } = filters;
    let all = tasks::table.into_boxed();
    let mut query = match dossier_id {
        Some(id) => all.filter(tasks::dossier_id.eq(id)).filter(scope.told()),
        None => all.filter(scope.tasks()),
    };
    query = match assignee.as_ref().map(|assignee| assignee.asked()) {
        None => query,
        Some(Asked::Me) => query.filter(own(scope)),
        Some(Asked::Nobody) => query.filter(tasks::assignee_id.is_null()),
        Some(Asked::User(id)) => query.filter(tasks::assignee_id.eq(id)),
    };
    if let Some(statuses) = status {
        query = among!(query, tasks::status, statuses.clone());
    }
    let Some(due) = due else { return query };
    query = query.filter(tasks::due_on.is_not_null());
    if let Some(day) = due.from {
        query = query.filter(tasks::order_on.ge(day));
    }
    match due.to {
        Some(day) => query.filter(tasks::order_on.le(day)),
        None => query,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, dossier_id: Option<Id>, filters: &TaskFilters, slice: &Slice) -> Result<Vec<TaskRow>> {
    let query = filtered(scope, dossier_id, filters).select(columns_of::<TaskRow>());
    let page = keyset!(query, slice, tasks::id, {
        "due" => (tasks::order_on, day),
        "created" => (tasks::created_at, instant),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &TaskRow, sort: &str) -> Position {
    let key = match sort {
        "created" => Key::from(row.created_at),
        _ => Key::from(row.order_on),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, dossier_id: Option<Id>, filters: &TaskFilters) -> Result<i64> {
    Ok(filtered(scope, dossier_id, filters).count().get_result(conn)?)
}

/// How many open tasks are nobody's in the departments whose head the caller is; none where they are no head.
pub fn count_unassigned(conn: &mut DbConn, scope: &Scope) -> Result<Option<i64>> {
    let headed = scope.headed();
    if headed.is_empty() {
        return Ok(None);
    }
    let left = tasks::status.eq(TaskStatus::Open).and(tasks::assignee_id.is_null());
    Ok(Some(tasks::table.into_boxed().filter(scope.tasks()).filter(left.and(tasks::department_code.eq_any(headed))).count().get_result(conn)?))
}

/// How many tasks anywhere were due before a day and are open still; not those that tell of a conflict, since anybody is told the number.
/// What it asks is written out, as the partial index has it.
pub fn count_overdue(conn: &mut DbConn, _everywhere: &Scope, today: Day) -> Result<i64> {
    let open = Written::default().sql("tasks.status = 'open' AND tasks.conflict_id IS NULL");
    Ok(tasks::table.filter(open).filter(tasks::order_on.lt(today)).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<TaskRow> {
    let query = tasks::table.into_boxed().filter(scope.tasks()).filter(tasks::id.eq(id)).select(columns_of::<TaskRow>());
    Ok(Kept::new(query).get_result(conn)?)
}

/// Stores a task of a dossier that is locked.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: TaskRow) -> Result<TaskRow> {
    direct!(&mut *tx.conn, |conn| diesel::insert_into(tasks::table).values(&row).execute(conn))?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are among those it was made from. Its dossier is locked.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: TaskRow, from: &[TaskStatus]) -> Result<TaskRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let states: Vec<&str> = from.iter().map(|state| state.as_str()).collect();
    let current = tasks::table.find(row.id).filter(tasks::version.eq(seen).and(tasks::status.eq_any(states)));
    let updated = direct!(&mut *tx.conn, |conn| Prepared(diesel::update(current).set(&row).returning(tasks::id)).load::<Id>(conn))?;
    if updated.len() == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// What of a locked dossier is still to be done. It ends whether or not anybody has seen to a conflict: the team would learn of it.
pub fn open_under(tx: &mut Tx<'_>, _locked_in: &Scope, dossier_id: Id) -> Result<Vec<Id>> {
    let open = tasks::table.filter(tasks::dossier_id.eq(dossier_id).and(tasks::status.eq(TaskStatus::Open)).and(tasks::conflict_id.is_null()));
    Ok(open.order(tasks::id).select(tasks::id).load(tx.conn)?)
}

/// The open tasks of a locked dossier that are somebody's.
pub fn assigned_under(tx: &mut Tx<'_>, _locked_in: &Scope, dossier_id: Id) -> Result<Vec<TaskRow>> {
    let open = tasks::table.filter(tasks::dossier_id.eq(dossier_id).and(tasks::status.eq(TaskStatus::Open)));
    Ok(open.filter(tasks::assignee_id.is_not_null()).order(tasks::id).select(TaskRow::as_select()).load(tx.conn)?)
}

/// The tasks that tell of a conflict.
pub fn of_conflict(conn: &mut DbConn, _found_in: &Scope, conflict_id: Id) -> Result<Vec<Id>> {
    let of = tasks::table.filter(tasks::conflict_id.is_not_null().and(tasks::conflict_id.assume_not_null().eq(conflict_id)));
    Ok(of.order(tasks::id).select(tasks::id).load(conn)?)
}

/// Takes the tasks away that told of conflicts of which one dossier is anonymised, and empties all that is remembered of them: they
/// would lead from the one dossier to the other.
pub fn forget_conflict(tx: &mut Tx<'_>, scope: &Scope, conflict_id: Id) -> Result<()> {
    for id in of_conflict(tx.conn, scope, conflict_id)? {
        diesel::delete(tasks::table.find(id)).execute(tx.conn)?;
        scrub_records(tx, scope, id, OF_CONFLICT)?;
    }
    Ok(())
}

/// Puts the tasks of a locked dossier into its department.
pub fn follow_department(tx: &mut Tx<'_>, _locked_in: &Scope, dossier_id: Id, code: &DepartmentCode) -> Result<()> {
    let of = tasks::table.filter(tasks::dossier_id.eq(dossier_id));
    diesel::update(of).set(tasks::department_code.eq(code.as_str())).execute(tx.conn)?;
    Ok(())
}

/// The words that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["title", "note", "reason", "details"];

/// What a version or a stored reply of one that told of a conflict loses besides.
const OF_CONFLICT: &[&str] = &["title", "reason", "details", "dossier_id", "conflict_id"];

/// Takes the words out of the tasks of a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || tasks::table.filter(tasks::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(tasks::id).load(tx.conn)?;
    diesel::update(of()).set((tasks::title.eq(None::<String>), tasks::note.eq(None::<String>))).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}

//! Setting tasks, changing them and moving them on; and those that other rooms ask for.

use super::bodies::{CreateTask, UpdateTask};
use super::model::{TaskCommand, TaskStatus, order_of};
use super::store::{self, TaskRow};
use super::view::TaskView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::auth::store::scope_of;
use crate::db::Id;
use crate::dossiers::store::{DossierRow, facts, lock, lock_open};
use crate::error::{Code, Error, Result};
use crate::values::Day;
use crate::workflow::{Step, take_step};

/// Whether a user reads a dossier now.
fn reads(tx: &mut Tx<'_>, scope: &Scope, dossier: &DossierRow, user_id: Id) -> Result<bool> {
    let beside = facts(tx.conn, scope, vec![dossier.id])?.remove(&dossier.id).unwrap_or_default();
    let theirs = scope_of(tx.conn, user_id, "tasks_list", tx.now)?;
    Ok(theirs.is_some_and(|theirs| dossier.is_read_by(&theirs, &beside)))
}

/// Refuses an assignee who does not read the dossier, in the same words as one who does not exist.
fn check_assignee(tx: &mut Tx<'_>, scope: &Scope, dossier: &DossierRow, assignee_id: Option<Id>) -> Result<()> {
    match assignee_id {
        Some(user_id) if !reads(tx, scope, dossier, user_id)? => Err(Error::field("/assignee_id", Code::AssigneeUnfit)),
        _ => Ok(()),
    }
}

/// Sets a task in an open dossier.
pub fn create(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id, body: CreateTask) -> Result<TaskRow> {
    let dossier = lock_open(tx, scope, dossier_id)?;
    check_assignee(tx, scope, &dossier, body.assignee_id)?;
    let row = body.into_row(&dossier, tx);
    set(tx, scope, row)
}

/// Sets a task that another room asks for in a dossier that is locked and open: the referent's, or nobody's where there is none who
/// reads it.
pub fn raise(tx: &mut Tx<'_>, scope: &Scope, dossier: &DossierRow, body: CreateTask) -> Result<TaskRow> {
    let assignee_id = match dossier.referent_id {
        Some(user_id) if reads(tx, scope, dossier, user_id)? => Some(user_id),
        _ => None,
    };
    let row = CreateTask { assignee_id, ..body }.into_row(dossier, tx);
    set(tx, scope, row)
}

/// Sets the task that tells of a conflict of a locked dossier, whatever its state.
pub fn tell_of(tx: &mut Tx<'_>, scope: &Scope, dossier: &DossierRow, conflict_id: Id, body: CreateTask) -> Result<TaskRow> {
    let row = TaskRow { conflict_id: Some(conflict_id), ..body.into_row(dossier, tx) };
    set(tx, scope, row)
}

fn set(tx: &mut Tx<'_>, scope: &Scope, row: TaskRow) -> Result<TaskRow> {
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &TaskView::from(row.clone()))?;
    Ok(row)
}

/// Moves the day of a task that another room asked for, in a dossier that is locked and open; tells whether it still was to be done.
pub fn put_off(tx: &mut Tx<'_>, scope: &Scope, id: Id, due_on: Option<Day>) -> Result<bool> {
    let row = store::find(tx.conn, scope, id)?;
    let open = row.status == TaskStatus::Open;
    if open {
        let row = TaskRow { due_on, order_on: order_of(due_on), ..row };
        let row = store::advance(tx, scope, row, &[TaskStatus::Open])?;
        tx.record(Action::Update, &TaskView::from(row))?;
    }
    Ok(open)
}

/// Completes a task that another room asked for, unless somebody has done or dropped it.
pub fn finish(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<()> {
    let row = store::find(tx.conn, scope, id)?;
    if row.status == TaskStatus::Open {
        take_step(tx, scope, row, TaskCommand::Complete {}, |tx, scope, step, row, _| advance(tx, scope, step, row))?;
    }
    Ok(())
}

/// Changes an open task of an open dossier. What tells of a conflict names nobody, and is nobody's: so it stays.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, mut row: TaskRow, changes: UpdateTask) -> Result<TaskRow> {
    if row.conflict_id.is_some() {
        return Err(Error::of(Code::TaskOfConflict));
    }
    let dossier = lock_open(tx, scope, row.dossier_id)?;
    if row.status != TaskStatus::Open {
        return Err(Error::of(Code::TaskNotOpen));
    }
    let before = row.assignee_id;
    changes.apply(&mut row);
    if row.assignee_id != before {
        check_assignee(tx, scope, &dossier, row.assignee_id)?;
    }
    let row = store::advance(tx, scope, row, &[TaskStatus::Open])?;
    tx.record(Action::Update, &TaskView::from(row.clone()))?;
    Ok(row)
}

/// Carries out a command that the caller may give and the state allows, in an open dossier; a conflict is there as long as its dossiers.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, step: Step<TaskStatus>, row: TaskRow) -> Result<TaskView> {
    let lock = if row.conflict_id.is_some() { lock } else { lock_open };
    lock(tx, scope, row.dossier_id)?;
    move_on(tx, scope, step, row)
}

fn move_on(tx: &mut Tx<'_>, scope: &Scope, step: Step<TaskStatus>, row: TaskRow) -> Result<TaskView> {
    let view = TaskView::from(store::advance(tx, scope, TaskRow { status: step.to, ..row }, step.from)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

/// Cancels an open task, of a dossier that is locked, for which there is no reason left.
pub fn call_off(tx: &mut Tx<'_>, scope: &Scope, row: TaskRow) -> Result<()> {
    let command = TaskCommand::Cancel { reason: "Ce qui était à suivre ne l'est plus.".parse()? };
    take_step(tx, scope, row, command, |tx, scope, step, row, _| move_on(tx, scope, step, row)).map(drop)
}

/// What is still to be done in a dossier that was handed over is nobody's any more: whose it was does not read it there.
pub fn hand_over(tx: &mut Tx<'_>, scope: &Scope, dossier: &DossierRow) -> Result<()> {
    for row in store::assigned_under(tx, scope, dossier.id)? {
        let row = store::advance(tx, scope, TaskRow { assignee_id: None, ..row }, &[TaskStatus::Open])?;
        tx.record(Action::Update, &TaskView::from(row))?;
    }
    store::follow_department(tx, scope, dossier.id, &dossier.department_code)
}

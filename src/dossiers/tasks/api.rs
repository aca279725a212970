//! Routes of tasks.

use super::bodies::{CreateTask, UpdateTask};
use super::lifecycle::{advance, correct, create};
use super::model::{TaskCommand, TaskFilters};
use super::store;
use super::view::{TITLES, TaskView, show_all, show_one};
use crate::audit::Tx;
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers;
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, Patch, PathId,
    Projection, route,
};
use crate::workflow::{Content, TransitionView, Transitions};

/// The tasks of one dossier, or of all that the caller reads, as a list.
#[derive(Clone)]
struct Tasks {
    dossier_id: Option<Id>,
    lens: Lens,
}

const SORTS: &[&str] = &["due"];
const SORTS_OF_DOSSIER: &[&str] = &["due", "created"];
const EXPANDS: &[&str] = &["dossier"];

impl Tasks {
    fn find_dossier(&self, conn: &mut DbConn, scope: &Scope) -> Result<()> {
        self.dossier_id.map_or(Ok(()), |id| dossiers::store::find(conn, scope, id).map(drop))
    }
}

impl Listed for Tasks {
    type Filters = TaskFilters;
    type View = TaskView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &TaskFilters, slice: &Slice) -> Result<Vec<(Position, TaskView)>> {
        self.find_dossier(conn, scope)?;
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        let positions: Vec<Position> = rows.iter().map(|row| store::position(row, slice.sort)).collect();
        Ok(positions.into_iter().zip(show_all(conn, scope, self.lens, rows)?).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &TaskFilters) -> Result<i64> {
        self.find_dossier(conn, scope)?;
        store::count(conn, scope, self.dossier_id, filters)
    }

    fn whole(view: &TaskView) -> Option<(Confided, Id)> {
        view.conflict_id.is_none().then_some((Confided::Dossier, view.dossier_id))
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_tasks).lists::<TaskView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(list_tasks_of_dossier).lists::<TaskView>(SORTS_OF_DOSSIER).exports(TITLES).discloses(Confided::Dossier),
        route!(create_task).creates().shows::<TaskView>().discloses(Confided::Dossier),
        route!(retrieve_task).shows::<TaskView>().sparse().expands(EXPANDS),
        route!(update_task).conditional().shows::<TaskView>(),
        route!(list_task_history).lists::<HistoryEntryView>(&[]),
        route!(transition_task).conditional().creates(),
        route!(list_task_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List tasks
///
/// What is to be done in all dossiers that the caller reads, by the day on which it is due; what is due on no day comes last. What is
/// nobody's, overdue, or somebody's who is away, as are the tasks of a dossier whose referent is, goes to the head of the department:
/// `assignee=me` brings it to them beside their own. That there is a conflict is told, by a task with its `conflict_id`, to the heads
/// concerned, who see to it, and to the data protection officer, who reads no other; nobody else is shown it, and `waive` completes it.
#[utoipa::path(get, path = "/tasks", operation_id = "tasks_list", tag = "tasks",
    params(TaskFilters), responses((status = 200, description = "A page of tasks.", body = Page<TaskView>)))]
async fn list_tasks(actor: Actor, list: ListOf<TaskFilters>) -> Answer {
    actor.list(Tasks { dossier_id: None, lens: actor.lens() }, list).await
}

/// List the tasks of a dossier
///
/// What is to be done in one case, and what was.
#[utoipa::path(get, path = "/dossiers/{id}/tasks", operation_id = "dossier_tasks_list", tag = "tasks",
    params(("id" = Id, Path), TaskFilters), responses((status = 200, description = "A page of tasks.", body = Page<TaskView>)))]
async fn list_tasks_of_dossier(actor: Actor, id: PathId, list: ListOf<TaskFilters>) -> Answer {
    actor.list(Tasks { dossier_id: Some(id.0), lens: actor.lens() }, list).await
}

/// Set a task
///
/// Says what is to be done in an open dossier, until when, and by whom: somebody who reads the dossier. The dossier is not closed while
/// it is open.
#[utoipa::path(post, path = "/dossiers/{id}/tasks", operation_id = "tasks_create", tag = "tasks",
    params(("id" = Id, Path), CommandOptions), request_body = CreateTask, responses((status = 201, description = "The task.", body = TaskView)))]
async fn create_task(actor: Actor, id: PathId, command: Command<CreateTask>) -> Answer {
    let lens = actor.lens();
    let find = move |tx: &mut Tx<'_>, scope: &Scope| dossiers::store::find(tx.conn, scope, id.0).map(drop);
    actor
        .create_under("tasks", command, find, move |tx, scope, (), body| {
            let row = create(tx, scope, id.0, body)?;
            show_one(tx.conn, scope, lens, row)
        })
        .await
}

/// Retrieve a task
///
/// One task of a dossier that the caller reads.
#[utoipa::path(get, path = "/tasks/{id}", operation_id = "tasks_retrieve", tag = "tasks",
    params(("id" = Id, Path)), responses((status = 200, description = "The task.", body = TaskView)))]
async fn retrieve_task(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let row = store::find(conn, scope, id.0)?;
            let dossier = row.part_of();
            Ok((show_one(conn, scope, lens, row)?, dossier))
        })
        .await
}

/// Change a task
///
/// Changes the fields given, at the version the caller has seen, while task and dossier are open. What tells of a conflict stays as it is.
#[utoipa::path(patch, path = "/tasks/{id}", operation_id = "tasks_update", tag = "tasks",
    params(("id" = Id, Path)), request_body = UpdateTask, responses((status = 200, description = "The task after the change.", body = TaskView)))]
async fn update_task(actor: Actor, id: PathId, patch: Patch<UpdateTask>) -> Answer {
    let lens = actor.lens();
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            let row = correct(tx, scope, row, changes)?;
            show_one(tx.conn, scope, lens, row)
        })
        .await
}

/// List the versions of a task
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/tasks/{id}/history", operation_id = "tasks_history", tag = "tasks",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_task_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let versions = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: versions, part_id: id.0, find: store::find }, list).await
}

/// Move a task on
///
/// Carries out a command at the version the caller has seen, while the dossier is open, or whatever its state where the task tells of a
/// conflict; `allowed_commands` of the task tells which are possible now.
#[utoipa::path(post, path = "/tasks/{id}/transitions", operation_id = "tasks_transition", tag = "tasks",
    params(("id" = Id, Path), CommandOptions), request_body = TaskCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_task(actor: Actor, id: PathId, order: Order<TaskCommand>) -> Answer {
    actor.transition(id.0, order, store::find, |tx, scope, step, row, _| advance(tx, scope, step, row)).await
}

/// List the steps of a task
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/tasks/{id}/transitions", operation_id = "tasks_transitions_list", tag = "tasks",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_task_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

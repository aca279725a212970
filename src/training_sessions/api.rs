//! Routes of training sessions.

use super::bodies::{CreateTrainingSession, UpdateTrainingSession};
use super::lifecycle::{TrainingSessionCommand, advance};
use super::model::TrainingSessionFilters;
use super::planning::{Reach, correct, plan};
use super::store;
use super::view::{TITLES, TrainingSessionView, show, show_all};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, Patch, PathId, Projection, route,
};
use crate::workflow::{Content, TransitionView, Transitions};

/// Training sessions as a list.
#[derive(Clone)]
struct TrainingSessions {
    lens: Lens,
}

const SORTS: &[&str] = &["starts"];
const EXPANDS: &[&str] = &["module", "association"];

impl Listed for TrainingSessions {
    type Filters = TrainingSessionFilters;
    type View = TrainingSessionView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &TrainingSessionFilters, slice: &Slice) -> Result<Vec<(Position, TrainingSessionView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        let positions: Vec<Position> = rows.iter().map(store::position).collect();
        Ok(positions.into_iter().zip(show_all(conn, scope, self.lens, rows)?).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &TrainingSessionFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_training_sessions).lists::<TrainingSessionView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_training_session).creates().shows::<TrainingSessionView>(),
        route!(retrieve_training_session).shows::<TrainingSessionView>().sparse().expands(EXPANDS),
        route!(update_training_session).conditional().shows::<TrainingSessionView>(),
        route!(list_training_session_history).lists::<HistoryEntryView>(&[]),
        route!(transition_training_session).conditional().creates(),
        route!(list_training_session_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List training sessions
///
/// Those that the caller organises, and those of others once they were announced; the earliest first.
#[utoipa::path(get, path = "/training-sessions", operation_id = "training_sessions_list", tag = "training_sessions",
    params(TrainingSessionFilters), responses((status = 200, description = "A page of sessions.", body = Page<TrainingSessionView>)))]
async fn list_training_sessions(actor: Actor, list: ListOf<TrainingSessionFilters>) -> Answer {
    let lens = actor.lens();
    actor.list(TrainingSessions { lens }, list).await
}

/// Plan a training session
///
/// Makes a draft, which only its organisers read until it is announced.
#[utoipa::path(post, path = "/training-sessions", operation_id = "training_sessions_create", tag = "training_sessions",
    params(CommandOptions), request_body = CreateTrainingSession, responses((status = 201, description = "The session.", body = TrainingSessionView)))]
async fn create_training_session(actor: Actor, command: Command<CreateTrainingSession>) -> Answer {
    let (reach, lens) = (Reach::of(&actor), actor.lens());
    actor
        .create("training-sessions", command, move |tx, scope, body| {
            let row = plan(tx, scope, &reach, body)?;
            show(tx.conn, scope, lens, row)
        })
        .await
}

/// Retrieve a training session
///
/// One session, with how many take part and how many wait.
#[utoipa::path(get, path = "/training-sessions/{id}", operation_id = "training_sessions_retrieve", tag = "training_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "The session.", body = TrainingSessionView)))]
async fn retrieve_training_session(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve(projection, move |conn, scope| {
            let row = store::find(conn, scope, id.0)?;
            show(conn, scope, lens, row)
        })
        .await
}

/// Change a training session
///
/// Changes the fields given, at the version the caller has seen, until it is over. Capacity is never lowered under what is confirmed;
/// where it is raised, the first on the waiting list get the seats at once.
#[utoipa::path(patch, path = "/training-sessions/{id}", operation_id = "training_sessions_update", tag = "training_sessions",
    params(("id" = Id, Path)), request_body = UpdateTrainingSession, responses((status = 200, description = "The session after the change.", body = TrainingSessionView)))]
async fn update_training_session(actor: Actor, id: PathId, patch: Patch<UpdateTrainingSession>) -> Answer {
    let (reach, lens) = (Reach::of(&actor), actor.lens());
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let row = store::lock(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            let row = correct(tx, scope, &reach, row, changes)?;
            show(tx.conn, scope, lens, row)
        })
        .await
}

/// List the versions of a training session
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/training-sessions/{id}/history", operation_id = "training_sessions_history", tag = "training_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_training_session_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// Move a training session on
///
/// Carries out a command at the version the caller has seen; `allowed_commands` of the session tells which are possible now.
#[utoipa::path(post, path = "/training-sessions/{id}/transitions", operation_id = "training_sessions_transition", tag = "training_sessions",
    params(("id" = Id, Path), CommandOptions), request_body = TrainingSessionCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_training_session(actor: Actor, id: PathId, order: Order<TrainingSessionCommand>) -> Answer {
    actor.transition(id.0, order, store::lock, advance).await
}

/// List the steps of a training session
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/training-sessions/{id}/transitions", operation_id = "training_sessions_transitions_list", tag = "training_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_training_session_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}

//! Routes of steps of proceedings.

use super::model::{ProceedingStepCommand, ProceedingStepFilters, RecordProceedingStep};
use super::recording;
use super::store::{self, Of};
use super::view::ProceedingStepView;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers::proceedings;
use crate::dossiers::under::TEAM;
use crate::error::Result;
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, PathId, Projection, route};
use crate::workflow::{Content, TransitionView, Transitions};

/// The steps of one proceeding as a list.
#[derive(Clone)]
struct Steps {
    proceeding_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["occurred"];

impl Listed for Steps {
    type Filters = ProceedingStepFilters;
    type View = ProceedingStepView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &ProceedingStepFilters, slice: &Slice) -> Result<Vec<(Position, ProceedingStepView)>> {
        let proceeding = proceedings::store::find(conn, scope, self.proceeding_id)?;
        let rows = store::list(conn, scope, Of::Proceeding(self.proceeding_id), filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), proceeding.with(row).shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &ProceedingStepFilters) -> Result<i64> {
        proceedings::store::find(conn, scope, self.proceeding_id)?;
        store::count(conn, scope, Of::Proceeding(self.proceeding_id), filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_proceeding_steps).lists::<ProceedingStepView>(SORTS),
        route!(record_proceeding_step).creates().shows::<ProceedingStepView>(),
        route!(retrieve_proceeding_step).shows::<ProceedingStepView>().sparse(),
        route!(transition_proceeding_step).conditional().creates(),
        route!(list_proceeding_step_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the steps of a proceeding
///
/// What was done in it, the earliest first, with what was recorded by error and voided since.
#[utoipa::path(get, path = "/proceedings/{id}/steps", operation_id = "proceeding_steps_list", tag = "proceedings",
    params(("id" = Id, Path), ProceedingStepFilters), responses((status = 200, description = "A page of steps.", body = Page<ProceedingStepView>)))]
async fn list_proceeding_steps(actor: Actor, id: PathId, list: ListOf<ProceedingStepFilters>) -> Answer {
    let steps = Steps { proceeding_id: id.0, lens: actor.lens() };
    actor.list(PartOf { list: steps, part_id: id.0, find: proceedings::store::find }, list).await
}

/// Record a step of a proceeding
///
/// Adds what was done, by whom and on which day, to a proceeding that is open. What is recorded stays.
#[utoipa::path(post, path = "/proceedings/{id}/steps", operation_id = "proceeding_steps_create", tag = "proceedings",
    params(("id" = Id, Path), CommandOptions), request_body = RecordProceedingStep, responses((status = 201, description = "The step.", body = ProceedingStepView)))]
async fn record_proceeding_step(actor: Actor, id: PathId, command: Command<RecordProceedingStep>) -> Answer {
    let lens = actor.lens();
    actor
        .create_under(
            "proceeding-steps",
            command,
            move |tx, scope| proceedings::store::find(tx.conn, scope, id.0),
            move |tx, scope, proceeding, body| {
                let row = recording::record(tx, scope, id.0, proceeding.dossier.id, body)?;
                Ok(proceeding.with(row).shown(scope, lens))
            },
        )
        .await
}

/// Retrieve a step of a proceeding
///
/// One step, whether it counts or was voided.
#[utoipa::path(get, path = "/proceeding-steps/{id}", operation_id = "proceeding_steps_retrieve", tag = "proceedings",
    params(("id" = Id, Path)), responses((status = 200, description = "The step.", body = ProceedingStepView)))]
async fn retrieve_proceeding_step(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = store::find(conn, scope, id.0)?.shown(scope, lens);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// Move a step of a proceeding on
///
/// Voids what was recorded by error, at the version the caller has seen: it counts no more, and stays in the list.
#[utoipa::path(post, path = "/proceeding-steps/{id}/transitions", operation_id = "proceeding_steps_transition", tag = "proceedings",
    params(("id" = Id, Path), CommandOptions), request_body = ProceedingStepCommand, responses((status = 201, description = "The transition.", body = TransitionView)))]
async fn transition_proceeding_step(actor: Actor, id: PathId, order: Order<ProceedingStepCommand>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| store::find(conn, scope, id)?.granted_to(scope, TEAM);
    actor.transition(id.0, order, find, recording::advance).await
}

/// List the transitions of a step of a proceeding
///
/// Whether it was voided, when, by whom and why.
#[utoipa::path(get, path = "/proceeding-steps/{id}/transitions", operation_id = "proceeding_steps_transitions_list", tag = "proceedings",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of transitions.", body = Page<TransitionView>)))]
async fn list_proceeding_step_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let transitions = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: transitions, part_id: id.0, find: store::find }, list).await
}

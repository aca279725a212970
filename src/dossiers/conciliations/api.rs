//! Routes of conciliations.

use super::lifecycle::{self, ConciliationCommand};
use super::model::{ConciliationFilters, ProposeConciliation, UpdateConciliation};
use super::store;
use super::view::ConciliationView;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers::under::{TEAM, Under};
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, Patch, PathId,
    Projection, route,
};
use crate::workflow::{Content, TransitionView, Transitions};

/// The conciliations of one dossier as a list.
#[derive(Clone)]
struct Conciliations {
    dossier_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["created"];

impl Listed for Conciliations {
    type Filters = ConciliationFilters;
    type View = ConciliationView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &ConciliationFilters, slice: &Slice) -> Result<Vec<(Position, ConciliationView)>> {
        let dossier = Under::find(conn, scope, (), self.dossier_id)?;
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        Ok(rows.into_iter().map(|found| (store::position(&found.row), dossier.with(found).shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &ConciliationFilters) -> Result<i64> {
        Under::find(conn, scope, (), self.dossier_id)?;
        store::count(conn, scope, self.dossier_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_conciliations).lists::<ConciliationView>(SORTS).discloses(Confided::Dossier),
        route!(propose_conciliation).creates().shows::<ConciliationView>().discloses(Confided::Dossier),
        route!(retrieve_conciliation).shows::<ConciliationView>().sparse(),
        route!(update_conciliation).conditional().shows::<ConciliationView>(),
        route!(list_conciliation_history).lists::<HistoryEntryView>(&[]),
        route!(transition_conciliation).conditional().creates(),
        route!(list_conciliation_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the conciliations of a dossier
///
/// What was tried to settle a case between the sides, the earliest first.
#[utoipa::path(get, path = "/dossiers/{id}/conciliations", operation_id = "conciliations_list", tag = "conciliations",
    params(("id" = Id, Path), ConciliationFilters), responses((status = 200, description = "A page of conciliations.", body = Page<ConciliationView>)))]
async fn list_conciliations(actor: Actor, id: PathId, list: ListOf<ConciliationFilters>) -> Answer {
    actor.list(Conciliations { dossier_id: id.0, lens: actor.lens() }, list).await
}

/// Propose a conciliation
///
/// Tells of one that was proposed to the sides. As long as it is under way, or something promised in it waits to be checked, the dossier
/// does not end.
#[utoipa::path(post, path = "/dossiers/{id}/conciliations", operation_id = "conciliations_create", tag = "conciliations",
    params(("id" = Id, Path), CommandOptions), request_body = ProposeConciliation, responses((status = 201, description = "The conciliation.", body = ConciliationView)))]
async fn propose_conciliation(actor: Actor, id: PathId, command: Command<ProposeConciliation>) -> Answer {
    let lens = actor.lens();
    actor
        .create_under(
            "conciliations",
            command,
            move |tx, scope| Under::find(tx.conn, scope, (), id.0),
            move |tx, scope, dossier, body| {
                let row = lifecycle::propose(tx, scope, id.0, body)?;
                Ok(dossier.with(row).shown(scope, lens))
            },
        )
        .await
}

/// Retrieve a conciliation
///
/// One conciliation of a dossier that the caller reads.
#[utoipa::path(get, path = "/conciliations/{id}", operation_id = "conciliations_retrieve", tag = "conciliations",
    params(("id" = Id, Path)), responses((status = 200, description = "The conciliation.", body = ConciliationView)))]
async fn retrieve_conciliation(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = store::find(conn, scope, id.0)?.shown(scope, lens);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// Change a conciliation
///
/// Corrects what it is about and when it was proposed, at the version the caller has seen, while the dossier is open.
#[utoipa::path(patch, path = "/conciliations/{id}", operation_id = "conciliations_update", tag = "conciliations",
    params(("id" = Id, Path)), request_body = UpdateConciliation, responses((status = 200, description = "The conciliation after the change.", body = ConciliationView)))]
async fn update_conciliation(actor: Actor, id: PathId, patch: Patch<UpdateConciliation>) -> Answer {
    let lens = actor.lens();
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let found = store::find(tx.conn, scope, id.0)?;
            expected.check(found.row.row.version)?;
            let row = lifecycle::correct(tx, scope, found.row.clone(), changes)?;
            Ok(found.with(row).shown(scope, lens))
        })
        .await
}

/// List the versions of a conciliation
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/conciliations/{id}/history", operation_id = "conciliations_history", tag = "conciliations",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_conciliation_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

/// Move a conciliation on
///
/// From the answer of the sides to their agreement, and to its check: verified once every commitment was checked (409
/// `conciliation.commitments_unchecked` names those that were not); at the version the caller has seen.
#[utoipa::path(post, path = "/conciliations/{id}/transitions", operation_id = "conciliations_transition", tag = "conciliations",
    params(("id" = Id, Path), CommandOptions), request_body = ConciliationCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_conciliation(actor: Actor, id: PathId, order: Order<ConciliationCommand>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| store::find(conn, scope, id)?.granted_to(scope, TEAM);
    actor.transition(id.0, order, find, lifecycle::advance).await
}

/// List the steps of a conciliation
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/conciliations/{id}/transitions", operation_id = "conciliations_transitions_list", tag = "conciliations",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_conciliation_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

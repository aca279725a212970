//! Routes of protection requests.

use super::lifecycle::{self, ProtectionRequestCommand};
use super::model::{PlanProtectionRequest, ProtectionRequestFilters, UpdateProtectionRequest};
use super::store;
use super::view::ProtectionRequestView;
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

/// The requests under one dossier as a list.
#[derive(Clone)]
struct ProtectionRequests {
    dossier_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["created"];

impl Listed for ProtectionRequests {
    type Filters = ProtectionRequestFilters;
    type View = ProtectionRequestView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &ProtectionRequestFilters, slice: &Slice) -> Result<Vec<(Position, ProtectionRequestView)>> {
        let dossier = Under::find(conn, scope, (), self.dossier_id)?;
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), dossier.with(row).shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &ProtectionRequestFilters) -> Result<i64> {
        Under::find(conn, scope, (), self.dossier_id)?;
        store::count(conn, scope, self.dossier_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_protection_requests).lists::<ProtectionRequestView>(SORTS).discloses(Confided::Dossier),
        route!(plan_protection_request).creates().shows::<ProtectionRequestView>().discloses(Confided::Dossier),
        route!(retrieve_protection_request).shows::<ProtectionRequestView>().sparse(),
        route!(update_protection_request).conditional().shows::<ProtectionRequestView>(),
        route!(list_protection_request_history).lists::<HistoryEntryView>(&[]),
        route!(transition_protection_request).conditional().creates(),
        route!(list_protection_request_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the protection requests of a dossier
///
/// One for each stage of the procedure, the first planned first.
#[utoipa::path(get, path = "/dossiers/{id}/protection-requests", operation_id = "protection_requests_list", tag = "protection_requests",
    params(("id" = Id, Path), ProtectionRequestFilters), responses((status = 200, description = "A page of protection requests.", body = Page<ProtectionRequestView>)))]
async fn list_protection_requests(actor: Actor, id: PathId, list: ListOf<ProtectionRequestFilters>) -> Answer {
    actor.list(ProtectionRequests { dossier_id: id.0, lens: actor.lens() }, list).await
}

/// Plan a protection request
///
/// Plans it for one stage, addressed to the employer of the day of the facts; an employer of private law owes none. Its clock runs once
/// the `request` command says when it was received.
#[utoipa::path(post, path = "/dossiers/{id}/protection-requests", operation_id = "protection_requests_create", tag = "protection_requests",
    params(("id" = Id, Path), CommandOptions), request_body = PlanProtectionRequest, responses((status = 201, description = "The request.", body = ProtectionRequestView)))]
async fn plan_protection_request(actor: Actor, id: PathId, command: Command<PlanProtectionRequest>) -> Answer {
    let lens = actor.lens();
    actor
        .create_under(
            "protection-requests",
            command,
            move |tx, scope| Under::find(tx.conn, scope, (), id.0),
            move |tx, scope, dossier, body| {
                let row = lifecycle::plan(tx, scope, id.0, body)?;
                Ok(dossier.with(row).shown(scope, lens))
            },
        )
        .await
}

/// Retrieve a protection request
///
/// One request, with the days on which its clocks end: to be confirmed by the lawyer.
#[utoipa::path(get, path = "/protection-requests/{id}", operation_id = "protection_requests_retrieve", tag = "protection_requests",
    params(("id" = Id, Path)), responses((status = 200, description = "The request.", body = ProtectionRequestView)))]
async fn retrieve_protection_request(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = store::find(conn, scope, id.0)?.shown(scope, lens);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// Change a protection request
///
/// Corrects the day of receipt while the answer is awaited, which sets the clock anew, or why the request is made.
#[utoipa::path(patch, path = "/protection-requests/{id}", operation_id = "protection_requests_update", tag = "protection_requests",
    params(("id" = Id, Path)), request_body = UpdateProtectionRequest, responses((status = 200, description = "The request after the change.", body = ProtectionRequestView)))]
async fn update_protection_request(actor: Actor, id: PathId, patch: Patch<UpdateProtectionRequest>) -> Answer {
    let lens = actor.lens();
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let found = store::find(tx.conn, scope, id.0)?;
            expected.check(found.row.version)?;
            let row = lifecycle::correct(tx, scope, found.row.clone(), changes)?;
            Ok(found.with(row).shown(scope, lens))
        })
        .await
}

/// List the versions of a protection request
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/protection-requests/{id}/history", operation_id = "protection_requests_history", tag = "protection_requests",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_protection_request_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

/// Move a protection request on
///
/// From the request to the employer's answer, or its silence, and what became of a contested refusal; at the version the caller has
/// seen.
#[utoipa::path(post, path = "/protection-requests/{id}/transitions", operation_id = "protection_requests_transition", tag = "protection_requests",
    params(("id" = Id, Path), CommandOptions), request_body = ProtectionRequestCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_protection_request(actor: Actor, id: PathId, order: Order<ProtectionRequestCommand>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| store::find(conn, scope, id)?.granted_to(scope, TEAM);
    actor.transition(id.0, order, find, lifecycle::advance).await
}

/// List the steps of a protection request
///
/// Its life so far, the first step first; the calendar has no actor.
#[utoipa::path(get, path = "/protection-requests/{id}/transitions", operation_id = "protection_requests_transitions_list", tag = "protection_requests",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_protection_request_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

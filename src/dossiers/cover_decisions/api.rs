//! Routes of cover decisions.

use super::lifecycle::{self, CoverDecisionCommand, givers};
use super::model::{CoverDecisionFilters, RequestCover, UpdateCoverDecision};
use super::store;
use super::view::CoverDecisionView;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers::under::Under;
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, Patch, PathId,
    Projection, route,
};
use crate::values::Commands;
use crate::workflow::{Content, TransitionView, Transitions};

/// The decisions on one dossier as a list.
#[derive(Clone)]
struct CoverDecisions {
    dossier_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["requested"];

impl Listed for CoverDecisions {
    type Filters = CoverDecisionFilters;
    type View = CoverDecisionView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &CoverDecisionFilters, slice: &Slice) -> Result<Vec<(Position, CoverDecisionView)>> {
        let dossier = Under::find(conn, scope, (), self.dossier_id)?;
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), dossier.with(row).shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &CoverDecisionFilters) -> Result<i64> {
        Under::find(conn, scope, (), self.dossier_id)?;
        store::count(conn, scope, self.dossier_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_cover_decisions).lists::<CoverDecisionView>(SORTS).discloses(Confided::Dossier),
        route!(request_cover).creates().shows::<CoverDecisionView>().discloses(Confided::Dossier),
        route!(retrieve_cover_decision).shows::<CoverDecisionView>().sparse(),
        route!(update_cover_decision).conditional().shows::<CoverDecisionView>(),
        route!(list_cover_decision_history).lists::<HistoryEntryView>(&[]),
        route!(transition_cover_decision).conditional().creates(),
        route!(list_cover_decision_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the cover decisions of a dossier
///
/// What the insurer and the national association were asked and answered, the earliest request first.
#[utoipa::path(get, path = "/dossiers/{id}/cover-decisions", operation_id = "cover_decisions_list", tag = "cover_decisions",
    params(("id" = Id, Path), CoverDecisionFilters), responses((status = 200, description = "A page of cover decisions.", body = Page<CoverDecisionView>)))]
async fn list_cover_decisions(actor: Actor, id: PathId, list: ListOf<CoverDecisionFilters>) -> Answer {
    actor.list(CoverDecisions { dossier_id: id.0, lens: actor.lens() }, list).await
}

/// Ask for a cover decision
///
/// Asks the insurer first; national solidarity once the insurer has refused or granted in part. Each is asked once, and only after the
/// member was told that the facts leave. A dossier does not end while an answer is awaited.
#[utoipa::path(post, path = "/dossiers/{id}/cover-decisions", operation_id = "cover_decisions_create", tag = "cover_decisions",
    params(("id" = Id, Path), CommandOptions), request_body = RequestCover, responses((status = 201, description = "The decision asked for.", body = CoverDecisionView)))]
async fn request_cover(actor: Actor, id: PathId, command: Command<RequestCover>) -> Answer {
    let lens = actor.lens();
    actor
        .create_under(
            "cover-decisions",
            command,
            move |tx, scope| Under::find(tx.conn, scope, (), id.0),
            move |tx, scope, dossier, body| {
                let row = lifecycle::request(tx, scope, id.0, body)?;
                Ok(dossier.with(row).shown(scope, lens))
            },
        )
        .await
}

/// Retrieve a cover decision
///
/// One decision on the cover of a dossier.
#[utoipa::path(get, path = "/cover-decisions/{id}", operation_id = "cover_decisions_retrieve", tag = "cover_decisions",
    params(("id" = Id, Path)), responses((status = 200, description = "The cover decision.", body = CoverDecisionView)))]
async fn retrieve_cover_decision(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = store::find(conn, scope, id.0)?.shown(scope, lens);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// Change a cover decision
///
/// Writes down the insurer's number, or corrects why cover was asked for, while the dossier is open.
#[utoipa::path(patch, path = "/cover-decisions/{id}", operation_id = "cover_decisions_update", tag = "cover_decisions",
    params(("id" = Id, Path)), request_body = UpdateCoverDecision, responses((status = 200, description = "The decision after the change.", body = CoverDecisionView)))]
async fn update_cover_decision(actor: Actor, id: PathId, patch: Patch<UpdateCoverDecision>) -> Answer {
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

/// List the versions of a cover decision
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/cover-decisions/{id}/history", operation_id = "cover_decisions_history", tag = "cover_decisions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_cover_decision_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

/// Move a cover decision on
///
/// The team writes down what the insurer answers; who is in charge of national solidarity decides on it. At the version the caller has
/// seen.
#[utoipa::path(post, path = "/cover-decisions/{id}/transitions", operation_id = "cover_decisions_transition", tag = "cover_decisions",
    params(("id" = Id, Path), CommandOptions), request_body = CoverDecisionCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_cover_decision(actor: Actor, id: PathId, order: Order<CoverDecisionCommand>) -> Answer {
    let word = order.command.word();
    let find = move |conn: &mut DbConn, scope: &Scope, id| {
        let found = store::find(conn, scope, id)?;
        let givers = givers(found.row.instance, word);
        found.granted_to(scope, givers)
    };
    actor.transition(id.0, order, find, lifecycle::advance).await
}

/// List the steps of a cover decision
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/cover-decisions/{id}/transitions", operation_id = "cover_decisions_transitions_list", tag = "cover_decisions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_cover_decision_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

//! Routes of commitments.

use super::lifecycle::{self, CommitmentCommand};
use super::model::{CommitmentFilters, MakeCommitment, UpdateCommitment};
use super::store::{self, Commitment};
use super::view::CommitmentView;
use crate::audit::Tx;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers::conciliations;
use crate::dossiers::under::TEAM;
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, Patch, PathId,
    Projection, route,
};
use crate::workflow::{Content, TransitionView, Transitions};

/// The commitments of one conciliation as a list.
#[derive(Clone)]
struct Commitments {
    conciliation_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["created"];

impl Listed for Commitments {
    type Filters = CommitmentFilters;
    type View = CommitmentView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &CommitmentFilters, slice: &Slice) -> Result<Vec<(Position, CommitmentView)>> {
        let whole = conciliations::store::find(conn, scope, self.conciliation_id)?;
        let (stage, agreed_on) = (whole.row.row.status, whole.row.row.agreed_on);
        let rows = store::list(conn, scope, self.conciliation_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), whole.with(Commitment { row, stage, agreed_on }).shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &CommitmentFilters) -> Result<i64> {
        conciliations::store::find(conn, scope, self.conciliation_id)?;
        store::count(conn, scope, self.conciliation_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_commitments).lists::<CommitmentView>(SORTS),
        route!(make_commitment).creates().shows::<CommitmentView>(),
        route!(retrieve_commitment).shows::<CommitmentView>().sparse(),
        route!(update_commitment).conditional().shows::<CommitmentView>(),
        route!(list_commitment_history).lists::<HistoryEntryView>(&[]),
        route!(transition_commitment).conditional().creates(),
        route!(list_commitment_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the commitments of a conciliation
///
/// What each side promised and what became of it, the earliest first.
#[utoipa::path(get, path = "/conciliations/{id}/commitments", operation_id = "commitments_list", tag = "conciliations",
    params(("id" = Id, Path), CommitmentFilters), responses((status = 200, description = "A page of commitments.", body = Page<CommitmentView>)))]
async fn list_commitments(actor: Actor, id: PathId, list: ListOf<CommitmentFilters>) -> Answer {
    let commitments = Commitments { conciliation_id: id.0, lens: actor.lens() };
    actor.list(PartOf { list: commitments, part_id: id.0, find: conciliations::store::find }, list).await
}

/// Write a commitment down
///
/// Tells what a side of a conciliation that is in progress or agreed commits itself to. A day to check it raises a task for the referent.
#[utoipa::path(post, path = "/conciliations/{id}/commitments", operation_id = "commitments_create", tag = "conciliations",
    params(("id" = Id, Path), CommandOptions), request_body = MakeCommitment, responses((status = 201, description = "The commitment.", body = CommitmentView)))]
async fn make_commitment(actor: Actor, id: PathId, command: Command<MakeCommitment>) -> Answer {
    let lens = actor.lens();
    let find = move |tx: &mut Tx<'_>, scope: &Scope| conciliations::store::find(tx.conn, scope, id.0);
    actor
        .create_under("commitments", command, find, move |tx, scope, found, body| {
            let row = lifecycle::make(tx, scope, id.0, found.dossier.id, body)?;
            Ok(store::find(tx.conn, scope, row.id)?.shown(scope, lens))
        })
        .await
}

/// Retrieve a commitment
///
/// One commitment of a side of a conciliation.
#[utoipa::path(get, path = "/commitments/{id}", operation_id = "commitments_retrieve", tag = "conciliations",
    params(("id" = Id, Path)), responses((status = 200, description = "The commitment.", body = CommitmentView)))]
async fn retrieve_commitment(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = store::find(conn, scope, id.0)?.shown(scope, lens);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// Change a commitment
///
/// Corrects one that nobody has checked, at the version the caller has seen, while the dossier is open. The task to check it follows.
#[utoipa::path(patch, path = "/commitments/{id}", operation_id = "commitments_update", tag = "conciliations",
    params(("id" = Id, Path)), request_body = UpdateCommitment, responses((status = 200, description = "The commitment after the change.", body = CommitmentView)))]
async fn update_commitment(actor: Actor, id: PathId, patch: Patch<UpdateCommitment>) -> Answer {
    let lens = actor.lens();
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let found = store::find(tx.conn, scope, id.0)?;
            expected.check(found.row.row.version)?;
            let row = lifecycle::correct(tx, scope, found.row.row.clone(), changes)?;
            Ok(found.with(Commitment { row, ..found.row.clone() }).shown(scope, lens))
        })
        .await
}

/// List the versions of a commitment
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/commitments/{id}/history", operation_id = "commitments_history", tag = "conciliations",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_commitment_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

/// Check a commitment
///
/// Tells whether it was kept, once the sides have agreed, at the version the caller has seen. The task to check it is done.
#[utoipa::path(post, path = "/commitments/{id}/transitions", operation_id = "commitments_transition", tag = "conciliations",
    params(("id" = Id, Path), CommandOptions), request_body = CommitmentCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_commitment(actor: Actor, id: PathId, order: Order<CommitmentCommand>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| store::find(conn, scope, id)?.granted_to(scope, TEAM);
    actor.transition(id.0, order, find, |tx, scope, step, found, command| lifecycle::advance(tx, scope, step, found, &command)).await
}

/// List the steps of a commitment
///
/// Its checks, the first one first.
#[utoipa::path(get, path = "/commitments/{id}/transitions", operation_id = "commitments_transitions_list", tag = "conciliations",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_commitment_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

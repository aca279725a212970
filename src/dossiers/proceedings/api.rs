//! Routes of proceedings.

use super::lifecycle::{self, ProceedingCommand};
use super::model::{OpenProceeding, ProceedingFilters, UpdateProceeding};
use super::store;
use super::view::ProceedingView;
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

/// The proceedings under one dossier as a list.
#[derive(Clone)]
struct Proceedings {
    dossier_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["opened"];

impl Listed for Proceedings {
    type Filters = ProceedingFilters;
    type View = ProceedingView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &ProceedingFilters, slice: &Slice) -> Result<Vec<(Position, ProceedingView)>> {
        let dossier = Under::find(conn, scope, (), self.dossier_id)?;
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), dossier.with(row).shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &ProceedingFilters) -> Result<i64> {
        Under::find(conn, scope, (), self.dossier_id)?;
        store::count(conn, scope, self.dossier_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_proceedings).lists::<ProceedingView>(SORTS).discloses(Confided::Dossier),
        route!(open_proceeding).creates().shows::<ProceedingView>().discloses(Confided::Dossier),
        route!(retrieve_proceeding).shows::<ProceedingView>().sparse(),
        route!(update_proceeding).conditional().shows::<ProceedingView>(),
        route!(list_proceeding_history).lists::<HistoryEntryView>(&[]),
        route!(transition_proceeding).conditional().creates(),
        route!(list_proceeding_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the proceedings of a dossier
///
/// What is before an authority in a case, or was, the earliest first.
#[utoipa::path(get, path = "/dossiers/{id}/proceedings", operation_id = "proceedings_list", tag = "proceedings",
    params(("id" = Id, Path), ProceedingFilters), responses((status = 200, description = "A page of proceedings.", body = Page<ProceedingView>)))]
async fn list_proceedings(actor: Actor, id: PathId, list: ListOf<ProceedingFilters>) -> Answer {
    actor.list(Proceedings { dossier_id: id.0, lens: actor.lens() }, list).await
}

/// Open a proceeding
///
/// Tells what is brought before an authority; what is done in it are its steps. While it is open, its dossier does not end.
#[utoipa::path(post, path = "/dossiers/{id}/proceedings", operation_id = "proceedings_create", tag = "proceedings",
    params(("id" = Id, Path), CommandOptions), request_body = OpenProceeding, responses((status = 201, description = "The proceeding.", body = ProceedingView)))]
async fn open_proceeding(actor: Actor, id: PathId, command: Command<OpenProceeding>) -> Answer {
    let lens = actor.lens();
    actor
        .create_under(
            "proceedings",
            command,
            move |tx, scope| Under::find(tx.conn, scope, (), id.0),
            move |tx, scope, dossier, body| {
                let row = lifecycle::open(tx, scope, id.0, body)?;
                Ok(dossier.with(row).shown(scope, lens))
            },
        )
        .await
}

/// Retrieve a proceeding
///
/// One proceeding of a dossier.
#[utoipa::path(get, path = "/proceedings/{id}", operation_id = "proceedings_retrieve", tag = "proceedings",
    params(("id" = Id, Path)), responses((status = 200, description = "The proceeding.", body = ProceedingView)))]
async fn retrieve_proceeding(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = store::find(conn, scope, id.0)?.shown(scope, lens);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// Change a proceeding
///
/// Changes the fields given, at the version the caller has seen, while it and its dossier are open. Its nature stays: its steps fit it.
#[utoipa::path(patch, path = "/proceedings/{id}", operation_id = "proceedings_update", tag = "proceedings",
    params(("id" = Id, Path)), request_body = UpdateProceeding, responses((status = 200, description = "The proceeding after the change.", body = ProceedingView)))]
async fn update_proceeding(actor: Actor, id: PathId, patch: Patch<UpdateProceeding>) -> Answer {
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

/// List the versions of a proceeding
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/proceedings/{id}/history", operation_id = "proceedings_history", tag = "proceedings",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_proceeding_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

/// Move a proceeding on
///
/// Ends it with its outcome, or takes it up again, at the version the caller has seen.
#[utoipa::path(post, path = "/proceedings/{id}/transitions", operation_id = "proceedings_transition", tag = "proceedings",
    params(("id" = Id, Path), CommandOptions), request_body = ProceedingCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_proceeding(actor: Actor, id: PathId, order: Order<ProceedingCommand>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| store::find(conn, scope, id)?.granted_to(scope, TEAM);
    actor.transition(id.0, order, find, lifecycle::advance).await
}

/// List the transitions of a proceeding
///
/// Its life so far, the first step first; what was done before the authority are its own steps.
#[utoipa::path(get, path = "/proceedings/{id}/transitions", operation_id = "proceedings_transitions_list", tag = "proceedings",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_proceeding_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

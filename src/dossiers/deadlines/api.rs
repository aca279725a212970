//! Routes of deadlines.

use super::lifecycle::{self, DeadlineCommand};
use super::model::DeadlineFilters;
use super::store;
use super::view::{DeadlineView, TITLES};
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers;
use crate::dossiers::under::{TEAM, Under};
use crate::error::Result;
use crate::http::{
    Actor, Answer, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, PathId, Projection, route,
};
use crate::workflow::{Content, TransitionView, Transitions};

/// The deadlines of one dossier, or of all that the caller reads, as a list.
#[derive(Clone)]
struct Deadlines {
    dossier_id: Option<Id>,
    lens: Lens,
}

const SORTS: &[&str] = &["due"];
const EXPANDS: &[&str] = &["dossier"];

impl Deadlines {
    fn find_dossier(&self, conn: &mut DbConn, scope: &Scope) -> Result<()> {
        self.dossier_id.map_or(Ok(()), |id| dossiers::store::find(conn, scope, id).map(drop))
    }
}

impl Listed for Deadlines {
    type Filters = DeadlineFilters;
    type View = DeadlineView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &DeadlineFilters, slice: &Slice) -> Result<Vec<(Position, DeadlineView)>> {
        self.find_dossier(conn, scope)?;
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        let found = Under::several(conn, scope, rows, |row| row.dossier_id)?;
        Ok(found.into_iter().map(|found| (store::position(&found.row), found.shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &DeadlineFilters) -> Result<i64> {
        self.find_dossier(conn, scope)?;
        store::count(conn, scope, self.dossier_id, filters)
    }

    fn whole(view: &DeadlineView) -> Option<(Confided, Id)> {
        Some((Confided::Dossier, view.dossier_id))
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_deadlines).lists::<DeadlineView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(list_deadlines_of_dossier).lists::<DeadlineView>(SORTS).exports(TITLES).discloses(Confided::Dossier),
        route!(retrieve_deadline).shows::<DeadlineView>().sparse().expands(EXPANDS),
        route!(list_deadline_history).lists::<HistoryEntryView>(&[]),
        route!(transition_deadline).conditional().creates(),
        route!(list_deadline_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List deadlines
///
/// What ends, and when, in all dossiers that the caller reads: `due=2026-11-23/2026-11-29&status=running` is the week of a department.
/// Each is computed, and to be confirmed by the lawyer.
#[utoipa::path(get, path = "/deadlines", operation_id = "deadlines_list", tag = "deadlines",
    params(DeadlineFilters), responses((status = 200, description = "A page of deadlines.", body = Page<DeadlineView>)))]
async fn list_deadlines(actor: Actor, list: ListOf<DeadlineFilters>) -> Answer {
    actor.list(Deadlines { dossier_id: None, lens: actor.lens() }, list).await
}

/// List the deadlines of a dossier
///
/// What runs in one case, and what has run in it. They are computed from its facts and from what lies under it, again with each change
/// of these, and are to be confirmed by the lawyer. They do not keep it from being closed, and nothing runs in it once it is.
#[utoipa::path(get, path = "/dossiers/{id}/deadlines", operation_id = "dossier_deadlines_list", tag = "deadlines",
    params(("id" = Id, Path), DeadlineFilters), responses((status = 200, description = "A page of deadlines.", body = Page<DeadlineView>)))]
async fn list_deadlines_of_dossier(actor: Actor, id: PathId, list: ListOf<DeadlineFilters>) -> Answer {
    actor.list(Deadlines { dossier_id: Some(id.0), lens: actor.lens() }, list).await
}

/// Retrieve a deadline
///
/// One deadline, with the text that it comes from: to be confirmed by the lawyer.
#[utoipa::path(get, path = "/deadlines/{id}", operation_id = "deadlines_retrieve", tag = "deadlines",
    params(("id" = Id, Path)), responses((status = 200, description = "The deadline.", body = DeadlineView)))]
async fn retrieve_deadline(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = store::find(conn, scope, id.0)?.shown(scope, lens);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// List the versions of a deadline
///
/// How it was computed, each time that it changed, the newest first.
#[utoipa::path(get, path = "/deadlines/{id}/history", operation_id = "deadlines_history", tag = "deadlines",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_deadline_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

/// Say what became of a deadline
///
/// That it was met, and by what; that it was missed, once it is over; or that this was said in error. At the version the caller has
/// seen. It runs again by itself when what set it off changes.
#[utoipa::path(post, path = "/deadlines/{id}/transitions", operation_id = "deadlines_transition", tag = "deadlines",
    params(("id" = Id, Path), CommandOptions), request_body = DeadlineCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_deadline(actor: Actor, id: PathId, order: Order<DeadlineCommand>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| store::find(conn, scope, id)?.granted_to(scope, TEAM);
    actor.transition(id.0, order, find, lifecycle::advance).await
}

/// List the steps of a deadline
///
/// What the team said of it, the first step first; what the facts and the calendar did stands in its versions.
#[utoipa::path(get, path = "/deadlines/{id}/transitions", operation_id = "deadlines_transitions_list", tag = "deadlines",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_deadline_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

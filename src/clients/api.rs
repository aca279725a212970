//! Routes of machines.

use super::bodies::{CreateApiClient, UpdateApiClient};
use super::model::{ApiClientCommand, ApiClientFilters, LIFECYCLE};
use super::store::{self, ApiClientRow};
use super::view::{ApiClientView, show};
use crate::audit::Action;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, Patch, PathId, Projection, route,
};
use crate::workflow::{Content, Stateful, TransitionView, Transitions};

/// The machines as a list.
#[derive(Clone)]
struct ApiClients {
    lens: Lens,
}

const SORTS: &[&str] = &["name", "created"];

impl Listed for ApiClients {
    type Filters = ApiClientFilters;
    type View = ApiClientView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &ApiClientFilters, slice: &Slice) -> Result<Vec<(Position, ApiClientView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), show(scope, self.lens, row))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &ApiClientFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_api_clients).lists::<ApiClientView>(SORTS),
        route!(create_api_client).creates().shows::<ApiClientView>(),
        route!(retrieve_api_client).shows::<ApiClientView>().sparse(),
        route!(update_api_client).conditional().shows::<ApiClientView>(),
        route!(list_api_client_history).lists::<HistoryEntryView>(&[]),
        route!(transition_api_client).conditional().creates(),
        route!(list_api_client_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List machines
///
/// By name.
#[utoipa::path(get, path = "/api-clients", operation_id = "api_clients_list", tag = "api_clients",
    params(ApiClientFilters), responses((status = 200, description = "A page of machines.", body = Page<ApiClientView>)))]
async fn list_api_clients(actor: Actor, list: ListOf<ApiClientFilters>) -> Answer {
    actor.list(ApiClients { lens: actor.lens() }, list).await
}

/// Make a machine
///
/// With its scopes, rows and networks. It has no role, and no secret until one is asked for. One administrator is enough: a machine gets
/// at most the directory, and dossiers as an analyst reads them.
#[utoipa::path(post, path = "/api-clients", operation_id = "api_clients_create", tag = "api_clients",
    params(CommandOptions), request_body = CreateApiClient, responses((status = 201, description = "The machine.", body = ApiClientView)))]
async fn create_api_client(actor: Actor, command: Command<CreateApiClient>) -> Answer {
    let lens = actor.lens();
    actor
        .create("api-clients", command, move |tx, scope, body| {
            let row = body.into_row(tx)?;
            let row = store::insert(tx, scope, row)?;
            tx.record(Action::Create, &ApiClientView::from(row.clone()))?;
            Ok(show(scope, lens, row))
        })
        .await
}

/// Retrieve a machine
///
/// One machine, without its secrets.
#[utoipa::path(get, path = "/api-clients/{id}", operation_id = "api_clients_retrieve", tag = "api_clients",
    params(("id" = Id, Path)), responses((status = 200, description = "The machine.", body = ApiClientView)))]
async fn retrieve_api_client(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(|row| show(scope, lens, row))).await
}

/// Change a machine
///
/// Changes the fields given, at the version the caller has seen. Its tokens stop counting at the next request of each; new ones say what
/// it may do now.
#[utoipa::path(patch, path = "/api-clients/{id}", operation_id = "api_clients_update", tag = "api_clients",
    params(("id" = Id, Path)), request_body = UpdateApiClient, responses((status = 200, description = "The machine after the change.", body = ApiClientView)))]
async fn update_api_client(actor: Actor, id: PathId, patch: Patch<UpdateApiClient>) -> Answer {
    let lens = actor.lens();
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            let from = row.status();
            let row = store::advance(tx, scope, changes.apply(row)?, from)?;
            tx.record(Action::Update, &ApiClientView::from(row.clone()))?;
            Ok(show(scope, lens, row))
        })
        .await
}

/// List the versions of a machine
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/api-clients/{id}/history", operation_id = "api_clients_history", tag = "api_clients",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_api_client_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// Move a machine on
///
/// Shuts it out or lets it in again, at the version the caller has seen; its tokens stop counting at the next request of each.
#[utoipa::path(post, path = "/api-clients/{id}/transitions", operation_id = "api_clients_transition", tag = "api_clients",
    params(("id" = Id, Path), CommandOptions), request_body = ApiClientCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_api_client(actor: Actor, id: PathId, order: Order<ApiClientCommand>) -> Answer {
    actor
        .transition(id.0, order, store::find, move |tx, scope, step, row, _| {
            let from = row.status();
            let row = ApiClientRow { enabled: step.to == LIFECYCLE.initial, ..row };
            let view = ApiClientView::from(store::advance(tx, scope, row, from)?);
            tx.record(Action::Transition, &view)?;
            Ok(view)
        })
        .await
}

/// List the steps of a machine
///
/// When it was shut out and let in again, by whom and why; the first step first.
#[utoipa::path(get, path = "/api-clients/{id}/transitions", operation_id = "api_clients_transitions_list", tag = "api_clients",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_api_client_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}

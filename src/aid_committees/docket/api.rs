//! Routes of dockets.

use super::lifecycle::{self, DocketCommand};
use super::listing;
use super::model::{DocketFilters, PutOnDocket};
use super::store;
use super::view::{AidDocketItemView, TITLES};
use crate::aid_committees::sessions::store as sessions;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PathId, Projection, route,
};
use crate::workflow::{Content, TransitionView, Transitions};

/// The docket of one session as a list.
#[derive(Clone)]
struct Docket {
    session_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["number"];

impl Listed for Docket {
    type Filters = DocketFilters;
    type View = AidDocketItemView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &DocketFilters, slice: &Slice) -> Result<Vec<(Position, AidDocketItemView)>> {
        let session = sessions::find(conn, scope, self.session_id)?;
        let rows = store::list(conn, scope, self.session_id, filters, slice)?;
        let items = lifecycle::beside(conn, scope, &session, rows)?;
        Ok(items.into_iter().map(|item| (store::position(&item.row), item.shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &DocketFilters) -> Result<i64> {
        sessions::find(conn, scope, self.session_id)?;
        store::count(conn, scope, self.session_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_aid_docket).lists::<AidDocketItemView>(SORTS).exports(TITLES),
        route!(put_on_aid_docket).creates().shows::<AidDocketItemView>(),
        route!(retrieve_aid_docket_item).shows::<AidDocketItemView>().sparse(),
        route!(list_aid_docket_item_history).lists::<HistoryEntryView>(&[]),
        route!(transition_aid_docket_item).conditional().creates(),
        route!(list_aid_docket_item_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the docket of a session
///
/// The requests that stand before it, each by a number of this session and never by a name. What one asked for oneself is not on it.
#[utoipa::path(get, path = "/aid-sessions/{id}/docket-items", operation_id = "aid_docket_items_list", tag = "aid_docket",
    params(("id" = Id, Path), DocketFilters), responses((status = 200, description = "A page of the docket.", body = Page<AidDocketItemView>)))]
async fn list_aid_docket(actor: Actor, id: PathId, list: ListOf<DocketFilters>) -> Answer {
    actor.list(Docket { session_id: id.0, lens: actor.lens() }, list).await
}

/// Put a request on the docket of a session
///
/// Takes a request that was instructed, or adjourned, before a session that has not ended. Urgent grants come on the docket of the next
/// session by themselves.
#[utoipa::path(post, path = "/aid-sessions/{id}/docket-items", operation_id = "aid_docket_items_create", tag = "aid_docket",
    params(("id" = Id, Path), CommandOptions), request_body = PutOnDocket,
    responses((status = 201, description = "Its place on the docket.", body = AidDocketItemView)))]
async fn put_on_aid_docket(actor: Actor, id: PathId, command: Command<PutOnDocket>) -> Answer {
    let lens = actor.lens();
    let find = move |tx: &mut Tx<'_>, scope: &Scope| sessions::find(tx.conn, scope, id.0).map(drop);
    let put = move |tx: &mut Tx<'_>, scope: &Scope, (), body| Ok(listing::put(tx, scope, id.0, &body)?.shown(scope, lens));
    actor.create_under("aid-docket-items", command, find, put).await
}

/// Retrieve what stands on a docket
///
/// One request before a session, under its number.
#[utoipa::path(get, path = "/aid-docket-items/{id}", operation_id = "aid_docket_items_retrieve", tag = "aid_docket",
    params(("id" = Id, Path)), responses((status = 200, description = "What the committee is shown of it.", body = AidDocketItemView)))]
async fn retrieve_aid_docket_item(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor.retrieve(projection, move |conn, scope| Ok(lifecycle::find(conn, scope, id.0)?.shown(scope, lens))).await
}

/// List the versions of what stands on a docket
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/aid-docket-items/{id}/history", operation_id = "aid_docket_items_history", tag = "aid_docket",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_aid_docket_item_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// Decide on what stands on a docket
///
/// What the majority of the votes cast says, where they are equal the chair's, set down by whoever presides or keeps the record while the
/// session is open and has its quorum: granted, in part, refused, ratified or not, or left to a later session. What is granted is drawn
/// from the envelope at once, or nothing is decided; at the version the caller has seen.
#[utoipa::path(post, path = "/aid-docket-items/{id}/transitions", operation_id = "aid_docket_items_transition", tag = "aid_docket",
    params(("id" = Id, Path), CommandOptions), request_body = DocketCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_aid_docket_item(actor: Actor, id: PathId, order: Order<DocketCommand>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| {
        let found = lifecycle::find(conn, scope, id)?;
        if found.is_moved_by(scope) { Ok(found) } else { Err(Error::of(Code::CommandNotGranted)) }
    };
    actor.transition(id.0, order, find, lifecycle::advance).await
}

/// List the steps of what stands on a docket
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/aid-docket-items/{id}/transitions", operation_id = "aid_docket_items_transitions_list", tag = "aid_docket",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_aid_docket_item_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}

//! Routes of links.

use super::making;
use super::model::{LinkCommand, LinkDossier, LinkFilters};
use super::store::{self, LinkRow};
use super::view::LinkView;
use crate::audit::Tx;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers;
use crate::dossiers::store::lock_open;
use crate::dossiers::under::{TEAM, Under};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, PathId, Projection,
    route,
};
use crate::workflow::{Content, TransitionView, Transitions};

/// The links of one dossier as a list.
#[derive(Clone)]
struct Links {
    dossier_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["created"];

impl Listed for Links {
    type Filters = LinkFilters;
    type View = LinkView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &LinkFilters, slice: &Slice) -> Result<Vec<(Position, LinkView)>> {
        let dossier = Under::find(conn, scope, (), self.dossier_id)?;
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), dossier.with(row).shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &LinkFilters) -> Result<i64> {
        Under::find(conn, scope, (), self.dossier_id)?;
        store::count(conn, scope, self.dossier_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_links).lists::<LinkView>(SORTS).discloses(Confided::Dossier),
        route!(link_dossier).creates().shows::<LinkView>().discloses(Confided::Dossier),
        route!(retrieve_link).shows::<LinkView>().sparse(),
        route!(list_link_history).lists::<HistoryEntryView>(&[]),
        route!(transition_link).conditional().creates(),
        route!(list_link_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the links of a dossier
///
/// What it is to other dossiers and these to it, the earliest made first, those withdrawn included. A link to a dossier that the caller
/// does not read is neither shown nor counted.
#[utoipa::path(get, path = "/dossiers/{id}/links", operation_id = "links_list", tag = "links",
    params(("id" = Id, Path), LinkFilters), responses((status = 200, description = "A page of links.", body = Page<LinkView>)))]
async fn list_links(actor: Actor, id: PathId, list: ListOf<LinkFilters>) -> Answer {
    actor.list(Links { dossier_id: id.0, lens: actor.lens() }, list).await
}

/// Link a dossier
///
/// Says what an open dossier is to another that the caller reads, open or not. One link of a kind stands between two dossiers; `follows`
/// never leads back to where it began. `split_from` and `duplicate_of` are made by splitting a dossier and by merging it.
#[utoipa::path(post, path = "/dossiers/{id}/links", operation_id = "links_create", tag = "links",
    params(("id" = Id, Path), CommandOptions), request_body = LinkDossier, responses((status = 201, description = "The link.", body = LinkView)))]
async fn link_dossier(actor: Actor, id: PathId, command: Command<LinkDossier>) -> Answer {
    let lens = actor.lens();
    actor
        .create_under(
            "links",
            command,
            move |tx, scope| Under::find(tx.conn, scope, (), id.0),
            move |tx, scope, dossier, body| {
                let row = link(tx, scope, id.0, body)?;
                Ok(dossier.with(row).shown(scope, lens))
            },
        )
        .await
}

fn link(tx: &mut Tx<'_>, scope: &Scope, from_id: Id, body: LinkDossier) -> Result<LinkRow> {
    let LinkDossier { kind, linked_dossier_id: to_id, note } = body;
    lock_open(tx, scope, from_id)?;
    if dossiers::store::find_by_ids(tx.conn, scope, vec![to_id])?.is_empty() {
        return Err(Error::field("/linked_dossier_id", Code::ReferenceNotFound));
    }
    if to_id == from_id {
        return Err(Error::field("/linked_dossier_id", Code::ReferenceCycle));
    }
    making::make(tx, scope, from_id, (kind, to_id), note)
}

/// Retrieve a link
///
/// One link between two dossiers that the caller reads, as seen from the one that it was made from.
#[utoipa::path(get, path = "/links/{id}", operation_id = "links_retrieve", tag = "links",
    params(("id" = Id, Path)), responses((status = 200, description = "The link.", body = LinkView)))]
async fn retrieve_link(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = store::find(conn, scope, id.0)?.shown(scope, lens);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// List the versions of a link
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/links/{id}/history", operation_id = "links_history", tag = "links",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_link_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let versions = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: versions, part_id: id.0, find: store::find }, list).await
}

/// Move a link on
///
/// Withdraws it, at the version the caller has seen, while the dossier that it was made from is open; it stays in the list. What follows from
/// splitting stands for good, and what follows from merging until the duplicate is reopened.
#[utoipa::path(post, path = "/links/{id}/transitions", operation_id = "links_transition", tag = "links",
    params(("id" = Id, Path), CommandOptions), request_body = LinkCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_link(actor: Actor, id: PathId, order: Order<LinkCommand>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| store::find(conn, scope, id)?.granted_to(scope, TEAM);
    actor
        .transition(id.0, order, find, move |tx, scope, _, found: Under<LinkRow>, LinkCommand::Withdraw { reason }| {
            lock_open(tx, scope, found.dossier.id)?;
            if found.row.kind.is_of_house() {
                return Err(Error::of(Code::LinkKept));
            }
            making::withdraw(tx, scope, found.row, reason)
        })
        .await
}

/// List the steps of a link
///
/// Who withdrew it, if anybody did.
#[utoipa::path(get, path = "/links/{id}/transitions", operation_id = "links_transitions_list", tag = "links",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_link_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

//! Routes of parties.

use super::bodies::{CreateParty, UpdateParty};
use super::model::PartyFilters;
use super::recording::{People, add, correct};
use super::store;
use super::view::{PartyView, TITLES};
use crate::audit::access::Confided;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers;
use crate::error::{Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, PartOf, Patch, PathId, Projection, route,
};

/// The parties of one dossier as a list.
#[derive(Clone)]
struct Parties {
    dossier_id: Id,
}

const SORTS: &[&str] = &["created"];
const EXPANDS: &[&str] = &["member"];

impl Listed for Parties {
    type Filters = PartyFilters;
    type View = PartyView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &PartyFilters, slice: &Slice) -> Result<Vec<(Position, PartyView)>> {
        dossiers::store::find(conn, scope, self.dossier_id)?;
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &PartyFilters) -> Result<i64> {
        dossiers::store::find(conn, scope, self.dossier_id)?;
        store::count(conn, scope, self.dossier_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_parties).lists::<PartyView>(SORTS).exports(TITLES).expands(EXPANDS).discloses(Confided::Dossier),
        route!(create_party).creates().shows::<PartyView>().discloses(Confided::Dossier),
        route!(retrieve_party).shows::<PartyView>().sparse().expands(EXPANDS),
        route!(update_party).conditional().shows::<PartyView>(),
        route!(list_party_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the parties of a dossier
///
/// Who has a part in it besides its member, the earliest recorded first.
#[utoipa::path(get, path = "/dossiers/{id}/parties", operation_id = "parties_list", tag = "parties",
    params(("id" = Id, Path), PartyFilters), responses((status = 200, description = "A page of parties.", body = Page<PartyView>)))]
async fn list_parties(actor: Actor, id: PathId, list: ListOf<PartyFilters>) -> Answer {
    actor.list(Parties { dossier_id: id.0 }, list).await
}

/// Create a party
///
/// Names somebody who has a part in an open dossier, as far as that is needed. Its own member is no opponent in it. The answer never
/// tells whether somebody is known elsewhere.
#[utoipa::path(post, path = "/dossiers/{id}/parties", operation_id = "parties_create", tag = "parties",
    params(("id" = Id, Path), CommandOptions), request_body = CreateParty, responses((status = 201, description = "The party.", body = PartyView)))]
async fn create_party(actor: Actor, id: PathId, command: Command<CreateParty>) -> Answer {
    let (people, trial) = (People::of(&actor), command.validate);
    let find = move |tx: &mut Tx<'_>, scope: &Scope| dossiers::store::find(tx.conn, scope, id.0);
    actor
        .create_under("parties", command, find, move |tx, scope, dossier, body| {
            let view = PartyView::from(add(tx, scope, &people, dossier.id, body, trial)?);
            tx.record(Action::Create, &view)?;
            Ok::<PartyView, Error>(view)
        })
        .await
}

/// Retrieve a party
///
/// Somebody who has a part in a dossier.
#[utoipa::path(get, path = "/parties/{id}", operation_id = "parties_retrieve", tag = "parties",
    params(("id" = Id, Path)), responses((status = 200, description = "The party.", body = PartyView)))]
async fn retrieve_party(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = PartyView::from(store::find(conn, scope, id.0)?);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// Change a party
///
/// Corrects the fields given, at the version the caller has seen, while the dossier is open.
#[utoipa::path(patch, path = "/parties/{id}", operation_id = "parties_update", tag = "parties",
    params(("id" = Id, Path)), request_body = UpdateParty, responses((status = 200, description = "The party after the change.", body = PartyView)))]
async fn update_party(actor: Actor, id: PathId, patch: Patch<UpdateParty>) -> Answer {
    let people = People::of(&actor);
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            let view = PartyView::from(correct(tx, scope, &people, row, changes)?);
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// List the versions of a party
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/parties/{id}/history", operation_id = "parties_history", tag = "parties",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_party_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

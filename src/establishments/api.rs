//! Routes of establishments.

use super::bodies::{CreateEstablishment, UpdateEstablishment};
use super::model::EstablishmentFilters;
use super::store::{self, EstablishmentRow};
use super::view::{EstablishmentView, TITLES};
use crate::audit::Action;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, Expansion, History, HistoryEntryView, IfMatch, Lens, ListOf, Listed, NoFilters, Page, Patch, PathId,
    Projection, Shown, route,
};
use crate::values::Day;
use std::collections::HashMap;

/// The directory as a list.
#[derive(Clone)]
struct Establishments {
    today: Day,
}

const SORTS: &[&str] = &["name", "uai", "updated"];
const EXPANDS: &[&str] = &["parent", "successor", "parent.parent", "parent.successor", "successor.parent", "successor.successor"];

impl Listed for Establishments {
    type Filters = EstablishmentFilters;
    type View = EstablishmentView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &EstablishmentFilters, slice: &Slice) -> Result<Vec<(Position, EstablishmentView)>> {
        let rows = store::list(conn, scope, filters, self.today, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &EstablishmentFilters) -> Result<i64> {
        store::count(conn, scope, filters, self.today)
    }
}

/// What other resources can show of establishments.
pub const EXPANSIONS: [Expansion; 3] = [
    Expansion { name: "parent", reference: "parent_uai", operation: "establishments_retrieve", discloses: None, load: load_by_uai },
    Expansion { name: "successor", reference: "successor_id", operation: "establishments_retrieve", discloses: None, load: load_by_id },
    Expansion { name: "establishment", reference: "establishment_id", operation: "establishments_retrieve", discloses: None, load: load_by_id },
];

fn load_by_uai(conn: &mut DbConn, scope: &Scope, _: Lens, uais: &[String]) -> Result<HashMap<String, Shown>> {
    by_key(store::find_by_uais(conn, scope, uais.to_vec())?, |row| row.uai.to_string())
}

fn load_by_id(conn: &mut DbConn, scope: &Scope, _: Lens, ids: &[String]) -> Result<HashMap<String, Shown>> {
    let ids = ids.iter().filter_map(|id| Id::parse(id)).collect();
    by_key(store::find_by_ids(conn, scope, ids)?, |row| row.id.to_string())
}

fn by_key(rows: Vec<EstablishmentRow>, key: fn(&EstablishmentRow) -> String) -> Result<HashMap<String, Shown>> {
    rows.into_iter().map(|row| Ok((key(&row), Shown::of(&EstablishmentView::from(row))?))).collect()
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_establishments).lists::<EstablishmentView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_establishment).creates().shows::<EstablishmentView>(),
        route!(retrieve_establishment).shows::<EstablishmentView>().sparse().expands(EXPANDS),
        route!(update_establishment).conditional().shows::<EstablishmentView>(),
        route!(delete_establishment).conditional(),
        route!(list_establishment_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List establishments
///
/// The school directory, by name. Any filter is valid on the CSV and NDJSON forms too.
#[utoipa::path(get, path = "/establishments", operation_id = "establishments_list", tag = "establishments",
    params(EstablishmentFilters), responses((status = 200, description = "A page of establishments.", body = Page<EstablishmentView>)))]
async fn list_establishments(actor: Actor, list: ListOf<EstablishmentFilters>) -> Answer {
    actor.list(Establishments { today: actor.today() }, list).await
}

/// Create an establishment
///
/// Puts an establishment into the directory; its UAI must be free.
#[utoipa::path(post, path = "/establishments", operation_id = "establishments_create", tag = "establishments",
    params(CommandOptions), request_body = CreateEstablishment, responses((status = 201, description = "The establishment.", body = EstablishmentView)))]
async fn create_establishment(actor: Actor, command: Command<CreateEstablishment>) -> Answer {
    actor
        .create("establishments", command, |tx, scope, body| {
            let row = body.into_row(tx.now);
            let view = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok::<EstablishmentView, Error>(view)
        })
        .await
}

/// Retrieve an establishment
///
/// One establishment of the directory.
#[utoipa::path(get, path = "/establishments/{id}", operation_id = "establishments_retrieve", tag = "establishments",
    params(("id" = Id, Path)), responses((status = 200, description = "The establishment.", body = EstablishmentView)))]
async fn retrieve_establishment(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(EstablishmentView::from)).await
}

/// Change an establishment
///
/// Changes the fields given, at the version the caller has seen.
#[utoipa::path(patch, path = "/establishments/{id}", operation_id = "establishments_update", tag = "establishments",
    params(("id" = Id, Path)), request_body = UpdateEstablishment, responses((status = 200, description = "The establishment after the change.", body = EstablishmentView)))]
async fn update_establishment(actor: Actor, id: PathId, patch: Patch<UpdateEstablishment>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row);
            let view = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok::<EstablishmentView, Error>(view)
        })
        .await
}

/// Delete an establishment
///
/// Takes an establishment out of the directory; refused while anything refers to it. Its history stays.
#[utoipa::path(delete, path = "/establishments/{id}", operation_id = "establishments_delete", tag = "establishments",
    params(("id" = Id, Path)), responses((status = 204, description = "It is no longer in the directory.")))]
async fn delete_establishment(actor: Actor, id: PathId, expected: IfMatch) -> Answer {
    actor
        .delete(expected, move |tx, scope, expected| {
            let view: EstablishmentView = store::delete(tx, scope, id.0, expected)?.into();
            tx.record(Action::Delete, &view)
        })
        .await
}

/// List the versions of an establishment
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/establishments/{id}/history", operation_id = "establishments_history", tag = "establishments",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_establishment_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

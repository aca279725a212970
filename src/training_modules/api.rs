//! Routes of training modules.

use super::bodies::{CreateTrainingModule, TITLES, TrainingModuleView, UpdateTrainingModule};
use super::model::TrainingModuleFilters;
use super::store;
use crate::audit::Action;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, Expansion, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection,
    Shown, route,
};
use std::collections::HashMap;

/// Training modules as a list.
#[derive(Clone)]
struct TrainingModules;

const SORTS: &[&str] = &["code", "title"];

impl Listed for TrainingModules {
    type Filters = TrainingModuleFilters;
    type View = TrainingModuleView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &TrainingModuleFilters, slice: &Slice) -> Result<Vec<(Position, TrainingModuleView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &TrainingModuleFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

/// What other resources can show of training modules.
pub const EXPANSIONS: [Expansion; 1] =
    [Expansion { name: "module", reference: "module_id", operation: "training_modules_retrieve", discloses: None, load: load_by_id }];

fn load_by_id(conn: &mut DbConn, scope: &Scope, _: Lens, ids: &[String]) -> Result<HashMap<String, Shown>> {
    let rows = store::find_by_ids(conn, scope, ids.iter().filter_map(|id| Id::parse(id)).collect())?;
    rows.into_iter().map(|row| Ok((row.id.to_string(), Shown::of(&TrainingModuleView::from(row))?))).collect()
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_training_modules).lists::<TrainingModuleView>(SORTS).exports(TITLES),
        route!(create_training_module).creates().shows::<TrainingModuleView>(),
        route!(retrieve_training_module).shows::<TrainingModuleView>().sparse(),
        route!(update_training_module).conditional().shows::<TrainingModuleView>(),
        route!(list_training_module_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List training modules
///
/// What can be taught, by code.
#[utoipa::path(get, path = "/training-modules", operation_id = "training_modules_list", tag = "training_modules",
    params(TrainingModuleFilters), responses((status = 200, description = "A page of modules.", body = Page<TrainingModuleView>)))]
async fn list_training_modules(actor: Actor, list: ListOf<TrainingModuleFilters>) -> Answer {
    actor.list(TrainingModules, list).await
}

/// Create a training module
///
/// Records what can be taught; sessions are planned of it.
#[utoipa::path(post, path = "/training-modules", operation_id = "training_modules_create", tag = "training_modules",
    params(CommandOptions), request_body = CreateTrainingModule, responses((status = 201, description = "The module.", body = TrainingModuleView)))]
async fn create_training_module(actor: Actor, command: Command<CreateTrainingModule>) -> Answer {
    actor
        .create("training-modules", command, |tx, scope, body| {
            let row = body.into_row(tx.now);
            let view: TrainingModuleView = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok(view)
        })
        .await
}

/// Retrieve a training module
///
/// One module.
#[utoipa::path(get, path = "/training-modules/{id}", operation_id = "training_modules_retrieve", tag = "training_modules",
    params(("id" = Id, Path)), responses((status = 200, description = "The module.", body = TrainingModuleView)))]
async fn retrieve_training_module(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(TrainingModuleView::from)).await
}

/// Change a training module
///
/// Changes the fields given, at the version the caller has seen. One that is given no more is retired, and stays.
#[utoipa::path(patch, path = "/training-modules/{id}", operation_id = "training_modules_update", tag = "training_modules",
    params(("id" = Id, Path)), request_body = UpdateTrainingModule, responses((status = 200, description = "The module after the change.", body = TrainingModuleView)))]
async fn update_training_module(actor: Actor, id: PathId, patch: Patch<UpdateTrainingModule>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row);
            let view: TrainingModuleView = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// List the versions of a training module
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/training-modules/{id}/history", operation_id = "training_modules_history", tag = "training_modules",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_training_module_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

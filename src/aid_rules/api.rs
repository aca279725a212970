//! Routes of the rules of aid.

use super::model::AidRulesFilters;
use super::store;
use super::view::{AidRulesView, CreateAidRules, TITLES, UpdateAidRules};
use crate::associations;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};

/// The rules as a list.
#[derive(Clone)]
struct AidRules;

impl Listed for AidRules {
    type Filters = AidRulesFilters;
    type View = AidRulesView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &AidRulesFilters, slice: &Slice) -> Result<Vec<(Position, AidRulesView)>> {
        Ok(store::list(conn, scope, filters, slice)?.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &AidRulesFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_aid_rules).lists::<AidRulesView>(&["year"]).exports(TITLES),
        route!(create_aid_rules).creates().shows::<AidRulesView>(),
        route!(retrieve_aid_rules).shows::<AidRulesView>().sparse(),
        route!(update_aid_rules).conditional().shows::<AidRulesView>(),
        route!(list_aid_rules_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the rules of aid
///
/// What members must meet to be granted aid, by association and year, the earliest year first. The rules of an association stand in the
/// place of the national ones of that year as a whole.
#[utoipa::path(get, path = "/aid-rules", operation_id = "aid_rules_list", tag = "financial_aid",
    params(AidRulesFilters), responses((status = 200, description = "A page of rules.", body = Page<AidRulesView>)))]
async fn list_aid_rules(actor: Actor, list: ListOf<AidRulesFilters>) -> Answer {
    actor.list(AidRules, list).await
}

/// Set the rules of aid of a year
///
/// For one association, or for all that have none of their own.
#[utoipa::path(post, path = "/aid-rules", operation_id = "aid_rules_create", tag = "financial_aid",
    params(CommandOptions), request_body = CreateAidRules, responses((status = 201, description = "The rules.", body = AidRulesView)))]
async fn create_aid_rules(actor: Actor, command: Command<CreateAidRules>) -> Answer {
    actor.create("aid-rules", command, set).await
}

/// Sets the rules of an association, or of all that have none of their own.
pub fn set(tx: &mut Tx<'_>, scope: &Scope, body: CreateAidRules) -> Result<AidRulesView> {
    let find = |id| associations::store::find(tx.conn, &Scope::everybody(), id).map_err(|error| error.of_reference("/association_id"));
    let association = body.association_id.map(find).transpose()?;
    let row = body.into_row(association.and_then(|association| association.department_code), tx)?;
    let view = store::insert(tx, scope, row)?.into();
    tx.record(Action::Create, &view)?;
    Ok(view)
}

/// Retrieve the rules of aid of a year
///
/// Those of one association, or the national ones.
#[utoipa::path(get, path = "/aid-rules/{id}", operation_id = "aid_rules_retrieve", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "The rules.", body = AidRulesView)))]
async fn retrieve_aid_rules(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(AidRulesView::from)).await
}

/// Change the rules of aid of a year
///
/// Changes the fields given, at the version the caller has seen. Requests that were decided stay so.
#[utoipa::path(patch, path = "/aid-rules/{id}", operation_id = "aid_rules_update", tag = "financial_aid",
    params(("id" = Id, Path)), request_body = UpdateAidRules, responses((status = 200, description = "The rules after the change.", body = AidRulesView)))]
async fn update_aid_rules(actor: Actor, id: PathId, patch: Patch<UpdateAidRules>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row);
            let view: AidRulesView = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// List the versions of the rules of aid of a year
///
/// Who changed what and when, the newest first. They name people: a department reads those of its own association alone.
#[utoipa::path(get, path = "/aid-rules/{id}/history", operation_id = "aid_rules_history", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_aid_rules_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

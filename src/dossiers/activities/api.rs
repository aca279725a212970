//! Routes of activities.

use super::bodies::{CreateActivity, UpdateActivity};
use super::model::{ActivityFilters, Audience, Author};
use super::store;
use super::view::{ActivityView, TITLES};
use crate::audit::access::{Confided, Part};
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers;
use crate::dossiers::under::{TEAM, Under};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, PartOf, Patch, PathId, Projection, route,
};
use serde_json::{Value, json};

/// The activities of one dossier as a list.
#[derive(Clone)]
struct Activities {
    dossier_id: Id,
}

const SORTS: &[&str] = &["started"];

impl Listed for Activities {
    type Filters = ActivityFilters;
    type View = ActivityView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &ActivityFilters, slice: &Slice) -> Result<Vec<(Position, ActivityView)>> {
        dossiers::store::find(conn, scope, self.dossier_id)?;
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &ActivityFilters) -> Result<i64> {
        dossiers::store::find(conn, scope, self.dossier_id)?;
        store::count(conn, scope, self.dossier_id, filters)
    }
}

/// The versions of an activity. What it said while it was not meant for the caller is not told later.
#[derive(Clone)]
struct Versions(History);

impl Listed for Versions {
    type Filters = NoFilters;
    type View = HistoryEntryView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &NoFilters, slice: &Slice) -> Result<Vec<(Position, HistoryEntryView)>> {
        let caller = json!(scope.caller());
        let dossier_id = store::find(conn, scope, self.0.id)?.dossier_id;
        let in_charge = json!(dossiers::store::find(conn, scope, dossier_id)?.referent_id) == caller;
        let meant = |told: &Value| {
            let for_team = told["visibility"].as_array().is_some_and(|named| named.contains(&json!(Audience::Team)));
            told["author_id"] == caller || for_team || in_charge && told["referent_id"] == caller
        };
        let shown = |HistoryEntryView { before, after, .. }: &mut HistoryEntryView| {
            for told in [before, after] {
                *told = told.take().filter(meant);
            }
        };
        let mut entries = self.0.page(conn, scope, filters, slice)?;
        entries.iter_mut().for_each(|(_, entry)| shown(entry));
        Ok(entries)
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &NoFilters) -> Result<i64> {
        self.0.count(conn, scope, filters)
    }
}

/// The address names the dossier.
impl Part for Author {}

/// As what the caller writes in a dossier that is theirs to read.
fn author_in(conn: &mut DbConn, scope: &Scope, dossier_id: Id) -> Result<Author> {
    let found = Under::find(conn, scope, (), dossier_id)?;
    Ok(if found.is_moved_by(scope, TEAM) { Author::Team } else { Author::Lawyer })
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_activities).lists::<ActivityView>(SORTS).exports(TITLES).discloses(Confided::Dossier),
        route!(create_activity).creates().shows::<ActivityView>().discloses(Confided::Dossier),
        route!(retrieve_activity).shows::<ActivityView>().sparse(),
        route!(update_activity).conditional().shows::<ActivityView>(),
        route!(list_activity_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the activities of a dossier
///
/// What was done in a case, as far as it is meant for the caller, in the order in which it began. Whoever reads the dossier for the
/// association is of the team; a lawyer reads what is meant for the lawyer; what is meant for its author alone, nobody else reads, and
/// what is meant for the referent, only the one whom it names, while they are in charge.
#[utoipa::path(get, path = "/dossiers/{id}/activities", operation_id = "activities_list", tag = "activities",
    params(("id" = Id, Path), ActivityFilters), responses((status = 200, description = "A page of activities.", body = Page<ActivityView>)))]
async fn list_activities(actor: Actor, id: PathId, list: ListOf<ActivityFilters>) -> Answer {
    actor.list(Activities { dossier_id: id.0 }, list).await
}

/// Record an activity
///
/// Tells what the caller did in an open dossier, and for whom that is meant. A lawyer writes while their mandate runs, for themselves and,
/// if they say so, for the referent: no head, nobody who breaks the glass and no other lawyer reads it.
#[utoipa::path(post, path = "/dossiers/{id}/activities", operation_id = "activities_create", tag = "activities",
    params(("id" = Id, Path), CommandOptions), request_body = CreateActivity, responses((status = 201, description = "The activity.", body = ActivityView)))]
async fn create_activity(actor: Actor, id: PathId, command: Command<CreateActivity>) -> Answer {
    let find = move |tx: &mut Tx<'_>, scope: &Scope| author_in(tx.conn, scope, id.0);
    actor
        .create_under("activities", command, find, move |tx, scope, by, body| {
            let row = body.into_row(id.0, by, tx)?;
            let view = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok::<ActivityView, Error>(view)
        })
        .await
}

/// Retrieve an activity
///
/// One activity that is meant for the caller.
#[utoipa::path(get, path = "/activities/{id}", operation_id = "activities_retrieve", tag = "activities",
    params(("id" = Id, Path)), responses((status = 200, description = "The activity.", body = ActivityView)))]
async fn retrieve_activity(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = ActivityView::from(store::find(conn, scope, id.0)?);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// Change an activity
///
/// Changes the fields given, at the version the caller has seen, while the dossier is open. Only its author does so.
#[utoipa::path(patch, path = "/activities/{id}", operation_id = "activities_update", tag = "activities",
    params(("id" = Id, Path)), request_body = UpdateActivity, responses((status = 200, description = "The activity after the change.", body = ActivityView)))]
async fn update_activity(actor: Actor, id: PathId, patch: Patch<UpdateActivity>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let row = store::find(tx.conn, scope, id.0)?;
            if Some(row.author_id) != scope.caller() {
                return Err(Error::of(Code::ActivityNotYours));
            }
            expected.check(row.version)?;
            let by = author_in(tx.conn, scope, row.dossier_id)?;
            let row = changes.apply(row, by, tx.now)?;
            let view = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok::<ActivityView, Error>(view)
        })
        .await
}

/// List the versions of an activity
///
/// Who changed what and when, the newest first. A version that was not meant for the caller is listed without what it said: its
/// `before` or `after` is `null`.
#[utoipa::path(get, path = "/activities/{id}/history", operation_id = "activities_history", tag = "activities",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_activity_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let versions = Versions(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) });
    actor.list(PartOf { list: versions, part_id: id.0, find: store::find }, list).await
}

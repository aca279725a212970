//! Routes of incidents.

use super::bodies::{RecordIncident, UpdateIncident};
use super::model::IncidentFilters;
use super::store::{self, IncidentRow};
use super::view::{IncidentStatisticsView, IncidentView, TITLES, show};
use crate::audit::access::Confided;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers::view::DossierView;
use crate::error::{Code, Error, Place, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Page, Parameters, Patch, PathId, Projection,
    route,
};
use crate::values::{Day, DepartmentCode};
use crate::{associations, dossiers, establishments};

/// The incidents as a list, counted by the dossiers that the caller sees.
#[derive(Clone)]
struct Incidents {
    of_dossiers: Scope,
}

const SORTS: &[&str] = &["occurred"];
const EXPANDS: &[&str] = &["establishment", "association"];

impl Listed for Incidents {
    type Filters = IncidentFilters;
    type View = IncidentView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &IncidentFilters, slice: &Slice) -> Result<Vec<(Position, IncidentView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        let counts = store::counts(conn, &self.of_dossiers, rows.iter().map(|row| row.id).collect())?;
        let shown = |row: IncidentRow| (store::position(&row), show(scope, row.clone(), counts.get(&row.id).copied().unwrap_or_default()));
        Ok(rows.into_iter().map(shown).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &IncidentFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

/// The dossiers of one incident as a list.
#[derive(Clone)]
struct DossiersOf {
    incident_id: Id,
    lens: Lens,
}

const SORTS_OF_DOSSIERS: &[&str] = &["opened"];

impl Listed for DossiersOf {
    type Filters = NoFilters;
    type View = DossierView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, DossierView)>> {
        store::find(conn, scope, self.incident_id)?;
        let rows = dossiers::store::list_of_incident(conn, scope, self.incident_id, slice)?;
        // Found in a scope of content, no wall stands before them.
        let found = dossiers::store::Facts::default();
        Ok(rows.into_iter().map(|row| (dossiers::store::position(&row, slice.sort), row.shown(self.lens, scope, &found))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::find(conn, scope, self.incident_id)?;
        dossiers::store::count_of_incident(conn, scope, self.incident_id)
    }

    fn whole(view: &DossierView) -> Option<(Confided, Id)> {
        Some((Confided::Dossier, view.id))
    }
}

/// What a body may refer to, and by which dossiers an incident is counted.
struct Reach {
    directory: Scope,
    of_dossiers: Scope,
}

impl Reach {
    fn of(actor: &Actor) -> Self {
        Self { directory: actor.scope_through("establishments_retrieve"), of_dossiers: actor.scope_through("incident_dossiers_list") }
    }

    /// Locks the establishment, and refuses a day to come.
    fn check(&self, tx: &mut Tx<'_>, row: &IncidentRow) -> Result<()> {
        if row.occurred_on > Day::of(tx.now.0) {
            return Err(Error::field("/occurred_on", Code::DayInFuture));
        }
        if establishments::store::find_optional(tx.conn, &self.directory, row.establishment_id)?.is_none() {
            return Err(Error::field("/establishment_id", Code::ReferenceNotFound));
        }
        establishments::store::lock_references(tx, &self.directory, row.establishment_id).map(drop)
    }

    fn shown(&self, conn: &mut DbConn, scope: &Scope, row: IncidentRow) -> Result<IncidentView> {
        let counts = store::counts(conn, &self.of_dossiers, vec![row.id])?.remove(&row.id).unwrap_or_default();
        Ok(show(scope, row, counts))
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_incidents).lists::<IncidentView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(count_incidents),
        route!(record_incident).creates().shows::<IncidentView>(),
        route!(retrieve_incident).shows::<IncidentView>().sparse().expands(EXPANDS),
        route!(update_incident).conditional().shows::<IncidentView>(),
        route!(list_incident_history).lists::<HistoryEntryView>(&[]),
        route!(list_dossiers_of_incident).lists::<DossierView>(SORTS_OF_DOSSIERS),
    ]
}

/// List incidents
///
/// The incidents of one's department, the earliest first, each with how many of its dossiers the caller sees and of how many members
/// these are. National staff count all without their summaries.
#[utoipa::path(get, path = "/incidents", operation_id = "incidents_list", tag = "incidents",
    params(IncidentFilters), responses((status = 200, description = "A page of incidents.", body = Page<IncidentView>)))]
async fn list_incidents(actor: Actor, list: ListOf<IncidentFilters>) -> Answer {
    actor.list(Incidents { of_dossiers: Reach::of(&actor).of_dossiers }, list).await
}

/// The scope by which the dossiers of incidents are counted exactly: that of the team, where the caller asks for its departments alone.
fn of_team(actor: &Actor, filters: &IncidentFilters) -> Option<Scope> {
    let own = |code: &DepartmentCode| actor.scope().covers_department(Some(code.as_str()));
    let at_home = filters.department.as_ref().is_some_and(|codes| codes.iter().all(own));
    (actor.scope().veiled().is_none() || at_home).then(|| Reach::of(actor).of_dossiers)
}

/// Count incidents, dossiers and persons
///
/// By the filters of the list. The team counts the dossiers that it sees. National staff count all, in whole months and by no single
/// establishment (403 `field.masked`); what is less than five dossiers or persons is withheld, what is more is rounded down to fives.
#[utoipa::path(get, path = "/incidents/statistics", operation_id = "incidents_statistics", tag = "incidents",
    params(IncidentFilters), responses((status = 200, description = "The figures.", body = IncidentStatisticsView)))]
async fn count_incidents(actor: Actor, filters: Parameters<IncidentFilters>) -> Answer {
    let (team, filters) = (of_team(&actor, &filters.0), filters.0);
    let fine = if team.is_none() { filters.too_fine() } else { Vec::new() };
    if !fine.is_empty() {
        let masked = fine.into_iter().fold(Error::of(Code::FieldMasked), |error, name| error.placed(Place::Parameter(name.to_owned())));
        return Err(masked.into());
    }
    actor
        .show(move |conn, scope| {
            let incidents = store::count(conn, scope, &filters)?;
            let counts = store::total(conn, scope, team.as_ref().unwrap_or(scope), &filters)?;
            Ok(if team.is_some() { IncidentStatisticsView::exact(incidents, counts) } else { IncidentStatisticsView::coarse(incidents, counts) })
        })
        .await
}

/// Record an incident
///
/// Tells of an event at an establishment; the dossiers that it opens refer to it by `facts.incident_id`.
#[utoipa::path(post, path = "/incidents", operation_id = "incidents_create", tag = "incidents",
    params(CommandOptions), request_body = RecordIncident, responses((status = 201, description = "The incident.", body = IncidentView)))]
async fn record_incident(actor: Actor, command: Command<RecordIncident>) -> Answer {
    let reach = Reach::of(&actor);
    actor
        .create("incidents", command, move |tx, scope, body| {
            let own = associations::store::find_own(tx.conn, scope, body.association_id)?;
            let (association, department_code) = own.map_err(|code| Error::field("/association_id", code))?;
            let row = body.into_row(association.id, department_code, tx);
            reach.check(tx, &row)?;
            let row = store::insert(tx, scope, row)?;
            tx.record(Action::Create, &IncidentView::from(row.clone()))?;
            reach.shown(tx.conn, scope, row)
        })
        .await
}

/// Retrieve an incident
///
/// One incident.
#[utoipa::path(get, path = "/incidents/{id}", operation_id = "incidents_retrieve", tag = "incidents",
    params(("id" = Id, Path)), responses((status = 200, description = "The incident.", body = IncidentView)))]
async fn retrieve_incident(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let reach = Reach::of(&actor);
    actor
        .retrieve(projection, move |conn, scope| {
            let row = store::find(conn, scope, id.0)?;
            reach.shown(conn, scope, row)
        })
        .await
}

/// Change an incident
///
/// Corrects the fields given, at the version the caller has seen.
#[utoipa::path(patch, path = "/incidents/{id}", operation_id = "incidents_update", tag = "incidents",
    params(("id" = Id, Path)), request_body = UpdateIncident, responses((status = 200, description = "The incident after the change.", body = IncidentView)))]
async fn update_incident(actor: Actor, id: PathId, patch: Patch<UpdateIncident>) -> Answer {
    let reach = Reach::of(&actor);
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row);
            reach.check(tx, &row)?;
            let row = store::update(tx, scope, row)?;
            tx.record(Action::Update, &IncidentView::from(row.clone()))?;
            reach.shown(tx.conn, scope, row)
        })
        .await
}

/// List the versions of an incident
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/incidents/{id}/history", operation_id = "incidents_history", tag = "incidents",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_incident_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// List the dossiers of an incident
///
/// Those that the caller reads, by day of opening.
#[utoipa::path(get, path = "/incidents/{id}/dossiers", operation_id = "incident_dossiers_list", tag = "incidents",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of dossiers.", body = Page<DossierView>)))]
async fn list_dossiers_of_incident(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(DossiersOf { incident_id: id.0, lens: actor.lens() }, list).await
}

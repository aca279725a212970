//! Routes of dossiers.

use super::bodies::{OpenDossier, UpdateDossier};
use super::correction::correct;
use super::deadlines::clocks::Ground;
use super::deadlines::recompute as deadlines;
use super::lifecycle::{DossierCommand, LIFECYCLE, Means};
use super::model::{DossierFilters, DossierStatus};
use super::opening::{self, Reach};
use super::steps::perform;
use super::store::{self, DossierRow, Facts};
use super::veil::{self, Sight};
use super::view::{DossierView, TITLES};
use crate::audit::access::Confided;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, Expansion, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, Patch, PathId,
    Projection, Shown, route,
};
use crate::values::Commands;
use crate::workflow::{Content, Step, TransitionView, Transitions};
use std::collections::HashMap;

/// The dossiers as a list, for one caller.
#[derive(Clone)]
struct Dossiers {
    scope: Scope,
    sight: Sight,
    lens: Lens,
}

const SORTS: &[&str] = &["opened", "updated", "reference", "month", "complaint_filed", "counsel_involved", "judicialised", "path"];
const EXPANDS: &[&str] = &["member", "establishment", "association"];

impl Listed for Dossiers {
    type Filters = DossierFilters;
    type View = DossierView;

    fn page(&self, conn: &mut DbConn, _: &Scope, filters: &DossierFilters, slice: &Slice) -> Result<Vec<(Position, DossierView)>> {
        let rows = store::list(conn, &self.scope, filters, slice)?;
        // Found in a scope of content, no wall stands before them, and nobody gives a command by what opens them alone.
        let found = Facts::default();
        let shown = |row: DossierRow| (store::position(&row, slice.sort), row.seen(self.lens, &self.sight, &self.scope, &found));
        Ok(rows.into_iter().map(shown).collect())
    }

    fn count(&self, conn: &mut DbConn, _: &Scope, filters: &DossierFilters) -> Result<i64> {
        store::count(conn, &self.scope, filters)
    }
}

/// What other resources can show of dossiers.
pub const EXPANSIONS: [Expansion; 1] =
    [Expansion { name: "dossier", reference: "dossier_id", operation: "dossiers_retrieve", discloses: Some(Confided::Dossier), load: load_by_id }];

fn load_by_id(conn: &mut DbConn, scope: &Scope, lens: Lens, ids: &[String]) -> Result<HashMap<String, Shown>> {
    let rows = store::find_by_ids(conn, scope, ids.iter().filter_map(|id| Id::parse(id)).collect())?;
    let mut facts = store::facts_beside(conn, scope, rows.iter().map(|row| row.id).collect())?;
    let shown = |row: DossierRow| {
        let (id, facts) = (row.id, facts.remove(&row.id).unwrap_or_default());
        Ok((id.to_string(), Shown::of(&row.shown(lens, scope, &facts))?))
    };
    rows.into_iter().map(shown).collect()
}

impl Means {
    pub(super) fn of(actor: &Actor) -> Self {
        let server = &actor.context.server;
        Self { reach: Reach::of(actor), today: actor.today(), retention_years: server.config.retention_years, erasers: server.erasers.clone() }
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_dossiers).lists::<DossierView>(SORTS).exports(TITLES).expands(EXPANDS).discloses(Confided::Dossier),
        route!(open_dossier).creates().shows::<DossierView>().discloses(Confided::Dossier),
        route!(retrieve_dossier).shows::<DossierView>().sparse().expands(EXPANDS).discloses(Confided::Dossier),
        route!(update_dossier).conditional().shows::<DossierView>(),
        route!(list_dossier_history).lists::<HistoryEntryView>(&[]).discloses(Confided::Dossier),
        route!(transition_dossier).conditional().creates().discloses(Confided::Dossier),
        route!(list_dossier_transitions).lists::<TransitionView>(&[]).discloses(Confided::Dossier),
    ]
}

/// List dossiers
///
/// The dossiers that the caller may know of, by day of opening. Any filter is valid on the CSV and NDJSON forms too. Analysts name a
/// `purpose` and read all dossiers under pseudonyms and at the grain of months: ids of members and dossiers that hold within that
/// purpose, no free text, and neither filters nor orders that are finer (403 `field.masked`). Who watches over personal data reads
/// states, dates and holds.
#[utoipa::path(get, path = "/dossiers", operation_id = "dossiers_list", tag = "dossiers",
    params(DossierFilters), responses((status = 200, description = "A page of dossiers.", body = Page<DossierView>)))]
async fn list_dossiers(actor: Actor, mut list: ListOf<DossierFilters>) -> Answer {
    let (scope, sight) = veil::look(&actor, &mut list)?;
    actor.list(Dossiers { scope, sight, lens: actor.lens() }, list).await
}

/// Open a dossier
///
/// Opens a member's case under the next reference of the department and school year. What was true on the day of the facts is kept
/// with it. A member of another department, or an establishment closed that day, is no refusal: it needs a `warning_reason`.
#[utoipa::path(post, path = "/dossiers", operation_id = "dossiers_create", tag = "dossiers",
    params(CommandOptions), request_body = OpenDossier, responses((status = 201, description = "The dossier.", body = DossierView)))]
async fn open_dossier(actor: Actor, command: Command<OpenDossier>) -> Answer {
    let (means, lens) = (Means::of(&actor), actor.lens());
    actor
        .create("dossiers", command, move |tx, scope, body| {
            let row = opening::open(tx, scope, &means, body)?;
            tx.record(Action::Create, &DossierView::from(row.clone()))?;
            deadlines::begin(tx, scope, &row)?;
            Ok(row.shown(lens, scope, &Facts::default()))
        })
        .await
}

/// Retrieve a dossier
///
/// One dossier, as far as the caller may know of it.
#[utoipa::path(get, path = "/dossiers/{id}", operation_id = "dossiers_retrieve", tag = "dossiers",
    params(("id" = Id, Path)), responses((status = 200, description = "The dossier.", body = DossierView)))]
async fn retrieve_dossier(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor.retrieve(projection, move |conn, scope| show(conn, scope, lens, id.0)).await
}

/// Change a dossier
///
/// Corrects the fields given, at the version the caller has seen, while the dossier is open. What belongs to its state changes by a
/// transition.
#[utoipa::path(patch, path = "/dossiers/{id}", operation_id = "dossiers_update", tag = "dossiers",
    params(("id" = Id, Path)), request_body = UpdateDossier, responses((status = 200, description = "The dossier after the change.", body = DossierView)))]
async fn update_dossier(actor: Actor, id: PathId, patch: Patch<UpdateDossier>) -> Answer {
    let (means, lens) = (Means::of(&actor), actor.lens());
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            let before = Ground::from(&row);
            let row = correct(tx, scope, &means, row, changes)?;
            tx.record(Action::Update, &DossierView::from(row.clone()))?;
            deadlines::follow(tx, scope, &before, &row)?;
            let facts = store::facts_of(tx.conn, scope, row.id)?;
            Ok(row.shown(lens, scope, &facts))
        })
        .await
}

/// List the versions of a dossier
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/dossiers/{id}/history", operation_id = "dossiers_history", tag = "dossiers",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_dossier_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// Move a dossier on
///
/// Carries out a command at the version the caller has seen; `allowed_commands` of the dossier tells which are possible now. Answers
/// with the step, which carries the new version of the dossier.
#[utoipa::path(post, path = "/dossiers/{id}/transitions", operation_id = "dossiers_transition", tag = "dossiers",
    params(("id" = Id, Path), CommandOptions), request_body = DossierCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_dossier(actor: Actor, id: PathId, order: Order<DossierCommand>) -> Answer {
    let (means, word) = (Means::of(&actor), order.command.word());
    let find = move |conn: &mut DbConn, scope: &Scope, id| {
        let row = store::find(conn, scope, id)?;
        // Who only knows that it is there gives only the commands of those who watch over it.
        let facts = store::facts_of(conn, scope, id)?;
        let granted = scope.commanding(&row.case(&facts)).holds(LIFECYCLE.find(word)?.by, Some(row.department_code.as_str()));
        if granted { Ok(row) } else { Err(Error::of(Code::CommandNotGranted)) }
    };
    actor.transition(id.0, order, find, move |tx, scope, step, row, command| advance(tx, scope, &means, step, row, command)).await
}

/// Carries out a command and records the version that it makes.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, means: &Means, step: Step<DossierStatus>, row: DossierRow, command: DossierCommand) -> Result<DossierView> {
    let (forgotten, before) = (matches!(command, DossierCommand::Anonymise {}), Ground::from(&row));
    let row = perform(tx, scope, means, step, row, command)?;
    let view = DossierView::from(row.clone());
    tx.record(if forgotten { Action::Anonymise } else { Action::Transition }, &view)?;
    deadlines::follow(tx, scope, &before, &row)?;
    Ok(view)
}

/// List the steps of a dossier
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/dossiers/{id}/transitions", operation_id = "dossiers_transitions_list", tag = "dossiers",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_dossier_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| {
        let (row, facts) = (store::find(conn, scope, id)?, store::facts_of(conn, scope, id)?);
        Ok(if row.is_read_by(scope, &facts) { Content::Shown } else { Content::Withheld })
    };
    actor.list(Transitions { id: id.0, find }, list).await
}

fn show(conn: &mut DbConn, scope: &Scope, lens: Lens, id: Id) -> Result<DossierView> {
    let (row, facts) = (store::find(conn, scope, id)?, store::facts_of(conn, scope, id)?);
    Ok(row.shown(lens, scope, &facts))
}

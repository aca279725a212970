//! Routes of openings.

use super::model::*;
use super::store::{self, BreakGlassRow, Opening};
use crate::audit::access::Confided;
use crate::audit::{Action, Resource, Tx};
use crate::auth::{PermitKind, Scope};
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::dossiers;
use crate::error::{Error, Result};
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, Lens, ListOf, Listed, NoFilters, Order, Page, PathId, Projection, route};
use crate::values::body;
use crate::workflow::{AllowedCommandView, Content, TransitionView, Transitions, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// Longest time for which a dossier is opened so, in minutes.
const LONGEST: i32 = 60;

/// A dossier that national staff opened for a while.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BreakGlassView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier that was opened.
    pub dossier_id: Id,
    /// Who opened it.
    pub user_id: Id,
    /// Why; `null` once the dossier is anonymised.
    pub reason: Option<BreakGlassReason>,
    /// State.
    pub status: BreakGlassStatus,
    /// Until when it is open, unless it is shut before.
    pub expires_at: Option<Instant>,
    /// When it was shut before its time; `null` where it was not.
    pub ended_at: Option<Instant>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was opened.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("dossier_id", "Dossier"), ("user_id", "Ouvert par"), ("reason", "Motif"), ("status", "État"),
    ("expires_at", "Expire le"), ("ended_at", "Interrompu le"), ("allowed_commands", "Commandes possibles"), ("created_at", "Ouvert le"),
    ("updated_at", "Modifié le"),
];

impl Resource for BreakGlassView {
    const KIND: &'static str = "break_glass";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl BreakGlassView {
    /// Without what depends on who looks at it.
    fn of(row: BreakGlassRow, now: Instant) -> Self {
        let status = row.status(now);
        let BreakGlassRow { id, dossier_id, user_id, kind: _, reason, expires_at, ended_at, version, created_at, updated_at } = row;
        Self { id, version, dossier_id, user_id, reason, status, expires_at, ended_at, allowed_commands: Vec::new(), created_at, updated_at }
    }
}

fn show(scope: &Scope, lens: Lens, opening: Opening) -> BreakGlassView {
    let Opening { row, now, department_code } = opening;
    let allowed_commands = LIFECYCLE.allowed(row.status(now), scope, Some(&department_code), lens.language, |_| Verdict::Free);
    BreakGlassView { allowed_commands, ..BreakGlassView::of(row, now) }
}

body! {
    /// Opens a dossier for a while.
    pub struct BreakGlass {
        /// Why.
        reason: BreakGlassReason,
        /// For how many minutes; 60 by default, and at most.
        minutes: Option<Minutes>,
    }
}

/// The openings of one dossier, or of all, as a list.
#[derive(Clone)]
struct Openings {
    dossier_id: Option<Id>,
    lens: Lens,
}

const SORTS: &[&str] = &["opened"];

impl Listed for Openings {
    type Filters = BreakGlassFilters;
    type View = BreakGlassView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &BreakGlassFilters, slice: &Slice) -> Result<Vec<(Position, BreakGlassView)>> {
        self.find_dossier(conn, scope)?;
        let openings = store::list(conn, scope, self.dossier_id, filters, self.lens.now, slice)?;
        Ok(openings.into_iter().map(|opening| (store::position(&opening.row), show(scope, self.lens, opening))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &BreakGlassFilters) -> Result<i64> {
        self.find_dossier(conn, scope)?;
        store::count(conn, scope, self.dossier_id, filters, self.lens.now)
    }
}

impl Openings {
    fn find_dossier(&self, conn: &mut DbConn, scope: &Scope) -> Result<()> {
        self.dossier_id.map_or(Ok(()), |id| dossiers::store::find(conn, scope, id).map(drop))
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_openings).lists::<BreakGlassView>(SORTS).exports(TITLES),
        route!(list_openings_of_dossier).lists::<BreakGlassView>(SORTS).exports(TITLES).discloses(Confided::Dossier),
        route!(break_glass).creates().shows::<BreakGlassView>(),
        route!(retrieve_opening).shows::<BreakGlassView>().sparse(),
        route!(transition_opening).conditional().creates(),
        route!(list_opening_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List broken glass
///
/// Every dossier that national staff opened so, the earliest first: a head sees those of the department, the data protection officer all,
/// whoever opened one their own. This list is the notice that they are given.
#[utoipa::path(get, path = "/break-glass", operation_id = "break_glass_list", tag = "break_glass",
    params(BreakGlassFilters), responses((status = 200, description = "A page of openings.", body = Page<BreakGlassView>)))]
async fn list_openings(actor: Actor, list: ListOf<BreakGlassFilters>) -> Answer {
    actor.list(Openings { dossier_id: None, lens: actor.lens() }, list).await
}

/// List the broken glass of a dossier
///
/// When national staff opened it and why, the earliest first.
#[utoipa::path(get, path = "/dossiers/{id}/break-glass", operation_id = "dossier_break_glass_list", tag = "break_glass",
    params(("id" = Id, Path), BreakGlassFilters), responses((status = 200, description = "A page of openings.", body = Page<BreakGlassView>)))]
async fn list_openings_of_dossier(actor: Actor, id: PathId, list: ListOf<BreakGlassFilters>) -> Answer {
    actor.list(Openings { dossier_id: Some(id.0), lens: actor.lens() }, list).await
}

/// Break the glass of a dossier
///
/// Opens one dossier to the caller for at most an hour, to be read and not to be written. It is shown to the head of the department and to
/// the data protection officer. What is walled off from the caller stays so: it is not found.
#[utoipa::path(post, path = "/dossiers/{id}/break-glass", operation_id = "break_glass_create", tag = "break_glass",
    params(("id" = Id, Path), CommandOptions), request_body = BreakGlass, responses((status = 201, description = "The opening.", body = BreakGlassView)))]
async fn break_glass(actor: Actor, id: PathId, command: Command<BreakGlass>) -> Answer {
    let (lens, user_id) = (actor.lens(), actor.principal.user_id);
    let find = move |tx: &mut Tx<'_>, scope: &Scope| dossiers::store::find(tx.conn, scope, id.0);
    actor
        .create_under("break-glass", command, find, move |tx, scope, dossier, BreakGlass { reason, minutes }| {
            let now = tx.now;
            let lasting = chrono::Duration::minutes(minutes.map_or(LONGEST, Minutes::get).into());
            let row = BreakGlassRow {
                id: Id::new(),
                dossier_id: dossier.id,
                user_id,
                kind: PermitKind::BreakGlass,
                reason: Some(reason),
                expires_at: Some(Instant(now.0 + lasting)),
                ended_at: None,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            let row = store::insert(tx, scope, row)?;
            tx.record(Action::Create, &BreakGlassView::of(row.clone(), now))?;
            Ok(show(scope, lens, Opening { row, now, department_code: dossier.department_code.to_string() }))
        })
        .await
}

/// Retrieve broken glass
///
/// One dossier that was opened so.
#[utoipa::path(get, path = "/break-glass/{id}", operation_id = "break_glass_retrieve", tag = "break_glass",
    params(("id" = Id, Path)), responses((status = 200, description = "The opening.", body = BreakGlassView)))]
async fn retrieve_opening(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0, lens.now).map(|found| show(scope, lens, found))).await
}

/// Move broken glass on
///
/// Shuts the dossier before the time is up, at the version the caller has seen.
#[utoipa::path(post, path = "/break-glass/{id}/transitions", operation_id = "break_glass_transition", tag = "break_glass",
    params(("id" = Id, Path), CommandOptions), request_body = BreakGlassCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_opening(actor: Actor, id: PathId, order: Order<BreakGlassCommand>) -> Answer {
    let now = actor.now();
    let find = move |conn: &mut DbConn, scope: &Scope, id: Id| store::find(conn, scope, id, now);
    actor
        .transition(id.0, order, find, move |tx, scope, step, opening: Opening, BreakGlassCommand::End { .. }| {
            let view = BreakGlassView::of(store::end(tx, scope, opening.row, step)?, now);
            tx.record(Action::Transition, &view)?;
            Ok(view)
        })
        .await
}

/// List the steps of broken glass
///
/// Who shut the dossier before its time; none where it expired.
#[utoipa::path(get, path = "/break-glass/{id}/transitions", operation_id = "break_glass_transitions_list", tag = "break_glass",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_opening_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| {
        let now = scope.now().ok_or_else(Error::not_found)?;
        store::find(conn, scope, id, now).map(|_| Content::Shown)
    };
    actor.list(Transitions { id: id.0, find }, list).await
}

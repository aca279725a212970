//! Routes, bodies and views of legal holds.

use super::model::{LIFECYCLE, LegalHoldCommand, LegalHoldFilters, LegalHoldStatus};
use super::store::{self, HoldOf, LegalHoldRow};
use crate::audit::access::Confided;
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::dossiers;
use crate::error::Result;
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, PathId, Projection, route};
use crate::values::{Day, body};
use crate::workflow::{AllowedCommandView, Content, Reason, TransitionView, Transitions, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// A reason for which a dossier must be kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LegalHoldView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier that is kept.
    pub dossier_id: Id,
    /// State.
    pub status: LegalHoldStatus,
    /// Why; `null` once the dossier is anonymised.
    pub reason: Option<Reason>,
    /// The day from which it holds.
    pub placed_on: Day,
    /// Who placed it.
    pub placed_by: Option<Id>,
    /// The day on which it was lifted.
    pub lifted_on: Option<Day>,
    /// Who lifted it.
    pub lifted_by: Option<Id>,
    /// Why it was lifted.
    pub lift_reason: Option<Reason>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("dossier_id", "Dossier"), ("status", "État"), ("reason", "Motif"), ("placed_on", "Posée le"),
    ("placed_by", "Posée par"), ("lifted_on", "Levée le"), ("lifted_by", "Levée par"), ("lift_reason", "Motif de la levée"),
    ("allowed_commands", "Commandes possibles"), ("created_at", "Créée le"), ("updated_at", "Modifiée le"),
];

impl Resource for LegalHoldView {
    const KIND: &'static str = "legal_hold";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<LegalHoldRow> for LegalHoldView {
    fn from(row: LegalHoldRow) -> Self {
        let status = row.status();
        let LegalHoldRow { id, dossier_id, reason, placed_on, placed_by, lifted_on, lifted_by, lift_reason, version, created_at, updated_at } = row;
        let allowed_commands = Vec::new();
        Self { id, version, dossier_id, status, reason, placed_on, placed_by, lifted_on, lifted_by, lift_reason, allowed_commands, created_at, updated_at }
    }
}

fn show(scope: &Scope, lens: Lens, HoldOf { row, department_code }: HoldOf) -> LegalHoldView {
    let allowed_commands = LIFECYCLE.allowed(row.status(), scope, Some(&department_code), lens.language, |_| Verdict::Free);
    LegalHoldView { allowed_commands, ..row.into() }
}

body! {
    /// Keeps a dossier, whatever its age.
    pub struct PlaceLegalHold {
        /// Why.
        reason: Reason,
    }
}

/// The holds of one dossier as a list.
#[derive(Clone)]
struct LegalHolds {
    dossier_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["placed"];

impl Listed for LegalHolds {
    type Filters = LegalHoldFilters;
    type View = LegalHoldView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &LegalHoldFilters, slice: &Slice) -> Result<Vec<(Position, LegalHoldView)>> {
        let department_code = dossiers::store::find(conn, scope, self.dossier_id)?.department_code.to_string();
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        let shown = |row: LegalHoldRow| (store::position(&row), show(scope, self.lens, HoldOf { row, department_code: department_code.clone() }));
        Ok(rows.into_iter().map(shown).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &LegalHoldFilters) -> Result<i64> {
        dossiers::store::find(conn, scope, self.dossier_id)?;
        store::count(conn, scope, self.dossier_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_legal_holds).lists::<LegalHoldView>(SORTS).exports(TITLES).discloses(Confided::Dossier),
        route!(place_legal_hold).creates().shows::<LegalHoldView>().discloses(Confided::Dossier),
        route!(retrieve_legal_hold).shows::<LegalHoldView>().sparse(),
        route!(transition_legal_hold).conditional().creates(),
        route!(list_legal_hold_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the legal holds of a dossier
///
/// Those in force and those lifted, the earliest first.
#[utoipa::path(get, path = "/dossiers/{id}/legal-holds", operation_id = "legal_holds_list", tag = "legal_holds",
    params(("id" = Id, Path), LegalHoldFilters), responses((status = 200, description = "A page of legal holds.", body = Page<LegalHoldView>)))]
async fn list_legal_holds(actor: Actor, id: PathId, list: ListOf<LegalHoldFilters>) -> Answer {
    actor.list(LegalHolds { dossier_id: id.0, lens: actor.lens() }, list).await
}

/// Place a legal hold
///
/// While one is in force, its dossier can be neither archived nor anonymised.
#[utoipa::path(post, path = "/dossiers/{id}/legal-holds", operation_id = "legal_holds_create", tag = "legal_holds",
    params(("id" = Id, Path), CommandOptions), request_body = PlaceLegalHold, responses((status = 201, description = "The legal hold.", body = LegalHoldView)))]
async fn place_legal_hold(actor: Actor, id: PathId, command: Command<PlaceLegalHold>) -> Answer {
    let (lens, today) = (actor.lens(), actor.today());
    let find = move |tx: &mut Tx<'_>, scope: &Scope| dossiers::store::find(tx.conn, scope, id.0);
    actor
        .create_under("legal-holds", command, find, move |tx, scope, dossier, body| {
            let department_code = dossier.department_code.to_string();
            let (placed_by, now) = (tx.author.actor_id, tx.now);
            let row = LegalHoldRow {
                id: Id::new(),
                dossier_id: id.0,
                reason: Some(body.reason),
                placed_on: today,
                placed_by,
                lifted_on: None,
                lifted_by: None,
                lift_reason: None,
                version: 1,
                created_at: now,
                updated_at: now,
            };
            let row = store::insert(tx, scope, row)?;
            tx.record(Action::Create, &LegalHoldView::from(row.clone()))?;
            Ok(show(scope, lens, HoldOf { row, department_code }))
        })
        .await
}

/// Retrieve a legal hold
///
/// One legal hold of a dossier.
#[utoipa::path(get, path = "/legal-holds/{id}", operation_id = "legal_holds_retrieve", tag = "legal_holds",
    params(("id" = Id, Path)), responses((status = 200, description = "The legal hold.", body = LegalHoldView)))]
async fn retrieve_legal_hold(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = show(scope, lens, store::find(conn, scope, id.0)?);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// Move a legal hold on
///
/// Lifts it, at the version the caller has seen; it stays in the list.
#[utoipa::path(post, path = "/legal-holds/{id}/transitions", operation_id = "legal_holds_transition", tag = "legal_holds",
    params(("id" = Id, Path), CommandOptions), request_body = LegalHoldCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_legal_hold(actor: Actor, id: PathId, order: Order<LegalHoldCommand>) -> Answer {
    let today = actor.today();
    actor
        .transition(id.0, order, store::find, move |tx, scope, _, found: HoldOf, LegalHoldCommand::Lift { reason }| {
            let row = LegalHoldRow { lifted_on: Some(today), lifted_by: tx.author.actor_id, lift_reason: Some(reason), ..found.row };
            let view = LegalHoldView::from(store::lift(tx, scope, row)?);
            tx.record(Action::Transition, &view)?;
            Ok(view)
        })
        .await
}

/// List the steps of a legal hold
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/legal-holds/{id}/transitions", operation_id = "legal_holds_transitions_list", tag = "legal_holds",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_legal_hold_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    // They say of its dossier why it is kept.
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

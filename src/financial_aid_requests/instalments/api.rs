//! Routes and views of instalments.

use super::model::{InstalmentCommand, InstalmentStatus, LIFECYCLE};
use super::store::{self, InstalmentRow};
use crate::audit::access::{Confided, Part};
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::dossiers::under::between;
use crate::error::Result;
use crate::financial_aid_requests::store::{self as requests, AidRequestRow};
use crate::http::{
    Actor, Answer, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, PathId, Projection, route,
};
use crate::values::{Day, Money};
use crate::workflow::{AllowedCommandView, Content, Lifecycle, Stateful, Step, TransitionView, Transitions, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// A part of what is to be paid back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InstalmentView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The request.
    pub request_id: Id,
    /// Which one, from 1 on.
    #[schema(minimum = 1, maximum = 120, example = 1)]
    pub number: i32,
    /// When it is due.
    pub due_on: Day,
    /// How much.
    pub amount: Money,
    /// State today; in versions, without what the calendar does.
    pub status: InstalmentStatus,
    /// The day on which it was paid back.
    pub paid_on: Option<Day>,
    /// The day on which it was remitted.
    pub remitted_on: Option<Day>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When the schedule was set.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for InstalmentView {
    const KIND: &'static str = "instalment";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it, and when.
impl From<InstalmentRow> for InstalmentView {
    fn from(row: InstalmentRow) -> Self {
        let status = row.status(row.due_on);
        let InstalmentRow { id, request_id, number, due_on, amount_cents, paid_on, remitted_on, version, created_at, updated_at } = row;
        let (amount, allowed_commands) = (amount_cents, Vec::new());
        Self { id, version, request_id, number, due_on, amount, status, paid_on, remitted_on, allowed_commands, created_at, updated_at }
    }
}

/// An instalment on a day, with the request whose it is.
struct Dated {
    row: InstalmentRow,
    request: AidRequestRow,
    today: Day,
}

impl Part for Dated {
    fn part_of(&self) -> Option<(Confided, Id)> {
        self.request.part_of()
    }
}

impl Stateful for Dated {
    type Status = InstalmentStatus;
    const LIFECYCLE: &'static Lifecycle<InstalmentStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> InstalmentStatus {
        self.row.status(self.today)
    }

    fn department(&self) -> Option<&str> {
        Some(self.request.department_code.as_str())
    }
}

fn show(scope: &Scope, lens: Lens, request: &AidRequestRow, row: InstalmentRow) -> InstalmentView {
    let status = row.status(lens.today());
    let allowed_commands = LIFECYCLE.allowed(status, scope, Some(request.department_code.as_str()), lens.language, |_| Verdict::Free);
    InstalmentView { status, allowed_commands, ..row.into() }
}

/// The instalments of one request as a list.
#[derive(Clone)]
struct Instalments {
    request_id: Id,
    lens: Lens,
}

impl Listed for Instalments {
    type Filters = NoFilters;
    type View = InstalmentView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, InstalmentView)>> {
        let request = requests::find(conn, scope, self.request_id)?;
        let rows = store::list(conn, scope, self.request_id, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), show(scope, self.lens, &request, row))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        requests::find(conn, scope, self.request_id)?;
        store::count(conn, scope, self.request_id)
    }
}

/// Whose instalment it is.
fn request(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<AidRequestRow> {
    Ok(store::find(conn, scope, id)?.1)
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_instalments).lists::<InstalmentView>(&["number"]),
        route!(retrieve_instalment).shows::<InstalmentView>().sparse(),
        route!(list_instalment_history).lists::<HistoryEntryView>(&[]),
        route!(transition_instalment).conditional().creates(),
        route!(list_instalment_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the instalments of a request for financial aid
///
/// What is to be paid back, in order; each is late from the day after it is due.
#[utoipa::path(get, path = "/financial-aid-requests/{id}/instalments", operation_id = "instalments_list", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of instalments.", body = Page<InstalmentView>)))]
async fn list_instalments(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(PartOf { list: Instalments { request_id: id.0, lens: actor.lens() }, part_id: id.0, find: requests::find }, list).await
}

/// Retrieve an instalment
///
/// One part of what is to be paid back.
#[utoipa::path(get, path = "/instalments/{id}", operation_id = "instalments_retrieve", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "The instalment.", body = InstalmentView)))]
async fn retrieve_instalment(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let (row, request) = store::find(conn, scope, id.0)?;
            Ok((show(scope, lens, &request, row), request.part_of()))
        })
        .await
}

/// List the versions of an instalment
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/instalments/{id}/history", operation_id = "instalments_history", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_instalment_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: request }, list).await
}

/// Move an instalment on
///
/// Tells that it was paid back, or that it need not be, at the version the caller has seen.
#[utoipa::path(post, path = "/instalments/{id}/transitions", operation_id = "instalments_transition", tag = "financial_aid",
    params(("id" = Id, Path), CommandOptions), request_body = InstalmentCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_instalment(actor: Actor, id: PathId, order: Order<InstalmentCommand>) -> Answer {
    let today = actor.today();
    let find = move |conn: &mut DbConn, scope: &Scope, id| store::find(conn, scope, id).map(|(row, request)| Dated { row, request, today });
    actor.transition(id.0, order, find, advance).await
}

fn advance(tx: &mut Tx<'_>, scope: &Scope, _: Step<InstalmentStatus>, found: Dated, command: InstalmentCommand) -> Result<InstalmentView> {
    let Dated { mut row, today, request } = found;
    requests::lock(tx, scope, request.id)?;
    match command {
        InstalmentCommand::Pay { paid_on } => {
            let day = paid_on.unwrap_or(today);
            between(day, Day::of(row.created_at.0), today, "/paid_on")?;
            row.paid_on = Some(day);
        }
        InstalmentCommand::Remit { .. } => row.remitted_on = Some(today),
    }
    let view = InstalmentView::from(store::advance(tx, scope, row)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

/// List the steps of an instalment
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/instalments/{id}/transitions", operation_id = "instalments_transitions_list", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_instalment_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: request }, list).await
}

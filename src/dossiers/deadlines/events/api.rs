//! Routes, views and commands of events that set clocks off.

use super::model::{DeadlineEventCommand, DeadlineEventFilters, DeadlineEventKind, DeadlineEventStatus, LIFECYCLE, RecordDeadlineEvent};
use super::store::{self, DeadlineEventRow};
use crate::audit::access::Confided;
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::dossiers::deadlines::recompute::recompute;
use crate::dossiers::store::lock_open;
use crate::dossiers::under::{TEAM, Under};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, PathId, Projection,
    route,
};
use crate::values::Day;
use crate::workflow::{AllowedCommandView, Content, Step, TransitionView, Transitions, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// A day that sets a clock off.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeadlineEventView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier.
    pub dossier_id: Id,
    /// What happened.
    pub kind: DeadlineEventKind,
    /// On which day; the first of its month once the dossier is anonymised.
    pub occurred_on: Day,
    /// State.
    pub status: DeadlineEventStatus,
    /// Who recorded it.
    pub recorded_by: Option<Id>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for DeadlineEventView {
    const KIND: &'static str = "deadline_event";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<DeadlineEventRow> for DeadlineEventView {
    fn from(row: DeadlineEventRow) -> Self {
        let DeadlineEventRow { id, dossier_id, kind, occurred_on, status, recorded_by, version, created_at, updated_at } = row;
        Self { id, version, dossier_id, kind, occurred_on, status, recorded_by, allowed_commands: Vec::new(), created_at, updated_at }
    }
}

impl Under<DeadlineEventRow> {
    fn shown(self, scope: &Scope, lens: Lens) -> DeadlineEventView {
        let allowed_commands = self.allowed(&LIFECYCLE, self.row.status, scope, lens.language, |_| Verdict::Free);
        DeadlineEventView { allowed_commands, ..self.row.into() }
    }
}

/// The events of one dossier as a list.
#[derive(Clone)]
struct DeadlineEvents {
    dossier_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["occurred"];

impl Listed for DeadlineEvents {
    type Filters = DeadlineEventFilters;
    type View = DeadlineEventView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &DeadlineEventFilters, slice: &Slice) -> Result<Vec<(Position, DeadlineEventView)>> {
        let dossier = Under::find(conn, scope, (), self.dossier_id)?;
        let rows = store::list(conn, scope, self.dossier_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), dossier.with(row).shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &DeadlineEventFilters) -> Result<i64> {
        Under::find(conn, scope, (), self.dossier_id)?;
        store::count(conn, scope, self.dossier_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_deadline_events).lists::<DeadlineEventView>(SORTS).discloses(Confided::Dossier),
        route!(record_deadline_event).creates().shows::<DeadlineEventView>().discloses(Confided::Dossier),
        route!(retrieve_deadline_event).shows::<DeadlineEventView>().sparse(),
        route!(list_deadline_event_history).lists::<HistoryEntryView>(&[]),
        route!(transition_deadline_event).conditional().creates(),
        route!(list_deadline_event_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the events of a dossier that set clocks off
///
/// Publications, accidents, suspensions, and when insured events became known; the earliest first.
#[utoipa::path(get, path = "/dossiers/{id}/deadline-events", operation_id = "deadline_events_list", tag = "deadlines",
    params(("id" = Id, Path), DeadlineEventFilters), responses((status = 200, description = "A page of events.", body = Page<DeadlineEventView>)))]
async fn list_deadline_events(actor: Actor, id: PathId, list: ListOf<DeadlineEventFilters>) -> Answer {
    actor.list(DeadlineEvents { dossier_id: id.0, lens: actor.lens() }, list).await
}

/// Record an event that sets a clock off
///
/// Writes down a day, in an open dossier, from which deadlines run: they are there with the answer. A publication makes of the case
/// one of the press law, of which no simple complaint stops the clock.
#[utoipa::path(post, path = "/dossiers/{id}/deadline-events", operation_id = "deadline_events_create", tag = "deadlines",
    params(("id" = Id, Path), CommandOptions), request_body = RecordDeadlineEvent, responses((status = 201, description = "The event.", body = DeadlineEventView)))]
async fn record_deadline_event(actor: Actor, id: PathId, command: Command<RecordDeadlineEvent>) -> Answer {
    let lens = actor.lens();
    actor
        .create_under(
            "deadline-events",
            command,
            move |tx, scope| Under::find(tx.conn, scope, (), id.0),
            move |tx, scope, found, body| {
                let row = record(tx, scope, id.0, body)?;
                Ok(found.with(row).shown(scope, lens))
            },
        )
        .await
}

fn record(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id, body: RecordDeadlineEvent) -> Result<DeadlineEventRow> {
    let RecordDeadlineEvent { kind, occurred_on } = body;
    let dossier = lock_open(tx, scope, dossier_id)?;
    if Day::of(tx.now.0) < occurred_on {
        return Err(Error::field("/occurred_on", Code::DayInFuture));
    }
    let (recorded_by, now) = (tx.author.actor_id, tx.now);
    let status = LIFECYCLE.initial;
    let row = DeadlineEventRow { id: Id::new(), dossier_id, kind, occurred_on, status, recorded_by, version: 1, created_at: now, updated_at: now };
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &DeadlineEventView::from(row.clone()))?;
    recompute(tx, scope, &dossier)?;
    Ok(row)
}

/// Retrieve an event that sets a clock off
///
/// One event of a dossier that the caller reads.
#[utoipa::path(get, path = "/deadline-events/{id}", operation_id = "deadline_events_retrieve", tag = "deadlines",
    params(("id" = Id, Path)), responses((status = 200, description = "The event.", body = DeadlineEventView)))]
async fn retrieve_deadline_event(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = store::find(conn, scope, id.0)?.shown(scope, lens);
            let dossier = (Confided::Dossier, view.dossier_id);
            Ok((view, Some(dossier)))
        })
        .await
}

/// List the versions of an event that sets a clock off
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/deadline-events/{id}/history", operation_id = "deadline_events_history", tag = "deadlines",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_deadline_event_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

/// Move an event that sets a clock off on
///
/// Voids what was recorded in error, at the version the caller has seen: the deadlines that hang on it are superseded.
#[utoipa::path(post, path = "/deadline-events/{id}/transitions", operation_id = "deadline_events_transition", tag = "deadlines",
    params(("id" = Id, Path), CommandOptions), request_body = DeadlineEventCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_deadline_event(actor: Actor, id: PathId, order: Order<DeadlineEventCommand>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| store::find(conn, scope, id)?.granted_to(scope, TEAM);
    let advance = |tx: &mut Tx<'_>, scope: &Scope, step: Step<DeadlineEventStatus>, found: Under<DeadlineEventRow>, _| {
        let dossier = lock_open(tx, scope, found.row.dossier_id)?;
        let view = DeadlineEventView::from(store::advance(tx, scope, found.row, step)?);
        tx.record(Action::Transition, &view)?;
        recompute(tx, scope, &dossier)?;
        Ok(view)
    };
    actor.transition(id.0, order, find, advance).await
}

/// List the steps of an event that sets a clock off
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/deadline-events/{id}/transitions", operation_id = "deadline_events_transitions_list", tag = "deadlines",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_deadline_event_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

//! Routes, bodies and views of slots.

use super::store::{self, SlotRow};
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Flaw, Result};
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, IfMatch, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route};
use crate::training_sessions::model::TrainingSessionStatus;
use crate::training_sessions::store::{self as sessions, TrainingSessionRow};
use crate::values::body;
use crate::values::input::Change;
use serde::Serialize;
use utoipa::ToSchema;

/// A stretch of time in which a session is held.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrainingSlotView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The session.
    pub session_id: Id,
    /// From this moment on.
    pub starts_at: Instant,
    /// Until this moment.
    pub ends_at: Instant,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for TrainingSlotView {
    const KIND: &'static str = "training_slot";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<SlotRow> for TrainingSlotView {
    fn from(row: SlotRow) -> Self {
        let SlotRow { id, session_id, starts_at, ends_at, version, created_at, updated_at, deleted_at: _ } = row;
        Self { id, version, session_id, starts_at, ends_at, created_at, updated_at }
    }
}

fn reversed(starts_at: &Instant, ends_at: &Instant) -> Option<Flaw> {
    (ends_at <= starts_at).then(|| Code::PeriodReversed.into())
}

body! {
    /// Says when a session is held: on its days by the clock of Europe/Paris, at no moment of another slot.
    pub struct CreateTrainingSlot {
        /// From this moment on.
        starts_at: Instant,
        /// Until this moment, later than `starts_at`.
        ends_at: Instant,
    } check { ends_at: reversed[starts_at, ends_at] }
}

body! {
    /// Changes a slot: absent fields stay.
    pub struct UpdateTrainingSlot {
        /// From this moment on.
        starts_at: Change<Instant>,
        /// Until this moment.
        ends_at: Change<Instant>,
    }
}

/// The slots of one session as a list.
#[derive(Clone)]
struct Slots {
    session_id: Id,
}

const SORTS: &[&str] = &["starts"];

impl Listed for Slots {
    type Filters = NoFilters;
    type View = TrainingSlotView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, TrainingSlotView)>> {
        sessions::find(conn, scope, self.session_id)?;
        let rows = store::list(conn, scope, self.session_id, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::count(conn, scope, self.session_id)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_training_slots).lists::<TrainingSlotView>(SORTS),
        route!(create_training_slot).creates().shows::<TrainingSlotView>(),
        route!(retrieve_training_slot).shows::<TrainingSlotView>().sparse(),
        route!(update_training_slot).conditional().shows::<TrainingSlotView>(),
        route!(delete_training_slot).conditional(),
    ]
}

/// Refuses a slot that its locked session has no place for; `moved` names the field at which it is told.
fn check(tx: &mut Tx<'_>, scope: &Scope, session: &TrainingSessionRow, row: &SlotRow, moved: &str) -> Result<()> {
    let others = store::of_session(tx.conn, scope, session.id)?;
    let overlapping = others.iter().any(|other| row.overlaps(other)).then(|| Flaw::from(Code::PeriodOverlap));
    let flaw = reversed(&row.starts_at, &row.ends_at).or_else(|| row.outside(session)).or(overlapping);
    flaw.map_or(Ok(()), |flaw| Err(Error::field(moved, flaw)))
}

/// Refuses to touch the slots of a session that is over, and one that began once the session was started: attendance is taken from then on.
fn check_open(session: &TrainingSessionRow, begins: Option<Instant>, now: Instant) -> Result<()> {
    let begun = session.status == TrainingSessionStatus::InProgress && begins.is_some_and(|moment| moment <= now);
    match () {
        () if TrainingSessionStatus::OVER.contains(&session.status) => Err(Error::of(Code::SessionOver)),
        () if begun => Err(Error::of(Code::SlotBegun)),
        () => Ok(()),
    }
}

/// Adds a slot to a locked session.
pub fn add(tx: &mut Tx<'_>, scope: &Scope, session: &TrainingSessionRow, body: CreateTrainingSlot) -> Result<TrainingSlotView> {
    let CreateTrainingSlot { starts_at, ends_at } = body;
    check_open(session, None, tx.now)?;
    let (created_at, updated_at) = (tx.now, tx.now);
    let row = SlotRow { id: Id::new(), session_id: session.id, starts_at, ends_at, version: 1, created_at, updated_at, deleted_at: None };
    check(tx, scope, session, &row, "/starts_at")?;
    let view: TrainingSlotView = store::insert(tx, scope, row)?.into();
    tx.record(Action::Create, &view)?;
    Ok(view)
}

/// List the slots of a training session
///
/// When it is held, the earliest first.
#[utoipa::path(get, path = "/training-sessions/{id}/slots", operation_id = "training_slots_list", tag = "training_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of slots.", body = Page<TrainingSlotView>)))]
async fn list_training_slots(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Slots { session_id: id.0 }, list).await
}

/// Create a slot
///
/// Adds a stretch of time to a session that is not over.
#[utoipa::path(post, path = "/training-sessions/{id}/slots", operation_id = "training_slots_create", tag = "training_sessions",
    params(("id" = Id, Path), CommandOptions), request_body = CreateTrainingSlot, responses((status = 201, description = "The slot.", body = TrainingSlotView)))]
async fn create_training_slot(actor: Actor, id: PathId, command: Command<CreateTrainingSlot>) -> Answer {
    let find = move |tx: &mut Tx<'_>, scope: &Scope| sessions::lock(tx.conn, scope, id.0);
    actor.create_under("training-slots", command, find, |tx, scope, session, body| add(tx, scope, &session, body)).await
}

/// Retrieve a slot
///
/// One slot of a session.
#[utoipa::path(get, path = "/training-slots/{id}", operation_id = "training_slots_retrieve", tag = "training_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "The slot.", body = TrainingSlotView)))]
async fn retrieve_training_slot(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(TrainingSlotView::from)).await
}

/// Change a slot
///
/// Changes the moments given, at the version the caller has seen; one that has begun in a session under way stays.
#[utoipa::path(patch, path = "/training-slots/{id}", operation_id = "training_slots_update", tag = "training_sessions",
    params(("id" = Id, Path)), request_body = UpdateTrainingSlot, responses((status = 200, description = "The slot after the change.", body = TrainingSlotView)))]
async fn update_training_slot(actor: Actor, id: PathId, patch: Patch<UpdateTrainingSlot>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, UpdateTrainingSlot { starts_at, ends_at }| {
            let (mut row, session) = store::lock(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            check_open(&session, Some(row.starts_at), tx.now)?;
            let moved = if ends_at == Change::Keep { "/starts_at" } else { "/ends_at" };
            starts_at.apply(&mut row.starts_at);
            ends_at.apply(&mut row.ends_at);
            check(tx, scope, &session, &row, moved)?;
            let view: TrainingSlotView = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// Delete a slot
///
/// Takes it back; one that has begun in a session under way stays, and so does the last one of a session that was announced.
#[utoipa::path(delete, path = "/training-slots/{id}", operation_id = "training_slots_delete", tag = "training_sessions",
    params(("id" = Id, Path)), responses((status = 204, description = "The slot is taken back.")))]
async fn delete_training_slot(actor: Actor, id: PathId, expected: IfMatch) -> Answer {
    actor
        .delete(expected, move |tx, scope, expected| {
            let (row, session) = store::lock(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            check_open(&session, Some(row.starts_at), tx.now)?;
            if session.scheduled_on.is_some() && store::count(tx.conn, scope, session.id)? == 1 {
                return Err(Error::of(Code::SessionSlotsMissing));
            }
            let view = store::update(tx, scope, SlotRow { deleted_at: Some(tx.now), ..row })?.into();
            tx.record::<TrainingSlotView>(Action::Delete, &view)
        })
        .await
}

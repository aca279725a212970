//! Routes and views of attendances.

use super::model::{Presence, UpdateAidAttendance};
use super::store::{self, AttendanceRow};
use crate::aid_committees::members::model::CommitteeFunction;
use crate::aid_committees::sessions::lifecycle;
use crate::aid_committees::sessions::model::AidSessionStatus;
use crate::aid_committees::sessions::store as sessions;
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody of a committee at one of its sessions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidAttendanceView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The session.
    pub session_id: Id,
    /// Their term in the committee.
    pub committee_member_id: Id,
    /// Their account.
    pub user_id: Id,
    /// What they are in the committee.
    pub function: CommitteeFunction,
    /// Whether they are there.
    pub presence: Presence,
    /// When they were called.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for AidAttendanceView {
    const KIND: &'static str = "aid_attendance";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<AttendanceRow> for AidAttendanceView {
    fn from(row: AttendanceRow) -> Self {
        let AttendanceRow { id, session_id, committee_member_id, user_id, function, presence, version, created_at, updated_at } = row;
        Self { id, version, session_id, committee_member_id, user_id, function, presence, created_at, updated_at }
    }
}

/// The attendances of one session as a list.
#[derive(Clone)]
struct Attendances {
    session_id: Id,
}

const SORTS: &[&str] = &["created"];

impl Listed for Attendances {
    type Filters = NoFilters;
    type View = AidAttendanceView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, AidAttendanceView)>> {
        sessions::find(conn, scope, self.session_id)?;
        let rows = store::list(conn, scope, self.session_id, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        sessions::find(conn, scope, self.session_id)?;
        store::count(conn, scope, self.session_id)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_aid_attendances).lists::<AidAttendanceView>(SORTS),
        route!(retrieve_aid_attendance).shows::<AidAttendanceView>().sparse(),
        route!(update_aid_attendance).conditional().shows::<AidAttendanceView>(),
        route!(list_aid_attendance_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List who is expected at a session of an aid committee
///
/// Everybody in office on its day, once it is convened, and whether they are there.
#[utoipa::path(get, path = "/aid-sessions/{id}/attendances", operation_id = "aid_attendances_list", tag = "aid_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of attendances.", body = Page<AidAttendanceView>)))]
async fn list_aid_attendances(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Attendances { session_id: id.0 }, list).await
}

/// Retrieve an attendance
///
/// Somebody at one session.
#[utoipa::path(get, path = "/aid-attendances/{id}", operation_id = "aid_attendances_retrieve", tag = "aid_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "The attendance.", body = AidAttendanceView)))]
async fn retrieve_aid_attendance(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(|(row, _)| AidAttendanceView::from(row))).await
}

/// Say whether somebody is there
///
/// At the version the caller has seen, between the convening of the session and its end. Department staff and whoever presides or keeps
/// the record say so.
#[utoipa::path(patch, path = "/aid-attendances/{id}", operation_id = "aid_attendances_update", tag = "aid_sessions",
    params(("id" = Id, Path)), request_body = UpdateAidAttendance,
    responses((status = 200, description = "The attendance after the change.", body = AidAttendanceView)))]
async fn update_aid_attendance(actor: Actor, id: PathId, patch: Patch<UpdateAidAttendance>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let (row, session) = store::find(tx.conn, scope, id.0)?;
            if !lifecycle::find(tx.conn, scope, session.id)?.is_run_by(scope) {
                return Err(Error::of(Code::CommandNotGranted));
            }
            expected.check(row.version)?;
            mark(tx, scope, row, changes.presence)
        })
        .await
}

/// Says whether somebody is at a session that has not ended.
pub fn mark(tx: &mut Tx<'_>, scope: &Scope, row: AttendanceRow, presence: Presence) -> Result<AidAttendanceView> {
    let session = sessions::lock(tx, scope, row.session_id)?;
    if ![AidSessionStatus::Convened, AidSessionStatus::Open].contains(&session.status) {
        return Err(Error::of(Code::AidSessionNotOpen));
    }
    let view = store::update(tx, scope, row, presence)?.into();
    tx.record(Action::Update, &view)?;
    Ok(view)
}

/// List the versions of an attendance
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/aid-attendances/{id}/history", operation_id = "aid_attendances_history", tag = "aid_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_aid_attendance_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

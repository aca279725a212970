//! Routes of attendance.

use super::marking::{Standing, by_place, mark};
use super::model::{AttendanceFilters, Known, RecordAttendance};
use super::store;
use super::view::{AttendanceRatesView, AttendanceRecordView, AttendanceView, TITLES};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, CommandOptions, Endpoint, ListOf, Listed, Order, Page, PathId, Reply, route};
use crate::training_sessions::certificates::store as certificates;
use crate::training_sessions::model::TrainingSessionStatus;
use crate::training_sessions::slots::store as slots;
use crate::training_sessions::store::{self as sessions, TrainingSessionRow};

/// The marks of one session as a list.
#[derive(Clone)]
struct Marks {
    session_id: Id,
}

const SORTS: &[&str] = &["created"];

impl Listed for Marks {
    type Filters = AttendanceFilters;
    type View = AttendanceView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &AttendanceFilters, slice: &Slice) -> Result<Vec<(Position, AttendanceView)>> {
        sessions::find(conn, scope, self.session_id)?;
        let rows = store::list(conn, scope, self.session_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &AttendanceFilters) -> Result<i64> {
        sessions::find(conn, scope, self.session_id)?;
        store::count(conn, scope, self.session_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_attendance).lists::<AttendanceView>(SORTS).exports(TITLES),
        route!(record_attendance).conditional().creates(),
        route!(retrieve_attendance_rates),
    ]
}

/// List the attendance of a training session
///
/// What is marked of each participant in each slot, in the order in which it was marked first.
#[utoipa::path(get, path = "/training-sessions/{id}/attendance", operation_id = "attendance_list", tag = "training_sessions",
    params(("id" = Id, Path), AttendanceFilters), responses((status = 200, description = "A page of marks.", body = Page<AttendanceView>)))]
async fn list_attendance(actor: Actor, id: PathId, list: ListOf<AttendanceFilters>) -> Answer {
    actor.list(Marks { session_id: id.0 }, list).await
}

/// Record attendance
///
/// Marks participants in slots, as many at once as there are, all or none: those confirmed, in slots that have begun. Marks that are not
/// named stay, and the session keeps its version: `If-Match` makes sure that its slots are those that the caller has seen.
#[utoipa::path(post, path = "/training-sessions/{id}/attendance", operation_id = "attendance_record", tag = "training_sessions",
    params(("id" = Id, Path), CommandOptions), request_body = RecordAttendance, responses((status = 201, description = "What was marked.", body = AttendanceRecordView)))]
async fn record_attendance(actor: Actor, id: PathId, order: Order<RecordAttendance>) -> Answer {
    let Order { command, digest, key, expected, validate } = order;
    let find = move |tx: &mut Tx<'_>, scope: &Scope| sessions::lock(tx.conn, scope, id.0);
    let make = move |tx: &mut Tx<'_>, scope: &Scope, session: TrainingSessionRow| {
        expected.check(session.version)?;
        Ok(Reply { status: 201, ..Reply::ok(&record(tx, scope, &session, &command)?)? }.about(session.id))
    };
    actor.once_found(key.as_ref().map(|key| key.as_str()), digest, validate, find, make).await
}

/// Retrieve the attendance rates of a training session
///
/// Who was there in each slot that has begun and in all of them, of those expected.
#[utoipa::path(get, path = "/training-sessions/{id}/attendance-rates", operation_id = "attendance_rates_retrieve", tag = "training_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "The rates.", body = AttendanceRatesView)))]
async fn retrieve_attendance_rates(actor: Actor, id: PathId) -> Answer {
    let now = actor.now();
    actor
        .show(move |conn, scope| {
            let session = sessions::find(conn, scope, id.0)?;
            rates(conn, scope, &session, now)
        })
        .await
}

fn rates(conn: &mut DbConn, scope: &Scope, session: &TrainingSessionRow, now: Instant) -> Result<AttendanceRatesView> {
    let begun = slots::of_session(conn, scope, session.id)?.into_iter().filter(|slot| slot.starts_at <= now).collect();
    let tally = store::tally(conn, scope, session.id)?;
    Ok(AttendanceRatesView::of(session.id, begun, &tally, session.confirmed_count.into()))
}

/// Marks what is named, of a locked session.
pub fn record(tx: &mut Tx<'_>, scope: &Scope, session: &TrainingSessionRow, sheet: &RecordAttendance) -> Result<AttendanceRecordView> {
    if !matches!(session.status, TrainingSessionStatus::InProgress | TrainingSessionStatus::Completed) {
        return Err(Error::of(Code::AttendanceNotTaken));
    }
    let standing = standing(tx, scope, sheet)?;
    let flaws = sheet.flaws(&known(tx, scope, session, sheet, &standing)?);
    if !flaws.is_empty() {
        return Err(Error::invalid(flaws));
    }
    let rows = mark(tx, scope, session.id, &standing, sheet.marks())?;
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let (all, put) = (count(sheet.marks().count()), count(rows.len()));
    let created = count(rows.iter().filter(|row| row.version == 1).count());
    let (changed, unchanged) = (put - created, all - put);
    Ok(AttendanceRecordView { created, changed, unchanged, rates: rates(tx.conn, scope, session, tx.now)? })
}

/// The marks that stand where some are named.
fn standing(tx: &mut Tx<'_>, scope: &Scope, sheet: &RecordAttendance) -> Result<Standing> {
    store::marked(tx.conn, scope, sheet.slots.iter().map(|slot| slot.slot_id).collect(), registrations_of(sheet)).map(by_place)
}

fn registrations_of(sheet: &RecordAttendance) -> Vec<Id> {
    let mut ids: Vec<Id> = sheet.marks().map(|(_, registration_id, _)| registration_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn known(tx: &mut Tx<'_>, scope: &Scope, session: &TrainingSessionRow, sheet: &RecordAttendance, standing: &Standing) -> Result<Known> {
    let now = tx.now;
    let ids = registrations_of(sheet);
    Ok(Known {
        slots: slots::of_session(tx.conn, scope, session.id)?.into_iter().map(|slot| (slot.id, slot.starts_at <= now)).collect(),
        certified: certificates::standing(tx.conn, scope, ids.clone())?.into_keys().collect(),
        registrations: store::registrations(tx.conn, scope, session.id, ids)?,
        marked: standing.iter().map(|(place, row)| (*place, row.status)).collect(),
    })
}

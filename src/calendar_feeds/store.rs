//! Queries on calendar feeds.

use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{calendar_feeds, lawyer_partners, training_registrations, training_sessions, training_slots, training_trainers};
use crate::db::{DbConn, Id, Instant, MultiBackend, optional};
use crate::error::Result;
use crate::training_sessions::registrations::model::RegistrationStatus;
use crate::training_sessions::slots::store::SlotRow;
use crate::training_sessions::store::TrainingSessionRow;
use crate::values::{AcademyCode, Day, DepartmentCode};
use chrono::Duration;
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = calendar_feeds, treat_none_as_default_value = false)]
pub struct CalendarFeedRow {
    pub id: Id,
    pub user_id: Id,
    /// The department whose sessions it shows; none for the user's own.
    pub department_code: Option<DepartmentCode>,
    pub created_at: Instant,
    pub last_used_at: Option<Instant>,
}

type Boxed<'a> = calendar_feeds::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    calendar_feeds::table.into_boxed().filter(scope.calendar_feeds())
}

pub fn list(conn: &mut DbConn, scope: &Scope, slice: &Slice) -> Result<Vec<CalendarFeedRow>> {
    let query = visible(scope).select(CalendarFeedRow::as_select());
    let page = keyset!(query, slice, calendar_feeds::id, { "created" => (calendar_feeds::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &CalendarFeedRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope) -> Result<i64> {
    Ok(visible(scope).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<CalendarFeedRow> {
    Ok(visible(scope).filter(calendar_feeds::id.eq(id)).select(CalendarFeedRow::as_select()).first(conn)?)
}

/// The feed of an address, whoever reads it: the secret is the right.
pub fn find_by_digest(conn: &mut DbConn, _everybody: &Scope, digest: &[u8]) -> Result<Option<CalendarFeedRow>> {
    optional(calendar_feeds::table.filter(calendar_feeds::digest.eq(digest)).select(CalendarFeedRow::as_select()).first(conn))
}

/// Stores a feed of the caller's own, with the digest of its secret.
pub fn insert(tx: &mut Tx<'_>, _own: &Scope, row: &CalendarFeedRow, digest: &[u8]) -> Result<()> {
    diesel::insert_into(calendar_feeds::table).values((row, calendar_feeds::digest.eq(digest))).execute(tx.conn)?;
    Ok(())
}

/// Takes back a feed that was found in the scope: its address leads nowhere from then on.
pub fn delete(tx: &mut Tx<'_>, _found_in: &Scope, id: Id) -> Result<()> {
    diesel::delete(calendar_feeds::table.find(id)).execute(tx.conn)?;
    Ok(())
}

/// Minutes within which a second use is not noted.
const NOTE_MINUTES: i64 = 15;

impl CalendarFeedRow {
    /// Whether a use at this moment is to be noted.
    pub fn is_to_be_noted(&self, now: Instant) -> bool {
        self.last_used_at.is_none_or(|last| now.0 - last.0 >= Duration::minutes(NOTE_MINUTES))
    }
}

/// Notes that a calendar was read.
pub fn note_use(conn: &mut DbConn, _everybody: &Scope, id: Id, now: Instant) -> Result<()> {
    diesel::update(calendar_feeds::table.find(id)).set(calendar_feeds::last_used_at.eq(now)).execute(conn)?;
    Ok(())
}

type Sessions<'a> = training_sessions::BoxedQuery<'a, MultiBackend>;

/// Sessions in the scope that were announced and are not over since long.
fn announced<'a>(scope: &Scope, since: Day) -> Sessions<'a> {
    let told = training_sessions::scheduled_on.is_not_null().and(training_sessions::ends_on.ge(since));
    training_sessions::table.into_boxed().filter(scope.training_sessions()).filter(told)
}

/// Those of a department's association, and those that its academy organises for all of its departments.
pub fn of_department(conn: &mut DbConn, scope: &Scope, code: &DepartmentCode, since: Day) -> Result<Vec<TrainingSessionRow>> {
    let here = training_sessions::department_code.eq(code.as_str());
    let academy = training_sessions::academy_code.eq(AcademyCode::of(code).map(|academy| academy.to_string()));
    let of_academy = training_sessions::organiser_level.eq("academy").and(academy);
    let query = announced(scope, since).filter(here.or(of_academy).assume_not_null());
    Ok(query.select(TrainingSessionRow::as_select()).load(conn)?)
}

pub fn by_ids(conn: &mut DbConn, scope: &Scope, ids: Vec<Id>, since: Day) -> Result<Vec<TrainingSessionRow>> {
    Ok(announced(scope, since).filter(training_sessions::id.eq_any(ids)).select(TrainingSessionRow::as_select()).load(conn)?)
}

/// The slots of sessions that were found in the scope, in order of time.
pub fn slots_of(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>) -> Result<Vec<SlotRow>> {
    let living = training_slots::session_id.eq_any(ids).and(training_slots::deleted_at.is_null());
    let rows = training_slots::table.filter(living).order((training_slots::starts_at, training_slots::id));
    Ok(rows.select(SlotRow::as_select()).load(conn)?)
}

/// The part of somebody in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Gives it, or has a seat in it.
    pub seated: bool,
    pub version: i32,
    pub updated_at: Instant,
}

/// The sessions that a user gives, as themselves or as a lawyer partner, or is registered for as a member, those refused or taken back
/// apart.
pub fn parts_of(conn: &mut DbConn, _seen_in: &Scope, user_id: Id, member_id: Option<Id>) -> Result<HashMap<Id, Part>> {
    let mut parts = HashMap::new();
    if let Some(member_id) = member_id {
        let own = training_registrations::member_id.eq(member_id).and(training_registrations::status.eq_any(RegistrationStatus::LIVING.to_vec()));
        let columns = (training_registrations::session_id, training_registrations::status, training_registrations::version, training_registrations::updated_at);
        let rows: Vec<(Id, RegistrationStatus, i32, Instant)> = training_registrations::table.filter(own.assume_not_null()).select(columns).load(conn)?;
        let part = |(id, status, version, updated_at)| (id, Part { seated: status == RegistrationStatus::Confirmed, version, updated_at });
        parts.extend(rows.into_iter().map(part));
    }
    let as_lawyer = lawyer_partners::table.filter(lawyer_partners::user_id.eq(user_id)).select(lawyer_partners::id.nullable());
    let given = training_trainers::user_id.eq(user_id).or(training_trainers::lawyer_id.eq_any(as_lawyer));
    let ids: Vec<Id> = training_trainers::table.filter(given.assume_not_null()).select(training_trainers::session_id).load(conn)?;
    parts.extend(ids.into_iter().map(|id| (id, Part { seated: true, version: 1, updated_at: Instant(chrono::DateTime::UNIX_EPOCH) })));
    Ok(parts)
}

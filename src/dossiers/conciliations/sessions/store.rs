//! Queries on sessions.

use super::model::{Participants, RecordConciliationSession, SessionNote, UpdateConciliationSession, Venue};
use super::view::ConciliationSessionView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::conciliation_sessions;
use crate::db::{DbConn, Id, Instant};
use crate::dossiers::activities::model::ActivityMedium;
use crate::dossiers::conciliations;
use crate::dossiers::conciliations::model::ConciliationStatus;
use crate::dossiers::erasure::scrub_records;
use crate::dossiers::store::lock_open;
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use crate::values::Day;
use crate::values::input::Change;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = conciliation_sessions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ConciliationSessionRow {
    pub id: Id,
    pub conciliation_id: Id,
    pub dossier_id: Id,
    pub held_on: Day,
    pub medium: ActivityMedium,
    pub venue: Option<Venue>,
    pub participants: Option<Participants>,
    pub note: Option<SessionNote>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The sessions of a conciliation that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, conciliation_id: Id, slice: &Slice) -> Result<Vec<ConciliationSessionRow>> {
    let of = conciliation_sessions::table.filter(conciliation_sessions::conciliation_id.eq(conciliation_id)).into_boxed();
    let query = of.select(ConciliationSessionRow::as_select());
    let page = keyset!(query, slice, conciliation_sessions::id, { "held" => (conciliation_sessions::held_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &ConciliationSessionRow) -> Position {
    Position { key: Key::from(row.held_on), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, conciliation_id: Id) -> Result<i64> {
    Ok(conciliation_sessions::table.filter(conciliation_sessions::conciliation_id.eq(conciliation_id)).count().get_result(conn)?)
}

/// A session of a conciliation under a dossier in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Under<ConciliationSessionRow>> {
    let row: ConciliationSessionRow = conciliation_sessions::table.find(id).select(ConciliationSessionRow::as_select()).first(conn)?;
    let dossier_id = row.dossier_id;
    Under::find(conn, scope, row, dossier_id)
}

/// Records a session of a conciliation that was found, while the sides meet and the dossier is open.
pub fn record(tx: &mut Tx<'_>, scope: &Scope, (conciliation_id, dossier_id): (Id, Id), body: RecordConciliationSession) -> Result<ConciliationSessionRow> {
    let RecordConciliationSession { held_on, medium, venue, participants, note } = body;
    lock_open(tx, scope, dossier_id)?;
    if !ConciliationStatus::MEETING.contains(&conciliations::store::status_of(tx, scope, conciliation_id)?) {
        return Err(Error::of(Code::ConciliationNotUnderWay));
    }
    let (id, participants, now) = (Id::new(), Some(participants), tx.now);
    let row =
        ConciliationSessionRow { id, conciliation_id, dossier_id, held_on, medium, venue, participants, note, version: 1, created_at: now, updated_at: now };
    diesel::insert_into(conciliation_sessions::table).values(&row).execute(tx.conn)?;
    tx.record(Action::Create, &ConciliationSessionView::from(row.clone()))?;
    Ok(row)
}

/// Corrects a session as its next version, if its current version still is the one that was seen and its dossier is open.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, mut row: ConciliationSessionRow, changes: UpdateConciliationSession) -> Result<ConciliationSessionRow> {
    let UpdateConciliationSession { held_on, medium, venue, participants, note } = changes;
    lock_open(tx, scope, row.dossier_id)?;
    held_on.apply(&mut row.held_on);
    medium.apply(&mut row.medium);
    venue.apply(&mut row.venue);
    if let Change::To(participants) = participants {
        row.participants = Some(participants);
    }
    note.apply(&mut row.note);
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = conciliation_sessions::table.find(row.id).filter(conciliation_sessions::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? != 1 {
        return Err(Error::of(Code::VersionStale));
    }
    tx.record(Action::Update, &ConciliationSessionView::from(row.clone()))?;
    Ok(row)
}

/// The words that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["venue", "participants", "note"];

/// Takes the words out of the sessions of a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || conciliation_sessions::table.filter(conciliation_sessions::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(conciliation_sessions::id).load(tx.conn)?;
    let wordless = (
        conciliation_sessions::venue.eq(None::<String>),
        conciliation_sessions::participants.eq(None::<String>),
        conciliation_sessions::note.eq(None::<String>),
    );
    diesel::update(of()).set(wordless).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}

//! Storing marks: those of a call, and those of a registration that gives way to another of the same person.

use super::model::AttendanceStatus;
use super::store::{self, AttendanceRow};
use super::view::AttendanceView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::error::Result;
use std::collections::HashMap;

/// Marks by slot and registration.
pub type Standing = HashMap<(Id, Id), AttendanceRow>;

pub fn by_place(rows: Vec<AttendanceRow>) -> Standing {
    rows.into_iter().map(|row| ((row.slot_id, row.registration_id), row)).collect()
}

/// Stores marks, of a locked session, given as slot, registration and mark, unless they stand already; gives those that are new or changed.
pub fn mark(
    tx: &mut Tx<'_>,
    locked_in: &Scope,
    session_id: Id,
    standing: &Standing,
    marks: impl Iterator<Item = (Id, Id, AttendanceStatus)>,
) -> Result<Vec<AttendanceRow>> {
    let (mut rows, mut views) = (Vec::new(), Vec::new());
    for (slot_id, registration_id, status) in marks {
        let before = standing.get(&(slot_id, registration_id));
        if before.is_some_and(|before| before.status == status) {
            continue;
        }
        let (id, version, created_at) = before.map_or((Id::new(), 1, tx.now), |row| (row.id, row.version + 1, row.created_at));
        let (recorded_by, updated_at) = (tx.author.actor_id, tx.now);
        let row = AttendanceRow { id, session_id, slot_id, registration_id, status, recorded_by, version, created_at, updated_at };
        views.push((if version == 1 { Action::Create } else { Action::Update }, AttendanceView::from(row.clone())));
        rows.push(row);
    }
    store::put(tx, locked_in, &rows)?;
    tx.record_all(views.iter().map(|(action, view)| (*action, view)))?;
    Ok(rows)
}

/// Marks for one registration to a locked session what is marked for another of the same person, wherever that tells more: who was there
/// once was there. What was marked for the other stays with it.
pub fn hand_over(tx: &mut Tx<'_>, locked_in: &Scope, session_id: Id, from: Id, to: Id) -> Result<()> {
    let (theirs, ours): (Vec<_>, Vec<_>) =
        store::of_registrations(tx.conn, locked_in, vec![from, to])?.into_iter().partition(|row| row.registration_id == from);
    let standing = by_place(ours);
    let tells_more = |row: &AttendanceRow| standing.get(&(row.slot_id, to)).is_none_or(|our| row.status < our.status);
    let marks = theirs.into_iter().filter(tells_more).map(|row| (row.slot_id, to, row.status));
    mark(tx, locked_in, session_id, &standing, marks).map(drop)
}

//! Queries on the record of looks.

use super::model::AccessFilters;
use crate::audit::access::{AccessRow, Confided};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{access_log, access_log_subjects as subjects};
use crate::db::{DbConn, Id, Instant, MultiBackend};
use crate::error::Result;
use diesel::prelude::*;
use std::collections::HashMap;

/// An index gives the looks of an actor, or all of them, in the order of time; those at one file are found by its id.
fn filtered<'a>(scope: &Scope, filters: &AccessFilters) -> access_log::BoxedQuery<'a, MultiBackend> {
    let AccessFilters { subject, actor, recorded } = filters;
    let mut query = access_log::table.into_boxed().filter(scope.access_log());
    if let Some(id) = subject {
        query = query.filter(access_log::id.eq_any(subjects::table.filter(subjects::subject_id.eq(*id)).select(subjects::entry_id)));
    }
    if let Some(id) = actor {
        query = query.filter(access_log::actor_id.eq(*id));
    }
    let (from, until) = recorded.map_or((None, None), |interval| interval.instants());
    if let Some(from) = from {
        query = query.filter(access_log::recorded_at.ge(Instant(from)));
    }
    if let Some(until) = until {
        query = query.filter(access_log::recorded_at.lt(Instant(until)));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &AccessFilters, slice: &Slice) -> Result<Vec<AccessRow>> {
    let query = filtered(scope, filters).select(AccessRow::as_select());
    Ok(keyset!(query, slice, access_log::id, { "recorded" => (access_log::recorded_at, instant) }).load(conn)?)
}

pub fn position(row: &AccessRow) -> Position {
    Position { key: Key::from(row.recorded_at), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &AccessFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

/// What was looked at in each of these entries.
pub fn subjects_of(conn: &mut DbConn, _listed_in: &Scope, entries: &[AccessRow]) -> Result<HashMap<Id, Vec<(Confided, Id)>>> {
    let ids: Vec<Id> = entries.iter().map(|row| row.id).collect();
    let found = subjects::table.filter(subjects::entry_id.eq_any(ids)).order(subjects::subject_id);
    let rows: Vec<(Id, Confided, Id)> = found.select((subjects::entry_id, subjects::subject, subjects::subject_id)).load(conn)?;
    let mut by_entry = HashMap::<Id, Vec<_>>::new();
    for (entry, confided, id) in rows {
        by_entry.entry(entry).or_default().push((confided, id));
    }
    Ok(by_entry)
}

/// The looks at one file, which was found in the caller's scope, in the order of time.
pub fn list_at(conn: &mut DbConn, _found_in: &Scope, subject_id: Id, slice: &Slice) -> Result<Vec<AccessRow>> {
    let query = subjects::table.inner_join(access_log::table).filter(subjects::subject_id.eq(subject_id)).select(AccessRow::as_select()).into_boxed();
    Ok(keyset!(query, slice, subjects::entry_id, { "recorded" => (subjects::recorded_at, instant) }).load(conn)?)
}

pub fn count_at(conn: &mut DbConn, _found_in: &Scope, subject_id: Id) -> Result<i64> {
    Ok(subjects::table.filter(subjects::subject_id.eq(subject_id)).count().get_result(conn)?)
}

//! Queries on the record of changes.

use super::model::AuditEventFilters;
use crate::audit::EventRow;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::audit_events;
use crate::db::{DbConn, Instant, MultiBackend, among};
use crate::error::Result;
use diesel::prelude::*;

/// An index gives the events of a resource, of an actor, or all of them, in the order of time; the other filters choose among these.
fn filtered<'a>(scope: &Scope, filters: &AuditEventFilters) -> audit_events::BoxedQuery<'a, MultiBackend> {
    let AuditEventFilters { resource, subject, actor, action, recorded } = filters;
    let mut query = audit_events::table.into_boxed().filter(scope.audit_events());
    if let Some(names) = resource {
        query = among!(query, audit_events::resource, names.iter().map(ToString::to_string).collect());
    }
    if let Some(id) = subject {
        query = query.filter(audit_events::resource_id.eq(*id));
    }
    if let Some(id) = actor {
        query = query.filter(audit_events::actor_id.eq(*id));
    }
    if let Some(actions) = action {
        query = among!(query, audit_events::action, actions.iter().map(|action| action.as_str()).collect());
    }
    let (from, until) = recorded.map_or((None, None), |interval| interval.instants());
    if let Some(from) = from {
        query = query.filter(audit_events::recorded_at.ge(Instant(from)));
    }
    if let Some(until) = until {
        query = query.filter(audit_events::recorded_at.lt(Instant(until)));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &AuditEventFilters, slice: &Slice) -> Result<Vec<(Position, EventRow)>> {
    let query = filtered(scope, filters).select(EventRow::as_select());
    let rows: Vec<EventRow> = keyset!(query, slice, audit_events::id, { "recorded" => (audit_events::recorded_at, instant) }).load(conn)?;
    Ok(rows.into_iter().map(|row| (Position { key: Key::from(row.recorded_at), id: row.id }, row)).collect())
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &AuditEventFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

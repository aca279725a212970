//! Queries on versions and audit events.

use super::{Action, Author};
use crate::auth::Scope;
use crate::db::paging::Slice;
use crate::db::schema::{audit_events, resource_versions};
use crate::db::{DbConn, Id, Instant, Json, insert_all, optional};
use crate::error::Result;
use diesel::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

pub struct Change {
    pub resource: &'static str,
    pub id: Id,
    pub version: i32,
    pub action: Action,
    pub snapshot: Option<Box<RawValue>>,
}

#[derive(Insertable)]
#[diesel(table_name = resource_versions, treat_none_as_default_value = false)]
struct NewVersion {
    resource_id: Id,
    version: i32,
    resource: &'static str,
    action: Action,
    recorded_at: Instant,
    actor_id: Option<Id>,
    request_id: Id,
    snapshot: Option<Json<Box<RawValue>>>,
}

#[derive(Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
struct NewEvent<'a> {
    id: Id,
    recorded_at: Instant,
    origin: &'static str,
    actor_id: Option<Id>,
    request_id: Id,
    operation: &'a str,
    action: Action,
    resource: &'static str,
    resource_id: Id,
    version: Option<i32>,
}

impl<'a> NewEvent<'a> {
    fn new(author: &'a Author, now: Instant, action: Action, resource: &'static str, resource_id: Id, version: Option<i32>) -> Self {
        let Author { origin, actor_id, request_id, operation } = author;
        Self {
            id: Id::new(),
            recorded_at: now,
            origin: origin.as_str(),
            actor_id: *actor_id,
            request_id: *request_id,
            operation,
            action,
            resource,
            resource_id,
            version,
        }
    }
}

pub fn insert(conn: &mut DbConn, author: &Author, now: Instant, changes: Vec<Change>) -> Result<()> {
    let events: Vec<NewEvent<'_>> =
        changes.iter().map(|change| NewEvent::new(author, now, change.action, change.resource, change.id, Some(change.version))).collect();
    let versions: Vec<NewVersion> = changes
        .into_iter()
        .map(|Change { resource, id, version, action, snapshot }| NewVersion {
            resource_id: id,
            version,
            resource,
            action,
            recorded_at: now,
            actor_id: author.actor_id,
            request_id: author.request_id,
            snapshot: snapshot.map(Json),
        })
        .collect();
    insert_all!(conn, resource_versions::table, versions);
    insert_all!(conn, audit_events::table, events);
    Ok(())
}

pub fn insert_event(conn: &mut DbConn, author: &Author, now: Instant, action: Action, resource: &'static str, id: Id) -> Result<()> {
    let event = NewEvent::new(author, now, action, resource, id, None);
    diesel::insert_into(audit_events::table).values(&event).execute(conn)?;
    Ok(())
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = resource_versions)]
pub struct HistoryRow {
    pub resource_id: Id,
    pub version: i32,
    pub action: Action,
    pub recorded_at: Instant,
    pub actor_id: Option<Id>,
    pub request_id: Id,
    pub snapshot: Option<Json<Value>>,
}

/// The versions of a resource, the newest first, and one more where there is one: a version is told with what was before it.
/// The room has looked for the resource in the caller's scope already.
pub fn history(conn: &mut DbConn, _found_in: &Scope, id: Id, slice: &Slice) -> Result<Vec<HistoryRow>> {
    let before = slice.after.as_ref().map_or(i32::MAX, |position| i32::try_from(position.key.number()).unwrap_or(i32::MAX));
    Ok(resource_versions::table
        .filter(resource_versions::resource_id.eq(id).and(resource_versions::version.lt(before)))
        .order(resource_versions::version.desc())
        .limit(slice.limit + 1)
        .select(HistoryRow::as_select())
        .load(conn)?)
}

/// Whether a resource was changed after a version otherwise than by merging it and taking that back.
pub fn changed_since(conn: &mut DbConn, _found_in: &Scope, id: Id, version: i32) -> Result<bool> {
    let later = resource_versions::table.filter(resource_versions::resource_id.eq(id).and(resource_versions::version.gt(version)));
    let others = later.filter(resource_versions::action.ne_all([Action::Merge, Action::UndoMerge]));
    Ok(diesel::select(diesel::dsl::exists(others)).get_result(conn)?)
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, id: Id) -> Result<i64> {
    Ok(resource_versions::table.filter(resource_versions::resource_id.eq(id)).count().get_result(conn)?)
}

/// A resource as it was served before a moment, as far as its versions tell.
pub fn snapshot_before(conn: &mut DbConn, _found_in: &Scope, id: Id, moment: Instant) -> Result<Option<Value>> {
    let earlier = resource_versions::table.filter(resource_versions::resource_id.eq(id).and(resource_versions::recorded_at.lt(moment)));
    let latest = earlier.order(resource_versions::version.desc()).select(resource_versions::snapshot).first::<Option<Json<Value>>>(conn);
    Ok(optional(latest)?.flatten().map(|json| json.0))
}

/// Takes out of the versions of a resource what `scrub` takes out of each.
pub fn scrub(conn: &mut DbConn, _found_in: &Scope, id: Id, scrub: impl Fn(&mut Value)) -> Result<()> {
    let versions = resource_versions::table.filter(resource_versions::resource_id.eq(id).and(resource_versions::snapshot.is_not_null()));
    let versions: Vec<(i32, Json<Value>)> = versions.select((resource_versions::version, resource_versions::snapshot.assume_not_null())).load(conn)?;
    for (version, Json(mut snapshot)) in versions {
        scrub(&mut snapshot);
        diesel::update(resource_versions::table.find((id, version))).set(resource_versions::snapshot.eq(Json(snapshot))).execute(conn)?;
    }
    Ok(())
}

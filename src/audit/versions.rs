//! The stored versions of resources, held against the events that tell of them.
//!
//! A version has one event of its own, written with it: who made it, when, by which action, and the digest of its snapshot. Nobody
//! rewrites a snapshot but `scrub`, when a case is forgotten: for each version that it changes it writes a further event, with the
//! digest of what it found and of what it left. So a snapshot is what the last event of its version says, and one that is not what
//! its own event says is accepted only where a scrub found exactly that and the digests lead on from there. What somebody else
//! changed is not made good by a scrub: what that found is what no event told.
//!
//! Each event that tells of a version has it, and each version has its event, but for those whose events were dropped: these are
//! older than what was kept, and older than any version of the same resource that is still told of. Of them nothing else is proved.
//! The digests are of the stored text itself, which is therefore kept byte for byte on both engines.

use super::chain::{Fault, Walk};
use super::{Action, EventRow, Tx, store};
use crate::auth::{RecordKey, Scope};
use crate::db::schema::{audit_events, resource_versions};
use crate::db::{DbConn, Id, Instant, ROWS_AT_ONCE, optional};
use crate::error::{Error, Result};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use serde_json::Value;
use std::collections::HashMap;

/// What events of scrubs are about.
pub(super) const VERSIONS: &str = "resource_versions";

/// A version as it is stored. Its texts are plain: a word that somebody slipped into the table must be read to be found out.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = resource_versions, treat_none_as_default_value = false)]
pub struct VersionRow {
    pub resource_id: Id,
    pub version: i32,
    pub resource: String,
    pub action: String,
    pub recorded_at: Instant,
    pub actor_id: Option<Id>,
    pub request_id: Id,
    /// The resource after the change, as JSON; none once it is deleted.
    pub snapshot: Option<String>,
}

impl VersionRow {
    /// The version that an event tells of, and what it holds.
    pub(super) fn of(event: &EventRow, version: i32, snapshot: Option<String>) -> Self {
        let EventRow { resource_id, resource, action, recorded_at, actor_id, request_id, .. } = event;
        let (resource, action) = (resource.clone(), action.clone());
        Self { resource_id: *resource_id, version, resource, action, recorded_at: *recorded_at, actor_id: *actor_id, request_id: *request_id, snapshot }
    }

    /// Whether it tells of the change as its event does; of scrubs it says nothing.
    fn tells_the_same(&self, event: &EventRow) -> bool {
        let Self { resource_id: _, version: _, resource, action, recorded_at, actor_id, request_id, snapshot: _ } = self;
        let own = (resource, action, recorded_at, actor_id, request_id);
        event.resource == VERSIONS || own == (&event.resource, &event.action, &event.recorded_at, &event.actor_id, &event.request_id)
    }
}

/// The digest of a snapshot.
pub fn digest(key: &RecordKey, snapshot: &str) -> Vec<u8> {
    key.digest(&[b"snapshot", snapshot.as_bytes()])
}

/// An event with the version that it tells of, as far as that is there.
pub(super) type Told = (EventRow, Option<VersionRow>);

/// Of an event, the version that it tells of.
#[diesel::dsl::auto_type]
pub(super) fn told() -> _ {
    let version = resource_versions::version.nullable().eq(audit_events::version);
    resource_versions::resource_id.eq(audit_events::resource_id).and(version)
}

/// Looks for the versions that these events tell of.
pub(super) fn find(conn: &mut DbConn, events: Vec<EventRow>) -> Result<Vec<Told>> {
    let mut found: HashMap<Id, VersionRow> = HashMap::with_capacity(events.len());
    for events in events.chunks(ROWS_AT_ONCE) {
        let ids: Vec<Id> = events.iter().map(|event| event.id).collect();
        let telling = audit_events::table.inner_join(resource_versions::table.on(told())).filter(audit_events::id.eq_any(ids));
        found.extend(telling.select((audit_events::id, VersionRow::as_select())).load::<(Id, VersionRow)>(conn)?);
    }
    Ok(events
        .into_iter()
        .map(|event| {
            let version = found.remove(&event.id);
            (event, version)
        })
        .collect())
}

/// Holds the version that an event tells of against it.
pub(super) fn hold(conn: &mut DbConn, walk: &mut Walk<'_>, event: &EventRow, found: Option<&VersionRow>) -> Result<std::result::Result<(), Fault>> {
    let (Some(version), id) = (event.version, event.resource_id) else { return Ok(Ok(())) };
    let Some(found) = found else { return Ok(Err(Fault::VersionMissing { resource: event.resource.clone(), id, version })) };
    if found.tells_the_same(event) {
        // What was recorded before the chain has no digest until the chain begins.
        if event.seal.is_none() || found.snapshot.as_ref().map(|snapshot| digest(walk.key, snapshot)) == event.after_digest {
            walk.versions += 1;
            return Ok(Ok(()));
        }
        let scrubs = audit_events::table.filter(audit_events::resource.eq(VERSIONS).and(audit_events::resource_id.eq(id)));
        let scrubs = scrubs.filter(audit_events::version.eq(version).and(audit_events::before_digest.eq(&event.after_digest)));
        if diesel::select(exists(scrubs)).get_result(conn)? {
            return Ok(Ok(()));
        }
    }
    Ok(Err(Fault::VersionAltered { resource: found.resource.clone(), id, version }))
}

/// Looks for a version that no event tells of and that is not as old as what was dropped.
pub(super) fn untold(conn: &mut DbConn, walk: &Walk<'_>) -> Result<std::result::Result<(), Fault>> {
    let count: i64 = resource_versions::table.count().get_result(conn)?;
    if count == walk.versions {
        return Ok(Ok(()));
    }
    let of_it = || audit_events::table.filter(audit_events::resource_id.eq(resource_versions::resource_id));
    let telling = of_it().filter(audit_events::version.eq(resource_versions::version.nullable()));
    let mut query = resource_versions::table.filter(not(exists(telling))).into_boxed();
    if let Some(kept_from) = walk.kept_from {
        let earlier = of_it().filter(audit_events::resource.ne(VERSIONS).and(audit_events::version.lt(resource_versions::version.nullable())));
        query = query.filter(resource_versions::recorded_at.ge(kept_from).or(exists(earlier)));
    }
    let found = query.select((resource_versions::resource, resource_versions::resource_id, resource_versions::version)).first(conn);
    Ok(match optional(found)? {
        Some((resource, id, version)) => Err(Fault::VersionForeign { resource, id, version }),
        None => Ok(()),
    })
}

/// Gives what was recorded before the chain the digests that it could not have: whoever wrote it had no key.
pub(super) fn digest_earlier(conn: &mut DbConn, key: &RecordKey) -> Result<()> {
    let earlier = audit_events::table.inner_join(resource_versions::table.on(told()));
    let earlier = earlier.filter(audit_events::seal.is_null().and(resource_versions::snapshot.is_not_null()));
    let earlier: Vec<(Id, String)> = earlier.select((audit_events::id, resource_versions::snapshot.assume_not_null())).load(conn)?;
    for (id, snapshot) in earlier {
        diesel::update(audit_events::table.find(id)).set(audit_events::after_digest.eq(digest(key, &snapshot))).execute(conn)?;
    }
    Ok(())
}

/// Takes out of the versions of a resource what `scrub` takes out of each, and tells of those that it changed.
pub fn scrub(tx: &mut Tx<'_>, _found_in: &Scope, id: Id, scrub: impl Fn(&mut Value)) -> Result<()> {
    let versions = resource_versions::table.filter(resource_versions::resource_id.eq(id).and(resource_versions::snapshot.is_not_null()));
    let versions = versions.order(resource_versions::version).select((resource_versions::version, resource_versions::snapshot.assume_not_null()));
    let versions: Vec<(i32, String)> = versions.load(tx.conn)?;
    let mut events = Vec::new();
    for (version, before) in versions {
        let found: Value = serde_json::from_str(&before).map_err(Error::internal)?;
        let mut left = found.clone();
        scrub(&mut left);
        if left == found {
            continue;
        }
        let after = left.to_string();
        let [before_digest, after_digest] = [&before, &after].map(|snapshot| Some(digest(&tx.author.key, snapshot)));
        diesel::update(resource_versions::table.find((id, version))).set(resource_versions::snapshot.eq(after)).execute(tx.conn)?;
        let event = EventRow::new(tx.author, tx.now, Action::Anonymise, VERSIONS, id);
        events.push(EventRow { version: Some(version), before_digest, after_digest, ..event });
    }
    store::insert_events(tx.conn, tx.author, events)
}

//! Queries on versions and audit events.

use super::chain::{self, Fault, Head, Walk};
use super::versions::{self, Told, VersionRow};
use super::{Action, Author, Origin};
use super::{access, retention};
use crate::auth::{RecordKey, Scope};
use crate::db::paging::Slice;
use crate::db::schema::{audit_events, resource_versions};
use crate::db::{DbConn, Id, Instant, Json, Placed, ROWS_AT_ONCE, among, direct, has_one_writer, insert_all, optional, place_audit_events, take_turns};
use crate::error::Result;
use diesel::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;

pub struct Change {
    pub resource: &'static str,
    pub id: Id,
    pub version: i32,
    pub action: Action,
    pub snapshot: Option<Box<RawValue>>,
}

/// An event as it is stored. Its texts are plain: a word that somebody slipped into the table must be read to be found out.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
pub struct EventRow {
    pub id: Id,
    pub recorded_at: Instant,
    pub origin: String,
    pub actor_id: Option<Id>,
    pub client_id: Option<Id>,
    pub on_behalf_of: Option<Id>,
    pub request_id: Id,
    pub operation: String,
    pub rule: Option<String>,
    pub action: String,
    pub resource: String,
    pub resource_id: Id,
    pub version: Option<i32>,
    pub before_digest: Option<Vec<u8>>,
    pub after_digest: Option<Vec<u8>>,
    pub sequence: Option<i64>,
    pub seal: Option<Vec<u8>>,
}

impl EventRow {
    pub(super) fn new(author: &Author, now: Instant, action: Action, resource: &'static str, resource_id: Id) -> Self {
        let Author { origin, actor_id, client_id, on_behalf_of, request_id, operation, rule, key: _ } = author;
        Self {
            id: Id::new(),
            recorded_at: now,
            origin: origin.as_str().to_owned(),
            actor_id: *actor_id,
            client_id: *client_id,
            on_behalf_of: *on_behalf_of,
            request_id: *request_id,
            operation: operation.clone(),
            rule: rule.clone(),
            action: action.as_str().to_owned(),
            resource: resource.to_owned(),
            resource_id,
            version: None,
            before_digest: None,
            after_digest: None,
            sequence: None,
            seal: None,
        }
    }
}

pub fn insert(conn: &mut DbConn, author: &Author, now: Instant, changes: Vec<Change>) -> Result<()> {
    let mut digests = earlier_digests(conn, &changes)?;
    let (mut events, mut versions) = (Vec::with_capacity(changes.len()), Vec::with_capacity(changes.len()));
    for Change { resource, id, version, action, snapshot } in changes {
        let snapshot = snapshot.map(|json| String::from(Box::<str>::from(json)));
        let after_digest = snapshot.as_ref().map(|snapshot| versions::digest(&author.key, snapshot));
        let before_digest = digests.insert(id, after_digest.clone()).flatten();
        let event = EventRow { version: Some(version), before_digest, after_digest, ..EventRow::new(author, now, action, resource, id) };
        versions.push(VersionRow::of(&event, version, snapshot));
        events.push(event);
    }
    insert_all!(conn, resource_versions::table, versions);
    insert_events(conn, author, events)
}

/// The digests of resources before these changes: what was recorded with the change before. New ones have none.
fn earlier_digests(conn: &mut DbConn, changes: &[Change]) -> Result<HashMap<Id, Option<Vec<u8>>>> {
    let changed: HashMap<Id, i32> = changes.iter().rev().filter_map(|change| Some((change.id, (1..change.version).next_back()?))).collect();
    let mut digests = HashMap::with_capacity(changes.len());
    let (ids, mut versions): (Vec<Id>, Vec<i32>) = changed.iter().unzip();
    versions.sort_unstable();
    versions.dedup();
    for ids in ids.chunks(ROWS_AT_ONCE) {
        let query = audit_events::table.filter(audit_events::version.is_not_null().and(audit_events::resource.ne(versions::VERSIONS))).into_boxed();
        let query = among!(query, audit_events::version.assume_not_null(), versions.clone());
        let columns = (audit_events::resource_id, audit_events::version.assume_not_null(), audit_events::after_digest);
        let found: Vec<(Id, i32, Option<Vec<u8>>)> = among!(query, audit_events::resource_id, ids.to_vec()).select(columns).load(conn)?;
        digests.extend(found.into_iter().filter(|(id, version, _)| changed.get(id) == Some(version)).map(|(id, _, digest)| (id, digest)));
    }
    Ok(digests)
}

pub fn insert_event(conn: &mut DbConn, author: &Author, now: Instant, action: Action, resource: &'static str, id: Id) -> Result<()> {
    insert_events(conn, author, vec![EventRow::new(author, now, action, resource, id)])
}

/// What events of looks are about.
const LOOKS: &str = "access_log";

/// Writes the event of a batch of looks.
pub(super) fn insert_looks(conn: &mut DbConn, key: &RecordKey, now: Instant, batch_id: Id, digest: Vec<u8>) -> Result<()> {
    let author = Author::new(Origin::Api, None, batch_id, LOOKS, key);
    let event = EventRow { after_digest: Some(digest), ..EventRow::new(&author, now, Action::Read, LOOKS, batch_id) };
    insert_events(conn, &author, vec![event])
}

impl EventRow {
    /// Whether it tells of looks.
    pub(super) fn tells_of_looks(&self) -> bool {
        self.resource == LOOKS
    }
}

pub(super) fn insert_events(conn: &mut DbConn, author: &Author, mut events: Vec<EventRow>) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    if has_one_writer(conn) {
        let mut head = match head(conn)? {
            Some(head) => head,
            None => put_in_order(conn, &author.key)?,
        };
        for event in &mut events {
            let Placed { sequence, seal, .. } = head.extend(&author.key, event);
            (event.sequence, event.seal) = (Some(sequence), Some(seal));
        }
    } else {
        for event in &mut events {
            event.seal = Some(chain::alone(&author.key, event));
        }
    }
    insert_all!(conn, audit_events::table, events);
    Ok(())
}

/// The end of the chain; none before it begins.
fn head(conn: &mut DbConn) -> Result<Option<Head>> {
    let last = direct!(conn, |conn| {
        let placed = audit_events::table.filter(audit_events::sequence.is_not_null()).order(audit_events::sequence.desc());
        placed.select((audit_events::sequence.assume_not_null(), audit_events::seal)).first::<(i64, Option<Vec<u8>>)>(conn)
    });
    Ok(optional(last)?.map(|(sequence, seal)| Head { sequence, seal: seal.unwrap_or_default() }))
}

/// The place of the first event that was recorded at a moment or later.
pub(super) fn first_since(conn: &mut DbConn, moment: Instant) -> Result<i64> {
    let since = audit_events::table.filter(audit_events::recorded_at.ge(moment).and(audit_events::sequence.is_not_null()));
    let first: Option<i64> = since.select(diesel::dsl::min(audit_events::sequence)).get_result(conn)?;
    Ok(first.unwrap_or(i64::MAX))
}

/// The last event up to a place.
pub(super) fn last_up_to(conn: &mut DbConn, sequence: i64) -> Result<Option<Head>> {
    let before = audit_events::table.filter(audit_events::sequence.le(sequence)).order(audit_events::sequence.desc());
    let last = before.select((audit_events::sequence.assume_not_null(), audit_events::seal)).first::<(i64, Option<Vec<u8>>)>(conn);
    Ok(optional(last)?.map(|(sequence, seal)| Head { sequence, seal: seal.unwrap_or_default() }))
}

/// The batches of looks that the events up to a place tell of.
pub(super) fn looks_up_to(conn: &mut DbConn, sequence: i64) -> Result<Vec<Id>> {
    let telling = audit_events::table.filter(audit_events::sequence.le(sequence).and(audit_events::resource.eq(LOOKS)));
    Ok(telling.select(audit_events::resource_id).load(conn)?)
}

/// Events read at once.
const BATCH: i64 = 1000;
/// Those who put events in order take turns under this number.
const ORDER: i32 = 10;

/// Gives each event that waits its place in the chain, and tells where it then ends. The chain begins with what was recorded before
/// it; afterwards only what this server sealed gets a place, so that a row slipped in is never made good.
pub fn put_in_order(conn: &mut DbConn, key: &RecordKey) -> Result<Head> {
    take_turns(conn, ORDER)?;
    let found = head(conn)?;
    let begins = found.is_none();
    if begins {
        versions::digest_earlier(conn, key)?;
    }
    let mut head = found.unwrap_or_default();
    let mut after = None;
    loop {
        let waiting = waiting(conn, after)?;
        let Some(last) = waiting.last() else { return Ok(head) };
        after = Some((last.recorded_at, last.id));
        let sealed = |event: &&EventRow| match &event.seal {
            None => begins,
            Some(seal) => *seal == chain::alone(key, event),
        };
        let placed: Vec<Placed> = waiting.iter().filter(sealed).map(|event| head.extend(key, event)).collect();
        if placed.len() < waiting.len() {
            log::error!("{} audit events were not written by this server: run `entraide audit verify`", waiting.len() - placed.len());
        }
        place_audit_events(conn, &placed)?;
    }
}

/// Events without a place, the oldest first.
fn waiting(conn: &mut DbConn, after: Option<(Instant, Id)>) -> Result<Vec<EventRow>> {
    let mut query = audit_events::table.filter(audit_events::sequence.is_null()).into_boxed();
    if let Some((recorded_at, id)) = after {
        let later = audit_events::recorded_at.gt(recorded_at).or(audit_events::recorded_at.eq(recorded_at).and(audit_events::id.gt(id)));
        query = query.filter(later);
    }
    let oldest_first = query.order((audit_events::recorded_at.asc(), audit_events::id.asc()));
    Ok(oldest_first.limit(BATCH).select(EventRow::as_select()).load(conn)?)
}

/// Walks along the whole chain and what waits beside it, with the looks and the versions that it tells of; tells the first fault.
/// All queries have to see one state of the database.
pub fn verify(conn: &mut DbConn, walk: &mut Walk<'_>) -> Result<std::result::Result<(), Fault>> {
    let walked = retention::begin(conn, walk)?;
    let walked = if walked.is_ok() { verify_placed(conn, walk)? } else { walked };
    let walked = if walked.is_ok() { verify_waiting(conn, walk)? } else { walked };
    if walked.is_err() {
        return Ok(walked);
    }
    let foreign = access::count(conn)? - walk.looks;
    if foreign != 0 {
        return Ok(Err(Fault::LooksForeign { count: foreign }));
    }
    let ended = walk.end();
    if ended.is_ok() { versions::untold(conn, walk) } else { Ok(ended) }
}

fn verify_placed(conn: &mut DbConn, walk: &mut Walk<'_>) -> Result<std::result::Result<(), Fault>> {
    // From the very first: no event hides before the beginning.
    let mut after = i64::MIN;
    loop {
        let placed = audit_events::table.left_join(resource_versions::table.on(versions::told())).filter(audit_events::sequence.gt(after));
        let placed = placed.order(audit_events::sequence.asc()).limit(BATCH);
        let events: Vec<Told> = direct!(conn, |conn| placed.select((EventRow::as_select(), Option::<VersionRow>::as_select())).load(conn))?;
        let Some(last) = events.last().and_then(|(event, _)| event.sequence) else { return Ok(Ok(())) };
        after = last;
        let walked = events.iter().try_for_each(|(event, _)| walk.step(event));
        let walked = if walked.is_ok() { verify_told(conn, walk, &events)? } else { walked };
        if walked.is_err() {
            return Ok(walked);
        }
    }
}

fn verify_waiting(conn: &mut DbConn, walk: &mut Walk<'_>) -> Result<std::result::Result<(), Fault>> {
    let mut after = None;
    loop {
        let events = waiting(conn, after)?;
        let Some(last) = events.last() else { return Ok(Ok(())) };
        after = Some((last.recorded_at, last.id));
        let walked = events.iter().try_for_each(|event| walk.wait(event));
        let events = versions::find(conn, events)?;
        let walked = if walked.is_ok() { verify_told(conn, walk, &events)? } else { walked };
        if walked.is_err() {
            return Ok(walked);
        }
    }
}

/// Holds what events tell of against them: looks and versions.
fn verify_told(conn: &mut DbConn, walk: &mut Walk<'_>, events: &[Told]) -> Result<std::result::Result<(), Fault>> {
    let telling: Vec<&EventRow> = events.iter().map(|(event, _)| event).filter(|event| event.tells_of_looks()).collect();
    match access::verify(conn, walk.key, &telling)? {
        Ok(known) => walk.looks += known,
        Err(fault) => return Ok(Err(fault)),
    }
    for (event, version) in events {
        let held = versions::hold(conn, walk, event, version.as_ref())?;
        if held.is_err() {
            return Ok(held);
        }
    }
    Ok(Ok(()))
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

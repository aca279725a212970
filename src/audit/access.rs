//! Who looked at what is confidential: one entry a request, durable before the request is answered.
//!
//! The files that were shown stand in a table of their own, keyed by file and time, so that "who opened this one?" is answered from
//! an index; a column of ids would have to be searched through. What was searched for is kept as a keyed digest.
//!
//! Looks are sealed as changes are: each row under the key, and each batch of rows by one event in the chain, which says which they
//! were. So none can be edited, removed or added behind the server's back. What a row learns later, the length of an export or that
//! a file was forgotten, the server seals anew.

use super::chain::{Fault, encoded};
use super::{Author, EventRow, store};
use crate::auth::{RecordKey, Scope};
use crate::db::schema::{access_log, access_log_subjects as subjects};
use crate::db::{DbConn, Id, Instant, ROWS_AT_ONCE, insert_all};
use crate::error::Result;
use crate::values::choice;
use diesel::prelude::*;
use std::collections::HashMap;

choice! {
    /// What is so confidential that every look at it is recorded.
    pub enum Confided as "confided" {
        Dossier = "dossier" ("Dossier", "Dossier"),
        Member = "member" ("Adhérent", "Member"),
    }
}

/// A row that is found before anything is said about it.
pub trait Part {
    /// What a look at it is a look at; nothing where it is no part of a file.
    fn part_of(&self) -> Option<(Confided, Id)> {
        None
    }
}

/// Nothing needed to be found, or the address names it.
impl Part for () {}

/// A look: what was shown, and what was asked for.
#[derive(Debug, Clone, Default)]
pub struct Look {
    pub subjects: Vec<(Confided, Id)>,
    /// Keyed digest of the filters or of what was searched for.
    pub criteria_digest: Option<Vec<u8>>,
    /// For which study.
    pub purpose: Option<String>,
    /// How many rows were shown; not known while an export is under way.
    pub row_count: Option<i64>,
    /// Whether it was an answer given before.
    pub replayed: bool,
}

/// A look with who looked, and when.
#[derive(Debug)]
pub struct Entry {
    pub id: Id,
    pub author: Author,
    pub now: Instant,
    pub look: Look,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = access_log, treat_none_as_default_value = false)]
pub struct AccessRow {
    pub id: Id,
    pub recorded_at: Instant,
    pub actor_id: Option<Id>,
    pub client_id: Option<Id>,
    pub on_behalf_of: Option<Id>,
    pub request_id: Id,
    pub operation: String,
    pub rule: Option<String>,
    pub criteria_digest: Option<Vec<u8>>,
    pub purpose: Option<String>,
    pub row_count: Option<i64>,
    pub replayed: bool,
    /// The event of the chain that says that this row was written.
    pub batch_id: Id,
    pub seal: Vec<u8>,
}

impl AccessRow {
    /// The seal of what the row says and of the files that it was at, in their order.
    fn sealed(&self, key: &RecordKey, files: &[(Id, String)]) -> Vec<u8> {
        let Self { id, recorded_at, actor_id, client_id, on_behalf_of, request_id, operation, rule, .. } = self;
        let Self { criteria_digest, purpose, row_count, replayed, batch_id, seal: _, .. } = self;
        fn optional(id: &Option<Id>) -> Option<&[u8]> {
            id.as_ref().map(|id| id.as_bytes().as_slice())
        }
        let (recorded_at, row_count) = (recorded_at.micros().to_be_bytes(), row_count.map(i64::to_be_bytes));
        let mut parts: Vec<Option<&[u8]>> = vec![
            Some(id.as_bytes()),
            Some(&recorded_at),
            optional(actor_id),
            optional(client_id),
            optional(on_behalf_of),
            Some(request_id.as_bytes()),
            Some(operation.as_bytes()),
            rule.as_ref().map(String::as_bytes),
            criteria_digest.as_deref(),
            purpose.as_ref().map(String::as_bytes),
            row_count.as_ref().map(<[u8; 8]>::as_slice),
            Some(if *replayed { b"1" } else { b"0" }),
            Some(batch_id.as_bytes()),
        ];
        parts.extend(files.iter().flat_map(|(id, kind)| [Some(id.as_bytes().as_slice()), Some(kind.as_bytes())]));
        key.digest(&[b"look", &encoded(&parts)])
    }
}

#[derive(Insertable)]
#[diesel(table_name = subjects)]
struct NewSubject {
    subject_id: Id,
    recorded_at: Instant,
    entry_id: Id,
    subject: Confided,
}

/// Writes looks that came at once, each with its seal, and the event that says which they are.
pub fn record(conn: &mut DbConn, key: &RecordKey, entries: Vec<Entry>) -> Result<()> {
    let batch_id = Id::new();
    let Some(now) = entries.iter().map(|entry| entry.now).max() else { return Ok(()) };
    let (mut rows, mut files) = (Vec::with_capacity(entries.len()), Vec::with_capacity(entries.len()));
    for Entry { id, author, now, look } in entries {
        let Author { origin: _, actor_id, client_id, on_behalf_of, request_id, operation, rule, key: _ } = author;
        let Look { subjects: mut shown, criteria_digest, purpose, row_count, replayed } = look;
        let mut row = AccessRow {
            id,
            recorded_at: now,
            actor_id,
            client_id,
            on_behalf_of,
            request_id,
            operation,
            rule,
            criteria_digest,
            purpose,
            row_count,
            replayed,
            batch_id,
            seal: Vec::new(),
        };
        shown.sort_unstable_by_key(|(subject, id)| (*id, *subject));
        shown.dedup_by_key(|(_, id)| *id);
        let told: Vec<(Id, String)> = shown.iter().map(|(subject, id)| (*id, subject.as_str().to_owned())).collect();
        row.seal = row.sealed(key, &told);
        files.extend(shown.into_iter().map(|(subject, subject_id)| NewSubject { subject_id, recorded_at: now, entry_id: id, subject }));
        rows.push(row);
    }
    let digest = batch_digest(key, batch_id, rows.iter().map(|row| row.id));
    insert_all!(conn, access_log::table, rows);
    insert_all!(conn, subjects::table, files);
    store::insert_looks(conn, key, now, batch_id, digest)
}

/// Which looks a batch has.
fn batch_digest(key: &RecordKey, batch_id: Id, entries: impl Iterator<Item = Id>) -> Vec<u8> {
    let mut ids: Vec<Id> = entries.collect();
    ids.sort_unstable();
    let parts: Vec<&[u8]> = [b"looks".as_slice(), batch_id.as_bytes()].into_iter().chain(ids.iter().map(|id| id.as_bytes().as_slice())).collect();
    key.digest(&parts)
}

/// The files that these looks were at, each look's in the order in which they are sealed. As plain text: a word that somebody
/// slipped in must be read to be found out.
fn files_of(conn: &mut DbConn, rows: &[AccessRow]) -> Result<HashMap<Id, Vec<(Id, String)>>> {
    let mut files: HashMap<Id, Vec<(Id, String)>> = HashMap::new();
    for rows in rows.chunks(ROWS_AT_ONCE) {
        let entries: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let found = subjects::table.filter(subjects::entry_id.eq_any(entries)).order((subjects::entry_id, subjects::subject_id));
        let found: Vec<(Id, Id, String)> = found.select((subjects::entry_id, subjects::subject_id, subjects::subject)).load(conn)?;
        for (entry_id, subject_id, subject) in found {
            files.entry(entry_id).or_default().push((subject_id, subject));
        }
    }
    Ok(files)
}

/// Holds the looks of these events of the chain against what the events say; tells how many they are.
pub(super) fn verify(conn: &mut DbConn, key: &RecordKey, events: &[&EventRow]) -> Result<Result<i64, Fault>> {
    let mut known = 0;
    for events in events.chunks(ROWS_AT_ONCE) {
        let batches: Vec<Id> = events.iter().map(|event| event.resource_id).collect();
        let rows: Vec<AccessRow> = access_log::table.filter(access_log::batch_id.eq_any(batches)).select(AccessRow::as_select()).load(conn)?;
        let files = files_of(conn, &rows)?;
        let altered = |row: &&AccessRow| row.seal != row.sealed(key, files.get(&row.id).map_or(&[], Vec::as_slice));
        if let Some(row) = rows.iter().find(altered) {
            return Ok(Err(Fault::LookAltered { id: row.id }));
        }
        for event in events {
            let own = rows.iter().filter(|row| row.batch_id == event.resource_id).map(|row| row.id);
            if event.after_digest != Some(batch_digest(key, event.resource_id, own)) {
                return Ok(Err(Fault::LooksMissing { id: event.id }));
            }
        }
        known += i64::try_from(rows.len()).unwrap_or(i64::MAX);
    }
    Ok(Ok(known))
}

/// How many looks there are.
pub(super) fn count(conn: &mut DbConn) -> Result<i64> {
    Ok(access_log::table.count().get_result(conn)?)
}

/// Drops the looks of these batches.
pub(super) fn drop_batches(conn: &mut DbConn, batches: &[Id]) -> Result<usize> {
    let mut dropped = 0;
    for batches in batches.chunks(ROWS_AT_ONCE) {
        let entries = access_log::table.filter(access_log::batch_id.eq_any(batches.to_vec())).select(access_log::id);
        diesel::delete(subjects::table.filter(subjects::entry_id.eq_any(entries))).execute(conn)?;
        dropped += diesel::delete(access_log::table.filter(access_log::batch_id.eq_any(batches.to_vec()))).execute(conn)?;
    }
    Ok(dropped)
}

/// Says how many rows an export had.
pub fn finish(conn: &mut DbConn, key: &RecordKey, entry_id: Id, row_count: i64) -> Result<()> {
    seal_anew(conn, key, &[entry_id], |row, _| row.row_count = Some(row_count))
}

/// Forgets that looks were at a file: an entry that names a dossier beside its member would lead back to whose case it was.
pub fn forget(conn: &mut DbConn, _found_in: &Scope, key: &RecordKey, subject_id: Id) -> Result<()> {
    let at_it = subjects::table.filter(subjects::subject_id.eq(subject_id)).select(subjects::entry_id);
    let entries: Vec<Id> = at_it.load(conn)?;
    seal_anew(conn, key, &entries, |_, files| files.retain(|(id, _)| *id != subject_id))?;
    diesel::delete(subjects::table.filter(subjects::subject_id.eq(subject_id))).execute(conn)?;
    Ok(())
}

/// Changes what looks say. One that is not as it was recorded keeps the seal that tells so.
fn seal_anew(conn: &mut DbConn, key: &RecordKey, entries: &[Id], change: impl Fn(&mut AccessRow, &mut Vec<(Id, String)>)) -> Result<()> {
    for entries in entries.chunks(ROWS_AT_ONCE) {
        let rows: Vec<AccessRow> = access_log::table.filter(access_log::id.eq_any(entries.to_vec())).select(AccessRow::as_select()).load(conn)?;
        let mut files = files_of(conn, &rows)?;
        for mut row in rows {
            let mut files = files.remove(&row.id).unwrap_or_default();
            let whole = row.seal == row.sealed(key, &files);
            change(&mut row, &mut files);
            if whole {
                row.seal = row.sealed(key, &files);
            }
            let changed = (access_log::row_count.eq(row.row_count), access_log::seal.eq(row.seal));
            diesel::update(access_log::table.find(row.id)).set(changed).execute(conn)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_is_of_each_word_of_a_look_and_of_the_files_that_it_was_at() {
        let key = RecordKey::new(b"a key of tests");
        let known = AccessRow {
            id: Id::new(),
            recorded_at: Instant("2026-11-22T09:00:00Z".parse().unwrap()),
            actor_id: Some(Id::new()),
            client_id: Some(Id::new()),
            on_behalf_of: Some(Id::new()),
            request_id: Id::new(),
            operation: "dossiers_retrieve".to_owned(),
            rule: Some("dpo".to_owned()),
            criteria_digest: Some(vec![1]),
            purpose: Some("study".to_owned()),
            row_count: Some(1),
            replayed: false,
            batch_id: Id::new(),
            seal: Vec::new(),
        };
        let file = (Id::new(), "dossier".to_owned());
        let of = |change: &dyn Fn(&mut AccessRow)| {
            let mut row = known.clone();
            change(&mut row);
            row.sealed(&key, std::slice::from_ref(&file))
        };
        let mut seals = vec![
            of(&|_| ()),
            of(&|row| row.id = Id::new()),
            of(&|row| row.recorded_at.0 += chrono::Duration::microseconds(1)),
            of(&|row| row.actor_id = Some(Id::new())),
            of(&|row| row.actor_id = None),
            of(&|row| row.client_id = Some(Id::new())),
            of(&|row| row.client_id = None),
            of(&|row| row.on_behalf_of = Some(Id::new())),
            of(&|row| row.on_behalf_of = None),
            of(&|row| row.request_id = Id::new()),
            of(&|row| row.operation.push('x')),
            of(&|row| row.rule = None),
            of(&|row| row.criteria_digest = None),
            of(&|row| row.purpose = None),
            of(&|row| row.row_count = Some(2)),
            of(&|row| row.row_count = None),
            of(&|row| row.replayed = true),
            of(&|row| row.batch_id = Id::new()),
            known.sealed(&key, &[]),
            known.sealed(&key, &[(file.0, "member".to_owned())]),
            known.sealed(&key, &[(Id::new(), file.1.clone())]),
            known.sealed(&RecordKey::new(b"another key"), std::slice::from_ref(&file)),
        ];
        let count = seals.len();
        seals.sort_unstable();
        seals.dedup();
        assert_eq!(seals.len(), count, "two different looks have one seal");
        assert_eq!(of(&|row| row.seal = vec![9]), of(&|_| ()));
        let (batch, [one, two]) = (Id::new(), [Id::new(), Id::new()]);
        let digest = |batch, ids: &[Id]| batch_digest(&key, batch, ids.iter().copied());
        assert_eq!(digest(batch, &[one, two]), digest(batch, &[two, one]));
        assert!(digest(batch, &[one]) != digest(batch, &[one, two]) && digest(batch, &[one]) != digest(Id::new(), &[one]));
    }
}

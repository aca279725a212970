//! Who looked at what is confidential: one entry a request, durable before the request is answered.
//!
//! The files that were shown stand in a table of their own, keyed by file and time, so that "who opened this one?" is answered from
//! an index; a column of ids would have to be searched through. What was searched for is kept as a keyed digest.

use super::Author;
use crate::auth::Scope;
use crate::db::schema::{access_log, access_log_subjects};
use crate::db::{DbConn, Id, Instant, insert_all};
use crate::error::Result;
use crate::values::choice;
use diesel::prelude::*;

choice! {
    /// What is so confidential that every look at it is recorded.
    pub enum Confided as "confided" {
        Dossier = "dossier" ("Dossier", "Dossier"),
        Member = "member" ("Adhérent", "Member"),
    }
}

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
}

#[derive(Insertable)]
#[diesel(table_name = access_log_subjects)]
struct NewSubject {
    subject_id: Id,
    recorded_at: Instant,
    entry_id: Id,
    subject: Confided,
}

/// Writes the entry of a look.
pub fn record(conn: &mut DbConn, author: &Author, now: Instant, look: Look) -> Result<Id> {
    let Author { origin: _, actor_id, client_id, on_behalf_of, request_id, operation, rule, key: _ } = author;
    let Look { mut subjects, criteria_digest, purpose, row_count, replayed } = look;
    let id = Id::new();
    let row = AccessRow {
        id,
        recorded_at: now,
        actor_id: *actor_id,
        client_id: *client_id,
        on_behalf_of: *on_behalf_of,
        request_id: *request_id,
        operation: operation.clone(),
        rule: rule.clone(),
        criteria_digest,
        purpose,
        row_count,
        replayed,
    };
    subjects.sort_unstable();
    subjects.dedup();
    let subjects: Vec<NewSubject> =
        subjects.into_iter().map(|(subject, subject_id)| NewSubject { subject_id, recorded_at: now, entry_id: id, subject }).collect();
    insert_all!(conn, access_log::table, [row]);
    insert_all!(conn, access_log_subjects::table, subjects);
    Ok(id)
}

/// Says how many rows an export had.
pub fn finish(conn: &mut DbConn, entry_id: Id, row_count: i64) -> Result<()> {
    diesel::update(access_log::table.find(entry_id)).set(access_log::row_count.eq(row_count)).execute(conn)?;
    Ok(())
}

/// Forgets that looks were at a file: an entry that names a dossier beside its member would lead back to whose case it was.
pub fn forget(conn: &mut DbConn, _found_in: &Scope, subject_id: Id) -> Result<()> {
    diesel::delete(access_log_subjects::table.filter(access_log_subjects::subject_id.eq(subject_id))).execute(conn)?;
    Ok(())
}

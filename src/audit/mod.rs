//! The record of every change: who, when, through what, by which right, and the resource before and after.
//!
//! The resource itself stands in its versions (`versions`); the events hold digests of it and stand in a chain (`chain`), so that
//! neither can be changed, added or removed behind the server's back without `entraide audit verify` finding it.

pub mod access;
pub mod chain;
pub mod checkpoint;
pub mod journal;
pub mod retention;
mod store;
pub mod versions;

use crate::auth::RecordKey;
use crate::db::{DbConn, Id, Instant};
use crate::error::{Error, Result};
use crate::values::choice;
use serde::Serialize;

pub use store::{EventRow, HistoryRow, changed_since, count, history, put_in_order, snapshot_before, verify};
pub use versions::{VersionRow, scrub};

choice! {
    /// What was done to a resource.
    pub enum Action as "action" {
        Create = "create" ("Création", "Created"),
        Read = "read" ("Consultation", "Read"),
        Update = "update" ("Modification", "Changed"),
        Delete = "delete" ("Suppression", "Deleted"),
        Transition = "transition" ("Changement d'état", "Change of state"),
        Transfer = "transfer" ("Transfert", "Transfer"),
        Merge = "merge" ("Fusion", "Merge"),
        UndoMerge = "undo_merge" ("Fusion annulée", "Merge undone"),
        Anonymise = "anonymise" ("Anonymisation", "Anonymised"),
    }
}

/// By which door a change came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Api,
    Console,
    Import,
}

impl Origin {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Console => "console",
            Self::Import => "import",
        }
    }
}

/// In whose name a transaction runs.
#[derive(Debug, Clone)]
pub struct Author {
    pub origin: Origin,
    pub actor_id: Option<Id>,
    /// The machine that carried the request, where it was one.
    pub client_id: Option<Id>,
    /// Whom the actor stood in for.
    pub on_behalf_of: Option<Id>,
    /// The request, or the long operation, that made the change.
    pub request_id: Id,
    pub operation: String,
    /// The right by which the operation was granted; none at the console.
    pub rule: Option<String>,
    /// What seals the record.
    pub key: RecordKey,
}

impl Author {
    pub fn new(origin: Origin, actor_id: Option<Id>, request_id: Id, operation: &str, key: &RecordKey) -> Self {
        let operation = operation.to_owned();
        Self { origin, actor_id, client_id: None, on_behalf_of: None, request_id, operation, rule: None, key: key.clone() }
    }

    /// Whoever runs the program, or the program itself.
    pub fn console(operation: &str, key: &RecordKey) -> Self {
        Self::new(Origin::Console, None, Id::new(), operation, key)
    }

    /// The same through a machine.
    pub fn through(self, client_id: Option<Id>) -> Self {
        Self { client_id, ..self }
    }

    /// The same by a right.
    pub fn by(self, rule: Option<String>) -> Self {
        Self { rule, ..self }
    }
}

/// What has an identity, a version and a history.
pub trait Resource: Serialize {
    /// The singular name in records.
    const KIND: &'static str;
    fn id(&self) -> Id;
    fn version(&self) -> i32;
}

/// A transaction with its author: stores change rows through it, so that each change can be recorded where it is made.
pub struct Tx<'a> {
    pub conn: &'a mut DbConn,
    pub author: &'a Author,
    pub now: Instant,
}

impl Tx<'_> {
    /// Writes the version and the audit row of one change.
    pub fn record<R: Resource>(&mut self, action: Action, after: &R) -> Result<()> {
        self.record_all(std::iter::once((action, after)))
    }

    /// Writes those of many changes in few statements.
    pub fn record_all<'r, R: Resource + 'r>(&mut self, changes: impl Iterator<Item = (Action, &'r R)>) -> Result<()> {
        let changes: Result<Vec<store::Change>> = changes
            .map(|(action, after)| {
                let snapshot = match action {
                    Action::Delete => None,
                    _ => Some(serde_json::value::to_raw_value(after).map_err(Error::internal)?),
                };
                Ok(store::Change { resource: R::KIND, id: after.id(), version: after.version(), action, snapshot })
            })
            .collect();
        store::insert(self.conn, self.author, self.now, changes?)
    }

    /// Writes an audit row for what has no versions: sessions, accounts.
    pub fn note(&mut self, action: Action, resource: &'static str, id: Id) -> Result<()> {
        store::insert_event(self.conn, self.author, self.now, action, resource, id)
    }
}

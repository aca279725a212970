//! What an import is told and what it tells.

use crate::audit::Author;
use crate::auth::Scope;
use crate::db::{Db, Id, Instant};
use crate::error::{Flaw, Result};
use crate::values::{Day, choice};
use serde::{Deserialize, Serialize};
use serde_json::Value;

choice! {
    /// How far an import goes.
    pub enum Mode as "import_mode" {
        Validate = "validate" ("Vérifier sans rien enregistrer", "Check and store nothing"),
        Partial = "partial" ("Enregistrer les lignes correctes", "Store the good lines"),
        Atomic = "atomic" ("Tout ou rien", "All or nothing"),
    }
}

choice! {
    /// What an operation does.
    pub enum OperationKind as "operation_kind" {
        EstablishmentImport = "establishment_import" ("Import de l'annuaire", "Directory import"),
        MemberImport = "member_import" ("Import d'adhérents", "Member import"),
    }
}

choice! {
    /// How far an operation has come.
    pub enum OperationStatus as "operation_status" {
        Queued = "queued" ("En attente", "Waiting"),
        Running = "running" ("En cours", "Running"),
        Succeeded = "succeeded" ("Terminée", "Finished"),
        Failed = "failed" ("Échouée", "Failed"),
    }
}

choice! {
    /// What became of a line.
    pub enum LineOutcome as "line_outcome" {
        Created = "created" ("Créée", "Created"),
        Updated = "updated" ("Modifiée", "Changed"),
        Unchanged = "unchanged" ("Inchangée", "Unchanged"),
        Rejected = "rejected" ("Rejetée", "Rejected"),
    }
}

choice! {
    /// Whether an issue kept a line out.
    pub enum Severity as "severity" {
        Error = "error" ("Erreur", "Error"),
        Warning = "warning" ("Avertissement", "Warning"),
    }
}

impl LineOutcome {
    /// What a line did that also did this: to create is more than to change.
    pub fn max_of(self, other: Self) -> Self {
        if self == Self::Unchanged { other } else { self }
    }
}

/// An issue of a line: the column of the file and what is wrong there.
#[derive(Debug, Clone, PartialEq)]
pub struct LineIssue {
    pub severity: Severity,
    pub column: String,
    pub flaw: Flaw,
}

/// A field that a line changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    pub field: String,
    pub before: Value,
    pub after: Value,
}

impl FieldChange {
    /// The fields of a view that differ.
    pub fn between<V: Serialize>(before: &V, after: &V) -> Vec<Self> {
        let fields = |view: &V| match serde_json::to_value(view) {
            Ok(Value::Object(map)) => map,
            _ => serde_json::Map::new(),
        };
        let (before, mut after) = (fields(before), fields(after));
        let differing = before.into_iter().filter_map(|(field, before)| {
            let after = after.remove(&field)?;
            (after != before).then_some(Self { field, before, after })
        });
        differing.collect()
    }
}

/// What became of one line of a file.
#[derive(Debug, Clone)]
pub struct LineReport {
    pub line: u64,
    pub outcome: LineOutcome,
    /// The key by which the file names the row.
    pub natural_key: Option<String>,
    pub resource_id: Option<Id>,
    pub issues: Vec<LineIssue>,
    pub changes: Vec<FieldChange>,
    /// The line as it stood, when it was rejected.
    pub raw: Option<String>,
}

/// Lines by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub created: i32,
    pub updated: i32,
    pub unchanged: i32,
    pub rejected: i32,
}

impl Totals {
    pub fn add(&mut self, outcome: LineOutcome) {
        let counter = match outcome {
            LineOutcome::Created => &mut self.created,
            LineOutcome::Updated => &mut self.updated,
            LineOutcome::Unchanged => &mut self.unchanged,
            LineOutcome::Rejected => &mut self.rejected,
        };
        *counter = counter.saturating_add(1);
    }

    pub fn lines(&self) -> i32 {
        self.created + self.updated + self.unchanged + self.rejected
    }
}

/// Where an import tells how it goes.
pub trait Sink {
    /// The file was read: so many lines, under this header.
    fn begin(&mut self, lines: usize, header: &str) -> Result<()>;
    /// Lines are done. Called outside any transaction.
    fn report(&mut self, lines: &[LineReport]) -> Result<()>;
}

/// One import: where to, how far, in whose name.
pub struct Job<'a> {
    pub db: &'a Db,
    pub mode: Mode,
    pub author: &'a Author,
    pub scope: &'a Scope,
    pub now: Instant,
    pub today: Day,
}

/// Imports files into one room.
pub trait Importer: Send + Sync {
    fn kind(&self) -> OperationKind;
    /// The operation whose rows the import may touch, for whoever asked for it; none where those who may import may touch every row.
    fn rows_of(&self) -> Option<&'static str> {
        None
    }
    fn run(&self, job: &Job<'_>, file: &[u8], sink: &mut dyn Sink) -> Result<()>;
}

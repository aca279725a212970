//! The directory file into the database: what is new is created, what differs is changed, the rest is left alone.

use super::directory::{self, Directory, Record};
use super::model::priority_as_of;
use super::store::{self, EstablishmentRow};
use super::view::EstablishmentView;
use crate::audit::{Action, Author, Tx};
use crate::auth::Scope;
use crate::db::{DbConn, Id, Instant, Json};
use crate::error::{Code, Flaw, Result};
use crate::imports::model::OperationKind;
use crate::imports::{FieldChange, Importer, Job, LineIssue, LineOutcome, LineReport, Mode, Severity, Sink};
use crate::values::Day;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// Imports the official school directory.
pub struct DirectoryImporter;

/// Records that share a transaction, so that other writers get their turn.
const BATCH: usize = 500;
/// How often a batch is tried again when somebody else changed one of its rows meanwhile.
const TRIES: usize = 5;

impl Importer for DirectoryImporter {
    fn kind(&self) -> OperationKind {
        OperationKind::EstablishmentImport
    }

    fn run(&self, job: &Job<'_>, file: &[u8], sink: &mut dyn Sink) -> Result<()> {
        let bytes = file;
        let file = Arc::new(directory::read(bytes)?);
        sink.begin(usize::try_from(file.read).unwrap_or(usize::MAX), &file.header)?;
        let refused = rejected(&file);
        let run = Run { job, remarks: remarks(&file), file };
        if job.mode == Mode::Atomic {
            return if refused.is_empty() { run.all_at_once(sink) } else { run.nothing(refused, directory::lines_as_they_stand(bytes)?, sink) };
        }
        sink.report(&refused)?;
        for start in (0..run.file.records.len()).step_by(BATCH) {
            let outcomes = run.batch(start)?;
            sink.report(&run.reports(start, outcomes))?;
        }
        Ok(())
    }
}

/// The lines that the reader refused.
fn rejected(file: &Directory) -> Vec<LineReport> {
    file.lines.iter().filter(|line| line.is_rejected()).map(report_of).collect()
}

fn report_of(line: &directory::Line) -> LineReport {
    let issues = |list: &[directory::LineIssue], severity| -> Vec<LineIssue> {
        list.iter().map(|issue| LineIssue { severity, column: issue.column.clone().unwrap_or_default(), flaw: issue.flaw.clone() }).collect()
    };
    LineReport {
        line: line.number,
        outcome: LineOutcome::Rejected,
        natural_key: line.uai.clone(),
        resource_id: None,
        issues: [issues(&line.errors, Severity::Error), issues(&line.warnings, Severity::Warning)].concat(),
        changes: Vec::new(),
        raw: line.raw.clone(),
    }
}

/// The remarks on lines that were kept, by line.
fn remarks(file: &Directory) -> HashMap<u64, Vec<LineIssue>> {
    let kept = file.lines.iter().filter(|line| !line.is_rejected());
    kept.map(|line| (line.number, report_of(line).issues)).collect()
}

/// What became of a record.
#[derive(Debug, Clone)]
struct Outcome {
    outcome: LineOutcome,
    id: Option<Id>,
    changes: Vec<FieldChange>,
}

struct Run<'a> {
    job: &'a Job<'a>,
    file: Arc<Directory>,
    remarks: HashMap<u64, Vec<LineIssue>>,
}

impl Run<'_> {
    /// One batch, in a transaction of its own; a check only reads.
    fn batch(&self, start: usize) -> Result<Vec<Outcome>> {
        let mut tries = 1;
        loop {
            match self.once(start, start + BATCH) {
                Err(error) if tries < TRIES && matches!(error.code(), Code::VersionStale | Code::ConstraintViolated | Code::Overloaded) => tries += 1,
                result => return result,
            }
        }
    }

    fn once(&self, start: usize, end: usize) -> Result<Vec<Outcome>> {
        let file = Arc::clone(&self.file);
        let checks_only = self.job.mode == Mode::Validate;
        let plan = Plan { scope: self.job.scope.clone(), author: self.job.author.clone(), now: self.job.now, today: self.job.today, checks_only };
        if checks_only {
            return self.job.db.read_now(move |conn| plan.compare_all(conn, &file, start, end).map(|(outcomes, _)| outcomes));
        }
        self.job.db.write_now(move |conn| plan.store_all(conn, &file, start, end))
    }

    /// All records in one transaction.
    fn all_at_once(&self, sink: &mut dyn Sink) -> Result<()> {
        // One long transaction: the lease is renewed just before it.
        sink.report(&[])?;
        let outcomes = self.once(0, self.file.records.len())?;
        outcomes.chunks(BATCH).enumerate().try_for_each(|(at, chunk)| sink.report(&self.reports(at * BATCH, chunk.to_vec())))
    }

    /// A line was refused, so nothing is stored and every line is told so: the corrections file is the whole file.
    fn nothing(&self, refused: Vec<LineReport>, mut texts: HashMap<u64, String>, sink: &mut dyn Sink) -> Result<()> {
        sink.report(&refused)?;
        let superseded = Outcome { outcome: LineOutcome::Rejected, id: None, changes: Vec::new() };
        for start in (0..self.file.records.len()).step_by(BATCH) {
            let mut reports = self.reports(start, vec![superseded.clone(); BATCH]);
            for report in &mut reports {
                report.raw = texts.remove(&report.line);
                report.issues.push(LineIssue { severity: Severity::Error, column: String::new(), flaw: Flaw::new(Code::LineSuperseded) });
            }
            sink.report(&reports)?;
        }
        Ok(())
    }

    /// A report for each line of these records: those of one establishment share its outcome.
    fn reports(&self, start: usize, outcomes: Vec<Outcome>) -> Vec<LineReport> {
        let records = self.file.records.iter().skip(start).zip(outcomes);
        let line = |record: &Record, outcome: &Outcome, number: &u64| LineReport {
            line: *number,
            outcome: outcome.outcome,
            natural_key: Some(record.attributes.uai.to_string()),
            resource_id: outcome.id,
            issues: self.remarks.get(number).cloned().unwrap_or_default(),
            changes: if record.lines.first() == Some(number) { outcome.changes.clone() } else { Vec::new() },
            raw: None,
        };
        records.flat_map(|(record, outcome)| record.lines.iter().map(|number| line(record, &outcome, number)).collect::<Vec<_>>()).collect()
    }
}

/// What a transaction needs to know of the job.
struct Plan {
    scope: Scope,
    author: Author,
    now: Instant,
    today: Day,
    checks_only: bool,
}

/// The rows that a batch makes and changes.
#[derive(Default)]
struct Changes {
    created: Vec<EstablishmentRow>,
    updated: Vec<EstablishmentRow>,
}

impl Plan {
    /// Holds the records of a batch against what is stored.
    fn compare_all(&self, conn: &mut DbConn, file: &Directory, start: usize, end: usize) -> Result<(Vec<Outcome>, Changes)> {
        let (mut outcomes, mut changes) = (Vec::new(), Changes::default());
        for batch in file.records.get(start..end.min(file.records.len())).unwrap_or_default().chunks(BATCH) {
            let uais = batch.iter().map(|record| record.attributes.uai.to_string()).collect();
            let known: HashMap<String, EstablishmentRow> =
                store::find_by_uais(conn, &self.scope, uais)?.into_iter().map(|row| (row.uai.to_string(), row)).collect();
            for record in batch {
                let (outcome, row) = self.compare(known.get(record.attributes.uai.as_str()), record, &file.absent);
                match outcome.outcome {
                    LineOutcome::Created => changes.created.push(row),
                    LineOutcome::Updated => changes.updated.push(row),
                    LineOutcome::Unchanged | LineOutcome::Rejected => {}
                }
                outcomes.push(outcome);
            }
        }
        Ok((outcomes, changes))
    }

    fn compare(&self, known: Option<&EstablishmentRow>, record: &Record, absent: &[&'static str]) -> (Outcome, EstablishmentRow) {
        let day = record.as_of.unwrap_or(self.today);
        let says_priority = !absent.contains(&"priority") && !record.unread.contains(&"priority");
        let Some(known) = known else {
            let mut row = EstablishmentRow::new(record.attributes.clone(), self.now);
            row.priority_education = Json(priority_as_of(Vec::new(), record.priority, day));
            // A row that is only checked never has this id.
            let id = (!self.checks_only).then_some(row.id);
            return (Outcome { outcome: LineOutcome::Created, id, changes: Vec::new() }, row);
        };
        let mut row = known.with(record.attributes.clone());
        if says_priority {
            row.priority_education = Json(priority_as_of(known.priority_education.0.clone(), record.priority, day));
        }
        for attribute in absent.iter().chain(&record.unread) {
            row.keep(known, attribute);
        }
        row.derive_keys();
        if row == *known {
            return (Outcome { outcome: LineOutcome::Unchanged, id: Some(row.id), changes: Vec::new() }, row);
        }
        let changes = differences(known, &row);
        (Outcome { outcome: LineOutcome::Updated, id: Some(row.id), changes }, row)
    }

    /// Stores a batch: new rows in bulk, changed ones at the version they were compared at, all with history and audit.
    fn store_all(&self, conn: &mut DbConn, file: &Directory, start: usize, end: usize) -> Result<Vec<Outcome>> {
        let (outcomes, changes) = self.compare_all(conn, file, start, end)?;
        let mut tx = Tx { conn, author: &self.author, now: self.now };
        store::insert_many(&mut tx, &self.scope, &changes.created)?;
        let updated: Result<Vec<EstablishmentRow>> = changes.updated.into_iter().map(|row| store::update(&mut tx, &self.scope, row)).collect();
        let views = |rows: Vec<EstablishmentRow>| rows.into_iter().map(EstablishmentView::from).collect::<Vec<_>>();
        let (created, updated) = (views(changes.created), views(updated?));
        tx.record_all(created.iter().map(|view| (Action::Create, view)).chain(updated.iter().map(|view| (Action::Update, view))))?;
        Ok(outcomes)
    }
}

/// The fields of the view that differ.
fn differences(before: &EstablishmentRow, after: &EstablishmentRow) -> Vec<FieldChange> {
    let fields = |row: &EstablishmentRow| -> serde_json::Map<String, Value> {
        match serde_json::to_value(EstablishmentView::from(row.clone())) {
            Ok(Value::Object(map)) => map,
            _ => serde_json::Map::new(),
        }
    };
    let (before, mut after) = (fields(before), fields(after));
    let differing = before.into_iter().filter_map(|(field, before)| {
        let after = after.remove(&field)?;
        (after != before).then_some(FieldChange { field, before, after })
    });
    differing.collect()
}

impl EstablishmentRow {
    /// Keeps what is stored of an attribute that the file does not tell.
    fn keep(&mut self, known: &Self, attribute: &str) {
        match attribute {
            "kind" => self.kind = known.kind,
            "sector" => self.sector = known.sector,
            "status" => self.status = known.status,
            "address.line1" => self.address_line1.clone_from(&known.address_line1),
            "address.line2" => self.address_line2.clone_from(&known.address_line2),
            "address.line3" => self.address_line3.clone_from(&known.address_line3),
            "address.postal_code" => self.postal_code.clone_from(&known.postal_code),
            "address.city" => self.city.clone_from(&known.city),
            "address.commune_code" => self.commune_code.clone_from(&known.commune_code),
            "academy_code" => self.academy_code.clone_from(&known.academy_code),
            "phone" => self.phone.clone_from(&known.phone),
            "email" => self.email.clone_from(&known.email),
            "website" => self.website.clone_from(&known.website),
            "pupils" => self.pupils = known.pupils,
            "position" => (self.latitude, self.longitude) = (known.latitude, known.longitude),
            "siret" => self.siret.clone_from(&known.siret),
            "nature_code" => self.nature_code.clone_from(&known.nature_code),
            "opened_on" => self.opened_on = known.opened_on,
            "parent_uai" => self.parent_uai.clone_from(&known.parent_uai),
            "district" => (self.district_uai, self.district_name) = (known.district_uai.clone(), known.district_name.clone()),
            _ => {}
        }
    }
}

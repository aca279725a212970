//! The way of a file through an import, whatever it holds: batches in transactions of their own, or all lines at once, or none.

use super::reading::Line;
use super::{Job, LineIssue, LineOutcome, LineReport, Mode, Severity, Sink};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::{DbConn, again};
use crate::error::{Code, Error, Flaw, Result};
use crate::values::Day;
use std::collections::HashMap;
use std::sync::{Arc, mpsc};

/// Records that share a transaction, so that other writers get their turn.
pub const BATCH: usize = 500;

/// What lines of a file say of one row.
pub trait Record: Send + Sync + 'static {
    /// The key by which the file names the row.
    fn key(&self) -> Option<String>;
    /// The lines it was made of.
    fn lines(&self) -> Vec<u64>;
}

/// A file that was read.
pub struct Loaded<R> {
    /// The header as it stood.
    pub header: String,
    /// Lines below the header that are not blank.
    pub read: u64,
    pub records: Vec<R>,
    /// The lines with something to say about them.
    pub lines: Vec<Line>,
}

/// Holds the records of a file against what is stored.
pub trait Keeper: Send + Sync + 'static {
    type Record: Record;

    /// Stores records, with history and audit, or only tells what would become of them. Remarks made when the file was read, and
    /// the text of a line that is rejected here, are added to the reports.
    fn keep(&self, tx: &mut Tx<'_>, scope: &Scope, step: Step, records: &[Self::Record]) -> Result<Vec<LineReport>>;
}

/// What a batch must know besides.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub checks_only: bool,
    pub today: Day,
}

/// Imports a file that was read; `texts` gives its lines as they stand, by number.
pub fn run<K: Keeper>(job: &Job<'_>, keeper: K, file: Loaded<K::Record>, texts: &dyn Fn() -> Result<HashMap<u64, String>>, sink: &mut dyn Sink) -> Result<()> {
    sink.begin(usize::try_from(file.read).unwrap_or(usize::MAX), &file.header)?;
    let (refused, kept): (Vec<Line>, Vec<Line>) = file.lines.into_iter().partition(Line::is_rejected);
    let refused: Vec<LineReport> = refused.iter().map(Line::report).collect();
    let remarks = kept.into_iter().map(|line| (line.number, line.report().issues)).collect();
    let mut run = Run { job, keeper: Arc::new(keeper), records: Arc::new(file.records), remarks, texts, known_texts: None };
    if job.mode == Mode::Atomic {
        return if refused.is_empty() { run.all_at_once(sink) } else { run.nothing(refused, sink) };
    }
    sink.report(&refused)?;
    for start in (0..run.records.len()).step_by(BATCH) {
        let reports = again(|| run.batch(start))?;
        sink.report(&run.complete(reports)?)?;
    }
    Ok(())
}

struct Run<'a, K: Keeper> {
    job: &'a Job<'a>,
    keeper: Arc<K>,
    records: Arc<Vec<K::Record>>,
    remarks: HashMap<u64, Vec<LineIssue>>,
    texts: &'a dyn Fn() -> Result<HashMap<u64, String>>,
    known_texts: Option<HashMap<u64, String>>,
}

impl<K: Keeper> Run<'_, K> {
    /// A job for the database: what it takes with it outlives this run.
    fn keeping(&self, start: usize, end: usize) -> impl FnOnce(&mut DbConn) -> Result<Vec<LineReport>> + Send + use<K> {
        let (keeper, records, scope, author, now) =
            (Arc::clone(&self.keeper), Arc::clone(&self.records), self.job.scope.clone(), self.job.author.clone(), self.job.now);
        let step = Step { checks_only: self.job.mode == Mode::Validate, today: self.job.today };
        move |conn| {
            let mut tx = Tx { conn, author: &author, now };
            let mut reports = Vec::new();
            for batch in records.get(start..end.min(records.len())).unwrap_or_default().chunks(BATCH) {
                reports.extend(keeper.keep(&mut tx, &scope, step, batch)?);
            }
            Ok(reports)
        }
    }

    /// One batch, in a transaction of its own; a check only reads.
    fn batch(&self, start: usize) -> Result<Vec<LineReport>> {
        let keeping = self.keeping(start, start + BATCH);
        if self.job.mode == Mode::Validate { self.job.db.read_now(keeping) } else { self.job.db.write_now(keeping) }
    }

    /// All records in one transaction, taken back if it rejects a line.
    fn all_at_once(&mut self, sink: &mut dyn Sink) -> Result<()> {
        // One long transaction: the lease is renewed just before it.
        sink.report(&[])?;
        let (teller, told) = mpsc::channel();
        let keeping = self.keeping(0, self.records.len());
        let stored = self.job.db.write_now(move |conn| {
            let reports = keeping(conn)?;
            let refused = reports.iter().any(|report| report.outcome == LineOutcome::Rejected);
            teller.send(reports).map_err(Error::internal)?;
            if refused { Err(Error::of(Code::LineSuperseded)) } else { Ok(()) }
        });
        match stored {
            Err(error) if error.code() != Code::LineSuperseded => Err(error),
            stored => {
                let reports = self.complete(told.recv().map_err(Error::internal)?)?;
                match stored {
                    Ok(()) => reports.chunks(BATCH).try_for_each(|chunk| sink.report(chunk)),
                    Err(_) => self.nothing(reports.into_iter().filter(|report| report.outcome == LineOutcome::Rejected).collect(), sink),
                }
            }
        }
    }

    /// A line was refused, so nothing is stored and every line is told so: the corrections file is the whole file.
    fn nothing(&mut self, refused: Vec<LineReport>, sink: &mut dyn Sink) -> Result<()> {
        let told: Vec<u64> = refused.iter().map(|report| report.line).collect();
        sink.report(&refused)?;
        let records = Arc::clone(&self.records);
        for batch in records.chunks(BATCH) {
            let lines = batch.iter().flat_map(|record| record.lines().into_iter().map(|line| (line, record.key())));
            let superseded = |(line, natural_key)| LineReport {
                line,
                outcome: LineOutcome::Rejected,
                natural_key,
                resource_id: None,
                issues: vec![LineIssue { severity: Severity::Error, column: String::new(), flaw: Flaw::new(Code::LineSuperseded) }],
                changes: Vec::new(),
                raw: None,
            };
            let reports = lines.filter(|(line, _)| !told.contains(line)).map(superseded).collect();
            sink.report(&self.complete(reports)?)?;
        }
        Ok(())
    }

    /// The reports with what was said of their lines before, and the text of those that are rejected.
    fn complete(&mut self, mut reports: Vec<LineReport>) -> Result<Vec<LineReport>> {
        for report in &mut reports {
            let mut issues = self.remarks.get(&report.line).cloned().unwrap_or_default();
            issues.append(&mut report.issues);
            report.issues = issues;
            if report.outcome == LineOutcome::Rejected {
                report.raw = self.text(report.line)?;
            }
        }
        Ok(reports)
    }

    fn text(&mut self, line: u64) -> Result<Option<String>> {
        let texts = match self.known_texts.take() {
            Some(texts) => texts,
            None => (self.texts)()?,
        };
        let text = texts.get(&line).cloned();
        self.known_texts = Some(texts);
        Ok(text)
    }
}

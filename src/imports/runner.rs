//! The runner: takes operations one by one, on whichever server is free, and again after a crash.

use super::model::{Importer, Job, LineReport, Severity, Sink};
use super::store::{self, OperationRow, Progress};
use crate::audit::{Author, Origin};
use crate::auth::{self, Scope};
use crate::db::{Id, Instant};
use crate::error::{Code, Error, Language, Result};
use crate::http::Server;
use chrono::Duration;
use serde_json::{Value, json};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Minutes after which a run that tells nothing is taken over.
const LEASE_MINUTES: i64 = 2;
/// Seconds between looks for work that another server left.
const POLL_SECONDS: u64 = 10;

/// Runs until the server drains.
pub fn start(server: Arc<Server>, importers: Vec<Box<dyn Importer>>) -> Result<()> {
    let work = Arc::clone(&server.work);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let run = move || {
        while !server.draining.load(Ordering::Relaxed) {
            match step(&server, &importers) {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => log::error!("operations: {error}"),
            }
            let wait = async { tokio::time::timeout(std::time::Duration::from_secs(POLL_SECONDS), work.notified()).await.ok() };
            runtime.block_on(wait);
        }
    };
    std::thread::Builder::new().name("operations".to_owned()).spawn(run)?;
    Ok(())
}

fn lease(now: Instant) -> Instant {
    Instant(now.0 + Duration::minutes(LEASE_MINUTES))
}

/// Runs one operation, if one waits.
pub fn step(server: &Arc<Server>, importers: &[Box<dyn Importer>]) -> Result<bool> {
    let (now, scope) = (server.now(), Scope::console());
    let runner = scope.clone();
    let Some(operation) = server.db.write_now(move |conn| store::claim(conn, &runner, now, lease(now)))? else { return Ok(false) };
    let mut sink = Stored { server, id: operation.id, version: operation.version, scope: &scope, progress: Progress::default() };
    // A file that makes an importer panic must not take the runner with it, now and after every restart.
    let done = catch_unwind(AssertUnwindSafe(|| run(&operation, importers, &mut sink)));
    let failure = done.unwrap_or_else(|_| Err(Error::internal("an importer panicked"))).err().map(|error| failure_view(&error));
    let (id, version, now, runner) = (operation.id, sink.version, server.now(), scope.clone());
    server.db.write_now(move |conn| store::finish(conn, &runner, id, version, failure, now))?;
    Ok(true)
}

fn run(operation: &OperationRow, importers: &[Box<dyn Importer>], sink: &mut Stored<'_>) -> Result<()> {
    let (id, server, scope) = (operation.id, sink.server, sink.scope);
    let reader = scope.clone();
    let file = server.db.read_now(move |conn| store::file(conn, &reader, id))?;
    let importer = importers.iter().find(|importer| importer.kind() == operation.kind).ok_or_else(|| Error::internal("no importer of this kind"))?;
    let scope = &scope_of(server, operation, importer.as_ref(), scope)?;
    let author = Author::new(Origin::Import, Some(operation.requested_by), id, "imports_create", &server.keys.records).by(scope.rule());
    let job = Job { db: &server.db, mode: operation.mode, author: &author, scope, now: server.now(), today: server.today() };
    importer.run(&job, &file, sink)
}

/// The rows that the import may touch: what whoever asked for it may touch when it runs.
fn scope_of(server: &Arc<Server>, operation: &OperationRow, importer: &dyn Importer, everything: &Scope) -> Result<Scope> {
    let Some(rows_of) = importer.rows_of() else { return Ok(everything.clone()) };
    let (user_id, now) = (operation.requested_by, server.now());
    let granted = server.db.read_now(move |conn| auth::store::scope_of(conn, user_id, rows_of, now))?;
    granted.ok_or_else(|| Error::of(Code::FunctionNotGranted))
}

fn failure_view(error: &Error) -> Value {
    if error.code().status() >= 500 {
        log::error!("an operation failed: {error}");
    }
    json!({
        "code": error.code().name(),
        "detail_fr": error.code().text(Language::Fr, error.params()),
        "detail_en": error.code().text(Language::En, error.params()),
    })
}

/// Progress and lines, in the database.
struct Stored<'a> {
    server: &'a Arc<Server>,
    id: Id,
    /// The operation's version as this runner last wrote it: when it differs, another runner has taken over.
    version: i32,
    scope: &'a Scope,
    progress: Progress,
}

impl Stored<'_> {
    fn store(&mut self, lines: Vec<(LineReport, Vec<Value>)>) -> Result<()> {
        let (id, version, progress, now, scope) = (self.id, self.version, self.progress.clone(), self.server.now(), self.scope.clone());
        self.server.db.write_now(move |conn| {
            store::advance(conn, &scope, id, version, &progress, lease(now), now)?;
            store::insert_lines(conn, &scope, id, lines)
        })?;
        self.version += 1;
        Ok(())
    }
}

impl Sink for Stored<'_> {
    fn begin(&mut self, lines: usize, header: &str) -> Result<()> {
        self.progress.lines_total = i32::try_from(lines).unwrap_or(i32::MAX);
        header.clone_into(&mut self.progress.header);
        self.store(Vec::new())
    }

    fn report(&mut self, lines: &[LineReport]) -> Result<()> {
        for line in lines {
            self.progress.totals.add(line.outcome);
        }
        self.store(lines.iter().map(|line| (line.clone(), issue_views(line))).collect())
    }
}

fn issue_views(line: &LineReport) -> Vec<Value> {
    let view = |issue: &super::LineIssue| {
        let params: serde_json::Map<String, Value> = issue.flaw.params.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
        json!({
            "severity": issue.severity.as_str(),
            "column": issue.column,
            "code": issue.flaw.code.name(),
            "detail_fr": issue.flaw.code.text(Language::Fr, &issue.flaw.params),
            "detail_en": issue.flaw.code.text(Language::En, &issue.flaw.params),
            "params": params,
        })
    };
    debug_assert!(line.raw.is_none() || line.issues.iter().any(|issue| issue.severity == Severity::Error));
    line.issues.iter().map(view).collect()
}

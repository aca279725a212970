//! SQLite: one writer that commits in groups, readers that never wait for it.

use super::queue::{Read, WriteJob};
use super::{DbConn, Settings};
use crate::error::{Code, Error, Result};
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Jobs that may wait before callers get 503.
const QUEUE: usize = 1024;
/// Snapshots open at once; each pins the write-ahead log.
const SNAPSHOTS: usize = 4;
/// Before 3.51.3 a pooled server could corrupt the database when the log is reset.
const OLDEST: i32 = 3_051_003;
/// How long a statement waits for another process, in milliseconds.
const BUSY_MS: u64 = 5000;
/// `Entr` in ASCII: marks the file as ours.
const APPLICATION_ID: i32 = 0x456e_7472;

pub struct Sqlite {
    path: PathBuf,
    reads: Sender<Read>,
    writes: Sender<Box<dyn WriteJob>>,
    snapshots: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Read,
    Write,
}

pub fn path_of(url: &str) -> Result<PathBuf> {
    let path = url.strip_prefix("sqlite://").unwrap_or(url);
    if path.is_empty() || path.contains('?') || path.starts_with(":memory:") {
        return Err(Error::internal("a SQLite address is sqlite://path/to/file"));
    }
    Ok(PathBuf::from(path))
}

/// Opens the file, made with its folder where it is missing, readable by its owner alone.
pub fn connect(path: &Path, purpose: Use) -> Result<DbConn> {
    if !path.exists() {
        create_private(path)?;
    }
    let name = path.to_str().ok_or_else(|| Error::internal("the database path is not Unicode"))?;
    let conn = SqliteConnection::establish(name).map_err(|error| Error::internal(format!("cannot open {name}: {error}")))?;
    let mut conn = DbConn::Sqlite(conn);
    conn.run(&format!("PRAGMA busy_timeout={BUSY_MS}"))?;
    if purpose == Use::Write {
        until_alone(|| conn.run("PRAGMA journal_mode=WAL"))?;
        conn.run("PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864")?;
        conn.run(&format!("PRAGMA application_id={APPLICATION_ID}"))?;
    }
    conn.run("PRAGMA foreign_keys=ON; PRAGMA mmap_size=2147418112; PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY")?;
    // Looks at every cell of every page again at each visit, a fifth of the time of an export: left to those who change pages.
    if purpose == Use::Write {
        conn.run("PRAGMA cell_size_check=ON")?;
    } else {
        conn.run("PRAGMA query_only=ON")?;
    }
    Ok(conn)
}

/// Switching to the log needs the file alone, and SQLite does not wait for that: tries again for as long as a write would wait.
fn until_alone(mut attempt: impl FnMut() -> diesel::QueryResult<()>) -> diesel::QueryResult<()> {
    let patience = Instant::now() + Duration::from_millis(BUSY_MS);
    loop {
        match attempt() {
            Err(error) if Instant::now() < patience && error.to_string().contains("database is locked") => thread::sleep(Duration::from_millis(5)),
            other => return other,
        }
    }
}

fn create_private(path: &Path) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Error::internal(format!("cannot make {}: {error}", folder.display())))?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        // Another process was first.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map(drop).map_err(|error| Error::internal(format!("cannot make {}: {error}", path.display()))),
    }
}

impl Sqlite {
    pub fn open(settings: &Settings) -> Result<Self> {
        // The library's own answer, so that a system library slipped in by the linker is noticed too.
        if libsqlite3_sys::SQLITE_VERSION_NUMBER < OLDEST {
            return Err(Error::internal("SQLite 3.51.3 or later is needed"));
        }
        let path = path_of(&settings.url)?;
        let writer = connect(&path, Use::Write)?;
        let (writes, jobs) = bounded(QUEUE);
        let batch = settings.write_batch.max(1);
        spawn("writer", move || write_loop(writer, &jobs, batch))?;
        let (reads, jobs) = bounded::<Read>(QUEUE);
        for _ in 0..settings.connections.max(1) {
            let conn = connect(&path, Use::Read)?;
            let (jobs, path) = (jobs.clone(), path.clone());
            spawn("reader", move || read_loop(conn, &jobs, &path))?;
        }
        Ok(Self { path, reads, writes, snapshots: Arc::default() })
    }

    pub fn read(&self, job: Read) -> Result<()> {
        self.reads.try_send(job).map_err(|error| full(&error))
    }

    pub fn write(&self, job: Box<dyn WriteJob>) -> Result<()> {
        self.writes.try_send(job).map_err(|error| full(&error))
    }

    pub fn snapshot(&self, job: Box<dyn FnOnce(&mut DbConn) + Send>) -> Result<()> {
        let place = Place(Arc::clone(&self.snapshots));
        if place.0.fetch_add(1, Ordering::Relaxed) >= SNAPSHOTS {
            return Err(Error::busy(Code::Overloaded, 5));
        }
        let path = self.path.clone();
        spawn("snapshot", move || {
            let _place = place;
            let run = || -> Result<()> {
                let mut conn = connect(&path, Use::Read)?;
                conn.run("BEGIN")?;
                job(&mut conn);
                Ok(conn.run("ROLLBACK")?)
            };
            if let Err(error) = run() {
                log::error!("snapshot: {error}");
            }
        })
    }
}

/// A place among the snapshots, given back however its thread ends.
struct Place(Arc<AtomicUsize>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn full<T>(error: &TrySendError<T>) -> Error {
    match error {
        TrySendError::Full(_) => Error::busy(Code::Overloaded, 1),
        TrySendError::Disconnected(_) => Error::busy(Code::DatabaseUnavailable, 1),
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<()> {
    thread::Builder::new().name(format!("db-{name}")).spawn(run)?;
    Ok(())
}

fn read_loop(mut conn: DbConn, jobs: &Receiver<Read>, path: &Path) {
    for job in jobs {
        // One state of the database for all queries of a job, and the file is locked once for them.
        let begun = conn.run("BEGIN").is_ok();
        let good = job(&mut conn);
        if !(begun && good && conn.run("COMMIT").is_ok()) {
            match connect(path, Use::Read) {
                Ok(fresh) => conn = fresh,
                Err(error) => log::error!("reader: {error}"),
            }
        }
    }
}

/// Takes what is waiting, gives each job a savepoint, commits once, then answers all.
fn write_loop(mut conn: DbConn, jobs: &Receiver<Box<dyn WriteJob>>, batch: usize) {
    while let Ok(first) = jobs.recv() {
        let mut done = Vec::with_capacity(batch);
        let committed = commit_group(&mut conn, first, jobs, batch, &mut done);
        if committed.is_err() && conn.run("ROLLBACK").is_err() {
            log::warn!("no transaction was left to roll back");
        }
        for job in done {
            job.answer(committed.clone());
        }
    }
}

fn commit_group(
    conn: &mut DbConn,
    first: Box<dyn WriteJob>,
    jobs: &Receiver<Box<dyn WriteJob>>,
    batch: usize,
    done: &mut Vec<Box<dyn WriteJob>>,
) -> std::result::Result<(), String> {
    let told = |error: diesel::result::Error| error.to_string();
    let mut next = Some(first);
    let begun = conn.run("BEGIN IMMEDIATE").map_err(told);
    while let Some(mut job) = next.take() {
        let outcome = begun.clone().and_then(|()| in_savepoint(conn, job.as_mut()).map_err(told));
        done.push(job);
        outcome?;
        if done.len() < batch {
            next = jobs.try_recv().ok();
        }
    }
    conn.run("COMMIT").map_err(told)
}

fn in_savepoint(conn: &mut DbConn, job: &mut dyn WriteJob) -> diesel::QueryResult<()> {
    conn.run("SAVEPOINT job")?;
    if job.run(conn) { conn.run("RELEASE job") } else { conn.run("ROLLBACK TO job; RELEASE job") }
}

#[derive(diesel::QueryableByName)]
struct Answer {
    #[diesel(sql_type = diesel::sql_types::Text)]
    answer: String,
}

/// Copies the database, as it stands at one moment, into a new file: other processes go on reading and writing.
pub fn backup(url: &str, target: &Path) -> Result<()> {
    let source = path_of(url)?;
    if !source.exists() {
        return Err(Error::internal(format!("{} does not exist", source.display())));
    }
    copy(&source, target)
}

/// Puts a backup in the place of a database that does not exist yet, once it is found whole and what belongs beside it is there.
pub fn restore(url: &str, backup: &Path, beside: impl FnOnce() -> Result<()>) -> Result<()> {
    let target = path_of(url)?;
    if !backup.exists() {
        return Err(Error::internal(format!("{} does not exist", backup.display())));
    }
    // SQLite would replay the log of a database that is gone into the one put in its place.
    for suffix in ["-wal", "-journal"] {
        let mut left = target.clone().into_os_string();
        left.push(suffix);
        let left = PathBuf::from(left);
        if left.exists() {
            return Err(Error::internal(format!("{} is left of an earlier database: move it away first", left.display())));
        }
    }
    check(backup).map_err(|error| Error::internal(format!("{} is not a whole backup: {}", backup.display(), error.cause().unwrap_or_default())))?;
    if target.exists() {
        return Err(taken(&target));
    }
    beside()?;
    copy(backup, &target)
}

/// Opens a copy of the database to read a table of it; none where the copy is of a time before there was one.
pub fn read_copy(copy: &Path, table: &str) -> Result<Option<DbConn>> {
    let mut conn = connect(copy, Use::Read)?;
    let found: Answer =
        sql_query(format!("SELECT CAST(count(*) AS TEXT) AS answer FROM sqlite_schema WHERE type = 'table' AND name = '{table}'")).get_result(&mut conn)?;
    Ok((found.answer == "1").then_some(conn))
}

fn taken(path: &Path) -> Error {
    Error::internal(format!("{} exists already", path.display()))
}

fn check(path: &Path) -> Result<()> {
    let mut conn = connect(path, Use::Read)?;
    let answer: Answer = sql_query("SELECT integrity_check AS answer FROM pragma_integrity_check LIMIT 1").get_result(&mut conn)?;
    let ours: Answer = sql_query("SELECT CAST(application_id AS TEXT) AS answer FROM pragma_application_id").get_result(&mut conn)?;
    if answer.answer != "ok" || ours.answer != APPLICATION_ID.to_string() {
        return Err(Error::internal(format!("integrity {}, application {}", answer.answer, ours.answer)));
    }
    Ok(())
}

/// `VACUUM INTO` beside the target, made durable, then given its name: a crash leaves no half file under it.
fn copy(source: &Path, target: &Path) -> Result<()> {
    if target.exists() {
        return Err(taken(target));
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let unfinished = target.with_extension("unfinished");
    if unfinished.exists() {
        std::fs::remove_file(&unfinished)?;
    }
    create_private(&unfinished)?;
    let mut conn = connect(source, Use::Read)?;
    let name = unfinished.to_str().ok_or_else(|| Error::internal("the path is not Unicode"))?.replace('\'', "''");
    conn.run("PRAGMA query_only=OFF")?;
    conn.run(&format!("VACUUM INTO '{name}'"))?;
    std::fs::File::open(&unfinished)?.sync_all()?;
    std::fs::rename(&unfinished, target)?;
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

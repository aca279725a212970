//! PostgreSQL: a pool of connections, each job on a thread of its own; the server groups commits itself.

use super::queue::{Read, WriteJob};
use super::{DbConn, PATIENCE, Settings};
use crate::error::{Code, Error, Result};
use crossbeam_channel::{Receiver, Sender, bounded};
use diesel::{Connection, PgConnection};
use r2d2::{ManageConnection, Pool, PooledConnection};
use std::thread;
use std::time::Duration;

/// Jobs that may wait before callers get 503.
const QUEUE: usize = 1024;
/// Snapshots open at once, on connections above those of ordinary jobs.
const SNAPSHOTS: u32 = 4;

pub enum Task {
    Read(Read),
    Write(Box<dyn WriteJob>),
}

pub struct Postgres {
    tasks: Sender<Task>,
    snapshots: Pool<Manager>,
}

/// Makes and judges connections.
struct Manager {
    url: String,
}

/// A connection, and whether a job found it lost.
struct Pooled {
    conn: DbConn,
    lost: bool,
}

/// Times are UTC; no statement and no lock is waited for longer than a caller would.
const SESSION: &str = "SET TIME ZONE 'UTC'; SET statement_timeout='2s'; SET lock_timeout='2s'; SET idle_in_transaction_session_timeout='60s'; SET lc_messages='C'; SET client_min_messages='warning'";

pub fn connect(url: &str) -> Result<DbConn> {
    // The address may hold a password: it is never part of a message.
    let conn = PgConnection::establish(url).map_err(|error| Error::busy(Code::DatabaseUnavailable, 1).because(error))?;
    let mut conn = DbConn::Postgres(conn);
    conn.run(SESSION)?;
    Ok(conn)
}

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = Error;

    fn connect(&self) -> Result<Pooled> {
        Ok(Pooled { conn: connect(&self.url)?, lost: false })
    }

    fn is_valid(&self, pooled: &mut Pooled) -> Result<()> {
        Ok(pooled.conn.run("SELECT 1")?)
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.lost
    }
}

fn pool(url: &str, size: u32, idle: u32) -> Result<Pool<Manager>> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(idle))
        .connection_timeout(PATIENCE)
        // A lost connection is noticed by its next job and replaced; asking first would cost a round trip each time.
        .test_on_check_out(false)
        .idle_timeout(Some(Duration::from_secs(600)))
        .build(Manager { url: url.to_owned() })
        .map_err(|error| Error::busy(Code::DatabaseUnavailable, 1).because(error))
}

impl Postgres {
    pub fn open(settings: &Settings) -> Result<Self> {
        let size = u32::try_from(settings.connections.max(1)).unwrap_or(u32::MAX);
        let workers = pool(&settings.url, size, size)?;
        let (tasks, jobs) = bounded(QUEUE);
        for _ in 0..size {
            let (jobs, pool) = (jobs.clone(), workers.clone());
            thread::Builder::new().name("db-worker".to_owned()).spawn(move || work_loop(&jobs, &pool))?;
        }
        Ok(Self { tasks, snapshots: pool(&settings.url, SNAPSHOTS, 0)? })
    }

    pub fn run(&self, task: Task) -> Result<()> {
        self.tasks.try_send(task).map_err(|_| Error::busy(Code::Overloaded, 1))
    }

    pub fn snapshot(&self, job: Box<dyn FnOnce(&mut DbConn) + Send>) -> Result<()> {
        let mut pooled = self.snapshots.get_timeout(Duration::from_millis(500)).map_err(|_| Error::busy(Code::Overloaded, 5))?;
        let run = move || {
            let read = || -> diesel::QueryResult<()> {
                pooled.conn.run("SET statement_timeout='10min'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
                job(&mut pooled.conn);
                pooled.conn.run("ROLLBACK")?;
                pooled.conn.run("SET statement_timeout='2s'")
            };
            if let Err(error) = read() {
                log::error!("snapshot: {error}");
                pooled.lost = true;
            }
        };
        thread::Builder::new().name("db-snapshot".to_owned()).spawn(run)?;
        Ok(())
    }
}

fn work_loop(jobs: &Receiver<Task>, pool: &Pool<Manager>) {
    for task in jobs {
        match (pool.get(), task) {
            (Ok(mut pooled), Task::Read(job)) => pooled.lost = !job(&mut pooled.conn),
            (Ok(pooled), Task::Write(job)) => write(pooled, job),
            (Err(error), Task::Write(job)) => job.answer(Err(error.to_string())),
            // Dropping the job closes its answer, which reads as 503.
            (Err(error), Task::Read(_)) => log::error!("pool: {error}"),
        }
    }
}

fn write(mut pooled: PooledConnection<Manager>, mut job: Box<dyn WriteJob>) {
    if let Err(error) = pooled.conn.run("BEGIN") {
        pooled.lost = true;
        return job.answer(Err(error.to_string()));
    }
    let ended = if job.run(&mut pooled.conn) { pooled.conn.run("COMMIT") } else { pooled.conn.run("ROLLBACK") };
    pooled.lost = ended.is_err() || job.lost_connection();
    drop(pooled);
    job.answer(ended.map_err(|error| error.to_string()));
}

//! Two engines behind one `Db`: `read` and `write` run a closure where the database is and answer when it is done.

mod bulk;
pub mod columns;
mod connection;
pub mod counters;
mod errors;
mod migrations;
pub mod paging;
mod postgres;
mod queue;
pub mod references;
pub mod schema;
pub mod search;
mod sqlite;

pub use bulk::{Kept, Prepared, ROWS_AT_ONCE, columns as columns_of};
pub(crate) use bulk::{among, direct, insert_all, insert_unless_taken};
pub use columns::{Id, Instant, Json};
pub use connection::{DbConn, Engine, MultiBackend};
pub use errors::{on_conflict, optional};
pub use migrations::{migrate, pending, revert_all};
pub use search::settled;
pub use sqlite::{backup, read_copy, restore};

use crate::error::{Code, Error, Result};
use queue::{Ending, Turn, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Where the database is and how hard it may be worked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `sqlite://path` or `postgres://…`.
    pub url: String,
    /// Reader threads on SQLite; connections on PostgreSQL.
    pub connections: usize,
    /// Most writes that share one commit on SQLite; 1 gives each its own.
    pub write_batch: usize,
}

/// How long a full queue or an empty pool is waited for before 503, and then a read.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// The database; clones share its connections.
#[derive(Clone)]
pub struct Db(Arc<Handle>);

enum Handle {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Db {
    pub fn open(settings: &Settings) -> Result<Self> {
        let handle = match engine_of(&settings.url)? {
            Engine::Sqlite => Handle::Sqlite(sqlite::Sqlite::open(settings)?),
            Engine::Postgres => Handle::Postgres(postgres::Postgres::open(settings)?),
        };
        Ok(Self(Arc::new(handle)))
    }

    pub fn engine(&self) -> Engine {
        match &*self.0 {
            Handle::Sqlite(_) => Engine::Sqlite,
            Handle::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs queries that change nothing, for as long as a caller waits. On SQLite all of them see one snapshot, on PostgreSQL each its own.
    pub async fn read<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut DbConn) -> Result<T> + Send + 'static,
    {
        let ((reply, answer), turn) = (oneshot::channel(), Turn::default());
        self.submit_read(job, reply, turn.clone())?;
        // As long in line as at work. PostgreSQL cuts what takes longer; SQLite goes on with it, and nobody waits for that.
        let told = tokio::time::timeout(2 * PATIENCE, in_time(answer, &turn)).await;
        told.unwrap_or_else(|_| Err(Error::busy(Code::Overloaded, 1).because("a read took too long")))
    }

    /// Runs one transaction; answers once it is durable.
    pub async fn write<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut DbConn) -> Result<T> + Send + 'static,
    {
        let ((reply, answer), turn) = (oneshot::channel(), Turn::default());
        self.submit_write(job, reply, turn.clone(), Ending::Commit)?;
        in_time(answer, &turn).await
    }

    /// Runs one transaction, takes it back, and tells what it would have answered.
    pub async fn try_out<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut DbConn) -> Result<T> + Send + 'static,
    {
        let ((reply, answer), turn) = (oneshot::channel(), Turn::default());
        self.submit_write(job, reply, turn.clone(), Ending::TakeBack)?;
        in_time(answer, &turn).await
    }

    /// `read` for threads outside the asynchronous runtime.
    pub fn read_now<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut DbConn) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.submit_read(job, reply, Turn::default())?;
        answer.blocking_recv().map_err(|_| Error::of(Code::DatabaseUnavailable))?
    }

    /// `write` for threads outside the asynchronous runtime.
    pub fn write_now<T, F>(&self, job: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut DbConn) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.submit_write(job, reply, Turn::default(), Ending::Commit)?;
        answer.blocking_recv().map_err(|_| Error::of(Code::DatabaseUnavailable))?
    }

    /// Runs many queries over one unchanging state of the database, on a connection and a thread of its own.
    pub fn snapshot<F>(&self, job: F) -> Result<()>
    where
        F: FnOnce(&mut DbConn) + Send + 'static,
    {
        match &*self.0 {
            Handle::Sqlite(db) => db.snapshot(Box::new(job)),
            Handle::Postgres(db) => db.snapshot(Box::new(job)),
        }
    }

    fn submit_read<T, F>(&self, job: F, reply: oneshot::Sender<Result<T>>, turn: Turn) -> Result<()>
    where
        T: Send + 'static,
        F: FnOnce(&mut DbConn) -> Result<T> + Send + 'static,
    {
        match &*self.0 {
            Handle::Sqlite(db) => db.read(queue::read(job, reply, turn)),
            Handle::Postgres(db) => db.run(postgres::Task::Read(queue::read(job, reply, turn))),
        }
    }

    fn submit_write<T, F>(&self, job: F, reply: oneshot::Sender<Result<T>>, turn: Turn, ending: Ending) -> Result<()>
    where
        T: Send + 'static,
        F: FnOnce(&mut DbConn) -> Result<T> + Send + 'static,
    {
        match &*self.0 {
            Handle::Sqlite(db) => db.write(Write::boxed(job, reply, turn, ending)),
            Handle::Postgres(db) => db.run(postgres::Task::Write(Write::boxed(job, reply, turn, ending))),
        }
    }
}

/// The answer to a job that a thread takes up in time; one that none did by then is never done.
async fn in_time<T>(mut answer: oneshot::Receiver<Result<T>>, turn: &Turn) -> Result<T> {
    let told = match tokio::time::timeout(PATIENCE, &mut answer).await {
        Ok(told) => told,
        Err(_) if turn.take() => return Err(Error::busy(Code::Overloaded, 1).because("every connection was busy")),
        Err(_) => answer.await,
    };
    told.map_err(|_| Error::of(Code::DatabaseUnavailable))?
}

/// The engine an address names; anything else would silently become a file.
pub fn engine_of(url: &str) -> Result<Engine> {
    if url.starts_with("sqlite://") {
        Ok(Engine::Sqlite)
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        Ok(Engine::Postgres)
    } else {
        Err(Error::internal("the database address must start with sqlite:// or postgres://"))
    }
}

/// Whether transactions write one after the other, so that each can be told what the one before it wrote.
pub fn has_one_writer(conn: &DbConn) -> bool {
    conn.engine() == Engine::Sqlite
}

/// Makes the transactions that check a rule over many rows take turns, until their end; on SQLite there is one writer anyway.
pub fn take_turns(conn: &mut DbConn, rule: i32) -> Result<()> {
    take_turns_in_order(conn, vec![rule])
}

/// The same over several rules, in an order that all keep to, so that two that share some never wait for each other.
pub fn take_turns_in_order(conn: &mut DbConn, mut rules: Vec<i32>) -> Result<()> {
    if conn.engine() == Engine::Sqlite || rules.is_empty() {
        return Ok(());
    }
    rules.sort_unstable();
    let locks: Vec<String> = rules.iter().map(|rule| format!("SELECT pg_advisory_xact_lock(36872433, {rule})")).collect();
    Ok(conn.run(&locks.join(";"))?)
}

/// Lets the statements of a transaction take longer than a caller would wait; on SQLite nothing stops them.
pub fn take_time(conn: &mut DbConn) -> Result<()> {
    match conn.engine() {
        Engine::Sqlite => Ok(()),
        Engine::Postgres => Ok(conn.run("SET LOCAL statement_timeout='10min'")?),
    }
}

/// Locks rows until the end of the transaction, in the order of their ids, so that two transactions that lock several never wait
/// for each other; on SQLite there is one writer anyway. The name is a constant of this program, never input.
pub fn lock_in_order(conn: &mut DbConn, table: &'static str, ids: &[Id]) -> Result<()> {
    use diesel::RunQueryDsl;
    use diesel::sql_types::Array;
    match conn {
        DbConn::Sqlite(_) => Ok(()),
        DbConn::Postgres(conn) => {
            let lock = format!("SELECT 1 FROM {table} WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE");
            diesel::sql_query(lock).bind::<Array<columns::sql::Uuid>, _>(ids).execute(conn)?;
            Ok(())
        }
    }
}

/// A row with its place in the chain and the seal it has there.
pub struct Placed {
    pub id: Id,
    pub sequence: i64,
    pub seal: Vec<u8>,
}

/// Gives audit events that had none their places: one round trip where there are round trips.
pub fn place_audit_events(conn: &mut DbConn, placed: &[Placed]) -> Result<()> {
    use diesel::RunQueryDsl;
    use diesel::sql_types::{Array, BigInt, Binary};
    match conn {
        DbConn::Sqlite(conn) => {
            for Placed { id, sequence, seal } in placed {
                let place = diesel::sql_query("UPDATE audit_events SET sequence = ?, seal = ? WHERE id = ?");
                place.bind::<BigInt, _>(sequence).bind::<Binary, _>(seal).bind::<columns::sql::Uuid, _>(id).execute(conn)?;
            }
        }
        DbConn::Postgres(conn) => {
            let place = "UPDATE audit_events SET sequence = placed.sequence, seal = placed.seal \
                 FROM unnest($1, $2, $3) AS placed (id, sequence, seal) WHERE audit_events.id = placed.id";
            let ids: Vec<Id> = placed.iter().map(|row| row.id).collect();
            let sequences: Vec<i64> = placed.iter().map(|row| row.sequence).collect();
            let seals: Vec<&[u8]> = placed.iter().map(|row| row.seal.as_slice()).collect();
            let place = diesel::sql_query(place).bind::<Array<columns::sql::Uuid>, _>(ids).bind::<Array<BigInt>, _>(sequences);
            place.bind::<Array<Binary>, _>(seals).execute(conn)?;
        }
    }
    Ok(())
}

/// How often a transaction is tried again when another came in between.
const TRIES: usize = 5;

/// Tries again what failed only because another transaction came in between.
pub fn again<T>(mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let mut tries = 1;
    loop {
        match attempt() {
            Err(error) if tries < TRIES && matches!(error.code(), Code::VersionStale | Code::ConstraintViolated | Code::Overloaded) => tries += 1,
            result => return result,
        }
    }
}

/// Reader threads or connections where no setting says how many.
pub fn usual_connections(url: &str) -> Result<usize> {
    engine_of(url).map(|engine| if engine == Engine::Sqlite { 3 } else { 8 })
}

/// A connection of one's own, outside the queues: migrations and console commands.
pub fn connect(url: &str) -> Result<DbConn> {
    match engine_of(url)? {
        Engine::Sqlite => sqlite::connect(&sqlite::path_of(url)?, sqlite::Use::Write),
        Engine::Postgres => postgres::connect(url),
    }
}

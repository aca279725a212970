//! The schema and its versions: paired migrations, applied once under a lock however many servers start.

use super::{DbConn, Engine};
use crate::error::{Error, Result};
use diesel::Connection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// `ENTRAIDE` on a phone's keys: the advisory lock that migrating servers share.
const LOCK: &str = "36872433";

/// Applies what is missing; tells the names applied.
pub fn migrate(conn: &mut DbConn) -> Result<Vec<String>> {
    locked(conn, |conn| {
        refuse_newer(conn)?;
        let applied = match conn {
            DbConn::Sqlite(conn) => conn.exclusive_transaction(|conn| run(conn, SQLITE)),
            DbConn::Postgres(conn) => conn.transaction(|conn| run(conn, POSTGRES)),
        };
        applied.map_err(|failure| failure.0)
    })
}

/// The names of migrations not applied yet; fails when the schema is newer than this program.
pub fn pending(conn: &mut DbConn) -> Result<Vec<String>> {
    locked(conn, |conn| {
        refuse_newer(conn)?;
        let pending = match conn {
            DbConn::Sqlite(conn) => names(conn.pending_migrations(SQLITE).map_err(Error::internal)?),
            DbConn::Postgres(conn) => names(conn.pending_migrations(POSTGRES).map_err(Error::internal)?),
        };
        Ok(pending)
    })
}

/// Runs it alone. Even looking makes diesel's own table, which on PostgreSQL two servers cannot do at once;
/// SQLite waits by itself.
fn locked<T>(conn: &mut DbConn, work: impl FnOnce(&mut DbConn) -> Result<T>) -> Result<T> {
    if conn.engine() == Engine::Sqlite {
        return work(conn);
    }
    conn.run(&format!("SET lock_timeout='5min'; SET statement_timeout=0; SELECT pg_advisory_lock({LOCK})"))?;
    let done = work(conn);
    conn.run(&format!("SELECT pg_advisory_unlock({LOCK})"))?;
    done
}

/// Takes every migration back, the last first (tests of the `down` files).
pub fn revert_all(conn: &mut DbConn) -> Result<()> {
    match conn {
        DbConn::Sqlite(conn) => conn.revert_all_migrations(SQLITE).map(drop).map_err(Error::internal),
        DbConn::Postgres(conn) => conn.revert_all_migrations(POSTGRES).map(drop).map_err(Error::internal),
    }
}

/// diesel's transactions want an error of their own to roll back on.
struct Failure(Error);

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self(error.into())
    }
}

fn run<DB, C>(conn: &mut C, source: EmbeddedMigrations) -> std::result::Result<Vec<String>, Failure>
where
    DB: diesel::backend::Backend,
    C: MigrationHarness<DB>,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let versions = conn.run_pending_migrations(source).map_err(|error| Failure(Error::internal(error)))?;
    Ok(versions.iter().map(ToString::to_string).collect())
}

fn names<DB: diesel::backend::Backend>(migrations: Vec<Box<dyn Migration<DB>>>) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().to_string()).collect()
}

fn refuse_newer(conn: &mut DbConn) -> Result<()> {
    let known: Vec<MigrationVersion<'static>> = match conn.engine() {
        Engine::Sqlite => versions::<diesel::sqlite::Sqlite>(SQLITE)?,
        Engine::Postgres => versions::<diesel::pg::Pg>(POSTGRES)?,
    };
    let applied = match conn {
        DbConn::Sqlite(conn) => conn.applied_migrations(),
        DbConn::Postgres(conn) => conn.applied_migrations(),
    }
    .map_err(Error::internal)?;
    match applied.iter().find(|version| !known.contains(version)) {
        Some(version) => Err(Error::internal(format!("the database has migration {version}, which this program does not know: install a newer one"))),
        None => Ok(()),
    }
}

fn versions<DB: diesel::backend::Backend>(source: EmbeddedMigrations) -> Result<Vec<MigrationVersion<'static>>> {
    let migrations = MigrationSource::<DB>::migrations(&source).map_err(Error::internal)?;
    Ok(migrations.iter().map(|migration| migration.name().version().as_owned()).collect())
}

//! `entraide documents`.

use super::{Outcome, open};
use entraide::auth::Scope;
use entraide::config::Config;
use entraide::db::{Db, DbConn, Id};
use entraide::documents::store::{self, VersionRow};
use entraide::documents::sweep;
use entraide::error::Result;
use entraide::storage::{CHUNK, Directory, Measure, Storage};
use std::process::ExitCode;
use std::time::SystemTime;

/// Versions looked at together.
const BATCH: i64 = 500;

/// Does something with every version that a database knows.
pub fn each_version(conn: &mut DbConn, mut act: impl FnMut(&mut DbConn, VersionRow) -> Result<()>) -> Result<()> {
    let mut after: Option<Id> = None;
    loop {
        let versions = store::versions_after(conn, &Scope::console(), after, BATCH)?;
        let Some(last) = versions.last() else { return Ok(()) };
        after = Some(last.id);
        for version in versions {
            act(conn, version)?;
        }
    }
}

/// What is wrong with the file of a version; none where it is what was received.
fn fault(storage: &dyn Storage, version: &VersionRow) -> Result<Option<&'static str>> {
    let Some(mut stored) = storage.open(version.id)? else { return Ok(Some("is missing")) };
    if i64::try_from(stored.size) != Ok(version.size) {
        return Ok(Some("has another size"));
    }
    let (mut measure, mut piece) = (Measure::default(), vec![0; CHUNK]);
    loop {
        match stored.content.read(&mut piece)? {
            0 => break,
            read => measure.pass(piece.get(..read).unwrap_or_default()),
        }
    }
    Ok((measure.finish().sha256 != version.sha256.as_str()).then_some("has another digest"))
}

/// Whether a version is still there: what was erased while files were looked at lost its file rightly.
fn is_known(db: &Db, id: Id) -> Result<bool> {
    db.read_now(move |conn| Ok(store::referred(conn, &Scope::console(), &[id])?.contains(&id)))
}

pub fn verify(config: &Config) -> Outcome {
    let (db, storage) = (open(config)?, Directory::open(&config.documents)?);
    let (mut sound, mut wrong) = (0, 0);
    let mut conn = entraide::db::connect(&config.database.url)?;
    each_version(&mut conn, |_, version| {
        match fault(&storage, &version)? {
            Some(fault) if is_known(&db, version.id)? => {
                println!("document {}, version {}: the file {} {fault}", version.document_id, version.number, version.id);
                wrong += 1;
            }
            _ => sound += 1,
        }
        Ok(())
    })?;
    if wrong > 0 {
        return Err(format!("{wrong} of {} files are not what was received", sound + wrong).into());
    }
    println!("{sound} files are what was received");
    Ok(ExitCode::SUCCESS)
}

pub fn sweep(config: &Config) -> Outcome {
    let swept = sweep::step(&open(config)?, &Directory::open(&config.documents)?, SystemTime::now())?;
    println!("{swept} files removed");
    Ok(ExitCode::SUCCESS)
}

//! Sweeping the storage: files to which no row leads any more, or none ever did.

use super::store;
use crate::auth::Scope;
use crate::db::{Db, Id, ROWS_AT_ONCE};
use crate::error::Result;
use crate::http::{Server, rounds};
use crate::storage::Storage;
use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// How old a file must be before it is looked at: until then the row that will refer to it may not be committed yet.
const GRACE: Duration = Duration::from_secs(24 * 3600);
/// How often a server looks: a storage may have very many files.
const PAUSE: Duration = Duration::from_secs(3600);

/// Sweeps at once and then every hour, until the server drains.
pub fn start(server: Arc<Server>) -> Result<()> {
    let last: Cell<Option<Instant>> = Cell::new(None);
    rounds::start(server, "documents", move |server| {
        if last.get().is_some_and(|last| last.elapsed() < PAUSE) {
            return Ok(None);
        }
        last.set(Some(Instant::now()));
        let swept = step(&server.db, server.storage.as_ref(), SystemTime::now())?;
        Ok((swept > 0).then(|| format!("{swept} files swept")))
    })
}

/// Removes the files that are older than a day and that no row refers to, and what was never kept; tells how many.
pub fn step(db: &Db, storage: &dyn Storage, now: SystemTime) -> Result<usize> {
    let Some(before) = now.checked_sub(GRACE) else { return Ok(0) };
    let mut swept = storage.drop_drafts(before)?;
    storage.each(&mut |files| {
        let old: Vec<Id> = files.into_iter().filter(|(_, written)| *written < before).map(|(id, _)| id).collect();
        for ids in old.chunks(ROWS_AT_ONCE) {
            let asked = ids.to_vec();
            let referred = db.read_now(move |conn| store::referred(conn, &Scope::console(), &asked))?;
            for id in ids.iter().filter(|id| !referred.contains(id)) {
                storage.remove(*id)?;
                swept += 1;
            }
        }
        Ok(())
    })?;
    Ok(swept)
}

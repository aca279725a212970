//! What a server does by itself, again and again until it drains.

use super::server::Server;
use crate::audit::{Author, Tx};
use crate::auth::Scope;
use crate::db::{DbConn, Id, again};
use crate::error::Result;
use crate::values::Day;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

/// Seconds between rounds.
const ROUND_SECONDS: u64 = 60;

/// Does something at once and then every minute, on a thread of its own; what it tells is logged, and so is what goes wrong.
pub fn start<F>(server: Arc<Server>, name: &'static str, step: F) -> Result<()>
where
    F: Fn(&Arc<Server>) -> Result<Option<String>> + Send + 'static,
{
    let run = move || {
        let mut waited = ROUND_SECONDS;
        while !server.draining.load(Ordering::Relaxed) {
            if waited >= ROUND_SECONDS {
                waited = 0;
                match step(&server) {
                    Ok(Some(told)) => log::info!("{name}: {told}"),
                    Ok(None) => {}
                    Err(error) => log::error!("{name}: {error}"),
                }
            }
            thread::sleep(Duration::from_secs(1));
            waited += 1;
        }
    };
    thread::Builder::new().name(name.to_owned()).spawn(run)?;
    Ok(())
}

/// Rows looked for at once.
const BATCH: i64 = 100;

/// What is due on a day, after an id and in the order of ids, at most so many.
pub type Due = fn(&mut DbConn, &Scope, Day, Option<Id>, i64) -> Result<Vec<Id>>;
/// Does it, unless it was done, or is not due any more, since it was looked for; tells whether it did.
pub type Act = fn(&mut Tx<'_>, &Scope, Id) -> Result<bool>;

/// Does everything that is due, each in a transaction of its own and in the name of the server; tells how much that was. What cannot be
/// done now is left for the next time and keeps nothing else from being so.
pub fn each(server: &Arc<Server>, operation: &str, due: Due, act: Act) -> Result<usize> {
    let (db, now, author) = (&server.db, server.now(), Author::console(operation, &server.keys.records));
    let (mut done, mut after) = (0, None);
    loop {
        let found = db.read_now(move |conn| due(conn, &Scope::console(), Day::of(now.0), after, BATCH))?;
        let Some(last) = found.last() else { return Ok(done) };
        after = Some(*last);
        for id in found {
            let acted = again(|| {
                let author = author.clone();
                db.write_now(move |conn| act(&mut Tx { conn, author: &author, now }, &Scope::console(), id))
            });
            match acted {
                Ok(acted) => done += usize::from(acted),
                Err(error) => log::error!("{operation} {id}: {error}"),
            }
        }
    }
}

//! The runner: what two months of silence have refused is refused, once however many servers run, and after any time without one.

use super::lifecycle::{ProtectionRequestCommand, advance};
use super::model::ProtectionStatus;
use super::store;
use crate::audit::{Author, Tx};
use crate::auth::Scope;
use crate::db::{DbConn, Id, Instant, again};
use crate::dossiers::model::DossierStatus;
use crate::error::Result;
use crate::http::{Server, rounds};
use crate::values::Day;
use crate::workflow::{Verdict, take_step};
use std::sync::Arc;

/// Requests looked for at once.
const BATCH: i64 = 100;

/// Runs until the server drains.
pub fn start(server: Arc<Server>) -> Result<()> {
    rounds::start(server, "protection", |server| Ok(Some(step(server)?).filter(|refused| *refused > 0).map(|refused| format!("{refused} refused by silence"))))
}

/// Refuses everything that is due, each in a transaction of its own; tells how many. What cannot be refused now is left for the next
/// time and keeps nothing else from being so.
pub fn step(server: &Arc<Server>) -> Result<usize> {
    let (db, now, author) = (&server.db, server.now(), Author::console("protection_requests_refuse", &server.keys.records));
    let (mut refused, mut after) = (0, None);
    loop {
        let due = db.read_now(move |conn| store::silenced(conn, &Scope::console(), Day::of(now.0), after, BATCH))?;
        let Some(last) = due.last() else { return Ok(refused) };
        after = Some(*last);
        for id in due {
            let done = again(|| {
                let author = author.clone();
                db.write_now(move |conn| refuse(conn, &author, now, id))
            });
            match done {
                Ok(done) => refused += usize::from(done),
                Err(error) => log::error!("protection request {id}: {error}"),
            }
        }
    }
}

/// Refuses one request, unless somebody else has moved it on, or its dossier, since it was looked for.
fn refuse(conn: &mut DbConn, author: &Author, now: Instant, id: Id) -> Result<bool> {
    let scope = Scope::console();
    let found = store::find(conn, &scope, id)?;
    let command = ProtectionRequestCommand::RefuseImplicitly {};
    let awaited = found.row.status == ProtectionStatus::Requested;
    let free = found.row.verdict("refuse_implicitly", Day::of(now.0)) == Verdict::Free;
    if !awaited || !free || !DossierStatus::OPEN.contains(&found.dossier.status) {
        return Ok(false);
    }
    take_step(&mut Tx { conn, author, now }, &scope, found, command, advance)?;
    Ok(true)
}

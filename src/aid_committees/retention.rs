//! How long it is kept whose requests were before committees. A server forgets by itself what is past its time, once however many servers
//! run; with a dossier goes what lies under it, unless it is to be kept longer.

use super::docket;
use crate::audit::{Author, Tx};
use crate::auth::Scope;
use crate::db::{DbConn, Id, Instant, again};
use crate::dossiers::store as dossiers;
use crate::error::{Code, Error, Flaw, Place, Result};
use crate::financial_aid_requests::erasure;
use crate::financial_aid_requests::store::{self as requests, AidRequestRow};
use crate::http::{Server, rounds};
use crate::values::Day;
use std::sync::Arc;

/// Requests looked for at once.
const BATCH: i64 = 100;

/// Runs until the server drains.
pub fn start(server: Arc<Server>) -> Result<()> {
    rounds::start(server, "aid retention", |server| Ok(Some(step(server)?).filter(|past| *past > 0).map(|past| format!("{past} requests anonymised"))))
}

/// Forgets whose every request was that is past its time, each in a transaction of its own; tells how many.
pub fn step(server: &Arc<Server>) -> Result<usize> {
    let (db, now, author) = (&server.db, server.now(), Author::console("financial_aid_requests_anonymise", &server.keys.records));
    let (mut forgotten, mut after) = (0, None);
    loop {
        let due = db.read_now(move |conn| requests::past_retention(conn, &Scope::console(), Day::of(now.0), after, BATCH))?;
        let Some(last) = due.last() else { return Ok(forgotten) };
        after = Some(*last);
        for id in due {
            let done = again(|| {
                let author = author.clone();
                db.write_now(move |conn| forget(conn, &author, now, id))
            });
            match done {
                Ok(done) => forgotten += usize::from(done),
                Err(error) => log::error!("request for aid {id}: {error}"),
            }
        }
    }
}

/// Forgets whose one request was, unless another server has, or its dossier is held, since it was looked for. The dossier is locked before
/// the request: a hold that is being placed counts.
fn forget(conn: &mut DbConn, author: &Author, now: Instant, id: Id) -> Result<bool> {
    let (scope, mut tx) = (Scope::console(), Tx { conn, author, now });
    let seen = requests::find(tx.conn, &scope, id)?;
    if let Some(dossier_id) = seen.dossier_id
        && dossiers::lock(&mut tx, &scope, dossier_id)?.on_legal_hold
    {
        return Ok(false);
    }
    let row = requests::lock(&mut tx, &scope, id)?;
    if row.dossier_id != seen.dossier_id || !row.is_past_retention(Day::of(now.0)) {
        return Ok(false);
    }
    anonymise(&mut tx, &scope, row)?;
    Ok(true)
}

/// Forgets, with a dossier that is anonymised, whose the requests under it were. One that is not over, or is to be kept, keeps the dossier.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    dossiers::lock(tx, scope, dossier_id)?;
    let (rows, today) = (requests::lock_of_dossier(tx, scope, dossier_id)?, Day::of(tx.now.0));
    let kept: Vec<&AidRequestRow> = rows.iter().filter(|row| !row.is_past_retention(today)).collect();
    if !kept.is_empty() {
        let all: Vec<&str> = kept.iter().map(|row| row.number.as_str()).collect();
        let flaw = |row: &AidRequestRow| Flaw::new(Code::DossierAidKept).with("open", row.number.as_str()).with("id", row.id);
        let issues = kept.iter().map(|row| flaw(row).at(Place::Pointer("/command".to_owned())));
        return Err(issues.fold(Error::of(Code::DossierAidKept).with("open", all.join(", ")), Error::noting));
    }
    rows.into_iter().try_for_each(|row| anonymise(tx, scope, row))
}

fn anonymise(tx: &mut Tx<'_>, scope: &Scope, row: AidRequestRow) -> Result<()> {
    docket::erasure::erase(tx, scope, row.id)?;
    erasure::anonymise(tx, scope, row)
}

//! How long it is kept whose requests were before committees. A server forgets by itself what is past its time, once however many servers
//! run; with a dossier goes what lies under it, unless it is to be kept longer.

use super::docket;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::store as dossiers;
use crate::error::{Code, Error, Flaw, Place, Result};
use crate::financial_aid_requests::erasure;
use crate::financial_aid_requests::store::{self as requests, AidRequestRow};
use crate::http::{Server, rounds};
use crate::values::Day;
use std::sync::Arc;

/// Runs until the server drains.
pub fn start(server: Arc<Server>) -> Result<()> {
    rounds::start(server, "aid retention", |server| Ok(Some(step(server)?).filter(|past| *past > 0).map(|past| format!("{past} requests anonymised"))))
}

/// Forgets whose every request was that is past its time; tells how many.
pub fn step(server: &Arc<Server>) -> Result<usize> {
    rounds::each(server, "financial_aid_requests_anonymise", requests::past_retention, forget)
}

/// Forgets whose one request was, unless another server has, or its dossier is held, since it was looked for. The dossier is locked before
/// the request: a hold that is being placed counts.
fn forget(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<bool> {
    let seen = requests::find(tx.conn, scope, id)?;
    if let Some(dossier_id) = seen.dossier_id
        && dossiers::lock(tx, scope, dossier_id)?.on_legal_hold
    {
        return Ok(false);
    }
    let row = requests::lock(tx, scope, id)?;
    if row.dossier_id != seen.dossier_id || !row.is_past_retention(Day::of(tx.now.0)) {
        return Ok(false);
    }
    anonymise(tx, scope, row)?;
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

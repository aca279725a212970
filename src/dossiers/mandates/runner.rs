//! The runner: a proposal that nobody answered in time leaves a step, once however many servers run, and after any time without one. It is
//! read as expired from its day on, whether the runner came or not.

use super::lifecycle::{MandateExpiry, expire};
use super::model::MandateStatus;
use super::store::{self, Mandate};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::store::lock;
use crate::error::Result;
use crate::http::{Server, rounds};
use crate::values::Day;
use crate::workflow::take_step;
use std::sync::Arc;

/// Runs until the server drains.
pub fn start(server: Arc<Server>) -> Result<()> {
    rounds::start(server, "mandates", |server| Ok(Some(step(server)?).filter(|expired| *expired > 0).map(|expired| format!("{expired} expired"))))
}

/// Writes down everything that has expired; tells how many.
pub fn step(server: &Arc<Server>) -> Result<usize> {
    rounds::each(server, "mandates_expire", store::lapsed, lapse)
}

/// Writes it down of one, unless somebody else did since it was looked for; whatever has become of its dossier, for that changes nothing.
fn lapse(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<bool> {
    let today = Day::of(tx.now.0);
    let dossier_id = store::find(tx.conn, scope, id, today)?.row.dossier_id;
    lock(tx, scope, dossier_id)?;
    let found = store::find(tx.conn, scope, id, today)?;
    let last = found.row.expires_on;
    if found.row.status != MandateStatus::Proposed || last >= today {
        return Ok(false);
    }
    // It starts from what it was on its last day.
    take_step(tx, scope, Mandate { today: last, ..found }, MandateExpiry::Expire { expired_on: last.next() }, expire)?;
    Ok(true)
}

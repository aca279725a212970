//! The runner: what two months of silence have refused is refused, once however many servers run, and after any time without one.

use super::lifecycle::{ProtectionRequestCommand, advance};
use super::model::ProtectionStatus;
use super::store;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::model::DossierStatus;
use crate::error::Result;
use crate::http::{Server, rounds};
use crate::values::Day;
use crate::workflow::{Verdict, take_step};
use std::sync::Arc;

/// Runs until the server drains.
pub fn start(server: Arc<Server>) -> Result<()> {
    rounds::start(server, "protection", |server| Ok(Some(step(server)?).filter(|refused| *refused > 0).map(|refused| format!("{refused} refused by silence"))))
}

/// Refuses everything that is due; tells how many.
pub fn step(server: &Arc<Server>) -> Result<usize> {
    rounds::each(server, "protection_requests_refuse", store::silenced, refuse)
}

/// Refuses one request, unless somebody else has moved it on, or its dossier, since it was looked for.
fn refuse(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<bool> {
    let found = store::find(tx.conn, scope, id)?;
    let command = ProtectionRequestCommand::RefuseImplicitly {};
    let awaited = found.row.status == ProtectionStatus::Requested;
    let free = found.row.verdict("refuse_implicitly", Day::of(tx.now.0)) == Verdict::Free;
    if !awaited || !free || !DossierStatus::OPEN.contains(&found.dossier.status) {
        return Ok(false);
    }
    take_step(tx, scope, found, command, advance)?;
    Ok(true)
}

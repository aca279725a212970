//! Two records of one member that are merged: of two living registrations to one session, one stays.

use super::lifecycle::cancel;
use super::model::RegistrationStatus;
use super::store::{self, RegistrationRow};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::error::Result;

/// How good a registration is: a seat before a number on the waiting list, an early number before a late one, both before a request.
fn worth(row: &RegistrationRow) -> (u8, i64) {
    match row.status {
        RegistrationStatus::Confirmed => (0, 0),
        RegistrationStatus::WaitingList => (1, row.queue_number.unwrap_or(i64::MAX)),
        _ => (2, 0),
    }
}

/// Cancels the lesser of two living registrations to one session, so that all of the one record can become the other's. The sessions are
/// whosever they are: whose members are merged need not organise them.
pub fn reconcile(tx: &mut Tx<'_>, _both_found_in: &Scope, from: Id, to: Id) -> Result<()> {
    let everywhere = Scope::console();
    let (theirs, ours) = (store::living_of_member(tx.conn, &everywhere, from)?, store::living_of_member(tx.conn, &everywhere, to)?);
    for row in theirs {
        let Some(our) = ours.iter().find(|our| our.session_id == row.session_id) else { continue };
        // Read anew: somebody else may be given or take a seat until the session is locked.
        let (row, our) = (store::lock(tx.conn, &everywhere, row.id)?, store::lock(tx.conn, &everywhere, our.id)?);
        let lesser = if worth(&row.row) < worth(&our.row) { our } else { row };
        cancel(tx, &everywhere, lesser, "Fiches de la même personne fusionnées.".parse()?)?;
    }
    Ok(())
}

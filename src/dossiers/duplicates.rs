//! Duplicates: a dossier of a case that another one tells already is closed, and stands for that one until it is reopened.
//!
//! A duplicate stands for one dossier, which is no duplicate itself: whoever merges locks both, in their order, so that of two who merge
//! at once the later one sees what the other did. What lies under a duplicate stays there, closed and
//! readable; what follows from it follows for the dossier that is kept, so that each case is counted once and with all that was done.

use super::deadlines::model::DeadlineStatus;
use super::derived;
use super::links::making;
use super::links::model::LinkKind;
use super::links::store::{duplicates_of, of_duplicate};
use super::store::{DossierRow, find_by_ids};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::{DbConn, Id, lock_in_order};
use crate::dossiers::deadlines;
use crate::error::{Code, Error, Result};
use crate::workflow::Reason;

const KEPT: &str = "/surviving_dossier_id";

/// Links a dossier that is to be closed to the one that is kept, which the caller reads.
pub fn merge(tx: &mut Tx<'_>, scope: &Scope, row: &DossierRow, kept_id: Id, reason: &Reason) -> Result<()> {
    if kept_id == row.id {
        return Err(Error::field(KEPT, Code::ReferenceCycle));
    }
    // Who knows of all dossiers without reading them names none of those.
    if find_by_ids(tx.conn, &scope.unveiled(), vec![kept_id])?.is_empty() {
        return Err(Error::field(KEPT, Code::ReferenceNotFound));
    }
    lock_both(tx, row.id, kept_id)?;
    if of_duplicate(tx.conn, scope, kept_id)?.is_some() {
        return Err(Error::of(Code::DossierIsDuplicate).at(KEPT));
    }
    if !duplicates_of(tx.conn, scope, row.id)?.is_empty() {
        return Err(Error::of(Code::DossierHasDuplicates).at("/command"));
    }
    making::make(tx, scope, row.id, (LinkKind::DuplicateOf, kept_id), Some(reason.as_str().parse()?))?;
    derived::tell(tx, scope, kept_id).map(drop)
}

/// Takes the link back of a dossier that is reopened: it is a case of its own again.
pub fn part(tx: &mut Tx<'_>, scope: &Scope, id: Id, reason: Reason) -> Result<()> {
    let Some(kept_id) = of_duplicate(tx.conn, scope, id)?.map(|link| link.to_id) else { return Ok(()) };
    lock_both(tx, id, kept_id)?;
    if let Some(link) = of_duplicate(tx.conn, scope, id)? {
        making::undo(tx, scope, link, reason)?;
    }
    derived::tell(tx, scope, kept_id).map(drop)
}

/// The deadlines that somebody still follows in a dossier and that the one which is kept does not have: they would stop unseen.
pub fn deadlines_lost(conn: &mut DbConn, scope: &Scope, id: Id, kept_id: Id) -> Result<Vec<Id>> {
    let mut of = deadlines::store::of_dossiers(conn, scope, &[id, kept_id])?;
    let (own, kept) = (of.remove(&id).unwrap_or_default(), of.remove(&kept_id).unwrap_or_default());
    let has = |code, due_on| kept.iter().any(|row| (row.code, row.due_on) == (code, due_on) && row.status != DeadlineStatus::Superseded);
    Ok(own.into_iter().filter(|row| row.is_followed() && !has(row.code, row.due_on)).map(|row| row.id).collect())
}

fn lock_both(tx: &mut Tx<'_>, id: Id, kept_id: Id) -> Result<()> {
    lock_in_order(tx.conn, "dossiers", &[id, kept_id])
}

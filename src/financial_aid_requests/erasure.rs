//! Forgetting who asked for aid and why, once the dossier that it belongs to is anonymised. A request that is not over goes on without
//! the dossier: somebody still waits for what it grants, or pays it back.

use super::model::AidRequestStatus;
use super::payments;
use super::store::{self, AidRequestRow};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::erasure::{scrub_of_member, scrub_records};
use crate::error::Result;

/// The fields that a version or a stored reply loses.
const FORGOTTEN: &[&str] =
    &["member_id", "dossier_id", "sheet", "purpose", "question", "information", "instruction_note", "motivation", "reason", "details", "payee_name", "iban"];

pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    for row in store::of_dossier(tx, scope, dossier_id)? {
        let over = matches!(row.status, AidRequestStatus::Closed | AidRequestStatus::Withdrawn | AidRequestStatus::Refused);
        if over {
            forget(tx, scope, row)?;
        } else {
            store::put(tx, scope, &AidRequestRow { dossier_id: None, ..row })?;
        }
    }
    Ok(())
}

fn forget(tx: &mut Tx<'_>, scope: &Scope, mut row: AidRequestRow) -> Result<()> {
    (row.member_id, row.dossier_id, row.sheet) = (None, None, None);
    (row.purpose, row.question, row.information, row.instruction_note, row.motivation) = (None, None, None, None, None);
    row.waivers.0.iter_mut().for_each(|waiver| waiver.reason = None);
    store::put(tx, scope, &row)?;
    let payments = payments::store::forget(tx, scope, row.id)?;
    scrub_of_member(tx, scope, row.id, FORGOTTEN)?;
    payments.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}

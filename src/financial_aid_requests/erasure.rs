//! Forgetting who asked for aid and why, once a request is over and its time has passed: what was asked for, granted and paid serves
//! figures, and leads back to nobody.

use super::documents::holder;
use super::instalments;
use super::payments;
use super::store::{self, AidRequestRow};
use super::view::FinancialAidRequestView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::dossiers::erasure::{scrub_of_member, scrub_records};
use crate::error::Result;
use crate::values::commands;
use crate::workflow::take_step;

commands! {
    /// What becomes of a request that is over by the calendar.
    pub enum RetentionCommand {
        /// Forgets whose it was.
        Anonymise as "anonymise" {},
    }
}

/// The fields that a version or a stored reply loses.
const FORGOTTEN: &[&str] =
    &["member_id", "dossier_id", "sheet", "purpose", "question", "information", "instruction_note", "motivation", "reason", "details", "payee_name", "iban"];

/// Takes all that leads to a person out of a request that is over and locked, and out of what lies under it and is remembered of it.
pub fn anonymise(tx: &mut Tx<'_>, scope: &Scope, row: AidRequestRow) -> Result<()> {
    let id = row.id;
    take_step(tx, scope, row, RetentionCommand::Anonymise {}, |tx, scope, step, row, _| {
        let view = FinancialAidRequestView::from(store::advance(tx, scope, forget(row), step.from)?);
        tx.record(Action::Transition, &view)?;
        Ok(view)
    })?;
    let payments = payments::store::forget(tx, scope, id)?;
    let instalments = instalments::store::of_request(tx.conn, scope, id)?.into_iter().map(|row| row.id);
    scrub_of_member(tx, scope, id, FORGOTTEN)?;
    payments.into_iter().chain(instalments).try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))?;
    holder::erase(tx, scope, id)
}

fn forget(mut row: AidRequestRow) -> AidRequestRow {
    (row.member_id, row.dossier_id, row.sheet) = (None, None, None);
    (row.purpose, row.question, row.information, row.instruction_note, row.motivation) = (None, None, None, None, None);
    row.waivers.0.iter_mut().for_each(|waiver| waiver.reason = None);
    row
}

//! What committees do with requests for aid: the rooms of their sessions call these, within their own transactions.

use super::checks;
use super::model::AidRequestStatus;
use super::payments;
use super::store::{self, AidRequestRow};
use super::view::FinancialAidRequestView;
use crate::aid_envelopes;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::error::{Code, Error, Flaw, Result};
use crate::values::{Day, Money, commands};
use crate::workflow::{Reason, Step, take_step};

commands! {
    /// What a committee does with a request for aid.
    pub enum CommitteeCommand {
        /// Puts it on the docket of a session.
        PutBefore as "put_before" {
            /// The session.
            session_id: Id,
        },
        /// Puts what was granted urgently on the docket of a session, to be ratified.
        PutToRatification as "put_to_ratification" {
            /// The session.
            session_id: Id,
        },
        /// Takes it off the docket.
        TakeBack as "take_back" {
            /// Why.
            reason: Option<Reason>,
        },
        /// Grants all that is asked for.
        Grant as "grant" {
            /// What is said of it.
            motivation: Option<Reason>,
        },
        /// Grants a part.
        PartlyGrant as "partly_grant" {
            /// How much.
            amount: Money,
            /// Why not all.
            motivation: Reason,
        } check { amount: Money::positive[amount] },
        /// Grants nothing.
        Refuse as "refuse" {
            /// Why.
            motivation: Reason,
        },
        /// Leaves it to a later session.
        Adjourn as "adjourn" {
            /// Why.
            motivation: Reason,
        },
        /// Agrees to what was granted urgently.
        Ratify as "ratify" {
            /// What is said of it.
            motivation: Option<Reason>,
        },
        /// Does not: what was not paid out yet never is.
        RefuseRatification as "refuse_ratification" {
            /// Why.
            motivation: Reason,
        },
    }
}

/// Puts a request before a session: to be decided on, or, where it was granted urgently, to be ratified.
pub fn put_before(tx: &mut Tx<'_>, scope: &Scope, id: Id, session_id: Id) -> Result<AidRequestRow> {
    let row = store::lock(tx, scope, id)?;
    let urgently = row.status == AidRequestStatus::GrantedUrgently;
    let command = if urgently { CommitteeCommand::PutToRatification { session_id } } else { CommitteeCommand::PutBefore { session_id } };
    step_of(tx, scope, row, command)
}

/// Carries out what a committee decides on a request that stands before it, with all that follows for the envelope; 409 where the
/// state, the rules or the envelope do not let it, and then nothing has changed.
pub fn decide(tx: &mut Tx<'_>, scope: &Scope, id: Id, decision: CommitteeCommand) -> Result<AidRequestRow> {
    let row = store::lock(tx, scope, id)?;
    step_of(tx, scope, row, decision)
}

fn step_of(tx: &mut Tx<'_>, scope: &Scope, row: AidRequestRow, command: CommitteeCommand) -> Result<AidRequestRow> {
    let mut after = None;
    take_step(tx, scope, row, command, |tx, scope, step, row, command| {
        let row = perform(tx, scope, step, row, command)?;
        let view = FinancialAidRequestView::from(row.clone());
        tx.record(Action::Transition, &view)?;
        after = Some(row);
        Ok(view)
    })?;
    let row = after.ok_or_else(|| Error::internal("a step that led nowhere"))?;
    payments::lifecycle::settle_if_paid(tx, scope, row)
}

fn perform(tx: &mut Tx<'_>, scope: &Scope, step: Step<AidRequestStatus>, mut row: AidRequestRow, command: CommitteeCommand) -> Result<AidRequestRow> {
    let today = Day::of(tx.now.0);
    row.enter(step.to, today);
    let (granted, motivation) = match command {
        CommitteeCommand::PutBefore { session_id } | CommitteeCommand::PutToRatification { session_id } => {
            row.session_id = Some(session_id);
            return store::advance(tx, scope, row, step.from);
        }
        CommitteeCommand::TakeBack { .. } => {
            row.session_id = None;
            return store::advance(tx, scope, row, step.from);
        }
        CommitteeCommand::Grant { motivation } => (Some(row.asked_cents), motivation),
        CommitteeCommand::PartlyGrant { amount, motivation } => (Some(amount), Some(motivation)),
        CommitteeCommand::Refuse { motivation } | CommitteeCommand::Adjourn { motivation } => (None, Some(motivation)),
        CommitteeCommand::Ratify { motivation } => (None, motivation),
        CommitteeCommand::RefuseRatification { motivation } => {
            payments::lifecycle::cancel_ordered(tx, scope, row.id)?;
            row.ordered_cents = store::lock(tx, scope, row.id)?.ordered_cents;
            give_up(tx, scope, &mut row)?;
            (None, Some(motivation))
        }
    };
    if let Some(amount) = granted {
        commit(tx, scope, &mut row, amount, today)?;
    }
    row.motivation = motivation.or(row.motivation);
    row.decided_on = Some(today);
    store::advance(tx, scope, row, step.from)
}

/// Grants an amount that every rule lets through, out of the envelope of the year.
pub fn commit(tx: &mut Tx<'_>, scope: &Scope, row: &mut AidRequestRow, amount: Money, today: Day) -> Result<()> {
    if amount > row.asked_cents {
        return Err(Error::field("/amount", Flaw::new(Code::AidAboveAsked).with("max", row.asked_cents.amount())));
    }
    checks::hold(tx.conn, scope, row, amount, today)?;
    row.envelope_id = Some(aid_envelopes::store::draw(tx, scope, row.association_id, today.year(), amount)?);
    (row.granted_cents, row.committed_cents) = (Some(amount), amount);
    Ok(())
}

/// Gives back to the envelope what was granted and neither is paid nor ordered to be.
pub fn give_up(tx: &mut Tx<'_>, scope: &Scope, row: &mut AidRequestRow) -> Result<()> {
    let kept = row.ordered_cents + row.paid_cents;
    if let Some(id) = row.envelope_id.filter(|_| kept < row.committed_cents) {
        aid_envelopes::store::release(tx, scope, id, row.committed_cents - kept)?;
        row.committed_cents = kept;
    }
    Ok(())
}

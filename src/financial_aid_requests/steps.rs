//! What a request for aid may refer to, and what each command of its team does.

use super::bodies::CreateFinancialAidRequest;
use super::checks::{self, Check};
use super::committee::{commit, give_up};
use super::instalments::schedule;
use super::lifecycle::AidRequestCommand;
use super::model::{AidCheckOutcome, AidRequestStatus, AidRule, AidWaiver};
use super::store::{self, AidRequestRow};
use super::view::FinancialAidRequestView;
use crate::aid_rules::model::RATIFICATION_DAYS;
use crate::aid_rules::store as rules;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::error::{Code, Error, Result};
use crate::http::Actor;
use crate::values::{Commands, Day, Money};
use crate::workflow::{Reason, Step, Verdict};
use crate::{dossiers, members};

/// What a body may refer to.
pub struct Reach {
    pub members: Scope,
    pub dossiers: Scope,
}

impl Reach {
    pub fn of(actor: &Actor) -> Self {
        Self { members: actor.scope_through("members_retrieve"), dossiers: actor.scope_through("dossiers_retrieve").unveiled() }
    }

    /// Makes sure that the dossier is one that the caller reads, and the member's until the end of the transaction: it is locked, and
    /// nobody anonymises it meanwhile.
    pub fn check_dossier(&self, tx: &mut Tx<'_>, row: &AidRequestRow) -> Result<()> {
        let Some(id) = row.dossier_id else { return Ok(()) };
        let found = dossiers::store::find_by_ids(tx.conn, &self.dossiers, vec![id])?;
        match found.first() {
            None => Err(Error::field("/dossier_id", Code::ReferenceNotFound)),
            Some(_) if dossiers::store::lock(tx, &self.dossiers, id)?.member_id == row.member_id => Ok(()),
            Some(_) => Err(Error::field("/dossier_id", Code::DossierOfOther)),
        }
    }
}

/// Makes a request of a member whom the caller sees, and who is not the caller.
pub fn make(tx: &mut Tx<'_>, scope: &Scope, reach: &Reach, body: CreateFinancialAidRequest) -> Result<AidRequestRow> {
    if scope.own_member() == Some(body.member_id) {
        return Err(Error::of(Code::AidOwnRequest));
    }
    let found = members::store::lock_references(tx, &reach.members, body.member_id);
    let member = found.map_err(|error| error.of_reference("/member_id"))?;
    if !scope.covers_department(Some(member.department_code.as_str())) {
        return Err(Error::of(Code::OutOfPerimeter));
    }
    let number = store::next_number(tx, scope, &member.department_code, Day::of(tx.now.0).year())?;
    let row = body.into_row(&member, number, tx);
    reach.check_dossier(tx, &row)?;
    store::insert(tx, scope, row)
}

/// Carries out a command that the state allows, and writes down what that made of the request.
pub fn advance(
    tx: &mut Tx<'_>,
    scope: &Scope,
    step: Step<AidRequestStatus>,
    row: AidRequestRow,
    command: AidRequestCommand,
) -> Result<FinancialAidRequestView> {
    let view = FinancialAidRequestView::from(perform(tx, scope, step, row, command)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

fn perform(tx: &mut Tx<'_>, scope: &Scope, step: Step<AidRequestStatus>, row: AidRequestRow, command: AidRequestCommand) -> Result<AidRequestRow> {
    let mut row = store::lock(tx, scope, row.id)?;
    if row.version != step.seen {
        return Err(Error::of(Code::VersionStale));
    }
    if let Verdict::Blocked(flaw) = row.verdict(command.word()) {
        return Err(flaw.into());
    }
    let today = Day::of(tx.now.0);
    match command {
        AidRequestCommand::Submit {} => row.submitted_on = Some(today),
        AidRequestCommand::AskInformation { question } => (row.question, row.information) = (Some(question), None),
        AidRequestCommand::GiveInformation { information } => row.information = Some(information),
        AidRequestCommand::Instruct { instruction_note } => {
            checks::hold(tx.conn, scope, &row, row.asked_cents, today)?;
            (row.instruction_note, row.instructed_by) = (Some(instruction_note), tx.author.actor_id);
        }
        AidRequestCommand::WaiveRule { rule, reason } => waive(tx, scope, &mut row, rule, reason, today)?,
        AidRequestCommand::GrantUrgently { amount, motivation } => {
            let amount = amount.unwrap_or(row.asked_cents);
            commit(tx, scope, &mut row, amount, today)?;
            let rules = rules::in_force(tx.conn, scope, row.association_id, today.year())?;
            let days = rules.map_or(RATIFICATION_DAYS, |rules| rules.ratification_days.get().into());
            (row.decided_on, row.motivation, row.ratify_by) = (Some(today), Some(motivation), Some(today.plus(days)));
        }
        AidRequestCommand::Withdraw { .. } => {}
        AidRequestCommand::ScheduleRepayment { first_due_on, instalments } => schedule::set(tx, scope, &row, first_due_on, instalments.get())?,
        AidRequestCommand::Close { .. } => {
            if row.repayable && row.paid_cents > Money::default() && !schedule::is_over(tx, scope, row.id)? {
                return Err(Error::of(Code::AidRepaymentOpen));
            }
            give_up(tx, scope, &mut row)?;
        }
    }
    row.enter(step.to, today);
    store::advance(tx, scope, row, step.from)
}

fn waive(tx: &mut Tx<'_>, scope: &Scope, row: &mut AidRequestRow, rule: AidRule, reason: Reason, today: Day) -> Result<()> {
    let checks = checks::of(tx.conn, scope, row, row.asked_cents, today)?;
    let failed = |check: &Check| check.rule == rule && check.outcome == AidCheckOutcome::Failed;
    if !checks.iter().any(failed) {
        return Err(Error::of(Code::AidRuleNotFailed));
    }
    row.waivers.0.push(AidWaiver { rule, reason: Some(reason), waived_by: tx.author.actor_id, waived_at: tx.now });
    Ok(())
}

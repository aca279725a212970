//! The rules of the year held against a request, one by one.

use super::model::{AidCheckOutcome, AidNature, AidRule, AidWaiver};
use super::store::{self, AidRequestRow};
use crate::aid_rules::store::{self as rules, AidRulesRow};
use crate::auth::Scope;
use crate::db::DbConn;
use crate::error::{Code, Flaw, Result};
use crate::members::memberships::model::{MembershipStatus, Period, member_since, status_on};
use crate::members::memberships::store::periods_of;
use crate::values::{Day, Money};
use chrono::Datelike;

/// What a rule measures, and against what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Whole months, and how many are asked for; none where there is nothing to count from.
    Months {
        measured: Option<i32>,
        threshold: i32,
    },
    Dues(MembershipStatus),
    Amount {
        measured: Money,
        threshold: Money,
    },
}

/// A rule that is set, with what it says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub rule: AidRule,
    pub measure: Measure,
    pub outcome: AidCheckOutcome,
    pub waiver: Option<AidWaiver>,
}

/// What the rules measure a request by.
#[derive(Debug, Clone)]
pub struct Facts {
    pub on: Day,
    pub periods: Vec<Period>,
    pub last_granted_on: Option<Day>,
    pub nature: AidNature,
    pub amount: Money,
}

/// Whole months from one day to another, the other one too.
pub fn months_between(from: Day, to: Day) -> i32 {
    let months = (to.year() - from.year()) * 12 + i32::try_from(to.0.month()).unwrap_or(0) - i32::try_from(from.0.month()).unwrap_or(0);
    let whole = u32::try_from(months).is_ok_and(|months| from.plus_months(months) <= to);
    if whole { months } else { months - 1 }
}

fn ceiling(rules: &AidRulesRow, nature: AidNature) -> Option<Money> {
    match nature {
        AidNature::Grant => rules.grant_ceiling_cents,
        AidNature::Loan => rules.loan_ceiling_cents,
        AidNature::FeeAdvance => rules.fee_advance_ceiling_cents,
        AidNature::InKind => rules.in_kind_ceiling_cents,
    }
}

/// Each rule that is set, in their order.
pub fn held(rules: &AidRulesRow, facts: &Facts, waivers: &[AidWaiver]) -> Vec<Check> {
    let Facts { on, periods, last_granted_on, nature, amount } = facts;
    let seniority = rules.seniority_months.map(|months| {
        let measured = member_since(periods, *on).map(|since| months_between(since, *on));
        let threshold = months.get();
        (AidRule::Seniority, Measure::Months { measured, threshold }, measured.unwrap_or(0) >= threshold)
    });
    let status = status_on(periods, *on);
    let dues = rules.dues_up_to_date.then_some((AidRule::DuesUpToDate, Measure::Dues(status), status == MembershipStatus::Current));
    let cooldown = rules.cooldown_months.map(|months| {
        let (measured, threshold) = (last_granted_on.map(|last| months_between(last, *on)), months.get());
        (AidRule::Cooldown, Measure::Months { measured, threshold }, measured.is_none_or(|measured| measured >= threshold))
    });
    let ceiling = ceiling(rules, *nature).map(|threshold| (AidRule::Ceiling, Measure::Amount { measured: *amount, threshold }, *amount <= threshold));
    let check = |(rule, measure, passed): (AidRule, Measure, bool)| {
        let waiver = waivers.iter().find(|waiver| waiver.rule == rule && !passed).cloned();
        let outcome = match &waiver {
            _ if passed => AidCheckOutcome::Passed,
            Some(_) => AidCheckOutcome::Waived,
            None => AidCheckOutcome::Failed,
        };
        Check { rule, measure, outcome, waiver }
    };
    [seniority, dues, cooldown, ceiling].into_iter().flatten().map(check).collect()
}

impl Check {
    /// The refusal of what a failed rule stands in the way of.
    pub fn flaw(&self) -> Option<Flaw> {
        let code = match self.rule {
            _ if self.outcome != AidCheckOutcome::Failed => return None,
            AidRule::Seniority => Code::AidSeniority,
            AidRule::DuesUpToDate => Code::AidDues,
            AidRule::Cooldown => Code::AidCooldown,
            AidRule::Ceiling => Code::AidCeiling,
        };
        Some(match self.measure {
            Measure::Months { threshold, .. } => Flaw::new(code).with("threshold", threshold),
            Measure::Amount { threshold, .. } => Flaw::new(code).with("threshold", threshold.amount()),
            Measure::Dues(_) => Flaw::new(code),
        })
    }
}

/// What the rules of the year in which it was submitted, or else of this one, say of a request that was found.
pub fn of(conn: &mut DbConn, scope: &Scope, row: &AidRequestRow, amount: Money, today: Day) -> Result<Vec<Check>> {
    let on = row.submitted_on.unwrap_or(today);
    let Some(rules) = rules::in_force(conn, scope, row.association_id, on.year())? else { return Ok(Vec::new()) };
    let Some(member_id) = row.member_id else { return Ok(Vec::new()) };
    let periods = periods_of(conn, scope, &[member_id])?.remove(&member_id).unwrap_or_default();
    let last_granted_on = store::last_granted_on(conn, scope, member_id, row.id)?;
    let facts = Facts { on, periods, last_granted_on, nature: row.nature, amount };
    Ok(held(&rules, &facts, &row.waivers.0))
}

/// Refuses an amount while a rule fails and is not waived, with the first such rule.
pub fn hold(conn: &mut DbConn, scope: &Scope, row: &AidRequestRow, amount: Money, today: Day) -> Result<()> {
    let failed = of(conn, scope, row, amount, today)?.iter().find_map(Check::flaw);
    failed.map_or(Ok(()), |flaw| Err(flaw.into()))
}

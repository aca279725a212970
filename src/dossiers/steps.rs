//! What each command of a dossier needs and does.

use super::circumstances::{CoverEvidence, evidence};
use super::conciliations;
use super::conflicts;
use super::cover_decisions;
use super::derived;
use super::duplicates;
use super::erasure;
use super::lifecycle::{Derogation, DossierCommand, Means};
use super::model::{DossierKind, DossierStatus, Outcome, OutcomeForMember};
use super::opening::referent_flaw;
use super::proceedings;
use super::protection_requests;
use super::store::{self, DossierRow, Unless};
use super::{mandates, tasks};
use crate::associations;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::{Id, Json};
use crate::error::{Code, Error, Flaw, Place, Result};
use crate::values::Commands;
use crate::workflow::{Reason, Step, Verdict};

/// Longest time for which an archived dossier can be read again, in days.
const UNARCHIVED_DAYS: i64 = 90;

/// A kind of what lies under a dossier, and how the room finds those of them that are still open.
type Open = (&'static str, fn(&mut Tx<'_>, &Scope, Id) -> Result<Vec<Id>>);
/// What a dossier does not end before: a line for each room inside this one in which something can be open.
const OPEN_UNDER: &[Open] = &[
    ("task", tasks::store::open_under),
    ("mandate", mandates::store::open_under),
    ("cover_decision", cover_decisions::store::open_under),
    ("protection_request", protection_requests::store::open_under),
    ("proceeding", proceedings::store::open_under),
    ("conciliation", conciliations::store::open_under),
];

/// Refuses to end a dossier while something is open under it, and names what, with what else stands in the way. The dossier is locked first: whoever writes under it
/// has finished, or finds it ended.
fn nothing_open(tx: &mut Tx<'_>, scope: &Scope, id: Id, besides: &[(&'static str, Id)]) -> Result<()> {
    store::lock(tx, scope, id)?;
    let mut open = besides.to_vec();
    for (kind, find) in OPEN_UNDER {
        open.extend(find(tx, scope, id)?.into_iter().map(|id| (*kind, id)));
    }
    if open.is_empty() {
        return Ok(());
    }
    let all: Vec<String> = open.iter().map(|(kind, id)| format!("{kind} {id}")).collect();
    let flaw = |(kind, id): (&str, Id)| Flaw::new(Code::DossierOpenBeneath).with("open", format!("{kind} {id}")).with("kind", kind).with("id", id);
    let issues = open.into_iter().map(|found| flaw(found).at(Place::Pointer("/command".to_owned())));
    Err(issues.fold(Error::of(Code::DossierOpenBeneath).with("open", all.join(", ")), Error::noting))
}

/// Carries out a command that the caller may give and the state allows.
pub fn perform(tx: &mut Tx<'_>, scope: &Scope, means: &Means, step: Step<DossierStatus>, mut row: DossierRow, command: DossierCommand) -> Result<DossierRow> {
    if let Verdict::Blocked(flaw) = row.verdict(command.word(), means.today) {
        return Err(flaw.into());
    }
    let (today, department_code, outcome) = (means.today, row.department_code.clone(), row.outcome);
    let mut unless = Unless::Never;
    row.status = step.to;
    match command {
        DossierCommand::TakeCharge { derogation_reason } => {
            if let Some(referent_id) = row.referent_id {
                conflicts::barring::bar(tx, scope, row.id, referent_id)?;
            }
            protect(tx, scope, means, &mut row, derogation_reason)?;
        }
        DossierCommand::DeclareInadmissible { .. } => nothing_open(tx, scope, row.id, &[])?,
        DossierCommand::Suspend { review_on, .. } => {
            if review_on <= today {
                return Err(Error::field("/review_on", Code::DayNotToCome));
            }
            row.review_on = Some(review_on);
        }
        DossierCommand::Resume { .. } => row.review_on = None,
        DossierCommand::Close { outcome, outcome_for_member, .. } => {
            nothing_open(tx, scope, row.id, &[])?;
            end(&mut row, means, outcome, outcome_for_member);
        }
        DossierCommand::Merge { surviving_dossier_id: kept_id, reason } => {
            duplicates::merge(tx, scope, &row, kept_id, &reason)?;
            let lost = duplicates::deadlines_lost(tx.conn, scope, row.id, kept_id)?;
            nothing_open(tx, scope, row.id, &lost.into_iter().map(|id| ("deadline", id)).collect::<Vec<_>>())?;
            row.review_on = None;
            end(&mut row, means, Outcome::Duplicate, OutcomeForMember::Unknown);
        }
        DossierCommand::Reopen { reason } => {
            duplicates::part(tx, scope, row.id, reason)?;
            (row.outcome, row.outcome_for_member, row.closed_on) = (None, None, None);
            (row.retention_due_on, row.unarchived_until) = (None, None);
        }
        DossierCommand::Archive {} => {
            unless = Unless::OnHold;
            row.unarchived_until = None;
        }
        DossierCommand::Unarchive { until, .. } => {
            let longest = today.plus(UNARCHIVED_DAYS);
            if until < today || longest < until {
                return Err(Error::field("/until", Flaw::new(Code::DateOutOfRange).with("min", today).with("max", longest)));
            }
            row.unarchived_until = Some(until);
        }
        DossierCommand::Anonymise {} => {
            unless = Unless::OnHold;
            // What other rooms keep goes while the dossier still tells what that is.
            for erase in &means.erasers {
                erase(tx, scope, row.id)?;
            }
            erasure::forget(&mut row);
        }
        DossierCommand::Requalify { kind, derogation_reason, .. } => {
            if kind == row.kind {
                return Err(Error::field("/kind", Code::KindUnchanged));
            }
            (row.kind, row.derogation) = (kind, None);
            if row.status == DossierStatus::New {
                row.cover = look_at_cover(tx, scope, means, &row)?;
            } else {
                protect(tx, scope, means, &mut row, derogation_reason)?;
            }
        }
        DossierCommand::Transfer { association_id, .. } => hand_over(tx, means, &mut row, association_id)?,
        DossierCommand::Assign { referent_id } => {
            if let Some(flaw) = referent_flaw(tx.conn, scope, referent_id, (&row.department_code, row.member_id), today)? {
                return Err(Error::field("/referent_id", flaw));
            }
            conflicts::barring::bar(tx, scope, row.id, referent_id).map_err(|error| error.at("/referent_id"))?;
            row.referent_id = Some(referent_id);
        }
    }
    let mut row = store::advance(tx, scope, row, step.from, unless)?;
    if row.outcome != outcome {
        row.follow(derived::tell(tx, scope, row.id)?);
    }
    if row.department_code != department_code {
        tasks::lifecycle::hand_over(tx, scope, &row)?;
    }
    if row.status == DossierStatus::Anonymised {
        erasure::scrub(tx, scope, row.id)?;
    }
    Ok(row)
}

/// What is known of the end of a dossier.
fn end(row: &mut DossierRow, means: &Means, outcome: Outcome, outcome_for_member: OutcomeForMember) {
    (row.outcome, row.outcome_for_member) = (Some(outcome), Some(outcome_for_member));
    (row.closed_on, row.first_closed_on) = (Some(means.today), row.first_closed_on.or(Some(means.today)));
    row.retention_due_on = Some(means.today.plus_years(means.retention_years));
}

/// Legal protection needs cover on the days of the facts, or a derogation.
fn protect(tx: &mut Tx<'_>, scope: &Scope, means: &Means, row: &mut DossierRow, derogation_reason: Option<Reason>) -> Result<()> {
    row.cover = look_at_cover(tx, scope, means, row)?;
    if row.kind != DossierKind::LegalProtection || row.is_covered() {
        return Ok(());
    }
    let reason = derogation_reason.ok_or_else(|| Error::of(Code::DerogationNeeded).at("/derogation_reason"))?;
    row.derogation = Some(Json(Derogation { reason, author_id: tx.author.actor_id, given_at: tx.now }));
    Ok(())
}

/// What the periods of membership say now of the days of the facts; asked for legal protection alone.
fn look_at_cover(tx: &mut Tx<'_>, scope: &Scope, means: &Means, row: &DossierRow) -> Result<Option<Json<CoverEvidence>>> {
    if row.kind != DossierKind::LegalProtection {
        return Ok(None);
    }
    let member = means.reach.member_of(tx.conn, row)?;
    evidence(tx.conn, scope, &member, row.days(), means.today).map(|evidence| Some(Json(evidence)))
}

fn hand_over(tx: &mut Tx<'_>, means: &Means, row: &mut DossierRow, association_id: Id) -> Result<()> {
    let unknown = || Error::field("/association_id", Code::ReferenceNotFound);
    let association = associations::store::find_by_ids(tx.conn, &means.reach.associations, vec![association_id])?.pop().ok_or_else(unknown)?;
    let department_code = association.department_code.filter(|code| *code != row.department_code).ok_or_else(unknown)?;
    (row.association_id, row.department_code, row.referent_id) = (association.id, department_code, None);
    Ok(())
}

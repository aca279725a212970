//! The life of a dossier: its table, its commands, and what each command needs and does.

use super::circumstances::{CoverEvidence, FactsDays, evidence};
use super::erasure;
use super::model::{DossierKind, DossierStatus, Outcome, OutcomeForMember};
use super::opening::{Reach, referent_flaw};
use super::store::{self, DossierRow, Unless};
use crate::associations;
use crate::audit::Tx;
use crate::auth::{Role, Scope};
use crate::db::{Id, Instant, Json};
use crate::error::{Code, Error, Flaw, Result};
use crate::http::Erase;
use crate::members::memberships::model::CoverStatus;
use crate::values::{Commands, Day, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, Verdict, step};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use DossierStatus::{Anonymised, Archived, Closed, InProgress, Inadmissible, New, Suspended};
use Role::{DepartmentHead, DepartmentStaff, Dpo, Volunteer};

const TEAM: &[Role] = &[DepartmentHead, DepartmentStaff, Volunteer];
const STAFF: &[Role] = &[DepartmentHead, DepartmentStaff];
const HEAD: &[Role] = &[DepartmentHead];
const KEEPERS: &[Role] = &[DepartmentHead, Dpo];
const DPO: &[Role] = &[Dpo];

#[rustfmt::skip]
pub const LIFECYCLE: Lifecycle<DossierStatus> = Lifecycle {
    resource: "dossier",
    initial: New,
    transitions: &[
        step("take_charge", &[New], Some(InProgress), TEAM, "Prendre en charge", "Take charge"),
        step("declare_inadmissible", &[New], Some(Inadmissible), STAFF, "Déclarer irrecevable", "Declare inadmissible"),
        step("suspend", &[InProgress], Some(Suspended), TEAM, "Suspendre", "Suspend"),
        step("resume", &[Suspended], Some(InProgress), TEAM, "Reprendre", "Resume"),
        step("close", &[InProgress], Some(Closed), HEAD, "Clore", "Close"),
        step("reopen", &[Closed], Some(InProgress), HEAD, "Rouvrir", "Reopen"),
        step("archive", &[Closed], Some(Archived), KEEPERS, "Archiver", "Archive"),
        step("unarchive", &[Archived], Some(Closed), DPO, "Désarchiver", "Unarchive"),
        step("anonymise", &[Archived], Some(Anonymised), DPO, "Anonymiser", "Anonymise"),
        step("requalify", DossierStatus::OPEN, None, STAFF, "Requalifier", "Requalify"),
        step("transfer", DossierStatus::OPEN, None, HEAD, "Transférer", "Transfer"),
        step("assign", DossierStatus::OPEN, None, HEAD, "Attribuer", "Assign"),
    ],
};

commands! {
    /// Moves a dossier on.
    pub enum DossierCommand {
        /// Begins the work: a referent is named; legal protection needs cover on the days of the facts, or a derogation.
        TakeCharge as "take_charge" {
            /// Why legal protection is given although the days of the facts are not covered.
            derogation_reason: Option<Reason>,
        },
        /// Ends it before it begins.
        DeclareInadmissible as "declare_inadmissible" {
            /// Why.
            reason: Reason,
        },
        /// Lets it rest until a day.
        Suspend as "suspend" {
            /// Why.
            reason: Reason,
            /// The day on which it is to be looked at again.
            review_on: Day,
        },
        /// Takes it up again.
        Resume as "resume" {
            /// Why.
            reason: Option<Reason>,
        },
        /// Ends it. Nothing may be open under it.
        Close as "close" {
            /// How it ended.
            outcome: Outcome,
            /// What this is for the member.
            outcome_for_member: OutcomeForMember,
            /// What else is to be said of it.
            reason: Option<Reason>,
        },
        /// Takes it up again after its end; the day of its first closing stays.
        Reopen as "reopen" {
            /// Why.
            reason: Reason,
        },
        /// Puts it away, once its retention delay has passed and no legal hold keeps it.
        Archive as "archive" {},
        /// Lets it be read again until a day.
        Unarchive as "unarchive" {
            /// Why.
            reason: Reason,
            /// The last day on which it can be read, at most 90 days from now.
            until: Day,
        },
        /// Forgets for ever whose case it was.
        Anonymise as "anonymise" {},
        /// Changes its kind.
        Requalify as "requalify" {
            /// The new kind.
            kind: DossierKind,
            /// Why.
            reason: Reason,
            /// Why legal protection is given although the days of the facts are not covered, once the work has begun.
            derogation_reason: Option<Reason>,
        },
        /// Hands it over to another association; it leaves the perimeter of this one.
        Transfer as "transfer" {
            /// The association that takes it over.
            association_id: Id,
            /// Why.
            reason: Reason,
        },
        /// Names the user in charge.
        Assign as "assign" {
            /// A user with a grant in the department.
            referent_id: Id,
        },
    }
}

/// Legal protection given although the days of the facts are not covered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Derogation {
    /// Why.
    pub reason: Reason,
    /// Who gave it.
    pub author_id: Option<Id>,
    /// When.
    pub given_at: Instant,
}

/// Longest time for which an archived dossier can be read again, in days.
const UNARCHIVED_DAYS: i64 = 90;

/// A room inside this one that may have something open under a dossier says so here, and closing waits for it.
type Open = fn(&mut Tx<'_>, &Scope, Id) -> Result<Option<Flaw>>;
const OPEN_UNDER: &[Open] = &[];

impl Stateful for DossierRow {
    type Status = DossierStatus;
    const LIFECYCLE: &'static Lifecycle<DossierStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn status(&self) -> DossierStatus {
        self.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.department_code.as_str())
    }
}

impl DossierRow {
    pub fn days(&self) -> FactsDays {
        FactsDays { from: self.facts_on, to: self.facts_end_on.unwrap_or(self.facts_on) }
    }

    fn is_covered(&self) -> bool {
        self.cover.as_ref().is_some_and(|Json(CoverEvidence { status, .. })| *status == CoverStatus::Covered)
    }

    /// What the row itself says of a command that its state allows.
    pub fn verdict(&self, command: &str, today: Day) -> Verdict {
        let due = self.retention_due_on.filter(|due| today < *due);
        match command {
            "take_charge" if self.referent_id.is_none() => Verdict::Blocked(Code::ReferentMissing.into()),
            "take_charge" if self.kind == DossierKind::LegalProtection && !self.is_covered() => Verdict::Needs(Code::DerogationNeeded.into()),
            "archive" | "anonymise" if self.on_legal_hold => Verdict::Blocked(Code::DossierOnHold.into()),
            "archive" => due.map_or(Verdict::Free, |due| Verdict::Blocked(Flaw::new(Code::RetentionRunning).with("due", due))),
            _ => Verdict::Free,
        }
    }
}

/// What a command may need beside the row.
pub struct Means {
    pub reach: Reach,
    pub today: Day,
    pub retention_years: u32,
    pub erasers: Vec<Erase>,
}

/// Carries out a command that the caller may give and the state allows.
pub fn perform(tx: &mut Tx<'_>, scope: &Scope, means: &Means, step: Step<DossierStatus>, mut row: DossierRow, command: DossierCommand) -> Result<DossierRow> {
    if let Verdict::Blocked(flaw) = row.verdict(command.word(), means.today) {
        return Err(flaw.into());
    }
    let today = means.today;
    let mut unless = Unless::Never;
    row.status = step.to;
    match command {
        DossierCommand::TakeCharge { derogation_reason } => protect(tx, scope, means, &mut row, derogation_reason)?,
        DossierCommand::DeclareInadmissible { .. } => {}
        DossierCommand::Suspend { review_on, .. } => {
            if review_on <= today {
                return Err(Error::field("/review_on", Code::DayNotToCome));
            }
            row.review_on = Some(review_on);
        }
        DossierCommand::Resume { .. } => row.review_on = None,
        DossierCommand::Close { outcome, outcome_for_member, .. } => {
            for open in OPEN_UNDER {
                if let Some(flaw) = open(tx, scope, row.id)? {
                    return Err(flaw.into());
                }
            }
            (row.outcome, row.outcome_for_member) = (Some(outcome), Some(outcome_for_member));
            (row.closed_on, row.first_closed_on) = (Some(today), row.first_closed_on.or(Some(today)));
            row.retention_due_on = Some(today.plus_years(means.retention_years));
        }
        DossierCommand::Reopen { .. } => {
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
            erasure::forget(&mut row);
        }
        DossierCommand::Requalify { kind, derogation_reason, .. } => {
            if kind == row.kind {
                return Err(Error::field("/kind", Code::KindUnchanged));
            }
            (row.kind, row.derogation) = (kind, None);
            if row.status == New {
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
            row.referent_id = Some(referent_id);
        }
    }
    let forgotten = row.status == Anonymised;
    let row = store::advance(tx, scope, row, step.from, unless)?;
    if forgotten {
        erasure::scrub(tx, scope, row.id, &means.erasers)?;
    }
    Ok(row)
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

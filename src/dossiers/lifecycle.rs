//! The life of a dossier: its table, its commands, and what its row says of them.

use super::circumstances::{CoverEvidence, FactsDays};
use super::model::{DossierKind, DossierStatus, Outcome, OutcomeForMember, SolidarityStatus};
use super::opening::Reach;
use super::store::DossierRow;
use crate::audit::access::{Confided, Part};
use crate::auth::Role;
use crate::db::{Id, Instant, Json};
use crate::error::{Code, Flaw};
use crate::http::Erase;
use crate::members::memberships::model::CoverStatus;
use crate::values::{Day, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Verdict, step};
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
        step("merge", DossierStatus::OPEN, Some(Closed), HEAD, "Clore comme doublon", "Close as a duplicate"),
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
        /// Ends it before it begins. Nothing may be open under it.
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
        } check { outcome: not_by_merge[outcome] },
        /// Ends it as a duplicate of another, which goes on in its place. Nothing may be open under it, and no deadline run that the other does
        /// not have. Reopening it makes it a case of its own again.
        Merge as "merge" {
            /// The dossier that is kept: one that the caller reads, and no duplicate itself.
            surviving_dossier_id: Id,
            /// Why, and of another member all the more.
            reason: Reason,
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

/// A duplicate names the dossier that is kept.
fn not_by_merge(outcome: &Outcome) -> Option<Flaw> {
    (*outcome == Outcome::Duplicate).then(|| Code::OutcomeByMerge.into())
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

impl Part for DossierRow {
    fn part_of(&self) -> Option<(Confided, Id)> {
        Some((Confided::Dossier, self.id))
    }
}

impl Stateful for DossierRow {
    type Status = DossierStatus;
    const LIFECYCLE: &'static Lifecycle<DossierStatus> = &LIFECYCLE;
    /// Whoever does not read the other dossier is told of none: the link tells those who do.
    const UNTOLD: &'static [&'static str] = &["surviving_dossier_id"];

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

    fn whole(&self) -> Option<Id> {
        Some(self.id)
    }
}

impl DossierRow {
    pub fn days(&self) -> FactsDays {
        FactsDays { from: self.facts_on, to: self.facts_end_on.unwrap_or(self.facts_on) }
    }

    /// Whether national solidarity is requested and not yet decided.
    pub fn awaits_solidarity(&self) -> bool {
        self.solidarity_status == Some(SolidarityStatus::Requested)
    }

    pub fn is_covered(&self) -> bool {
        self.cover.as_ref().is_some_and(|Json(CoverEvidence { status, .. })| *status == CoverStatus::Covered)
    }

    /// What the row itself says of a command that its state allows.
    pub fn verdict(&self, command: &str, today: Day) -> Verdict {
        let due = self.retention_due_on.filter(|due| today < *due);
        match command {
            "take_charge" if self.referent_id.is_none() => Verdict::Blocked(Code::ReferentMissing.into()),
            "take_charge" if self.kind == DossierKind::LegalProtection && !self.is_covered() => Verdict::Needs(Code::DerogationNeeded.into()),
            "close" | "merge" | "declare_inadmissible" if self.awaits_solidarity() => Verdict::Blocked(Code::SolidarityPending.into()),
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

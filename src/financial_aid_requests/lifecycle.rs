//! The life of a request for aid: its table, and the commands that its team gives. Those of committees stand in `committee`; what
//! was paid in full is so by its last payment.

use super::model::{AidRequestStatus, AidRule, AidText};
use super::store::AidRequestRow;
use crate::audit::access::{Confided, Part};
use crate::auth::Role;
use crate::db::Id;
use crate::error::Code;
use crate::members::looks::of_member;
use crate::values::{Day, Money, commands, number};
use crate::workflow::{Lifecycle, Reason, Stateful, Verdict, step};

use AidRequestStatus::{
    Adjourned, BeforeCommittee, Closed, Draft, Granted, GrantedUrgently, Instructed, MoreInformation, NotRatified, Paid, PartlyGranted, Ratified, Refused,
    Submitted, Withdrawn,
};

/// Who instructs requests for aid.
pub const TEAM: &[Role] = &[Role::DepartmentHead, Role::DepartmentStaff];
const HEAD: &[Role] = &[Role::DepartmentHead];
const COMMITTEE: &[Role] = &[Role::AidCommitteeMember];
const TREASURER: &[Role] = &[Role::Treasurer];

pub const LIFECYCLE: Lifecycle<AidRequestStatus> = Lifecycle {
    resource: "financial_aid_request",
    initial: Draft,
    transitions: &[
        step("submit", &[Draft], Some(Submitted), TEAM, "Déposer", "Submit"),
        step("ask_information", &[Submitted], Some(MoreInformation), TEAM, "Demander un complément", "Ask for more information"),
        step("give_information", &[MoreInformation], Some(Submitted), TEAM, "Donner le complément", "Give the information"),
        step("instruct", &[Submitted], Some(Instructed), TEAM, "Conclure l'instruction", "Conclude the instruction"),
        step("waive_rule", &[Submitted, MoreInformation, Instructed, BeforeCommittee, Adjourned], None, HEAD, "Déroger à une règle", "Waive a rule"),
        step("grant_urgently", &[Instructed], Some(GrantedUrgently), HEAD, "Accorder en urgence", "Grant urgently"),
        step("withdraw", &[Draft, Submitted, MoreInformation, Instructed, Adjourned], Some(Withdrawn), TEAM, "Retirer", "Withdraw"),
        step("put_before", &[Instructed, Adjourned], Some(BeforeCommittee), COMMITTEE, "Inscrire à une séance", "Put before a session"),
        step("put_to_ratification", &[GrantedUrgently], None, COMMITTEE, "Soumettre à ratification", "Put to ratification"),
        step("take_back", &[BeforeCommittee], Some(Instructed), COMMITTEE, "Retirer de la séance", "Take back from the session"),
        step("grant", &[BeforeCommittee], Some(Granted), COMMITTEE, "Accorder", "Grant"),
        step("partly_grant", &[BeforeCommittee], Some(PartlyGranted), COMMITTEE, "Accorder en partie", "Grant in part"),
        step("refuse", &[BeforeCommittee], Some(Refused), COMMITTEE, "Refuser", "Refuse"),
        step("adjourn", &[BeforeCommittee], Some(Adjourned), COMMITTEE, "Ajourner", "Adjourn"),
        step("ratify", &[GrantedUrgently], Some(Ratified), COMMITTEE, "Ratifier", "Ratify"),
        step("refuse_ratification", &[GrantedUrgently], Some(NotRatified), COMMITTEE, "Refuser la ratification", "Refuse ratification"),
        step("settle", &[Granted, PartlyGranted, Ratified], Some(Paid), TREASURER, "Solder", "Settle"),
        step("schedule_repayment", &[Paid, NotRatified], None, TEAM, "Fixer l'échéancier", "Set the repayment schedule"),
        step("close", &[Granted, PartlyGranted, Ratified, NotRatified, Paid, Refused], Some(Closed), TEAM, "Clore", "Close"),
    ],
};

number! {
    /// How many instalments.
    pub struct InstalmentCount(i32: Integer "int32" as Integer) { 1..=120, example: 12 }
}

commands! {
    /// Moves a request for aid on.
    pub enum AidRequestCommand {
        /// Submits it, with the sheet of resources and charges.
        Submit as "submit" {},
        /// Asks for more information: until it is given, the request may be corrected.
        AskInformation as "ask_information" {
            /// What is to be told.
            question: AidText,
        },
        /// Gives it.
        GiveInformation as "give_information" {
            /// What is told.
            information: AidText,
        },
        /// Concludes the instruction: every rule is met or waived.
        Instruct as "instruct" {
            /// What the instructor says to the committee, which does not know who asks: without names and without places.
            instruction_note: AidText,
        },
        /// Lets a rule that fails not stand in the way.
        WaiveRule as "waive_rule" {
            /// The rule.
            rule: AidRule,
            /// Why.
            reason: Reason,
        },
        /// Grants aid that cannot wait for a committee, which is to ratify it.
        GrantUrgently as "grant_urgently" {
            /// How much; all that is asked for by default.
            amount: Option<Money>,
            /// Why it cannot wait.
            motivation: Reason,
        } check { amount: Money::positive_if_given[amount] },
        /// Takes the request back.
        Withdraw as "withdraw" {
            /// Why.
            reason: Reason,
        },
        /// Sets when what was paid is paid back: in equal parts by the month, whose sum is exact.
        ScheduleRepayment as "schedule_repayment" {
            /// The day of the first; each other on the same day of a later month, or on its last.
            first_due_on: Day,
            /// How many.
            instalments: InstalmentCount,
        },
        /// Ends it; what was granted and not paid out is given up.
        Close as "close" {
            /// What is to be said of it.
            reason: Option<Reason>,
        },
    }
}

impl AidRequestRow {
    /// Whose it is, who is looked at with it.
    pub fn looked_at(&self) -> Option<(Confided, Id)> {
        self.member_id.map(of_member)
    }
}

impl Part for AidRequestRow {
    fn part_of(&self) -> Option<(Confided, Id)> {
        self.looked_at()
    }
}

impl Stateful for AidRequestRow {
    type Status = AidRequestStatus;
    const LIFECYCLE: &'static Lifecycle<AidRequestStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn status(&self) -> AidRequestStatus {
        self.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.department_code.as_str())
    }
}

impl AidRequestRow {
    /// What the row itself says of a command that its state allows; rules are asked when it is given.
    pub fn verdict(&self, command: &str) -> Verdict {
        let blocked = |code: Code| Verdict::Blocked(code.into());
        match command {
            "submit" if self.sheet.is_none() => blocked(Code::AidSheetMissing),
            "grant_urgently" if !self.urgent => blocked(Code::AidNotUrgent),
            "close" if self.ordered_cents > Money::default() => blocked(Code::AidPaymentsOrdered),
            "schedule_repayment" if !self.repayable || self.paid_cents == Money::default() => blocked(Code::AidNotRepayable),
            _ => Verdict::Free,
        }
    }
}

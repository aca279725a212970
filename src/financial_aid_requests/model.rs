//! What a request for aid is, how far it may have come, and which values it accepts.

use crate::db::{Id, Instant};
use crate::dossiers::model::ContextTag;
use crate::error::{Code, Flaw};
use crate::values::{Day, DepartmentCode, Interval, choice, query, text};
use crate::workflow::Reason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

choice! {
    /// In which form aid is given.
    pub enum AidNature as "aid_nature" {
        Grant = "grant" ("Don", "Grant"),
        Loan = "loan" ("Prêt", "Loan"),
        FeeAdvance = "fee_advance" ("Avance d'honoraires", "Advance of fees"),
        InKind = "in_kind" ("Aide en nature", "Aid in kind"),
    }
}

impl AidNature {
    /// Why aid of a nature that is, or is not, to be paid back is none.
    pub fn repayable_flaw(nature: &Self, repayable: &Option<bool>) -> Option<Flaw> {
        let sound = match nature {
            Self::FeeAdvance => true,
            Self::Loan => repayable.unwrap_or(true),
            Self::Grant | Self::InKind => !repayable.unwrap_or(false),
        };
        (!sound).then(|| Code::AidRepayableNature.into())
    }

    /// Whether aid of this nature is paid back where nobody says so.
    pub fn is_repayable(self) -> bool {
        self == Self::Loan
    }
}

choice! {
    /// Why aid is asked for.
    pub enum AidReason as "aid_reason" {
        Disaster = "disaster" ("Sinistre", "Disaster"),
        Illness = "illness" ("Maladie", "Illness"),
        Death = "death" ("Décès", "Death"),
        LossOfIncome = "loss_of_income" ("Perte de revenus", "Loss of income"),
        LegalCosts = "legal_costs" ("Frais de justice", "Legal costs"),
        Crisis = "crisis" ("Crise", "Crisis"),
        Other = "other" ("Autre", "Other"),
    }
}

choice! {
    /// How far a request for aid has come.
    pub enum AidRequestStatus as "financial_aid_request_status" {
        Draft = "draft" ("Brouillon", "Draft"),
        Submitted = "submitted" ("Déposée", "Submitted"),
        MoreInformation = "more_information" ("Complément demandé", "More information asked for"),
        Instructed = "instructed" ("Instruite", "Instructed"),
        BeforeCommittee = "before_committee" ("Devant la commission", "Before a committee"),
        Granted = "granted" ("Accordée", "Granted"),
        PartlyGranted = "partly_granted" ("Accordée en partie", "Partly granted"),
        Refused = "refused" ("Refusée", "Refused"),
        Adjourned = "adjourned" ("Ajournée", "Adjourned"),
        GrantedUrgently = "granted_urgently" ("Accordée en urgence", "Granted urgently"),
        Ratified = "ratified" ("Ratifiée", "Ratified"),
        NotRatified = "not_ratified" ("Non ratifiée", "Not ratified"),
        Paid = "paid" ("Versée", "Paid"),
        Closed = "closed" ("Close", "Closed"),
        Withdrawn = "withdrawn" ("Retirée", "Withdrawn"),
    }
}

impl AidRequestStatus {
    /// Those in which aid stands granted and may be paid out.
    pub const PAYABLE: [Self; 4] = [Self::Granted, Self::PartlyGranted, Self::GrantedUrgently, Self::Ratified];
    /// Those in which what is asked for may be corrected.
    pub const OPEN: [Self; 2] = [Self::Draft, Self::MoreInformation];
    /// Those in which nothing is to come any more.
    pub const OVER: &'static [Self] = &[Self::Refused, Self::Closed, Self::Withdrawn];
}

choice! {
    /// A rule that a request for aid is held against.
    pub enum AidRule as "aid_rule" {
        Seniority = "seniority" ("Ancienneté d'adhésion", "Seniority of membership"),
        DuesUpToDate = "dues_up_to_date" ("Cotisation à jour", "Dues up to date"),
        Cooldown = "cooldown" ("Délai depuis la dernière aide", "Time since the last aid"),
        Ceiling = "ceiling" ("Plafond", "Ceiling"),
    }
}

choice! {
    /// What a rule says of a request.
    pub enum AidCheckOutcome as "aid_check_outcome" {
        Passed = "passed" ("Satisfaite", "Passed"),
        Failed = "failed" ("Non satisfaite", "Failed"),
        Waived = "waived" ("Dérogation", "Waived"),
    }
}

/// A rule that does not stand in the way of a request although it fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AidWaiver {
    /// The rule.
    pub rule: AidRule,
    /// Why; `null` once the request is anonymised.
    pub reason: Option<Reason>,
    /// Who waived it.
    pub waived_by: Option<Id>,
    /// When.
    pub waived_at: Instant,
}

/// Years for which a request on which nothing was paid is kept after its end: who asks again, or complains of a refusal, is known.
const KEPT_YEARS: u32 = 2;
/// Years for which what was paid is accounted for, from the end of the year on (C. com. L123-22).
const ACCOUNTED_YEARS: i32 = 10;

/// The first day on which nobody needs to know any more whose a request was that is over since a day.
pub fn retention_due(ended_on: Day, paid: bool) -> Day {
    if paid { Day::first_of(ended_on.year() + 1 + ACCOUNTED_YEARS) } else { ended_on.plus_years(KEPT_YEARS) }
}

text! {
    /// The number of a request for aid: department and year of its making, and a number.
    pub struct AidNumber { max: 24, pattern: "^AID-(2[AB]|[0-9]{2,3})-[0-9]{4}-[0-9]{6,9}$", example: "AID-63-2026-000012", parse: parse_number }
}

impl AidNumber {
    pub fn of(department: &DepartmentCode, year: i32, number: i64) -> Result<Self, Flaw> {
        format!("AID-{department}-{year}-{number:06}").parse()
    }
}

fn parse_number(text: String) -> Result<String, Flaw> {
    let number = text.to_ascii_uppercase();
    let digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let sound = match *number.split('-').collect::<Vec<_>>() {
        ["AID", department, year, counted] => department.parse::<DepartmentCode>().is_ok() && digits(year, 4..=4) && digits(counted, 6..=9),
        _ => false,
    };
    if sound { Ok(number) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "AID-63-2026-000012")) }
}

text! {
    /// What is said of a request for aid, in a few sentences.
    pub struct AidText { max: 4000, example: "Toiture arrachée par la tempête ; l'assurance laisse une franchise de 1 200 €." }
}

query! {
    /// Filters of requests for aid.
    pub struct AidRequestFilters {
        /// States.
        status: Option<Vec<AidRequestStatus>>,
        /// Natures.
        nature: Option<Vec<AidNature>>,
        /// Reasons.
        reason: Option<Vec<AidReason>>,
        /// Departments.
        department: Option<Vec<DepartmentCode>>,
        /// Member.
        member: Option<Id>,
        /// Dossier.
        dossier: Option<Id>,
        /// Numbers.
        number: Option<Vec<AidNumber>>,
        /// Contexts.
        context: Option<Vec<ContextTag>>,
        /// Whether they are urgent.
        urgent: Option<bool>,
        /// Whether they were granted urgently and the day by which a committee was to ratify them has passed.
        late: Option<bool>,
        /// Days on which they were submitted.
        submitted: Option<Interval>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_either_case_and_only_in_its_form() {
        assert_eq!("aid-2a-2026-000012".parse::<AidNumber>().map(|number| number.to_string()).as_deref(), Ok("AID-2A-2026-000012"));
        for text in ["AID-63-2026-12", "63-2026-000012", "AID-99-2026-000012", "AID-63-26-000012", "AID-63-2026-000012-1"] {
            assert!(text.parse::<AidNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_was_paid_is_kept_ten_years_after_its_own_and_the_rest_two() {
        let due = |ended_on: &str, paid| retention_due(ended_on.parse().unwrap(), paid).to_string();
        assert_eq!((due("2026-11-22", false), due("2024-02-29", false)), ("2028-11-22".to_owned(), "2026-02-28".to_owned()));
        assert_eq!((due("2026-01-01", true), due("2026-12-31", true)), ("2037-01-01".to_owned(), "2037-01-01".to_owned()));
    }

    #[test]
    fn a_loan_is_paid_back_and_a_grant_is_not() {
        let flaw = |nature, repayable| AidNature::repayable_flaw(&nature, &repayable).is_some();
        assert!(flaw(AidNature::Grant, Some(true)) && flaw(AidNature::InKind, Some(true)) && flaw(AidNature::Loan, Some(false)));
        assert!(!flaw(AidNature::Loan, None) && !flaw(AidNature::Grant, None) && !flaw(AidNature::FeeAdvance, Some(true)));
    }
}

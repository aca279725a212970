//! For which stage protection is asked, of whom, and by when it is answered.

use crate::deadlines::rules::{DeadlineCode, in_force};
use crate::dossiers::circumstances::FactsSnapshot;
use crate::error::{Code, Error, Result};
use crate::members::employments::model::{Employer, EmploymentStatus};
use crate::values::input::Change;
use crate::values::{Day, body, choice, query};
use crate::workflow::Reason;

choice! {
    /// A stage of a procedure: protection is asked for anew at each.
    pub enum ProtectionStage as "protection_stage" {
        Initial = "initial" ("Premières démarches", "First steps"),
        Investigation = "investigation" ("Enquête ou instruction", "Investigation"),
        FirstInstance = "first_instance" ("Première instance", "First instance"),
        Appeal = "appeal" ("Appel", "Appeal"),
        Cassation = "cassation" ("Cassation", "Cassation"),
    }
}

choice! {
    /// How far a request for protection has come.
    pub enum ProtectionStatus as "protection_status" {
        ToRequest = "to_request" ("À demander", "To be requested"),
        Requested = "requested" ("Demandée", "Requested"),
        Granted = "granted" ("Accordée", "Granted"),
        PartlyGranted = "partly_granted" ("Accordée en partie", "Partly granted"),
        Refused = "refused" ("Refusée", "Refused"),
        ImplicitlyRefused = "implicitly_refused" ("Refusée implicitement", "Implicitly refused"),
        Appealed = "appealed" ("Refus contesté", "Appealed"),
        Rejected = "rejected" ("Recours rejeté", "Appeal rejected"),
        Withdrawn = "withdrawn" ("Retirée", "Withdrawn"),
    }
}

impl ProtectionStatus {
    /// The states in which something is still to come.
    pub const OPEN: &'static [Self] = &[Self::ToRequest, Self::Requested, Self::Appealed];
}

/// Whom a request is addressed to: the employer of the day of the facts, or, where nobody wrote down who that was, the one named.
/// An employer of private law owes no protection.
pub fn addressee(then: &FactsSnapshot, named: Option<Employer>) -> Result<Employer> {
    if then.employer.is_some() && named.is_some_and(|named| then.employer != Some(named)) {
        return Err(Error::field("/addressed_to", Code::FieldDerived));
    }
    let employer = then.employer.or(named);
    if employer == Some(Employer::Private) || then.employment_status == Some(EmploymentStatus::PrivateEmployee) {
        return Err(Error::of(Code::ProtectionNotOwed));
    }
    employer.ok_or_else(|| Error::field("/addressed_to", Code::FieldRequired))
}

/// The last day of what a deadline gives from a day; none where no rule is in force then.
fn due(code: DeadlineCode, from: Day, territory: &str) -> Option<Day> {
    in_force(code, from).map(|rule| rule.due(from, territory))
}

/// The day on which the silence kept on a request that was received is a refusal.
pub fn silence_due(received_on: Day, territory: &str) -> Option<Day> {
    due(DeadlineCode::ProtectionSilence, received_on, territory)
}

/// The last day to sue after silence.
pub fn suit_after_silence(silence_due_on: Day, territory: &str) -> Option<Day> {
    due(DeadlineCode::ProtectionSuitAfterSilence, silence_due_on, territory)
}

/// The last day to sue after a refusal: it begins the two months anew, unless those after silence were over before.
pub fn suit_after_refusal(refused_on: Day, running_to: Option<Day>, territory: &str) -> Option<Day> {
    match running_to {
        Some(last) if last < refused_on => Some(last),
        _ => due(DeadlineCode::ProtectionSuitAfterRefusal, refused_on, territory),
    }
}

query! {
    /// Filters of protection requests.
    pub struct ProtectionRequestFilters {
        /// Stages.
        stage: Option<Vec<ProtectionStage>>,
        /// States.
        status: Option<Vec<ProtectionStatus>>,
    }
}

body! {
    /// Plans a request for protection.
    pub struct PlanProtectionRequest {
        /// The stage that it is for; one request each.
        stage: ProtectionStage,
        /// The employer that it is addressed to; needed where the dossier does not know who it was on the day of the facts.
        addressed_to: Option<Employer>,
        /// Why.
        reason: Option<Reason>,
    }
}

body! {
    /// Corrects a request for protection: absent fields stay, `null` clears.
    pub struct UpdateProtectionRequest {
        /// The day on which the employer received it, while its answer is awaited: the clock is set anew.
        received_on: Change<Day>,
        /// Whether that day is estimated, for want of a receipt.
        received_estimated: Change<bool>,
        /// Why it is made.
        reason: Change<Option<Reason>>,
    } refuse {
        status: FieldState, requested_on: FieldState, decided_on: FieldState, appealed_on: FieldState, motivation: FieldState,
        silence_due_on: FieldDerived, suit_due_on: FieldDerived, allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, dossier_id: FieldReadOnly, stage: FieldReadOnly, addressed_to: FieldReadOnly,
        created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn silence_is_a_refusal_after_two_calendar_months_and_two_more_are_left_to_sue() {
        for (received, silence, suit) in [("2026-09-14", "2026-11-14", "2027-01-14"), ("2026-12-31", "2027-02-28", "2027-04-28")] {
            let due = silence_due(day(received), "63").unwrap();
            assert_eq!((due, suit_after_silence(due, "63")), (day(silence), Some(day(suit))));
        }
    }

    #[test]
    fn a_refusal_begins_the_two_months_anew_only_before_they_are_over() {
        let running = Some(day("2027-01-14"));
        let after = |refused: &str| suit_after_refusal(day(refused), running, "63").unwrap().to_string();
        assert_eq!((after("2026-12-20"), after("2027-01-14"), after("2027-01-15")), ("2027-02-20".into(), "2027-03-14".into(), "2027-01-14".into()));
        assert_eq!(suit_after_refusal(day("2026-10-01"), None, "63"), Some(day("2026-12-01")));
    }
}

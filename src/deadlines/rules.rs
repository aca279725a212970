//! The rules: what makes a deadline run, for whom, how long, and by which text.

use super::calendar::working_days_after;
use crate::values::{Choice, Day, choice};

choice! {
    /// A deadline of the law. The same code may stand for rules of several times: the one in force when it began to run counts.
    pub enum DeadlineCode as "deadline_code" {
        PressOffence = "press_offence" ("Diffamation ou injure publique", "Public defamation or insult"),
        PressOffenceDiscriminatory = "press_offence_discriminatory" ("Diffamation ou injure publique discriminatoire", "Discriminatory public defamation or insult"),
        ProtectionSilence = "protection_silence" ("Silence gardé sur une demande de protection", "Silence kept on a request for protection"),
        ProtectionSuitAfterSilence = "protection_suit_after_silence" ("Recours contre un refus implicite de protection", "Suing against an implicit refusal of protection"),
        ProtectionSuitAfterRefusal = "protection_suit_after_refusal" ("Recours contre un refus de protection", "Suing against a refusal of protection"),
        CivilPartyComplaint = "civil_party_complaint" ("Plainte avec constitution de partie civile", "Civil-party complaint"),
        ServiceAccident = "service_accident" ("Déclaration d'un accident de service", "Declaring a service accident"),
        WorkAccident = "work_accident" ("Information de l'employeur d'un accident du travail", "Informing the employer of an accident at work"),
        InsuredEvent = "insured_event" ("Déclaration à l'assureur", "Telling the insurer"),
        DisciplinarySuspension = "disciplinary_suspension" ("Suspension à titre conservatoire", "Suspension before a disciplinary decision"),
    }
}

impl DeadlineCode {
    /// Its French and English label.
    pub fn labels(self) -> (&'static str, &'static str) {
        let label = Self::ENUMERATION.values.iter().find(|value| value.code == self.as_str());
        label.map_or((self.as_str(), self.as_str()), |label| (label.fr, label.en))
    }
}

choice! {
    /// What makes a deadline run.
    pub enum DeadlineTrigger as "deadline_trigger" {
        Publication = "publication" ("Publication", "Publication"),
        ProtectionRequestReceived = "protection_request_received" ("Demande de protection reçue", "Request for protection received"),
        ProtectionRefusedImplicitly = "protection_refused_implicitly" ("Protection refusée implicitement", "Protection refused implicitly"),
        ProtectionRefused = "protection_refused" ("Protection refusée", "Protection refused"),
        SimpleComplaint = "simple_complaint" ("Plainte simple", "Simple complaint"),
        Accident = "accident" ("Accident", "Accident"),
        EventKnown = "event_known" ("Connaissance du sinistre", "Knowledge of the event"),
        Suspension = "suspension" ("Suspension", "Suspension"),
    }
}

choice! {
    /// What happens when a deadline is over.
    pub enum DeadlineEffect as "deadline_effect" {
        RightLost = "right_lost" ("Le droit est perdu", "The right is lost"),
        RightOpened = "right_opened" ("Le droit s'ouvre", "The right opens"),
        RefusalImplied = "refusal_implied" ("Le silence vaut refus", "Silence is a refusal"),
        MeasureEnds = "measure_ends" ("La mesure prend fin", "The measure ends"),
    }
}

choice! {
    /// In what a deadline is counted.
    pub enum DeadlineUnit as "deadline_unit" {
        Months = "months" ("Mois", "Months"),
        Days = "days" ("Jours", "Days"),
        WorkingDays = "working_days" ("Jours ouvrés", "Working days"),
        Hours = "hours" ("Heures", "Hours"),
    }
}

choice! {
    /// Whose deadline it is, by their employment.
    pub enum DeadlinePopulation as "deadline_population" {
        Everybody = "everybody" ("Tous", "Everybody"),
        PublicAgents = "public_agents" ("Agents publics", "Public agents"),
        PublicServants = "public_servants" ("Fonctionnaires", "Public servants"),
        OtherEmployees = "other_employees" ("Autres salariés", "Other employees"),
    }
}

choice! {
    /// What makes the clock of the press law run anew: a closed list. A simple complaint, a police log or a letter is not in it.
    pub enum RestartingAct as "restarting_act" {
        QualifiedRequisitions = "qualified_requisitions" ("Réquisitions qui articulent et qualifient les faits", "Requisitions that state and qualify the facts"),
        CivilPartyComplaint = "civil_party_complaint" ("Plainte avec constitution de partie civile", "Civil-party complaint"),
        DirectSummons = "direct_summons" ("Citation directe", "Direct summons"),
        ActOfProcedure = "act_of_procedure" ("Acte d'instruction ou de poursuite", "Act of procedure"),
    }
}

/// A rule as it stands from one day to another.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub code: DeadlineCode,
    pub trigger: DeadlineTrigger,
    pub count: u32,
    pub unit: DeadlineUnit,
    pub effect: DeadlineEffect,
    pub population: DeadlinePopulation,
    /// The acts that make it run anew.
    pub restarted_by: &'static [RestartingAct],
    /// The text that says so.
    pub source: &'static str,
    /// The first day on which it can begin to run; none where nobody asks what was before.
    pub valid_from: Option<(i32, u32, u32)>,
    /// The last one; none while it is in force.
    pub valid_to: Option<(i32, u32, u32)>,
    /// Whether a jurist has confirmed it.
    pub confirmed: bool,
}

use DeadlineCode as Code;
use DeadlineEffect::{MeasureEnds, RefusalImplied, RightLost, RightOpened};
use DeadlinePopulation::{Everybody, OtherEmployees, PublicAgents, PublicServants};
use DeadlineTrigger as Trigger;
use DeadlineUnit::{Days, Hours, Months, WorkingDays};

const PRESS: &[RestartingAct] =
    &[RestartingAct::QualifiedRequisitions, RestartingAct::CivilPartyComplaint, RestartingAct::DirectSummons, RestartingAct::ActOfProcedure];

const fn rule(
    code: Code,
    trigger: Trigger,
    (count, unit): (u32, DeadlineUnit),
    effect: DeadlineEffect,
    population: DeadlinePopulation,
    source: &'static str,
) -> Rule {
    Rule { code, trigger, count, unit, effect, population, restarted_by: &[], source, valid_from: None, valid_to: None, confirmed: false }
}

/// What is to be said beside every deadline.
pub const NOTICE_FR: &str = "À confirmer par l'avocat.";
/// The same in English.
pub const NOTICE_EN: &str = "To be confirmed by the lawyer.";

/// Every rule. A clear delay (*délai franc*) before the administrative judge ends one day later than what is told here: whoever keeps
/// to the shorter count loses nothing.
#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    Rule { restarted_by: PRESS, ..rule(Code::PressOffence, Trigger::Publication, (3, Months), RightLost, Everybody, "Loi du 29 juillet 1881, art. 65") },
    Rule { restarted_by: PRESS, ..rule(Code::PressOffenceDiscriminatory, Trigger::Publication, (12, Months), RightLost, Everybody, "Loi du 29 juillet 1881, art. 65-3") },
    rule(Code::ProtectionSilence, Trigger::ProtectionRequestReceived, (2, Months), RefusalImplied, PublicAgents, "Code des relations entre le public et l'administration, art. L231-4"),
    rule(Code::ProtectionSuitAfterSilence, Trigger::ProtectionRefusedImplicitly, (2, Months), RightLost, PublicAgents, "Code de justice administrative, art. R421-2"),
    rule(Code::ProtectionSuitAfterRefusal, Trigger::ProtectionRefused, (2, Months), RightLost, PublicAgents, "Code de justice administrative, art. R421-1"),
    rule(Code::CivilPartyComplaint, Trigger::SimpleComplaint, (3, Months), RightOpened, Everybody, "Code de procédure pénale, art. 85"),
    rule(Code::ServiceAccident, Trigger::Accident, (15, Days), RightLost, PublicServants, "Décret du 14 mars 1986, art. 47-3 ; décret du 30 juillet 1987, art. 37-3"),
    rule(Code::WorkAccident, Trigger::Accident, (24, Hours), RightLost, OtherEmployees, "Code de la sécurité sociale, art. R441-2"),
    rule(Code::InsuredEvent, Trigger::EventKnown, (5, WorkingDays), RightLost, Everybody, "Code des assurances, art. L113-2"),
    rule(Code::DisciplinarySuspension, Trigger::Suspension, (4, Months), MeasureEnds, PublicServants, "Code général de la fonction publique, art. L531-2"),
];

fn day((year, month, day): (i32, u32, u32)) -> Option<Day> {
    Day::from_ymd(year, month, day)
}

impl Rule {
    pub fn first_day(&self) -> Option<Day> {
        self.valid_from.and_then(day)
    }

    pub fn last_day(&self) -> Option<Day> {
        self.valid_to.and_then(day)
    }

    fn holds(&self, on: Day) -> bool {
        self.first_day().is_none_or(|first| first <= on) && self.last_day().is_none_or(|last| on <= last)
    }

    /// The last day of what began to run on a day, in a territory. A month ends on the day of the same number, or on its last day
    /// where it has none; hours end with the day on which the last of them can fall.
    pub fn due(&self, from: Day, territory: &str) -> Day {
        match self.unit {
            Months => from.plus_months(self.count),
            Days => from.plus(self.count.into()),
            WorkingDays => working_days_after(from, self.count, territory),
            Hours => from.plus(self.count.div_ceil(24).into()),
        }
    }
}

/// The rule of a code that is in force on the day from which it would run.
pub fn in_force(code: DeadlineCode, on: Day) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code == code && rule.holds(on))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(code: DeadlineCode, from: &str, territory: &str) -> String {
        let from = from.parse().unwrap();
        in_force(code, from).unwrap().due(from, territory).to_string()
    }

    #[test]
    fn three_months_end_as_the_courts_have_published() {
        assert_eq!(due(Code::PressOffence, "2016-12-14", "63"), "2017-03-14");
        assert_eq!(due(Code::PressOffence, "2011-08-23", "63"), "2011-11-23");
    }

    #[test]
    fn a_month_without_that_day_ends_on_its_last() {
        for (code, from, to) in [
            (Code::PressOffence, "2026-11-30", "2027-02-28"),
            (Code::ProtectionSilence, "2027-12-31", "2028-02-29"),
            (Code::ProtectionSilence, "2026-12-30", "2027-02-28"),
            (Code::PressOffenceDiscriminatory, "2028-02-29", "2029-02-28"),
            (Code::DisciplinarySuspension, "2026-02-28", "2026-06-28"),
        ] {
            assert_eq!(due(code, from, "63"), to, "{from}");
        }
    }

    #[test]
    fn days_working_days_and_hours_are_counted_each_their_way() {
        assert_eq!(due(Code::ServiceAccident, "2026-12-24", "63"), "2027-01-08");
        assert_eq!(due(Code::WorkAccident, "2026-12-31", "63"), "2027-01-01");
        assert_eq!(due(Code::InsuredEvent, "2025-12-22", "68"), "2025-12-31");
    }

    #[test]
    fn a_rule_counts_from_its_first_day_to_its_last() {
        let reformed = Rule { valid_from: Some((2028, 1, 1)), valid_to: Some((2028, 12, 31)), ..RULES[0] };
        let holds = |text: &str| reformed.holds(text.parse().unwrap());
        assert_eq!(["2027-12-31", "2028-01-01", "2028-12-31", "2029-01-01"].map(holds), [false, true, true, false]);
    }

    #[test]
    fn every_code_has_one_rule_in_force_at_a_time_with_its_source() {
        let today = "2026-11-22".parse().unwrap();
        for value in DeadlineCode::ENUMERATION.values {
            let found = RULES.iter().filter(|rule| rule.code.as_str() == value.code && rule.holds(today)).count();
            assert_eq!(found, 1, "{}", value.code);
        }
        assert!(RULES.iter().all(|rule| rule.source.contains("art.") && rule.count > 0));
    }

    #[test]
    fn only_the_press_law_has_a_clock_that_acts_restart_and_a_complaint_is_none_of_them() {
        let restarted: Vec<DeadlineCode> = RULES.iter().filter(|rule| !rule.restarted_by.is_empty()).map(|rule| rule.code).collect();
        assert_eq!(restarted, [Code::PressOffence, Code::PressOffenceDiscriminatory]);
        assert!("simple_complaint".parse::<RestartingAct>().is_err());
    }
}

//! What a deadline of a case is, how it is sought, and when somebody is told of it.

use crate::deadlines::rules::DeadlineCode;
use crate::values::{Day, DepartmentCode, Interval, choice, query};

choice! {
    /// How a deadline of a case stands. What was to be done in time is never missed by the calendar alone: the house does not know what
    /// was done.
    pub enum DeadlineStatus as "deadline_status" {
        Running = "running" ("En cours", "Running"),
        Reached = "reached" ("Échue, avec son effet", "Reached, with its effect"),
        Met = "met" ("Tenue", "Met"),
        Missed = "missed" ("Manquée", "Missed"),
        Superseded = "superseded" ("Sans objet", "Superseded"),
    }
}

choice! {
    /// What set the clock off.
    pub enum DeadlineSource as "deadline_source" {
        Dossier = "dossier" ("Faits du dossier", "Facts of the dossier"),
        DeadlineEvent = "deadline_event" ("Événement", "Event"),
        ProtectionRequest = "protection_request" ("Demande de protection", "Request for protection"),
        ProceedingStep = "proceeding_step" ("Étape d'une procédure", "Step of proceedings"),
    }
}

query! {
    /// Filters of deadlines.
    pub struct DeadlineFilters {
        /// Days on which they end.
        due: Option<Interval>,
        /// States.
        status: Option<Vec<DeadlineStatus>>,
        /// Which deadlines.
        code: Option<Vec<DeadlineCode>>,
        /// Departments.
        department: Option<Vec<DepartmentCode>>,
    }
}

/// Days before the last one on which somebody is told, the first time first.
const THRESHOLDS: [i64; 3] = [15, 7, 0];

/// The day on which somebody is told first.
pub fn first_alert(due_on: Day) -> Day {
    due_on.plus(-THRESHOLDS[0])
}

/// The threshold that was passed last, whatever was slept through before it; none before the first.
pub fn threshold(due_on: Day, today: Day) -> Option<i64> {
    THRESHOLDS.into_iter().rev().find(|days| due_on.plus(-days) <= today)
}

/// The day of the next threshold after one; none after the last.
pub fn alert_after(due_on: Day, threshold: i64) -> Option<Day> {
    THRESHOLDS.into_iter().find(|days| *days < threshold).map(|days| due_on.plus(-days))
}

/// What whoever is told reads first.
pub fn wording(label: &str, due_on: Day, today: Day) -> String {
    match today.through(due_on) - 1 {
        left @ 2.. => format!("Échéance dans {left} jours : {label}"),
        1 => format!("Échéance demain : {label}"),
        0 => format!("Échéance aujourd'hui : {label}"),
        _ => format!("Échéance passée le {due_on} : {label}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn somebody_is_told_fifteen_and_seven_days_before_and_on_the_day_and_after_a_long_sleep_once() {
        let due = day("2027-03-14");
        assert_eq!(first_alert(due), day("2027-02-27"));
        for (today, told, next) in [
            ("2027-02-26", None, None),
            ("2027-02-27", Some(15), Some("2027-03-07")),
            ("2027-03-06", Some(15), Some("2027-03-07")),
            ("2027-03-07", Some(7), Some("2027-03-14")),
            ("2027-03-13", Some(7), Some("2027-03-14")),
            ("2027-03-14", Some(0), None),
            ("2028-01-01", Some(0), None),
        ] {
            assert_eq!(threshold(due, day(today)), told, "{today}");
            assert_eq!(told.and_then(|days| alert_after(due, days)), next.map(day), "{today}");
        }
    }

    #[test]
    fn the_wording_tells_how_many_days_are_left_when_it_is_read() {
        let told = |today: &str| wording("Diffamation", day("2027-03-14"), day(today));
        assert_eq!(told("2027-02-27"), "Échéance dans 15 jours : Diffamation");
        assert_eq!(told("2027-03-13"), "Échéance demain : Diffamation");
        assert_eq!(told("2027-03-14"), "Échéance aujourd'hui : Diffamation");
        assert_eq!(told("2027-03-15"), "Échéance passée le 2027-03-14 : Diffamation");
    }
}

//! What an association is, when it can be called, and which values it accepts.

use crate::error::{Code, Flaw};
use crate::values::{DepartmentCode, choice, query, text};
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

query! {
    /// Filters of associations.
    pub struct AssociationFilters {
        /// Departments.
        department: Option<Vec<DepartmentCode>>,
        /// Levels.
        level: Option<Vec<AssociationLevel>>,
    }
}

choice! {
    /// Whether an association covers a department or the country.
    pub enum AssociationLevel as "association_level" {
        Department = "department" ("Départementale", "Departmental"),
        National = "national" ("Nationale", "National"),
    }
}

choice! {
    /// A day of the week.
    pub enum Weekday as "weekday" {
        Monday = "monday" ("Lundi", "Monday"),
        Tuesday = "tuesday" ("Mardi", "Tuesday"),
        Wednesday = "wednesday" ("Mercredi", "Wednesday"),
        Thursday = "thursday" ("Jeudi", "Thursday"),
        Friday = "friday" ("Vendredi", "Friday"),
        Saturday = "saturday" ("Samedi", "Saturday"),
        Sunday = "sunday" ("Dimanche", "Sunday"),
    }
}

text! {
    /// The name of an association.
    pub struct AssociationName { max: 200, example: "Autonome de Solidarité Laïque 63 – Puy-de-Dôme" }
}

text! {
    /// A time zone of the IANA database.
    pub struct TimeZone { min: 2, max: 40, pattern: "^[A-Za-z][A-Za-z0-9_+/-]*$", example: "Europe/Paris", parse: parse_time_zone }
}

text! {
    /// A time of day on 24 hours, in the time zone of the association.
    pub struct TimeOfDay { min: 5, max: 5, input: 20, pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$", example: "09:00", parse: parse_time }
}

/// A stretch of a weekday during which the association can be called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OnCallPeriod {
    /// Day of the week.
    pub weekday: Weekday,
    /// From this time on.
    pub opens_at: TimeOfDay,
    /// Until this time, no longer included.
    pub closes_at: TimeOfDay,
}

fn parse_time_zone(text: String) -> Result<String, Flaw> {
    if text.parse::<Tz>().is_ok() { Ok(text) } else { Err(Code::TimeZoneUnknown.into()) }
}

fn parse_time(text: String) -> Result<String, Flaw> {
    let (hours, minutes) = text.split_once(':').ok_or(Code::TimeInvalid)?;
    let below = |digits: &str, limit: u8| digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse::<u8>().is_ok_and(|n| n < limit);
    if below(hours, 24) && below(minutes, 60) { Ok(text) } else { Err(Code::TimeInvalid.into()) }
}

impl TimeZone {
    fn zone(&self) -> Tz {
        self.as_str().parse().unwrap_or(Tz::Europe__Paris)
    }
}

impl From<chrono::Weekday> for Weekday {
    fn from(day: chrono::Weekday) -> Self {
        match day {
            chrono::Weekday::Mon => Self::Monday,
            chrono::Weekday::Tue => Self::Tuesday,
            chrono::Weekday::Wed => Self::Wednesday,
            chrono::Weekday::Thu => Self::Thursday,
            chrono::Weekday::Fri => Self::Friday,
            chrono::Weekday::Sat => Self::Saturday,
            chrono::Weekday::Sun => Self::Sunday,
        }
    }
}

/// The hours in the order of the week.
pub fn in_week_order(mut hours: Vec<OnCallPeriod>) -> Vec<OnCallPeriod> {
    hours.sort_by(|a, b| (a.weekday, &a.opens_at).cmp(&(b.weekday, &b.opens_at)));
    hours
}

/// Whether two stretches of one day share a moment; one may begin as another ends.
pub fn overlap(hours: &[OnCallPeriod]) -> bool {
    let week = in_week_order(hours.to_vec());
    week.iter().zip(week.iter().skip(1)).any(|(before, after)| before.weekday == after.weekday && after.opens_at < before.closes_at)
}

/// Whether the association can be called at a moment, by its own clock; public holidays are not known.
pub fn is_open(hours: &[OnCallPeriod], time_zone: &TimeZone, moment: DateTime<Utc>) -> bool {
    let local = moment.with_timezone(&time_zone.zone());
    let (weekday, time) = (Weekday::from(local.weekday()), local.format("%H:%M").to_string());
    hours.iter().any(|period| period.weekday == weekday && period.opens_at.as_str() <= time.as_str() && time.as_str() < period.closes_at.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(weekday: Weekday, opens_at: &str, closes_at: &str) -> OnCallPeriod {
        OnCallPeriod { weekday, opens_at: opens_at.parse().unwrap(), closes_at: closes_at.parse().unwrap() }
    }

    #[test]
    fn only_times_on_24_hours_are_read() {
        assert_eq!("23:59".parse::<TimeOfDay>().unwrap().as_str(), "23:59");
        for text in ["9:00", "24:00", "12:60", "12h30", "+1:00", "12:0", "09:00:00", "０９:00"] {
            assert_eq!(text.parse::<TimeOfDay>().unwrap_err().code, Code::TimeInvalid, "{text}");
        }
    }

    #[test]
    fn only_zones_of_the_iana_database_are_read() {
        assert!("Indian/Reunion".parse::<TimeZone>().is_ok());
        for text in ["Europe/Clermont", "CEST", "+02:00"] {
            assert_eq!(text.parse::<TimeZone>().unwrap_err().code, Code::TimeZoneUnknown, "{text}");
        }
    }

    #[test]
    fn stretches_may_touch_but_not_overlap() {
        let morning = period(Weekday::Monday, "09:00", "12:00");
        assert!(!overlap(&[period(Weekday::Monday, "12:00", "13:00"), morning.clone(), period(Weekday::Tuesday, "11:00", "13:00")]));
        assert!(overlap(&[period(Weekday::Monday, "11:59", "13:00"), morning]));
    }

    #[test]
    fn an_association_is_open_by_its_own_clock() {
        let hours = [period(Weekday::Monday, "09:00", "12:00")];
        let open = |zone: &str, moment: &str| is_open(&hours, &zone.parse().unwrap(), moment.parse().unwrap());
        // Monday 23 November 2026, 07:30 UTC is 11:30 in La Réunion and 08:30 in Paris.
        assert!(open("Indian/Reunion", "2026-11-23T07:30:00Z"));
        assert!(!open("Europe/Paris", "2026-11-23T07:30:00Z"));
        assert!(open("Europe/Paris", "2026-11-23T08:00:00Z"));
        assert!(!open("Europe/Paris", "2026-11-23T11:00:00Z"));
    }
}

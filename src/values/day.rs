//! Calendar days, never shifted by time zones, and intervals of them.

use super::Text;
use super::input::text_field;
use super::schema::{self, Form};
use crate::error::{Code, Flaw};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Paris;
use diesel::backend::Backend;
use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::Date;
use std::fmt;
use std::str::FromStr;

/// A calendar day, `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Date)]
pub struct Day(pub NaiveDate);

/// Years that a day may lie in: schools older than 1800 carry that date in the official directory.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=2199;

impl Day {
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).filter(|date| YEARS.contains(&date.year())).map(Self)
    }

    /// The day of a moment in Europe/Paris.
    pub fn of(instant: DateTime<Utc>) -> Self {
        Self(crate::clock::paris_day(instant))
    }

    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The first day of a civil year.
    pub fn first_of(year: i32) -> Self {
        Self(NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default())
    }

    /// The last day of a civil year.
    pub fn last_of(year: i32) -> Self {
        Self(NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or_default())
    }

    /// The moment at which it begins in Europe/Paris.
    pub fn begins(self) -> DateTime<Utc> {
        let midnight = self.0.and_time(NaiveTime::MIN);
        Paris.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |instant| instant.to_utc())
    }

    /// So many days later, or earlier.
    pub fn plus(self, days: i64) -> Self {
        Self(chrono::Duration::try_days(days).and_then(|days| self.0.checked_add_signed(days)).unwrap_or(self.0))
    }

    /// The same day so many months later; the last of the month where it has no such day.
    pub fn plus_months(self, months: u32) -> Self {
        Self(self.0.checked_add_months(chrono::Months::new(months)).unwrap_or(self.0))
    }

    /// The same day so many years later; 28 February after a 29th.
    pub fn plus_years(self, years: u32) -> Self {
        self.plus_months(years.saturating_mul(12))
    }

    /// Whether a day begins, or ends, its month.
    pub fn begins_month(self) -> bool {
        self.0.day() == 1
    }

    pub fn ends_month(self) -> bool {
        self.next().begins_month()
    }

    /// Days from this one to another, both counted.
    pub fn through(self, last: Self) -> i64 {
        (last.0 - self.0).num_days() + 1
    }

    pub fn next(self) -> Self {
        Self(self.0.succ_opt().unwrap_or(self.0))
    }

    pub fn previous(self) -> Self {
        Self(self.0.pred_opt().unwrap_or(self.0))
    }

    /// 1 September of the school year that holds this day.
    pub fn school_year_start(self) -> Self {
        let year = if self.0.month() >= 9 { self.0.year() } else { self.0.year() - 1 };
        Self(NaiveDate::from_ymd_opt(year, 9, 1).unwrap_or(self.0))
    }
}

impl Text for Day {}
text_field!(Day);

impl FromStr for Day {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let shaped = text.len() == 10 && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        let date = shaped.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten().ok_or(Code::DateInvalid)?;
        if !YEARS.contains(&date.year()) {
            return Err(Flaw::new(Code::DateOutOfRange).with("min", "1800-01-01").with("max", "2199-12-31"));
        }
        Ok(Self(date))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <String as serde::Deserialize>::deserialize(deserializer)?.parse().map_err(|_| serde::de::Error::custom("not a day"))
    }
}

impl<DB: Backend> FromSql<Date, DB> for Day
where
    NaiveDate: FromSql<Date, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
        NaiveDate::from_sql(value).map(Self)
    }
}

impl<DB: Backend> ToSql<Date, DB> for Day
where
    NaiveDate: ToSql<Date, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> diesel::serialize::Result {
        self.0.to_sql(out)
    }
}

impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        schema::text(
            "A calendar day between 1800-01-01 and 2199-12-31, never shifted by time zones.",
            Form { min: 10, max: 10, format: Some("date"), ..Form::default() },
            "2026-09-01",
        )
    }
}

impl utoipa::ToSchema for Day {
    fn name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }
}

/// Days from one to another, both included; an open end has no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Interval {
    /// From the first instant of the first day to the first after the last, by the days of Europe/Paris.
    pub fn instants(self) -> (Option<DateTime<Utc>>, Option<DateTime<Utc>>) {
        (self.from.map(Day::begins), self.to.map(|day| day.next().begins()))
    }
}

impl Interval {
    /// Whether it says nothing finer than a month.
    pub fn is_of_whole_months(self) -> bool {
        self.from.is_none_or(Day::begins_month) && self.to.is_none_or(Day::ends_month)
    }
}

impl Text for Interval {}
text_field!(Interval);

impl FromStr for Interval {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        let (from, to) = text.split_once('/').ok_or(Code::IntervalInvalid)?;
        let bound = |end: &str| if end == ".." { Ok(None) } else { end.parse().map(Some).map_err(|_| Flaw::from(Code::IntervalInvalid)) };
        let interval = Self { from: bound(from)?, to: bound(to)? };
        match interval {
            Self { from: Some(from), to: Some(to) } if to < from => Err(Code::IntervalReversed.into()),
            interval => Ok(interval),
        }
    }
}

impl utoipa::PartialSchema for Interval {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|\.\.)/([0-9]{4}-[0-9]{2}-[0-9]{2}|\.\.)$";
        schema::text(
            "Days from one to another, both included; `..` for an open end.",
            Form { min: 5, max: 21, pattern: Some(pattern), ..Form::default() },
            "2026-09-01/..",
        )
    }
}

impl utoipa::ToSchema for Interval {
    fn name() -> std::borrow::Cow<'static, str> {
        "Interval".into()
    }
}

super::text! {
    /// A school year, from 1 September to 31 August, by its two years.
    pub struct SchoolYear { min: 9, max: 9, pattern: "^2[01][0-9]{2}-2[01][0-9]{2}$", example: "2026-2027", parse: following }
}

/// Two years of which the second follows the first.
fn following(text: String) -> Result<String, Flaw> {
    let years = text.split_once('-').and_then(|(first, second)| Some((first.parse::<i32>().ok()?, second.parse::<i32>().ok()?)));
    let sound = years.is_some_and(|(first, second)| (2000..2199).contains(&first) && second == first + 1 && text.len() == 9);
    if sound { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "2026-2027")) }
}

impl SchoolYear {
    /// Its first day and its last.
    pub fn days(&self) -> (Day, Day) {
        let year = self.as_str().get(..4).and_then(|year| year.parse().ok()).unwrap_or_default();
        let first = Day::from_ymd(year, 9, 1).unwrap_or_default();
        (first, first.plus_years(1).previous())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_school_year_starts_on_the_first_of_september() {
        for (day, start) in [("2026-08-31", "2025-09-01"), ("2026-09-01", "2026-09-01"), ("2027-01-15", "2026-09-01")] {
            assert_eq!(day.parse::<Day>().unwrap().school_year_start().to_string(), start);
        }
    }

    #[test]
    fn a_school_year_is_written_by_two_years_that_follow_each_other() {
        let days = "2026-2027".parse::<SchoolYear>().map(|year| year.days());
        assert_eq!(days, Ok((Day::from_ymd(2026, 9, 1).unwrap(), Day::from_ymd(2027, 8, 31).unwrap())));
        for text in ["2026-2028", "2027-2026", "2026", "2026/2027", "1999-2000", "+026-2027", "2026-27  "] {
            assert!(text.parse::<SchoolYear>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_real_days_in_the_iso_form_are_read() {
        for text in ["2026-02-30", "26-02-03", "2026-2-3", "03/02/2026", "2026-02-03T00:00", "+026-02-03", "0000-01-01"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_interval_may_be_open_but_not_reversed() {
        assert!("2026-01-01/..".parse::<Interval>().is_ok());
        assert!("../..".parse::<Interval>().is_ok());
        assert_eq!("2026-02-01/2026-01-31".parse::<Interval>().unwrap_err().code, Code::IntervalReversed);
        assert_eq!("2026-02-01".parse::<Interval>().unwrap_err().code, Code::IntervalInvalid);
    }
}

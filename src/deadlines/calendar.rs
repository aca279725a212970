//! The calendar on which deadlines run: public holidays of any year, as the law stands, and working days.

use crate::values::Day;
use chrono::{Datelike, Weekday};

/// Holidays of fixed date in all of France: code du travail, art. L3133-1.
const FIXED: &[(u32, u32)] = &[(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];
/// Those that move with Easter, in days from its Sunday: Easter Monday, Ascension, Whit Monday (the same article).
const MOVABLE: &[i64] = &[1, 39, 50];

/// What a territory has besides: days of fixed date, and days counted from Easter.
///
/// Alsace and Moselle: code du travail, art. L3134-13 (the second day of Christmas, and Good Friday, which the text gives to communes
/// with a Protestant or shared church and which is kept everywhere). Overseas: art. L3422-2, the day on which slavery was abolished.
fn local(territory: &str) -> (&'static [(u32, u32)], &'static [i64]) {
    match territory {
        "57" | "67" | "68" => (&[(12, 26)], &[-2]),
        "971" => (&[(5, 27)], &[]),
        "972" => (&[(5, 22)], &[]),
        "973" => (&[(6, 10)], &[]),
        "974" => (&[(12, 20)], &[]),
        "976" => (&[(4, 27)], &[]),
        _ => (&[], &[]),
    }
}

/// Easter Sunday of the Gregorian calendar, by the algorithm of Meeus, Jones and Butcher.
pub fn easter(year: i32) -> Day {
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let moon = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - moon + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let from_march = epact + weekday - 7 * late + 21;
    Day::from_ymd(year, 3, 1).unwrap_or_default().plus(from_march.into())
}

/// Whether a day is a public holiday in a territory, by its code.
pub fn is_holiday(day: Day, territory: &str) -> bool {
    let (fixed, movable) = local(territory);
    let date = (day.0.month(), day.0.day());
    if FIXED.contains(&date) || fixed.contains(&date) {
        return true;
    }
    let easter = easter(day.year());
    MOVABLE.iter().chain(movable).any(|days| easter.plus(*days) == day)
}

/// Whether a day is worked (*jour ouvré*): Monday to Friday, no public holiday.
pub fn is_worked(day: Day, territory: &str) -> bool {
    !matches!(day.0.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(day, territory)
}

/// The last of so many working days, of which the day after the first one given is the first that counts.
pub fn working_days_after(day: Day, count: u32, territory: &str) -> Day {
    let mut last = day;
    for _ in 0..count {
        last = last.next();
        while !is_worked(last, territory) {
            last = last.next();
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn easter_falls_where_the_church_put_it() {
        for text in ["1818-03-22", "1943-04-25", "1961-04-02", "2000-04-23", "2008-03-23", "2024-03-31", "2025-04-20", "2026-04-05", "2038-04-25", "2160-03-23"]
        {
            let found = easter(day(text).year());
            assert_eq!(found, day(text));
        }
    }

    #[test]
    fn the_holidays_of_2026_are_those_of_the_official_calendar_and_each_territory_has_its_own() {
        let of = |territory: &str| -> Vec<String> {
            let mut found = Vec::new();
            let mut day = Day::first_of(2026);
            while day.year() == 2026 {
                if is_holiday(day, territory) {
                    found.push(day.to_string()[5..].to_owned());
                }
                day = day.next();
            }
            found
        };
        let common = ["01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25"];
        assert_eq!(of("63"), common);
        for (territory, own) in [
            ("57", &["04-03", "12-26"][..]),
            ("67", &["04-03", "12-26"]),
            ("68", &["04-03", "12-26"]),
            ("971", &["05-27"]),
            ("972", &["05-22"]),
            ("973", &["06-10"]),
            ("974", &["12-20"]),
            ("976", &["04-27"]),
        ] {
            let more: Vec<String> = of(territory).into_iter().filter(|day| !common.contains(&day.as_str())).collect();
            assert_eq!((of(territory).len(), more), (common.len() + own.len(), own.iter().map(|day| (*day).to_owned()).collect()), "{territory}");
        }
    }

    #[test]
    fn five_working_days_pass_over_weekends_and_holidays_of_the_territory() {
        for (from, territory, due) in [
            ("2026-04-30", "63", "2026-05-11"),
            ("2026-04-01", "63", "2026-04-09"),
            ("2026-04-01", "67", "2026-04-10"),
            ("2025-12-22", "63", "2025-12-30"),
            ("2025-12-22", "67", "2025-12-31"),
            ("2027-12-17", "63", "2027-12-24"),
            ("2027-12-17", "974", "2027-12-27"),
            ("2026-05-15", "974", "2026-05-22"),
        ] {
            assert_eq!(working_days_after(day(from), 5, territory), day(due), "{territory} from {from}");
        }
    }

    proptest! {
        #[test]
        fn as_many_days_are_worked_after_the_first_as_were_asked_for_and_the_last_is_one(
            offset in 0_i64..40_000, count in 1_u32..30, place in 0_usize..9,
        ) {
            let territory = ["63", "57", "67", "68", "971", "972", "973", "974", "976"][place];
            let first = Day::first_of(2000).plus(offset);
            let last = working_days_after(first, count, territory);
            let worked = (1..first.through(last)).filter(|days| is_worked(first.plus(*days), territory)).count();
            prop_assert_eq!(worked, usize::try_from(count).unwrap());
            prop_assert!(is_worked(last, territory));
        }

        #[test]
        fn easter_is_a_sunday_between_22_march_and_25_april(year in 1800_i32..2200) {
            let found = easter(year);
            prop_assert_eq!((found.year(), found.0.weekday()), (year, Weekday::Sun));
            let date = (found.0.month(), found.0.day());
            prop_assert!(((3, 22)..=(4, 25)).contains(&date), "{}", found);
        }
    }
}

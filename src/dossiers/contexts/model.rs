//! The contexts that the house knows, and the days of each. Whoever works a dossier may use other words.

use crate::dossiers::circumstances::FactsDays;
use crate::dossiers::model::ContextTag;
use crate::error::{Code, Flaw};
use crate::values::Day;

type Date = (i32, u32, u32);

/// What facts of certain days may belong to.
#[derive(Debug, Clone, Copy)]
pub struct Context {
    pub code: &'static str,
    pub fr: &'static str,
    pub en: &'static str,
    starts_on: Date,
    ends_on: Option<Date>,
}

#[rustfmt::skip]
pub const CONTEXTS: &[Context] = &[
    Context { code: "secularism_act", fr: "Application de la loi sur les signes religieux", en: "Application of the act on religious symbols", starts_on: (2004, 9, 2), ends_on: None },
    Context { code: "health_crisis", fr: "Crise sanitaire", en: "Health crisis", starts_on: (2020, 3, 16), ends_on: Some((2022, 7, 31)) },
    Context { code: "urban_unrest", fr: "Émeutes urbaines de l'été 2023", en: "Urban unrest of the summer of 2023", starts_on: (2023, 6, 27), ends_on: Some((2023, 7, 7)) },
];

fn day((year, month, day): Date) -> Day {
    Day::from_ymd(year, month, day).unwrap_or(Day::first_of(year))
}

impl Context {
    pub fn first_day(&self) -> Day {
        day(self.starts_on)
    }

    pub fn last_day(&self) -> Option<Day> {
        self.ends_on.map(day)
    }

    /// Whether some of these days are of it.
    fn meets(&self, days: FactsDays) -> bool {
        self.first_day() <= days.to && self.last_day().is_none_or(|last| days.from <= last)
    }
}

/// Why facts of these days do not belong to a context.
pub fn flaw(tag: &ContextTag, days: FactsDays) -> Option<Flaw> {
    let context = CONTEXTS.iter().find(|context| context.code == tag.as_str() && !context.meets(days))?;
    let last = context.last_day().map_or_else(|| "…".to_owned(), |last| last.to_string());
    Some(Flaw::new(Code::ContextOfOtherDays).with("min", context.first_day()).with("max", last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_belong_to_a_context_on_any_of_its_days_and_to_unknown_words_on_all() {
        let flawed = |tag: &str, from: &str, to: &str| {
            let days = FactsDays { from: from.parse().unwrap(), to: to.parse().unwrap() };
            flaw(&tag.parse().unwrap(), days).is_some()
        };
        assert_eq!([("2020-03-15", "2020-03-15"), ("2022-08-01", "2022-09-01")].map(|(from, to)| flawed("health_crisis", from, to)), [true; 2]);
        assert_eq!([("2020-03-15", "2020-03-16"), ("2022-07-31", "2022-09-01")].map(|(from, to)| flawed("health_crisis", from, to)), [false; 2]);
        assert!(!flawed("secularism_act", "2199-12-31", "2199-12-31") && !flawed("local_word", "1990-01-01", "1990-01-01"));
    }

    #[test]
    fn every_context_is_a_tag_with_days_in_order() {
        for context in CONTEXTS {
            assert!(context.code.parse::<ContextTag>().is_ok() && context.last_day().is_none_or(|last| context.first_day() <= last), "{}", context.code);
        }
    }
}

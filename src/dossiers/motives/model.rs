//! What a motive is, in which version of the nomenclature, and what became of those that are retired.

use super::versions::VERSIONS;
use crate::error::{Code, Flaw};
use crate::values::input::nearest;
use crate::values::{Day, number, query, text};

text! {
    /// The code of a motive; the set grows, and `GET /reference/motives` serves its labels.
    pub struct MotiveCode { max: 60, pattern: "^[a-z][a-z0-9_]*$", example: "physical_assault", parse: parse_code }
}

number! {
    /// A version of the nomenclature of motives.
    pub struct NomenclatureVersion(i32: Integer "int32" as Integer) { 1..=1000, example: 2 }
}

query! {
    /// Which nomenclature.
    pub struct NomenclatureFilters {
        /// Its version; the one in force where none is given.
        version: Option<NomenclatureVersion>,
    }
}

/// Why somebody asks for help.
#[derive(Debug, Clone, Copy)]
pub struct Motive {
    pub code: &'static str,
    pub fr: &'static str,
    pub en: &'static str,
    /// The motives of the next version into which this one was split or renamed.
    pub replaced_by: &'static [&'static str],
}

type Date = (i32, u32, u32);

/// The motives between two days.
#[derive(Debug, Clone, Copy)]
pub struct Nomenclature {
    pub version: i32,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub motives: &'static [Motive],
}

fn day((year, month, day): Date) -> Day {
    Day::from_ymd(year, month, day).unwrap_or(Day::first_of(year))
}

impl Nomenclature {
    pub fn first_day(&self) -> Day {
        day(self.valid_from)
    }

    pub fn last_day(&self) -> Option<Day> {
        self.valid_to.map(day)
    }

    pub fn has(&self, code: &MotiveCode) -> bool {
        self.motives.iter().any(|motive| motive.code == code.as_str())
    }

    /// Why a code cannot be given to a dossier: it belongs to an earlier version, or to none.
    pub fn flaw(&self, code: &MotiveCode) -> Option<Flaw> {
        if self.has(code) {
            return None;
        }
        let retired = VERSIONS.iter().rev().flat_map(|version| version.motives).find(|motive| motive.code == code.as_str());
        Some(match retired {
            Some(motive) => Flaw::new(Code::MotiveRetired).with("known", motive.replaced_by.join(", ")),
            None => {
                let known: Vec<&'static str> = self.motives.iter().map(|motive| motive.code).collect();
                Flaw::new(Code::MotiveUnknown).with("nearest", nearest(code.as_str(), &known))
            }
        })
    }
}

/// The nomenclature in force on a day; the first one before its time, for records of that age are entered late.
pub fn in_force(today: Day) -> &'static Nomenclature {
    let begun = VERSIONS.iter().rev().find(|version| version.first_day() <= today);
    begun.unwrap_or(&FIRST)
}

pub fn find(version: NomenclatureVersion) -> Option<&'static Nomenclature> {
    VERSIONS.iter().find(|known| known.version == version.get())
}

const FIRST: Nomenclature = match VERSIONS {
    [first, ..] => *first,
    [] => panic!("there is a nomenclature"),
};

fn parse_code(text: String) -> Result<String, Flaw> {
    let sound = text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if sound { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "physical_assault")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_follow_each_other_and_every_retired_motive_has_successors() {
        for (at, (old, new)) in VERSIONS.iter().zip(VERSIONS.iter().skip(1)).enumerate() {
            assert_eq!(old.last_day().unwrap().next(), new.first_day(), "{at}");
            for motive in old.motives {
                assert!(!motive.replaced_by.is_empty(), "{}", motive.code);
                for code in motive.replaced_by {
                    assert!(new.has(&code.parse().unwrap()), "{} leads to {code}", motive.code);
                }
            }
        }
        assert!(VERSIONS.last().unwrap().last_day().is_none());
    }

    #[test]
    fn a_retired_or_unknown_code_is_told_with_what_takes_its_place() {
        let current = in_force("2026-11-22".parse().unwrap());
        let flaw = |code: &str| current.flaw(&code.parse().unwrap());
        assert_eq!(flaw("physical_assault"), None);
        assert_eq!(flaw("assault"), Some(Flaw::new(Code::MotiveRetired).with("known", "physical_assault, verbal_assault")));
        assert_eq!(flaw("phisical_assault"), Some(Flaw::new(Code::MotiveUnknown).with("nearest", "physical_assault")));
        assert_eq!(in_force("2015-01-01".parse().unwrap()).version, 1);
        assert_eq!(in_force("1950-01-01".parse().unwrap()).version, 1);
    }
}

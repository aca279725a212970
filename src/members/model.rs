//! Who a member is and which values a record accepts.

use crate::db::Id;
use crate::error::{Code, Flaw};
use crate::values::{Day, DepartmentCode, Interval, choice, query, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

choice! {
    /// How a person is addressed.
    pub enum Civility as "civility" {
        Ms = "ms" ("Madame", "Ms"),
        Mr = "mr" ("Monsieur", "Mr"),
    }
}

choice! {
    /// Whether a person may be called or written to without danger.
    pub enum SafeContact as "safe_contact" {
        Yes = "yes" ("Oui", "Yes"),
        No = "no" ("Non", "No"),
        Caution = "caution" ("Avec précaution", "With caution"),
    }
}

choice! {
    /// A system that has names of its own for our rows.
    pub enum ExternalSystem as "external_system" {
        Maif = "maif" ("MAIF", "MAIF"),
        Mgen = "mgen" ("MGEN", "MGEN"),
        Federation = "federation" ("Fédération", "Federation"),
        Other = "other" ("Autre", "Other"),
    }
}

text! {
    /// The number of a member: capital letters, digits and hyphens.
    pub struct MemberNumber { max: 20, input: 30, pattern: "^[0-9A-Z][0-9A-Z-]{0,19}$", example: "00012345", parse: parse_number }
}

text! {
    /// A name of a person.
    pub struct PersonName { max: 100, example: "Dubœuf" }
}

text! {
    /// What to heed when calling or writing to a person.
    pub struct ContactInstructions { max: 500, example: "Ne pas laisser de message ; appeler après 18 h." }
}

text! {
    /// What an external identifier names.
    pub struct ExternalKind { max: 30, pattern: "^[a-z][a-z_]{0,29}$", example: "contract", parse: parse_kind }
}

text! {
    /// An identifier in another system.
    pub struct ExternalValue { max: 60, pattern: r"^[!-~]{1,60}$", example: "1234567M", parse: parse_value }
}

/// By which name another system knows a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub struct ExternalId {
    /// The other system.
    pub system: ExternalSystem,
    /// What it names there.
    pub kind: ExternalKind,
    /// The identifier.
    pub value: ExternalValue,
}

query! {
    /// Filters of members; people are found by name, address or phone through `POST /members/search`.
    pub struct MemberFilters {
        /// Member numbers.
        number: Option<Vec<MemberNumber>>,
        /// Departments.
        department: Option<Vec<DepartmentCode>>,
        /// The establishment in which they work today.
        establishment: Option<Id>,
        /// Days, in Europe/Paris, on which they were first recorded.
        created: Option<Interval>,
        /// Days, in Europe/Paris, of the last change.
        updated: Option<Interval>,
    }
}

fn parse_number(text: String) -> Result<String, Flaw> {
    let number = text.to_ascii_uppercase().replace(' ', "");
    refuse_national_number(&number)?;
    let sound = number.len() <= 20 && number.starts_with(|c: char| c.is_ascii_alphanumeric()) && number.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if sound { Ok(number) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "00012345")) }
}

fn parse_kind(text: String) -> Result<String, Flaw> {
    let sound = text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if sound { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "contract")) }
}

fn parse_value(text: String) -> Result<String, Flaw> {
    refuse_national_number(&text)?;
    if text.bytes().all(|b| b.is_ascii_graphic()) { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "!-~")) }
}

/// A NIR has 13 digits (2A and 2B among them) and a key, 97 less the remainder of the number by 97; a NUMEN has two digits, a
/// letter, seven digits and three letters. Neither may be kept by an association (CNIL).
fn refuse_national_number(text: &str) -> Result<(), Flaw> {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    if is_nir(&plain) || is_numen(&plain) { Err(Code::NationalNumberRefused.into()) } else { Ok(()) }
}

fn is_nir(text: &str) -> bool {
    let digits = text.replace("2A", "19").replace("2B", "18");
    let (Some(number), Some(key)) = (digits.get(..13), digits.get(13..)) else { return false };
    let sound = digits.len() == 15 && number.starts_with(['1', '2', '3', '4', '7', '8']);
    match (number.parse::<u64>(), key.parse::<u64>()) {
        (Ok(number), Ok(key)) => sound && 97 - number % 97 == key,
        _ => false,
    }
}

fn is_numen(text: &str) -> bool {
    let form = "00A0000000AAA";
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(|(byte, kind)| if kind == b'0' { byte.is_ascii_digit() } else { byte.is_ascii_uppercase() })
}

/// Ages that a member may have; the youngest work at sixteen.
const AGES: (i32, i32) = (15, 110);

/// Why nobody of this date of birth is a member today.
pub fn birth_flaw(birth_date: Day, today: Day) -> Option<Flaw> {
    let (oldest, youngest) = (Day::first_of(today.year() - AGES.1), Day::last_of(today.year() - AGES.0));
    let plausible = oldest <= birth_date && birth_date <= youngest;
    (!plausible).then(|| Flaw::new(Code::BirthDateInvalid).with("min", oldest).with("max", youngest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_numbers_are_refused_wherever_a_number_is_taken() {
        for text in ["2550867890141 22", "25508678901 41 22"] {
            let key = 97 - 2_550_867_890_141_u64 % 97;
            let whole = text.replace(" 22", &format!(" {key:02}"));
            assert_eq!(whole.parse::<MemberNumber>().unwrap_err().code, Code::NationalNumberRefused, "{whole}");
        }
        assert_eq!("12E3456789ABC".parse::<ExternalValue>().unwrap_err().code, Code::NationalNumberRefused);
        assert_eq!("m-00012 345".parse::<MemberNumber>().unwrap().as_str(), "M-00012345");
    }

    #[test]
    fn a_member_was_born_at_a_plausible_time() {
        let today = "2026-11-22".parse().unwrap();
        for (day, sound) in [("1850-01-01", false), ("1916-01-01", true), ("2011-12-31", true), ("2012-01-01", false), ("2026-11-23", false)] {
            assert_eq!(birth_flaw(day.parse().unwrap(), today).is_none(), sound, "{day}");
        }
    }
}

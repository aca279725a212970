//! Values as associations write them: days, euros, yes and no, and the words of closed sets.

use crate::error::{Code, Flaw};
use crate::imports::reading::days::{self, Order};
use crate::imports::reading::{Repair, Sound, Unreadable};
use crate::values::fold::fold;
use crate::values::{Amount, Choice, Day, Money};

/// A day, as France writes it or as machines do; a year of two digits or a month before its day would be a guess.
pub fn day(text: &str) -> Result<Day, Flaw> {
    match days::day(text, Order::DayFirst) {
        Sound(day) => Ok(day),
        _ => Err(Code::DateUnreadable.into()),
    }
}

/// Euros: `45,50 €`, `45.5`, `45`.
pub fn money(text: &str) -> Result<Money, Flaw> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '€').map(|c| if c == ',' { '.' } else { c }).collect();
    let (euros, cents) = bare.split_once('.').unwrap_or((&bare, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if euros.is_empty() || !digits(euros) || !digits(cents) || cents.len() > 2 {
        return Err(Code::AmountInvalid.into());
    }
    // The limits of an amount are the amount's own.
    format!("{euros}.{cents:0<2}").parse::<Amount>()?;
    let number = |text: &str| text.parse::<i64>().map_err(|_| Flaw::new(Code::AmountInvalid));
    Ok(Money::from_cents(number(euros)? * 100 + number(&format!("{cents:0<2}"))?))
}

pub fn flag(text: &str) -> Result<bool, Flaw> {
    match fold(text).as_str() {
        "oui" | "o" | "x" | "1" | "vrai" | "true" | "yes" => Ok(true),
        "non" | "n" | "0" | "faux" | "false" | "no" => Ok(false),
        _ => Err(Flaw::new(Code::ChoiceUnknown).with("known", "oui, non")),
    }
}

/// A word of a closed set: its code, a label of it in either language, or what people write for it.
pub fn choice<C: Choice>(text: &str, usual: &[(&str, C)]) -> Result<C, Flaw> {
    let folded = fold(text);
    let known = C::ENUMERATION.values.iter().find(|value| [fold(value.code), fold(value.fr), fold(value.en)].contains(&folded));
    match usual.iter().find(|(word, _)| *word == folded) {
        Some((_, choice)) => Ok(*choice),
        None => known.map_or(text, |value| value.code).parse(),
    }
}

/// The same, of a value without which the line still makes sense.
pub fn optional_choice<C: Choice>(text: &str, usual: &[(&str, C)]) -> Repair<C> {
    choice(text, usual).map_or(Unreadable, Sound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::employments::model::Occupation;
    use crate::members::model::SafeContact;

    #[test]
    fn euros_are_read_as_france_writes_them() {
        for (text, cents) in [("45,50", 4550), ("45.5", 4550), ("45", 4500), ("1 045,50 €", 104_550), ("0", 0)] {
            assert_eq!(money(text).unwrap().cents(), cents, "{text}");
        }
        for text in ["", "-3", "45,505", "vingt", "4,5,6"] {
            assert_eq!(money(text).unwrap_err().code, Code::AmountInvalid, "{text}");
        }
        assert_eq!(money("99999999999").unwrap_err().code, Code::AmountTooLarge);
    }

    #[test]
    fn words_are_recognised_by_code_and_by_label() {
        for text in ["primary_teacher", "Professeur des écoles", "PROFESSEUR DES ECOLES", "Primary teacher", "PE"] {
            assert_eq!(choice(text, &[("pe", Occupation::PrimaryTeacher)]).unwrap(), Occupation::PrimaryTeacher, "{text}");
        }
        assert_eq!(choice::<SafeContact>("peut-être", &[]).unwrap_err().code, Code::ChoiceUnknown);
    }

    #[test]
    fn a_day_is_never_guessed() {
        for text in ["02/05/1980", "1980-05-02", "2/5/1980"] {
            assert_eq!(day(text).unwrap().to_string(), "1980-05-02", "{text}");
        }
        for text in ["02/05/80", "05/24/1980", "29343", "mai 1980", "31/02/1980"] {
            assert_eq!(day(text).unwrap_err().code, Code::DateUnreadable, "{text}");
        }
    }
}

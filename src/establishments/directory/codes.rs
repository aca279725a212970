//! Codes: UAI, SIRET, department, academy, postal code, commune, and the zeros that spreadsheets take from them.

use crate::error::Flaw;
use crate::establishments::model::{CommuneCode, NatureCode, PostalCode, Pupils, Siret, Uai};
use crate::imports::reading::repair::{Damaged, Repair, Restored, Sound, Unreadable, digits, padded};
use crate::values::{AcademyCode, Number, TerritoryCode};
use std::borrow::Cow;

/// A UAI; the key letter proves the zeros and blanks it lost.
pub fn uai(text: &str) -> Result<Repair<Uai>, Flaw> {
    let flaw = match text.parse() {
        Ok(uai) => return Ok(Sound(uai)),
        Err(flaw) => flaw,
    };
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let restored = (5..=8).contains(&bare.len()).then(|| format!("{bare:0>8}").parse::<Uai>().ok()).flatten();
    restored.filter(|uai| uai.territory().is_some()).map(Restored).ok_or(flaw)
}

pub fn optional_uai(text: &str) -> Repair<Uai> {
    uai(text).unwrap_or(Unreadable)
}

/// A SIRET. One of 13 digits lost a zero only if both its keys (SIREN and SIRET) hold with it.
pub fn siret(text: &str) -> Repair<Siret> {
    digits(text).and_then(|digits| {
        if digits.len() != 13 {
            return Repair::from(digits.parse());
        }
        let siren = format!("000000{}", digits.get(..8).unwrap_or_default());
        let both = |siret: &Siret| siret.passes_luhn() && siren.parse().is_ok_and(|siren: Siret| siren.passes_luhn());
        format!("0{digits}").parse().ok().filter(both).map_or(Damaged, Restored)
    })
}

/// A department or territory: `31`, `031` and `02A` are forms of the ministry, `1` has lost a zero.
pub fn territory(text: &str) -> Repair<TerritoryCode> {
    if let Ok(code) = text.parse() {
        return Sound(code);
    }
    padded(text, 2).and_then(|code| Repair::from(code.parse()))
}

pub fn academy(text: &str) -> Repair<AcademyCode> {
    padded(text, 2).and_then(|code| Repair::from(code.parse()))
}

/// A postal code; a lost zero is certain if the department then agrees.
pub fn postal_code(text: &str, territory: Option<&TerritoryCode>) -> Repair<PostalCode> {
    five(text, territory).and_then(|code| Repair::from(code.parse()))
}

/// The code of a commune, which may have been merged since; a lost zero is certain if the department then agrees.
pub fn commune(text: &str, territory: Option<&TerritoryCode>) -> Repair<CommuneCode> {
    if let Ok(code) = text.parse() {
        return Sound(code);
    }
    five(text, territory).and_then(|code| Repair::from(code.parse()))
}

fn five<'a>(text: &'a str, territory: Option<&TerritoryCode>) -> Repair<Cow<'a, str>> {
    digits(text).and_then(|digits| {
        if digits.len() != 4 {
            return Sound(digits);
        }
        let code = format!("0{digits}");
        if territory.is_some_and(|territory| code.starts_with(territory.as_str())) { Restored(Cow::Owned(code)) } else { Damaged }
    })
}

/// The territory that the code of a commune names; Saint-Martin's and Saint-Barthélemy's may still be Guadeloupe's.
pub fn territory_of(commune: &CommuneCode) -> Option<TerritoryCode> {
    let code = commune.as_str();
    let length = if code.starts_with("97") || code.starts_with("98") { 3 } else { 2 };
    code.get(..length)?.parse().ok()
}

pub fn nature(text: &str) -> Repair<NatureCode> {
    digits(text).and_then(|code| Repair::from(code.parse()))
}

pub fn pupils(text: &str) -> Repair<Pupils> {
    digits(text).and_then(|count| count.parse().ok().map_or(Unreadable, |count| Repair::from(Pupils::checked(count))))
}

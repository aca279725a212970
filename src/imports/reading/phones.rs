//! Phones as people type them.

use super::repair::{Damaged, Repair, Restored, Sound, Unreadable, digits};
use crate::values::{Phone, TerritoryCode};

/// Country codes of the territories with numbers of their own, and the length of these.
const TERRITORIES: [(&str, &str, usize); 4] = [("975", "508", 6), ("986", "681", 6), ("987", "689", 8), ("988", "687", 6)];

/// A phone number; nine digits have lost their zero, six or eight are a territory's own.
pub fn phone(text: &str, territory: Option<&TerritoryCode>) -> Repair<Phone> {
    // A French number with a second zero and a digit lost, seven times in the sample: as an international prefix, 00 would call Chile.
    let digits_alone = text.bytes().filter(u8::is_ascii_digit).count();
    if text.starts_with("00") && digits_alone == 10 {
        return Unreadable;
    }
    if let Ok(phone) = text.parse() {
        return Sound(phone);
    }
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-')).collect();
    let local = |code: &str, length: usize| territory.is_some_and(|territory| territory.as_str() == code) && bare.len() == length;
    if let Some((_, country, _)) = TERRITORIES.iter().find(|(code, _, length)| local(code, *length)) {
        return Repair::from(format!("+{country}{bare}").parse());
    }
    match digits(text) {
        Damaged => Damaged,
        Sound(digits) | Restored(digits) if digits.len() == 9 && !digits.starts_with('0') => Repair::from(format!("0{digits}").parse()).restored(),
        Sound(digits) | Restored(digits) if digits.len() == 11 && digits.starts_with("33") => Repair::from(format!("+{digits}").parse()).restored(),
        _ => Unreadable,
    }
}

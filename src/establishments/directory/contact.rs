//! Phones and web addresses as heads of schools type them.

use super::repair::{Damaged, Repair, Restored, Sound, Unreadable, digits};
use crate::values::{Phone, TerritoryCode, WebAddress};

/// Country codes of the territories with numbers of their own, and the length of these.
const TERRITORIES: [(&str, &str, usize); 4] = [("975", "508", 6), ("986", "681", 6), ("987", "689", 8), ("988", "687", 6)];

/// Top-level domains that prove a word without scheme to be a web address.
const DOMAINS: [&str; 7] = ["fr", "com", "org", "net", "eu", "re", "nc"];

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

/// A web address; `http://` is added to what can be nothing else.
pub fn website(text: &str) -> Repair<WebAddress> {
    if let Ok(address) = text.parse() {
        return Sound(address);
    }
    if let Some((scheme, rest)) = text.split_once("://") {
        return Repair::from(format!("{}://{rest}", scheme.to_ascii_lowercase()).parse());
    }
    let host = text.split('/').next().unwrap_or_default();
    let shaped = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
    let domain = host.rsplit_once('.').map(|(_, domain)| domain.to_ascii_lowercase());
    let known = domain.is_some_and(|domain| DOMAINS.contains(&domain.as_str()) || host.starts_with("www."));
    if shaped && known { Repair::from(format!("http://{text}").parse()) } else { Unreadable }
}

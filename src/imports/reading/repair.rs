//! What spreadsheets and careless conversions do to values, and what can be undone with certainty.

use encoding_rs::WINDOWS_1252;
use std::borrow::Cow;

/// What could be made of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Repair<T> {
    /// It was whole.
    Sound(T),
    /// It was damaged, and only this can have been meant.
    Restored(T),
    /// It was damaged beyond certainty.
    Damaged,
    /// It never had the form of such a value.
    Unreadable,
}

pub use Repair::{Damaged, Restored, Sound, Unreadable};

impl<T> Repair<T> {
    pub fn from<E>(value: Result<T, E>) -> Self {
        value.map_or(Unreadable, Sound)
    }

    pub fn and_then<U>(self, next: impl FnOnce(T) -> Repair<U>) -> Repair<U> {
        match self {
            Sound(value) => next(value),
            Restored(value) => next(value).restored(),
            Damaged => Damaged,
            Unreadable => Unreadable,
        }
    }

    pub fn restored(self) -> Self {
        if let Sound(value) = self { Restored(value) } else { self }
    }
}

/// A cell without the marks that spreadsheets and our own exports leave on it; none if it is empty.
pub fn cell(raw: &str) -> Option<Repair<Cow<'_, str>>> {
    let text = raw.trim();
    let first = *text.as_bytes().first()?;
    if first == b'#' && is_error(text) {
        return Some(Damaged);
    }
    // A formula that yields a text: ="0311131L".
    if let Some(inner) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return cell(inner).map(Repair::restored);
    }
    let text = if first == b'\'' { without_apostrophe(text) } else { text };
    Some(if text.is_ascii() && !text.bytes().any(|byte| byte < b' ') { Sound(Cow::Borrowed(text)) } else { irregular(text) })
}

/// Our exports write an apostrophe before what a spreadsheet would take for a formula; spreadsheets before digits to be kept as text.
fn without_apostrophe(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(|c: char| "=+-@\t\r".contains(c) || c.is_ascii_digit())).map_or(text, str::trim)
}

/// `#N/A`, `#REF!` and their French forms, and `####` for a column too narrow.
fn is_error(text: &str) -> bool {
    const ERRORS: [&str; 13] =
        ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#SPILL!", "#CALC!"];
    text.bytes().all(|byte| byte == b'#') || ERRORS.contains(&text)
}

/// A text with letters beyond ASCII, or with line ends and tabs, which become blanks.
fn irregular(text: &str) -> Repair<Cow<'_, str>> {
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Damaged;
    }
    let blank = |c: char| c == '\u{a0}' || c == '\u{202f}' || matches!(c, '\t' | '\r' | '\n');
    if let Some(text) = french_controls(text) {
        return Restored(Cow::Owned(text));
    }
    match letters(text) {
        Some(letters) => Restored(Cow::Owned(letters.replace(blank, " "))),
        None if text.contains(blank) => Sound(Cow::Owned(text.split(blank).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))),
        None => Sound(Cow::Borrowed(text)),
    }
}

/// The text with the letters that Windows-1252 has where Latin-1 has control characters: `C\u{9c}UR` for `CŒUR`, met in ministry files.
fn french_controls(text: &str) -> Option<String> {
    let control = |c: char| ('\u{80}'..='\u{9f}').contains(&c);
    if !text.contains(control) || letters(text).is_some() {
        return None;
    }
    let letter = |c: char| match u8::try_from(c) {
        Ok(byte) if control(c) => WINDOWS_1252.decode_without_bom_handling(&[byte]).0.into_owned(),
        _ => c.to_string(),
    };
    Some(text.chars().map(letter).collect())
}

/// The text that was encoded twice (`CollÃ¨ge`), if the bytes its letters stand for are UTF-8: no French text has that form by itself.
pub fn letters(text: &str) -> Option<String> {
    if !text.contains(['Ã', 'Â', 'Å', 'â']) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(byte).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok())
}

/// The byte that Windows-1252 or Latin-1 reads as this letter.
fn byte(letter: char) -> Option<u8> {
    u8::try_from(letter).ok().or_else(|| {
        let mut buffer = [0; 4];
        let (bytes, _, unmappable) = WINDOWS_1252.encode(letter.encode_utf8(&mut buffer));
        if unmappable { None } else { bytes.first().copied() }
    })
}

/// The digits of a whole number: `412`, `412.0`, `1 012`, `2.1310555E+07` if no digit is missing.
pub fn digits(text: &str) -> Repair<Cow<'_, str>> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Sound(Cow::Borrowed(text));
    }
    if let Some((mantissa, exponent)) = text.split_once(['E', 'e']) {
        return scientific(mantissa, exponent);
    }
    let whole = text.split_once(['.', ',']).filter(|(_, decimals)| decimals.bytes().all(|byte| byte == b'0')).map_or(text, |(whole, _)| whole);
    let bare: String = whole.chars().filter(|c| !c.is_whitespace()).collect();
    if !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit()) { Restored(Cow::Owned(bare)) } else { Unreadable }
}

/// `2,17E+13` has lost its digits; `2,1700000000012E+13` has not.
fn scientific(mantissa: &str, exponent: &str) -> Repair<Cow<'static, str>> {
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let shaped = whole.len() == 1 && whole.bytes().chain(decimals.bytes()).all(|byte| byte.is_ascii_digit());
    match exponent.trim_start_matches('+').parse::<usize>() {
        Ok(power) if shaped && decimals.len() == power => Restored(Cow::Owned(format!("{whole}{decimals}"))),
        Ok(_) if shaped => Damaged,
        _ => Unreadable,
    }
}

/// The digits, with the zeros that were lost in front of them.
pub fn padded(text: &str, width: usize) -> Repair<Cow<'_, str>> {
    digits(text).and_then(|digits| if digits.len() >= width || digits.is_empty() { Sound(digits) } else { Restored(Cow::Owned(format!("{digits:0>width$}"))) })
}

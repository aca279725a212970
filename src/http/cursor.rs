//! Cursors: a position, encrypted, good for one list with its filters and sort, for a day.

use crate::auth::Keys;
use crate::auth::keys::sha256;
use crate::db::Id;
use crate::db::paging::{Key, Position, Slice};
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Seconds for which a cursor is good.
const LIFETIME: i64 = 24 * 3600;

#[derive(Serialize, Deserialize)]
struct Sealed {
    /// What the list was: path, filters, sort.
    of: String,
    text: Option<String>,
    number: Option<i64>,
    id: String,
    until: i64,
}

/// What two pages of one list have in common: its path and every parameter but those of paging and form.
pub fn fingerprint(path: &str, query: &str, slice: &Slice) -> String {
    const FREE: [&str; 5] = ["cursor", "limit", "fields", "expand", "sort"];
    let mut pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().filter(|(name, _)| !FREE.contains(&name.as_str())).collect();
    pairs.sort();
    let text = format!("{path}\n{}\n{}\n{pairs:?}", slice.sort, slice.descending);
    URL_SAFE_NO_PAD.encode(sha256(text.as_bytes()).as_ref().get(..12).unwrap_or_default())
}

pub fn seal(keys: &Keys, of: &str, position: &Position, now: i64) -> Result<String> {
    let (text, number) = match &position.key {
        Key::Text(text) => (Some(text.clone()), None),
        Key::Number(number) => (None, Some(*number)),
    };
    let sealed = Sealed { of: of.to_owned(), text, number, id: position.id.to_string(), until: now + LIFETIME };
    keys.seal(serde_json::to_vec(&sealed).map_err(Error::internal)?)
}

/// The position in a cursor of this list; a refusal is placed by whoever read the cursor.
pub fn open(keys: &Keys, of: &str, cursor: &str, now: i64) -> Result<Position, Code> {
    let bytes = keys.open(cursor).ok_or(Code::CursorInvalid)?;
    let sealed: Sealed = serde_json::from_slice(&bytes).map_err(|_| Code::CursorInvalid)?;
    if sealed.until < now {
        return Err(Code::CursorExpired);
    }
    if sealed.of != of {
        return Err(Code::CursorFilterMismatch);
    }
    let key = sealed.text.map(Key::Text).or(sealed.number.map(Key::Number)).ok_or(Code::CursorInvalid)?;
    Ok(Position { key, id: Id::parse(&sealed.id).ok_or(Code::CursorInvalid)? })
}

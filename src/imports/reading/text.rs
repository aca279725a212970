//! From bytes to text, in the encodings that official files and spreadsheets come in.

use crate::error::{Code, Error};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// The text of a file, without its byte order mark.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Error> {
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, bytes.get(mark..).unwrap_or_default()),
        None => (UTF_8, bytes),
    };
    let text = if encoding == UTF_8 { eight_bits(body) } else { encoding.decode_without_bom_handling(body).0 };
    if text.trim().is_empty() && !text.contains('\0') {
        return Err(Error::of(Code::FileEmpty));
    }
    // Archives, images and workbooks have NULs; no text has.
    if text.as_bytes().contains(&0) { Err(Error::of(Code::FileNotText)) } else { Ok(text) }
}

fn eight_bits(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| Cow::Owned(line_by_line(bytes)), Cow::Borrowed)
}

/// A line that is not UTF-8 is Windows-1252: files are glued together from several sources.
fn line_by_line(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    let mut utf8_seen = false;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let valid = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let incomplete = std::str::from_utf8(line).is_err_and(|error| error.error_len().is_none());
        utf8_seen |= !valid.is_ascii();
        if valid.len() == line.len() {
            text.push_str(valid);
        } else if incomplete && utf8_seen {
            // The file was cut inside a letter.
            text.push_str(valid);
            text.push(char::REPLACEMENT_CHARACTER);
        } else {
            text.push_str(&WINDOWS_1252.decode_without_bom_handling(line).0);
        }
    }
    text
}

//! What is known of bytes once they have passed: how many, their digest, how they begin, whether they are text.

use aws_lc_rs::digest;
use std::fmt::Write;

/// Bytes by which a format is recognised.
const HEAD: usize = 16 * 1024;

pub struct Measure {
    digest: digest::Context,
    size: u64,
    head: Vec<u8>,
    /// The beginning of a character whose end is still to come; none once something was no text.
    text: Option<Vec<u8>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// In hexadecimal.
    pub sha256: String,
    pub size: u64,
    pub head: Vec<u8>,
    /// Whether all of it is UTF-8 without control characters other than those of lines.
    pub is_text: bool,
}

impl Default for Measure {
    fn default() -> Self {
        Self { digest: digest::Context::new(&digest::SHA256), size: 0, head: Vec::new(), text: Some(Vec::new()) }
    }
}

impl Measure {
    pub fn pass(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.head.extend(bytes.iter().take(HEAD.saturating_sub(self.head.len())));
        self.text = self.text.take().and_then(|begun| rest_of_text(begun, bytes));
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn finish(self) -> Measured {
        let Self { digest, size, head, text } = self;
        Measured { sha256: hexadecimal(digest.finish().as_ref()), size, head, is_text: text.is_some_and(|begun| begun.is_empty()) }
    }
}

/// What a text ends with that is no whole character yet; none where it is no text.
fn rest_of_text(begun: Vec<u8>, bytes: &[u8]) -> Option<Vec<u8>> {
    let joined;
    let bytes = if begun.is_empty() {
        bytes
    } else {
        joined = [begun.as_slice(), bytes].concat();
        &joined
    };
    let (text, rest) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, &[][..]),
        Err(error) if error.error_len().is_none() => {
            let (whole, rest) = bytes.split_at_checked(error.valid_up_to())?;
            (std::str::from_utf8(whole).ok()?, rest)
        }
        Err(_) => return None,
    };
    let plain = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{c}');
    text.chars().all(plain).then(|| rest.to_vec())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a text has the form of a digest as it is told here.
pub fn is_in_form(sha256: &str) -> bool {
    sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(bytes: &[u8], at_once: usize) -> Measured {
        let mut measure = Measure::default();
        bytes.chunks(at_once).for_each(|chunk| measure.pass(chunk));
        measure.finish()
    }

    #[test]
    fn bytes_are_measured_the_same_however_they_come() {
        let text = "Élève : « très » inquiète 😀\r\n".repeat(2000);
        let whole = measured(text.as_bytes(), text.len());
        assert_eq!((whole.size, whole.is_text, whole.head.len()), (u64::try_from(text.len()).unwrap(), true, HEAD));
        for at_once in [1, 2, 3, 7, 4096] {
            assert_eq!(measured(text.as_bytes(), at_once), whole, "{at_once} at once");
        }
        assert_eq!(measured(b"abc", 1).sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn what_holds_a_byte_that_is_no_text_is_no_text_wherever_it_stands() {
        for (bytes, is_text) in [(&b"abc\n"[..], true), (b"abc\0", false), (b"\xff", false), (b"abc\xc3", false), (b"\x1b[0m", false), (b"", true)] {
            assert_eq!(measured(bytes, 1).is_text, is_text, "{bytes:?}");
        }
    }
}

//! Lines and records: quotes, line ends and what to do when a quote never closes.

use std::borrow::Cow;

/// A quoted cell may span lines, but not more than this: beyond, its closing quote is missing.
const LONGEST_RECORD: usize = 20;

/// A line of the file, or several when a quoted cell holds line ends.
#[derive(Debug)]
pub struct Raw<'a> {
    pub number: u64,
    /// The record as it stood, without its line end.
    pub text: &'a str,
    pub cells: Vec<Cow<'a, str>>,
}

/// The records below the header. Blank lines are skipped.
pub struct Records<'a> {
    rest: &'a str,
    number: u64,
    separator: char,
    width: usize,
}

impl<'a> Records<'a> {
    pub fn new(rest: &'a str, number: u64, separator: char, width: usize) -> Self {
        Self { rest, number, separator, width }
    }

    /// The record that starts here and goes on over several lines.
    ///
    /// None if no quote closes it, or if one of its lines is whole by itself: then the quote is a mistake that must not swallow other schools.
    fn spanning(&self) -> Option<(&'a str, u64, Vec<Cow<'a, str>>)> {
        let (mut end, mut open, mut lines) = (0, false, 0);
        for line in pieces(self.rest).take(LONGEST_RECORD) {
            if lines > 0 && line.matches(self.separator).count() + 1 >= self.width {
                return None;
            }
            end += line.len();
            lines += 1;
            open ^= has_odd_quotes(line);
            if !open {
                let text = self.rest.get(..end)?;
                let cells = split(without_end(text), self.separator);
                return (cells.len() == self.width).then_some((text, lines, cells));
            }
        }
        None
    }

    fn advance(&mut self, bytes: usize, lines: u64) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
        self.number += lines;
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Raw<'a>;

    fn next(&mut self) -> Option<Raw<'a>> {
        loop {
            let line = pieces(self.rest).next()?;
            let number = self.number;
            if line.chars().all(|c| c == self.separator || c == '"' || c.is_whitespace()) {
                self.advance(line.len(), 1);
                continue;
            }
            if let Some((text, lines, cells)) = has_odd_quotes(line).then(|| self.spanning()).flatten() {
                self.advance(text.len(), lines);
                return Some(Raw { number, text: without_end(text), cells });
            }
            self.advance(line.len(), 1);
            let text = without_end(line);
            return Some(Raw { number, text, cells: split(text, self.separator) });
        }
    }
}

/// The lines with their ends: `\n`, `\r\n`, or the `\r` of old Macintosh files.
pub fn pieces(mut rest: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let end =
            rest.bytes().position(|byte| byte == b'\n' || byte == b'\r').map_or(rest.len(), |at| at + if rest.get(at..at + 2) == Some("\r\n") { 2 } else { 1 });
        let (line, after) = rest.split_at_checked(end)?;
        rest = after;
        (!line.is_empty()).then_some(line)
    })
}

pub fn without_end(line: &str) -> &str {
    line.trim_end_matches(['\r', '\n'])
}

fn has_odd_quotes(line: &str) -> bool {
    line.bytes().filter(|byte| *byte == b'"').count() % 2 == 1
}

/// The cells of one record. Almost no line of the directory has quotes, and those without need no copy.
pub fn split(text: &str, separator: char) -> Vec<Cow<'_, str>> {
    if text.contains('"')
        && let Some(cells) = unquoted(text, separator)
    {
        return cells;
    }
    text.split(separator).map(Cow::Borrowed).collect()
}

fn unquoted(text: &str, separator: char) -> Option<Vec<Cow<'static, str>>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(separator).ok()?)
        .buffer_capacity(text.len())
        .from_reader(text.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(|cell| Cow::Owned(cell.to_owned())).collect())
}

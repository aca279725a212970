//! Files of any kind read into lines: encodings, separators, quotes, columns by name, and what spreadsheets do to values.

pub mod cells;
pub mod days;
pub mod header;
pub mod phones;
pub mod records;
pub mod repair;
pub mod text;

pub use cells::Cells;
pub(crate) use header::columns;
pub use header::{Column, Header, KnownColumns};
pub use records::Raw;
pub use repair::{Damaged, Repair, Restored, Sound, Unreadable};

use super::{LineOutcome, LineReport, Severity};
use crate::error::{Code, Error, Flaw};
use records::Records;
use std::collections::HashMap;

/// What is to be said about a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The physical line where the record starts; the first line of the file is 1.
    pub number: u64,
    /// The cell that names the row, trimmed, at most 20 characters.
    pub key: Option<String>,
    /// The line as it stood, for the corrections file; rejected lines only.
    pub raw: Option<String>,
    /// With any of these the line is rejected.
    pub errors: Vec<LineIssue>,
    pub warnings: Vec<LineIssue>,
}

/// Something wrong with a cell, or with the line as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct LineIssue {
    /// The title of the column as it stands in the header; none when the flaw is the line's.
    pub column: Option<String>,
    pub flaw: Flaw,
}

impl LineIssue {
    pub fn of(column: Option<&Column>, flaw: impl Into<Flaw>) -> Self {
        Self { column: column.map(|column| column.title.clone()), flaw: flaw.into() }
    }

    /// As it is told of a line.
    pub fn told(&self, severity: Severity) -> super::LineIssue {
        super::LineIssue { severity, column: self.column.clone().unwrap_or_default(), flaw: self.flaw.clone() }
    }
}

impl Line {
    pub fn is_rejected(&self) -> bool {
        !self.errors.is_empty()
    }

    /// What becomes of a line that could not be read; of another one, its issues.
    pub fn report(&self) -> LineReport {
        let errors = self.errors.iter().map(|issue| issue.told(Severity::Error));
        LineReport {
            line: self.number,
            outcome: LineOutcome::Rejected,
            natural_key: self.key.clone(),
            resource_id: None,
            issues: errors.chain(self.warnings.iter().map(|issue| issue.told(Severity::Warning))).collect(),
            changes: Vec::new(),
            raw: self.raw.clone(),
        }
    }
}

/// A line whose number of cells is not the header's: one too many, were it empty at the end, means that all after some separator
/// are in the wrong column.
pub fn width_flaw(raw: &Raw<'_>, width: usize) -> Option<Flaw> {
    let found = raw.cells.len();
    (found != width).then(|| Flaw::new(Code::LineCut).with("found", found).with("expected", width))
}

/// The lines below a header. Files put end to end repeat it.
pub fn lines<'a, C>(header: &Header<'_, C>, body: &'a str) -> impl Iterator<Item = Raw<'a>> {
    Records::new(body, header.number + 1, header.separator, header.width).filter(|raw| raw.text != header.text)
}

/// Every line below the header as it stands, by number.
pub fn lines_as_they_stand<C: KnownColumns>(bytes: &[u8]) -> Result<HashMap<u64, String>, Error> {
    let text = text::decode(bytes)?;
    let (header, body) = header::find::<C>(&text)?;
    Ok(lines(&header, body).map(|raw| (raw.number, raw.text.to_owned())).collect())
}

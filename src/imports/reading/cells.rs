//! One line being read: its cells, and what has to be said about them.

use super::LineIssue;
use super::header::Column;
use super::repair::{self, Damaged, Repair, Restored, Sound, Unreadable};
use crate::error::{Code, Flaw};
use std::borrow::Cow;

/// The cells of a line and the remarks on them.
#[derive(Debug)]
pub struct Cells<'r, C> {
    cells: &'r [Cow<'r, str>],
    pub columns: &'r C,
    pub errors: Vec<LineIssue>,
    pub warnings: Vec<LineIssue>,
    pub unread: Vec<&'static str>,
}

impl<'r, C> Cells<'r, C> {
    pub fn new(cells: &'r [Cow<'r, str>], columns: &'r C) -> Self {
        Self { cells, columns, errors: Vec::new(), warnings: Vec::new(), unread: Vec::new() }
    }

    /// The cell without outer blanks, nothing repaired.
    pub fn raw(&self, column: Option<&Column>) -> &'r str {
        column.and_then(|column| self.cells.get(column.at)).map_or("", |cell| cell.trim())
    }

    /// The cell's text; none if it is empty or the file has no such column.
    pub fn cell(&self, column: Option<&Column>) -> Option<Repair<Cow<'r, str>>> {
        repair::cell(self.cells.get(column?.at)?)
    }

    /// The text of a cell that only helps to understand the line.
    pub fn hint(&self, column: Option<&Column>) -> Cow<'r, str> {
        match self.cell(column) {
            Some(Sound(text) | Restored(text)) => text,
            _ => Cow::Borrowed(""),
        }
    }

    /// Whether a flag is raised.
    pub fn flag(&self, column: Option<&Column>) -> bool {
        matches!(self.raw(column), "1" | "1.0" | "1,0" | "true" | "True" | "OUI" | "Oui")
    }

    /// A value that may be missing: one that cannot be read is left empty, with a warning.
    pub fn optional<T>(&mut self, column: Option<&Column>, read: impl FnOnce(&str) -> Repair<T>) -> Option<T> {
        let value = self.cell(column)?.and_then(|text| read(&text));
        self.settled(column?, value)
    }

    /// What remains of a value that may be missing, with the warning it deserves.
    pub fn settled<T>(&mut self, column: &Column, value: Repair<T>) -> Option<T> {
        let (code, value) = match value {
            Sound(value) => return Some(value),
            Restored(value) => (Code::LineRestored, Some(value)),
            Damaged => (Code::LineDamaged, None),
            Unreadable => (Code::ValueIgnored, None),
        };
        if value.is_none() && !self.unread.contains(&column.attribute) {
            self.unread.push(column.attribute);
        }
        self.warn(Some(column), code);
        value
    }

    /// A value without which the line is rejected.
    pub fn required<T>(&mut self, column: Option<&Column>, read: impl FnOnce(&str) -> Result<Repair<T>, Flaw>) -> Option<T> {
        let value = match self.cell(column) {
            None => Err(Code::FieldRequired.into()),
            Some(Damaged | Unreadable) => Ok(Damaged),
            Some(Sound(text)) => read(&text),
            Some(Restored(text)) => read(&text).map(Repair::restored),
        };
        match value {
            Ok(Sound(value)) => return Some(value),
            Ok(Restored(value)) => {
                self.warn(column, Code::LineRestored);
                return Some(value);
            }
            Ok(Damaged | Unreadable) => self.refuse(column, Code::LineDamaged),
            Err(flaw) => self.refuse(column, flaw),
        }
        None
    }

    pub fn warn(&mut self, column: Option<&Column>, flaw: impl Into<Flaw>) {
        self.warnings.push(issue(column, flaw.into()));
    }

    pub fn refuse(&mut self, column: Option<&Column>, flaw: impl Into<Flaw>) {
        self.errors.push(issue(column, flaw.into()));
    }
}

fn issue(column: Option<&Column>, flaw: Flaw) -> LineIssue {
    LineIssue { column: column.map(|column| column.title.clone()), flaw }
}

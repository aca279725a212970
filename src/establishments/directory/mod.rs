//! The official school directory ("Annuaire de l'éducation"), read from a file into establishments; no database, no HTTP.
//!
//! Every line that is not blank ends in exactly one place: in the `lines` of a record, or among the rejected lines with its reasons.

mod cells;
mod codes;
mod contact;
mod days;
mod districts;
mod header;
mod kinds;
mod merge;
mod place;
mod records;
mod repair;
mod rows;
mod territories;
mod text;

#[cfg(test)]
mod tests;

use super::model::{Attributes, PriorityLevel};
use crate::error::{Error, Flaw};
use crate::values::Day;
use std::collections::HashMap;

/// A whole file.
#[derive(Debug)]
pub struct Directory {
    /// The header as it stood.
    pub header: String,
    /// Lines below the header that are not blank; a record that spans several physical lines counts once.
    pub read: u64,
    /// The establishments, by UAI: the order of the lines in the file changes nothing here.
    pub records: Vec<Record>,
    /// The lines with something to say about them, by number; a line without remarks is not kept.
    pub lines: Vec<Line>,
    /// Attributes that the file has no column for, by their names in the contract (`position` for both coordinates): what is
    /// stored about them still holds.
    pub absent: Vec<&'static str>,
}

/// One establishment: its main line, and its other lines as sites.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub attributes: Attributes,
    pub priority: Option<PriorityLevel>,
    /// The day the ministry last updated the main line.
    pub as_of: Option<Day>,
    /// Numbers of the lines it was made of, the main line first.
    pub lines: Vec<u64>,
    /// Attributes left empty because their value cannot be read, named as in `Directory::absent`: what is stored about them still holds.
    pub unread: Vec<&'static str>,
}

/// What is to be said about a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The physical line where the record starts; the first line of the file is 1.
    pub number: u64,
    /// The UAI cell as it stood, trimmed, at most 20 characters.
    pub uai: Option<String>,
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

impl Line {
    pub fn is_rejected(&self) -> bool {
        !self.errors.is_empty()
    }
}

/// Reads a file; fails only when the file as a whole is not a directory.
pub fn read(bytes: &[u8]) -> Result<Directory, Error> {
    let text = text::decode(bytes)?;
    let (header, body) = header::find(&text)?;
    let (rows, read) = rows::read_all(&header, body);
    let (records, lines) = merge::establishments(rows, &header.columns);
    Ok(Directory { absent: header.columns.absent(), header: header.text.to_owned(), read, records, lines })
}

/// Every line below the header as it stands, by number.
pub fn lines_as_they_stand(bytes: &[u8]) -> Result<HashMap<u64, String>, Error> {
    let text = text::decode(bytes)?;
    let (header, body) = header::find(&text)?;
    Ok(rows::texts(&header, body))
}

//! The official school directory ("Annuaire de l'éducation"), read from a file into establishments; no database, no HTTP.
//!
//! Every line that is not blank ends in exactly one place: in the `lines` of a record, or among the rejected lines with its reasons.

pub mod codes;
mod contact;
mod districts;
mod header;
mod kinds;
mod merge;
mod place;
mod rows;
mod territories;

#[cfg(test)]
mod tests;

use super::model::{Attributes, PriorityLevel};
use crate::error::Error;
use crate::imports::reading::{self, Line, text};
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

/// Reads a file; fails only when the file as a whole is not a directory.
pub fn read(bytes: &[u8]) -> Result<Directory, Error> {
    let text = text::decode(bytes)?;
    let (header, body) = reading::header::find(&text)?;
    let (rows, read) = rows::read_all(&header, body);
    let (records, lines) = merge::establishments(rows, &header.columns);
    Ok(Directory { absent: header.columns.absent(), header: header.text.to_owned(), read, records, lines })
}

/// Every line below the header as it stands, by number.
pub fn lines_as_they_stand(bytes: &[u8]) -> Result<HashMap<u64, String>, Error> {
    reading::lines_as_they_stand::<header::Columns>(bytes)
}

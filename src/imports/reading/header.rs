//! The header of a file: columns are found by name, whatever their order, and the separator is the one that yields most of them.

use super::records::{pieces, split, without_end};
use super::repair;
use crate::error::{Code, Error};
use crate::values::fold::fold;
use std::borrow::Cow;

/// A column that the file has.
#[derive(Debug)]
pub struct Column {
    pub at: usize,
    /// As it stands in the file.
    pub title: String,
    /// The attribute that the column says something of.
    pub attribute: &'static str,
}

/// The first line, understood.
#[derive(Debug)]
pub struct Header<'a, C> {
    pub text: &'a str,
    /// The physical line it stands on.
    pub number: u64,
    pub separator: char,
    pub width: usize,
    pub columns: C,
}

/// The columns that files of one kind have, of which a file may lack some.
pub trait KnownColumns: Sized {
    fn find(titles: &[Cow<'_, str>]) -> Self;

    /// The columns with the attribute that each tells something of.
    fn each(&self) -> Vec<(&'static str, Option<&Column>)>;

    /// Titles of the columns without which no line can be read.
    fn missing(&self) -> Vec<&'static str>;

    fn found(&self) -> usize {
        self.each().iter().filter(|(_, column)| column.is_some()).count()
    }

    /// The first column that says something of an attribute.
    fn of(&self, attribute: &str) -> Option<&Column> {
        self.each().into_iter().find_map(|(of, column)| column.filter(|_| of == attribute))
    }
}

/// Declares the columns of a kind of file: `columns! { missing: what_is_missing; name of "attribute": "alias", "another alias"; … }`, where
/// aliases are folded and the first one that the file has counts.
macro_rules! columns {
    (missing: $missing:path; $($field:ident of $attribute:literal: $($alias:literal),+;)+) => {
        /// The columns that are read, by what they hold.
        #[derive(Debug)]
        pub struct Columns { $(pub $field: Option<$crate::imports::reading::Column>),+ }

        impl $crate::imports::reading::KnownColumns for Columns {
            fn find(titles: &[std::borrow::Cow<'_, str>]) -> Self {
                let folded = $crate::imports::reading::header::folded(titles);
                Self { $($field: $crate::imports::reading::header::column($attribute, &[$($alias),+], titles, &folded)),+ }
            }

            fn each(&self) -> Vec<(&'static str, Option<&$crate::imports::reading::Column>)> {
                vec![$(($attribute, self.$field.as_ref())),+]
            }

            fn missing(&self) -> Vec<&'static str> {
                $missing(self)
            }
        }
    };
}

pub(crate) use columns;

/// Titles as aliases are written, letters that were encoded twice mended.
pub fn folded(titles: &[Cow<'_, str>]) -> Vec<String> {
    titles.iter().map(|title| fold(&repair::letters(title).unwrap_or_else(|| title.to_string()))).collect()
}

pub fn column(attribute: &'static str, aliases: &[&str], titles: &[Cow<'_, str>], folded: &[String]) -> Option<Column> {
    let at = aliases.iter().find_map(|alias| folded.iter().position(|title| title == alias))?;
    Some(Column { at, title: titles.get(at)?.trim().to_owned(), attribute })
}

/// The header and what follows it.
pub fn find<C: KnownColumns>(text: &str) -> Result<(Header<'_, C>, &str), Error> {
    let mut after = 0;
    for (number, line) in (1..).zip(pieces(text)) {
        after += line.len();
        let text_of_line = without_end(line).trim_start_matches('\u{feff}');
        // Spreadsheets announce their separator on a line of its own.
        if text_of_line.trim().is_empty() || text_of_line.starts_with("sep=") {
            continue;
        }
        return Ok((understood(text_of_line, number)?, text.get(after..).unwrap_or_default()));
    }
    Err(Error::of(Code::FileEmpty))
}

fn understood<C: KnownColumns>(text: &str, number: u64) -> Result<Header<'_, C>, Error> {
    let read = |separator| {
        let titles = split(text, separator);
        Header { text, number, separator, width: titles.len(), columns: C::find(&titles) }
    };
    let header: Option<Header<'_, C>> = [';', ',', '\t'].map(read).into_iter().rev().max_by_key(|header| header.columns.found());
    let header = header.ok_or_else(|| Error::of(Code::FileEmpty))?;
    let missing = header.columns.missing();
    if missing.is_empty() { Ok(header) } else { Err(Error::of(Code::FileHeaderMissing).with("missing", missing.join(", "))) }
}

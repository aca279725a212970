//! Keyset paging: a page starts after a position, so its cost does not depend on how many came before.

use super::{Id, Instant};
use crate::values::Day;

/// The part of a list to read.
#[derive(Debug, Clone, Default)]
pub struct Slice {
    /// One of the list's sort words.
    pub sort: &'static str,
    pub descending: bool,
    /// The last row already seen.
    pub after: Option<Position>,
    /// What lies beyond is not asked for; rows that stand there with it may be.
    pub until: Option<Key>,
    pub limit: i64,
}

/// Where a row stands in a list: its sort value, then its id, which is unique.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub key: Key,
    pub id: Id,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    Text(String),
    Number(i64),
}

impl Key {
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
        }
    }

    pub fn number(&self) -> i64 {
        match self {
            Self::Text(_) => 0,
            Self::Number(number) => *number,
        }
    }

    pub fn year(&self) -> i32 {
        i32::try_from(self.number()).unwrap_or(0)
    }

    pub fn flag(&self) -> bool {
        self.number() != 0
    }

    pub fn instant(&self) -> Instant {
        Instant::from_micros(self.number()).unwrap_or(Instant(chrono::DateTime::UNIX_EPOCH))
    }

    pub fn day(&self) -> Day {
        self.text().parse().unwrap_or(Day(chrono::NaiveDate::default()))
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Instant> for Key {
    fn from(instant: Instant) -> Self {
        Self::Number(instant.micros())
    }
}

impl From<Day> for Key {
    fn from(day: Day) -> Self {
        Self::Text(day.to_string())
    }
}

impl From<i32> for Key {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Key {
    fn from(flag: bool) -> Self {
        Self::Number(flag.into())
    }
}

/// Orders a boxed query and starts it after the slice's position:
/// `keyset!(query, slice, id, { "name" => (name_key, text), … })`, where `text`, `number`, `flag`, `day` and `instant` are what `Key` gives. The condition is `a >= x AND (a > x OR id > y)`:
/// written the textbook way, PostgreSQL does not use the index.
macro_rules! keyset {
    ($query:expr, $slice:expr, $id:expr, { $($word:literal => ($column:expr, $kind:ident)),+ $(,)? }) => {{
        let (query, slice): (_, &$crate::db::paging::Slice) = ($query, $slice);
        let query = match (slice.sort, slice.descending, &slice.until) {
            $(
                ($word, false, Some(until)) => query.filter($column.le(until.$kind())),
                ($word, true, Some(until)) => query.filter($column.ge(until.$kind())),
            )+
            _ => query,
        };
        let page = match (slice.sort, slice.descending, &slice.after) {
            $(
                ($word, false, None) => query.order(($column.asc(), $id.asc())),
                ($word, true, None) => query.order(($column.desc(), $id.desc())),
                ($word, false, Some(position)) => query.order(($column.asc(), $id.asc())).filter(
                    $column.ge(position.key.$kind()).and($column.gt(position.key.$kind()).or($id.gt(position.id))),
                ),
                ($word, true, Some(position)) => query.order(($column.desc(), $id.desc())).filter(
                    $column.le(position.key.$kind()).and($column.lt(position.key.$kind()).or($id.lt(position.id))),
                ),
            )+
            _ => query.order($id.asc()),
        };
        $crate::db::Kept::new(page.limit(slice.limit))
    }};
}

pub(crate) use keyset;

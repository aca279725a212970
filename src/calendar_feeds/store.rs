//! Queries on calendar feeds.

use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::calendar_feeds;
use crate::db::{DbConn, Id, Instant, MultiBackend, optional};
use crate::error::Result;
use crate::values::DepartmentCode;
use chrono::Duration;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = calendar_feeds, treat_none_as_default_value = false)]
pub struct CalendarFeedRow {
    pub id: Id,
    pub user_id: Id,
    /// The department whose sessions it shows; none for the user's own.
    pub department_code: Option<DepartmentCode>,
    pub created_at: Instant,
    pub last_used_at: Option<Instant>,
}

type Boxed<'a> = calendar_feeds::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    calendar_feeds::table.into_boxed().filter(scope.calendar_feeds())
}

pub fn list(conn: &mut DbConn, scope: &Scope, slice: &Slice) -> Result<Vec<CalendarFeedRow>> {
    let query = visible(scope).select(CalendarFeedRow::as_select());
    let page = keyset!(query, slice, calendar_feeds::id, { "created" => (calendar_feeds::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &CalendarFeedRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope) -> Result<i64> {
    Ok(visible(scope).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<CalendarFeedRow> {
    Ok(visible(scope).filter(calendar_feeds::id.eq(id)).select(CalendarFeedRow::as_select()).first(conn)?)
}

/// The feed of an address, whoever reads it: the secret is the right.
pub fn find_by_digest(conn: &mut DbConn, _everybody: &Scope, digest: &[u8]) -> Result<Option<CalendarFeedRow>> {
    optional(calendar_feeds::table.filter(calendar_feeds::digest.eq(digest)).select(CalendarFeedRow::as_select()).first(conn))
}

/// Stores a feed of the caller's own, with the digest of its secret.
pub fn insert(tx: &mut Tx<'_>, _own: &Scope, row: &CalendarFeedRow, digest: &[u8]) -> Result<()> {
    diesel::insert_into(calendar_feeds::table).values((row, calendar_feeds::digest.eq(digest))).execute(tx.conn)?;
    Ok(())
}

/// Takes back a feed that was found in the scope: its address leads nowhere from then on.
pub fn delete(tx: &mut Tx<'_>, _found_in: &Scope, id: Id) -> Result<()> {
    diesel::delete(calendar_feeds::table.find(id)).execute(tx.conn)?;
    Ok(())
}

/// Minutes within which a second use is not noted.
const NOTE_MINUTES: i64 = 15;

impl CalendarFeedRow {
    /// Whether a use at this moment is to be noted.
    pub fn is_to_be_noted(&self, now: Instant) -> bool {
        self.last_used_at.is_none_or(|last| now.0 - last.0 >= Duration::minutes(NOTE_MINUTES))
    }
}

/// Notes that a calendar was read.
pub fn note_use(conn: &mut DbConn, _everybody: &Scope, id: Id, now: Instant) -> Result<()> {
    diesel::update(calendar_feeds::table.find(id)).set(calendar_feeds::last_used_at.eq(now)).execute(conn)?;
    Ok(())
}

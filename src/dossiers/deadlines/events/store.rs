//! Queries on events that set clocks off.

use super::model::{DeadlineEventFilters, DeadlineEventKind, DeadlineEventStatus, LIFECYCLE};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::deadline_events;
use crate::db::{DbConn, Id, Instant, MultiBackend, among};
use crate::dossiers::erasure::{first_of_month, scrub_records};
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use crate::values::Day;
use crate::workflow::{Lifecycle, Stateful, Step};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = deadline_events, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct DeadlineEventRow {
    pub id: Id,
    pub dossier_id: Id,
    pub kind: DeadlineEventKind,
    pub occurred_on: Day,
    pub status: DeadlineEventStatus,
    pub recorded_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Stateful for Under<DeadlineEventRow> {
    type Status = DeadlineEventStatus;
    const LIFECYCLE: &'static Lifecycle<DeadlineEventStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> DeadlineEventStatus {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.dossier.department_code.as_str())
    }

    fn whole(&self) -> Option<Id> {
        Some(self.dossier.id)
    }
}

type Boxed<'a> = deadline_events::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(dossier_id: Id, filters: &DeadlineEventFilters) -> Boxed<'a> {
    let DeadlineEventFilters { kind, status } = filters;
    let mut query = deadline_events::table.filter(deadline_events::dossier_id.eq(dossier_id)).into_boxed();
    if let Some(kinds) = kind {
        query = among!(query, deadline_events::kind, kinds.clone());
    }
    if let Some(statuses) = status {
        query = among!(query, deadline_events::status, statuses.clone());
    }
    query
}

/// The events of a dossier that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &DeadlineEventFilters, slice: &Slice) -> Result<Vec<DeadlineEventRow>> {
    let query = filtered(dossier_id, filters).select(DeadlineEventRow::as_select());
    let page = keyset!(query, slice, deadline_events::id, { "occurred" => (deadline_events::occurred_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &DeadlineEventRow) -> Position {
    Position { key: Key::from(row.occurred_on), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &DeadlineEventFilters) -> Result<i64> {
    Ok(filtered(dossier_id, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Under<DeadlineEventRow>> {
    let row: DeadlineEventRow = deadline_events::table.find(id).select(DeadlineEventRow::as_select()).first(conn)?;
    let dossier_id = row.dossier_id;
    Under::find(conn, scope, row, dossier_id)
}

/// Stores an event of a dossier that is locked.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: DeadlineEventRow) -> Result<DeadlineEventRow> {
    diesel::insert_into(deadline_events::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are those it was made from. Its dossier is locked.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: DeadlineEventRow, step: Step<DeadlineEventStatus>) -> Result<DeadlineEventRow> {
    (row.status, row.version, row.updated_at) = (step.to, step.seen + 1, tx.now);
    let current = deadline_events::table.find(row.id);
    let current = current.filter(deadline_events::version.eq(step.seen).and(deadline_events::status.eq_any(step.states())));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// The days and words that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["occurred_on", "reason", "details"];

/// Leaves of the events of a dossier that is anonymised the month of each.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = deadline_events::table.filter(deadline_events::dossier_id.eq(dossier_id));
    let days: Vec<(Id, Day)> = of.select((deadline_events::id, deadline_events::occurred_on)).load(tx.conn)?;
    for (id, day) in days {
        diesel::update(deadline_events::table.find(id)).set(deadline_events::occurred_on.eq(first_of_month(day))).execute(tx.conn)?;
        scrub_records(tx, scope, id, FORGOTTEN)?;
    }
    Ok(())
}

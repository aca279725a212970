//! Queries on links: whoever does not read both dossiers finds none between them.

use super::model::{LIFECYCLE, LinkFilters, LinkKind, LinkNote, LinkStatus};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::dossier_links;
use crate::db::search::Written;
use crate::db::{DbConn, Id, Instant, MultiBackend, among, on_conflict, optional, take_turns};
use crate::dossiers::erasure::scrub_records;
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use crate::values::Day;
use crate::workflow::{Lifecycle, Reason, Stateful};
use diesel::prelude::*;
use std::collections::HashSet;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = dossier_links, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct LinkRow {
    pub id: Id,
    pub from_id: Id,
    pub to_id: Id,
    pub kind: LinkKind,
    pub note: Option<LinkNote>,
    pub created_by: Option<Id>,
    pub withdrawn_on: Option<Day>,
    pub withdrawn_by: Option<Id>,
    pub withdraw_reason: Option<Reason>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl LinkRow {
    pub fn status(&self) -> LinkStatus {
        if self.withdrawn_on.is_some() { LinkStatus::Withdrawn } else { LinkStatus::Standing }
    }

    /// The other dossier, as seen from one of the two.
    pub fn other(&self, dossier_id: Id) -> Id {
        if self.from_id == dossier_id { self.to_id } else { self.from_id }
    }
}

impl Stateful for Under<LinkRow> {
    type Status = LinkStatus;
    const LIFECYCLE: &'static Lifecycle<LinkStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> LinkStatus {
        self.row.status()
    }

    fn department(&self) -> Option<&str> {
        Some(self.dossier.department_code.as_str())
    }
}

type Boxed<'a> = dossier_links::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(scope: &Scope, dossier_id: Id, filters: &LinkFilters) -> Boxed<'a> {
    let LinkFilters { kind, status } = filters;
    let of = dossier_links::table.filter(dossier_links::from_id.eq(dossier_id).or(dossier_links::to_id.eq(dossier_id))).into_boxed();
    let mut query = of.filter(scope.dossier_links());
    if let Some(kinds) = kind {
        query = among!(query, dossier_links::kind, kinds.clone());
    }
    match status.as_deref() {
        Some([LinkStatus::Standing]) => query.filter(dossier_links::withdrawn_on.is_null()),
        Some([LinkStatus::Withdrawn]) => query.filter(dossier_links::withdrawn_on.is_not_null()),
        _ => query,
    }
}

/// The links of a dossier that was found in the scope to others in the scope.
pub fn list(conn: &mut DbConn, scope: &Scope, dossier_id: Id, filters: &LinkFilters, slice: &Slice) -> Result<Vec<LinkRow>> {
    let query = filtered(scope, dossier_id, filters).select(LinkRow::as_select());
    let page = keyset!(query, slice, dossier_links::id, { "created" => (dossier_links::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &LinkRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, dossier_id: Id, filters: &LinkFilters) -> Result<i64> {
    Ok(filtered(scope, dossier_id, filters).count().get_result(conn)?)
}

/// A link between two dossiers in the scope, as seen from the one that it was made from.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Under<LinkRow>> {
    let visible = dossier_links::table.into_boxed().filter(scope.dossier_links());
    let row: LinkRow = visible.filter(dossier_links::id.eq(id)).select(LinkRow::as_select()).first(conn)?;
    let from_id = row.from_id;
    Under::find(conn, scope, row, from_id)
}

/// The turns of those who link dossiers: two at once could close a loop.
const LINKS: i32 = 2;

/// Stores a link between two dossiers that were found, the first of them locked. None leads back to where it began, through whomever's
/// dossiers.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: LinkRow) -> Result<LinkRow> {
    if row.kind.is_directed() {
        take_turns(tx.conn, LINKS)?;
        let (mut seen, mut ahead) = (HashSet::new(), vec![row.to_id]);
        while !ahead.is_empty() {
            if ahead.contains(&row.from_id) {
                return Err(Error::field("/linked_dossier_id", Code::ReferenceCycle));
            }
            seen.extend(ahead.iter().copied());
            let standing = dossier_links::kind.eq(row.kind).and(dossier_links::withdrawn_on.is_null());
            let next = dossier_links::table.filter(standing.and(dossier_links::from_id.eq_any(ahead)));
            ahead = next.select(dossier_links::to_id).load::<Id>(tx.conn)?.into_iter().filter(|id| !seen.contains(id)).collect();
        }
    }
    on_conflict(diesel::insert_into(dossier_links::table).values(&row).execute(tx.conn), Code::LinkStanding)?;
    Ok(row)
}

/// The link by which a dossier stands for a duplicate of another, whoever reads that one.
pub fn of_duplicate(conn: &mut DbConn, _found_in: &Scope, id: Id) -> Result<Option<LinkRow>> {
    optional(duplicates().filter(dossier_links::from_id.eq(id)).select(LinkRow::as_select()).first(conn))
}

/// The dossiers that stand for duplicates of one.
pub fn duplicates_of(conn: &mut DbConn, _found_in: &Scope, id: Id) -> Result<Vec<Id>> {
    Ok(duplicates().filter(dossier_links::to_id.eq(id)).order(dossier_links::from_id).select(dossier_links::from_id).load(conn)?)
}

fn duplicates() -> Boxed<'static> {
    // Written out, so that the indexes of these alone are seen to hold all that is asked for.
    let standing = Written::default().sql("dossier_links.kind = 'duplicate_of' AND dossier_links.withdrawn_on IS NULL");
    dossier_links::table.filter(standing).into_boxed()
}

/// Withdraws a link that still stands at the version seen.
pub fn withdraw(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: LinkRow, reason: Reason) -> Result<LinkRow> {
    let seen = row.version;
    (row.withdrawn_on, row.withdrawn_by, row.withdraw_reason) = (Some(Day::of(tx.now.0)), tx.author.actor_id, Some(reason));
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = dossier_links::table.find(row.id).filter(dossier_links::version.eq(seen).and(dossier_links::withdrawn_on.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// What a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["dossier_id", "linked_dossier_id", "note", "withdraw_reason", "reason", "details"];

/// Cuts a dossier that is anonymised off from all others, which would lead back to whose it was.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || dossier_links::table.filter(dossier_links::from_id.eq(dossier_id).or(dossier_links::to_id.eq(dossier_id)));
    let ids: Vec<Id> = of().select(dossier_links::id).load(tx.conn)?;
    diesel::delete(of()).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}

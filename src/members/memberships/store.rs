//! Queries on memberships.

use super::model::{Dues, EndReason, MembershipState, Period, Product, SubscriptionChannel, Year};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::memberships;
use crate::db::{DbConn, Id, Instant, Json, MultiBackend, direct, insert_all, on_conflict, optional};
use crate::error::{Code, Error, Result};
use crate::members::external_ids::{name_externally, rename_externally};
use crate::members::model::ExternalId;
use crate::values::{Day, Money};
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = memberships, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct MembershipRow {
    pub id: Id,
    pub member_id: Id,
    pub product: Product,
    pub year: Year,
    pub subscribed_on: Day,
    pub insurer_registered_on: Option<Day>,
    pub starts_on: Day,
    pub ends_on: Day,
    pub predecessor_id: Option<Id>,
    pub replaces_id: Option<Id>,
    pub channel: SubscriptionChannel,
    pub insurer_holder: bool,
    pub association_cents: Money,
    pub insurance_cents: Money,
    pub external_ids: Json<Vec<ExternalId>>,
    pub status: MembershipState,
    pub end_reason: Option<EndReason>,
    pub status_reason: Option<String>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The name of memberships among the owners of external identifiers.
pub const OWNER: &str = "membership";

impl MembershipRow {
    pub fn period(&self) -> Period {
        let Self { starts_on, ends_on, insurer_registered_on, status, end_reason, .. } = self;
        Period { starts_on: *starts_on, ends_on: *ends_on, insurer_registered_on: *insurer_registered_on, state: *status, end_reason: *end_reason }
    }

    pub fn dues(&self) -> Dues {
        Dues { association: self.association_cents, insurance: self.insurance_cents }
    }
}

type Boxed<'a> = memberships::BoxedQuery<'a, MultiBackend>;

/// Periods of the members in scope.
fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let every = memberships::table.into_boxed();
    if scope.is_all() { every } else { every.filter(scope.memberships()) }
}

pub fn list(conn: &mut DbConn, scope: &Scope, member_id: Id, slice: &Slice) -> Result<Vec<MembershipRow>> {
    let query = visible(scope).filter(memberships::member_id.eq(member_id)).select(MembershipRow::as_select());
    let page = keyset!(query, slice, memberships::id, { "starts" => (memberships::starts_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &MembershipRow) -> Position {
    Position { key: Key::from(row.starts_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, member_id: Id) -> Result<i64> {
    Ok(visible(scope).filter(memberships::member_id.eq(member_id)).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<MembershipRow> {
    Ok(visible(scope).filter(memberships::id.eq(id)).select(MembershipRow::as_select()).first(conn)?)
}

/// Every period of one member that was found in the scope, the earliest first.
pub fn of_member(conn: &mut DbConn, _found_in: &Scope, member_id: Id) -> Result<Vec<MembershipRow>> {
    let rows = memberships::table.filter(memberships::member_id.eq(member_id)).order((memberships::starts_on.asc(), memberships::id.asc()));
    Ok(rows.select(MembershipRow::as_select()).load(conn)?)
}

/// Every period of members that were found in the scope, by member, the earliest first.
pub fn of_members(conn: &mut DbConn, _found_in: &Scope, member_ids: Vec<Id>) -> Result<HashMap<Id, Vec<MembershipRow>>> {
    let rows = memberships::table.filter(memberships::member_id.eq_any(member_ids)).order((memberships::starts_on.asc(), memberships::id.asc()));
    let mut by_member: HashMap<Id, Vec<MembershipRow>> = HashMap::new();
    for row in rows.select(MembershipRow::as_select()).load::<MembershipRow>(conn)? {
        by_member.entry(row.member_id).or_default().push(row);
    }
    Ok(by_member)
}

/// What counts of a period when days are asked about, and which version of which period says so.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = memberships)]
pub struct ProofRow {
    pub id: Id,
    pub version: i32,
    pub member_id: Id,
    starts_on: Day,
    ends_on: Day,
    insurer_registered_on: Option<Day>,
    status: MembershipState,
    end_reason: Option<EndReason>,
}

impl ProofRow {
    pub fn period(&self) -> Period {
        let Self { starts_on, ends_on, insurer_registered_on, status, end_reason, .. } = self;
        Period { starts_on: *starts_on, ends_on: *ends_on, insurer_registered_on: *insurer_registered_on, state: *status, end_reason: *end_reason }
    }
}

/// What every period of one member that was found in the scope says, the earliest first.
pub fn proofs_of(conn: &mut DbConn, _found_in: &Scope, member_id: Id) -> Result<Vec<ProofRow>> {
    let rows = memberships::table.filter(memberships::member_id.eq(member_id)).order((memberships::starts_on.asc(), memberships::id.asc()));
    Ok(direct!(conn, |conn| rows.select(ProofRow::as_select()).load(conn))?)
}

/// The periods of members that were found in the scope, by member.
pub fn periods_of(conn: &mut DbConn, found_in: &Scope, member_ids: &[Id]) -> Result<HashMap<Id, Vec<Period>>> {
    let rows: Vec<ProofRow> = match member_ids {
        [member_id] => proofs_of(conn, found_in, *member_id)?,
        _ => memberships::table.filter(memberships::member_id.eq_any(member_ids)).select(ProofRow::as_select()).load(conn)?,
    };
    let mut by_member: HashMap<Id, Vec<Period>> = HashMap::new();
    for row in rows {
        by_member.entry(row.member_id).or_default().push(row.period());
    }
    Ok(by_member)
}

/// Stores a period of a member whose references are locked, unless one in force shares a day with it.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: MembershipRow) -> Result<MembershipRow> {
    check_free(tx.conn, &row)?;
    on_conflict(diesel::insert_into(memberships::table).values(&row).execute(tx.conn), Code::MembershipOverlap)?;
    name_externally(tx.conn, OWNER, [(row.id, row.external_ids.0.as_slice())])?;
    Ok(row)
}

/// Stores periods in few statements (renewals, imports); the caller has seen to it that none overlaps and records them.
pub fn insert_many(tx: &mut Tx<'_>, _locked_in: &Scope, rows: &[MembershipRow]) -> Result<()> {
    insert_all!(tx.conn, memberships::table, rows);
    name_externally(tx.conn, OWNER, rows.iter().map(|row| (row.id, row.external_ids.0.as_slice())))
}

/// Stores the row as its next version, if its current version and status still are those it was made from.
pub fn update(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: MembershipRow, from: &[MembershipState]) -> Result<MembershipRow> {
    if row.status.in_force() {
        check_free(tx.conn, &row)?;
        rename_externally(tx.conn, OWNER, row.id, &row.external_ids.0)?;
    } else {
        // What does not count any more leaves its names to the row that takes its place.
        rename_externally(tx.conn, OWNER, row.id, &[])?;
    }
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = memberships::table.find(row.id).filter(memberships::version.eq(seen).and(memberships::status.eq_any(from.to_vec())));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Stores the row as its next version, whatever its state, with the names it has: what a merge does, and takes back.
pub fn put(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: MembershipRow) -> Result<MembershipRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = memberships::table.find(row.id).filter(memberships::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// A period, whosever it is.
pub fn find_any(conn: &mut DbConn, _everywhere: &Scope, id: Id) -> Result<Option<MembershipRow>> {
    optional(memberships::table.find(id).select(MembershipRow::as_select()).first(conn))
}

/// Periods that continue or replace this one, and others that continue the same one as it does.
pub fn related(conn: &mut DbConn, _locked_in: &Scope, row: &MembershipRow) -> Result<Vec<MembershipRow>> {
    let continued: Vec<Id> = row.predecessor_id.into_iter().chain([row.id]).collect();
    let others =
        memberships::table.filter(memberships::id.ne(row.id)).filter(memberships::predecessor_id.eq_any(continued).or(memberships::replaces_id.eq(row.id)));
    Ok(others.select(MembershipRow::as_select()).load(conn)?)
}

/// Refuses a period that shares a day with another in force; the member is locked, so that no other can come in between.
fn check_free(conn: &mut DbConn, row: &MembershipRow) -> Result<()> {
    let others = memberships::table
        .filter(memberships::member_id.eq(row.member_id).and(memberships::product.eq(row.product)).and(memberships::id.ne(row.id)))
        .filter(memberships::status.eq_any(MembershipState::IN_FORCE))
        .filter(memberships::starts_on.le(row.ends_on).and(memberships::ends_on.ge(row.starts_on)));
    let taken: bool = diesel::select(diesel::dsl::exists(others)).get_result(conn)?;
    if taken { Err(Error::of(Code::MembershipOverlap)) } else { Ok(()) }
}

//! Queries on conflicts, and on whom they are between.

use super::detection::Standing;
use super::model::{ConflictFilters, ConflictStatus, LIFECYCLE};
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::{Scope, WallKind};
use crate::db::columns::sql::{Instant as InstantColumn, Uuid};
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{dossier_conflicts, dossier_parties, dossier_walls, dossiers, lawyer_mandates, members, party_digests, users};
use crate::db::{DbConn, Id, Instant, MultiBackend, lock_in_order};
use crate::dossiers::erasure::scrub_records;
use crate::dossiers::parties::identity::{Marks, names_of};
use crate::error::{Code, Error, Result};
use crate::values::Day;
use crate::workflow::{Lifecycle, Reason, Stateful, Step};
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Text};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, AsChangeset, Identifiable)]
#[diesel(table_name = dossier_conflicts, treat_none_as_null = true)]
pub struct ConflictRow {
    pub id: Id,
    pub low_id: Id,
    pub high_id: Id,
    pub found_on: Day,
    pub waived_on: Option<Day>,
    pub waived_by: Option<Id>,
    pub waive_reason: Option<Reason>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl ConflictRow {
    pub fn status(&self) -> ConflictStatus {
        if self.waived_on.is_some() { ConflictStatus::Waived } else { ConflictStatus::Open }
    }
}

/// A conflict with those of its dossiers that the caller sees, one at least, each with its department.
#[derive(Debug, Clone)]
pub struct ConflictOf {
    pub row: ConflictRow,
    pub seen: Vec<(Id, String)>,
}

impl Part for ConflictOf {}

impl Stateful for ConflictOf {
    type Status = ConflictStatus;
    const LIFECYCLE: &'static Lifecycle<ConflictStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> ConflictStatus {
        self.row.status()
    }

    fn department(&self) -> Option<&str> {
        self.seen.first().map(|(_, code)| code.as_str())
    }
}

type Boxed<'a> = dossier_conflicts::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(scope: &Scope, filters: &ConflictFilters) -> Boxed<'a> {
    let query = dossier_conflicts::table.into_boxed().filter(scope.dossier_conflicts());
    match filters.status.as_deref() {
        Some([ConflictStatus::Open]) => query.filter(dossier_conflicts::waived_on.is_null()),
        Some([ConflictStatus::Waived]) => query.filter(dossier_conflicts::waived_on.is_not_null()),
        _ => query,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &ConflictFilters, slice: &Slice) -> Result<Vec<ConflictOf>> {
    let query = filtered(scope, filters).select(ConflictRow::as_select());
    let page = keyset!(query, slice, dossier_conflicts::id, { "found" => (dossier_conflicts::found_on, day) });
    let rows = page.load(conn)?;
    with_dossiers(conn, scope, rows)
}

pub fn position(row: &ConflictRow) -> Position {
    Position { key: Key::from(row.found_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &ConflictFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<ConflictOf> {
    let visible = dossier_conflicts::table.into_boxed().filter(scope.dossier_conflicts());
    let row = visible.filter(dossier_conflicts::id.eq(id)).select(ConflictRow::as_select()).first(conn)?;
    with_dossiers(conn, scope, vec![row])?.pop().ok_or_else(Error::not_found)
}

fn with_dossiers(conn: &mut DbConn, scope: &Scope, rows: Vec<ConflictRow>) -> Result<Vec<ConflictOf>> {
    let ids: Vec<Id> = rows.iter().flat_map(|row| [row.low_id, row.high_id]).collect();
    let visible = dossiers::table.into_boxed().filter(scope.dossiers()).filter(dossiers::id.eq_any(ids));
    let codes: BTreeMap<Id, String> = visible.select((dossiers::id, dossiers::department_code)).load(conn)?.into_iter().collect();
    let seen = |row: &ConflictRow| [row.low_id, row.high_id].into_iter().filter_map(|id| Some((id, codes.get(&id)?.clone()))).collect();
    Ok(rows.into_iter().map(|row| ConflictOf { seen: seen(&row), row }).collect())
}

/// Waives a conflict that still is open at the version seen.
pub fn waive(tx: &mut Tx<'_>, _found_in: &Scope, mut row: ConflictRow, step: Step<ConflictStatus>, reason: Reason) -> Result<ConflictRow> {
    (row.waived_on, row.waived_by, row.waive_reason) = (Some(Day::of(tx.now.0)), tx.author.actor_id, Some(reason));
    (row.version, row.updated_at) = (step.seen + 1, tx.now);
    let current = dossier_conflicts::table.find(row.id).filter(dossier_conflicts::version.eq(step.seen).and(dossier_conflicts::waived_on.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// A member whom somebody may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    pub member_id: Id,
    /// By a reference, or by name and date of birth.
    pub surely: bool,
}

type Names = (Id, String, String, Option<String>);

/// The members, in any department, whom somebody with these marks may be.
pub fn recognised(conn: &mut DbConn, _everywhere: &Scope, marks: &Marks) -> Result<Vec<Recognised>> {
    let living = || members::table.filter(members::deleted_at.is_null());
    let mut found: BTreeMap<Id, bool> = BTreeMap::new();
    for email in &marks.emails {
        found.extend(living().filter(members::email_key.eq(email)).select(members::id).load::<Id>(conn)?.into_iter().map(|id| (id, false)));
    }
    for phone in &marks.phones {
        found.extend(living().filter(members::phone.eq(phone)).select(members::id).load::<Id>(conn)?.into_iter().map(|id| (id, false)));
    }
    for day in marks.names.iter().map(|(_, day)| *day).collect::<BTreeSet<Day>>() {
        let born = living().filter(members::birth_date.eq(day)).select((members::id, members::last_name, members::first_name, members::birth_name));
        let named = |(_, last, first, birth): &Names| {
            let names = names_of(last, first, birth.as_deref());
            marks.names.iter().any(|(name, of)| *of == day && names.contains(name))
        };
        found.extend(born.load::<Names>(conn)?.iter().filter(|row| named(row)).map(|(id, ..)| (*id, true)));
    }
    found.extend(marks.members.iter().map(|id| (*id, true)));
    Ok(found.into_iter().map(|(member_id, surely)| Recognised { member_id, surely }).collect())
}

/// A dossier against another, and the party for whose sake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opposed {
    pub dossier_id: Id,
    pub party_id: Id,
}

/// The dossiers, in any department, on whose other side somebody stands who has one of these digests or is one of these members.
pub fn opposed(
    conn: &mut DbConn,
    _everywhere: &Scope,
    standing: Standing,
    digests: &[Vec<u8>],
    referred: &[Id],
    recognised: &[Recognised],
) -> Result<Vec<Opposed>> {
    let own = standing.dossier_id();
    let members: Vec<Id> = recognised.iter().map(|recognised| recognised.member_id).chain(referred.iter().copied()).collect();
    let opponent = || dossier_parties::role.eq_any(standing.side().opponents()).and(dossier_parties::dossier_id.ne(own));
    let columns = (dossier_parties::dossier_id, dossier_parties::id);
    let marked = party_digests::table.inner_join(dossier_parties::table).filter(party_digests::digest.eq_any(digests));
    let mut found: Vec<(Id, Id)> = marked.filter(opponent()).select(columns).load(conn)?;
    let named = dossier_parties::member_id.is_not_null().and(dossier_parties::member_id.assume_not_null().eq_any(members.clone()));
    found.extend(dossier_parties::table.filter(named).filter(opponent()).select(columns).load::<(Id, Id)>(conn)?);
    if let Standing::Against { party_id, .. } = standing {
        let theirs = dossiers::member_id.is_not_null().and(dossiers::member_id.assume_not_null().eq_any(members));
        let cases: Vec<Id> = dossiers::table.filter(theirs.and(dossiers::id.ne(own))).select(dossiers::id).load(conn)?;
        // It is for the sake of the party that stands against a dossier.
        found = found.into_iter().map(|(dossier_id, _)| dossier_id).chain(cases).map(|dossier_id| (dossier_id, party_id)).collect();
    }
    let mut found: Vec<Opposed> = found.into_iter().map(|(dossier_id, party_id)| Opposed { dossier_id, party_id }).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Makes two locked dossiers a pair, unless they are one, and keeps the member of each from the other. Of a dossier that is nowhere it
/// does nothing.
pub fn pair(tx: &mut Tx<'_>, _locked_in: &Scope, own: Id, Opposed { dossier_id: other, party_id }: Opposed) -> Result<()> {
    sql::<Bool>("INSERT INTO dossier_conflicts (id, low_id, high_id, found_on, version, created_at, updated_at) SELECT ")
        .bind::<Uuid, _>(Id::new())
        .sql(", ")
        .bind::<Uuid, _>(own.min(other))
        .sql(", ")
        .bind::<Uuid, _>(own.max(other))
        .sql(", ")
        .bind::<Date, _>(Day::of(tx.now.0))
        .sql(", 1, ")
        .bind::<InstantColumn, _>(tx.now)
        .sql(", ")
        .bind::<InstantColumn, _>(tx.now)
        .sql(" FROM dossiers WHERE status <> 'anonymised' AND id = ")
        .bind::<Uuid, _>(other)
        .sql(" ON CONFLICT DO NOTHING")
        .execute(tx.conn)?;
    put_up(tx, OF_MEMBER_OF_DOSSIER, (other, own), party_id)?;
    put_up(tx, OF_MEMBER_OF_DOSSIER, (own, other), party_id)
}

/// Keeps a member from a dossier for the sake of a party. Of a member who is nobody it does nothing.
pub fn wall_off(tx: &mut Tx<'_>, _locked_in: &Scope, dossier_id: Id, member_id: Id, party_id: Id) -> Result<()> {
    put_up(tx, OF_MEMBER, (dossier_id, member_id), party_id)
}

/// Whose wall it is: a member, or the one of a dossier.
const OF_MEMBER: &str = "person.id FROM dossiers walled, members person WHERE person.id = ";
const OF_MEMBER_OF_DOSSIER: &str = "person.member_id FROM dossiers walled, dossiers person WHERE person.member_id IS NOT NULL AND person.id = ";

fn put_up(tx: &mut Tx<'_>, whose: &'static str, (walled, of): (Id, Id), party_id: Id) -> Result<()> {
    sql::<Bool>("INSERT INTO dossier_walls (id, dossier_id, kind, since, party_id, member_id) SELECT ")
        .bind::<Uuid, _>(Id::new())
        .sql(", walled.id, ")
        .bind::<Text, _>(WallKind::OpposingParty.as_str())
        .sql(", ")
        .bind::<InstantColumn, _>(tx.now)
        .sql(", ")
        .bind::<Uuid, _>(party_id)
        .sql(", ")
        .sql(whose)
        .bind::<Uuid, _>(of)
        .sql(" AND walled.id = ")
        .bind::<Uuid, _>(walled)
        .execute(tx.conn)?;
    Ok(())
}

/// The conflicts of a dossier that nobody has waived.
fn open_of(dossier_id: Id) -> dossier_conflicts::BoxedQuery<'static, MultiBackend> {
    let of = dossier_conflicts::low_id.eq(dossier_id).or(dossier_conflicts::high_id.eq(dossier_id));
    dossier_conflicts::table.into_boxed().filter(of.and(dossier_conflicts::waived_on.is_null()))
}

/// Keeps a dossier locked, so that no conflict is found meanwhile, and its open conflicts: of two dossiers that oppose each other, the
/// second to be given to one person sees the first.
pub fn hold(tx: &mut Tx<'_>, _found_in: &Scope, dossier_id: Id) -> Result<()> {
    lock_in_order(tx.conn, "dossiers", &[dossier_id])?;
    let ids: Vec<Id> = open_of(dossier_id).select(dossier_conflicts::id).load(tx.conn)?;
    lock_in_order(tx.conn, "dossier_conflicts", &ids)
}

/// The dossiers that oppose one.
fn opponents(conn: &mut DbConn, dossier_id: Id) -> Result<Vec<Id>> {
    let pairs: Vec<(Id, Id)> = open_of(dossier_id).select((dossier_conflicts::low_id, dossier_conflicts::high_id)).load(conn)?;
    Ok(pairs.into_iter().map(|(low, high)| if low == dossier_id { high } else { low }).collect())
}

/// The accounts, of those given, that are kept from a dossier as an opposing party.
fn walled(conn: &mut DbConn, dossier_id: Id, accounts: Vec<Id>) -> Result<Vec<Id>> {
    let walls = dossier_walls::table.filter(dossier_walls::dossier_id.eq(dossier_id).and(dossier_walls::kind.eq(WallKind::OpposingParty.as_str())));
    let against = dossier_walls::user_id.eq(users::id.nullable()).or(dossier_walls::member_id.eq(users::member_id));
    Ok(users::table.filter(users::id.eq_any(accounts)).filter(exists(walls.filter(against))).select(users::id).load(conn)?)
}

/// Refuses to put somebody in charge of a dossier who is in charge of one that opposes it, or is kept from it as an opposing party.
pub fn bar(tx: &mut Tx<'_>, found_in: &Scope, dossier_id: Id, user_id: Id) -> Result<()> {
    hold(tx, found_in, dossier_id)?;
    let theirs = dossiers::table.filter(dossiers::id.eq_any(opponents(tx.conn, dossier_id)?)).filter(dossiers::referent_id.eq(user_id));
    let barred: bool = diesel::select(exists(theirs)).get_result(tx.conn)?;
    if barred || !walled(tx.conn, dossier_id, vec![user_id])?.is_empty() { Err(Error::of(Code::ConflictBarred)) } else { Ok(()) }
}

/// The lawyers, of those given each with their account, to whom a dossier cannot be entrusted: those who ever accepted one that opposes
/// it, and those who are kept from it as an opposing party.
pub fn barred_lawyers(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, lawyers: &[(Id, Option<Id>)]) -> Result<BTreeSet<Id>> {
    let accepted =
        lawyer_mandates::table.filter(lawyer_mandates::dossier_id.eq_any(opponents(conn, dossier_id)?)).filter(lawyer_mandates::accepted_on.is_not_null());
    let theirs = accepted.filter(lawyer_mandates::lawyer_id.is_not_null()).select(lawyer_mandates::lawyer_id.assume_not_null());
    let mut barred: BTreeSet<Id> = theirs.load(conn)?.into_iter().collect();
    let walled = walled(conn, dossier_id, lawyers.iter().filter_map(|(_, account)| *account).collect())?;
    barred.extend(lawyers.iter().filter(|(_, account)| account.is_some_and(|account| walled.contains(&account))).map(|(id, _)| *id));
    Ok(barred)
}

/// Forgets the conflicts of a dossier that is anonymised: each would tell whom it was against.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || dossier_conflicts::table.filter(dossier_conflicts::low_id.eq(dossier_id).or(dossier_conflicts::high_id.eq(dossier_id)));
    let ids: Vec<Id> = of().select(dossier_conflicts::id).load(tx.conn)?;
    diesel::delete(of()).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}

/// The fields that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["dossier_id", "opposing_dossier_id", "waive_reason", "reason"];

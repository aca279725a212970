//! Queries on parties and on the digests by which they are recognised.

use super::model::{PartyCategory, PartyFilters, PartyRole};
use crate::audit::Tx;
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{dossier_parties, dossier_walls, party_digests};
use crate::db::{DbConn, Id, Instant, MultiBackend, among, insert_all};
use crate::dossiers;
use crate::dossiers::conflicts::detection::Found;
use crate::dossiers::erasure::scrub_of_member;
use crate::error::{Code, Error, Result};
use crate::values::{Day, DisplayName, Email, Phone};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = dossier_parties, treat_none_as_null = true)]
pub struct PartyRow {
    pub id: Id,
    pub dossier_id: Id,
    pub role: PartyRole,
    pub category: PartyCategory,
    pub minor: Option<bool>,
    pub display_name: Option<DisplayName>,
    pub birth_date: Option<Day>,
    pub member_id: Option<Id>,
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Part for PartyRow {
    fn part_of(&self) -> Option<(Confided, Id)> {
        Some((Confided::Dossier, self.dossier_id))
    }
}

#[derive(Insertable)]
#[diesel(table_name = party_digests)]
struct DigestRow {
    digest: Vec<u8>,
    party_id: Id,
}

type Boxed<'a> = dossier_parties::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(dossier_id: Id, filters: &PartyFilters) -> Boxed<'a> {
    let PartyFilters { role, category } = filters;
    let mut query = dossier_parties::table.filter(dossier_parties::dossier_id.eq(dossier_id)).into_boxed();
    if let Some(roles) = role {
        query = among!(query, dossier_parties::role, roles.clone());
    }
    if let Some(categories) = category {
        query = among!(query, dossier_parties::category, categories.clone());
    }
    query
}

/// The parties of a dossier that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &PartyFilters, slice: &Slice) -> Result<Vec<PartyRow>> {
    let query = filtered(dossier_id, filters).select(PartyRow::as_select());
    let page = keyset!(query, slice, dossier_parties::id, { "created" => (dossier_parties::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &PartyRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &PartyFilters) -> Result<i64> {
    Ok(filtered(dossier_id, filters).count().get_result(conn)?)
}

/// A party of a dossier in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<PartyRow> {
    let row: PartyRow = dossier_parties::table.find(id).select(PartyRow::as_select()).first(conn)?;
    dossiers::store::find(conn, scope, row.dossier_id)?;
    Ok(row)
}

/// Those of these parties that a dossier has which was found in the scope.
pub fn of_dossier(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, ids: Vec<Id>) -> Result<Vec<PartyRow>> {
    let of = dossier_parties::table.filter(dossier_parties::dossier_id.eq(dossier_id).and(dossier_parties::id.eq_any(ids)));
    Ok(of.select(PartyRow::as_select()).load(conn)?)
}

/// Stores a party of a dossier that was found open and is locked, and what it is recognised by.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: PartyRow, found: &Found) -> Result<PartyRow> {
    diesel::insert_into(dossier_parties::table).values(&row).execute(tx.conn)?;
    recognise_by(tx, row.id, found)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from. The walls that stood for its sake
/// fall: they are put up anew for whom it is now.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: PartyRow, found: &Found) -> Result<PartyRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = dossier_parties::table.find(row.id).filter(dossier_parties::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? != 1 {
        return Err(Error::of(Code::VersionStale));
    }
    diesel::delete(party_digests::table.filter(party_digests::party_id.eq(row.id))).execute(tx.conn)?;
    diesel::delete(dossier_walls::table.filter(dossier_walls::party_id.eq(row.id))).execute(tx.conn)?;
    recognise_by(tx, row.id, found)?;
    Ok(row)
}

fn recognise_by(tx: &mut Tx<'_>, party_id: Id, found: &Found) -> Result<()> {
    let rows: Vec<DigestRow> = found.digests().iter().cloned().map(|digest| DigestRow { digest, party_id }).collect();
    insert_all!(tx.conn, party_digests::table, rows);
    Ok(())
}

/// The fields that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["display_name", "birth_date", "member_id", "email", "phone"];

/// Takes the people out of the parties of a dossier that is anonymised, with all by which they were recognised and kept away, and of
/// all that is remembered of them: which parts there were stays.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || dossier_parties::table.filter(dossier_parties::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(dossier_parties::id).load(tx.conn)?;
    let nobody = (
        dossier_parties::display_name.eq(None::<String>),
        dossier_parties::birth_date.eq(None::<Day>),
        dossier_parties::member_id.eq(None::<Id>),
        dossier_parties::email.eq(None::<String>),
        dossier_parties::phone.eq(None::<String>),
    );
    diesel::update(of()).set(nobody).execute(tx.conn)?;
    diesel::delete(party_digests::table.filter(party_digests::party_id.eq_any(ids.clone()))).execute(tx.conn)?;
    diesel::delete(dossier_walls::table.filter(dossier_walls::party_id.eq_any(ids.iter().copied().map(Some).collect::<Vec<_>>()))).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_of_member(tx, scope, id, FORGOTTEN))
}

//! Queries on whom somebody may be, in any department, and which dossiers that sets against each other.

use super::detection::Standing;
use crate::audit::Tx;
use crate::auth::{Scope, WallKind};
use crate::db::columns::sql::{Instant as InstantColumn, Uuid};
use crate::db::schema::{dossier_parties, dossiers, members, party_digests};
use crate::db::{DbConn, Id};
use crate::dossiers::parties::identity::{Marks, names_of};
use crate::error::Result;
use crate::values::Day;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Text};
use std::collections::{BTreeMap, BTreeSet};

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

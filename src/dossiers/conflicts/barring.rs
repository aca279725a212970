//! Queries on who is in charge of what: nobody is newly put in charge of a dossier who is of one that opposes it.

use crate::audit::Tx;
use crate::auth::{Scope, WallKind};
use crate::db::schema::{dossier_conflicts, dossier_walls, dossiers, lawyer_mandates, users};
use crate::db::{DbConn, Id, MultiBackend, lock_in_order};
use crate::error::{Code, Error, Result};
use diesel::dsl::exists;
use diesel::prelude::*;
use std::collections::BTreeSet;

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

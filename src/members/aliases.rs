//! Where records of members have gone: under which number, into which other record; and many of them locked at once.

use super::store::{MemberRow, find, find_by_ids, visible};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::schema::members;
use crate::db::{DbConn, Id, lock_in_order, optional};
use crate::error::{Error, Result};
use diesel::prelude::*;
use std::collections::HashMap;

/// Who has these numbers, wherever they are and were they taken away; of a record that was merged, the one it was merged into.
pub fn holders(conn: &mut DbConn, _everywhere: &Scope, numbers: Vec<String>) -> Result<HashMap<String, Id>> {
    let columns = (members::member_number, members::id, members::merged_into_id);
    let rows: Vec<(String, Id, Option<Id>)> = members::table.filter(members::member_number.eq_any(numbers)).select(columns).load(conn)?;
    rows.into_iter().map(|(number, id, merged_into)| Ok((number, if merged_into.is_some() { last_of_chain(conn, id)? } else { id }))).collect()
}

/// Merges that follow each other: A into B, B into C.
const CHAIN_MAX: usize = 50;

/// Where the record of a member has gone in the end.
fn last_of_chain(conn: &mut DbConn, mut id: Id) -> Result<Id> {
    for _ in 0..CHAIN_MAX {
        let next: Option<Option<Id>> = optional(members::table.filter(members::id.eq(id)).select(members::merged_into_id).first(conn))?;
        match next.flatten() {
            Some(next) => id = next,
            None => break,
        }
    }
    Ok(id)
}

/// The member, or of a record that was merged the one it was merged into.
pub fn find_final(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<MemberRow> {
    let last = last_of_chain(conn, id)?;
    find(conn, scope, last)
}

/// Why a member is not found; of a record that was merged, with the way to where it went for those who may see that.
pub fn way_on(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Error> {
    let last = last_of_chain(conn, id)?;
    let shown: Option<Id> = optional(visible(scope).filter(members::id.eq(last)).select(members::id).first(conn))?;
    Ok(if last != id && shown.is_some() { Error::not_found().moved(id, last) } else { Error::not_found() })
}

/// `lock_references` for many members, of which those in the scope are given by id.
pub fn lock_many(tx: &mut Tx<'_>, scope: &Scope, mut ids: Vec<Id>) -> Result<HashMap<Id, MemberRow>> {
    ids.sort_unstable();
    ids.dedup();
    lock_in_order(tx.conn, "members", &ids)?;
    Ok(find_by_ids(tx.conn, scope, ids)?.into_iter().map(|row| (row.id, row)).collect())
}

/// `lock_many` for records of which some are gone: the caller has found what they were merged into in the scope.
pub fn lock_with_gone(tx: &mut Tx<'_>, _found_in: &Scope, mut ids: Vec<Id>) -> Result<HashMap<Id, MemberRow>> {
    ids.sort_unstable();
    lock_in_order(tx.conn, "members", &ids)?;
    let rows = members::table.filter(members::id.eq_any(ids)).select(MemberRow::as_select()).load::<MemberRow>(tx.conn)?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

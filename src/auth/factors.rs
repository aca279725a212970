//! Queries on second factors, recovery codes and leave to enrol.

use super::store::{UserRow, find_user};
use crate::db::schema::{factor_tickets, recovery_codes, second_factors};
use crate::db::{DbConn, Id, Instant, insert_all, on_conflict, optional};
use crate::error::{Code, Result};
use diesel::prelude::*;

/// The encrypted secret of an account's factor.
pub fn find_factor(conn: &mut DbConn, user_id: Id) -> Result<Option<String>> {
    optional(second_factors::table.find(user_id).select(second_factors::secret).first(conn))
}

/// Uses the code of a step up, unless it or a later one was taken: the condition and the mark are one statement.
pub fn use_step(conn: &mut DbConn, user_id: Id, step: i64) -> Result<bool> {
    let earlier = second_factors::table.find(user_id).filter(second_factors::last_step.lt(step));
    Ok(diesel::update(earlier).set(second_factors::last_step.eq(step)).execute(conn)? == 1)
}

/// Uses a recovery code up, unless it was.
pub fn use_recovery_code(conn: &mut DbConn, user_id: Id, digest: &[u8], now: Instant) -> Result<bool> {
    let unused = recovery_codes::table.find(digest).filter(recovery_codes::user_id.eq(user_id).and(recovery_codes::used_at.is_null()));
    Ok(diesel::update(unused).set(recovery_codes::used_at.eq(now)).execute(conn)? == 1)
}

/// Stores leave to enrol in the place of what was given before.
pub fn insert_ticket(conn: &mut DbConn, digest: &[u8], user_id: Id, secret: &str, expires_at: Instant) -> Result<()> {
    forget_tickets(conn, user_id)?;
    let values =
        (factor_tickets::digest.eq(digest), factor_tickets::user_id.eq(user_id), factor_tickets::secret.eq(secret), factor_tickets::expires_at.eq(expires_at));
    diesel::insert_into(factor_tickets::table).values(values).execute(conn)?;
    Ok(())
}

fn forget_tickets(conn: &mut DbConn, user_id: Id) -> Result<()> {
    diesel::delete(factor_tickets::table.filter(factor_tickets::user_id.eq(user_id))).execute(conn)?;
    Ok(())
}

/// The enabled account that a ticket lets enrol, and the encrypted secret.
pub fn find_ticket(conn: &mut DbConn, digest: &[u8], now: Instant) -> Result<Option<(UserRow, String)>> {
    let good = factor_tickets::table.find(digest).filter(factor_tickets::expires_at.gt(now));
    let Some((user_id, secret)) = optional(good.select((factor_tickets::user_id, factor_tickets::secret)).first::<(Id, String)>(conn))? else {
        return Ok(None);
    };
    Ok(find_user(conn, user_id)?.filter(|user| user.enabled).map(|user| (user, secret)))
}

/// Enrols an account that has no factor, with its recovery codes; the ticket is used up.
pub fn enrol(conn: &mut DbConn, user_id: Id, secret: &str, step: i64, codes: &[Vec<u8>], now: Instant) -> Result<()> {
    let values =
        (second_factors::user_id.eq(user_id), second_factors::secret.eq(secret), second_factors::last_step.eq(step), second_factors::enrolled_at.eq(now));
    on_conflict(diesel::insert_into(second_factors::table).values(values).execute(conn), Code::FactorEnrolled)?;
    replace_recovery_codes(conn, user_id, codes)?;
    forget_tickets(conn, user_id)
}

/// Gives an account these recovery codes in the place of those it had, used or not.
pub fn replace_recovery_codes(conn: &mut DbConn, user_id: Id, codes: &[Vec<u8>]) -> Result<()> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(conn)?;
    let rows: Vec<_> = codes.iter().map(|digest| (recovery_codes::digest.eq(digest), recovery_codes::user_id.eq(user_id))).collect();
    insert_all!(conn, recovery_codes::table, rows);
    Ok(())
}

/// Forgets the factor of an account; tells whether there was one.
pub fn forget_factor(conn: &mut DbConn, user_id: Id) -> Result<bool> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(conn)?;
    forget_tickets(conn, user_id)?;
    Ok(diesel::delete(second_factors::table.find(user_id)).execute(conn)? == 1)
}

/// Forgets tickets that are past their time.
pub fn sweep(conn: &mut DbConn, now: Instant) -> Result<()> {
    diesel::delete(factor_tickets::table.filter(factor_tickets::expires_at.lt(now))).execute(conn)?;
    Ok(())
}

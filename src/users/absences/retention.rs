//! Forgetting absences: a year after its end nobody needs to know of one. That there was one stays in its versions, without whose and when.

use super::model::KEPT_DAYS;
use super::store;
use crate::audit::{self, Author, Tx};
use crate::auth::Scope;
use crate::db::{DbConn, Instant};
use crate::error::Result;
use crate::http::idempotency;
use crate::values::Day;
use serde_json::Value;

/// The fields that a version or a stored reply loses.
const FORGOTTEN: [&str; 4] = ["user_id", "starts_on", "ends_on", "created_by"];
/// Absences forgotten in one transaction.
const BATCH: i64 = 100;

fn empty(view: &mut Value) {
    for name in FORGOTTEN {
        if let Some(value) = view.get_mut(name) {
            *value = Value::Null;
        }
    }
}

/// Forgets some of those that are past their time; tells how many.
pub fn sweep(conn: &mut DbConn, author: &Author, now: Instant) -> Result<usize> {
    let (scope, before) = (Scope::console(), Day::of(now.0).plus(-KEPT_DAYS));
    let ended = store::ended_before(conn, &scope, before, BATCH)?;
    let mut tx = Tx { conn, author, now };
    let mut forgotten = 0;
    for id in ended {
        if store::forget(&mut tx, &scope, id)? {
            audit::scrub(&mut tx, &scope, id, empty)?;
            idempotency::scrub(tx.conn, id, empty)?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}

//! Queries on what is told.

use super::Told;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::schema::changes;
use crate::db::{DbConn, Id, Instant, insert_all, settled};
use crate::error::Result;
use diesel::prelude::*;

#[derive(Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
struct NewChange {
    resource: &'static str,
    resource_id: Id,
    version: i32,
    action: crate::audit::Action,
    origin: &'static str,
    department_code: Option<crate::values::DepartmentCode>,
    previous_department_code: Option<crate::values::DepartmentCode>,
    recorded_at: Instant,
}

/// Tells of changes, in the transaction that makes them.
pub fn tell(tx: &mut Tx<'_>, _made_in: &Scope, told: Vec<Told>) -> Result<()> {
    let (origin, recorded_at) = (tx.author.origin.as_str(), tx.now);
    let rows: Vec<NewChange> = told
        .into_iter()
        .map(|Told { resource, resource_id, version, action, department_code, previous_department_code }| NewChange {
            resource,
            resource_id,
            version,
            action,
            origin,
            department_code,
            previous_department_code,
            recorded_at,
        })
        .collect();
    insert_all!(tx.conn, changes::table, rows);
    Ok(())
}

#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = changes)]
pub struct ChangeRow {
    pub transaction_id: i64,
    pub position: i64,
    pub resource: String,
    pub resource_id: Id,
    pub version: i32,
    pub action: String,
    pub origin: String,
    pub department_code: Option<String>,
    pub previous_department_code: Option<String>,
    pub recorded_at: Instant,
}

/// Where a reader of the feed stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeedPosition {
    pub transaction_id: i64,
    pub position: i64,
}

/// What was told after a position. The order is by transaction, then by row, and rows of a transaction that may still be running,
/// with all later ones, are held back: a reader that goes on from the last row it was given misses nothing.
pub fn after(conn: &mut DbConn, _scope: &Scope, seen: FeedPosition, limit: i64) -> Result<Vec<ChangeRow>> {
    let FeedPosition { transaction_id, position } = seen;
    let rows = changes::table
        .filter(changes::transaction_id.ge(transaction_id).and(changes::transaction_id.gt(transaction_id).or(changes::position.gt(position))))
        .filter(settled(conn.engine(), "changes"));
    Ok(rows.order((changes::transaction_id.asc(), changes::position.asc())).limit(limit).select(ChangeRow::as_select()).load(conn)?)
}

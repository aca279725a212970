//! Queries on batches of payments.

use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_payment_batches as batches;
use crate::db::{DbConn, Id, Instant, MultiBackend};
use crate::error::Result;
use crate::values::{DepartmentCode, Money};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, Identifiable)]
#[diesel(table_name = batches, treat_none_as_default_value = false)]
pub struct PaymentBatchRow {
    pub id: Id,
    pub association_id: Id,
    pub department_code: DepartmentCode,
    pub payments_count: i32,
    pub total_cents: Money,
    pub created_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
}

fn visible<'a>(scope: &Scope) -> batches::BoxedQuery<'a, MultiBackend> {
    batches::table.into_boxed().filter(scope.aid_payment_batches())
}

pub fn list(conn: &mut DbConn, scope: &Scope, slice: &Slice) -> Result<Vec<PaymentBatchRow>> {
    let query = visible(scope).select(PaymentBatchRow::as_select());
    let page = keyset!(query, slice, batches::id, { "created" => (batches::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &PaymentBatchRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope) -> Result<i64> {
    Ok(visible(scope).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<PaymentBatchRow> {
    Ok(visible(scope).filter(batches::id.eq(id)).select(PaymentBatchRow::as_select()).first(conn)?)
}

pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: PaymentBatchRow) -> Result<PaymentBatchRow> {
    diesel::insert_into(batches::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

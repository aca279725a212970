//! Queries on payments of aid.

use super::model::{PayeeKind, PaymentFilters, PaymentStatus};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_payments as payments;
use crate::db::{DbConn, Id, Instant, MultiBackend, among, lock_in_order};
use crate::error::{Code, Error, Result};
use crate::financial_aid_requests::model::AidNumber;
use crate::financial_aid_requests::store::{self as requests, AidRequestRow};
use crate::values::{Day, DepartmentCode, DisplayName, Iban, Money};
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = payments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct PaymentRow {
    pub id: Id,
    pub request_id: Id,
    pub association_id: Id,
    pub department_code: DepartmentCode,
    pub payee_kind: PayeeKind,
    pub payee_name: Option<DisplayName>,
    pub iban: Option<Iban>,
    pub amount_cents: Money,
    pub status: PaymentStatus,
    pub ordered_on: Day,
    pub ordered_by: Option<Id>,
    pub paid_on: Option<Day>,
    pub batch_id: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A payment with what is told of its request: the number that the bank is given, and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Payment {
    pub row: PaymentRow,
    pub number: AidNumber,
    pub member_id: Option<Id>,
}

impl Payment {
    pub fn of(row: PaymentRow, request: &AidRequestRow) -> Self {
        Self { row, number: request.number.clone(), member_id: request.member_id }
    }
}

type Boxed<'a> = payments::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    payments::table.into_boxed().filter(scope.aid_payments())
}

/// Which payments: all in scope, those of a request or those of a batch.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    Everything,
    Request(Id),
    Batch(Id),
}

fn filtered<'a>(scope: &Scope, of: Of, filters: &PaymentFilters) -> Boxed<'a> {
    let PaymentFilters { status, payee, association, department, batched } = filters;
    let mut query = match of {
        Of::Everything => visible(scope),
        Of::Request(id) => visible(scope).filter(payments::request_id.eq(id)),
        Of::Batch(id) => visible(scope).filter(payments::batch_id.eq(id)),
    };
    if let Some(statuses) = status {
        query = among!(query, payments::status, statuses.clone());
    }
    if let Some(kinds) = payee {
        query = among!(query, payments::payee_kind, kinds.clone());
    }
    if let Some(id) = association {
        query = query.filter(payments::association_id.eq(*id));
    }
    if let Some(codes) = department {
        query = among!(query, payments::department_code, codes.iter().map(ToString::to_string).collect());
    }
    match batched {
        Some(true) => query.filter(payments::batch_id.is_not_null()),
        Some(false) => query.filter(payments::batch_id.is_null()),
        None => query,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, of: Of, filters: &PaymentFilters, slice: &Slice) -> Result<Vec<Payment>> {
    let query = filtered(scope, of, filters).select(PaymentRow::as_select());
    let page = keyset!(query, slice, payments::id, { "created" => (payments::created_at, instant) });
    let rows: Vec<PaymentRow> = page.load(conn)?;
    with_requests(conn, scope, rows)
}

/// Payments that were found, each with its request: one query, however many.
fn with_requests(conn: &mut DbConn, found_in: &Scope, rows: Vec<PaymentRow>) -> Result<Vec<Payment>> {
    let mut ids: Vec<Id> = rows.iter().map(|row| row.request_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let found: HashMap<Id, AidRequestRow> = requests::find_by_ids(conn, found_in, ids)?.into_iter().map(|row| (row.id, row)).collect();
    let paid = |row: PaymentRow| {
        let request = found.get(&row.request_id).ok_or_else(Error::not_found)?;
        Ok(Payment::of(row, request))
    };
    rows.into_iter().map(paid).collect()
}

pub fn position(row: &PaymentRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, of: Of, filters: &PaymentFilters) -> Result<i64> {
    Ok(filtered(scope, of, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Payment> {
    let row: PaymentRow = visible(scope).filter(payments::id.eq(id)).select(PaymentRow::as_select()).first(conn)?;
    with_requests(conn, scope, vec![row])?.pop().ok_or_else(Error::not_found)
}

pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: PaymentRow) -> Result<PaymentRow> {
    diesel::insert_into(payments::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are those it was made from; what is cancelled was not
/// handed to the bank in between.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: PaymentRow, from: &[PaymentStatus], cancels: bool) -> Result<PaymentRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = payments::table.find(row.id).filter(payments::version.eq(seen).and(payments::status.eq_any(from.to_vec())));
    let updated = if cancels {
        if row.batch_id.is_some() {
            return Err(Error::of(Code::PaymentHandedOver));
        }
        diesel::update(current.filter(payments::batch_id.is_null())).set(&row).execute(tx.conn)?
    } else {
        diesel::update(current).set(&row).execute(tx.conn)?
    };
    if updated == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// What is ordered under a locked request and not yet at the bank.
pub fn cancellable(tx: &mut Tx<'_>, _locked_in: &Scope, request_id: Id) -> Result<Vec<PaymentRow>> {
    let ordered = payments::request_id.eq(request_id).and(payments::status.eq(PaymentStatus::Ordered)).and(payments::batch_id.is_null());
    Ok(payments::table.filter(ordered).order(payments::id).select(PaymentRow::as_select()).load(tx.conn)?)
}

/// How many payments a batch takes at most: what one statement binds, and what somebody checks by hand.
const BATCH_MAX: i64 = 500;

/// The payments in scope of an association that are ordered and in no batch, the earliest first, locked until the end of the transaction.
pub fn lock_waiting(tx: &mut Tx<'_>, scope: &Scope, association_id: Id) -> Result<Vec<PaymentRow>> {
    let waiting = || {
        let ordered = payments::status.eq(PaymentStatus::Ordered).and(payments::batch_id.is_null());
        visible(scope).filter(payments::association_id.eq(association_id)).filter(ordered)
    };
    let ids: Vec<Id> = waiting().order((payments::created_at, payments::id)).limit(BATCH_MAX).select(payments::id).load(tx.conn)?;
    lock_in_order(tx.conn, "aid_payments", &ids)?;
    // Another batch may have taken some, and somebody cancelled others, before they were locked.
    Ok(among!(waiting(), payments::id, ids).order((payments::created_at, payments::id)).select(PaymentRow::as_select()).load(tx.conn)?)
}

/// Puts payments that are locked into a batch, each as its next version.
pub fn hand_over(tx: &mut Tx<'_>, locked_in: &Scope, rows: Vec<PaymentRow>, batch_id: Id) -> Result<Vec<Payment>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let handed = (payments::batch_id.eq(batch_id), payments::version.eq(payments::version + 1), payments::updated_at.eq(tx.now));
    diesel::update(payments::table.filter(payments::id.eq_any(ids))).set(handed).execute(tx.conn)?;
    let next = |row: PaymentRow| PaymentRow { batch_id: Some(batch_id), version: row.version + 1, updated_at: tx.now, ..row };
    let rows = rows.into_iter().map(next).collect();
    with_requests(tx.conn, locked_in, rows)
}

/// Takes whom a request was paid to out of its payments; gives the ids of these.
pub fn forget(tx: &mut Tx<'_>, _found_in: &Scope, request_id: Id) -> Result<Vec<Id>> {
    let of = || payments::table.filter(payments::request_id.eq(request_id));
    diesel::update(of()).set((payments::payee_name.eq(None::<String>), payments::iban.eq(None::<String>))).execute(tx.conn)?;
    Ok(of().select(payments::id).load(tx.conn)?)
}

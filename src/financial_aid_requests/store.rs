//! Queries on requests for aid.

use super::model::{AidNature, AidNumber, AidReason, AidRequestFilters, AidRequestStatus, AidText, AidWaiver};
use super::sheet::AidSheet;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{dossiers, financial_aid_requests as requests};
use crate::db::{DbConn, Id, Instant, Json, MultiBackend, among, counters, lock_in_order, optional};
use crate::dossiers::model::ContextTag;
use crate::error::{Code, Error, Flaw, Result};
use crate::values::{Day, DepartmentCode, Money};
use crate::workflow::Reason;
use diesel::dsl::{exists, not};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = requests, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AidRequestRow {
    pub id: Id,
    pub number: AidNumber,
    pub association_id: Id,
    pub department_code: DepartmentCode,
    pub member_id: Option<Id>,
    pub dossier_id: Option<Id>,
    pub nature: AidNature,
    pub repayable: bool,
    pub reason: AidReason,
    pub asked_cents: Money,
    pub sheet: Option<Json<AidSheet>>,
    pub context: Option<ContextTag>,
    pub urgent: bool,
    pub purpose: Option<AidText>,
    pub status: AidRequestStatus,
    pub submitted_on: Option<Day>,
    pub question: Option<AidText>,
    pub information: Option<AidText>,
    pub instruction_note: Option<AidText>,
    pub instructed_by: Option<Id>,
    pub waivers: Json<Vec<AidWaiver>>,
    pub session_id: Option<Id>,
    pub granted_cents: Option<Money>,
    pub motivation: Option<Reason>,
    pub decided_on: Option<Day>,
    pub ratify_by: Option<Day>,
    /// From when on nobody needs to know any more whose it was, once it is over.
    pub retention_due_on: Option<Day>,
    pub envelope_id: Option<Id>,
    pub committed_cents: Money,
    /// The two are kept by payments, whose writing never raises the version.
    #[diesel(skip_update)]
    pub ordered_cents: Money,
    #[diesel(skip_update)]
    pub paid_cents: Money,
    pub created_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = requests::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    requests::table.into_boxed().filter(scope.financial_aid_requests())
}

fn filtered<'a>(scope: &Scope, filters: &AidRequestFilters, today: Day) -> Boxed<'a> {
    let AidRequestFilters { status, nature, reason, department, member, dossier, number, context, urgent, late, submitted } = filters;
    let mut query = visible(scope);
    if let Some(statuses) = status {
        query = among!(query, requests::status, statuses.clone());
    }
    if let Some(natures) = nature {
        query = among!(query, requests::nature, natures.clone());
    }
    if let Some(reasons) = reason {
        query = among!(query, requests::reason, reasons.clone());
    }
    if let Some(codes) = department {
        query = among!(query, requests::department_code, codes.iter().map(ToString::to_string).collect());
    }
    if let Some(id) = member {
        query = query.filter(requests::member_id.eq(*id));
    }
    if let Some(id) = dossier {
        query = query.filter(requests::dossier_id.eq(*id));
    }
    if let Some(numbers) = number {
        query = among!(query, requests::number, numbers.iter().map(ToString::to_string).collect());
    }
    if let Some(tags) = context {
        query = among!(query, requests::context, tags.iter().map(ToString::to_string).collect());
    }
    if let Some(urgent) = urgent {
        query = query.filter(requests::urgent.eq(*urgent));
    }
    if let Some(late) = late {
        let overdue = || {
            requests::status.eq(AidRequestStatus::GrantedUrgently).and(requests::ratify_by.is_not_null()).and(requests::ratify_by.assume_not_null().lt(today))
        };
        query = if *late { query.filter(overdue()) } else { query.filter(not(overdue())) };
    }
    let (from, to) = submitted.map_or((None, None), |interval| (interval.from, interval.to));
    if let Some(day) = from {
        query = query.filter(requests::submitted_on.ge(day));
    }
    if let Some(day) = to {
        query = query.filter(requests::submitted_on.le(day));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &AidRequestFilters, today: Day, slice: &Slice) -> Result<Vec<AidRequestRow>> {
    let query = filtered(scope, filters, today).select(AidRequestRow::as_select());
    let page = keyset!(query, slice, requests::id, { "created" => (requests::created_at, instant), "number" => (requests::number, text) });
    Ok(page.load(conn)?)
}

pub fn position(row: &AidRequestRow, sort: &str) -> Position {
    let key = match sort {
        "number" => Key::from(row.number.as_str()),
        _ => Key::from(row.created_at),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &AidRequestFilters, today: Day) -> Result<i64> {
    Ok(filtered(scope, filters, today).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<AidRequestRow> {
    Ok(visible(scope).filter(requests::id.eq(id)).select(AidRequestRow::as_select()).first(conn)?)
}

/// Requests that the caller found in another way: on the docket of a session in scope, or through their payments.
pub fn find_by_ids(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>) -> Result<Vec<AidRequestRow>> {
    Ok(among!(requests::table.into_boxed(), requests::id, ids).select(AidRequestRow::as_select()).load(conn)?)
}

/// The next number of a department and a year.
pub fn next_number(tx: &mut Tx<'_>, _granted: &Scope, department: &DepartmentCode, year: i32) -> Result<AidNumber> {
    let counted = counters::next(tx.conn, &format!("aid {department} {year}"))?;
    Ok(AidNumber::of(department, year, counted)?)
}

/// Stores a new request of a department in the scope.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: AidRequestRow) -> Result<AidRequestRow> {
    if !scope.covers_department(Some(row.department_code.as_str())) {
        return Err(Error::of(Code::OutOfPerimeter));
    }
    diesel::insert_into(requests::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Makes the writers of one request and of what lies under it take turns, until the end of their transaction; the row is read once it
/// is locked.
pub fn lock(tx: &mut Tx<'_>, _found_in: &Scope, id: Id) -> Result<AidRequestRow> {
    diesel::update(requests::table.find(id)).set(requests::version.eq(requests::version)).execute(tx.conn)?;
    Ok(requests::table.find(id).select(AidRequestRow::as_select()).first(tx.conn)?)
}

/// Stores the row as its next version, if its current version and state still are among those it was made from.
pub fn advance(tx: &mut Tx<'_>, _found_in: &Scope, mut row: AidRequestRow, from: &[AidRequestStatus]) -> Result<AidRequestRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = requests::table.find(row.id).filter(requests::version.eq(seen).and(requests::status.eq_any(from.to_vec())));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// The day on which aid was last granted to a member, by another request.
pub fn last_granted_on(conn: &mut DbConn, _found_in: &Scope, member_id: Id, other_than: Id) -> Result<Option<Day>> {
    let granted = requests::member_id.eq(member_id).and(requests::id.ne(other_than)).and(requests::granted_cents.is_not_null());
    let standing = granted.and(requests::committed_cents.gt(Money::default()));
    let last: Option<Option<Day>> = optional(requests::table.filter(standing).order(requests::decided_on.desc()).select(requests::decided_on).first(conn))?;
    Ok(last.flatten())
}

/// Counts an order to pay against what was granted and is held of the envelope: the limit stands in the statement.
pub fn order(tx: &mut Tx<'_>, _locked_in: &Scope, row: &AidRequestRow, amount: Money) -> Result<()> {
    let promised = (requests::ordered_cents + requests::paid_cents + amount).le(requests::committed_cents);
    let payable = requests::table.find(row.id).filter(requests::status.eq_any(AidRequestStatus::PAYABLE)).filter(promised);
    let ordered = diesel::update(payable).set(requests::ordered_cents.eq(requests::ordered_cents + amount)).execute(tx.conn)?;
    if ordered == 1 {
        return Ok(());
    }
    if !AidRequestStatus::PAYABLE.contains(&row.status) {
        return Err(Error::of(Code::AidNotPayable));
    }
    let left = row.committed_cents - row.ordered_cents - row.paid_cents;
    Err(Flaw::new(Code::AidGrantExceeded).with("left", left.amount()).into())
}

/// What becomes of an amount that was ordered: it is paid, or no longer to be.
pub fn unorder(tx: &mut Tx<'_>, _locked_in: &Scope, id: Id, amount: Money, paid: bool) -> Result<()> {
    let ordered = requests::table.find(id).filter(requests::ordered_cents.ge(amount));
    let added = if paid { amount } else { Money::default() };
    let sums = (requests::ordered_cents.eq(requests::ordered_cents - amount), requests::paid_cents.eq(requests::paid_cents + added));
    if diesel::update(ordered).set(sums).execute(tx.conn)? == 1 { Ok(()) } else { Err(Error::of(Code::ConstraintViolated)) }
}

/// Holds less of the envelope than before: what was ordered after all that is left was given up.
pub fn hold_less(tx: &mut Tx<'_>, _locked_in: &Scope, id: Id, amount: Money) -> Result<()> {
    let held = requests::committed_cents.eq(requests::committed_cents - amount);
    diesel::update(requests::table.find(id)).set(held).execute(tx.conn)?;
    Ok(())
}

/// The requests of a dossier, with which nobody does anything until the end of the transaction.
pub fn lock_of_dossier(tx: &mut Tx<'_>, _found_in: &Scope, dossier_id: Id) -> Result<Vec<AidRequestRow>> {
    let of = || requests::table.filter(requests::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().order(requests::id).select(requests::id).load(tx.conn)?;
    lock_in_order(tx.conn, "financial_aid_requests", &ids)?;
    Ok(of().order(requests::id).select(AidRequestRow::as_select()).load(tx.conn)?)
}

/// Requests after an id that are somebody's and past their time, but for those whose dossier a legal hold keeps.
pub fn past_retention(conn: &mut DbConn, _everywhere: &Scope, today: Day, after: Option<Id>, limit: i64) -> Result<Vec<Id>> {
    let held = dossiers::table.filter(dossiers::id.nullable().eq(requests::dossier_id)).filter(dossiers::on_legal_hold);
    let mut query = requests::table
        .filter(requests::member_id.is_not_null())
        .filter(requests::retention_due_on.is_not_null().and(requests::retention_due_on.assume_not_null().le(today)))
        .filter(not(exists(held)))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(requests::id.gt(after));
    }
    Ok(query.order(requests::id).limit(limit).select(requests::id).load(conn)?)
}

//! Queries on envelopes of aid. What is promised never exceeds them, however many grant at once: the limit stands in the statement.

use super::model::AidEnvelopeFilters;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_envelopes;
use crate::db::{DbConn, Id, Instant, MultiBackend, among, on_conflict, optional};
use crate::error::{Code, Error, Flaw, Result};
use crate::members::memberships::model::Year;
use crate::values::{DepartmentCode, Money};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = aid_envelopes, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AidEnvelopeRow {
    pub id: Id,
    pub association_id: Id,
    pub department_code: Option<DepartmentCode>,
    pub year: Year,
    pub amount_cents: Money,
    /// The two are kept by grants and payments, whose writing never raises the version.
    #[diesel(skip_update)]
    pub committed_cents: Money,
    #[diesel(skip_update)]
    pub paid_cents: Money,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = aid_envelopes::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    aid_envelopes::table.into_boxed().filter(scope.aid_envelopes())
}

fn filtered<'a>(scope: &Scope, filters: &AidEnvelopeFilters) -> Boxed<'a> {
    let AidEnvelopeFilters { year, association, department } = filters;
    let mut query = visible(scope);
    if let Some(years) = year {
        query = among!(query, aid_envelopes::year, years.iter().map(|year| year.get()).collect());
    }
    if let Some(id) = association {
        query = query.filter(aid_envelopes::association_id.eq(*id));
    }
    if let Some(codes) = department {
        query = among!(query, aid_envelopes::department_code, codes.iter().map(ToString::to_string).collect());
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &AidEnvelopeFilters, slice: &Slice) -> Result<Vec<AidEnvelopeRow>> {
    let query = filtered(scope, filters).select(AidEnvelopeRow::as_select());
    let page = keyset!(query, slice, aid_envelopes::id, { "year" => (aid_envelopes::year, year) });
    Ok(page.load(conn)?)
}

pub fn position(row: &AidEnvelopeRow) -> Position {
    Position { key: Key::from(row.year.get()), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &AidEnvelopeFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<AidEnvelopeRow> {
    Ok(visible(scope).filter(aid_envelopes::id.eq(id)).select(AidEnvelopeRow::as_select()).first(conn)?)
}

/// Stores the envelope of an association in the scope.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: AidEnvelopeRow) -> Result<AidEnvelopeRow> {
    if !scope.covers_department(row.department_code.as_ref().map(DepartmentCode::as_str)) {
        return Err(Error::of(Code::OutOfPerimeter));
    }
    on_conflict(diesel::insert_into(aid_envelopes::table).values(&row).execute(tx.conn), Code::EnvelopeTaken)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from and what is committed finds room in it.
pub fn update(tx: &mut Tx<'_>, scope: &Scope, mut row: AidEnvelopeRow) -> Result<AidEnvelopeRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = aid_envelopes::table.find(row.id).filter(aid_envelopes::version.eq(seen).and(aid_envelopes::committed_cents.le(row.amount_cents)));
    let updated = diesel::update(current).set(&row).execute(tx.conn)?;
    let now = find(tx.conn, scope, row.id)?;
    match updated {
        1 => Ok(now),
        _ if now.version == seen => Err(Flaw::new(Code::EnvelopeCommitted).with("min", now.committed_cents.amount()).into()),
        _ => Err(Error::of(Code::VersionStale)),
    }
}

/// Commits an amount out of the envelope of an association and a year; tells which envelope it is.
pub fn draw(tx: &mut Tx<'_>, _granted: &Scope, association_id: Id, year: i32, amount: Money) -> Result<Id> {
    let of = || aid_envelopes::table.filter(aid_envelopes::association_id.eq(association_id).and(aid_envelopes::year.eq(year)));
    let roomy = of().filter((aid_envelopes::committed_cents + amount).le(aid_envelopes::amount_cents));
    let drawn = diesel::update(roomy).set(aid_envelopes::committed_cents.eq(aid_envelopes::committed_cents + amount)).execute(tx.conn)?;
    let columns = (aid_envelopes::id, aid_envelopes::amount_cents, aid_envelopes::committed_cents);
    match optional(of().select(columns).first::<(Id, Money, Money)>(tx.conn))? {
        Some((id, ..)) if drawn == 1 => Ok(id),
        Some((_, amount, committed)) => Err(Flaw::new(Code::EnvelopeExhausted).with("left", (amount - committed).amount()).into()),
        None => Err(Flaw::new(Code::EnvelopeMissing).with("year", year).into()),
    }
}

/// Gives back what a grant no longer needs.
pub fn release(tx: &mut Tx<'_>, _granted: &Scope, id: Id, amount: Money) -> Result<()> {
    let kept = aid_envelopes::table.find(id).filter((aid_envelopes::committed_cents - amount).ge(aid_envelopes::paid_cents));
    let released = diesel::update(kept).set(aid_envelopes::committed_cents.eq(aid_envelopes::committed_cents - amount)).execute(tx.conn)?;
    if released == 1 { Ok(()) } else { Err(Error::of(Code::ConstraintViolated)) }
}

/// Counts an amount that was committed as paid.
pub fn pay(tx: &mut Tx<'_>, _granted: &Scope, id: Id, amount: Money) -> Result<()> {
    let promised = aid_envelopes::table.find(id).filter((aid_envelopes::paid_cents + amount).le(aid_envelopes::committed_cents));
    let paid = diesel::update(promised).set(aid_envelopes::paid_cents.eq(aid_envelopes::paid_cents + amount)).execute(tx.conn)?;
    if paid == 1 { Ok(()) } else { Err(Error::of(Code::ConstraintViolated)) }
}

//! Queries on envelopes of aid. What is promised never exceeds them, however many grant at once: the limit stands in the statement.

use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::schema::aid_envelopes;
use crate::db::{Id, Instant, optional};
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

//! Queries on the rules of aid.

use crate::auth::Scope;
use crate::db::schema::aid_rules;
use crate::db::{DbConn, Id, Instant, optional};
use crate::error::Result;
use crate::members::memberships::model::Year;
use crate::values::{DepartmentCode, Money, number};
use diesel::prelude::*;

number! {
    /// A number of months; 0 asks for none.
    pub struct Months(i32: Integer "int32" as Integer) { 0..=600, example: 12 }
}

number! {
    /// A number of days, one at least.
    pub struct Days(i32: Integer "int32" as Integer) { 1..=366, example: 60 }
}

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = aid_rules, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AidRulesRow {
    pub id: Id,
    pub association_id: Option<Id>,
    pub department_code: Option<DepartmentCode>,
    pub year: Year,
    pub seniority_months: Option<Months>,
    pub dues_up_to_date: bool,
    pub cooldown_months: Option<Months>,
    pub grant_ceiling_cents: Option<Money>,
    pub loan_ceiling_cents: Option<Money>,
    pub fee_advance_ceiling_cents: Option<Money>,
    pub in_kind_ceiling_cents: Option<Money>,
    pub ratification_days: Days,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The rules of an association for a year: its own, or else the national ones; none where neither are set.
pub fn in_force(conn: &mut DbConn, _everybody: &Scope, association_id: Id, year: i32) -> Result<Option<AidRulesRow>> {
    let of = aid_rules::association_id.is_null().or(aid_rules::association_id.assume_not_null().eq(association_id));
    // What belongs to nobody comes last, whatever the engine thinks of NULL.
    let own_first = aid_rules::association_id.is_null().asc();
    optional(aid_rules::table.filter(aid_rules::year.eq(year).and(of)).order(own_first).select(AidRulesRow::as_select()).first(conn))
}

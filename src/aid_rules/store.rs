//! Queries on the rules of aid.

use super::model::{AidRulesFilters, Days, Months};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::aid_rules;
use crate::db::{DbConn, Id, Instant, MultiBackend, among, on_conflict, optional};
use crate::error::{Code, Error, Result};
use crate::members::memberships::model::Year;
use crate::values::{DepartmentCode, Money};
use diesel::prelude::*;

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

type Boxed<'a> = aid_rules::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(filters: &AidRulesFilters) -> Boxed<'a> {
    let AidRulesFilters { year, association } = filters;
    let mut query = aid_rules::table.into_boxed();
    if let Some(years) = year {
        query = among!(query, aid_rules::year, years.iter().map(|year| year.get()).collect());
    }
    if let Some(id) = association {
        query = query.filter(aid_rules::association_id.eq(*id));
    }
    query
}

pub fn list(conn: &mut DbConn, _everybody: &Scope, filters: &AidRulesFilters, slice: &Slice) -> Result<Vec<AidRulesRow>> {
    let query = filtered(filters).select(AidRulesRow::as_select());
    let page = keyset!(query, slice, aid_rules::id, { "year" => (aid_rules::year, year) });
    Ok(page.load(conn)?)
}

pub fn position(row: &AidRulesRow) -> Position {
    Position { key: Key::from(row.year.get()), id: row.id }
}

pub fn count(conn: &mut DbConn, _everybody: &Scope, filters: &AidRulesFilters) -> Result<i64> {
    Ok(filtered(filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<AidRulesRow> {
    let visible = aid_rules::table.into_boxed().filter(scope.aid_rules());
    Ok(visible.filter(aid_rules::id.eq(id)).select(AidRulesRow::as_select()).first(conn)?)
}

/// Stores rules of an association in the scope; the national ones, where all are.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: AidRulesRow) -> Result<AidRulesRow> {
    if !scope.covers_department(row.department_code.as_ref().map(DepartmentCode::as_str)) {
        return Err(Error::of(Code::OutOfPerimeter));
    }
    on_conflict(diesel::insert_into(aid_rules::table).values(&row).execute(tx.conn), Code::AidRulesTaken)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _found_in: &Scope, mut row: AidRulesRow) -> Result<AidRulesRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = aid_rules::table.find(row.id).filter(aid_rules::version.eq(seen));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// The rules of an association for a year: its own, or else the national ones; none where neither are set.
pub fn in_force(conn: &mut DbConn, _everybody: &Scope, association_id: Id, year: i32) -> Result<Option<AidRulesRow>> {
    let of = aid_rules::association_id.is_null().or(aid_rules::association_id.assume_not_null().eq(association_id));
    // What belongs to nobody comes last, whatever the engine thinks of NULL.
    let own_first = aid_rules::association_id.is_null().asc();
    optional(aid_rules::table.filter(aid_rules::year.eq(year).and(of)).order(own_first).select(AidRulesRow::as_select()).first(conn))
}

//! Queries on lawyer partners.

use super::model::*;
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{lawyer_mandates, lawyer_partners, lawyer_unavailabilities};
use crate::db::search::{Condition, every_row, split};
use crate::db::{DbConn, Id, Instant, Json, MultiBackend, lock_in_order, on_conflict};
use crate::error::{Code, Error, Result};
use crate::values::fold::fold;
use crate::values::{Day, DepartmentCode, DisplayName, Email, Phone};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use std::collections::HashSet;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = lawyer_partners, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct LawyerRow {
    pub id: Id,
    pub name: DisplayName,
    pub name_key: String,
    pub bar: Bar,
    pub bar_key: String,
    pub firm: Option<Firm>,
    pub agreement_from: Day,
    pub agreement_to: Option<Day>,
    pub charter_signed_on: Option<Day>,
    pub specialities: Json<Vec<Speciality>>,
    pub speciality_keys: String,
    pub departments: Json<Vec<DepartmentCode>>,
    pub department_keys: String,
    pub yearly_capacity: Option<YearlyCapacity>,
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub user_id: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Part for LawyerRow {}

/// Codes between spaces, where a pattern finds each whole.
fn keys<T: ToString>(codes: &[T]) -> String {
    codes.iter().fold(" ".to_owned(), |keys, code| keys + &code.to_string() + " ")
}

impl LawyerRow {
    fn keyed(mut self) -> Self {
        (self.name_key, self.bar_key) = (fold(self.name.as_str()), fold(self.bar.as_str()));
        self.speciality_keys = keys(&self.specialities.0.iter().map(|speciality| speciality.as_str()).collect::<Vec<_>>());
        self.department_keys = keys(&self.departments.0);
        self
    }
}

type Boxed<'a> = lawyer_partners::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    lawyer_partners::table.into_boxed().filter(scope.lawyers())
}

/// Those who are under agreement and not away on a day.
fn available_on(day: Day) -> Condition<lawyer_partners::table> {
    let agreed =
        lawyer_partners::agreement_from.le(day).and(lawyer_partners::agreement_to.is_null().or(lawyer_partners::agreement_to.assume_not_null().ge(day)));
    let own = lawyer_unavailabilities::lawyer_id.eq(lawyer_partners::id).and(lawyer_unavailabilities::deleted_at.is_null());
    let then = lawyer_unavailabilities::starts_on.le(day).and(lawyer_unavailabilities::ends_on.ge(day));
    Box::new(agreed.and(not(exists(lawyer_unavailabilities::table.filter(own.and(then))))))
}

/// Those whose name has, for each word searched, a word that begins with it.
fn named(searched: &str) -> Condition<lawyer_partners::table> {
    split(searched).into_iter().fold(every_row(), |all, word| {
        let begins = lawyer_partners::name_key.like(format!("{word}%")).or(lawyer_partners::name_key.like(format!("% {word}%")));
        Box::new(all.and(begins))
    })
}

fn filtered<'a>(scope: &Scope, filters: &LawyerFilters) -> Boxed<'a> {
    let LawyerFilters { department, speciality, bar, q, available: day } = filters;
    let mut query = visible(scope);
    if let Some(code) = department {
        query = query.filter(lawyer_partners::department_keys.like(format!("% {code} %")));
    }
    if let Some(speciality) = speciality {
        query = query.filter(lawyer_partners::speciality_keys.like(format!("% {} %", speciality.as_str())));
    }
    if let Some(bar) = bar {
        query = query.filter(lawyer_partners::bar_key.eq(fold(bar.as_str())));
    }
    if let Some(searched) = q {
        query = query.filter(named(searched.as_str()));
    }
    match day {
        Some(day) => query.filter(available_on(*day)),
        None => query,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &LawyerFilters, slice: &Slice) -> Result<Vec<LawyerRow>> {
    let query = filtered(scope, filters).select(LawyerRow::as_select());
    let page = keyset!(query, slice, lawyer_partners::id, {
        "name" => (lawyer_partners::name_key, text),
        "agreement" => (lawyer_partners::agreement_from, day),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &LawyerRow, sort: &str) -> Position {
    let key = match sort {
        "agreement" => Key::from(row.agreement_from),
        _ => Key::from(row.name_key.as_str()),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &LawyerFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<LawyerRow> {
    Ok(visible(scope).filter(lawyer_partners::id.eq(id)).select(LawyerRow::as_select()).first(conn)?)
}

/// Those in scope who plead in a department, by name.
pub fn of_department(conn: &mut DbConn, scope: &Scope, department: &DepartmentCode) -> Result<Vec<LawyerRow>> {
    let here = visible(scope).filter(lawyer_partners::department_keys.like(format!("% {department} %")));
    Ok(here.order((lawyer_partners::name_key.asc(), lawyer_partners::id.asc())).select(LawyerRow::as_select()).load(conn)?)
}

/// Which of these lawyers are away on a day.
pub fn away_on(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>, day: Day) -> Result<HashSet<Id>> {
    let then = lawyer_unavailabilities::starts_on.le(day).and(lawyer_unavailabilities::ends_on.ge(day));
    let away = lawyer_unavailabilities::table.filter(lawyer_unavailabilities::lawyer_id.eq_any(ids).and(lawyer_unavailabilities::deleted_at.is_null()));
    Ok(away.filter(then).select(lawyer_unavailabilities::lawyer_id).load::<Id>(conn)?.into_iter().collect())
}

/// Makes those take turns who entrust cases to a lawyer or change what decides on it, until the end of their transaction; the row is
/// read once it is locked.
pub fn lock(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<LawyerRow> {
    lock_in_order(tx.conn, "lawyer_partners", &[id])?;
    find(tx.conn, scope, id)
}

/// Refuses a row that lies in no department of the caller's.
fn check_perimeter(scope: &Scope, row: &LawyerRow) -> Result<()> {
    let here = scope.is_all() || row.departments.0.iter().any(|code| scope.covers_department(Some(code.as_str())));
    if here { Ok(()) } else { Err(Error::of(Code::OutOfPerimeter).at("/departments")) }
}

pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: LawyerRow) -> Result<LawyerRow> {
    check_perimeter(scope, &row)?;
    let row = row.keyed();
    on_conflict(diesel::insert_into(lawyer_partners::table).values(&row).execute(tx.conn), Code::LawyerAccountTaken)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, _locked_in: &Scope, row: LawyerRow) -> Result<LawyerRow> {
    let (seen, mut row) = (row.version, row.keyed());
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = lawyer_partners::table.find(row.id).filter(lawyer_partners::version.eq(seen));
    let updated = on_conflict(diesel::update(current).set(&row).execute(tx.conn), Code::LawyerAccountTaken)?;
    if updated == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Whether a locked lawyer has mandates under way, which open dossiers to their account.
pub fn has_running_mandates(conn: &mut DbConn, _locked_in: &Scope, id: Id) -> Result<bool> {
    let running = lawyer_mandates::table.filter(lawyer_mandates::lawyer_id.eq(id).and(lawyer_mandates::status.eq_any(["accepted", "in_progress"])));
    Ok(diesel::select(exists(running)).get_result(conn)?)
}

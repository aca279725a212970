//! Queries on members.

use super::aliases::way_on;
use super::bodies::Identity;
use super::external_ids::{name_externally, rename_externally};
use super::model::{Civility, ContactInstructions, ExternalId, MemberFilters, MemberNumber, PersonName, SafeContact, birth_flaw};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::changes::Told;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::references::{TO_MEMBERS, referenced};
use crate::db::schema::{employments, members};
use crate::db::{DbConn, Id, Instant, Json, Kept, MultiBackend, among, columns_of, counters, insert_all, on_conflict, optional};
use crate::error::{Code, Error, Result};
use crate::establishments::model::{AddressLine, CityName, CommuneCode, PostalCode};
use crate::http::IfMatch;
use crate::values::fold::fold;
use crate::values::{Day, DepartmentCode, Email, Interval, Phone};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = members, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct MemberRow {
    pub id: Id,
    pub member_number: MemberNumber,
    pub association_id: Id,
    pub department_code: DepartmentCode,
    pub civility: Option<Civility>,
    pub last_name: PersonName,
    pub first_name: PersonName,
    pub birth_name: Option<PersonName>,
    pub name_key: String,
    pub search_key: String,
    pub birth_date: Option<Day>,
    pub email: Option<Email>,
    pub email_key: Option<String>,
    pub phone: Option<Phone>,
    pub address_line1: Option<AddressLine>,
    pub address_line2: Option<AddressLine>,
    pub address_line3: Option<AddressLine>,
    pub postal_code: Option<PostalCode>,
    pub city: Option<CityName>,
    pub commune_code: Option<CommuneCode>,
    pub safe_contact: SafeContact,
    pub safe_contact_instructions: Option<ContactInstructions>,
    pub external_ids: Json<Vec<ExternalId>>,
    pub merged_into_id: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

/// The name of members among the owners of external identifiers.
pub const OWNER: &str = "member";

impl MemberRow {
    /// What searches and orders go by, from what the record says.
    pub fn derive_keys(&mut self) {
        self.name_key = fold(&format!("{} {}", self.last_name, self.first_name));
        let birth_name = self.birth_name.as_ref().map_or("", PersonName::as_str);
        self.search_key = fold(&format!("{} {} {birth_name}", self.last_name, self.first_name)).trim_end().to_owned();
        self.email_key = self.email.as_ref().map(|email| email.as_str().to_lowercase());
    }

    /// The change to be told of this row.
    pub fn told(&self, action: crate::audit::Action) -> Told {
        Told {
            resource: OWNER,
            resource_id: self.id,
            version: self.version,
            action,
            department_code: Some(self.department_code.clone()),
            previous_department_code: None,
        }
    }
}

type Boxed<'a> = members::BoxedQuery<'a, MultiBackend>;

pub(super) fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let living = members::table.filter(members::deleted_at.is_null()).into_boxed();
    match scope.departments() {
        _ if scope.is_all() => living,
        // One department, the usual case, keeps the text of the statement.
        [own] => living.filter(members::department_code.eq(own.to_string())),
        _ => living.filter(scope.members()),
    }
}

fn filtered<'a>(scope: &Scope, filters: &MemberFilters, today: Day) -> Boxed<'a> {
    let MemberFilters { number, department, establishment, created, updated } = filters;
    let mut query = visible(scope);
    if let Some(numbers) = number {
        query = among!(query, members::member_number, numbers.iter().map(ToString::to_string).collect());
    }
    if let Some(codes) = department {
        query = among!(query, members::department_code, codes.iter().map(ToString::to_string).collect());
    }
    if let Some(establishment_id) = establishment {
        let there = employments::table
            .filter(employments::establishment_id.is_not_null().and(employments::establishment_id.assume_not_null().eq(*establishment_id)))
            .filter(employments::deleted_at.is_null().and(employments::starts_on.le(today)))
            .filter(employments::ends_on.is_null().or(employments::ends_on.assume_not_null().ge(today)))
            .select(employments::member_id);
        query = query.filter(members::id.eq_any(there));
    }
    let instants = |interval: &Option<Interval>| interval.map_or((None, None), |interval| interval.instants());
    let ((created_from, created_until), (updated_from, updated_until)) = (instants(created), instants(updated));
    if let Some(from) = created_from {
        query = query.filter(members::created_at.ge(Instant(from)));
    }
    if let Some(until) = created_until {
        query = query.filter(members::created_at.lt(Instant(until)));
    }
    if let Some(from) = updated_from {
        query = query.filter(members::updated_at.ge(Instant(from)));
    }
    if let Some(until) = updated_until {
        query = query.filter(members::updated_at.lt(Instant(until)));
    }
    query
}

pub(super) fn paged(conn: &mut DbConn, query: Boxed<'_>, slice: &Slice) -> Result<Vec<MemberRow>> {
    let page = keyset!(query.select(columns_of::<MemberRow>()), slice, members::id, {
        "name" => (members::name_key, text),
        "number" => (members::member_number, text),
        "updated" => (members::updated_at, instant),
    });
    Ok(page.load(conn)?)
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &MemberFilters, today: Day, slice: &Slice) -> Result<Vec<MemberRow>> {
    paged(conn, filtered(scope, filters, today), slice)
}

pub fn position(row: &MemberRow, sort: &str) -> Position {
    let key = match sort {
        "updated" => Key::from(row.updated_at),
        "number" => Key::from(row.member_number.as_str()),
        _ => Key::from(row.name_key.as_str()),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &MemberFilters, today: Day) -> Result<i64> {
    Ok(filtered(scope, filters, today).count().get_result(conn)?)
}

/// The member; of a record that was merged, the refusal tells the way to those who may see where it went.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<MemberRow> {
    match optional(Kept::new(visible(scope).filter(members::id.eq(id)).select(columns_of::<MemberRow>())).get_result(conn))? {
        Some(row) => Ok(row),
        None => Err(way_on(conn, scope, id)?),
    }
}

pub fn find_by_ids(conn: &mut DbConn, scope: &Scope, ids: Vec<Id>) -> Result<Vec<MemberRow>> {
    Ok(Kept::new(among!(visible(scope), members::id, ids).select(columns_of::<MemberRow>())).load(conn)?)
}

/// Whether there is any.
pub fn any(conn: &mut DbConn, scope: &Scope) -> Result<bool> {
    Ok(optional(visible(scope).select(members::id).first::<Id>(conn))?.is_some())
}

/// Members by their numbers, wherever they are: imports know them so.
pub fn find_by_numbers(conn: &mut DbConn, scope: &Scope, numbers: Vec<String>) -> Result<Vec<MemberRow>> {
    Ok(visible(scope).filter(members::member_number.eq_any(numbers)).select(columns_of::<MemberRow>()).load(conn)?)
}

/// The member with exactly this number and date of birth, in whichever department.
pub fn find_by_card(conn: &mut DbConn, scope: &Scope, number: &MemberNumber, birth_date: Day) -> Result<Option<MemberRow>> {
    let query = visible(scope).filter(members::member_number.eq(number.to_string())).filter(members::birth_date.eq(birth_date));
    optional(query.select(columns_of::<MemberRow>()).first(conn))
}

/// Stores a new member under the number given, or the next that is free.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, identity: Identity, number: Option<MemberNumber>) -> Result<MemberRow> {
    let number = match number {
        Some(number) => number,
        None => next_number(tx.conn, scope)?,
    };
    let row = MemberRow::new(identity, number, tx.now);
    check_perimeter(scope, &row.department_code)?;
    check_birth(tx, &row)?;
    on_conflict(diesel::insert_into(members::table).values(&row).execute(tx.conn), Code::MemberNumberTaken)?;
    name_externally(tx.conn, OWNER, [(row.id, row.external_ids.0.as_slice())])?;
    Ok(row)
}

/// Stores new members in few statements (imports, demonstrations); the caller records them.
pub fn insert_many(tx: &mut Tx<'_>, scope: &Scope, rows: &[MemberRow]) -> Result<()> {
    for row in rows {
        check_perimeter(scope, &row.department_code)?;
        check_birth(tx, row)?;
    }
    insert_all!(tx.conn, members::table, rows);
    name_externally(tx.conn, OWNER, rows.iter().map(|row| (row.id, row.external_ids.0.as_slice())))
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, scope: &Scope, mut row: MemberRow) -> Result<MemberRow> {
    check_perimeter(scope, &row.department_code)?;
    check_birth(tx, &row)?;
    row.derive_keys();
    rename_externally(tx.conn, OWNER, row.id, &row.external_ids.0)?;
    advance(tx, scope, row)
}

/// Stores the row as its next version; the caller has found it in the scope and answers for where it goes.
pub fn advance(tx: &mut Tx<'_>, _found_in: &Scope, mut row: MemberRow) -> Result<MemberRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = members::table.filter(members::id.eq(row.id).and(members::version.eq(seen)));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Takes a record away that should never have been made, unless something refers to it.
pub fn delete(tx: &mut Tx<'_>, scope: &Scope, id: Id, expected: &IfMatch) -> Result<MemberRow> {
    let mut row = lock_references(tx, scope, id)?;
    expected.check(row.version)?;
    if referenced(tx.conn, TO_MEMBERS, id)? {
        return Err(Error::of(Code::StillReferenced));
    }
    row.deleted_at = Some(tx.now);
    rename_externally(tx.conn, OWNER, id, &[])?;
    advance(tx, scope, row)
}

/// Makes the writers of what refers to one member take turns, until the end of their transaction; the row is read once it is locked.
pub fn lock_references(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<MemberRow> {
    let revision = members::references_revision.eq(members::references_revision + 1);
    diesel::update(members::table.filter(members::id.eq(id))).set(revision).execute(tx.conn)?;
    find(tx.conn, scope, id)
}

/// A caller whose rights end at a department writes no row outside it.
fn check_perimeter(scope: &Scope, code: &DepartmentCode) -> Result<()> {
    if scope.covers_department(Some(code.as_str())) { Ok(()) } else { Err(Error::of(Code::OutOfPerimeter)) }
}

fn check_birth(tx: &Tx<'_>, row: &MemberRow) -> Result<()> {
    let flaw = row.birth_date.and_then(|date| birth_flaw(date, Day::of(tx.now.0)));
    flaw.map_or(Ok(()), |flaw| Err(Error::field("/birth_date", flaw)))
}

/// A number of eight digits that no member has; imported members may have taken some.
pub fn next_number(conn: &mut DbConn, _granted: &Scope) -> Result<MemberNumber> {
    loop {
        let number = format!("{:08}", counters::next(conn, "member_number")?);
        let taken = members::table.filter(members::member_number.eq(&number));
        if !diesel::select(diesel::dsl::exists(taken)).get_result::<bool>(conn)? {
            return number.parse().map_err(Error::internal);
        }
    }
}

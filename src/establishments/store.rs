//! Queries on establishments.

use super::correspondents::store::follow_department;
use super::model::{
    Address, AddressLine, Attributes, CityName, CommuneCode, District, EstablishmentFilters, EstablishmentKind, EstablishmentName, EstablishmentStatus,
    Latitude, Longitude, NatureCode, PostalCode, PriorityLevel, PriorityPeriod, Pupils, Sector, Siret, Site, Uai,
};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::references::{TO_ESTABLISHMENTS, referenced};
use crate::db::schema::establishments;
use crate::db::{DbConn, Id, Instant, Json, Kept, MultiBackend, Prepared, among, columns_of, direct, on_conflict, optional, search};
use crate::error::{Code, Error, Result};
use crate::http::IfMatch;
use crate::values::fold::fold;
use crate::values::{AcademyCode, Day, Email, Phone, TerritoryCode, WebAddress};
use diesel::dsl::exists;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = establishments, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct EstablishmentRow {
    pub id: Id,
    pub uai: Uai,
    pub name: EstablishmentName,
    pub name_key: String,
    pub search_key: String,
    pub kind: EstablishmentKind,
    pub sector: Sector,
    pub status: EstablishmentStatus,
    pub address_line1: Option<AddressLine>,
    pub address_line2: Option<AddressLine>,
    pub address_line3: Option<AddressLine>,
    pub postal_code: Option<PostalCode>,
    pub city: Option<CityName>,
    pub commune_code: Option<CommuneCode>,
    pub department_code: TerritoryCode,
    pub academy_code: Option<AcademyCode>,
    pub phone: Option<Phone>,
    pub email: Option<Email>,
    pub website: Option<WebAddress>,
    pub pupils: Option<Pupils>,
    pub latitude: Option<Latitude>,
    pub longitude: Option<Longitude>,
    pub siret: Option<Siret>,
    pub nature_code: Option<NatureCode>,
    pub opened_on: Option<Day>,
    pub parent_uai: Option<Uai>,
    pub district_uai: Option<Uai>,
    pub district_name: Option<EstablishmentName>,
    pub successor_id: Option<Id>,
    pub sites: Json<Vec<Site>>,
    pub priority_education: Json<Vec<PriorityPeriod>>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub deleted_at: Option<Instant>,
}

impl EstablishmentRow {
    pub fn new(attributes: Attributes, now: Instant) -> Self {
        let Attributes { uai, name, kind, sector, status, address, department_code, academy_code, phone, email, website, pupils, latitude, longitude, .. } =
            attributes;
        let Attributes { siret, nature_code, opened_on, parent_uai, district, sites, .. } = attributes;
        let Address { line1, line2, line3, postal_code, city, commune_code } = address;
        let (district_uai, district_name) = district.map_or((None, None), |District { uai, name }| (uai, Some(name)));
        let academy_code = academy_code.or_else(|| department_code.department()?.academy_code.parse().ok());
        Self {
            id: Id::new(),
            name_key: fold(name.as_str()),
            search_key: search_key(&name, city.as_ref()),
            uai,
            name,
            kind,
            sector,
            status,
            address_line1: line1,
            address_line2: line2,
            address_line3: line3,
            postal_code,
            city,
            commune_code,
            department_code,
            academy_code,
            phone,
            email,
            website,
            pupils,
            latitude,
            longitude,
            siret,
            nature_code,
            opened_on,
            parent_uai,
            district_uai,
            district_name,
            successor_id: None,
            sites: Json(sites),
            priority_education: Json(Vec::new()),
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }

    /// The same establishment with other attributes; what the directory does not know stays.
    pub fn with(&self, attributes: Attributes) -> Self {
        let fresh = Self::new(attributes, self.created_at);
        Self {
            id: self.id,
            successor_id: self.successor_id,
            priority_education: self.priority_education.clone(),
            version: self.version,
            updated_at: self.updated_at,
            ..fresh
        }
    }

    /// Recomputes what is derived from other columns.
    pub fn derive_keys(&mut self) {
        self.name_key = fold(self.name.as_str());
        self.search_key = search_key(&self.name, self.city.as_ref());
    }
}

fn search_key(name: &EstablishmentName, city: Option<&CityName>) -> String {
    fold(&format!("{name} {}", city.map_or("", CityName::as_str)))
}

type Boxed<'a> = establishments::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let living = establishments::table.filter(establishments::deleted_at.is_null()).into_boxed();
    if scope.is_all() { living } else { living.filter(scope.establishments()) }
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn filtered<'a>(conn: &DbConn, scope: &Scope, filters: &EstablishmentFilters, today: Day) -> Boxed<'a> {
    let EstablishmentFilters { uai, q, department, academy, kind, sector, status, parent, priority, on, updated } = filters;
    let mut query = visible(scope);
    if let Some(uai) = uai {
        query = among!(query, establishments::uai, texts(uai));
    }
    if let Some(words) = q {
        query = query.filter(search::words(conn.engine(), "establishments", words.as_str()));
    }
    if let Some(codes) = department {
        query = among!(query, establishments::department_code, texts(codes));
    }
    if let Some(codes) = academy {
        query = among!(query, establishments::academy_code, texts(codes).into_iter().map(Some).collect());
    }
    if let Some(kinds) = kind {
        query = among!(query, establishments::kind, kinds.clone());
    }
    if let Some(sectors) = sector {
        query = among!(query, establishments::sector, sectors.clone());
    }
    if let Some(statuses) = status {
        query = among!(query, establishments::status, statuses.clone());
    }
    if let Some(uai) = parent {
        query = query.filter(establishments::parent_uai.eq(uai.to_string()));
    }
    if let Some(levels) = priority {
        let levels: Vec<&'static str> = levels.iter().copied().map(PriorityLevel::as_str).collect();
        query = query.filter(search::period_on(conn.engine(), "establishments", "priority_education", &levels, on.unwrap_or(today)));
    }
    let (from, until) = updated.map_or((None, None), |interval| interval.instants());
    if let Some(from) = from {
        query = query.filter(establishments::updated_at.ge(Instant(from)));
    }
    if let Some(until) = until {
        query = query.filter(establishments::updated_at.lt(Instant(until)));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &EstablishmentFilters, today: Day, slice: &Slice) -> Result<Vec<EstablishmentRow>> {
    let query = filtered(conn, scope, filters, today).select(columns_of::<EstablishmentRow>());
    let page = keyset!(query, slice, establishments::id, {
        "name" => (establishments::name_key, text),
        "uai" => (establishments::uai, text),
        "updated" => (establishments::updated_at, instant),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &EstablishmentRow, sort: &str) -> Position {
    let key = match sort {
        "uai" => Key::from(row.uai.as_str()),
        "updated" => Key::from(row.updated_at),
        _ => Key::from(row.name_key.as_str()),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &EstablishmentFilters, today: Day) -> Result<i64> {
    Ok(filtered(conn, scope, filters, today).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<EstablishmentRow> {
    find_optional(conn, scope, id)?.ok_or_else(Error::not_found)
}

pub fn find_optional(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Option<EstablishmentRow>> {
    if scope.is_all() {
        let living = establishments::table.find(id);
        let found = direct!(conn, |conn| living.filter(establishments::deleted_at.is_null()).select(EstablishmentRow::as_select()).get_result(conn));
        return optional(found);
    }
    optional(Kept::new(visible(scope).filter(establishments::id.eq(id)).select(columns_of::<EstablishmentRow>())).get_result(conn))
}

pub fn find_by_ids(conn: &mut DbConn, scope: &Scope, ids: Vec<Id>) -> Result<Vec<EstablishmentRow>> {
    if let [id] = ids.as_slice() {
        return Ok(find_optional(conn, scope, *id)?.into_iter().collect());
    }
    Ok(visible(scope).filter(establishments::id.eq_any(ids)).select(columns_of::<EstablishmentRow>()).load(conn)?)
}

pub fn find_by_uais(conn: &mut DbConn, scope: &Scope, uais: Vec<String>) -> Result<Vec<EstablishmentRow>> {
    Ok(visible(scope).filter(establishments::uai.eq_any(uais)).select(columns_of::<EstablishmentRow>()).load(conn)?)
}

pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: EstablishmentRow) -> Result<EstablishmentRow> {
    check_perimeter(scope, &row)?;
    check_successor(tx, scope, &row)?;
    let inserted = direct!(&mut *tx.conn, |conn| diesel::insert_into(establishments::table).values(&row).execute(conn));
    on_conflict(inserted, Code::UaiTaken)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from.
pub fn update(tx: &mut Tx<'_>, scope: &Scope, mut row: EstablishmentRow) -> Result<EstablishmentRow> {
    check_perimeter(scope, &row)?;
    check_successor(tx, scope, &row)?;
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    row.derive_keys();
    let current = establishments::table.find(row.id).filter(establishments::version.eq(seen).and(establishments::deleted_at.is_null()));
    let updated = direct!(&mut *tx.conn, |conn| Prepared(diesel::update(current).set(&row).returning(establishments::id)).load::<Id>(conn));
    if on_conflict(updated, Code::UaiTaken)?.is_empty() {
        return Err(Error::of(Code::VersionStale));
    }
    follow_department(tx, scope, row.id, &row.department_code)?;
    Ok(row)
}

/// Takes the establishment out of the directory, unless something refers to it.
pub fn delete(tx: &mut Tx<'_>, scope: &Scope, id: Id, expected: &IfMatch) -> Result<EstablishmentRow> {
    // Else a correspondent could be named between the question and the answer.
    let mut row = lock_references(tx, scope, id)?;
    expected.check(row.version)?;
    crate::db::take_turns(tx.conn, SUCCESSORS)?;
    if is_referenced(tx.conn, &row)? {
        return Err(Error::of(Code::StillReferenced));
    }
    let current = establishments::table.find(id).filter(establishments::version.eq(row.version).and(establishments::deleted_at.is_null()));
    row.version += 1;
    let changes = (establishments::deleted_at.eq(tx.now), establishments::updated_at.eq(tx.now), establishments::version.eq(row.version));
    if diesel::update(current).set(changes).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

fn is_referenced(conn: &mut DbConn, row: &EstablishmentRow) -> Result<bool> {
    let children = establishments::table.filter(establishments::deleted_at.is_null().and(establishments::parent_uai.eq(&row.uai)));
    Ok(diesel::select(exists(children)).get_result::<bool>(conn)? || referenced(conn, TO_ESTABLISHMENTS, row.id)?)
}

/// A caller whose rights end at a department writes no row outside it.
fn check_perimeter(scope: &Scope, row: &EstablishmentRow) -> Result<()> {
    if scope.covers_department(Some(row.department_code.as_str())) { Ok(()) } else { Err(Error::of(Code::OutOfPerimeter)) }
}

/// The turns of those who name a successor or take one away: two at once could close a loop or name what is gone.
const SUCCESSORS: i32 = 1;
/// Longest chain of successors that is followed; real ones have two or three links.
const CHAIN_MAX: usize = 20;

fn check_successor(tx: &mut Tx<'_>, scope: &Scope, row: &EstablishmentRow) -> Result<()> {
    let Some(successor_id) = row.successor_id else {
        let missing = row.status == EstablishmentStatus::Merged;
        return if missing { Err(Error::field("/successor_id", Code::SuccessorRequired)) } else { Ok(()) };
    };
    crate::db::take_turns(tx.conn, SUCCESSORS)?;
    let mut next = Some(successor_id);
    for _ in 0..CHAIN_MAX {
        let Some(id) = next else { return Ok(()) };
        if id == row.id {
            return Err(Error::field("/successor_id", Code::ReferenceCycle));
        }
        next = find_optional(tx.conn, scope, id)?.ok_or_else(|| Error::field("/successor_id", Code::ReferenceNotFound))?.successor_id;
    }
    Err(Error::field("/successor_id", Code::ReferenceCycle))
}

/// Makes the writers of what refers to one establishment take turns, until the end of their transaction. The row is read
/// once it is locked: who held it before may have moved or deleted the establishment.
pub fn lock_references(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<EstablishmentRow> {
    let revision = establishments::references_revision.eq(establishments::references_revision + 1);
    diesel::update(establishments::table.find(id)).set(revision).execute(tx.conn)?;
    find(tx.conn, scope, id)
}

/// Stores new rows in few statements (imports); the caller records them.
pub fn insert_many(tx: &mut Tx<'_>, scope: &Scope, rows: &[EstablishmentRow]) -> Result<()> {
    for row in rows {
        check_perimeter(scope, row)?;
    }
    crate::db::insert_all!(tx.conn, establishments::table, rows);
    Ok(())
}

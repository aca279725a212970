//! Routes, bodies and views of establishments.

use super::model::{
    Address, AddressLine, Attributes, CityName, CommuneCode, District, EstablishmentKind, EstablishmentName, EstablishmentStatus, Latitude, Longitude,
    NatureCode, PostalCode, PriorityLevel, PriorityPeriod, Pupils, Sector, Siret, Site, Uai, priority_flaw,
};
use super::store::{self, EstablishmentRow};
use crate::audit::{Action, Resource};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant, Json};
use crate::error::{Code, Error, Flaw, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, Expansion, History, HistoryEntryView, IfMatch, ListOf, Listed, NoFilters, Page, Patch, PathId,
    Projection, route,
};
use crate::values::input::Change;
use crate::values::{AcademyCode, Day, Email, Interval, Phone, TerritoryCode, WebAddress, body, query, text};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A school or service as the official directory knows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EstablishmentView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// National code.
    pub uai: Uai,
    /// Name.
    pub name: EstablishmentName,
    /// Kind.
    pub kind: EstablishmentKind,
    /// Sector.
    pub sector: Sector,
    /// Status.
    pub status: EstablishmentStatus,
    /// Postal address.
    pub address: Address,
    /// Department or overseas territory.
    pub department_code: TerritoryCode,
    /// Academy.
    pub academy_code: Option<AcademyCode>,
    /// Phone.
    pub phone: Option<Phone>,
    /// Electronic address.
    pub email: Option<Email>,
    /// Web site.
    pub website: Option<WebAddress>,
    /// Number of pupils.
    pub pupils: Option<Pupils>,
    /// Latitude.
    pub latitude: Option<Latitude>,
    /// Longitude.
    pub longitude: Option<Longitude>,
    /// SIRET number.
    pub siret: Option<Siret>,
    /// Nature, by the ministry's code.
    pub nature_code: Option<NatureCode>,
    /// Day it opened.
    pub opened_on: Option<Day>,
    /// UAI of the establishment it belongs to.
    pub parent_uai: Option<Uai>,
    /// Primary-school district.
    pub district: Option<District>,
    /// The establishment that took its place.
    pub successor_id: Option<Id>,
    /// Further sites.
    #[schema(max_items = 100)]
    pub sites: Vec<Site>,
    /// Periods in priority education, the earliest first.
    #[schema(max_items = 100)]
    pub priority_education: Vec<PriorityPeriod>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("uai", "UAI"), ("name", "Nom"), ("kind", "Type"), ("sector", "Secteur"), ("status", "État"),
    ("address.line1", "Adresse 1"), ("address.line2", "Adresse 2"), ("address.line3", "Adresse 3"), ("address.postal_code", "Code postal"),
    ("address.city", "Commune"), ("address.commune_code", "Code commune"), ("department_code", "Département"), ("academy_code", "Académie"),
    ("phone", "Téléphone"), ("email", "Courriel"), ("website", "Site web"), ("pupils", "Élèves"), ("latitude", "Latitude"), ("longitude", "Longitude"),
    ("siret", "SIRET"), ("nature_code", "Nature"), ("opened_on", "Date d'ouverture"), ("parent_uai", "UAI mère"), ("district.uai", "UAI circonscription"),
    ("district.name", "Circonscription"), ("successor_id", "Successeur"), ("sites", "Sites"), ("priority_education", "Éducation prioritaire"),
    ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for EstablishmentView {
    const KIND: &'static str = "establishment";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<EstablishmentRow> for EstablishmentView {
    fn from(row: EstablishmentRow) -> Self {
        let EstablishmentRow {
            id,
            uai,
            name,
            name_key: _,
            search_key: _,
            kind,
            sector,
            status,
            address_line1,
            address_line2,
            address_line3,
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
            successor_id,
            sites,
            priority_education,
            version,
            created_at,
            updated_at,
            deleted_at: _,
        } = row;
        let address = Address { line1: address_line1, line2: address_line2, line3: address_line3, postal_code, city, commune_code };
        let district = district_name.map(|name| District { uai: district_uai, name });
        Self {
            id,
            version,
            uai,
            name,
            kind,
            sector,
            status,
            address,
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
            district,
            successor_id,
            sites: sites.0,
            priority_education: priority_education.0,
            created_at,
            updated_at,
        }
    }
}

text! {
    /// Words to find, each as the beginning of a word of the name or the town; accents and case do not matter.
    pub struct SearchWords { min: 2, max: 100, example: "jean moulin" }
}

query! {
    /// Filters of establishments.
    pub struct EstablishmentFilters {
        /// National codes.
        uai: Option<Vec<Uai>>,
        /// Words of the name or the town.
        q: Option<SearchWords>,
        /// Departments or overseas territories.
        department: Option<Vec<TerritoryCode>>,
        /// Academies.
        academy: Option<Vec<AcademyCode>>,
        /// Kinds.
        kind: Option<Vec<EstablishmentKind>>,
        /// Sectors.
        sector: Option<Vec<Sector>>,
        /// Statuses.
        status: Option<Vec<EstablishmentStatus>>,
        /// UAI of the establishment they belong to.
        parent: Option<Uai>,
        /// In priority education at one of these levels, on the day of `on`.
        priority: Option<Vec<PriorityLevel>>,
        /// The day for `priority`; today by default.
        on: Option<Day>,
        /// Days, in Europe/Paris, of the last change.
        updated: Option<Interval>,
    }
}

body! {
    /// A postal address in France.
    pub struct AddressInput {
        /// First line.
        line1: Option<AddressLine>,
        /// Second line.
        line2: Option<AddressLine>,
        /// Third line.
        line3: Option<AddressLine>,
        /// Postal code.
        postal_code: Option<PostalCode>,
        /// Town.
        city: Option<CityName>,
        /// INSEE code of the commune.
        commune_code: Option<CommuneCode>,
    }
}

body! {
    /// A further site of the same establishment.
    pub struct SiteInput {
        /// Name of the site.
        name: EstablishmentName,
        /// Kind of the site.
        kind: EstablishmentKind,
        /// Address of the site.
        address: Option<AddressInput>,
        /// Phone of the site.
        phone: Option<Phone>,
        /// Electronic address of the site.
        email: Option<Email>,
    }
}

body! {
    /// The primary-school district.
    pub struct DistrictInput {
        /// UAI of the inspector's office.
        uai: Option<Uai>,
        /// Name of the district.
        name: EstablishmentName,
    }
}

body! {
    /// A period in priority education.
    pub struct PriorityPeriodInput {
        /// Level in this period.
        level: PriorityLevel,
        /// First day.
        starts_on: Day,
        /// Last day, `null` while it lasts.
        ends_on: Option<Day>,
    } check { ends_on: crate::values::input::period[starts_on, ends_on] }
}

body! {
    /// Puts an establishment into the directory.
    pub struct CreateEstablishment {
        /// National code.
        uai: Uai,
        /// Name.
        name: EstablishmentName,
        /// Kind.
        kind: EstablishmentKind,
        /// Sector.
        sector: Sector,
        /// Status, `open` by default.
        status: Option<EstablishmentStatus>,
        /// Postal address.
        address: Option<AddressInput>,
        /// Department or overseas territory.
        department_code: TerritoryCode,
        /// Academy; the department's by default.
        academy_code: Option<AcademyCode>,
        /// Phone.
        phone: Option<Phone>,
        /// Electronic address.
        email: Option<Email>,
        /// Web site.
        website: Option<WebAddress>,
        /// Number of pupils.
        pupils: Option<Pupils>,
        /// Latitude.
        latitude: Option<Latitude>,
        /// Longitude.
        longitude: Option<Longitude>,
        /// SIRET number.
        siret: Option<Siret>,
        /// Nature, by the ministry's code.
        nature_code: Option<NatureCode>,
        /// Day it opened.
        opened_on: Option<Day>,
        /// UAI of the establishment it belongs to; it may lie outside this directory.
        parent_uai: Option<Uai>,
        /// Primary-school district.
        district: Option<DistrictInput>,
        /// The establishment that took its place; needed when merged.
        successor_id: Option<Id>,
        /// Further sites.
        sites: Option<Vec<SiteInput>>,
        /// Periods in priority education; they do not overlap.
        priority_education: Option<Vec<PriorityPeriodInput>>,
    } check {
        successor_id: merged_names_successor[status, successor_id],
        priority_education: distinct_periods[priority_education],
    }
}

body! {
    /// Changes an establishment: absent fields stay, `null` clears.
    pub struct UpdateEstablishment {
        /// Name.
        name: Change<EstablishmentName>,
        /// Kind.
        kind: Change<EstablishmentKind>,
        /// Sector.
        sector: Change<Sector>,
        /// Status; `merged` needs a successor.
        status: Change<EstablishmentStatus>,
        /// Postal address, replaced as a whole.
        address: Change<AddressInput>,
        /// Department or overseas territory.
        department_code: Change<TerritoryCode>,
        /// Academy.
        academy_code: Change<Option<AcademyCode>>,
        /// Phone.
        phone: Change<Option<Phone>>,
        /// Electronic address.
        email: Change<Option<Email>>,
        /// Web site.
        website: Change<Option<WebAddress>>,
        /// Number of pupils.
        pupils: Change<Option<Pupils>>,
        /// Latitude.
        latitude: Change<Option<Latitude>>,
        /// Longitude.
        longitude: Change<Option<Longitude>>,
        /// SIRET number.
        siret: Change<Option<Siret>>,
        /// Nature, by the ministry's code.
        nature_code: Change<Option<NatureCode>>,
        /// Day it opened.
        opened_on: Change<Option<Day>>,
        /// UAI of the establishment it belongs to.
        parent_uai: Change<Option<Uai>>,
        /// Primary-school district, replaced as a whole.
        district: Change<Option<DistrictInput>>,
        /// The establishment that took its place.
        successor_id: Change<Option<Id>>,
        /// Further sites, replaced as a whole.
        sites: Change<Vec<SiteInput>>,
        /// Periods in priority education, replaced as a whole.
        priority_education: Change<Vec<PriorityPeriodInput>>,
    } check { priority_education: distinct_changed_periods[priority_education] }
}

fn merged_names_successor(status: &Option<EstablishmentStatus>, successor_id: &Option<Id>) -> Option<Flaw> {
    (*status == Some(EstablishmentStatus::Merged) && successor_id.is_none()).then(|| Code::SuccessorRequired.into())
}

fn distinct_periods(periods: &Option<Vec<PriorityPeriodInput>>) -> Option<Flaw> {
    periods.as_ref().and_then(|periods| priority_flaw(&priority_periods(periods.clone()))).map(|(_, code)| code.into())
}

fn distinct_changed_periods(change: &Change<Vec<PriorityPeriodInput>>) -> Option<Flaw> {
    match change {
        Change::Keep => None,
        Change::To(periods) => distinct_periods(&Some(periods.clone())),
    }
}

fn priority_periods(periods: Vec<PriorityPeriodInput>) -> Vec<PriorityPeriod> {
    let mut periods: Vec<PriorityPeriod> =
        periods.into_iter().map(|PriorityPeriodInput { level, starts_on, ends_on }| PriorityPeriod { level, starts_on, ends_on }).collect();
    periods.sort_by_key(|period| period.starts_on);
    periods
}

impl From<AddressInput> for Address {
    fn from(input: AddressInput) -> Self {
        let AddressInput { line1, line2, line3, postal_code, city, commune_code } = input;
        Self { line1, line2, line3, postal_code, city, commune_code }
    }
}

impl From<DistrictInput> for District {
    fn from(DistrictInput { uai, name }: DistrictInput) -> Self {
        Self { uai, name }
    }
}

impl From<SiteInput> for Site {
    fn from(SiteInput { name, kind, address, phone, email }: SiteInput) -> Self {
        Self { name, kind, address: address.map(Into::into).unwrap_or_default(), phone, email }
    }
}

impl CreateEstablishment {
    fn into_row(self, now: Instant) -> EstablishmentRow {
        let Self {
            uai,
            name,
            kind,
            sector,
            status,
            address,
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
            district,
            successor_id,
            sites,
            priority_education,
        } = self;
        let attributes = Attributes {
            uai,
            name,
            kind,
            sector,
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
            status: status.unwrap_or(EstablishmentStatus::Open),
            address: address.map(Into::into).unwrap_or_default(),
            district: district.map(Into::into),
            sites: sites.unwrap_or_default().into_iter().map(Into::into).collect(),
        };
        let priority_education = Json(priority_periods(priority_education.unwrap_or_default()));
        EstablishmentRow { successor_id, priority_education, ..EstablishmentRow::new(attributes, now) }
    }
}

impl UpdateEstablishment {
    fn apply(self, row: &mut EstablishmentRow) {
        let Self {
            name,
            kind,
            sector,
            status,
            address,
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
            district,
            successor_id,
            sites,
            priority_education,
        } = self;
        name.apply(&mut row.name);
        kind.apply(&mut row.kind);
        sector.apply(&mut row.sector);
        status.apply(&mut row.status);
        department_code.apply(&mut row.department_code);
        academy_code.apply(&mut row.academy_code);
        phone.apply(&mut row.phone);
        email.apply(&mut row.email);
        website.apply(&mut row.website);
        pupils.apply(&mut row.pupils);
        latitude.apply(&mut row.latitude);
        longitude.apply(&mut row.longitude);
        siret.apply(&mut row.siret);
        nature_code.apply(&mut row.nature_code);
        opened_on.apply(&mut row.opened_on);
        parent_uai.apply(&mut row.parent_uai);
        successor_id.apply(&mut row.successor_id);
        if let Change::To(AddressInput { line1, line2, line3, postal_code, city, commune_code }) = address {
            (row.address_line1, row.address_line2, row.address_line3) = (line1, line2, line3);
            (row.postal_code, row.city, row.commune_code) = (postal_code, city, commune_code);
        }
        if let Change::To(district) = district {
            (row.district_uai, row.district_name) = district.map_or((None, None), |DistrictInput { uai, name }| (uai, Some(name)));
        }
        if let Change::To(sites) = sites {
            row.sites = Json(sites.into_iter().map(Into::into).collect());
        }
        if let Change::To(periods) = priority_education {
            row.priority_education = Json(priority_periods(periods));
        }
    }
}

/// The directory as a list.
#[derive(Clone)]
struct Establishments {
    today: Day,
}

const SORTS: &[&str] = &["name", "uai", "updated"];
const EXPANDS: &[&str] = &["parent", "successor", "parent.parent", "parent.successor", "successor.parent", "successor.successor"];

impl Listed for Establishments {
    type Filters = EstablishmentFilters;
    type View = EstablishmentView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &EstablishmentFilters, slice: &Slice) -> Result<Vec<(Position, EstablishmentView)>> {
        let rows = store::list(conn, scope, filters, self.today, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &EstablishmentFilters) -> Result<i64> {
        store::count(conn, scope, filters, self.today)
    }
}

/// What other resources can show of establishments.
pub const EXPANSIONS: [Expansion; 3] = [
    Expansion { name: "parent", reference: "parent_uai", operation: "establishments_retrieve", load: load_by_uai },
    Expansion { name: "successor", reference: "successor_id", operation: "establishments_retrieve", load: load_by_id },
    Expansion { name: "establishment", reference: "establishment_id", operation: "establishments_retrieve", load: load_by_id },
];

fn load_by_uai(conn: &mut DbConn, scope: &Scope, uais: &[String]) -> Result<HashMap<String, serde_json::Value>> {
    by_key(store::find_by_uais(conn, scope, uais.to_vec())?, |row| row.uai.to_string())
}

fn load_by_id(conn: &mut DbConn, scope: &Scope, ids: &[String]) -> Result<HashMap<String, serde_json::Value>> {
    let ids = ids.iter().filter_map(|id| Id::parse(id)).collect();
    by_key(store::find_by_ids(conn, scope, ids)?, |row| row.id.to_string())
}

fn by_key(rows: Vec<EstablishmentRow>, key: fn(&EstablishmentRow) -> String) -> Result<HashMap<String, serde_json::Value>> {
    rows.into_iter().map(|row| Ok((key(&row), serde_json::to_value(EstablishmentView::from(row)).map_err(Error::internal)?))).collect()
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_establishments).lists::<EstablishmentView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_establishment).creates().shows::<EstablishmentView>(),
        route!(retrieve_establishment).shows::<EstablishmentView>().sparse().expands(EXPANDS),
        route!(update_establishment).conditional().shows::<EstablishmentView>(),
        route!(delete_establishment).conditional(),
        route!(list_establishment_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List establishments
///
/// The school directory, by name. Any filter is valid on the CSV and NDJSON forms too.
#[utoipa::path(get, path = "/establishments", operation_id = "establishments_list", tag = "establishments",
    params(EstablishmentFilters), responses((status = 200, description = "A page of establishments.", body = Page<EstablishmentView>)))]
async fn list_establishments(actor: Actor, list: ListOf<EstablishmentFilters>) -> Answer {
    actor.list(Establishments { today: actor.today() }, list).await
}

/// Create an establishment
///
/// Puts an establishment into the directory; its UAI must be free.
#[utoipa::path(post, path = "/establishments", operation_id = "establishments_create", tag = "establishments",
    params(CommandOptions), request_body = CreateEstablishment, responses((status = 201, description = "The establishment.", body = EstablishmentView)))]
async fn create_establishment(actor: Actor, command: Command<CreateEstablishment>) -> Answer {
    actor
        .create("establishments", command, |tx, scope, body| {
            let row = body.into_row(tx.now);
            let view = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok::<EstablishmentView, Error>(view)
        })
        .await
}

/// Retrieve an establishment
///
/// One establishment of the directory.
#[utoipa::path(get, path = "/establishments/{id}", operation_id = "establishments_retrieve", tag = "establishments",
    params(("id" = Id, Path)), responses((status = 200, description = "The establishment.", body = EstablishmentView)))]
async fn retrieve_establishment(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(EstablishmentView::from)).await
}

/// Change an establishment
///
/// Changes the fields given, at the version the caller has seen.
#[utoipa::path(patch, path = "/establishments/{id}", operation_id = "establishments_update", tag = "establishments",
    params(("id" = Id, Path)), request_body = UpdateEstablishment, responses((status = 200, description = "The establishment after the change.", body = EstablishmentView)))]
async fn update_establishment(actor: Actor, id: PathId, patch: Patch<UpdateEstablishment>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row);
            let view = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok::<EstablishmentView, Error>(view)
        })
        .await
}

/// Delete an establishment
///
/// Takes an establishment out of the directory; refused while anything refers to it. Its history stays.
#[utoipa::path(delete, path = "/establishments/{id}", operation_id = "establishments_delete", tag = "establishments",
    params(("id" = Id, Path)), responses((status = 204, description = "It is no longer in the directory.")))]
async fn delete_establishment(actor: Actor, id: PathId, expected: IfMatch) -> Answer {
    actor
        .delete(expected, move |tx, scope, expected| {
            let view: EstablishmentView = store::delete(tx, scope, id.0, expected)?.into();
            tx.record(Action::Delete, &view)
        })
        .await
}

/// List the versions of an establishment
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/establishments/{id}/history", operation_id = "establishments_history", tag = "establishments",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_establishment_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

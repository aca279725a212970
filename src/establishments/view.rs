//! What is shown of an establishment.

use super::model::*;
use super::store::EstablishmentRow;
use crate::audit::Resource;
use crate::db::{Id, Instant};
use crate::values::{AcademyCode, Day, Email, Phone, TerritoryCode, WebAddress};
use serde::Serialize;
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
pub const TITLES: &[(&str, &str)] = &[
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

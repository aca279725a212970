//! What callers send to create and change an establishment.

use super::model::*;
use super::store::EstablishmentRow;
use crate::db::{Id, Instant, Json};
use crate::error::{Code, Flaw};
use crate::values::input::Change;
use crate::values::{AcademyCode, Day, Email, Phone, TerritoryCode, WebAddress, body};

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
    pub fn into_row(self, now: Instant) -> EstablishmentRow {
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
    pub fn apply(self, row: &mut EstablishmentRow) {
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

//! Routes of the reference data; it is part of the program, so its version is the program's.

use crate::http::{Answer, Endpoint, constant, context, route};
use crate::values::territory::{ACADEMIES, DEPARTMENTS, REGIONS};
use crate::values::{AcademyCode, DepartmentCode, DisplayName, Enumeration, Labelled};
use actix_web::HttpRequest;
use serde::Serialize;
use utoipa::ToSchema;

/// A region.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegionView {
    /// INSEE code.
    #[schema(max_length = 2, pattern = "^[0-9]{2}$", example = "84")]
    pub code: &'static str,
    /// Name.
    #[schema(value_type = DisplayName)]
    pub name: &'static str,
}

/// An academy.
#[derive(Debug, Serialize, ToSchema)]
pub struct AcademyView {
    /// The ministry's code.
    #[schema(value_type = AcademyCode)]
    pub code: &'static str,
    /// Name.
    #[schema(value_type = DisplayName)]
    pub name: &'static str,
    /// INSEE code of the region.
    #[schema(max_length = 2, pattern = "^[0-9]{2}$", example = "84")]
    pub region_code: &'static str,
    /// Zone of the school holidays; none in Corsica and overseas.
    #[schema(max_length = 1, pattern = "^[ABC]$", example = "A")]
    pub holiday_zone: Option<&'static str>,
}

/// A department.
#[derive(Debug, Serialize, ToSchema)]
pub struct DepartmentView {
    /// INSEE code.
    #[schema(value_type = DepartmentCode)]
    pub code: &'static str,
    /// Name.
    #[schema(value_type = DisplayName)]
    pub name: &'static str,
    /// INSEE code of the region.
    #[schema(max_length = 2, pattern = "^[0-9]{2}$", example = "84")]
    pub region_code: &'static str,
    /// The ministry's code of the academy.
    #[schema(value_type = AcademyCode)]
    pub academy_code: &'static str,
    /// IANA time zone.
    #[schema(max_length = 40, pattern = "^[A-Za-z_/]+$", example = "Europe/Paris")]
    pub time_zone: &'static str,
}

/// A value of an enumeration with its labels.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnumerationValueView {
    /// The code used in this API.
    #[schema(max_length = 60, pattern = "^[a-z][a-z0-9_.]*$", example = "middle_school")]
    pub code: &'static str,
    /// French label.
    #[schema(value_type = DisplayName)]
    pub label_fr: &'static str,
    /// English label.
    #[schema(value_type = DisplayName)]
    pub label_en: &'static str,
}

/// An enumeration. Sets grow: a client must tolerate a value that it does not know.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnumerationView {
    /// Its name.
    #[schema(max_length = 60, pattern = "^[a-z][a-z0-9_]*$", example = "establishment_kind")]
    pub name: &'static str,
    /// Its values, in the order in which they are to be shown.
    #[schema(max_items = 100)]
    pub values: Vec<EnumerationValueView>,
}

macro_rules! collection {
    ($(#[doc = $doc:literal])+ $name:ident of $view:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug, Serialize, ToSchema)]
        pub struct $name {
            /// All items.
            #[schema(max_items = 200)]
            pub items: Vec<$view>,
        }
    };
}

collection! {
    /// All regions.
    RegionsView of RegionView
}
collection! {
    /// All academies.
    AcademiesView of AcademyView
}
collection! {
    /// All departments that have an association.
    DepartmentsView of DepartmentView
}
collection! {
    /// All enumerations.
    EnumerationsView of EnumerationView
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_regions).tagged().cacheable(),
        route!(list_academies).tagged().cacheable(),
        route!(list_departments).tagged().cacheable(),
        route!(list_enumerations).tagged().cacheable(),
    ]
}

/// List regions
///
/// The 18 regions of France.
#[utoipa::path(get, path = "/reference/regions", operation_id = "reference_regions_list", tag = "reference",
    responses((status = 200, description = "All regions.", body = RegionsView)))]
async fn list_regions(request: HttpRequest) -> Answer {
    constant(&request, &RegionsView { items: REGIONS.iter().map(|region| RegionView { code: region.code, name: region.name }).collect() })
}

/// List academies
///
/// The 30 academies with their region and holiday zone.
#[utoipa::path(get, path = "/reference/academies", operation_id = "reference_academies_list", tag = "reference",
    responses((status = 200, description = "All academies.", body = AcademiesView)))]
async fn list_academies(request: HttpRequest) -> Answer {
    let view = |academy: &crate::values::territory::Academy| AcademyView {
        code: academy.code,
        name: academy.name,
        region_code: academy.region_code,
        holiday_zone: academy.holiday_zone,
    };
    constant(&request, &AcademiesView { items: ACADEMIES.iter().map(view).collect() })
}

/// List departments
///
/// The 101 departments, each with its association, academy and region.
#[utoipa::path(get, path = "/reference/departments", operation_id = "reference_departments_list", tag = "reference",
    responses((status = 200, description = "All departments.", body = DepartmentsView)))]
async fn list_departments(request: HttpRequest) -> Answer {
    let view = |department: &crate::values::territory::Department| DepartmentView {
        code: department.code,
        name: department.name,
        region_code: department.region_code,
        academy_code: department.academy_code,
        time_zone: department.time_zone,
    };
    constant(&request, &DepartmentsView { items: DEPARTMENTS.iter().map(view).collect() })
}

/// List enumerations
///
/// Every enumeration of this API with French and English labels.
#[utoipa::path(get, path = "/reference/enumerations", operation_id = "reference_enumerations_list", tag = "reference",
    responses((status = 200, description = "All enumerations.", body = EnumerationsView)))]
async fn list_enumerations(request: HttpRequest) -> Answer {
    let value = |value: &Labelled| EnumerationValueView { code: value.code, label_fr: value.fr, label_en: value.en };
    let view = |enumeration: &Enumeration| EnumerationView { name: enumeration.name, values: enumeration.values.iter().map(value).collect() };
    let enumerations = context(&request)?.server.enumerations;
    constant(&request, &EnumerationsView { items: enumerations.iter().map(view).collect() })
}

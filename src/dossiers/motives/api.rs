//! The nomenclature of motives as it is served.

use super::model::{self, Motive, MotiveCode, Nomenclature, NomenclatureFilters, NomenclatureVersion};
use crate::error::{Code, Error};
use crate::http::{Answer, Endpoint, Parameters, constant, context, route};
use crate::values::{Day, DisplayName};
use actix_web::HttpRequest;
use serde::Serialize;
use utoipa::ToSchema;

/// A motive with its labels.
#[derive(Debug, Serialize, ToSchema)]
pub struct MotiveView {
    /// The code used in this API.
    #[schema(value_type = MotiveCode)]
    pub code: &'static str,
    /// French label.
    #[schema(value_type = DisplayName)]
    pub label_fr: &'static str,
    /// English label.
    #[schema(value_type = DisplayName)]
    pub label_en: &'static str,
    /// The motives of the next version that took its place; empty in the version in force.
    #[schema(max_items = 20, value_type = Vec<MotiveCode>)]
    pub replaced_by: &'static [&'static str],
}

/// A version of the nomenclature of motives.
#[derive(Debug, Serialize, ToSchema)]
pub struct MotivesView {
    /// Its version.
    #[schema(value_type = NomenclatureVersion)]
    pub version: i32,
    /// First day on which dossiers were opened with it.
    pub valid_from: Day,
    /// Last day; `null` while it is in force.
    pub valid_to: Option<Day>,
    /// Its motives, in the order in which they are to be shown.
    #[schema(max_items = 200)]
    pub items: Vec<MotiveView>,
}

impl From<&Nomenclature> for MotivesView {
    fn from(nomenclature: &Nomenclature) -> Self {
        let view = |motive: &Motive| {
            let Motive { code, fr, en, replaced_by } = *motive;
            MotiveView { code, label_fr: fr, label_en: en, replaced_by }
        };
        Self {
            version: nomenclature.version,
            valid_from: nomenclature.first_day(),
            valid_to: nomenclature.last_day(),
            items: nomenclature.motives.iter().map(view).collect(),
        }
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_motives).tagged().cacheable()]
}

/// List motives
///
/// One version of the nomenclature of motives: the one in force, or an earlier one with what took the place of each code. Codes
/// are never used again with another meaning; the set grows, and a client must tolerate a code that it does not know.
#[utoipa::path(get, path = "/reference/motives", operation_id = "reference_motives_list", tag = "reference",
    params(NomenclatureFilters), responses((status = 200, description = "A version of the nomenclature.", body = MotivesView)))]
async fn list_motives(request: HttpRequest, query: Parameters<NomenclatureFilters>) -> Answer {
    let nomenclature = match query.0.version {
        Some(version) => model::find(version).ok_or_else(|| Error::parameter("version", Code::ReferenceNotFound))?,
        None => model::in_force(context(&request)?.server.today()),
    };
    constant(&request, &MotivesView::from(nomenclature))
}

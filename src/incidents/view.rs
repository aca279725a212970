//! What is shown of an incident.

use super::model::{IncidentNature, IncidentSummary, THRESHOLD, coarse};
use super::store::{Counts, IncidentRow};
use crate::associations::model::TimeOfDay;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::dossiers::model::Place;
use crate::http::FieldName;
use crate::values::{Day, DepartmentCode};
use serde::Serialize;
use utoipa::ToSchema;

/// An event at an establishment. A field that is hidden from the caller is `null` and named in `withheld`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The association of its department.
    pub association_id: Id,
    /// The department whose team works it.
    pub department_code: DepartmentCode,
    /// Where it happened.
    pub establishment_id: Id,
    /// The day.
    pub occurred_on: Day,
    /// The time.
    pub occurred_time: Option<TimeOfDay>,
    /// The place in the establishment.
    pub place: Option<Place>,
    /// What happened.
    #[schema(max_items = 100)]
    pub natures: Vec<IncidentNature>,
    /// What happened, in words; `null` once all its dossiers are anonymised.
    pub summary: Option<IncidentSummary>,
    /// How many of its dossiers the caller sees, each case once: duplicates are not counted.
    #[schema(minimum = 0, maximum = 1_000_000, example = 6)]
    pub dossiers_count: Option<i64>,
    /// Of how many members these are.
    #[schema(minimum = 0, maximum = 1_000_000, example = 6)]
    pub persons_count: Option<i64>,
    /// Who recorded it.
    pub created_by: Option<Id>,
    /// The fields that are hidden from this caller.
    #[schema(max_items = 20, value_type = Vec<FieldName>)]
    pub withheld: Vec<&'static str>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("association_id", "Association"), ("department_code", "Département"),
    ("establishment_id", "Établissement"), ("occurred_on", "Date"), ("occurred_time", "Heure"), ("place", "Lieu"), ("natures", "Nature"),
    ("summary", "Résumé"), ("dossiers_count", "Dossiers"), ("persons_count", "Personnes"), ("created_by", "Enregistré par"),
    ("withheld", "Champs masqués"), ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for IncidentView {
    const KIND: &'static str = "incident";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// The whole row, without what depends on who looks at it: a version is recorded so.
impl From<IncidentRow> for IncidentView {
    fn from(row: IncidentRow) -> Self {
        let IncidentRow { id, association_id, department_code, establishment_id, occurred_on, occurred_time, place, natures, summary, .. } = row;
        let IncidentRow { created_by, version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            association_id,
            department_code,
            establishment_id,
            occurred_on,
            occurred_time,
            place,
            natures: natures.0,
            summary,
            dossiers_count: None,
            persons_count: None,
            created_by,
            withheld: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

/// How many incidents, dossiers and persons: three figures, for one event may open several dossiers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncidentStatisticsView {
    /// Incidents.
    #[schema(minimum = 0, maximum = 1_000_000, example = 12)]
    pub incidents_count: i64,
    /// Their dossiers: those that the caller sees, to national staff all.
    #[schema(minimum = 0, maximum = 1_000_000, example = 30)]
    pub dossiers_count: Option<i64>,
    /// Of how many members these are, each counted once.
    #[schema(minimum = 0, maximum = 1_000_000, example = 25)]
    pub persons_count: Option<i64>,
    /// What dossiers and persons are rounded down to, and below which they are withheld: 1 where they are exact.
    #[schema(minimum = 1, maximum = 100, example = 5)]
    pub grain: i64,
    /// The figures that are too small to be told.
    #[schema(max_items = 20, value_type = Vec<FieldName>)]
    pub withheld: Vec<&'static str>,
}

impl IncidentStatisticsView {
    pub fn exact(incidents_count: i64, Counts { dossiers, persons }: Counts) -> Self {
        Self { incidents_count, dossiers_count: Some(dossiers), persons_count: Some(persons), grain: 1, withheld: Vec::new() }
    }

    /// The same for whoever only counts. The incidents themselves they may list, one by one.
    pub fn coarse(incidents_count: i64, Counts { dossiers, persons }: Counts) -> Self {
        let (dossiers_count, persons_count) = (coarse(dossiers), coarse(persons));
        let small = [("dossiers_count", dossiers_count), ("persons_count", persons_count)].into_iter().filter(|(_, told)| told.is_none());
        Self { incidents_count, dossiers_count, persons_count, grain: THRESHOLD, withheld: small.map(|(name, _)| name).collect() }
    }
}

/// What is hidden from whoever counts incidents without reading them.
pub const CONTENT: &[&str] = &["summary", "dossiers_count", "persons_count"];

/// What this caller sees: all of an incident of their departments with how many dossiers of it they see, and of others that it was.
pub fn show(scope: &Scope, row: IncidentRow, counts: Counts) -> IncidentView {
    let read = scope.covers_department(Some(row.department_code.as_str()));
    let view = IncidentView::from(row);
    if read {
        IncidentView { dossiers_count: Some(counts.dossiers), persons_count: Some(counts.persons), ..view }
    } else {
        IncidentView { summary: None, withheld: CONTENT.to_vec(), ..view }
    }
}

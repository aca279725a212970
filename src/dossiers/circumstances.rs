//! What was true on the day of the facts, of the member, of the establishment and of the cover: figures are computed from it,
//! never from today's values.

use super::model::{AgeBand, DossierWarning};
use super::motives::model::NomenclatureVersion;
use crate::audit;
use crate::auth::Scope;
use crate::db::{DbConn, Instant};
use crate::error::Result;
use crate::establishments::model::{EstablishmentKind, EstablishmentStatus, PriorityLevel, PriorityPeriod, Sector};
use crate::establishments::store::EstablishmentRow;
use crate::members::employments;
use crate::members::employments::model::{Employer, EmploymentStatus, Occupation};
use crate::members::memberships::cover::{CoverProof, cover};
use crate::members::memberships::model::CoverStatus;
use crate::members::store::MemberRow;
use crate::values::{Day, DepartmentCode, Interval, TerritoryCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::str::FromStr;
use utoipa::ToSchema;

/// Member and establishment as they were on the day of the facts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FactsSnapshot {
    /// What the member worked as.
    pub occupation: Option<Occupation>,
    /// Under which status.
    pub employment_status: Option<EmploymentStatus>,
    /// For whom.
    pub employer: Option<Employer>,
    /// Kind of the establishment.
    pub establishment_kind: Option<EstablishmentKind>,
    /// Its sector.
    pub sector: Option<Sector>,
    /// Its level of priority education.
    pub priority_education: Option<PriorityLevel>,
    /// Department of the establishment, else of the dossier.
    pub department_code: TerritoryCode,
    /// Year in which the member was born.
    #[schema(minimum = 1800, maximum = 2199, format = "int32", example = 1984)]
    pub birth_year: Option<i32>,
    /// The member's age, in bands.
    pub age_band: Option<AgeBand>,
    /// The version of the nomenclature to which the motives belong.
    #[schema(value_type = NomenclatureVersion)]
    pub nomenclature_version: i32,
}

/// What the periods of membership said of the facts, and which of them, at which version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CoverEvidence {
    /// Whether all, some or none of the days were covered.
    pub status: CoverStatus,
    /// The periods that prove it, the earliest first.
    #[schema(max_items = 200)]
    pub proofs: Vec<CoverProof>,
    /// The day on which they were read.
    pub checked_on: Day,
}

/// The days of the facts.
#[derive(Debug, Clone, Copy)]
pub struct FactsDays {
    pub from: Day,
    pub to: Day,
}

/// All that is found out when a dossier is opened, or its facts are corrected.
pub struct Circumstances {
    pub snapshot: FactsSnapshot,
    pub warnings: Vec<DossierWarning>,
}

impl Circumstances {
    /// Reads them as of the first day of the facts; both rows were found by whoever opens the dossier.
    pub fn read(
        conn: &mut DbConn,
        scope: &Scope,
        (member, establishment, department): (&MemberRow, Option<&EstablishmentRow>, &DepartmentCode),
        days: FactsDays,
        nomenclature_version: i32,
    ) -> Result<Self> {
        let employment = employments::store::main_on(conn, scope, member.id, days.from)?;
        let school = establishment.map(|row| SchoolThen::read(conn, scope, row, days.from)).transpose()?;
        let elsewhere = (member.department_code != *department).then_some(DossierWarning::MemberOfOtherDepartment);
        let closed = school.as_ref().is_some_and(|school| school.closed).then_some(DossierWarning::EstablishmentClosed);
        let (occupation, employment_status, employer) =
            employment.map_or((None, None, None), |row| (Some(row.occupation), row.employment_status, row.employer));
        let snapshot = FactsSnapshot {
            occupation,
            employment_status,
            employer,
            establishment_kind: school.as_ref().map(|school| school.kind),
            sector: school.as_ref().map(|school| school.sector),
            priority_education: school.as_ref().and_then(|school| school.priority),
            department_code: establishment.map_or_else(|| department.into(), |row| row.department_code.clone()),
            birth_year: member.birth_date.map(Day::year),
            age_band: member.birth_date.map(|birth_date| AgeBand::on(days.from, birth_date)),
            nomenclature_version,
        };
        Ok(Self { snapshot, warnings: elsewhere.into_iter().chain(closed).collect() })
    }
}

/// An establishment on a past day, as far as its versions tell.
struct SchoolThen {
    kind: EstablishmentKind,
    sector: Sector,
    priority: Option<PriorityLevel>,
    closed: bool,
}

impl SchoolThen {
    fn read(conn: &mut DbConn, scope: &Scope, row: &EstablishmentRow, day: Day) -> Result<Self> {
        let (_, end) = Interval { from: None, to: Some(day) }.instants();
        // What happened before the first version was recorded is known only from what is recorded now.
        let then = end.map(|end| audit::snapshot_before(conn, scope, row.id, Instant(end))).transpose()?.flatten();
        let status = read(then.as_ref(), "status").unwrap_or(row.status);
        let lasts = |period: &&PriorityPeriod| period.starts_on <= day && period.ends_on.is_none_or(|end| day <= end);
        Ok(Self {
            kind: read(then.as_ref(), "kind").unwrap_or(row.kind),
            sector: read(then.as_ref(), "sector").unwrap_or(row.sector),
            priority: row.priority_education.0.iter().find(lasts).map(|period| period.level),
            closed: matches!(status, EstablishmentStatus::Closed | EstablishmentStatus::Merged),
        })
    }
}

fn read<T: FromStr>(snapshot: Option<&Value>, field: &str) -> Option<T> {
    snapshot?.get(field)?.as_str()?.parse().ok()
}

/// Holds the periods of a member against the days of the facts.
pub fn evidence(conn: &mut DbConn, scope: &Scope, member: &MemberRow, days: FactsDays, today: Day) -> Result<CoverEvidence> {
    let found = cover(conn, scope, member.id, days.from, days.to)?;
    Ok(CoverEvidence { status: found.status, proofs: found.proofs, checked_on: today })
}

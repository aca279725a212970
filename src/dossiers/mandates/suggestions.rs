//! Which lawyer partners a dossier can be proposed to, in an order that anybody can follow.

use super::model::Record;
use super::standing;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::{DbConn, Id};
use crate::dossiers;
use crate::error::Result;
use crate::http::{Actor, Answer, Endpoint, Parameters, PathId, route};
use crate::lawyers::model::{Bar, Firm, Speciality, Standing};
use crate::lawyers::store::{LawyerRow, of_department};
use crate::values::{Day, DepartmentCode, DisplayName, query};
use serde::Serialize;
use std::cmp::Reverse;
use utoipa::ToSchema;

/// Most lawyers suggested.
const SUGGESTIONS_MAX: usize = 50;

query! {
    /// What the case asks for.
    pub struct SuggestionOptions {
        /// What the lawyer should plead in; those who do come first.
        speciality: Option<Speciality>,
    }
}

/// A lawyer partner to whom the dossier can be proposed today, with all that decides on their place.
#[derive(Debug, Serialize, ToSchema)]
pub struct LawyerSuggestionView {
    /// The lawyer.
    pub lawyer_id: Id,
    /// Name.
    pub name: DisplayName,
    /// Bar.
    pub bar: Bar,
    /// Firm.
    pub firm: Option<Firm>,
    /// The department of the dossier, where the lawyer pleads.
    pub department_code: DepartmentCode,
    /// What the lawyer pleads in.
    #[schema(max_items = 100)]
    pub specialities: Vec<Speciality>,
    /// First criterion: whether the speciality asked for is among them; `null` where none was.
    pub speciality_matches: Option<bool>,
    /// Second criterion, for fairness, the fewest first: mandates accepted in the last twelve months.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 3)]
    pub mandates_in_twelve_months: i32,
    /// Third criterion, the highest first: of a hundred proposals, those accepted; `null` before the first, which counts as a hundred.
    #[schema(minimum = 0, maximum = 100, example = 80)]
    pub acceptance_percent: Option<i32>,
    /// Proposals that were accepted, declined, or left to expire.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 10)]
    pub proposals_answered: i32,
    /// Fourth criterion, the most first: mandates that the lawyer still takes this year; `null` without a number, which comes first. Then
    /// the name decides.
    #[schema(minimum = 1, maximum = 1000, example = 5)]
    pub capacity_left: Option<i32>,
}

/// The lawyers to whom a dossier can be proposed.
#[derive(Debug, Serialize, ToSchema)]
pub struct LawyerSuggestionsView {
    /// The best first.
    #[schema(max_items = 50)]
    pub items: Vec<LawyerSuggestionView>,
}

pub fn route() -> Endpoint {
    route!(suggest_lawyers).discloses(Confided::Dossier)
}

/// Suggest lawyers for a dossier
///
/// The partners to whom it can be proposed today, in an order that follows from what is shown of each. Who is out of agreement, away,
/// out of capacity, of other departments or in conflict is not among them.
#[utoipa::path(get, path = "/dossiers/{id}/lawyer-suggestions", operation_id = "lawyer_suggestions_list", tag = "mandates",
    params(("id" = Id, Path), SuggestionOptions), responses((status = 200, description = "The lawyers.", body = LawyerSuggestionsView)))]
async fn suggest_lawyers(actor: Actor, id: PathId, options: Parameters<SuggestionOptions>) -> Answer {
    let (today, Parameters(SuggestionOptions { speciality })) = (actor.today(), options);
    actor
        .show(move |conn, scope| {
            let dossier = dossiers::store::find(conn, scope, id.0)?;
            Ok(LawyerSuggestionsView { items: suggest(conn, scope, (dossier.id, &dossier.department_code), speciality, today)? })
        })
        .await
}

fn suggest(
    conn: &mut DbConn,
    scope: &Scope,
    (id, department): (Id, &DepartmentCode),
    asked: Option<Speciality>,
    today: Day,
) -> Result<Vec<LawyerSuggestionView>> {
    let lawyers = of_department(conn, &Scope::everybody(), department)?;
    let standings = standing::standings(conn, scope, id, &lawyers, today)?;
    let able = lawyers.into_iter().zip(standings).filter(|(_, (standing, _))| standing.flaw(department, today).is_none());
    let mut items: Vec<LawyerSuggestionView> = able.map(|(lawyer, (standing, record))| show(lawyer, &standing, record, department, asked)).collect();
    // They came by name, and a stable sort keeps that where nothing else decides.
    items.sort_by_key(place);
    items.truncate(SUGGESTIONS_MAX);
    Ok(items)
}

fn show(lawyer: LawyerRow, standing: &Standing, record: Record, department: &DepartmentCode, asked: Option<Speciality>) -> LawyerSuggestionView {
    let LawyerRow { id, name, bar, firm, specialities, .. } = lawyer;
    LawyerSuggestionView {
        lawyer_id: id,
        name,
        bar,
        firm,
        department_code: department.clone(),
        speciality_matches: asked.map(|speciality| specialities.0.contains(&speciality)),
        specialities: specialities.0,
        mandates_in_twelve_months: record.recent,
        acceptance_percent: record.acceptance(),
        proposals_answered: record.answered,
        capacity_left: standing.left(),
    }
}

/// The criteria in their order, the best value the least.
fn place(item: &LawyerSuggestionView) -> (bool, i32, Reverse<i32>, Reverse<i32>) {
    let (acceptance, left) = (item.acceptance_percent.unwrap_or(100), item.capacity_left.unwrap_or(i32::MAX));
    (item.speciality_matches == Some(false), item.mandates_in_twelve_months, Reverse(acceptance), Reverse(left))
}

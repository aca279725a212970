//! The rules of deadlines as they are served.

use super::rules::{DeadlineCode, DeadlineEffect, DeadlinePopulation, DeadlineTrigger, DeadlineUnit, NOTICE_EN, NOTICE_FR, RULES, RestartingAct, Rule};
use crate::http::{Answer, Endpoint, constant, route};
use crate::values::{Day, DisplayName};
use actix_web::HttpRequest;
use serde::Serialize;
use utoipa::ToSchema;

/// A rule of deadlines.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadlineRuleView {
    /// Its code.
    pub code: DeadlineCode,
    /// French label.
    #[schema(value_type = DisplayName)]
    pub label_fr: &'static str,
    /// English label.
    #[schema(value_type = DisplayName)]
    pub label_en: &'static str,
    /// What makes it run.
    pub trigger: DeadlineTrigger,
    /// How long.
    #[schema(minimum = 1, maximum = 120, format = "int32", example = 3)]
    pub count: u32,
    /// In what that is counted.
    pub unit: DeadlineUnit,
    /// What happens when it is over.
    pub effect: DeadlineEffect,
    /// Whose it is.
    pub population: DeadlinePopulation,
    /// The acts that make it run anew: a closed list.
    #[schema(max_items = 20)]
    pub restarted_by: &'static [RestartingAct],
    /// The text that says so.
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "Loi du 29 juillet 1881, art. 65")]
    pub source: &'static str,
    /// The first day on which it can begin to run.
    pub valid_from: Option<Day>,
    /// The last one; `null` while it is in force.
    pub valid_to: Option<Day>,
    /// Whether a jurist has confirmed it.
    pub confirmed: bool,
}

/// All rules of deadlines.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadlineRulesView {
    /// All items.
    #[schema(max_items = 200)]
    pub items: Vec<DeadlineRuleView>,
    /// What is to be said beside every deadline, in French.
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "À confirmer par l'avocat.")]
    pub notice_fr: &'static str,
    /// The same in English.
    #[schema(max_length = 200, pattern = r"^[^\x00-\x1F\x7F-\x9F]*$", example = "To be confirmed by the lawyer.")]
    pub notice_en: &'static str,
}

impl From<&Rule> for DeadlineRuleView {
    fn from(rule: &Rule) -> Self {
        let (valid_from, valid_to) = (rule.first_day(), rule.last_day());
        let Rule { code, trigger, count, unit, effect, population, restarted_by, source, valid_from: _, valid_to: _, confirmed } = *rule;
        let (label_fr, label_en) = code.labels();
        Self { code, label_fr, label_en, trigger, count, unit, effect, population, restarted_by, source, valid_from, valid_to, confirmed }
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_deadline_rules).tagged().cacheable()]
}

/// List the rules of deadlines
///
/// Every rule by which deadlines of dossiers are computed, with the text that it comes from. A month ends on the day of the same
/// number, or on its last day where it has none. What they give is to be confirmed by the lawyer.
#[utoipa::path(get, path = "/reference/deadline-rules", operation_id = "reference_deadline_rules_list", tag = "reference",
    responses((status = 200, description = "All rules.", body = DeadlineRulesView)))]
async fn list_deadline_rules(request: HttpRequest) -> Answer {
    let items = RULES.iter().map(DeadlineRuleView::from).collect();
    constant(&request, &DeadlineRulesView { items, notice_fr: NOTICE_FR, notice_en: NOTICE_EN })
}

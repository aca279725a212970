//! What a training plan says.

use crate::values::{SchoolYear, body, number, query, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text! {
    /// What the training of a school year is to bring about.
    pub struct Orientation { max: 4000, example: "Former chaque équipe de direction au droit de la protection fonctionnelle." }
}

text! {
    /// One thing that a training plan is to reach.
    pub struct ObjectiveLabel { max: 300, example: "Un atelier juridique dans chaque département" }
}

number! {
    /// How many sessions are planned for an objective.
    pub struct PlannedSessions(i32: Integer "int32" as Integer) { 0..=500, example: 4 }
}

/// One thing that a training plan is to reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Objective {
    /// What is to be reached.
    pub label: ObjectiveLabel,
    /// By how many sessions.
    pub planned_sessions: PlannedSessions,
}

body! {
    /// One thing that a training plan is to reach.
    pub struct ObjectiveInput {
        /// What is to be reached.
        label: ObjectiveLabel,
        /// By how many sessions.
        planned_sessions: PlannedSessions,
    }
}

impl From<ObjectiveInput> for Objective {
    fn from(ObjectiveInput { label, planned_sessions }: ObjectiveInput) -> Self {
        Self { label, planned_sessions }
    }
}

/// All the sessions that objectives plan.
pub fn planned(objectives: &[Objective]) -> i32 {
    objectives.iter().map(|objective| objective.planned_sessions.get()).sum()
}

query! {
    /// Filters of training plans.
    pub struct TrainingPlanFilters {
        /// School years.
        year: Option<Vec<SchoolYear>>,
    }
}

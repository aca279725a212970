//! What is shown of an entry of a timeline.

use crate::db::{Id, Instant};
use crate::dossiers::activities::view::ActivityView;
use crate::dossiers::conciliations::view::ConciliationView;
use crate::dossiers::tasks::view::TaskView;
use crate::values::{choice, query};
use crate::workflow::TransitionView;
use serde::Serialize;
use utoipa::ToSchema;

choice! {
    /// What an entry of a timeline tells of.
    pub enum TimelineKind as "timeline_kind" {
        Activity = "activity" ("Activité", "Activity"),
        Task = "task" ("Tâche", "Task"),
        Conciliation = "conciliation" ("Conciliation", "Conciliation"),
        Transition = "transition" ("Étape du dossier", "Step of the dossier"),
    }
}

query! {
    /// Filters of a timeline.
    pub struct TimelineFilters {
        /// Kinds of entries.
        kind: Option<Vec<TimelineKind>>,
    }
}

/// Something that happened in a case: the one of its properties that its kind names tells what.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntryView {
    /// What it tells of.
    pub kind: TimelineKind,
    /// When: an activity when it began, a task when it was set, a conciliation when it was recorded, a step when it was made.
    pub at: Instant,
    /// Identifier of the activity, the task, the conciliation, the step.
    pub id: Id,
    /// What was done.
    pub activity: Option<ActivityView>,
    /// What is to be done, as it stands now.
    pub task: Option<TaskView>,
    /// What was tried to settle it, as it stands now.
    pub conciliation: Option<ConciliationView>,
    /// A step in the life of the dossier.
    pub transition: Option<TransitionView>,
}

impl From<ActivityView> for TimelineEntryView {
    fn from(view: ActivityView) -> Self {
        Self { kind: TimelineKind::Activity, at: view.started_at, id: view.id, activity: Some(view), task: None, conciliation: None, transition: None }
    }
}

impl From<TaskView> for TimelineEntryView {
    fn from(view: TaskView) -> Self {
        Self { kind: TimelineKind::Task, at: view.created_at, id: view.id, activity: None, task: Some(view), conciliation: None, transition: None }
    }
}

impl From<ConciliationView> for TimelineEntryView {
    fn from(view: ConciliationView) -> Self {
        let (kind, at, id) = (TimelineKind::Conciliation, view.created_at, view.id);
        Self { kind, at, id, activity: None, task: None, conciliation: Some(view), transition: None }
    }
}

impl From<TransitionView> for TimelineEntryView {
    fn from(view: TransitionView) -> Self {
        Self { kind: TimelineKind::Transition, at: view.recorded_at, id: view.id, activity: None, task: None, conciliation: None, transition: Some(view) }
    }
}

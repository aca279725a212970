//! What is shown of an entry of a timeline.

use crate::db::{Id, Instant};
use crate::dossiers::activities::view::ActivityView;
use crate::dossiers::documents::view::DocumentView;
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
        Document = "document" ("Document", "Document"),
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
    /// When: an activity when it began, a task when it was set, a document when it was first sent, a step when it was made.
    pub at: Instant,
    /// Identifier of the activity, the task, the document, the step.
    pub id: Id,
    /// What was done.
    pub activity: Option<ActivityView>,
    /// What is to be done, as it stands now.
    pub task: Option<TaskView>,
    /// What was sent in, as it stands now.
    pub document: Option<DocumentView>,
    /// A step in the life of the dossier.
    pub transition: Option<TransitionView>,
}

impl From<ActivityView> for TimelineEntryView {
    fn from(view: ActivityView) -> Self {
        Self { kind: TimelineKind::Activity, at: view.started_at, id: view.id, activity: Some(view), task: None, document: None, transition: None }
    }
}

impl From<TaskView> for TimelineEntryView {
    fn from(view: TaskView) -> Self {
        Self { kind: TimelineKind::Task, at: view.created_at, id: view.id, activity: None, task: Some(view), document: None, transition: None }
    }
}

impl From<DocumentView> for TimelineEntryView {
    fn from(view: DocumentView) -> Self {
        Self { kind: TimelineKind::Document, at: view.created_at, id: view.id, activity: None, task: None, document: Some(view), transition: None }
    }
}

impl From<TransitionView> for TimelineEntryView {
    fn from(view: TransitionView) -> Self {
        Self { kind: TimelineKind::Transition, at: view.recorded_at, id: view.id, activity: None, task: None, document: None, transition: Some(view) }
    }
}

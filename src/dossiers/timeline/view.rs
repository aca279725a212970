//! What is shown of an entry of a timeline.

use super::store::CreationRow;
use crate::db::{Id, Instant};
use crate::dossiers::activities::view::ActivityView;
use crate::dossiers::conciliations::view::ConciliationView;
use crate::dossiers::documents::view::DocumentView;
use crate::dossiers::proceeding_steps::view::ProceedingStepView;
use crate::dossiers::proceedings::view::ProceedingView;
use crate::dossiers::tasks::view::TaskView;
use crate::values::{choice, query};
use crate::workflow::{TransitionView, Word};
use serde::Serialize;
use utoipa::ToSchema;

choice! {
    /// What an entry of a timeline tells of.
    pub enum TimelineKind as "timeline_kind" {
        Activity = "activity" ("Activité", "Activity"),
        Task = "task" ("Tâche", "Task"),
        Proceeding = "proceeding" ("Procédure", "Proceeding"),
        ProceedingStep = "proceeding_step" ("Étape d'une procédure", "Step of a proceeding"),
        Conciliation = "conciliation" ("Conciliation", "Conciliation"),
        Document = "document" ("Document", "Document"),
        Creation = "creation" ("Création", "Creation"),
        Transition = "transition" ("Étape", "Step"),
    }
}

query! {
    /// Filters of a timeline.
    pub struct TimelineFilters {
        /// Kinds of entries.
        kind: Option<Vec<TimelineKind>>,
    }
}

/// That the case was opened, or something in it that stands at an address of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreationView {
    /// Identifier of what came to be.
    pub id: Id,
    /// What it is: the dossier, a party, a mandate that was proposed, a decision on cover that was asked for, a request for protection, a
    /// deadline or an event that sets one off, a session or a commitment of a conciliation, a link.
    #[schema(value_type = Word)]
    pub resource: String,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Who recorded it; `null` where the server did by itself.
    pub actor_id: Option<Id>,
}

impl From<CreationRow> for CreationView {
    fn from(CreationRow { resource, id, recorded_at, actor_id }: CreationRow) -> Self {
        Self { id, resource, recorded_at, actor_id }
    }
}

/// Something that happened in a case: the one of its properties that its kind names tells what.
// In boxes, since entries are put in order by moving them.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntryView {
    /// What it tells of.
    pub kind: TimelineKind,
    /// When: an activity when it began, a task when it was set, a document when it was first sent, a conciliation and whatever else came to
    /// be when it was recorded, a step when it was made; a proceeding as the day began on which it was opened, and so its steps.
    pub at: Instant,
    /// Identifier of the activity, the task, the document, the proceeding, the conciliation, of what came to be, of the step.
    pub id: Id,
    /// What was done.
    pub activity: Option<Box<ActivityView>>,
    /// What is to be done, as it stands now.
    pub task: Option<Box<TaskView>>,
    /// What was brought before an authority, as it stands now.
    pub proceeding: Option<Box<ProceedingView>>,
    /// What was done in a proceeding, whether it counts or was voided.
    pub proceeding_step: Option<Box<ProceedingStepView>>,
    /// What was tried to settle it, as it stands now.
    pub conciliation: Option<Box<ConciliationView>>,
    /// What was sent in, as it stands now.
    pub document: Option<Box<DocumentView>>,
    /// What came to be under the dossier, or that the dossier did.
    pub creation: Option<Box<CreationView>>,
    /// A step in the life of the dossier or of what lies under it; without an actor where the server made it by itself.
    pub transition: Option<Box<TransitionView>>,
}

impl TimelineEntryView {
    fn new(kind: TimelineKind, at: Instant, id: Id) -> Self {
        let (activity, task, proceeding, proceeding_step, conciliation, document) = (None, None, None, None, None, None);
        Self { kind, at, id, activity, task, proceeding, proceeding_step, conciliation, document, creation: None, transition: None }
    }
}

impl From<ActivityView> for TimelineEntryView {
    fn from(view: ActivityView) -> Self {
        let entry = Self::new(TimelineKind::Activity, view.started_at, view.id);
        Self { activity: Some(Box::new(view)), ..entry }
    }
}

impl From<TaskView> for TimelineEntryView {
    fn from(view: TaskView) -> Self {
        let entry = Self::new(TimelineKind::Task, view.created_at, view.id);
        Self { task: Some(Box::new(view)), ..entry }
    }
}

impl From<DocumentView> for TimelineEntryView {
    fn from(view: DocumentView) -> Self {
        let entry = Self::new(TimelineKind::Document, view.created_at, view.id);
        Self { document: Some(Box::new(view)), ..entry }
    }
}

impl From<ProceedingView> for TimelineEntryView {
    fn from(view: ProceedingView) -> Self {
        let entry = Self::new(TimelineKind::Proceeding, Instant(view.opened_on.begins()), view.id);
        Self { proceeding: Some(Box::new(view)), ..entry }
    }
}

impl From<ProceedingStepView> for TimelineEntryView {
    fn from(view: ProceedingStepView) -> Self {
        let entry = Self::new(TimelineKind::ProceedingStep, Instant(view.occurred_on.begins()), view.id);
        Self { proceeding_step: Some(Box::new(view)), ..entry }
    }
}

impl From<ConciliationView> for TimelineEntryView {
    fn from(view: ConciliationView) -> Self {
        let entry = Self::new(TimelineKind::Conciliation, view.created_at, view.id);
        Self { conciliation: Some(Box::new(view)), ..entry }
    }
}

impl From<CreationView> for TimelineEntryView {
    fn from(view: CreationView) -> Self {
        let entry = Self::new(TimelineKind::Creation, view.recorded_at, view.id);
        Self { creation: Some(Box::new(view)), ..entry }
    }
}

impl From<TransitionView> for TimelineEntryView {
    fn from(view: TransitionView) -> Self {
        let entry = Self::new(TimelineKind::Transition, view.recorded_at, view.id);
        Self { transition: Some(Box::new(view)), ..entry }
    }
}

//! What callers send to record and change a training module, and what is shown of one.

use super::model::*;
use super::store::TrainingModuleRow;
use crate::audit::Resource;
use crate::db::{Id, Instant, Json};
use crate::values::body;
use crate::values::input::Change;
use serde::Serialize;
use utoipa::ToSchema;

body! {
    /// Records a training module.
    pub struct CreateTrainingModule {
        /// Code, which no other module has.
        code: ModuleCode,
        /// Title.
        title: ModuleTitle,
        /// What it is about.
        themes: Option<Vec<TrainingTheme>>,
        /// What participants are able to do afterwards.
        objectives: Option<ModuleObjectives>,
        /// How many hours it takes.
        hours: ModuleHours,
        /// Whom it is meant for.
        audiences: Option<Vec<TrainingAudience>>,
        /// The share of its slots, in hundredths, that a certificate asks for; 80 by default.
        minimum_share: Option<MinimumShare>,
    }
}

body! {
    /// Changes a training module: absent fields stay, `null` clears.
    pub struct UpdateTrainingModule {
        /// Code, which no other module has.
        code: Change<ModuleCode>,
        /// Title.
        title: Change<ModuleTitle>,
        /// What it is about, replaced as a whole.
        themes: Change<Vec<TrainingTheme>>,
        /// What participants are able to do afterwards.
        objectives: Change<Option<ModuleObjectives>>,
        /// How many hours it takes.
        hours: Change<ModuleHours>,
        /// Whom it is meant for, replaced as a whole.
        audiences: Change<Vec<TrainingAudience>>,
        /// The share of its slots, in hundredths, that a certificate asks for.
        minimum_share: Change<MinimumShare>,
        /// Whether it is given no more: no new session is planned of it, those that are stay.
        retired: Change<bool>,
    }
}

/// Something that can be taught.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrainingModuleView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Code.
    pub code: ModuleCode,
    /// Title.
    pub title: ModuleTitle,
    /// What it is about.
    #[schema(max_items = 100)]
    pub themes: Vec<TrainingTheme>,
    /// What participants are able to do afterwards.
    pub objectives: Option<ModuleObjectives>,
    /// How many hours it takes.
    pub hours: ModuleHours,
    /// Whom it is meant for.
    #[schema(max_items = 100)]
    pub audiences: Vec<TrainingAudience>,
    /// The share of its slots, in hundredths, that a certificate asks for.
    pub minimum_share: MinimumShare,
    /// Whether it is given no more.
    pub retired: bool,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("code", "Code"), ("title", "Intitulé"), ("themes", "Thèmes"), ("objectives", "Objectifs"),
    ("hours", "Heures"), ("audiences", "Publics"), ("minimum_share", "Part minimale (%)"), ("retired", "Retiré"), ("created_at", "Créé le"),
    ("updated_at", "Modifié le"),
];

impl Resource for TrainingModuleView {
    const KIND: &'static str = "training_module";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<TrainingModuleRow> for TrainingModuleView {
    fn from(row: TrainingModuleRow) -> Self {
        let TrainingModuleRow { id, code, title, title_key: _, themes, objectives, hours, audiences, retired, .. } = row;
        let TrainingModuleRow { minimum_share, version, created_at, updated_at, .. } = row;
        Self { id, version, code, title, themes: themes.0, objectives, hours, audiences: audiences.0, minimum_share, retired, created_at, updated_at }
    }
}

impl CreateTrainingModule {
    pub fn into_row(self, now: Instant) -> TrainingModuleRow {
        let Self { code, title, themes, objectives, hours, audiences, minimum_share } = self;
        TrainingModuleRow {
            id: Id::new(),
            code,
            title,
            title_key: String::new(),
            themes: Json(themes.unwrap_or_default()),
            objectives,
            hours,
            audiences: Json(audiences.unwrap_or_default()),
            retired: false,
            minimum_share: minimum_share.unwrap_or_default(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

impl UpdateTrainingModule {
    pub fn apply(self, row: &mut TrainingModuleRow) {
        let Self { code, title, themes, objectives, hours, audiences, minimum_share, retired } = self;
        code.apply(&mut row.code);
        title.apply(&mut row.title);
        themes.apply(&mut row.themes.0);
        objectives.apply(&mut row.objectives);
        hours.apply(&mut row.hours);
        audiences.apply(&mut row.audiences.0);
        minimum_share.apply(&mut row.minimum_share);
        retired.apply(&mut row.retired);
    }
}

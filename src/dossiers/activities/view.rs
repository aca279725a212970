//! What is shown of an activity.

use super::model::{ActivityKind, ActivityMedium, ActivitySummary, Audience, SpentMinutes};
use super::store::ActivityRow;
use crate::audit::Resource;
use crate::db::{Id, Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// What was done in a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ActivityView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier.
    pub dossier_id: Id,
    /// What was done.
    pub kind: ActivityKind,
    /// By which way.
    pub medium: Option<ActivityMedium>,
    /// When it began.
    pub started_at: Instant,
    /// How many minutes it took.
    pub minutes: Option<SpentMinutes>,
    /// Who wrote it.
    pub author_id: Id,
    /// What was said and done; `null` once the dossier is anonymised.
    pub summary: Option<ActivitySummary>,
    /// For whom it is meant.
    #[schema(max_items = 6)]
    pub visibility: Vec<Audience>,
    /// The referent for whom it is meant, and who reads it as long as they are in charge: whoever was when it was last said for whom.
    pub referent_id: Option<Id>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("dossier_id", "Dossier"), ("kind", "Type"), ("medium", "Moyen"), ("started_at", "Début"),
    ("minutes", "Minutes"), ("author_id", "Auteur"), ("summary", "Résumé"), ("visibility", "Destinataires"), ("referent_id", "Référent destinataire"), ("created_at", "Créée le"),
    ("updated_at", "Modifiée le"),
];

impl Resource for ActivityView {
    const KIND: &'static str = "activity";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<ActivityRow> for ActivityView {
    fn from(row: ActivityRow) -> Self {
        let visibility = row.visibility().audiences();
        let ActivityRow { id, dossier_id, kind, medium, started_at, minutes, author_id, summary, version, created_at, updated_at, referent_id, .. } = row;
        Self { id, version, dossier_id, kind, medium, started_at, minutes, author_id, summary, visibility, referent_id, created_at, updated_at }
    }
}

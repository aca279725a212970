//! What is shown of a session.

use super::model::{Participants, SessionNote, Venue};
use super::store::ConciliationSessionRow;
use crate::audit::Resource;
use crate::db::{Id, Instant};
use crate::dossiers::activities::model::ActivityMedium;
use crate::values::Day;
use serde::Serialize;
use utoipa::ToSchema;

/// A session in which the sides of a conciliation meet. Its texts are `null` once the dossier is anonymised.
#[derive(Debug, Clone, Serialize, ToSchema)]

pub struct ConciliationSessionView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The conciliation.
    pub conciliation_id: Id,
    /// Its dossier.
    pub dossier_id: Id,
    /// The day.
    pub held_on: Day,
    /// By which way.
    pub medium: ActivityMedium,
    /// Where.
    pub venue: Option<Venue>,
    /// Who takes part.
    pub participants: Option<Participants>,
    /// What was said.
    pub note: Option<SessionNote>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for ConciliationSessionView {
    const KIND: &'static str = "conciliation_session";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<ConciliationSessionRow> for ConciliationSessionView {
    fn from(row: ConciliationSessionRow) -> Self {
        let ConciliationSessionRow { id, conciliation_id, dossier_id, held_on, medium, venue, participants, note, version, created_at, updated_at } = row;
        Self { id, version, conciliation_id, dossier_id, held_on, medium, venue, participants, note, created_at, updated_at }
    }
}

//! What is shown of an absence.

use super::store::AbsenceRow;
use crate::audit::Resource;
use crate::db::{Id, Instant};
use crate::values::Day;
use serde::Serialize;
use utoipa::ToSchema;

/// Days on which an account is away.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AbsenceView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The account.
    pub user_id: Id,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Day,
    /// Who recorded it.
    pub created_by: Option<Id>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("user_id", "Compte"), ("starts_on", "Du"), ("ends_on", "Au"), ("created_by", "Enregistrée par"),
    ("created_at", "Créée le"), ("updated_at", "Modifiée le"),
];

impl Resource for AbsenceView {
    const KIND: &'static str = "absence";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<AbsenceRow> for AbsenceView {
    fn from(row: AbsenceRow) -> Self {
        let AbsenceRow { id, user_id, starts_on, ends_on, created_by, version, created_at, updated_at, deleted_at: _ } = row;
        Self { id, version, user_id, starts_on, ends_on, created_by, created_at, updated_at }
    }
}

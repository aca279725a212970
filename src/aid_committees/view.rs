//! What is shown of a committee.

use super::model::{CommitteeName, Quorum};
use super::store::CommitteeRow;
use crate::audit::Resource;
use crate::db::{Id, Instant};
use crate::values::DepartmentCode;
use serde::Serialize;
use utoipa::ToSchema;

/// Those who decide on the financial aid of an association.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidCommitteeView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The association whose aid it decides on.
    pub association_id: Id,
    /// Its department.
    pub department_code: DepartmentCode,
    /// What it is called.
    pub name: CommitteeName,
    /// How many members with a vote must be present.
    pub quorum: Quorum,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("association_id", "Association"), ("department_code", "Département"), ("name", "Nom"),
    ("quorum", "Quorum"), ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for AidCommitteeView {
    const KIND: &'static str = "aid_committee";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<CommitteeRow> for AidCommitteeView {
    fn from(row: CommitteeRow) -> Self {
        let CommitteeRow { id, association_id, department_code, name, quorum, version, created_at, updated_at } = row;
        Self { id, version, association_id, department_code, name, quorum, created_at, updated_at }
    }
}

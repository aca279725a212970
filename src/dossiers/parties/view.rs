//! Parties as they are shown.

use super::model::{PartyCategory, PartyRole};
use super::store::PartyRow;
use crate::audit::Resource;
use crate::db::{Id, Instant};
use crate::values::{Day, DisplayName, Email, Phone};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who has a part in a dossier.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartyView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Dossier.
    pub dossier_id: Id,
    /// The part that they have.
    pub role: PartyRole,
    /// What they are to the member.
    pub category: PartyCategory,
    /// Whether they are a minor, where that is known.
    pub minor: Option<bool>,
    /// Name, if it was needed.
    pub display_name: Option<DisplayName>,
    /// Date of birth.
    pub birth_date: Option<Day>,
    /// The same person as a member.
    pub member_id: Option<Id>,
    /// Electronic address.
    pub email: Option<Email>,
    /// Phone.
    pub phone: Option<Phone>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("dossier_id", "Dossier"), ("role", "Rôle"), ("category", "Catégorie"), ("minor", "Mineur"),
    ("display_name", "Nom"), ("birth_date", "Date de naissance"), ("member_id", "Adhérent"), ("email", "Courriel"), ("phone", "Téléphone"),
    ("created_at", "Créée le"), ("updated_at", "Modifiée le"),
];

impl Resource for PartyView {
    const KIND: &'static str = "party";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<PartyRow> for PartyView {
    fn from(row: PartyRow) -> Self {
        let PartyRow { id, dossier_id, role, category, minor, display_name, birth_date, member_id, email, phone, version, created_at, updated_at } = row;
        Self { id, version, dossier_id, role, category, minor, display_name, birth_date, member_id, email, phone, created_at, updated_at }
    }
}

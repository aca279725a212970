//! How lawyer partners are shown.

use super::model::*;
use super::store::LawyerRow;
use crate::audit::Resource;
use crate::db::{Id, Instant};
use crate::values::{Day, DepartmentCode, DisplayName, Email, Phone};
use serde::Serialize;
use utoipa::ToSchema;

/// A lawyer who pleads for members under an agreement.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LawyerView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Name.
    pub name: DisplayName,
    /// Bar.
    pub bar: Bar,
    /// Firm.
    pub firm: Option<Firm>,
    /// First day of the agreement.
    pub agreement_from: Day,
    /// Last day of the agreement, `null` while it lasts.
    pub agreement_to: Option<Day>,
    /// Day on which the charter was signed.
    pub charter_signed_on: Option<Day>,
    /// What the lawyer pleads in.
    #[schema(max_items = 100)]
    pub specialities: Vec<Speciality>,
    /// Where the lawyer pleads.
    #[schema(max_items = 100)]
    pub departments: Vec<DepartmentCode>,
    /// How many mandates are accepted in a civil year; `null` without a number.
    pub yearly_capacity: Option<YearlyCapacity>,
    /// Electronic address.
    pub email: Option<Email>,
    /// Phone.
    pub phone: Option<Phone>,
    /// The lawyer's account.
    pub user_id: Option<Id>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("name", "Nom"), ("bar", "Barreau"), ("firm", "Cabinet"), ("agreement_from", "Convention depuis"),
    ("agreement_to", "Convention jusqu'au"), ("charter_signed_on", "Charte signée le"), ("specialities", "Spécialités"), ("departments", "Départements"),
    ("yearly_capacity", "Capacité annuelle"), ("email", "Courriel"), ("phone", "Téléphone"), ("user_id", "Compte"), ("created_at", "Créé le"),
    ("updated_at", "Modifié le"),
];

impl Resource for LawyerView {
    const KIND: &'static str = "lawyer";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<LawyerRow> for LawyerView {
    fn from(row: LawyerRow) -> Self {
        let LawyerRow { id, name, name_key: _, bar, bar_key: _, firm, agreement_from, agreement_to, charter_signed_on, specialities, .. } = row;
        let LawyerRow { departments, yearly_capacity, email, phone, user_id, version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            name,
            bar,
            firm,
            agreement_from,
            agreement_to,
            charter_signed_on,
            specialities: specialities.0,
            departments: departments.0,
            yearly_capacity,
            email,
            phone,
            user_id,
            created_at,
            updated_at,
        }
    }
}

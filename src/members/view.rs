//! What is shown of a member.

use super::memberships::model::MembershipStatus;
use super::model::*;
use super::store::MemberRow;
use crate::audit::Resource;
use crate::db::{Id, Instant};
use crate::establishments::model::Address;
use crate::values::{Day, DepartmentCode, Email, Phone};
use serde::Serialize;
use utoipa::ToSchema;

/// A member of an association, whatever the membership on a day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change of the record; its memberships and employments have versions of their own.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Number.
    pub member_number: MemberNumber,
    /// Association.
    pub association_id: Id,
    /// Department of the association.
    pub department_code: DepartmentCode,
    /// How the member is addressed.
    pub civility: Option<Civility>,
    /// Last name.
    pub last_name: PersonName,
    /// First name.
    pub first_name: PersonName,
    /// Name at birth, where it is another.
    pub birth_name: Option<PersonName>,
    /// Date of birth.
    pub birth_date: Option<Day>,
    /// Electronic address.
    pub email: Option<Email>,
    /// Phone.
    pub phone: Option<Phone>,
    /// Postal address.
    pub address: Address,
    /// Whether the member may be called or written to without danger.
    pub safe_contact: SafeContact,
    /// What to heed in doing so.
    pub safe_contact_instructions: Option<ContactInstructions>,
    /// By which names other systems know the member.
    #[schema(max_items = 100)]
    pub external_ids: Vec<ExternalId>,
    /// What the periods of membership say of the day this was read.
    pub membership_status: MembershipStatus,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("member_number", "Numéro d'adhérent"), ("association_id", "Association"), ("department_code", "Département"),
    ("civility", "Civilité"), ("last_name", "Nom"), ("first_name", "Prénom"), ("birth_name", "Nom de naissance"), ("birth_date", "Date de naissance"),
    ("email", "Courriel"), ("phone", "Téléphone"), ("address.line1", "Adresse 1"), ("address.line2", "Adresse 2"), ("address.line3", "Adresse 3"),
    ("address.postal_code", "Code postal"), ("address.city", "Commune"), ("address.commune_code", "Code commune"), ("safe_contact", "Contact sans risque"),
    ("safe_contact_instructions", "Consignes de contact"), ("external_ids", "Identifiants externes"), ("membership_status", "Adhésion"),
    ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for MemberView {
    const KIND: &'static str = "member";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl MemberView {
    pub fn of(row: MemberRow, membership_status: MembershipStatus) -> Self {
        let MemberRow {
            id,
            member_number,
            association_id,
            department_code,
            civility,
            last_name,
            first_name,
            birth_name,
            name_key: _,
            search_key: _,
            birth_date,
            email,
            email_key: _,
            phone,
            address_line1,
            address_line2,
            address_line3,
            postal_code,
            city,
            commune_code,
            safe_contact,
            safe_contact_instructions,
            external_ids,
            merged_into_id: _,
            version,
            created_at,
            updated_at,
            deleted_at: _,
        } = row;
        let address = Address { line1: address_line1, line2: address_line2, line3: address_line3, postal_code, city, commune_code };
        Self {
            id,
            version,
            member_number,
            association_id,
            department_code,
            civility,
            last_name,
            first_name,
            birth_name,
            birth_date,
            email,
            phone,
            address,
            safe_contact,
            safe_contact_instructions,
            external_ids: external_ids.0,
            membership_status,
            created_at,
            updated_at,
        }
    }
}

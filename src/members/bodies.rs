//! What callers send to register and change a member.

use super::model::*;
use super::store::MemberRow;
use crate::db::{Id, Instant, Json};
use crate::establishments::bodies::AddressInput;
use crate::establishments::model::Address;
use crate::values::input::Change;
use crate::values::{Day, DepartmentCode, Email, Phone, body};

body! {
    /// By which name another system knows a row.
    pub struct ExternalIdInput {
        /// The other system.
        system: ExternalSystem,
        /// What it names there.
        kind: ExternalKind,
        /// The identifier.
        value: ExternalValue,
    }
}

impl From<ExternalIdInput> for ExternalId {
    fn from(ExternalIdInput { system, kind, value }: ExternalIdInput) -> Self {
        Self { system, kind, value }
    }
}

/// The identifiers in an order of their own, so that the same ones are the same value.
pub fn external_ids(inputs: Vec<ExternalIdInput>) -> Vec<ExternalId> {
    let mut ids: Vec<ExternalId> = inputs.into_iter().map(Into::into).collect();
    ids.sort();
    ids
}

body! {
    /// Registers a member.
    pub struct CreateMember {
        /// Number; the next free one by default.
        member_number: Option<MemberNumber>,
        /// Departmental association.
        association_id: Id,
        /// How the member is addressed.
        civility: Option<Civility>,
        /// Last name.
        last_name: PersonName,
        /// First name.
        first_name: PersonName,
        /// Name at birth, where it is another.
        birth_name: Option<PersonName>,
        /// Date of birth.
        birth_date: Option<Day>,
        /// Electronic address.
        email: Option<Email>,
        /// Phone.
        phone: Option<Phone>,
        /// Postal address.
        address: Option<AddressInput>,
        /// Whether the member may be called or written to without danger; `yes` by default.
        safe_contact: Option<SafeContact>,
        /// What to heed in doing so.
        safe_contact_instructions: Option<ContactInstructions>,
        /// By which names other systems know the member.
        external_ids: Option<Vec<ExternalIdInput>>,
    }
}

body! {
    /// Changes a member: absent fields stay, `null` clears.
    pub struct UpdateMember {
        /// How the member is addressed.
        civility: Change<Option<Civility>>,
        /// Last name.
        last_name: Change<PersonName>,
        /// First name.
        first_name: Change<PersonName>,
        /// Name at birth.
        birth_name: Change<Option<PersonName>>,
        /// Date of birth.
        birth_date: Change<Option<Day>>,
        /// Electronic address.
        email: Change<Option<Email>>,
        /// Phone.
        phone: Change<Option<Phone>>,
        /// Postal address, replaced as a whole.
        address: Change<AddressInput>,
        /// Whether the member may be called or written to without danger.
        safe_contact: Change<SafeContact>,
        /// What to heed in doing so.
        safe_contact_instructions: Change<Option<ContactInstructions>>,
        /// By which names other systems know the member, replaced as a whole.
        external_ids: Change<Vec<ExternalIdInput>>,
    }
}

/// All that is known of a member but the number, whoever tells it: a caller, a file, a generator.
#[derive(Debug, Clone, PartialEq)]
pub struct Identity {
    pub association_id: Id,
    pub department_code: DepartmentCode,
    pub civility: Option<Civility>,
    pub last_name: PersonName,
    pub first_name: PersonName,
    pub birth_name: Option<PersonName>,
    pub birth_date: Option<Day>,
    pub email: Option<Email>,
    pub phone: Option<Phone>,
    pub address: Address,
    pub safe_contact: SafeContact,
    pub safe_contact_instructions: Option<ContactInstructions>,
    pub external_ids: Vec<ExternalId>,
}

impl MemberRow {
    /// A first version; the number is given when it is stored.
    pub fn new(identity: Identity, number: MemberNumber, now: Instant) -> Self {
        let Identity { association_id, department_code, civility, last_name, first_name, birth_name, birth_date, email, phone, .. } = identity;
        let Identity { address, safe_contact, safe_contact_instructions, external_ids, .. } = identity;
        let Address { line1, line2, line3, postal_code, city, commune_code } = address;
        let mut row = Self {
            id: Id::new(),
            member_number: number,
            association_id,
            department_code,
            civility,
            last_name,
            first_name,
            birth_name,
            name_key: String::new(),
            search_key: String::new(),
            birth_date,
            email,
            email_key: None,
            phone,
            address_line1: line1,
            address_line2: line2,
            address_line3: line3,
            postal_code,
            city,
            commune_code,
            safe_contact,
            safe_contact_instructions,
            external_ids: Json(external_ids),
            merged_into_id: None,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        row.derive_keys();
        row
    }
}

impl CreateMember {
    /// The identity it tells, and the number where it gives one.
    pub fn into_identity(self, department_code: DepartmentCode) -> (Identity, Option<MemberNumber>) {
        let Self { member_number, association_id, civility, last_name, first_name, birth_name, birth_date, email, phone, address, .. } = self;
        let Self { safe_contact, safe_contact_instructions, external_ids: ids, .. } = self;
        let identity = Identity {
            association_id,
            department_code,
            civility,
            last_name,
            first_name,
            birth_name,
            birth_date,
            email,
            phone,
            address: address.map(Into::into).unwrap_or_default(),
            safe_contact: safe_contact.unwrap_or(SafeContact::Yes),
            safe_contact_instructions,
            external_ids: external_ids(ids.unwrap_or_default()),
        };
        (identity, member_number)
    }
}

impl UpdateMember {
    pub fn apply(self, row: &mut MemberRow) {
        let Self { civility, last_name, first_name, birth_name, birth_date, email, phone, address, safe_contact, safe_contact_instructions, .. } = self;
        civility.apply(&mut row.civility);
        last_name.apply(&mut row.last_name);
        first_name.apply(&mut row.first_name);
        birth_name.apply(&mut row.birth_name);
        birth_date.apply(&mut row.birth_date);
        email.apply(&mut row.email);
        phone.apply(&mut row.phone);
        safe_contact.apply(&mut row.safe_contact);
        safe_contact_instructions.apply(&mut row.safe_contact_instructions);
        if let Change::To(AddressInput { line1, line2, line3, postal_code, city, commune_code }) = address {
            (row.address_line1, row.address_line2, row.address_line3) = (line1, line2, line3);
            (row.postal_code, row.city, row.commune_code) = (postal_code, city, commune_code);
        }
        if let Change::To(ids) = self.external_ids {
            row.external_ids = Json(external_ids(ids));
        }
    }
}

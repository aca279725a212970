//! What callers send to record and change a contact request.

use super::model::{CallNote, LIFECYCLE};
use super::store::ContactRequestRow;
use crate::audit::Tx;
use crate::db::Id;
use crate::dossiers::model::{ContactChannel, Urgency};
use crate::members::model::{ContactInstructions, SafeContact};
use crate::values::input::Change;
use crate::values::{DepartmentCode, DisplayName, Phone, body};

body! {
    /// Records a first call.
    pub struct CreateContactRequest {
        /// The association that sees to it; the one of the caller's only department by default.
        association_id: Option<Id>,
        /// The establishment that it is about.
        establishment_id: Option<Id>,
        /// The caller as a member.
        member_id: Option<Id>,
        /// By which way it came in.
        channel: ContactChannel,
        /// Name of the caller.
        caller_name: DisplayName,
        /// Phone of the caller.
        caller_phone: Option<Phone>,
        /// Whether the caller may be called back without danger; `yes` by default.
        safe_contact: Option<SafeContact>,
        /// What to heed in doing so.
        safe_contact_instructions: Option<ContactInstructions>,
        /// Urgency; `normal` by default.
        urgency: Option<Urgency>,
        /// What the caller said.
        note: Option<CallNote>,
    }
}

body! {
    /// Changes a contact request that nobody has seen to yet: absent fields stay, `null` clears.
    pub struct UpdateContactRequest {
        /// The establishment that it is about.
        establishment_id: Change<Option<Id>>,
        /// The caller as a member.
        member_id: Change<Option<Id>>,
        /// By which way it came in.
        channel: Change<ContactChannel>,
        /// Name of the caller.
        caller_name: Change<DisplayName>,
        /// Phone of the caller.
        caller_phone: Change<Option<Phone>>,
        /// Whether the caller may be called back without danger.
        safe_contact: Change<SafeContact>,
        /// What to heed in doing so.
        safe_contact_instructions: Change<Option<ContactInstructions>>,
        /// Urgency.
        urgency: Change<Urgency>,
        /// What the caller said.
        note: Change<Option<CallNote>>,
    } refuse {
        status: FieldState, drop_reason: FieldState, answer: FieldState, dossier_id: FieldState,
        department_code: FieldDerived, allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, association_id: FieldReadOnly, created_by: FieldReadOnly, created_at: FieldReadOnly,
        updated_at: FieldReadOnly,
    }
}

impl CreateContactRequest {
    pub fn into_row(self, association_id: Id, department_code: DepartmentCode, tx: &Tx<'_>) -> ContactRequestRow {
        let Self { association_id: _, establishment_id, member_id, channel, caller_name, caller_phone, safe_contact, safe_contact_instructions, .. } = self;
        let Self { urgency, note, .. } = self;
        ContactRequestRow {
            id: Id::new(),
            association_id,
            department_code,
            establishment_id,
            member_id,
            channel,
            caller_name: Some(caller_name),
            caller_phone,
            safe_contact: safe_contact.unwrap_or(SafeContact::Yes),
            safe_contact_instructions,
            urgency: urgency.unwrap_or(Urgency::Normal),
            note,
            status: LIFECYCLE.initial,
            drop_reason: None,
            answer: None,
            dossier_id: None,
            created_by: tx.author.actor_id,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        }
    }
}

impl UpdateContactRequest {
    pub fn apply(self, row: &mut ContactRequestRow) {
        let Self { establishment_id, member_id, channel, caller_name, caller_phone, safe_contact, safe_contact_instructions, urgency, note } = self;
        establishment_id.apply(&mut row.establishment_id);
        member_id.apply(&mut row.member_id);
        channel.apply(&mut row.channel);
        if let Change::To(name) = caller_name {
            row.caller_name = Some(name);
        }
        caller_phone.apply(&mut row.caller_phone);
        safe_contact.apply(&mut row.safe_contact);
        safe_contact_instructions.apply(&mut row.safe_contact_instructions);
        urgency.apply(&mut row.urgency);
        note.apply(&mut row.note);
    }
}

//! What callers send to register participants.

use super::model::Organisation;
use crate::db::Id;
use crate::dossiers::bodies::CardOfMember;
use crate::error::{Code, Flaw};
use crate::values::input::Change;
use crate::values::{DisplayName, Email, body};

body! {
    /// A participant who is no member.
    pub struct OutsiderInput {
        /// Name.
        name: DisplayName,
        /// Electronic address.
        email: Option<Email>,
        /// Where they work.
        organisation: Option<Organisation>,
    }
}

body! {
    /// Registers one participant.
    pub struct CreateTrainingRegistration {
        /// A member of the caller's departments.
        member_id: Option<Id>,
        /// A member of any department, in the place of `member_id`.
        member_card: Option<CardOfMember>,
        /// Somebody who is no member, in the place of both.
        outsider: Option<OutsiderInput>,
    } check { member_id: one_participant[member_id, member_card, outsider] }
}

body! {
    /// Corrects what is recorded of somebody from outside: absent fields stay, `null` clears.
    pub struct UpdateTrainingRegistration {
        /// Name.
        name: Change<DisplayName>,
        /// Electronic address.
        email: Change<Option<Email>>,
        /// Where they work.
        organisation: Change<Option<Organisation>>,
    } refuse {
        status: FieldState, rank: FieldDerived, allowed_commands: FieldDerived, session_id: FieldReadOnly, member_id: FieldReadOnly,
        created_by: FieldReadOnly, anonymised_at: FieldReadOnly, id: FieldReadOnly, version: FieldReadOnly, created_at: FieldReadOnly,
        updated_at: FieldReadOnly,
    }
}

body! {
    /// Registers members together: those named, or those with a post at an establishment today.
    pub struct CreateTrainingRegistrations {
        /// The members, in the order in which they are given seats.
        member_ids: Option<Vec<Id>>,
        /// The establishment whose staff are registered, by name.
        establishment_id: Option<Id>,
    } check { member_ids: members_or_establishment[member_ids, establishment_id] }
}

fn one_participant(member_id: &Option<Id>, member_card: &Option<CardOfMember>, outsider: &Option<OutsiderInput>) -> Option<Flaw> {
    let named = usize::from(member_id.is_some()) + usize::from(member_card.is_some()) + usize::from(outsider.is_some());
    (named != 1).then(|| Code::ParticipantOne.into())
}

fn members_or_establishment(member_ids: &Option<Vec<Id>>, establishment_id: &Option<Id>) -> Option<Flaw> {
    match member_ids {
        Some(ids) if ids.is_empty() => Some(Code::ListEmpty.into()),
        _ => (member_ids.is_some() == establishment_id.is_some()).then(|| Code::StaffOrMembers.into()),
    }
}

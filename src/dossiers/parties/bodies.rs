//! What is sent of parties.

use super::model::{PartyCategory, PartyRole};
use super::store::PartyRow;
use crate::db::{Id, Instant};
use crate::error::{Code, Error, Result};
use crate::values::input::Change;
use crate::values::{Day, DisplayName, Email, Phone, body};

body! {
    /// Names somebody who has a part in a dossier, as far as that is needed.
    pub struct CreateParty {
        /// The part that they have.
        role: PartyRole,
        /// What they are to the member.
        category: PartyCategory,
        /// Whether they are a minor, where that is known.
        minor: Option<bool>,
        /// Name, only if it is needed.
        display_name: Option<DisplayName>,
        /// Date of birth.
        birth_date: Option<Day>,
        /// The same person as a member whom the caller may see.
        member_id: Option<Id>,
        /// Electronic address.
        email: Option<Email>,
        /// Phone.
        phone: Option<Phone>,
    }
}

body! {
    /// Corrects a party: absent fields stay, `null` clears.
    pub struct UpdateParty {
        /// The part that they have.
        role: Change<PartyRole>,
        /// What they are to the member.
        category: Change<PartyCategory>,
        /// Whether they are a minor, where that is known.
        minor: Change<Option<bool>>,
        /// Name, only if it is needed.
        display_name: Change<Option<DisplayName>>,
        /// Date of birth.
        birth_date: Change<Option<Day>>,
        /// The same person as a member whom the caller may see.
        member_id: Change<Option<Id>>,
        /// Electronic address.
        email: Change<Option<Email>>,
        /// Phone.
        phone: Change<Option<Phone>>,
    }
}

impl CreateParty {
    pub fn into_row(self, dossier_id: Id, now: Instant) -> PartyRow {
        let Self { role, category, minor, display_name, birth_date, member_id, email, phone } = self;
        let (id, version, created_at, updated_at) = (Id::new(), 1, now, now);
        PartyRow { id, dossier_id, role, category, minor, display_name, birth_date, member_id, email, phone, version, created_at, updated_at }
    }
}

impl UpdateParty {
    pub fn apply(self, row: &mut PartyRow) {
        let Self { role, category, minor, display_name, birth_date, member_id, email, phone } = self;
        role.apply(&mut row.role);
        category.apply(&mut row.category);
        minor.apply(&mut row.minor);
        display_name.apply(&mut row.display_name);
        birth_date.apply(&mut row.birth_date);
        member_id.apply(&mut row.member_id);
        email.apply(&mut row.email);
        phone.apply(&mut row.phone);
    }
}

/// Nobody is born after today.
pub fn check_birth(birth_date: Option<Day>, today: Day) -> Result<()> {
    if birth_date.is_some_and(|day| day > today) { Err(Error::field("/birth_date", Code::DayInFuture)) } else { Ok(()) }
}

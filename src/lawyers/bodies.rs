//! What callers send to record and change a lawyer partner.

use super::model::*;
use super::store::LawyerRow;
use crate::db::{Id, Instant, Json};
use crate::error::Result;
use crate::values::input::{Change, change_period};
use crate::values::{Day, DepartmentCode, DisplayName, Email, Phone, body};

body! {
    /// Records a lawyer partner.
    pub struct CreateLawyer {
        /// Name.
        name: DisplayName,
        /// Bar.
        bar: Bar,
        /// Firm.
        firm: Option<Firm>,
        /// First day of the agreement.
        agreement_from: Day,
        /// Last day of the agreement, `null` while it lasts.
        agreement_to: Option<Day>,
        /// Day on which the charter was signed.
        charter_signed_on: Option<Day>,
        /// What the lawyer pleads in.
        specialities: Vec<Speciality>,
        /// Where the lawyer pleads; of a caller of a department, one at least is theirs.
        departments: Vec<DepartmentCode>,
        /// How many mandates are accepted in a civil year; `null` without a number.
        yearly_capacity: Option<YearlyCapacity>,
        /// Electronic address.
        email: Option<Email>,
        /// Phone.
        phone: Option<Phone>,
        /// The lawyer's account.
        user_id: Option<Id>,
    } check { agreement_to: crate::values::input::period[agreement_from, agreement_to] }
}

body! {
    /// Changes a lawyer partner: absent fields stay, `null` clears.
    pub struct UpdateLawyer {
        /// Name.
        name: Change<DisplayName>,
        /// Bar.
        bar: Change<Bar>,
        /// Firm.
        firm: Change<Option<Firm>>,
        /// First day of the agreement.
        agreement_from: Change<Day>,
        /// Last day of the agreement, `null` while it lasts.
        agreement_to: Change<Option<Day>>,
        /// Day on which the charter was signed.
        charter_signed_on: Change<Option<Day>>,
        /// What the lawyer pleads in.
        specialities: Change<Vec<Speciality>>,
        /// Where the lawyer pleads.
        departments: Change<Vec<DepartmentCode>>,
        /// How many mandates are accepted in a civil year; `null` without a number.
        yearly_capacity: Change<Option<YearlyCapacity>>,
        /// Electronic address.
        email: Change<Option<Email>>,
        /// Phone.
        phone: Change<Option<Phone>>,
        /// The lawyer's account; it stays as long as a mandate is under way.
        user_id: Change<Option<Id>>,
    }
}

/// A set in its order, so that the same one is the same value.
fn in_order<T: Ord>(mut set: Vec<T>) -> Json<Vec<T>> {
    set.sort();
    Json(set)
}

fn departments_in_order(mut set: Vec<DepartmentCode>) -> Json<Vec<DepartmentCode>> {
    set.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    Json(set)
}

impl CreateLawyer {
    pub fn into_row(self, now: Instant) -> LawyerRow {
        let Self { name, bar, firm, agreement_from, agreement_to, charter_signed_on, specialities, departments, yearly_capacity, email, phone, user_id } = self;
        LawyerRow {
            id: Id::new(),
            name,
            name_key: String::new(),
            bar,
            bar_key: String::new(),
            firm,
            agreement_from,
            agreement_to,
            charter_signed_on,
            specialities: in_order(specialities),
            speciality_keys: String::new(),
            departments: departments_in_order(departments),
            department_keys: String::new(),
            yearly_capacity,
            email,
            phone,
            user_id,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}

impl UpdateLawyer {
    pub fn apply(self, row: &mut LawyerRow) -> Result<()> {
        let Self { name, bar, firm, agreement_from, agreement_to, charter_signed_on, specialities, departments, yearly_capacity, email, phone, user_id } = self;
        name.apply(&mut row.name);
        bar.apply(&mut row.bar);
        firm.apply(&mut row.firm);
        charter_signed_on.apply(&mut row.charter_signed_on);
        yearly_capacity.apply(&mut row.yearly_capacity);
        email.apply(&mut row.email);
        phone.apply(&mut row.phone);
        user_id.apply(&mut row.user_id);
        if let Change::To(set) = specialities {
            row.specialities = in_order(set);
        }
        if let Change::To(set) = departments {
            row.departments = departments_in_order(set);
        }
        change_period(["/agreement_from", "/agreement_to"], agreement_from, agreement_to, &mut row.agreement_from, &mut row.agreement_to)
    }
}

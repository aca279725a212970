//! What lines say of a person, put into a new record or into the one that is known.

use super::plan::Planner;
use super::said::{Person, Said};
use crate::db::Id;
use crate::error::{Code, Flaw};
use crate::establishments::model::Address;
use crate::imports::{FieldChange, LineOutcome, LineReport};
use crate::members::bodies::Identity;
use crate::members::memberships::model::MembershipStatus;
use crate::members::model::{MemberNumber, SafeContact};
use crate::members::store::MemberRow;
use crate::members::view::MemberView;

impl Planner<'_> {
    /// Registers a member whom nobody knew.
    pub fn register(&mut self, id: Id, person: Person, said: &[&Said]) -> Result<(), Flaw> {
        let Person { department_code, civility, last_name, first_name, birth_name, birth_date, email, phone, .. } = person;
        let Person { line1, line2, line3, postal_code, city, commune_code, safe_contact, safe_contact_instructions, .. } = person;
        let (Some(last_name), Some(first_name)) = (last_name, first_name) else { return Err(Code::MemberUnknown.into()) };
        let department_code = department_code.or(self.department.cloned()).ok_or(Code::LineDepartmentMissing)?;
        if !self.scope.covers_department(Some(department_code.as_str())) {
            return Err(Code::OutOfPerimeter.into());
        }
        let association_id = *self.known.associations.get(department_code.as_str()).ok_or(Code::DepartmentWithoutAssociation)?;
        let mut external_ids: Vec<_> = said.iter().flat_map(|said| said.external_ids.clone()).collect();
        external_ids.sort();
        external_ids.dedup();
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
            address: Address { line1, line2, line3, postal_code, city, commune_code },
            safe_contact: safe_contact.unwrap_or(SafeContact::Yes),
            safe_contact_instructions,
            external_ids,
        };
        let number = said.iter().find_map(|said| said.number.clone());
        let numbered = number.is_some();
        // Replaced by the next free number when it is stored.
        let number = number.map_or_else(|| "0".parse::<MemberNumber>(), Ok)?;
        self.changes.members.push((MemberRow { id, ..MemberRow::new(identity, number, self.now) }, numbered));
        Ok(())
    }

    /// Changes what a line says otherwise of a member.
    pub fn change(&mut self, id: Id, person: &Person, said: &[&Said], report: &mut LineReport) {
        let Some(known) = self.known.members.get_mut(&id) else { return };
        let mut row = known.clone();
        person.apply(&mut row);
        for external_id in said.iter().flat_map(|said| &said.external_ids) {
            if !row.external_ids.0.contains(external_id) {
                row.external_ids.0.push(external_id.clone());
            }
        }
        row.external_ids.0.sort();
        row.derive_keys();
        if row != *known {
            report.outcome = LineOutcome::Updated;
            report.changes.extend(person_changes(known, &row));
            *known = row;
            self.changes.changed_members.insert(id);
        }
    }
}

impl Person {
    /// Puts what is said into a record; what is not said stays.
    fn apply(&self, row: &mut MemberRow) {
        fn said<T: Clone>(said: &Option<T>, field: &mut Option<T>) {
            if said.is_some() {
                field.clone_from(said);
            }
        }
        said(&self.civility, &mut row.civility);
        said(&self.birth_name, &mut row.birth_name);
        said(&self.birth_date, &mut row.birth_date);
        said(&self.email, &mut row.email);
        said(&self.phone, &mut row.phone);
        said(&self.line1, &mut row.address_line1);
        said(&self.line2, &mut row.address_line2);
        said(&self.line3, &mut row.address_line3);
        said(&self.postal_code, &mut row.postal_code);
        said(&self.city, &mut row.city);
        said(&self.commune_code, &mut row.commune_code);
        said(&self.safe_contact_instructions, &mut row.safe_contact_instructions);
        row.last_name = self.last_name.clone().unwrap_or_else(|| row.last_name.clone());
        row.first_name = self.first_name.clone().unwrap_or_else(|| row.first_name.clone());
        row.safe_contact = self.safe_contact.unwrap_or(row.safe_contact);
    }
}

fn person_changes(before: &MemberRow, after: &MemberRow) -> Vec<FieldChange> {
    let view = |row: &MemberRow| MemberView::of(row.clone(), MembershipStatus::Never);
    FieldChange::between(&view(before), &view(after))
}

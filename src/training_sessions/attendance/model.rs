//! What is marked of somebody in a slot, and what can be marked.

use crate::db::Id;
use crate::error::{Code, Flaw, Issue, Place};
use crate::training_sessions::registrations::model::RegistrationStatus;
use crate::values::{body, choice, query};
use std::collections::{HashMap, HashSet};

choice! {
    /// Whether a participant was there in a slot; of two marks of one person, the earlier in this order stands.
    pub enum AttendanceStatus as "attendance_status" {
        Present = "present" ("Présent", "Present"),
        Late = "late" ("En retard", "Late"),
        Excused = "excused" ("Excusé", "Excused"),
        Absent = "absent" ("Absent", "Absent"),
    }
}

impl AttendanceStatus {
    /// Those that count as having been there.
    pub const ATTENDED: &'static [Self] = &[Self::Present, Self::Late];

    pub fn attended(self) -> bool {
        Self::ATTENDED.contains(&self)
    }
}

body! {
    /// What is marked of a participant in a slot.
    pub struct MarkInput {
        /// A confirmed registration of the session.
        registration_id: Id,
        /// Whether the participant was there.
        status: AttendanceStatus,
    }
}

body! {
    /// What is marked in a slot.
    pub struct SlotMarksInput {
        /// A slot of the session that has begun.
        slot_id: Id,
        /// The participants that are marked; marks of others stay as they are.
        marks: Vec<MarkInput>,
    }
}

body! {
    /// Marks participants in slots.
    pub struct RecordAttendance {
        /// The slots, each once.
        slots: Vec<SlotMarksInput>,
    } check { slots: some[slots] }
}

fn some(slots: &[SlotMarksInput]) -> Option<Flaw> {
    slots.is_empty().then(|| Code::ListEmpty.into())
}

query! {
    /// Filters of marks.
    pub struct AttendanceFilters {
        /// Slot.
        slot: Option<Id>,
        /// Registration.
        registration: Option<Id>,
        /// What was marked.
        status: Option<Vec<AttendanceStatus>>,
    }
}

/// What must be known of a session to tell whether marks fit.
#[derive(Debug, Default)]
pub struct Known {
    /// Its slots, and whether each has begun.
    pub slots: HashMap<Id, bool>,
    pub registrations: HashMap<Id, RegistrationStatus>,
    /// Registrations for which a certificate stands.
    pub certified: HashSet<Id>,
    /// What is marked already, by slot and registration.
    pub marked: HashMap<(Id, Id), AttendanceStatus>,
}

impl RecordAttendance {
    /// Everything that does not fit, each where it stands.
    pub fn flaws(&self, known: &Known) -> Vec<Issue> {
        let (mut issues, mut slots) = (Vec::new(), HashSet::new());
        for (at, SlotMarksInput { slot_id, marks }) in self.slots.iter().enumerate() {
            let flaw = match known.slots.get(slot_id) {
                _ if !slots.insert(slot_id) => Some(Code::ListRepeats),
                None => Some(Code::ReferenceNotFound),
                Some(false) => Some(Code::SlotNotBegun),
                Some(true) => None,
            };
            issues.extend(flaw.map(|code| placed(code, format!("/slots/{at}/slot_id"))));
            let mut seen = HashSet::new();
            for (number, mark) in marks.iter().enumerate() {
                let flaw = if seen.insert(mark.registration_id) { known.flaw(*slot_id, mark) } else { Some(Code::ListRepeats) };
                issues.extend(flaw.map(|code| placed(code, format!("/slots/{at}/marks/{number}/registration_id"))));
            }
        }
        issues
    }

    /// Slot, registration and mark of each.
    pub fn marks(&self) -> impl Iterator<Item = (Id, Id, AttendanceStatus)> {
        self.slots.iter().flat_map(|slot| slot.marks.iter().map(|mark| (slot.slot_id, mark.registration_id, mark.status)))
    }
}

impl Known {
    /// Why a participant cannot be marked so. What a certificate rests on stays as it is.
    fn flaw(&self, slot_id: Id, mark: &MarkInput) -> Option<Code> {
        let MarkInput { registration_id, status } = mark;
        let unchanged = self.marked.get(&(slot_id, *registration_id)) == Some(status);
        match self.registrations.get(registration_id) {
            None => Some(Code::ReferenceNotFound),
            Some(RegistrationStatus::Confirmed) if unchanged || !self.certified.contains(registration_id) => None,
            Some(RegistrationStatus::Confirmed) => Some(Code::AttendanceCertified),
            Some(_) => Some(Code::RegistrationNotConfirmed),
        }
    }
}

fn placed(code: Code, pointer: String) -> Issue {
    Flaw::from(code).at(Place::Pointer(pointer))
}

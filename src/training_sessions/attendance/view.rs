//! What is shown of attendance: marks, and what they come to.

use super::model::AttendanceStatus;
use super::store::AttendanceRow;
use crate::audit::Resource;
use crate::db::{Id, Instant};
use crate::training_sessions::slots::store::SlotRow;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// What is marked of a participant in a slot.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttendanceView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The session.
    pub session_id: Id,
    /// The slot.
    pub slot_id: Id,
    /// Whose registration.
    pub registration_id: Id,
    /// Whether the participant was there.
    pub status: AttendanceStatus,
    /// Who marked it last.
    pub recorded_by: Option<Id>,
    /// When it was first marked.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("session_id", "Session"), ("slot_id", "Créneau"), ("registration_id", "Inscription"),
    ("status", "Présence"), ("recorded_by", "Relevée par"), ("created_at", "Relevée le"), ("updated_at", "Modifiée le"),
];

impl Resource for AttendanceView {
    const KIND: &'static str = "attendance";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<AttendanceRow> for AttendanceView {
    fn from(row: AttendanceRow) -> Self {
        let AttendanceRow { id, session_id, slot_id, registration_id, status, recorded_by, version, created_at, updated_at } = row;
        Self { id, version, session_id, slot_id, registration_id, status, recorded_by, created_at, updated_at }
    }
}

/// Who was there in a slot, of those expected.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SlotAttendanceView {
    /// The slot.
    pub slot_id: Id,
    /// When it begins.
    pub starts_at: Instant,
    /// When it ends.
    pub ends_at: Instant,
    /// Participants who were present.
    #[schema(minimum = 0, maximum = 5000, example = 17)]
    pub present: i64,
    /// Those who came late.
    #[schema(minimum = 0, maximum = 5000, example = 1)]
    pub late: i64,
    /// Those who were excused.
    #[schema(minimum = 0, maximum = 5000, example = 1)]
    pub excused: i64,
    /// Those who were absent.
    #[schema(minimum = 0, maximum = 5000, example = 1)]
    pub absent: i64,
    /// Those of whom nothing is marked.
    #[schema(minimum = 0, maximum = 5000, example = 0)]
    pub unmarked: i64,
    /// The numerator of the rate: present or late.
    #[schema(minimum = 0, maximum = 5000, example = 18)]
    pub attended: i64,
    /// The denominator of the rate: confirmed registrations.
    #[schema(minimum = 0, maximum = 5000, example = 20)]
    pub expected: i64,
    /// Attended over expected, to four decimals; `null` where nobody was expected.
    #[schema(minimum = 0.0, maximum = 1.0, example = 0.9)]
    pub rate: Option<f64>,
}

/// Who was there in a session, of those expected.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttendanceRatesView {
    /// The session.
    pub session_id: Id,
    /// Its slots that have begun, in order of time.
    #[schema(max_items = 10_000)]
    pub slots: Vec<SlotAttendanceView>,
    /// The numerator of the rate: those who attended, added up over these slots.
    #[schema(minimum = 0, maximum = 50_000_000, example = 35)]
    pub attended: i64,
    /// The denominator of the rate: those expected, added up over these slots.
    #[schema(minimum = 0, maximum = 50_000_000, example = 40)]
    pub expected: i64,
    /// Attended over expected, to four decimals; `null` where nobody was expected yet.
    #[schema(minimum = 0.0, maximum = 1.0, example = 0.875)]
    pub rate: Option<f64>,
}

/// What recording attendance did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttendanceRecordView {
    /// Marks that are new.
    #[schema(minimum = 0, maximum = 10_000, example = 40)]
    pub created: i64,
    /// Marks that are others than before.
    #[schema(minimum = 0, maximum = 10_000, example = 0)]
    pub changed: i64,
    /// Marks that stood already.
    #[schema(minimum = 0, maximum = 10_000, example = 0)]
    pub unchanged: i64,
    /// What all marks of the session come to.
    pub rates: AttendanceRatesView,
}

fn rate(attended: i64, expected: i64) -> Option<f64> {
    let tenths_of_thousandths = (attended * 20_000 + expected).checked_div(expected * 2)?;
    Some(f64::from(i32::try_from(tenths_of_thousandths).unwrap_or(i32::MAX)) / 10_000.0)
}

impl AttendanceRatesView {
    /// Of slots that have begun, in which so many participants were marked so, of so many expected.
    pub fn of(session_id: Id, begun: Vec<SlotRow>, tally: &HashMap<(Id, AttendanceStatus), i64>, expected: i64) -> Self {
        let slots: Vec<SlotAttendanceView> = begun.into_iter().map(|slot| SlotAttendanceView::of(&slot, tally, expected)).collect();
        let attended = slots.iter().map(|slot| slot.attended).sum();
        let expected = slots.iter().map(|slot| slot.expected).sum();
        Self { session_id, slots, attended, expected, rate: rate(attended, expected) }
    }
}

impl SlotAttendanceView {
    fn of(slot: &SlotRow, tally: &HashMap<(Id, AttendanceStatus), i64>, expected: i64) -> Self {
        use AttendanceStatus::{Absent, Excused, Late, Present};
        let marked = |status| tally.get(&(slot.id, status)).copied().unwrap_or_default();
        let (present, late, excused, absent) = (marked(Present), marked(Late), marked(Excused), marked(Absent));
        let (unmarked, attended) = (expected - present - late - excused - absent, present + late);
        let (slot_id, starts_at, ends_at, rate) = (slot.id, slot.starts_at, slot.ends_at, rate(attended, expected));
        Self { slot_id, starts_at, ends_at, present, late, excused, absent, unmarked, attended, expected, rate }
    }
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn a_rate_is_rounded_to_four_decimals_and_none_of_nobody() {
        for (attended, expected, told) in [(17, 20, Some(0.85)), (1, 3, Some(0.3333)), (2, 3, Some(0.6667)), (0, 5, Some(0.0)), (5, 5, Some(1.0)), (0, 0, None)]
        {
            assert_eq!(rate(attended, expected), told);
        }
    }
}

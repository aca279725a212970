//! What is said of the presence of somebody.

use crate::values::{body, choice};

choice! {
    /// Whether somebody of a committee is at a session.
    pub enum Presence as "presence" {
        Expected = "expected" ("Attendu", "Expected"),
        Present = "present" ("Présent", "Present"),
        Excused = "excused" ("Excusé", "Excused"),
        Absent = "absent" ("Absent", "Absent"),
    }
}

body! {
    /// Says whether somebody is at a session.
    pub struct UpdateAidAttendance {
        /// Whether they are there.
        presence: Presence,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, session_id: FieldReadOnly, committee_member_id: FieldReadOnly, user_id: FieldReadOnly,
        function: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

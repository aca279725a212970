//! What people do in the team of an association.

use crate::values::{Day, choice, query};

query! {
    /// Filters of team members.
    pub struct TeamMemberFilters {
        /// Those in office on this day.
        on: Option<Day>,
        /// Functions.
        function: Option<Vec<TeamFunction>>,
    }
}

choice! {
    /// What somebody does in the team of an association; the order is that in which they are called.
    pub enum TeamFunction as "team_function" {
        Head = "head" ("Responsable", "Head"),
        DeputyHead = "deputy_head" ("Responsable adjoint", "Deputy head"),
        Listener = "listener" ("Écoutant", "Listener"),
        Volunteer = "volunteer" ("Bénévole", "Volunteer"),
        Staff = "staff" ("Salarié", "Staff"),
        Secretary = "secretary" ("Secrétaire", "Secretary"),
        Treasurer = "treasurer" ("Trésorier", "Treasurer"),
    }
}

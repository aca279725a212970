//! How far a session has come, and which values it accepts.

use crate::db::Id;
use crate::values::input::Change;
use crate::values::{Day, Interval, body, choice, query, text};

choice! {
    /// How far a session of a committee has come.
    pub enum AidSessionStatus as "aid_session_status" {
        Planned = "planned" ("Prévue", "Planned"),
        Convened = "convened" ("Convoquée", "Convened"),
        Open = "open" ("Ouverte", "Open"),
        Closed = "closed" ("Close", "Closed"),
        Cancelled = "cancelled" ("Annulée", "Cancelled"),
    }
}

impl AidSessionStatus {
    /// The states before it is opened.
    pub const AHEAD: &'static [Self] = &[Self::Planned, Self::Convened];
    /// The states in which something may be put on its docket.
    pub const GATHERING: &'static [Self] = &[Self::Planned, Self::Convened, Self::Open];
}

text! {
    /// Where a committee meets.
    pub struct SessionPlace { max: 200, example: "Maison des associations, salle 4" }
}

text! {
    /// What a session deals with besides its docket.
    pub struct SessionAgenda { max: 2000, example: "Bilan du trimestre ; calendrier des prochaines séances." }
}

query! {
    /// Filters of sessions.
    pub struct AidSessionFilters {
        /// Committee.
        committee: Option<Id>,
        /// States.
        status: Option<Vec<AidSessionStatus>>,
        /// Days on which it meets.
        held: Option<Interval>,
    }
}

body! {
    /// Plans a session.
    pub struct PlanAidSession {
        /// The committee.
        committee_id: Id,
        /// The day.
        held_on: Day,
        /// Where.
        place: Option<SessionPlace>,
        /// Whether members may take part from elsewhere; `false` by default.
        remote: Option<bool>,
        /// What it deals with besides its docket.
        agenda: Option<SessionAgenda>,
    }
}

body! {
    /// Changes a session that is not open yet: absent fields stay, `null` clears.
    pub struct UpdateAidSession {
        /// The day.
        held_on: Change<Day>,
        /// Where.
        place: Change<Option<SessionPlace>>,
        /// Whether members may take part from elsewhere.
        remote: Change<bool>,
        /// What it deals with besides its docket.
        agenda: Change<Option<SessionAgenda>>,
    } refuse {
        status: FieldState, quorum: FieldDerived, present: FieldDerived, allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, committee_id: FieldReadOnly, department_code: FieldReadOnly, created_at: FieldReadOnly,
        updated_at: FieldReadOnly,
    }
}

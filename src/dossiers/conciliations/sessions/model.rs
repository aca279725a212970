//! Which values a session accepts.

use crate::dossiers::activities::model::ActivityMedium;
use crate::values::input::Change;
use crate::values::{Day, body, text};

text! {
    /// Where the sides meet.
    pub struct Venue { max: 200, example: "Bureau de la principale" }
}

text! {
    /// Who takes part.
    pub struct Participants { max: 500, example: "La principale adjointe, la mère de l'élève, la médiatrice académique." }
}

text! {
    /// What was said in a session.
    pub struct SessionNote { max: 4000, example: "La famille reconnaît les faits ; elle accepte d'écrire une lettre d'excuses." }
}

body! {
    /// Records a session, held or to come.
    pub struct RecordConciliationSession {
        /// The day.
        held_on: Day,
        /// By which way.
        medium: ActivityMedium,
        /// Where.
        venue: Option<Venue>,
        /// Who takes part.
        participants: Participants,
        /// What was said.
        note: Option<SessionNote>,
    }
}

body! {
    /// Corrects a session: absent fields stay, `null` clears.
    pub struct UpdateConciliationSession {
        /// The day.
        held_on: Change<Day>,
        /// By which way.
        medium: Change<ActivityMedium>,
        /// Where.
        venue: Change<Option<Venue>>,
        /// Who takes part.
        participants: Change<Participants>,
        /// What was said.
        note: Change<Option<SessionNote>>,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, conciliation_id: FieldReadOnly, dossier_id: FieldReadOnly, created_at: FieldReadOnly,
        updated_at: FieldReadOnly,
    }
}

//! How far a conciliation comes, and which values it accepts.

use crate::values::input::Change;
use crate::values::{Day, body, choice, query, text};

choice! {
    /// How far a conciliation has come.
    pub enum ConciliationStatus as "conciliation_status" {
        Proposed = "proposed" ("Proposée", "Proposed"),
        Accepted = "accepted" ("Acceptée", "Accepted"),
        Refused = "refused" ("Refusée", "Refused"),
        InProgress = "in_progress" ("En cours", "In progress"),
        Agreed = "agreed" ("Accord trouvé", "Agreed"),
        Failed = "failed" ("Échouée", "Failed"),
        Verified = "verified" ("Accord vérifié", "Verified"),
    }
}

impl ConciliationStatus {
    /// The states in which something is still to come whatever was promised.
    pub const OPEN: &'static [Self] = &[Self::Proposed, Self::Accepted, Self::InProgress];
    /// The states in which the sides meet.
    pub const MEETING: &'static [Self] = &[Self::Accepted, Self::InProgress, Self::Agreed];
    /// The states after the sides began to talk.
    pub const MET: &'static [Self] = &[Self::InProgress, Self::Agreed, Self::Failed, Self::Verified];
    /// The states in which the sides commit themselves.
    pub const COMMITTING: &'static [Self] = &[Self::InProgress, Self::Agreed];
}

text! {
    /// What a conciliation is about.
    pub struct ConciliationSubject { max: 1000, example: "Rétablir un dialogue avec la famille après les menaces." }
}

query! {
    /// Filters of conciliations.
    pub struct ConciliationFilters {
        /// States.
        status: Option<Vec<ConciliationStatus>>,
    }
}

body! {
    /// Proposes a conciliation.
    pub struct ProposeConciliation {
        /// What it is about.
        subject: ConciliationSubject,
        /// The day on which it was proposed, today by default.
        proposed_on: Option<Day>,
    }
}

body! {
    /// Corrects a conciliation: absent fields stay.
    pub struct UpdateConciliation {
        /// What it is about.
        subject: Change<ConciliationSubject>,
        /// The day on which it was proposed.
        proposed_on: Change<Day>,
    } refuse {
        status: FieldState, agreed_on: FieldState, allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, dossier_id: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

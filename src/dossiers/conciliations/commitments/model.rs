//! What a commitment is, and which values it accepts.

use crate::values::input::Change;
use crate::values::{Day, body, choice, query, text};

choice! {
    /// Who commits themselves.
    pub enum CommitmentSide as "commitment_side" {
        Member = "member" ("Adhérent", "Member"),
        Opposing = "opposing" ("Partie adverse", "Opposing party"),
        Establishment = "establishment" ("Établissement", "Establishment"),
        Association = "association" ("Association", "Association"),
    }
}

choice! {
    /// What became of a commitment.
    pub enum CommitmentStatus as "commitment_status" {
        Pending = "pending" ("À vérifier", "Pending"),
        Kept = "kept" ("Tenu", "Kept"),
        NotKept = "not_kept" ("Non tenu", "Not kept"),
    }
}

text! {
    /// What somebody commits themselves to.
    pub struct Promise { max: 1000, example: "Adresser une lettre d'excuses à la principale." }
}

query! {
    /// Filters of commitments.
    pub struct CommitmentFilters {
        /// Sides.
        side: Option<Vec<CommitmentSide>>,
        /// States.
        status: Option<Vec<CommitmentStatus>>,
    }
}

body! {
    /// Writes down what a side commits itself to.
    pub struct MakeCommitment {
        /// Who.
        side: CommitmentSide,
        /// To what.
        promise: Promise,
        /// Until when.
        due_on: Option<Day>,
        /// The day on which it is to be checked: a task for the referent.
        check_on: Option<Day>,
    }
}

body! {
    /// Corrects a commitment that nobody has checked: absent fields stay, `null` clears.
    pub struct UpdateCommitment {
        /// Who.
        side: Change<CommitmentSide>,
        /// To what.
        promise: Change<Promise>,
        /// Until when.
        due_on: Change<Option<Day>>,
        /// The day on which it is to be checked; the task follows.
        check_on: Change<Option<Day>>,
    } refuse {
        status: FieldState, checked_on: FieldState, checked_by: FieldState, allowed_commands: FieldDerived, task_id: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, conciliation_id: FieldReadOnly, dossier_id: FieldReadOnly, created_at: FieldReadOnly,
        updated_at: FieldReadOnly,
    }
}

//! Which values a committee accepts.

use crate::db::Id;
use crate::values::input::Change;
use crate::values::{body, number, query, text};

text! {
    /// What a committee is called.
    pub struct CommitteeName { max: 120, example: "Commission d'aide du Puy-de-Dôme" }
}

number! {
    /// How many members with a vote must be present for the committee to decide.
    pub struct Quorum(i32: Integer "int32" as Integer) { 1..=50, example: 3 }
}

query! {
    /// Filters of committees.
    pub struct CommitteeFilters {
        /// Association.
        association: Option<Id>,
    }
}

body! {
    /// Sets up a committee.
    pub struct CreateAidCommittee {
        /// The association whose aid it decides on; may be left out by whoever works in one department.
        association_id: Option<Id>,
        /// What it is called.
        name: CommitteeName,
        /// How many members with a vote must be present.
        quorum: Quorum,
    }
}

body! {
    /// Changes a committee: absent fields stay. A session keeps the quorum with which it was planned.
    pub struct UpdateAidCommittee {
        /// What it is called.
        name: Change<CommitteeName>,
        /// How many members with a vote must be present.
        quorum: Change<Quorum>,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, association_id: FieldReadOnly, department_code: FieldReadOnly, created_at: FieldReadOnly,
        updated_at: FieldReadOnly,
    }
}

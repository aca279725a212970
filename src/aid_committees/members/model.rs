//! Functions in a committee, and what they may do.

use crate::auth::Role;
use crate::db::Id;
use crate::values::input::{Change, period};
use crate::values::{Day, body, choice, query};

choice! {
    /// What somebody is in a committee.
    pub enum CommitteeFunction as "committee_function" {
        Chair = "chair" ("Présidence", "Chair"),
        Member = "member" ("Membre", "Member"),
        Secretary = "secretary" ("Secrétariat", "Secretary"),
        Treasurer = "treasurer" ("Trésorerie", "Treasurer"),
    }
}

impl CommitteeFunction {
    /// Whether whoever holds it votes. A secretary keeps the record; a treasurer knows whose request is whose, and does not vote on a
    /// name.
    pub fn votes(self) -> bool {
        matches!(self, Self::Chair | Self::Member)
    }

    /// Whether whoever holds it runs the session: opens it, says who is there, records decisions, closes it.
    pub fn presides(self) -> bool {
        matches!(self, Self::Chair | Self::Secretary)
    }

    /// The role that an account must hold for it.
    pub fn role(self) -> Role {
        match self {
            Self::Treasurer => Role::Treasurer,
            Self::Chair | Self::Member | Self::Secretary => Role::AidCommitteeMember,
        }
    }
}

query! {
    /// Filters of the members of a committee.
    pub struct CommitteeMemberFilters {
        /// Those in office on this day.
        on: Option<Day>,
        /// Functions.
        function: Option<Vec<CommitteeFunction>>,
    }
}

body! {
    /// Names somebody to a committee.
    pub struct NameCommitteeMember {
        /// An account that holds the role which goes with the function.
        user_id: Id,
        /// What they are in the committee.
        function: CommitteeFunction,
        /// First day in office.
        starts_on: Day,
        /// Last day in office, `null` while it lasts.
        ends_on: Option<Day>,
    } check { ends_on: period[starts_on, ends_on] }
}

body! {
    /// Changes the days of a term: absent fields stay, `null` clears. Another function is another term.
    pub struct UpdateCommitteeMember {
        /// First day in office.
        starts_on: Change<Day>,
        /// Last day in office, `null` while it lasts.
        ends_on: Change<Option<Day>>,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, committee_id: FieldReadOnly, user_id: FieldReadOnly, function: FieldReadOnly,
        created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

//! What is said to vote.

use crate::aid_committees::docket::model::VoteChoice;
use crate::values::body;

body! {
    /// Votes. A vote stands: it is not changed.
    pub struct CastAidVote {
        /// What is voted.
        choice: VoteChoice,
    }
}

//! What members of training commissions are asked for by.

use crate::values::{Day, query};

query! {
    /// Filters of members of a training commission.
    pub struct CommissionMemberFilters {
        /// Those whose term runs on this day.
        on: Option<Day>,
    }
}

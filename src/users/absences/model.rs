//! By what absences are found.

use crate::db::Id;
use crate::values::{Interval, query};

/// Days after its end for which an absence is remembered.
pub const KEPT_DAYS: i64 = 365;

query! {
    /// Filters of absences.
    pub struct AbsenceFilters {
        /// Account.
        user: Option<Id>,
        /// Those that touch these days.
        days: Option<Interval>,
    }
}

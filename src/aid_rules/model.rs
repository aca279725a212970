//! Which values the rules of aid accept.

use crate::db::Id;
use crate::members::memberships::model::Year;
use crate::values::{number, query};

number! {
    /// A number of months.
    pub struct Months(i32: Integer "int32" as Integer) { 1..=600, example: 12 }
}

number! {
    /// A number of days.
    pub struct Days(i32: Integer "int32" as Integer) { 1..=366, example: 60 }
}

/// Days within which a committee is to ratify what was granted urgently, where no rule says so: it sits every month or two.
pub const RATIFICATION_DAYS: i64 = 60;

query! {
    /// Filters of rules of aid.
    pub struct AidRulesFilters {
        /// Years.
        year: Option<Vec<Year>>,
        /// Association.
        association: Option<Id>,
    }
}

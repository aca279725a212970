//! By what envelopes of aid are found.

use crate::db::Id;
use crate::members::memberships::model::Year;
use crate::values::{DepartmentCode, query};

query! {
    /// Filters of envelopes of aid.
    pub struct AidEnvelopeFilters {
        /// Years.
        year: Option<Vec<Year>>,
        /// Association.
        association: Option<Id>,
        /// Departments.
        department: Option<Vec<DepartmentCode>>,
    }
}

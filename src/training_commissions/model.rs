//! What training commissions are asked for by.

use crate::values::{AcademyCode, query};

query! {
    /// Filters of training commissions.
    pub struct TrainingCommissionFilters {
        /// Academies.
        academy: Option<Vec<AcademyCode>>,
    }
}

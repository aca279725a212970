//! What can be asked of the record of looks.

use crate::db::Id;
use crate::values::{Interval, query};

query! {
    /// Filters of the record of looks.
    pub struct AccessFilters {
        /// The file that was looked at.
        subject: Option<Id>,
        /// Who looked.
        actor: Option<Id>,
        /// Days on which it was looked at.
        recorded: Option<Interval>,
    }
}

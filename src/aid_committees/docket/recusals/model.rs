//! What is said of a recusal.

use crate::db::Id;
use crate::values::{body, choice};

choice! {
    /// Whose word a recusal is.
    pub enum RecusalKind as "recusal_kind" {
        Declared = "declared" ("Déclarée", "Declared"),
        Imposed = "imposed" ("Imposée", "Imposed"),
    }
}

body! {
    /// Recuses somebody from what stands on a docket.
    pub struct RecordAidRecusal {
        /// Their term in the committee; one's own by default.
        committee_member_id: Option<Id>,
    }
}

//! What can be asked of the record of changes.

use crate::audit::Action;
use crate::db::Id;
use crate::error::{Code, Flaw};
use crate::values::{Interval, query, text};

text! {
    /// What a change was made to, by its singular name.
    pub struct ResourceName { max: 60, pattern: "^[a-z_]+$", example: "dossier", parse: resource_name }
}

fn resource_name(text: String) -> Result<String, Flaw> {
    if text.chars().all(|sign| sign.is_ascii_lowercase() || sign == '_') {
        Ok(text)
    } else {
        Err(Flaw::new(Code::PatternMismatch).with("expected", "^[a-z_]+$"))
    }
}

query! {
    /// Filters of audit events.
    pub struct AuditEventFilters {
        /// What changes were made to, by singular names.
        resource: Option<Vec<ResourceName>>,
        /// The one resource that was changed.
        subject: Option<Id>,
        /// Who made the change.
        actor: Option<Id>,
        /// What was done.
        action: Option<Vec<Action>>,
        /// Days on which it was done.
        recorded: Option<Interval>,
    }
}

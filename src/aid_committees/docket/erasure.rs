//! Forgetting what a committee was shown, once the dossier of a request is anonymised. The record of a session has no name; it stays.

use super::store;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::erasure::scrub_records;
use crate::error::Result;

/// The fields that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["household_size", "resources_total", "charges_total", "remainder", "note", "motivation", "details"];

pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    store::forget(tx, scope, dossier_id)?.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}

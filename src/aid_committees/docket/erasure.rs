//! Forgetting what committees were shown of a request that is anonymised. The record of a session has no name; it stays.

use super::store;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::erasure::scrub_records;
use crate::error::Result;

/// The fields that a version or a stored reply loses.
const FORGOTTEN: &[&str] = &["household_size", "resources_total", "charges_total", "remainder", "note", "motivation", "details"];

pub fn erase(tx: &mut Tx<'_>, scope: &Scope, request_id: Id) -> Result<()> {
    store::forget(tx, scope, request_id)?.into_iter().try_for_each(|id| scrub_records(tx, scope, id, FORGOTTEN))
}

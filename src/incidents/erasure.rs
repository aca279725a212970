//! Forgetting what was said of an incident, once every dossier that it opened is anonymised.

use super::store;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::erasure::scrub_records;
use crate::error::Result;

pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    store::forget(tx, scope, dossier_id)?.map_or(Ok(()), |id| scrub_records(tx, scope, id, &["summary"]))
}

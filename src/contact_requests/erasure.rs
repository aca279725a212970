//! Forgetting who called, once the dossier that a call became is anonymised.

use super::store;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::erasure::scrub_of_member;
use crate::error::Result;

/// The fields that a version or a stored reply loses.
const FORGOTTEN: &[&str] =
    &["establishment_id", "member_id", "caller_name", "caller_phone", "safe_contact_instructions", "note", "answer", "reason", "details"];

pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    store::forget(tx, scope, dossier_id)?.into_iter().try_for_each(|id| scrub_of_member(tx, scope, id, FORGOTTEN))
}

//! Merging: one transaction, both records locked, every reference moved.

use super::gains::gain;
use super::model::Moved;
use super::moves::Between;
use super::store::{self, MergeRow};
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::changes::store::tell;
use crate::db::{Id, Json};
use crate::error::{Code, Error, Result};
use crate::http::Reconcile;
use crate::members::aliases;
use crate::members::api::show;
use crate::members::external_ids::rename_externally;
use crate::members::store::{self as members, MemberRow, OWNER};
use crate::values::Day;
use crate::workflow::Reason;

/// Merges one record into another, both in the scope.
pub fn merge(tx: &mut Tx<'_>, scope: &Scope, (survivor_id, absorbed_id): (Id, Id), reason: Reason, reconcilers: &[Reconcile]) -> Result<MergeRow> {
    if survivor_id == absorbed_id {
        return Err(Error::field("/absorbed_id", Code::MergeWithItself));
    }
    let mut locked = aliases::lock_many(tx, scope, vec![survivor_id, absorbed_id])?;
    let (survivor, absorbed) = (locked.remove(&survivor_id), locked.remove(&absorbed_id));
    let Some(mut survivor) = survivor else { return Err(Error::not_found()) };
    let Some(mut absorbed) = absorbed else { return Err(gone(tx, scope, absorbed_id)?) };
    reconcilers.iter().try_for_each(|reconcile| reconcile(tx, scope, absorbed_id, survivor_id))?;
    let rows = Between { from: &absorbed, to: &survivor }.move_everything(tx, scope)?;
    let gained = gain(&mut survivor, &absorbed)?;
    // The names go from one to the other: no two rows have one, not even for a moment.
    rename_externally(tx.conn, OWNER, absorbed.id, &[])?;
    absorbed.merged_into_id = Some(survivor.id);
    let view = show(tx.conn, scope, absorbed.clone(), Day::of(tx.now.0))?;
    absorbed.deleted_at = Some(tx.now);
    let absorbed = members::advance(tx, scope, absorbed)?;
    let survivor = members::update(tx, scope, survivor)?;
    tx.record(Action::Merge, &crate::members::view::MemberView { version: absorbed.version, updated_at: absorbed.updated_at, ..view })?;
    record(tx, scope, Action::Merge, survivor.clone())?;
    tell(tx, scope, vec![absorbed.told(Action::Merge), survivor.told(Action::Update)])?;
    let row = MergeRow {
        id: Id::new(),
        survivor_id: survivor.id,
        absorbed_id: absorbed.id,
        reason,
        moved: Json(Moved { rows, gained, ..Moved::default() }),
        merged_by: tx.author.actor_id,
        undone_at: None,
        undone_by: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, scope, &row)?;
    Ok(row)
}

/// Why a record cannot be absorbed: it was, or it is none of the caller's.
fn gone(tx: &mut Tx<'_>, scope: &Scope, absorbed_id: Id) -> Result<Error> {
    match members::find(tx.conn, scope, absorbed_id) {
        Err(error) if error.moved_to().is_some() => Ok(Error::of(Code::MergeDone)),
        Err(error) if error.code() != Code::NotFound => Err(error),
        _ => Ok(Error::field("/absorbed_id", Code::ReferenceNotFound)),
    }
}

/// Writes the version of a record.
pub fn record(tx: &mut Tx<'_>, scope: &Scope, action: Action, row: MemberRow) -> Result<()> {
    let view = show(tx.conn, scope, row, Day::of(tx.now.0))?;
    tx.record(action, &view)
}

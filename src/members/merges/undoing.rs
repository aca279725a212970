//! Undoing a merge: what was moved goes back, but for what was changed since.

use super::gains::give_back;
use super::merging::record;
use super::model::{Moved, UNDO_DAYS, undo_until};
use super::moves::Between;
use super::store::{self, Merge, MergeRow};
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::changes::store::tell;
use crate::db::{Instant, Json};
use crate::error::{Code, Error, Flaw, Result};
use crate::members::aliases;
use crate::members::external_ids::rename_externally;
use crate::members::store::{self as members, OWNER};

/// Why a merge cannot be undone, if it cannot.
pub fn obstacle(merge: &Merge, now: Instant) -> Option<Flaw> {
    if undo_until(merge.row.created_at) < now {
        return Some(Flaw::new(Code::MergeTooLate).with("days", UNDO_DAYS));
    }
    (merge.holder.id != merge.row.survivor_id).then(|| Code::MergeSurvivorGone.into())
}

/// Makes two records of one again; the rows and fields that stay with the first are told in the merge.
pub fn undo(tx: &mut Tx<'_>, scope: &Scope, merge: Merge) -> Result<MergeRow> {
    if let Some(flaw) = obstacle(&merge, tx.now) {
        return Err(flaw.into());
    }
    let row = merge.row;
    let mut locked = aliases::lock_with_gone(tx, scope, vec![row.survivor_id, row.absorbed_id])?;
    let survivor = locked.remove(&row.survivor_id).filter(|survivor| survivor.deleted_at.is_none());
    let absorbed = locked.remove(&row.absorbed_id).filter(|absorbed| absorbed.merged_into_id == Some(row.survivor_id));
    let (Some(mut survivor), Some(mut absorbed)) = (survivor, absorbed) else { return Err(Error::of(Code::MergeSurvivorGone)) };
    // It comes back to its own department.
    if !scope.covers_department(Some(absorbed.department_code.as_str())) {
        return Err(Error::of(Code::OutOfPerimeter));
    }
    absorbed.deleted_at = None;
    absorbed.merged_into_id = None;
    let kept = Between { from: &survivor, to: &absorbed }.move_back(tx, scope, &row.moved.0.rows)?;
    let kept_fields = give_back(&mut survivor, &mut absorbed, &row.moved.0.gained)?;
    rename_externally(tx.conn, OWNER, survivor.id, &[])?;
    let absorbed = members::advance(tx, scope, absorbed)?;
    let survivor = members::update(tx, scope, survivor)?;
    rename_externally(tx.conn, OWNER, absorbed.id, &absorbed.external_ids.0)?;
    record(tx, scope, Action::UndoMerge, absorbed.clone())?;
    record(tx, scope, Action::UndoMerge, survivor.clone())?;
    tell(tx, scope, vec![absorbed.told(Action::UndoMerge), survivor.told(Action::Update)])?;
    let moved = Moved { kept, kept_fields, ..row.moved.0.clone() };
    store::undo(tx, scope, MergeRow { moved: Json(moved), ..row })
}

//! Making links and withdrawing them, also those that follow from what is done to dossiers.

use super::model::{LinkCommand, LinkKind, LinkNote};
use super::store::{self, LinkRow};
use super::view::LinkView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::under::Under;
use crate::error::Result;
use crate::workflow::{Reason, take_step};

/// Links a dossier, which is locked or new, to another that was found.
pub fn make(tx: &mut Tx<'_>, scope: &Scope, from_id: Id, (kind, to_id): (LinkKind, Id), note: Option<LinkNote>) -> Result<LinkRow> {
    let row = LinkRow {
        id: Id::new(),
        from_id,
        to_id,
        kind,
        note,
        created_by: tx.author.actor_id,
        withdrawn_on: None,
        withdrawn_by: None,
        withdraw_reason: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &LinkView::from(row.clone()))?;
    Ok(row)
}

/// Stores that a link holds no more, of a dossier that is locked.
pub fn withdraw(tx: &mut Tx<'_>, scope: &Scope, row: LinkRow, reason: Reason) -> Result<LinkView> {
    let view = LinkView::from(store::withdraw(tx, scope, row, reason)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

/// Takes back a link that followed from what is undone now; its step tells why.
pub fn undo(tx: &mut Tx<'_>, scope: &Scope, row: LinkRow, reason: Reason) -> Result<()> {
    let from_id = row.from_id;
    let found = Under::find(tx.conn, scope, row, from_id)?;
    let command = LinkCommand::Withdraw { reason };
    take_step(tx, scope, found, command, |tx, scope, _, found, LinkCommand::Withdraw { reason }| withdraw(tx, scope, found.row, reason)).map(drop)
}

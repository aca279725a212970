//! Telling of conflicts: a task under each of the two dossiers, for the head of its department and the data protection officer.
//!
//! The runner sets them, and not whoever causes a conflict to be found: so they have their place in the record, in the server's name, and
//! recording a party takes no longer where it causes one.

use super::model::ConflictStatus;
use super::store::{self, ConflictRow};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::store::find_by_ids;
use crate::dossiers::tasks;
use crate::dossiers::tasks::bodies::CreateTask;
use crate::error::Result;
use crate::http::{Server, rounds};
use std::sync::Arc;

/// It names nobody, and neither dossier.
const TITLE: &str = "Conflit d'intérêts à examiner";

/// Days for seeing to it. The first thing that whoever is in charge does is to tell the insurer, who is owed five working days at least
/// (C. assur. L113-2): by then it must be known who that is.
const DUE_DAYS: i64 = 7;

/// Runs until the server drains.
pub fn start(server: Arc<Server>) -> Result<()> {
    rounds::start(server, "conflicts", |server| Ok(Some(step(server)?).filter(|told| *told > 0).map(|told| format!("told of {told}"))))
}

/// Tells of every conflict that nobody was told of; of how many.
pub fn step(server: &Arc<Server>) -> Result<usize> {
    rounds::each(server, "conflicts_tell", store::untold, tell)
}

/// Tells of one, unless somebody else did, or waived it, since it was looked for.
fn tell(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<bool> {
    let found = store::find(tx.conn, scope, id)?.row;
    store::lock(tx, scope, &found)?;
    let row = store::find(tx.conn, scope, id)?.row;
    if row.told_on.is_some() || row.status() != ConflictStatus::Open {
        return Ok(false);
    }
    for dossier in find_by_ids(tx.conn, scope, vec![row.low_id, row.high_id])? {
        tasks::lifecycle::tell_of(tx, scope, &dossier, id, task_of(&row)?)?;
    }
    store::told(tx, scope, id)?;
    Ok(true)
}

fn task_of(row: &ConflictRow) -> Result<CreateTask> {
    Ok(CreateTask { title: TITLE.parse()?, note: None, due_on: Some(row.found_on.plus(DUE_DAYS)), assignee_id: None })
}

/// Completes what told of a conflict that is waived, in either department; its dossiers are locked.
pub fn settle(tx: &mut Tx<'_>, id: Id) -> Result<()> {
    let everywhere = Scope::console();
    let told = tasks::store::of_conflict(tx.conn, &everywhere, id)?;
    told.into_iter().try_for_each(|id| tasks::lifecycle::finish(tx, &everywhere, id))
}

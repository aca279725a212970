//! The runner: tells whoever is in charge of each deadline that comes near, once for each threshold however many servers run. What a
//! server slept through is told once, by the threshold that was passed last.

use super::model::{alert_after, threshold, wording};
use super::recompute::recompute;
use super::store::{self, DeadlineRow};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::Id;
use crate::deadlines::rules::{NOTICE_FR, in_force};
use crate::dossiers::model::DossierStatus;
use crate::dossiers::store::lock;
use crate::dossiers::tasks;
use crate::dossiers::tasks::bodies::CreateTask;
use crate::error::Result;
use crate::http::{Server, rounds};
use crate::values::Day;
use std::sync::Arc;

/// Runs until the server drains.
pub fn start(server: Arc<Server>) -> Result<()> {
    rounds::start(server, "deadlines", |server| Ok(Some(step(server)?).filter(|told| *told > 0).map(|told| format!("told of {told}"))))
}

/// Tells of everything that is due, and how many that were.
pub fn step(server: &Arc<Server>) -> Result<usize> {
    rounds::each(server, "deadlines_tell", store::to_tell, tell)
}

/// Tells of one deadline, unless somebody else did, or nobody need be told any more, since it was looked for.
fn tell(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<bool> {
    let today = Day::of(tx.now.0);
    let dossier_id = store::find(tx.conn, scope, id)?.dossier.id;
    let dossier = lock(tx, scope, dossier_id)?;
    // The day may have come on which it has its effect.
    recompute(tx, scope, &dossier)?;
    let row = store::find(tx.conn, scope, id)?.row;
    let passed = threshold(row.due_on, today).filter(|_| row.next_on.is_some_and(|next| next <= today));
    let Some(days) = passed.filter(|_| DossierStatus::OPEN.contains(&dossier.status)) else { return Ok(false) };
    let task = tasks::lifecycle::raise(tx, scope, &dossier, task_of(&row, today)?)?;
    store::told(tx, scope, &row, days, task.id, alert_after(row.due_on, days))?;
    Ok(true)
}

fn task_of(row: &DeadlineRow, today: Day) -> Result<CreateTask> {
    let (label, _) = row.code.labels();
    let source = in_force(row.code, row.starts_on).map_or(String::new(), |rule| format!("{}. ", rule.source));
    let (title, note) = (wording(label, row.due_on, today).parse()?, format!("{source}{NOTICE_FR}").parse()?);
    Ok(CreateTask { title, note: Some(note), due_on: Some(row.due_on), assignee_id: None })
}

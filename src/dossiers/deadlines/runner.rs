//! The runner: tells whoever is in charge of each deadline that comes near, once for each threshold however many servers run. What a
//! server slept through is told once, by the threshold that was passed last.

use super::model::{alert_after, threshold, wording};
use super::recompute::recompute;
use super::store::{self, DeadlineRow};
use crate::audit::{Author, Tx};
use crate::auth::Scope;
use crate::db::{DbConn, Id, Instant, again};
use crate::deadlines::rules::{NOTICE_FR, in_force};
use crate::dossiers::model::DossierStatus;
use crate::dossiers::store::lock;
use crate::dossiers::tasks;
use crate::dossiers::tasks::bodies::CreateTask;
use crate::error::Result;
use crate::http::{Server, rounds};
use crate::values::Day;
use std::sync::Arc;

/// Deadlines looked for at once.
const BATCH: i64 = 100;

/// Runs until the server drains.
pub fn start(server: Arc<Server>) -> Result<()> {
    rounds::start(server, "deadlines", |server| Ok(Some(step(server)?).filter(|told| *told > 0).map(|told| format!("told of {told}"))))
}

/// Tells of everything that is due, each in a transaction of its own, and how many that were. What cannot be told now is left for the
/// next time and keeps nothing else from being so.
pub fn step(server: &Arc<Server>) -> Result<usize> {
    let (db, now, author) = (&server.db, server.now(), Author::console("deadlines_tell", &server.keys.records));
    let (mut told, mut after) = (0, None);
    loop {
        let due = db.read_now(move |conn| store::to_tell(conn, &Scope::console(), Day::of(now.0), after, BATCH))?;
        let Some(last) = due.last() else { return Ok(told) };
        after = Some(*last);
        for id in due {
            let done = again(|| {
                let author = author.clone();
                db.write_now(move |conn| tell(conn, &author, now, id))
            });
            match done {
                Ok(done) => told += usize::from(done),
                Err(error) => log::error!("deadline {id}: {error}"),
            }
        }
    }
}

/// Tells of one deadline, unless somebody else did, or nobody need be told any more, since it was looked for.
fn tell(conn: &mut DbConn, author: &Author, now: Instant, id: Id) -> Result<bool> {
    let (mut tx, scope, today) = (Tx { conn, author, now }, Scope::console(), Day::of(now.0));
    let dossier_id = store::find(tx.conn, &scope, id)?.dossier.id;
    let dossier = lock(&mut tx, &scope, dossier_id)?;
    // The day may have come on which it has its effect.
    recompute(&mut tx, &scope, &dossier)?;
    let row = store::find(tx.conn, &scope, id)?.row;
    let passed = threshold(row.due_on, today).filter(|_| row.next_on.is_some_and(|next| next <= today));
    let Some(days) = passed.filter(|_| DossierStatus::OPEN.contains(&dossier.status)) else { return Ok(false) };
    let task = tasks::lifecycle::raise(&mut tx, &scope, &dossier, task_of(&row, today)?)?;
    store::told(&mut tx, &scope, &row, days, task.id, alert_after(row.due_on, days))?;
    Ok(true)
}

fn task_of(row: &DeadlineRow, today: Day) -> Result<CreateTask> {
    let (label, _) = row.code.labels();
    let source = in_force(row.code, row.starts_on).map_or(String::new(), |rule| format!("{}. ", rule.source));
    let (title, note) = (wording(label, row.due_on, today).parse()?, format!("{source}{NOTICE_FR}").parse()?);
    Ok(CreateTask { title, note: Some(note), due_on: Some(row.due_on), assignee_id: None })
}

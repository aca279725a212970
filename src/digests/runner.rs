//! The runner: puts the mails of a day on their way at the hour set, and sends them. However many servers run, each account gets one a
//! day; what a server slept through is told once, as things are when it wakes.

use super::letter::Letter;
use super::mailer::Mailer;
use super::model::Outcome;
use super::store::{self, MailRow};
use crate::auth::Scope;
use crate::clock::paris_hour;
use crate::db::{DbConn, Id, again};
use crate::error::Result;
use crate::http::{Server, rounds};
use std::sync::Arc;

/// Accounts and mails seen to at once.
const BATCH: i64 = 100;

/// Runs until the server drains, where it has a way out for mails.
pub fn start(server: Arc<Server>) -> Result<()> {
    let Some(mail) = &server.config.mail else { return Ok(()) };
    let mailer = Mailer::open(mail)?;
    rounds::start(server, "digests", move |server| Ok(Some(step(server, &mailer)?).filter(|sent| *sent > 0).map(|sent| format!("{sent} mails sent"))))
}

/// Sends what is to be sent now; tells how many mails left. What cannot be seen to now keeps nothing else from leaving.
pub fn step(server: &Arc<Server>, mailer: &Mailer) -> Result<usize> {
    queue(server, mailer)?;
    let (mut sent, now) = (0, server.now());
    loop {
        let due = server.db.read_now(move |conn| store::due(conn, &Scope::console(), now, BATCH))?;
        let mut over = due.is_empty();
        for id in due {
            match deliver(server, mailer, id) {
                Ok(outcome) => sent += usize::from(outcome == Some(Outcome::Sent)),
                Err(error) => {
                    log::error!("digest {id}: {error}");
                    over = true;
                }
            }
        }
        if over {
            return Ok(sent);
        }
    }
}

/// From the hour set on, puts the mail of today on its way to everybody who wants one.
fn queue(server: &Arc<Server>, mailer: &Mailer) -> Result<()> {
    let (db, now, today) = (&server.db, server.now(), server.today());
    if paris_hour(now.0) < mailer.hour {
        return Ok(());
    }
    loop {
        let waiting = db.read_now(move |conn| store::unqueued(conn, &Scope::console(), today, BATCH))?;
        if waiting.is_empty() {
            return Ok(());
        }
        again(|| {
            let waiting = waiting.clone();
            db.write_now(move |conn| store::queue(conn, &Scope::console(), waiting, today, now))
        })?;
    }
}

/// Takes one mail in hand and tries it; none where another server has it. One that leaves just before the server dies leaves again, under
/// the same name.
fn deliver(server: &Arc<Server>, mailer: &Mailer, id: Id) -> Result<Option<Outcome>> {
    let (db, now) = (&server.db, server.now());
    let Some(mail) = db.write_now(move |conn| store::claim(conn, &Scope::console(), id, now))? else { return Ok(None) };
    let outcome = attempt(server, mailer, mail)?;
    let settle = move |conn: &mut DbConn| store::settle(conn, &Scope::console(), mail, outcome, now);
    let outcome = db.write_now(settle)?;
    server.metrics.mailed(outcome.as_str());
    Ok(Some(outcome))
}

fn attempt(server: &Arc<Server>, mailer: &Mailer, mail: MailRow) -> Result<Outcome> {
    let (link, now) = (mailer.link.clone(), server.now());
    let letter = server.db.read_now(move |conn| Letter::write(conn, (mail.id, mail.user_id), &link, now))?;
    let Some(letter) = letter else { return Ok(Outcome::Dropped) };
    match mailer.send(&letter, now) {
        Ok(()) => Ok(Outcome::Sent),
        Err(reason) => {
            log::warn!("digest {}, attempt {}: {reason}", mail.id, mail.attempts);
            Ok(Outcome::Failed)
        }
    }
}

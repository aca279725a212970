//! The runner: renews from 1 January, once however many servers run, and again after a crash.

use super::{Figures, Renewal, store};
use crate::audit::Author;
use crate::auth::Scope;
use crate::db::{DbConn, Instant};
use crate::error::Result;
use crate::http::{Server, rounds};
use crate::members::memberships::model::{GRACE_DAYS, Year};
use crate::values::{Day, Number};
use chrono::Duration;
use std::sync::Arc;

/// Minutes after which a run that tells nothing is taken over.
const LEASE_MINUTES: i64 = 2;
/// Minutes after which a run that failed, for want of a tariff, is tried again.
const RETRY_MINUTES: i64 = 60;

/// Runs until the server drains.
pub fn start(server: Arc<Server>) -> Result<()> {
    rounds::start(server, "renewal", |server| Ok(step(server)?.map(|figures| format!("{figures:?}"))))
}

fn later(now: Instant, minutes: i64) -> Instant {
    Instant(now.0 + Duration::minutes(minutes))
}

/// Renews into the current year, if that is to be done and nobody does it. Once the grace has passed, those who were not renewed
/// have lapsed: bringing them back is for whoever sits at the console.
pub fn step(server: &Arc<Server>) -> Result<Option<Figures>> {
    let today = server.today();
    if Day::first_of(today.year()).through(today) > GRACE_DAYS {
        return Ok(None);
    }
    let Ok(year) = Year::checked(today.year()) else { return Ok(None) };
    let (db, now) = (&server.db, server.now());
    let open = !db.read_now(move |conn| store::is_finished(conn, &Scope::console(), year))?;
    if !open || !db.write_now(move |conn| store::claim(conn, &Scope::console(), year, now, later(now, LEASE_MINUTES)))? {
        return Ok(None);
    }
    let author = Author::console("memberships_renew", &server.keys.records);
    let clock = server.clock.clone();
    let keep = move |conn: &mut DbConn| store::hold(conn, &Scope::console(), year, later(Instant(clock.now()), LEASE_MINUTES));
    let figures = Renewal { db, year, author: &author, now, keep }.run();
    match figures {
        Ok(figures) => {
            let now = server.now();
            db.write_now(move |conn| store::finish(conn, &Scope::console(), year, figures, now))?;
            Ok(Some(figures))
        }
        Err(error) => {
            let until = later(server.now(), RETRY_MINUTES);
            db.write_now(move |conn| store::hold(conn, &Scope::console(), year, until))?;
            Err(error)
        }
    }
}

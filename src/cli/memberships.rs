//! `entraide memberships`.

use super::{Outcome, open};
use entraide::audit::{Author, Origin};
use entraide::clock::Clock;
use entraide::config::Config;
use entraide::db::{DbConn, Id, Instant};
use entraide::members::memberships::model::Year;
use entraide::members::memberships::renewal::{Figures, Renewal};
use entraide::values::Number;
use std::process::ExitCode;

pub fn renew(config: &Config, year: i32) -> Outcome {
    let year = Year::checked(year).map_err(|flaw| format!("--year: {flaw}"))?;
    let db = open(config)?;
    let author = Author { origin: Origin::Console, actor_id: None, request_id: Id::new(), operation: "memberships renew".to_owned() };
    let renewal = Renewal { db: &db, year, author: &author, now: Instant(Clock::default().now()), keep: |_: &mut DbConn| Ok(()) };
    let Figures { renewed, already_renewed, not_renewed } = renewal.run()?;
    println!("renewed {renewed}, already renewed {already_renewed}, not renewed {not_renewed}");
    Ok(ExitCode::SUCCESS)
}

//! `entraide memberships`.

use super::{Outcome, open};
use entraide::audit::Author;
use entraide::auth::Keys;
use entraide::clock::Clock;
use entraide::config::Config;
use entraide::db::{DbConn, Instant};
use entraide::members::memberships::model::Year;
use entraide::members::memberships::renewal::{Figures, Renewal};
use entraide::values::Number;
use std::process::ExitCode;

pub fn renew(config: &Config, year: i32) -> Outcome {
    let year = Year::checked(year).map_err(|flaw| format!("--year: {flaw}"))?;
    let db = open(config)?;
    let author = Author::console("memberships renew", &Keys::load(&config.keys)?.records);
    let renewal = Renewal { db: &db, year, author: &author, now: Instant(Clock::default().now()), keep: |_: &mut DbConn| Ok(()) };
    let Figures { renewed, already_renewed, not_renewed } = renewal.run()?;
    println!("renewed {renewed}, already renewed {already_renewed}, not renewed {not_renewed}");
    Ok(ExitCode::SUCCESS)
}

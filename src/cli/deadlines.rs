//! `entraide deadlines`.

use super::{Outcome, open};
use entraide::audit::Author;
use entraide::auth::Keys;
use entraide::clock::Clock;
use entraide::config::Config;
use entraide::db::Instant;
use entraide::dossiers::deadlines::recompute::recompute_all;
use std::process::ExitCode;

pub fn recompute(config: &Config) -> Outcome {
    let db = open(config)?;
    let author = Author::console("deadlines recompute", &Keys::load(&config.keys)?.records);
    let (seen, changed) = recompute_all(&db, &author, Instant(Clock::default().now()))?;
    println!("{seen} dossiers looked at, the deadlines of {changed} changed");
    Ok(ExitCode::SUCCESS)
}

//! `entraide audit`.

use super::{Outcome, open};
use entraide::audit::chain::Walk;
use entraide::audit::{self, checkpoint};
use entraide::auth::Keys;
use entraide::clock::Clock;
use entraide::config::Config;
use entraide::db::{self, Instant};
use std::path::Path;
use std::process::ExitCode;

pub fn checkpoint(config: &Config) -> Outcome {
    let (keys, db) = (Keys::load(&config.keys)?, open(config)?);
    let key = keys.records.clone();
    let head = db.write_now(move |conn| audit::put_in_order(conn, &key))?;
    println!("{}", checkpoint::sign(&keys, &head, Instant(Clock::default().now()))?);
    Ok(ExitCode::SUCCESS)
}

pub fn verify(config: &Config, kept: Option<&Path>) -> Outcome {
    let keys = Keys::load(&config.keys)?;
    open(config)?;
    let kept = match kept {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            Some(checkpoint::read(&keys, &text)?)
        }
        None => None,
    };
    let mut walk = Walk::new(&keys.records, kept.as_ref());
    audit::verify(&mut db::connect(&config.database.url)?, &mut walk)?.map_err(|fault| fault.to_string())?;
    println!("the record is whole: {} events, {} that wait for their place", walk.head.sequence, walk.waiting);
    match kept {
        Some(known) => println!("and goes on from the checkpoint at event {}", known.sequence),
        None => println!("without a checkpoint, events cut off its end would not be missed"),
    }
    Ok(ExitCode::SUCCESS)
}

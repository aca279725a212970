//! `entraide audit`.

use super::{Outcome, open};
use entraide::audit::chain::{Fault, Walk};
use entraide::audit::checkpoint::{self, Checkpoint};
use entraide::audit::retention::{self, Dropped};
use entraide::audit::{self, Author};
use entraide::auth::{Keys, RecordKey};
use entraide::clock::Clock;
use entraide::config::Config;
use entraide::db::{Db, Instant};
use entraide::values::Day;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;

pub fn checkpoint(config: &Config) -> Outcome {
    let (keys, db) = (Keys::load(&config.keys)?, open(config)?);
    let key = keys.records.clone();
    let head = db.write_now(move |conn| audit::put_in_order(conn, &key))?;
    println!("{}", checkpoint::sign(&keys, &head, Instant(Clock::default().now()))?);
    Ok(ExitCode::SUCCESS)
}

/// A record that was found whole.
struct Whole {
    events: i64,
    dropped: i64,
    waiting: i64,
    looks: i64,
    versions: i64,
}

/// Walks along the record as it stands at one moment.
fn walk(db: &Db, key: &RecordKey, kept: Option<Checkpoint>) -> Outcome<Whole> {
    let (key, (told, found)) = (key.clone(), mpsc::channel());
    db.snapshot(move |conn| {
        let mut walk = Walk::new(&key, kept.as_ref());
        let walked = audit::verify(conn, &mut walk);
        let Walk { start, head, waiting, looks, versions, .. } = walk;
        let whole = Whole { events: head.sequence - start.sequence, dropped: start.sequence, waiting, looks, versions };
        // Whoever asked waits for it.
        told.send(walked.map(|walked| walked.map(|()| whole))).ok();
    })?;
    Ok(found.recv()??.map_err(|fault: Fault| fault.to_string())?)
}

pub fn verify(config: &Config, kept: Option<&Path>) -> Outcome {
    let keys = Keys::load(&config.keys)?;
    let db = open(config)?;
    let kept = match kept {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            Some(checkpoint::read(&keys, &text)?)
        }
        None => None,
    };
    let Whole { events, dropped, waiting, looks, versions } = walk(&db, &keys.records, kept.clone())?;
    println!("the record is whole: {events} events, {waiting} that wait for their place, {looks} looks, {versions} versions");
    if dropped > 0 {
        println!("of what came before, {dropped} events were dropped by this server");
    }
    match kept {
        Some(known) if known.sequence < dropped => println!("the checkpoint at event {} is of what was dropped: it proves nothing of the rest", known.sequence),
        Some(known) => println!("and goes on from the checkpoint at event {}", known.sequence),
        None => println!("without a checkpoint, events cut off its end would not be missed"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The first day of a month.
pub fn month(text: &str) -> Result<Day, String> {
    format!("{text}-01").parse().map_err(|_| "a month is written YYYY-MM".to_owned())
}

pub fn drop(config: &Config, first_kept: Day) -> Outcome {
    let (keys, db, clock) = (Keys::load(&config.keys)?, open(config)?, Clock::default());
    if Day(clock.today()) < first_kept {
        return Err("only months that are over can be dropped".into());
    }
    walk(&db, &keys.records, None)?;
    let (author, now) = (Author::console("audit drop", &keys.records), Instant(clock.now()));
    let Some(Dropped { events, looks, end }) = db.write_now(move |conn| retention::drop_before(conn, &author, now, first_kept))? else {
        println!("nothing was recorded before");
        return Ok(ExitCode::SUCCESS);
    };
    eprintln!("{events} events and {looks} looks dropped; keep this checkpoint of the last of them with what was archived");
    println!("{}", checkpoint::sign(&keys, &end, now)?);
    Ok(ExitCode::SUCCESS)
}

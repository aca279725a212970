//! `make bench`: the figures that the project promises, in one run, each beside what it is held against.

#[path = "../../src/cli/log_lines.rs"]
mod log_lines;

mod bulk;
mod client;
mod load;
mod postgres;
mod program;
mod reads;
mod seed;
mod served;
mod table;
mod writes;

use entraide::auth::Keys;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// How much is measured, and where.
pub struct Bench {
    folder: PathBuf,
    keys: PathBuf,
    small: usize,
    medium: usize,
    large: usize,
    rounds: usize,
    /// One run of a load.
    time: Duration,
}

fn main() -> Outcome {
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return served::serve();
    }
    let target = Path::new("target");
    let folder = std::path::absolute(target.join("bench"))?;
    std::fs::create_dir_all(&folder)?;
    let keys = folder.join("keys");
    if !Keys::exist(&keys) {
        Keys::generate(&keys)?;
    }
    let quick = std::env::var_os("BENCH_QUICK").is_some();
    let sizes = if quick { (10_000, 50_000, 100_000) } else { (10_000, 500_000, 1_000_000) };
    let (rounds, time) = if quick { (1, 2) } else { (3, 3) };
    let bench = Bench { folder, keys, small: sizes.0, medium: sizes.1, large: sizes.2, rounds, time: Duration::from_secs(time) };
    let text = measure(&bench)?;
    std::fs::write(target.join("bench.md"), &text)?;
    println!("{text}");
    Ok(())
}

/// Whether a part was asked for: `BENCH_ONLY=get,csv`; all by default.
fn wanted(part: &str) -> bool {
    std::env::var("BENCH_ONLY").map_or(true, |only| only.split(',').any(|name| name == part))
}

fn measure(bench: &Bench) -> Outcome<String> {
    let started = Instant::now();
    let mut table = table::Table::default();
    let told = |part: &str| eprintln!("[{:4}s] {part}", started.elapsed().as_secs());
    told("databases");
    let small = seed::sqlite(&bench.folder, "small.sqlite", bench.small)?;
    if wanted("get") {
        told("one establishment");
        reads::get(bench, &mut table, &small)?;
    }
    if wanted("list") {
        told("lists");
        let large = seed::sqlite(&bench.folder, "large.sqlite", bench.large)?;
        reads::list(bench, &mut table, &small, &large)?;
        remove(&large);
    }
    if wanted("create") {
        told("creates on SQLite");
        writes::sqlite(bench, &mut table)?;
    }
    if wanted("postgres") {
        told("creates on PostgreSQL");
        writes::postgres(bench, &mut table)?;
    }
    if wanted("csv") {
        told("CSV");
        let medium = seed::sqlite(&bench.folder, "medium.sqlite", bench.medium)?;
        bulk::csv(bench, &mut table, &medium)?;
        remove(&medium);
    }
    if wanted("import") {
        told("import");
        bulk::import(bench, &mut table)?;
    }
    if wanted("program") {
        told("the program");
        program::measure(bench, &mut table, &small)?;
    }
    told("done");
    Ok(table.markdown())
}

/// A database of this size need not stay.
fn remove(path: &Path) {
    std::fs::remove_file(path).ok();
}

//! `make bench`: the figures that the project promises, in one run, each beside what it is held against.

#[path = "../../src/cli/log_lines.rs"]
mod log_lines;

mod bulk;
mod cases;
mod client;
mod depth;
mod dockets;
mod load;
mod postgres;
mod program;
mod reads;
mod record;
mod seed;
mod served;
mod table;
mod training;
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
    members: usize,
    events: u32,
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
    let sizes = if quick { (10_000, 50_000, 100_000, 20_000) } else { (10_000, 500_000, 1_000_000, 500_000) };
    let (rounds, time, events) = if quick { (1, 2, 50_000) } else { (3, 3, 500_000) };
    let bench = Bench { folder, keys, small: sizes.0, medium: sizes.1, large: sizes.2, members: sizes.3, events, rounds, time: Duration::from_secs(time) };
    let text = measure(&bench)?;
    std::fs::write(target.join("bench.md"), &text)?;
    println!("{text}");
    Ok(())
}

/// Whether a part was asked for: `BENCH_ONLY=get,csv`; all by default.
fn wanted(part: &str) -> bool {
    std::env::var("BENCH_ONLY").map_or(true, |only| only.split(',').any(|name| name == part))
}

/// Every part in turn; one that cannot be measured says why and the others go on.
fn measure(bench: &Bench) -> Outcome<String> {
    let started = Instant::now();
    let mut table = table::Table::default();
    let small = seed::sqlite(&bench.folder, "small.sqlite", bench.small)?;
    let mut part = |name: &str, run: &dyn Fn(&mut table::Table) -> Outcome| {
        if wanted(name) {
            eprintln!("[{:4}s] {name}", started.elapsed().as_secs());
            if let Err(error) = run(&mut table) {
                table.add(name, &format!("not measured: {error}"), "", f64::NAN, table::Ceiling::Reported);
            }
        }
    };
    part("get", &|table| reads::get(bench, table, &small));
    part("list", &|table| with_rows(bench, bench.large, |large| reads::list(bench, table, &small, large)));
    part("create", &|table| writes::sqlite(bench, table));
    part("postgres", &|table| writes::postgres(bench, table));
    part("training", &|table| training::sqlite(bench, table));
    part("training_postgres", &|table| training::postgres(bench, table));
    part("dockets", &|table| dockets::sqlite(bench, table));
    part("dockets_postgres", &|table| dockets::postgres(bench, table));
    part("csv", &|table| with_rows(bench, bench.medium, |medium| bulk::csv(bench, table, medium)));
    part("import", &|table| bulk::import(bench, table));
    part("cases", &|table| cases::sqlite(bench, table));
    part("cases_postgres", &|table| cases::postgres(bench, table));
    part("audit", &|table| record::verification(bench, table));
    part("cost", &|table| record::cost(bench, table));
    part("program", &|table| program::measure(bench, table, &small));
    eprintln!("[{:4}s] done", started.elapsed().as_secs());
    Ok(table.markdown())
}

/// Measures on a database that is too large to be kept.
fn with_rows(bench: &Bench, rows: usize, measure: impl FnOnce(&Path) -> Outcome) -> Outcome {
    let path = seed::sqlite(&bench.folder, "large.sqlite", rows)?;
    let measured = measure(&path);
    std::fs::remove_file(path).ok();
    measured
}

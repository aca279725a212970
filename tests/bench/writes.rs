//! Durable creates: history, audit and idempotency rows in the transaction of each.

use crate::load::{Run, Script, load, median, middle};
use crate::postgres::Cluster;
use crate::served::Served;
use crate::table::{Ceiling, Table};
use crate::{Bench, Outcome, seed};
use entraide::db;

const CLIENTS: usize = 64;
/// Connections to PostgreSQL that serve them.
const CONNECTIONS: usize = 32;
/// Numbers of one run; the first three digits of a UAI name a department.
const NUMBERS: usize = 90_000;

fn create(bench: &Bench, served: &Served, run: usize) -> Outcome<Run> {
    load(&bench.folder, served, &Script::Create { first: 10_000 + run * NUMBERS }, CLIENTS, bench.time)
}

/// Writes that share commits against one commit each.
pub fn sqlite(bench: &Bench, table: &mut Table) -> Outcome {
    let grouped = seed::sqlite(&bench.folder, "grouped.sqlite", bench.small)?;
    let single = seed::sqlite(&bench.folder, "single.sqlite", bench.small)?;
    let groups = Served::own(&bench.keys, &seed::url(&grouped), &[])?;
    let singles = Served::own(&bench.keys, &seed::url(&single), &[("ENTRAIDE_WRITE_BATCH", "1".to_owned())])?;
    let (mut together, mut alone) = (Vec::new(), Vec::new());
    for run in 0..bench.rounds + 1 {
        together.push(create(bench, &groups, run)?);
        alone.push(create(bench, &singles, run)?);
    }
    let (together, alone) = (median(together.split_off(1))?, median(alone.split_off(1))?);
    let (measured, against) = (format!("{:.0}/s", together.per_second), format!("{:.0}/s, one commit each", alone.per_second));
    table.add("Durable creates, SQLite", &measured, &against, together.per_second / alone.per_second, Ceiling::AtLeast(4.0));
    table.latency("creates, SQLite", &together);
    table.latency("creates, SQLite, one commit each", &alone);
    Ok(())
}

/// The server against `pgbench` with the same rows.
pub fn postgres(bench: &Bench, table: &mut Table) -> Outcome {
    let cluster = Cluster::start()?;
    seed::prepare(&mut db::connect(&cluster.url)?)?;
    let served = Served::own(&bench.keys, &cluster.url, &[("ENTRAIDE_DATABASE_CONNECTIONS", CONNECTIONS.to_string())])?;
    let (mut own, mut bare) = (Vec::new(), Vec::new());
    for run in 0..bench.rounds + 1 {
        own.push(create(bench, &served, run)?);
        bare.push(cluster.pgbench(include_str!("create.pgbench"), CLIENTS, bench.time)?);
    }
    let (own, bare) = (median(own.split_off(1))?, middle(bare.split_off(1)));
    table.add(
        "Durable creates, PostgreSQL",
        &format!("{:.0}/s", own.per_second),
        &format!("{bare:.0}/s pgbench, same rows"),
        own.per_second / bare,
        Ceiling::AtLeast(0.7),
    );
    table.latency("creates, PostgreSQL", &own);
    Ok(())
}

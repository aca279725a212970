//! The record: how fast a chain is verified, and what it costs that looks are recorded before they are answered.

use crate::cases::{self, OWN, in_turn, rate};
use crate::load::{Script, load, median};
use crate::postgres::{Cluster, SNAPSHOT};
use crate::served::{Served, UNRECORDED};
use crate::table::{Ceiling, Table};
use crate::{Bench, Outcome, seed};
use diesel::prelude::*;
use entraide::audit::chain::{Head, Walk};
use entraide::audit::versions::digest;
use entraide::audit::{self, EventRow, VersionRow};
use entraide::auth::keys::sha256;
use entraide::auth::{RecordKey, Role};
use entraide::clock::Clock;
use entraide::db::schema::{audit_events, resource_versions};
use entraide::db::{self, DbConn, Id, Instant};
use std::time;

/// Rows in one transaction.
const AT_ONCE: u32 = 10_000;

/// The walk along a chain, each of whose events tells of a version, against a bare loop over the same rows: a plain query of either
/// table, each row's bytes hashed.
pub fn verification(bench: &Bench, table: &mut Table) -> Outcome {
    let path = bench.folder.join("audit.sqlite");
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
    let mut conn = db::connect(&seed::url(&path))?;
    db::migrate(&mut conn)?;
    let key = RecordKey::new(b"bench");
    let mut head = audit::put_in_order(&mut conn, &key)?;
    for _ in 0..bench.events / AT_ONCE {
        conn.run("BEGIN")?;
        for _ in 0..AT_ONCE {
            let mut event = event(&key);
            let version = version(&event);
            diesel::insert_into(resource_versions::table).values(&version).execute(&mut conn)?;
            let placed = head.extend(&key, &event);
            (event.sequence, event.seal) = (Some(placed.sequence), Some(placed.seal));
            diesel::insert_into(audit_events::table).values(&event).execute(&mut conn)?;
        }
        conn.run("COMMIT")?;
    }
    // As a reader has it.
    conn.run("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA cell_size_check=OFF")?;
    let (mut walks, mut loops, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..=bench.rounds {
        walks.push(walk(&mut conn, &key)?);
        let (whole, hashed) = bare(&mut conn)?;
        loops.push(whole);
        memory.push(hashed);
    }
    let pace = |mut seconds: Vec<f64>| f64::from(bench.events) / crate::load::middle(seconds.split_off(1));
    let (walked, bare, memory) = (pace(walks), pace(loops), pace(memory));
    let measured = format!("{walked:.0} events/s of {}, with their versions", bench.events);
    table.add("Verification of the record", &measured, &format!("{bare:.0}/s read and hashed in a bare loop"), walked / bare, Ceiling::AtLeast(0.5));
    table.add("Verification, hashing alone", &measured, &format!("{memory:.0}/s hashed in memory"), walked / memory, Ceiling::Reported);
    drop(conn);
    std::fs::remove_file(path).ok();
    Ok(())
}

/// An event as a department makes them.
fn event(key: &RecordKey) -> EventRow {
    EventRow {
        id: Id::new(),
        recorded_at: Instant(Clock::default().now()),
        origin: "api".to_owned(),
        actor_id: Some(seed::user()),
        client_id: None,
        on_behalf_of: None,
        request_id: Id::new(),
        operation: "dossiers_transition".to_owned(),
        rule: Some("department_head:63".to_owned()),
        action: "transition".to_owned(),
        resource: "dossier".to_owned(),
        resource_id: Id::new(),
        version: Some(2),
        before_digest: Some(vec![1; 32]),
        after_digest: Some(digest(key, SNAPSHOT)),
        sequence: None,
        seal: None,
    }
}

/// The version that it tells of, as long as most are.
fn version(event: &EventRow) -> VersionRow {
    VersionRow {
        resource_id: event.resource_id,
        version: 2,
        resource: event.resource.clone(),
        action: event.action.clone(),
        recorded_at: event.recorded_at,
        actor_id: event.actor_id,
        request_id: event.request_id,
        snapshot: Some(SNAPSHOT.to_owned()),
    }
}

/// Seconds of a verification.
fn walk(conn: &mut DbConn, key: &RecordKey) -> Outcome<f64> {
    let (started, mut walk) = (time::Instant::now(), Walk::new(key, None));
    audit::verify(conn, &mut walk)?.map_err(|fault| fault.to_string())?;
    std::hint::black_box(walk.head == Head::default());
    Ok(started.elapsed().as_secs_f64())
}

/// Seconds in which the rows are read and their bytes are hashed, and in which they are hashed.
fn bare(conn: &mut DbConn) -> Outcome<(f64, f64)> {
    let DbConn::Sqlite(conn) = conn else { return Err("SQLite is needed".into()) };
    let rows = audit_events::table.order(audit_events::sequence).select(EventRow::as_select());
    let events = hashed(rows.load_iter(conn)?, bytes)?;
    let rows = resource_versions::table.select(VersionRow::as_select());
    let versions = hashed(rows.load_iter(conn)?, |row: VersionRow| row.snapshot.unwrap_or_default().into_bytes())?;
    Ok((events.0 + versions.0, events.1 + versions.1))
}

/// The same of some rows; to put their bytes together does not count.
fn hashed<Row>(rows: impl Iterator<Item = QueryResult<Row>>, bytes: impl Fn(Row) -> Vec<u8>) -> Outcome<(f64, f64)> {
    let (started, mut aside, mut hashed) = (time::Instant::now(), time::Duration::ZERO, time::Duration::ZERO);
    for row in rows {
        let row = row?;
        let found = time::Instant::now();
        let bytes = bytes(row);
        let gathered = time::Instant::now();
        std::hint::black_box(sha256(&bytes));
        hashed += gathered.elapsed();
        aside += gathered - found;
    }
    Ok(((started.elapsed() - aside).as_secs_f64(), hashed.as_secs_f64()))
}

/// What is sealed of an event, as long as it is there.
fn bytes(row: EventRow) -> Vec<u8> {
    let ids = [Some(row.id), row.actor_id, row.client_id, row.on_behalf_of, Some(row.request_id), Some(row.resource_id)];
    let texts = [Some(&row.origin), Some(&row.operation), row.rule.as_ref(), Some(&row.action), Some(&row.resource)];
    let digests = [&row.before_digest, &row.after_digest, &row.seal];
    let mut bytes = vec![0; 15 * 8 + 8 + 8 + 4];
    bytes.extend(ids.iter().flatten().flat_map(|id| *id.as_bytes()));
    bytes.extend(texts.iter().flatten().flat_map(|text| text.bytes()));
    bytes.extend(digests.into_iter().flatten().flatten());
    bytes
}

/// Members of the demonstration in which looks are taken.
const MEMBERS: usize = 5000;

/// Dossiers that are read, each look durable before its answer, against creates, and against the same reads without the record.
pub fn cost(bench: &Bench, table: &mut Table) -> Outcome {
    let path = bench.folder.join("cost.sqlite");
    for suffix in ["", "-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", path.display())).ok();
    }
    let measured = cost_of(bench, table, "SQLite", &seed::url(&path));
    std::fs::remove_file(path).ok();
    measured?;
    let cluster = Cluster::start()?;
    cost_of(bench, table, "PostgreSQL", &cluster.url)
}

fn cost_of(bench: &Bench, table: &mut Table, engine: &str, url: &str) -> Outcome {
    let sample = cases::furnish(bench, MEMBERS, &[(Role::DepartmentHead, Some(OWN)), (Role::Admin, None)], url)?;
    // Out of the way of those that are created.
    db::connect(url)?.run("UPDATE establishments SET uai = lower(uai)")?;
    let connections = [("ENTRAIDE_DATABASE_CONNECTIONS", "32".to_owned())];
    let served = Served::own(&bench.keys, url, if engine == "SQLite" { &[] } else { &connections })?;
    let under = |prefix: &str| sample.dossiers.iter().map(|id| format!("{prefix}/dossiers/{id}")).collect::<Vec<String>>();
    let (recorded, unrecorded) = (under("/api/v1"), under(UNRECORDED));
    let [looks, reads] = in_turn(bench, [(&served, Script::Paths(&recorded)), (&served, Script::Paths(&unrecorded))])?;
    let mut creates = Vec::new();
    for run in 0..=bench.rounds {
        creates.push(load(&bench.folder, &served, &Script::Create { first: 10_000 + run * 90_000 }, cases::CONNECTIONS, bench.time)?);
    }
    let creates = median(creates.split_off(1))?;
    let against = format!("{} durable creates, 32 connections", rate(&creates));
    let name = |what: &str| format!("{what}, {engine}");
    table.add(&name("Dossiers read, each look durable"), &rate(&looks), &against, looks.per_second / creates.per_second, Ceiling::AtLeast(0.9));
    let measured = format!("{:.0} µs CPU", looks.cpu);
    table.add(&name("The same, CPU"), &measured, &format!("{:.0} µs a create", creates.cpu), looks.cpu / creates.cpu, Ceiling::AtMost(1.15));
    table.add(&name("The same, CPU"), &measured, &format!("{:.0} µs without the record", reads.cpu), looks.cpu / reads.cpu, Ceiling::AtMost(1.15));
    for (what, run) in [("dossiers read, looks recorded", &looks), ("dossiers read, looks not recorded", &reads), ("creates, 32 connections", &creates)] {
        table.latency(&name(what), run);
    }
    Ok(())
}

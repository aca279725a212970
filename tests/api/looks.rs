//! Looks at what is confidential on their way into the record, how they are sealed there, and how old months leave it.

use crate::audit::{put_in_order, some_changes, verified};
use crate::harness::cases::{case, path, person};
use crate::harness::{Client, Program, World};
use diesel::prelude::*;
use entraide::audit::access::{Entry, Look};
use entraide::audit::chain::Fault;
use entraide::audit::checkpoint::{self, Checkpoint};
use entraide::audit::retention::{self, Dropped};
use entraide::audit::{Author, Origin};
use entraide::auth::Role;
use entraide::db::schema::{access_log, audit_cuts, audit_events};
use entraide::db::{self, DbConn, Engine, Id};
use futures_util::FutureExt;
use serde_json::Value;
use std::time::{Duration, Instant};

/// A head with a dossier of her department.
fn furnished() -> (World, Client, Value) {
    let world = World::new();
    let head = world.head("63");
    let dossier = head.post("/dossiers", &case(&person(&head, "63"))).ok();
    (world, head, dossier)
}

/// Keeps everybody else from writing looks until it is dropped.
fn hold(world: &World) -> DbConn {
    let mut conn = db::connect(&world.database_url).unwrap();
    match conn.engine() {
        Engine::Sqlite => conn.run("BEGIN IMMEDIATE").unwrap(),
        Engine::Postgres => conn.run("BEGIN; LOCK TABLE access_log IN EXCLUSIVE MODE").unwrap(),
    }
    conn
}

fn until(what: &str, mut met: impl FnMut() -> bool) {
    let started = Instant::now();
    while !met() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn run(world: &World, sql: &'static str) {
    db::connect(&world.database_url).unwrap().run(sql).unwrap();
}

#[test]
fn a_look_that_was_taken_is_recorded_though_its_caller_has_gone() {
    let world = World::new();
    let held = hold(&world);
    actix_web::rt::System::new().block_on(async {
        for _ in 0..3 {
            let author = Author::new(Origin::Api, None, Id::new(), "dossiers_retrieve", &world.server.keys.records);
            let entry = Entry { id: Id::new(), author, now: world.now(), look: Look { row_count: Some(1), ..Look::default() } };
            assert!(world.server.journal.record(entry).now_or_never().is_none(), "it is not answered before it is durable");
        }
    });
    assert_eq!(world.rows("access_log"), 0);
    drop(held);
    until("the looks are recorded", || world.rows("access_log") == 3);
    assert!(world.rows("audit_events WHERE resource = 'access_log'") < 3, "those that waited share a transaction");
    assert_eq!(verified(&world, None), Ok(()));
}

#[test]
fn a_look_that_waits_too_long_to_be_recorded_is_refused_and_shows_nothing() {
    let (world, head, dossier) = furnished();
    let held = hold(&world);
    let started = Instant::now();
    let refused = head.get(&path(&dossier));
    refused.refused(503, "server.overloaded");
    assert!(!refused.header("retry-after").is_empty() && started.elapsed() < Duration::from_secs(8));
    drop(held);
    until("reads go on", || head.get(&path(&dossier)).status == 200);
}

#[test]
fn many_looks_at_once_share_transactions_and_none_is_lost() {
    let (world, head, dossier) = furnished();
    let at = path(&dossier);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..10).for_each(|_| drop(head.get(&at).ok())));
        }
    });
    assert_eq!(world.rows("access_log"), 80);
    put_in_order(&world);
    assert_eq!(verified(&world, None), Ok(()));
}

#[test]
fn a_look_that_was_edited_removed_or_added_is_found() {
    let (world, head, dossier) = furnished();
    head.get(&format!("{}?expand=member", path(&dossier))).ok();
    head.get("/dossiers?status=new").ok();
    head.request("GET", "/dossiers").header("Accept", "text/csv").send().ok_status(200);
    until("the export is counted", || world.rows("access_log WHERE row_count IS NULL") == 0);
    put_in_order(&world);
    assert_eq!(verified(&world, None), Ok(()), "an untouched record is whole");
    let mut conn = db::connect(&world.database_url).unwrap();
    let mut found = |sql: &str| {
        conn.run("BEGIN").unwrap();
        conn.run(sql).unwrap();
        let walk = &mut entraide::audit::chain::Walk::new(&world.server.keys.records, None);
        let found = entraide::audit::verify(&mut conn, walk).unwrap();
        conn.run("ROLLBACK").unwrap();
        found
    };
    let first = "id = (SELECT entry_id FROM access_log_subjects WHERE subject = 'member')";
    let other_id = "(SELECT request_id FROM access_log WHERE operation = 'dossiers_list' AND criteria_digest IS NULL)";
    for edit in [
        "recorded_at = (SELECT max(recorded_at) FROM audit_events WHERE resource = 'association')",
        "actor_id = NULL",
        &format!("client_id = {other_id}"),
        &format!("on_behalf_of = {other_id}"),
        &format!("request_id = {other_id}"),
        "operation = 'dossiers_list'",
        "rule = NULL",
        "criteria_digest = seal",
        "purpose = ''",
        "row_count = 2",
        "replayed = NOT replayed",
        "seal = (SELECT criteria_digest FROM access_log WHERE criteria_digest IS NOT NULL)",
    ] {
        assert!(matches!(found(&format!("UPDATE access_log SET {edit} WHERE {first}")), Err(Fault::LookAltered { .. })), "{edit}");
    }
    let subjects = "access_log_subjects WHERE subject = 'member'";
    for (sql, fault) in [
        (format!("DELETE FROM {subjects}"), "is not as it was recorded"),
        ("UPDATE access_log_subjects SET subject = 'dossier' WHERE subject = 'member'".to_owned(), "is not as it was recorded"),
        (
            "DELETE FROM access_log WHERE operation = 'dossiers_list' AND row_count IS NOT NULL AND id NOT IN (SELECT entry_id FROM access_log_subjects)"
                .to_owned(),
            "not those",
        ),
        (format!("UPDATE access_log SET batch_id = {other_id} WHERE {first}"), "not those"),
        (format!("UPDATE access_log SET id = {other_id} WHERE id NOT IN (SELECT entry_id FROM access_log_subjects)"), "is not as it was recorded"),
    ] {
        let told = found(&sql).unwrap_err().to_string();
        assert!(told.contains(fault), "{sql}: {told}");
    }
    let columns = "recorded_at, actor_id, request_id, operation, replayed, seal";
    let added = format!("INSERT INTO access_log (id, batch_id, {columns}) SELECT request_id, request_id, {columns} FROM access_log WHERE {first}");
    assert_eq!(found(&added), Err(Fault::LooksForeign { count: 1 }));
    assert_eq!(verified(&world, None), Ok(()), "every change was taken back");
}

#[test]
fn what_the_server_adds_to_a_look_later_is_sealed_and_what_was_edited_is_not_made_good() {
    let (world, head, dossier) = furnished();
    head.get(&format!("{}?expand=member", path(&dossier))).ok();
    head.request("GET", "/dossiers").header("Accept", "text/csv").send().ok_status(200);
    until("the export is counted", || world.rows("access_log WHERE row_count IS NULL") == 0);
    put_in_order(&world);
    assert_eq!(verified(&world, None), Ok(()));
    let forget = |id: &Value| {
        let (id, key) = (Id::parse(id.as_str().unwrap()).unwrap(), world.server.keys.records.clone());
        world.db().write_now(move |conn| entraide::audit::access::forget(conn, &entraide::auth::Scope::console(), &key, id)).unwrap();
    };
    forget(&dossier["id"]);
    assert_eq!((world.rows("access_log_subjects"), verified(&world, None)), (1, Ok(())));
    run(&world, "UPDATE access_log SET operation = 'members_list' WHERE operation = 'dossiers_retrieve'");
    forget(&dossier["member_id"]);
    assert!(matches!(verified(&world, None), Err(Fault::LookAltered { .. })));
}

/// Drops what was recorded before a month.
fn drop_before(world: &World, month: &str) -> Option<Dropped> {
    let (author, now, first) = (Author::console("audit drop", &world.server.keys.records), world.now(), format!("{month}-01").parse().unwrap());
    world.db().write_now(move |conn| retention::drop_before(conn, &author, now, first)).unwrap()
}

fn kept(world: &World) -> Checkpoint {
    let text = checkpoint::sign(&world.server.keys, &put_in_order(world), world.now()).unwrap();
    checkpoint::read(&world.server.keys, &text).unwrap()
}

#[test]
fn old_months_are_dropped_with_their_looks_and_the_rest_is_still_proved() {
    let (world, head, dossier) = furnished();
    head.get(&path(&dossier)).ok();
    let early = kept(&world);
    world.set_time("2026-12-05T09:00:00Z");
    let head = world.again(&head);
    head.get(&path(&dossier)).ok();
    some_changes(&world.admin(), 630_001, 6);
    let late = kept(&world);
    assert_eq!(drop_before(&world, "2026-11"), None, "nothing is as old");
    let first = drop_before(&world, "2026-12").unwrap();
    assert_eq!((first.events, first.looks), (usize::try_from(early.sequence).unwrap(), 1));
    assert_eq!(world.rows("access_log"), 1);
    for checkpoint in [None, Some(&early), Some(&late)] {
        assert_eq!(verified(&world, checkpoint), Ok(()));
    }
    let dpo = world.user("dpo", Role::Dpo, None);
    assert!(dpo.all("/audit-events").iter().any(|event| event["operation"] == "audit drop"), "the record tells of it");
    // A change to what was dropped in between is still found.
    run(&world, "UPDATE audit_events SET operation = 'other' WHERE sequence = (SELECT max(sequence) FROM audit_events) - 2");
    assert!(matches!(verified(&world, None), Err(Fault::Altered { .. })));
}

#[test]
fn a_segment_that_somebody_else_dropped_is_missed() {
    let world = World::new();
    some_changes(&world.admin(), 630_001, 6);
    world.set_time("2026-12-05T09:00:00Z");
    let admin = world.admin();
    some_changes(&admin, 630_020, 6);
    let Dropped { end, .. } = drop_before(&world, "2026-12").unwrap();
    let genuine: (i64, Vec<u8>, String, db::Instant, Vec<u8>) = world.db().read_now(|conn| Ok(audit_cuts::table.first(conn)?)).unwrap();
    assert_eq!((genuine.0, &genuine.1), (end.sequence, &end.seal));
    run(&world, "DELETE FROM audit_cuts");
    assert_eq!(verified(&world, None), Err(Fault::Missing { sequence: 1 }));
    // Of a later event, with what is known of the genuine one.
    let next: (i64, Vec<u8>) = world
        .db()
        .read_now(|conn| {
            let next = audit_events::table
                .order(audit_events::sequence.asc())
                .select((audit_events::sequence.assume_not_null(), audit_events::seal.assume_not_null()));
            Ok(next.first(conn)?)
        })
        .unwrap();
    let forged = (next.0, next.1, genuine.2, genuine.3, genuine.4);
    world
        .db()
        .write_now(move |conn| {
            diesel::delete(audit_events::table.filter(audit_events::sequence.eq(forged.0))).execute(conn)?;
            let row = (
                audit_cuts::sequence.eq(forged.0),
                audit_cuts::seal.eq(forged.1),
                audit_cuts::kept_from.eq(forged.2),
                audit_cuts::cut_at.eq(forged.3),
                audit_cuts::cut_seal.eq(forged.4),
            );
            Ok(diesel::insert_into(audit_cuts::table).values(row).execute(conn).map(drop)?)
        })
        .unwrap();
    assert_eq!(verified(&world, None), Err(Fault::Forged { sequence: end.sequence + 1 }));
}

#[test]
fn the_console_drops_months_that_are_over_of_a_record_that_is_whole() {
    let program = Program::new();
    program.run(&["migrate"]).ok();
    program.run(&["keys", "generate", "data/keys"]).ok();
    let mut conn = db::connect(&program.database_url).unwrap();
    // As if the associations had been recorded long ago: what stood there before the chain is taken as it is.
    let shift = if conn.engine() == Engine::Sqlite { "recorded_at - 40000000000000" } else { "recorded_at - interval '460 days'" };
    conn.run(&format!("UPDATE audit_events SET recorded_at = {shift}; UPDATE resource_versions SET recorded_at = {shift}")).unwrap();
    program.run(&["user", "create", "--login", "anne", "--role", "analyst"]).ok();
    program.run(&["audit", "drop", "--before", "2026-13"]).fails("YYYY-MM");
    program.run(&["audit", "drop", "--before", "2099-01"]).fails("months that are over");
    assert_eq!(program.run(&["audit", "drop", "--before", "2000-01"]).ok(), "nothing was recorded before\n");
    let this_month = chrono::Utc::now().format("%Y-%m").to_string();
    let month = this_month.as_str();
    conn.run("UPDATE audit_events SET action = 'update' WHERE sequence = 5").unwrap();
    program.run(&["audit", "drop", "--before", month]).fails("event 5 (");
    conn.run("UPDATE audit_events SET action = 'create' WHERE sequence = 5").unwrap();
    let checkpoint = program.run(&["audit", "drop", "--before", month]).ok();
    std::fs::write(program.folder().join("archived.json"), &checkpoint).unwrap();
    let told = program.run(&["audit", "verify"]).ok();
    assert!(told.contains("102 events were dropped by this server"), "{told}");
    let told = program.run(&["audit", "verify", "--checkpoint", "archived.json"]).ok();
    assert!(told.contains("goes on from the checkpoint at event 102"), "{told}");
    let looks: i64 = access_log::table.count().get_result(&mut conn).unwrap();
    assert_eq!(looks, 0);
    program.run(&["keys", "rotate", "data/keys"]).ok();
    program.run(&["audit", "verify", "--checkpoint", "archived.json"]).ok();
}

//! Copies of the embedded database, made while it is written, and put back.

use crate::harness::data::{school, uai};
use crate::harness::directory::sound;
use crate::harness::{Program, World, postgres};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use entraide::db::{self, DbConn};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = sql_types::Text)]
    text: String,
}

fn texts(conn: &mut DbConn, query: &str) -> Vec<String> {
    sql_query(query).load::<Text>(conn).unwrap().into_iter().map(|row| row.text).collect()
}

fn open(path: &Path) -> DbConn {
    db::connect(&format!("sqlite://{}", path.display())).unwrap()
}

/// Every row of every table, as text.
fn content(conn: &mut DbConn) -> BTreeMap<String, Vec<String>> {
    let tables = texts(conn, "SELECT name AS text FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    let rows = |table: &String| {
        let columns = texts(conn, &format!("SELECT quote(name) AS text FROM pragma_table_info('{table}')"))
            .iter()
            .map(|name| format!("quote({})", name.replace('\'', "\"")))
            .collect::<Vec<_>>();
        (table.clone(), texts(conn, &format!("SELECT concat_ws('|', {}) AS text FROM \"{table}\" ORDER BY 1", columns.join(", "))))
    };
    tables.iter().map(rows).collect()
}

#[test]
fn a_backup_of_a_quiet_database_restores_to_the_same_rows() {
    if postgres().is_some() {
        return;
    }
    let world = World::new();
    crate::harness::directory::import(&world, &world.admin(), "partial", &sound(300));
    let program = world.console();
    let copy = program.folder().join("copy.sqlite");
    assert_eq!(program.run(&["backup", copy.to_str().unwrap()]).ok(), format!("backup written to {}\n", copy.display()));
    let elsewhere = Program::new().with("ENTRAIDE_DATABASE_URL", "sqlite://new/folder/entraide.sqlite");
    elsewhere.run(&["restore", copy.to_str().unwrap()]).ok();
    let restored = content(&mut open(&elsewhere.folder().join("new/folder/entraide.sqlite")));
    assert_eq!(restored["establishments"].len(), 300);
    assert_eq!(restored, content(&mut db::connect(&world.database_url).unwrap()));
    assert_eq!(elsewhere.run(&["migrate"]).ok(), "the database is up to date\n");
}

#[test]
fn a_backup_made_while_writers_write_is_the_state_of_one_moment() {
    if postgres().is_some() {
        return;
    }
    let world = World::new();
    let admin = world.admin();
    crate::harness::directory::import(&world, &admin, "partial", &sound(2000));
    let (done, next, acknowledged) = (AtomicBool::new(false), AtomicU32::new(750_001), Mutex::new(Vec::new()));
    let program = world.console();
    let write = || {
        while !done.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            admin.post("/establishments", &school(number)).ok();
            acknowledged.lock().unwrap().push(uai(number));
        }
    };
    let copies = std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(write);
        }
        let copies: Vec<_> = (0..3)
            .map(|at| {
                while acknowledged.lock().unwrap().len() < 10 * (at + 1) {
                    std::thread::yield_now();
                }
                let before = acknowledged.lock().unwrap().clone();
                let copy = program.folder().join(format!("copy-{at}.sqlite"));
                program.run(&["backup", copy.to_str().unwrap()]).ok();
                (copy, before)
            })
            .collect();
        done.store(true, Ordering::Relaxed);
        copies
    });
    for (copy, before) in copies {
        let mut conn = open(&copy);
        assert_eq!(texts(&mut conn, "SELECT integrity_check AS text FROM pragma_integrity_check"), ["ok"]);
        assert!(texts(&mut conn, "SELECT CAST(\"table\" AS TEXT) AS text FROM pragma_foreign_key_check").is_empty());
        let found = texts(&mut conn, "SELECT uai AS text FROM establishments WHERE uai >= '075'");
        assert!(before.iter().all(|uai| found.contains(uai)), "an acknowledged establishment is missing");
        // A change, its history, its audit row and its key are in the copy together or not at all.
        let count = |table: &str, conn: &mut DbConn| texts(conn, &format!("SELECT CAST(count(*) AS TEXT) AS text FROM {table}"))[0].parse::<usize>().unwrap();
        let whole = 2000 + found.len();
        assert_eq!((count("establishments", &mut conn), count("resource_versions WHERE resource = 'establishment'", &mut conn)), (whole, whole));
        assert_eq!(count("audit_events WHERE resource = 'establishment'", &mut conn), whole);
        assert_eq!(count("idempotency_records WHERE operation = 'establishments_create'", &mut conn), found.len());
    }
}

#[test]
fn a_backup_replaces_no_file_and_needs_a_database() {
    if postgres().is_some() {
        let program = Program::new();
        program.run(&["backup", "copy.sqlite"]).fails("");
        return;
    }
    let program = Program::new();
    program.run(&["backup", "copy.sqlite"]).fails("does not exist");
    assert!(!program.folder().join("empty.sqlite").exists());
    program.run(&["migrate"]).ok();
    program.run(&["backup", "copy.sqlite"]).ok();
    program.run(&["backup", "copy.sqlite"]).fails("exists already");
    program.run(&["backup", "empty.sqlite"]).fails("exists already");
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(program.folder().join("copy.sqlite")).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_restore_overwrites_nothing_and_takes_only_a_whole_backup_of_ours() {
    if postgres().is_some() {
        return;
    }
    let program = Program::new();
    program.run(&["migrate"]).ok();
    program.run(&["backup", "copy.sqlite"]).ok();
    program.run(&["restore", "copy.sqlite"]).fails("exists already");
    let program = program.with("ENTRAIDE_DATABASE_URL", "sqlite://new.sqlite");
    let path = |name: &str| program.folder().join(name);
    let whole = std::fs::read(path("copy.sqlite")).unwrap();
    let mut damaged = whole.clone();
    for page in 2..whole.len() / 4096 {
        damaged[page * 4096..page * 4096 + 100].fill(0xff);
    }
    std::fs::write(path("damaged.sqlite"), damaged).unwrap();
    std::fs::write(path("cut.sqlite"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(path("text.sqlite"), "not a database at all, but long enough to be looked at as one".repeat(100)).unwrap();
    std::fs::write(path("empty.sqlite"), "").unwrap();
    let mut foreign = open(&path("foreign.sqlite"));
    foreign.run("PRAGMA application_id=7; CREATE TABLE x (y)").unwrap();
    drop(foreign);
    for name in ["damaged", "cut", "text", "empty", "foreign", "nowhere"] {
        program.run(&["restore", &format!("{name}.sqlite")]).fails(name);
        assert!(!path("new.sqlite").exists() && !path("new.unfinished").exists(), "{name}");
    }
    program.run(&["restore", "copy.sqlite"]).ok();
    assert_eq!(program.run(&["migrate"]).ok(), "the database is up to date\n");
}

#[test]
fn a_restore_refuses_the_place_of_a_database_whose_log_was_left() {
    if postgres().is_some() {
        return;
    }
    let program = Program::new();
    program.run(&["migrate"]).ok();
    program.run(&["backup", "copy.sqlite"]).ok();
    std::fs::remove_file(program.folder().join("empty.sqlite")).unwrap();
    std::fs::write(program.folder().join("empty.sqlite-wal"), "frames of the database that is gone").unwrap();
    program.run(&["restore", "copy.sqlite"]).fails("empty.sqlite-wal is left of an earlier database");
    std::fs::remove_file(program.folder().join("empty.sqlite-wal")).unwrap();
    program.run(&["restore", "copy.sqlite"]).ok();
}

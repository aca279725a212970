//! Operations: who sees them, and that each is run once to its end.

use crate::harness::World;
use crate::harness::directory::{figures, file, import, line, lines, send, sound, wrong_key};
use entraide::auth::{Role, Scope};
use entraide::db::{Id, Instant};
use entraide::imports::store::{self, Progress};
use serde_json::{Value, json};

fn path(location: &str) -> String {
    location.trim_start_matches("/api/v1").to_owned()
}

#[test]
fn a_file_sent_twice_under_one_key_is_one_operation() {
    let world = World::new();
    let admin = world.admin();
    let first = send(&admin, "partial", "the-same-key", &sound(2));
    let second = send(&admin, "partial", "the-same-key", &sound(2));
    assert_eq!((second.status, &second.bytes, second.header("idempotency-replayed")), (202, &first.bytes, "true"));
    assert_eq!(second.header("location"), first.header("location"));
    send(&admin, "partial", "the-same-key", &sound(3)).refused(409, "idempotency.key_reused");
    send(&admin, "atomic", "the-same-key", &sound(2)).refused(409, "idempotency.key_reused");
    world.run_operations();
    assert_eq!((world.rows("operations"), world.rows("establishments")), (1, 2));
    assert_eq!(send(&admin, "partial", "the-same-key", &sound(2)).bytes, first.bytes);
}

/// A runner that claims what waits and then is never heard of again.
fn claimed(world: &World) -> store::OperationRow {
    let now = world.now();
    let until = Instant(now.0 + chrono::Duration::minutes(5));
    world.db().write_now(move |conn| store::claim(conn, &Scope::console(), now, until)).unwrap().unwrap()
}

#[test]
fn a_run_that_was_interrupted_is_taken_over_once_its_lease_has_ended() {
    let world = World::new();
    let admin = world.admin();
    let directory = file(&[line(630_001, &[]), wrong_key(630_002), line(630_003, &[])]);
    let operation = path(send(&admin, "partial", "interrupted", &directory).header("location"));
    let lost = claimed(&world);
    // It came so far: its first lines were told and its first rows stored.
    let (now, mut progress) = (world.now(), Progress { lines_total: 3, ..Progress::default() });
    progress.totals.rejected = 1;
    world
        .db()
        .write_now(move |conn| store::advance(conn, &Scope::console(), lost.id, lost.version, &progress, Instant(now.0 + chrono::Duration::minutes(5)), now))
        .unwrap();
    world.run_operations();
    assert_eq!(admin.get(&operation).ok()["status"], "running");
    world.set_time("2026-11-22T09:04:00Z");
    world.run_operations();
    assert_eq!(admin.get(&operation).ok()["status"], "running");
    world.set_time("2026-11-22T09:05:01Z");
    world.run_operations();
    let done = admin.get(&operation).ok();
    assert_eq!((&done["status"], figures(&done), lines(&admin, &done).len()), (&json!("succeeded"), [2, 0, 0, 1], 3));
    assert_eq!((world.rows("establishments"), world.rows("operation_files")), (2, 0));
}

#[test]
fn a_run_that_was_taken_over_writes_no_more() {
    let world = World::new();
    let admin = world.admin();
    let operation = path(send(&admin, "partial", "slow", &sound(1)).header("location"));
    let slow = claimed(&world);
    world.set_time("2026-11-22T09:06:00Z");
    world.run_operations();
    let done = admin.get(&operation).ok();
    let now = world.now();
    let late = world.db().write_now(move |conn| store::advance(conn, &Scope::console(), slow.id, slow.version, &Progress::default(), now, now));
    assert_eq!(late.unwrap_err().code().name(), "version.stale");
    let late = world.db().write_now(move |conn| store::finish(conn, &Scope::console(), slow.id, slow.version, Some(json!({})), now));
    assert_eq!(late.unwrap_err().code().name(), "version.stale");
    assert_eq!(admin.get(&operation).ok(), done);
}

#[test]
fn two_servers_never_run_one_operation_both() {
    let world = World::new();
    let admin = world.admin();
    for at in 0..6 {
        send(&admin, "partial", &format!("operation-{at}"), &sound(3));
    }
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| world.run_operations());
        }
    });
    // Under contention a runner may have lost a race and gone home.
    world.run_operations();
    let operations = admin.all("/operations");
    assert!(operations.iter().all(|operation| operation["status"] == "succeeded"), "{operations:#?}");
    let sums = operations.iter().map(figures).fold([0; 4], |sums, figures| [0, 1, 2, 3].map(|at: usize| sums[at] + figures[at]));
    assert_eq!((sums[0] + sums[2], sums[3], world.rows("operation_lines")), (18, 0, 18));
    assert_eq!((world.rows("establishments"), world.rows("resource_versions WHERE resource = 'establishment'")), (3, 3));
}

#[test]
fn the_directory_is_imported_by_the_national_level_only() {
    let world = World::new();
    send(&world.head("63"), "partial", "not-mine", &sound(1)).refused(403, "function.not_granted");
    for caller in [world.volunteer("63"), world.user("analyst", Role::Analyst, None)] {
        assert_eq!(send(&caller, "partial", "not-mine", &sound(1)).status, 403);
        assert_eq!(caller.get("/operations").status, 403);
        assert_eq!(caller.get(&format!("/operations/{}/corrections", Id::new())).status, 403);
    }
    assert_eq!(world.anonymous().get("/operations").status, 401);
    assert_eq!(world.rows("operations"), 0);
}

#[test]
fn an_operation_is_seen_by_whoever_asked_for_it_and_by_administrators() {
    let world = World::new();
    let (admin, one, other) = (world.admin(), world.user("one", Role::NationalStaff, None), world.user("other", Role::NationalStaff, None));
    let operation = import(&world, &one, "partial", &sound(1));
    let path = format!("/operations/{}", operation["id"].as_str().unwrap());
    for part in ["", "/lines", "/corrections"] {
        let address = format!("{path}{part}");
        assert_eq!((one.get(&address).status, admin.get(&address).status), (200, 200));
        let hidden = other.get(&address);
        hidden.refused(404, "not_found");
        let unknown = other.get(&format!("/operations/{}{part}", Id::new()));
        let told = |problem: Value| [&problem["code"], &problem["detail"], &problem["title"], &problem["type"]].map(Value::to_string);
        assert_eq!(told(hidden.json()), told(unknown.json()));
    }
    let head = world.user("head-too", Role::Admin, None);
    world.grant(&head, Role::DepartmentHead, Some("63"));
    let head = world.again(&head);
    assert_eq!([&one, &other, &admin, &head].map(|caller| caller.all("/operations").len()), [1, 0, 1, 1]);
}

#[test]
fn lines_are_filtered_by_outcome_and_come_as_csv_too() {
    let world = World::new();
    let admin = world.admin();
    let formula = line(630_003, &[("Identifiant_de_l_etablissement", "=HYPERLINK(1)")]);
    let operation = import(&world, &admin, "partial", &file(&[line(630_001, &[]), wrong_key(630_002), formula]));
    let path = format!("/operations/{}/lines", operation["id"].as_str().unwrap());
    let outcomes = |filter: &str| admin.all(&format!("{path}?outcome={filter}")).iter().map(|line| line["line"].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!((outcomes("created"), outcomes("rejected"), outcomes("created,rejected"), outcomes("updated")), (vec![2], vec![3, 4], vec![2, 3, 4], vec![]));
    assert_eq!(admin.all(&format!("{path}?limit=1")).len(), 3);
    let counted = admin.request("GET", &format!("{path}?outcome=rejected")).header("Prefer", "count=exact").send().ok();
    assert_eq!(counted["total_count"], 2);
    admin.get(&format!("{path}?outcome=lost")).problem(400);
    let csv = admin.request("GET", &format!("{path}?outcome=rejected")).header("Accept", "text/csv").send();
    let mut reader = csv::Reader::from_reader(csv.bytes.as_slice());
    assert_eq!(reader.headers().unwrap(), ["line", "outcome", "natural_key", "resource_id", "issues", "changes"].as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), &rows[1][0], &rows[1][1]), (2, "4", "rejected"));
    assert!(rows[1][2].starts_with("'="), "{:?}", rows[1]);
    assert!(rows[0][4].contains("uai.key"));
}

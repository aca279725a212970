//! Whole lists as files: one moment's state, and a stream that never ends cleanly unless it is whole.

use crate::harness::directory::{import, sound};
use crate::harness::wire::{Received, Wire};
use crate::harness::{Client, World};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const NDJSON: &str = "application/x-ndjson";
const CSV: &str = "text/csv";

/// A world with so many schools.
fn furnished(schools: u32, settings: &[(&str, &str)]) -> (World, Client) {
    let world = World::with(settings);
    let admin = world.admin();
    import(&world, &admin, "partial", &sound(schools));
    (world, admin)
}

fn ask(world: &World, client: &Client, accept: &str) -> Wire {
    let mut wire = Wire::open(&world.url).unwrap();
    let authorization = format!("Bearer {}", client.token());
    wire.send("GET", "/api/v1/establishments", &[("Accept", accept), ("Authorization", &authorization)], b"").unwrap();
    wire
}

fn export(world: &World, client: &Client, accept: &str) -> Received {
    ask(world, client, accept).receive().unwrap()
}

#[test]
fn a_list_as_a_file_has_every_row_of_the_list_in_its_order() {
    let (world, admin) = furnished(1234, &[]);
    let listed = admin.all("/establishments?limit=100");
    let lines = export(&world, &admin, NDJSON);
    assert!(lines.whole && lines.header("transfer-encoding") == Some("chunked"), "{lines:?}");
    let rows: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows, listed);
    let csv = export(&world, &admin, CSV);
    assert!(csv.whole);
    let mut reader = csv::Reader::from_reader(csv.body.as_slice());
    let titles = reader.headers().unwrap().clone();
    let at = |name: &str| titles.iter().position(|title| title == name).unwrap();
    let (uai, city) = (at("uai"), at("address.city"));
    let found: Vec<(String, String)> = reader.records().map(Result::unwrap).map(|row| (row[uai].to_owned(), row[city].to_owned())).collect();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    assert_eq!(found, listed.iter().map(|row| (text(&row["uai"]), text(&row["address"]["city"]))).collect::<Vec<_>>());
}

/// Each import is one transaction and gives all schools the same number of pupils.
#[test]
fn a_file_is_the_state_of_one_moment_while_writers_change_its_rows() {
    let (world, admin) = furnished(600, &[]);
    let schools = String::from_utf8(sound(600)).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for pupils in 1.. {
                if done.load(Ordering::Relaxed) {
                    return;
                }
                let operation = import(&world, &admin, "atomic", schools.replace(";412;", &format!(";{pupils};")).as_bytes());
                assert_eq!(operation["updated"], 600);
            }
        });
        let mut seen = Vec::new();
        let started = Instant::now();
        while seen.len() < 2 && started.elapsed() < Duration::from_secs(20) {
            let file = export(&world, &admin, NDJSON);
            assert!(file.whole);
            let rows: Vec<Value> = file.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let moment = (rows[0]["pupils"].clone(), rows[0]["version"].clone());
            assert_eq!(rows.len(), 600);
            assert!(rows.iter().all(|row| (row["pupils"].clone(), row["version"].clone()) == moment), "rows of two moments");
            if !seen.contains(&moment) {
                seen.push(moment);
            }
        }
        done.store(true, Ordering::Relaxed);
        assert!(seen.len() >= 2, "nothing was written meanwhile: {seen:?}");
    });
}

/// Asks for more than the buffers between the two ends hold, and takes only its beginning.
fn stalled(world: &World, client: &Client) -> Wire {
    let mut wire = ask(world, client, NDJSON);
    let (status, _) = wire.head().unwrap();
    assert_eq!(status, 200);
    wire
}

/// More rows than loopback's buffers swallow.
fn heavy(settings: &[(&str, &str)]) -> (World, Client) {
    let (world, admin) = furnished(700, settings);
    // Long lists of sites make a row of some 20 kB.
    let site = r#"{"name":"Annexe","kind":"middle_school","address":{"line1":"1 rue Basse","line2":null,"line3":null,"postal_code":"63000","city":"Clermont-Ferrand","commune_code":"63113"},"phone":null,"email":null}"#;
    let sites = format!("[{}]", vec![site; 100].join(","));
    world.db().write_now(move |conn| Ok(conn.run(&format!("UPDATE establishments SET sites = '{sites}'"))?)).unwrap();
    (world, admin)
}

#[test]
fn no_more_than_four_files_are_made_at_once() {
    let (world, admin) = heavy(&[]);
    let wires: Vec<Wire> = (0..4).map(|_| stalled(&world, &admin)).collect();
    let refused = admin.request("GET", "/establishments").header("Accept", CSV).send();
    refused.refused(503, "server.overloaded");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    // Ordinary reads and writes are not held up.
    assert_eq!(admin.get("/establishments?limit=1").status, 200);
    admin.post("/establishments", &crate::harness::data::school_with(750_001, &json!({ "department_code": "75" }))).ok();
    drop(wires);
    let started = Instant::now();
    while export(&world, &admin, CSV).status == 503 {
        assert!(started.elapsed() < Duration::from_secs(15), "callers that have gone are still served");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_caller_that_takes_nothing_is_cut_and_sees_that_its_file_is_not_whole() {
    let (world, admin) = heavy(&[("EXPORT_STALL", "1")]);
    let mut stalled: Vec<Wire> = (0..4).map(|_| stalled(&world, &admin)).collect();
    let started = Instant::now();
    // Its snapshot is let go after the second that it may stall.
    while export(&world, &admin, CSV).status == 503 {
        assert!(started.elapsed() < Duration::from_secs(10), "a stalled caller pins its snapshot");
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut body = Vec::new();
    assert!(stalled[0].chunks(&mut body).is_err(), "a file that was cut ended cleanly after {} bytes", body.len());
    assert!(body.len() > 64 * 1024);
}

#[test]
fn an_error_after_the_first_bytes_cuts_the_file() {
    let (world, admin) = heavy(&[]);
    // A row far down the list that this program cannot have written.
    let broken = "UPDATE establishments SET name_key = 'zzz', sites = '[7]' WHERE uai = (SELECT max(uai) FROM establishments)";
    world.db().write_now(move |conn| Ok(conn.run(broken)?)).unwrap();
    for accept in [NDJSON, CSV] {
        let file = export(&world, &admin, accept);
        assert_eq!((file.status, file.whole), (200, false));
        assert!(file.body.len() > 64 * 1024);
    }
    // Before the first byte it is a problem like any other.
    world.db().write_now(|conn| Ok(conn.run("UPDATE establishments SET name_key = ' ' WHERE name_key = 'zzz'")?)).unwrap();
    admin.request("GET", "/establishments").header("Accept", CSV).send().refused(500, "internal");
}

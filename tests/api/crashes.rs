//! kill -9 under write load: what was acknowledged is there afterwards, with its history and its stored answer.

use crate::harness::data::{school, uai};
use crate::harness::{Program, postgres};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use entraide::db;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const WRITERS: usize = 8;

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = sql_types::Text)]
    id: String,
    #[diesel(sql_type = sql_types::Integer)]
    version: i32,
}

/// What is stored: each establishment's id, and the version of each history row.
fn stored(url: &str) -> (HashMap<String, i32>, HashMap<String, i32>) {
    let mut conn = db::connect(url).unwrap();
    let id = |column: &str| if postgres().is_some() { format!("replace({column}::text, '-', '')") } else { format!("lower(hex({column}))") };
    let mut load = |query: String| sql_query(query).load::<Version>(&mut conn).unwrap().into_iter().map(|row| (row.id, row.version)).collect();
    let rows = load(format!("SELECT {} AS id, version FROM establishments", id("id")));
    let history = load(format!("SELECT {} AS id, version FROM resource_versions WHERE resource = 'establishment'", id("resource_id")));
    (rows, history)
}

/// An answer that a client has in its hands.
struct Acknowledged {
    number: u32,
    id: String,
    body: Vec<u8>,
}

#[test]
fn nothing_acknowledged_is_missing_after_the_server_was_killed_under_load() {
    let crashes: u64 = std::env::var("CRASHES").ok().and_then(|count| count.parse().ok()).unwrap_or(20);
    let program = Program::new()
        .with("ENTRAIDE_PROFILE", "demo")
        .with("ENTRAIDE_KEYS", "data/keys")
        .with("ENTRAIDE_RATE_LIMIT", "10000000")
        .with("ENTRAIDE_WORKERS", "1");
    let mut running = program.serve();
    let token = running.log_in(running.password().unwrap());
    // Above the UAIs of the demo's own schools.
    let (next, mut lasting) = (AtomicU32::new(700_001), Vec::new());
    for crash in 0..crashes {
        let fresh = Mutex::new(Vec::new());
        let write = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(answer) = running.ask("POST", "/api/v1/establishments", Some(&token), Some((&school(number), Some(&format!("school-{number}")))))
                else {
                    return;
                };
                assert_eq!(answer.status, 201, "{}", answer.text());
                let view: Value = serde_json::from_slice(&answer.body).unwrap();
                let id = view["id"].as_str().unwrap().replace('-', "");
                fresh.lock().unwrap().push(Acknowledged { number, id, body: answer.body });
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(write);
            }
            while fresh.lock().unwrap().len() < WRITERS {
                std::thread::yield_now();
            }
            // Any moment of the work: the load decides what it is.
            std::thread::sleep(Duration::from_millis(20 + crash * 37 % 250));
            running.signal("KILL");
        });
        running = {
            running.kill();
            program.serve()
        };
        let (rows, history) = stored(&program.database_url);
        assert_eq!(rows, history, "a row and its history are there together");
        let fresh = fresh.into_inner().unwrap();
        for Acknowledged { id, number, .. } in lasting.iter().chain(&fresh) {
            assert_eq!(rows.get(id), Some(&1), "crash {crash}: {} is missing", uai(*number));
        }
        // The last ones are the most endangered; their keys give the stored answers.
        for Acknowledged { number, body, .. } in fresh.iter().rev().take(8) {
            let again = running.ask("POST", "/api/v1/establishments", Some(&token), Some((&school(*number), Some(&format!("school-{number}"))))).unwrap();
            assert_eq!((again.status, again.header("idempotency-replayed")), (201, Some("true")));
            assert_eq!(&again.body, body);
        }
        lasting.extend(fresh);
    }
    println!("{} acknowledged writes outlived {crashes} crashes", lasting.len());
}

//! kill -9 under write load: what was acknowledged is there afterwards, with its history and its stored answer.

use crate::harness::data::{school, uai};
use crate::harness::wire::Received;
use crate::harness::{Program, Running, postgres};
use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types};
use entraide::db::{self, Id};
use serde_json::{Value, json};
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

/// What is stored: each row's version, and the last version of each history.
fn stored(url: &str, kinds: &[(&str, &str)]) -> (HashMap<String, i32>, HashMap<String, i32>) {
    let mut conn = db::connect(url).unwrap();
    let id = |column: &str| if postgres().is_some() { format!("replace({column}::text, '-', '')") } else { format!("lower(hex({column}))") };
    let mut load = |query: String| sql_query(query).load::<Version>(&mut conn).unwrap().into_iter().map(|row| (row.id, row.version)).collect::<Vec<_>>();
    let (mut rows, mut history) = (HashMap::new(), HashMap::new());
    for (table, resource) in kinds {
        rows.extend(load(format!("SELECT {} AS id, version FROM {table}", id("id"))));
        let last = "max(version) AS version FROM resource_versions";
        history.extend(load(format!("SELECT {} AS id, {last} WHERE resource = '{resource}' GROUP BY resource_id", id("resource_id"))));
    }
    (rows, history)
}

fn count(url: &str, query: &str) -> i32 {
    sql_query(format!("SELECT '' AS id, CAST(({query}) AS INTEGER) AS version")).get_result::<Version>(&mut db::connect(url).unwrap()).unwrap().version
}

fn crashes() -> u64 {
    std::env::var("CRASHES").ok().and_then(|count| count.parse().ok()).unwrap_or(20)
}

fn program() -> Program {
    let usual = [("ENTRAIDE_PROFILE", "demo"), ("ENTRAIDE_KEYS", "data/keys"), ("ENTRAIDE_RATE_LIMIT", "10000000"), ("ENTRAIDE_WORKERS", "1")];
    usual.into_iter().fold(Program::new(), |program, (name, value)| program.with(name, value))
}

/// The answer to a sound request; none once the server is gone.
fn post(running: &Running, token: &str, path: &str, body: &Value, key: &str) -> Option<Received> {
    let answer = running.ask("POST", path, Some(token), Some((body, Some(key))))?;
    assert_eq!(answer.status, 201, "{path}: {}", answer.text());
    Some(answer)
}

fn read(answer: Received) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn get(running: &Running, token: &str, path: &str) -> Value {
    read(running.ask("GET", path, Some(token), None).unwrap())
}

/// A token of the head of the Puy-de-Dôme, whose password the demo prints after the administrator's.
fn head(running: &Running) -> String {
    let password = running.said.lines().filter_map(|line| line.strip_prefix("password")).nth(1).unwrap().split_whitespace().next().unwrap();
    running.log_in_as("responsable-63", password)
}

/// Kills the server under load and starts it again, as often as is asked for. Each writer works until it gets no answer; the server is killed
/// some time after `told` has grown by `enough`, and `check` looks at what is left.
fn outlive(
    program: &Program,
    mut running: Running,
    (told, enough): (impl Fn() -> usize, usize),
    work: impl Fn(&Running) -> Option<()> + Sync,
    mut check: impl FnMut(u64, &Running),
) {
    for crash in 0..crashes() {
        let before = told();
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(|| while work(&running).is_some() {})).collect();
            while told() < before + enough && !writers.iter().all(|writer| writer.is_finished()) {
                std::thread::yield_now();
            }
            // Any moment of the work: the load decides what it is.
            std::thread::sleep(Duration::from_millis(20 + crash * 37 % 250));
            running.signal("KILL");
        });
        running.kill();
        running = program.serve();
        check(crash, &running);
    }
}

/// An answer that a client has in its hands.
struct Acknowledged {
    number: u32,
    id: String,
    body: Vec<u8>,
}

#[test]
fn nothing_acknowledged_is_missing_after_the_server_was_killed_under_load() {
    let program = program();
    let running = program.serve();
    let token = running.log_in(running.password().unwrap());
    let create = |running: &Running, number: u32| post(running, &token, "/api/v1/establishments", &school(number), &format!("school-{number}"));
    // Above the UAIs of the demo's own schools.
    let (next, fresh, mut lasting) = (AtomicU32::new(700_001), Mutex::new(Vec::new()), Vec::new());
    let write = |running: &Running| {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let body = create(running, number)?.body;
        let view: Value = serde_json::from_slice(&body).unwrap();
        fresh.lock().unwrap().push(Acknowledged { number, id: plain(&view["id"]), body });
        Some(())
    };
    outlive(&program, running, (|| fresh.lock().unwrap().len(), WRITERS), write, |crash, running| {
        let (rows, history) = stored(&program.database_url, &[("establishments", "establishment")]);
        assert!(rows == history, "a row and its history are there together");
        let fresh = std::mem::take(&mut *fresh.lock().unwrap());
        for Acknowledged { id, number, .. } in lasting.iter().chain(&fresh) {
            assert_eq!(rows.get(id), Some(&1), "crash {crash}: {} is missing", uai(*number));
        }
        // The last ones are the most endangered; their keys give the stored answers.
        for Acknowledged { number, body, .. } in fresh.iter().rev().take(8) {
            let again = create(running, *number).unwrap();
            assert_eq!(again.header("idempotency-replayed"), Some("true"));
            assert_eq!(&again.body, body);
        }
        lasting.extend(fresh);
    });
    println!("{} acknowledged writes outlived the crashes", lasting.len());
}

/// One step that a client was told of: the row, and the version that it made.
struct Step {
    id: String,
    version: i32,
}

/// An id as it is stored.
fn plain(id: &Value) -> String {
    id.as_str().unwrap().replace('-', "")
}

/// Fails if a step is missing that somebody was told of.
fn check_told(told: &Mutex<Vec<Step>>, rows: &HashMap<String, i32>, crash: u64) {
    for Step { id, version } in told.lock().unwrap().iter() {
        assert!(rows.get(id).is_some_and(|stored| stored >= version), "crash {crash}: version {version} of {id} is missing");
    }
}

/// Works as a department does: registers somebody, records the membership, opens the case, takes it up and often closes it.
fn work(running: &Running, token: &str, place: &Value, number: u32, told: &Mutex<Vec<Step>>, references: &Mutex<Vec<String>>) -> Option<()> {
    let post = |path: &str, body: Value, key: &str| post(running, token, path, &body, &format!("{key}-{number}")).map(read);
    let acknowledge = |id: &Value, version: i32| told.lock().unwrap().push(Step { id: plain(id), version });
    let person =
        json!({ "association_id": place["association_id"], "last_name": "Dubœuf", "first_name": format!("Claire {number}"), "birth_date": "1980-03-15" });
    let member = post("/api/v1/members", person, "member")?;
    acknowledge(&member["id"], 1);
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    let period = json!({ "subscribed_on": "2026-01-05", "insurer_registered_on": "2026-01-05", "channel": "post", "association_dues": euros("20.00"), "insurance_dues": euros("25.50") });
    let membership = post(&format!("/api/v1/members/{}/memberships", member["id"].as_str().unwrap()), period, "membership")?;
    acknowledge(&membership["id"], 1);
    let case = json!({ "member_id": member["id"], "kind": "legal_protection", "member_quality": "victim", "channel": "phone", "referent_id": place["user_id"],
        "facts": { "date": "2026-03-02" }, "motive_code": "insult_or_threat" });
    let dossier = post("/api/v1/dossiers", case, "dossier")?;
    acknowledge(&dossier["id"], 1);
    references.lock().unwrap().push(dossier["reference"].as_str().unwrap().to_owned());
    let steps = format!("/api/v1/dossiers/{}/transitions", dossier["id"].as_str().unwrap());
    post(&steps, json!({ "command": "take_charge" }), "charge")?;
    acknowledge(&dossier["id"], 2);
    if !number.is_multiple_of(3) {
        post(&steps, json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "favourable" }), "close")?;
        acknowledge(&dossier["id"], 3);
    }
    Some(())
}

#[test]
fn the_work_of_a_department_outlives_crashes_and_no_dossier_number_is_given_twice() {
    let program = program();
    let running = program.serve();
    let token = head(&running);
    let associations = get(&running, &token, "/api/v1/associations?department=63");
    let place = json!({ "user_id": get(&running, &token, "/api/v1/me")["id"], "association_id": associations["items"][0]["id"] });
    let (next, told, references) = (AtomicU32::new(1), Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    let work = |running: &Running| work(running, &token, &place, next.fetch_add(1, Ordering::Relaxed), &told, &references);
    let url = &program.database_url;
    outlive(&program, running, (|| told.lock().unwrap().len(), 2 * WRITERS), work, |crash, _| {
        let (rows, history) = stored(url, &[("members", "member"), ("memberships", "membership"), ("dossiers", "dossier")]);
        assert!(rows == history, "crash {crash}: rows and their histories differ");
        check_told(&told, &rows, crash);
        let steps = "SELECT count(*) FROM status_transitions WHERE resource = 'dossier'";
        assert_eq!(count(url, steps), count(url, "SELECT sum(version - 1) FROM dossiers"), "crash {crash}: a step without its version, or the other way");
        let versions = "SELECT count(*) FROM resource_versions WHERE resource IN ('member', 'membership')";
        assert_eq!(count(url, "SELECT count(*) FROM changes"), count(url, versions), "crash {crash}: a change that nobody is told of");
    });
    let mut given = references.into_inner().unwrap();
    let all = given.len();
    given.sort();
    given.dedup();
    assert_eq!(given.len(), all, "a dossier number twice");
}

/// Registers people in a session with few seats, and takes every third registration back, which passes its seat on.
fn register(running: &Running, token: &str, session: &str, number: u32, told: &Mutex<Vec<Step>>) -> Option<()> {
    let person = json!({ "outsider": { "name": format!("Anne {number}"), "email": format!("anne.{number}@example.org") } });
    let row = read(post(running, token, &format!("{session}/registrations"), &person, &format!("in-{number}"))?);
    told.lock().unwrap().push(Step { id: plain(&row["id"]), version: 1 });
    if number.is_multiple_of(3) {
        let steps = format!("/api/v1/training-registrations/{}/transitions", row["id"].as_str().unwrap());
        post(running, token, &steps, &json!({ "command": "cancel" }), &format!("out-{number}"))?;
        told.lock().unwrap().push(Step { id: plain(&row["id"]), version: 2 });
    }
    Some(())
}

/// What no session may ever be: counted wrong, overbooked, with a free seat beside somebody who waits.
const WRONG: &str = "SELECT count(*) FROM training_sessions s WHERE s.confirmed_count > s.capacity OR (s.waiting_count > 0 AND s.confirmed_count < s.capacity)
    OR s.confirmed_count <> (SELECT count(*) FROM training_registrations r WHERE r.session_id = s.id AND r.status = 'confirmed')
    OR s.waiting_count <> (SELECT count(*) FROM training_registrations r WHERE r.session_id = s.id AND r.status = 'waiting_list')";

#[test]
fn seats_and_the_waiting_list_outlive_crashes_in_the_middle_of_it() {
    let program = program();
    let running = program.serve();
    let (admin, token) = (running.log_in(running.password().unwrap()), head(&running));
    let make = |token: &str, path: &str, body: Value| read(post(&running, token, path, &body, &Id::new().to_string()).unwrap())["id"].clone();
    let module = make(&admin, "/api/v1/training-modules", json!({ "code": "CRASH", "title": "Responsabilité civile", "hours": 3 }));
    let plan = json!({ "module_id": module, "organiser_level": "department", "format": "webinar", "delivery": "remote", "capacity": 9,
        "meeting_url": "https://visio.example.org/63", "starts_on": "2099-12-08", "ends_on": "2099-12-08" });
    let session = format!("/api/v1/training-sessions/{}", make(&token, "/api/v1/training-sessions", plan).as_str().unwrap());
    make(&token, &format!("{session}/slots"), json!({ "starts_at": "2099-12-08T09:00:00Z", "ends_at": "2099-12-08T10:00:00Z" }));
    for command in ["schedule", "open_registration"] {
        make(&token, &format!("{session}/transitions"), json!({ "command": command }));
    }
    let (next, told, url) = (AtomicU32::new(1), Mutex::new(Vec::new()), &program.database_url);
    let work = |running: &Running| register(running, &token, &session, next.fetch_add(1, Ordering::Relaxed), &told);
    outlive(&program, running, (|| told.lock().unwrap().len(), 2 * WRITERS), work, |crash, _| {
        let (rows, history) = stored(url, &[("training_registrations", "training_registration"), ("training_sessions", "training_session")]);
        assert!(rows == history, "crash {crash}: rows and their histories differ");
        check_told(&told, &rows, crash);
        assert_eq!(count(url, WRONG), 0, "crash {crash}");
        let steps = "SELECT count(*) FROM status_transitions WHERE resource = 'training_registration'";
        assert_eq!(count(url, steps), count(url, "SELECT sum(version - 1) FROM training_registrations"), "crash {crash}: a step without its version");
    });
    println!("{} acknowledged steps outlived the crashes", told.into_inner().unwrap().len());
}

/// Grants what cannot wait, orders a part of it, cancels some orders and gives some grants up.
fn aid(running: &Running, token: &str, member: &Value, number: u32, told: &Mutex<Vec<Step>>) -> Option<()> {
    let post = |path: &str, body: Value, step: &str| post(running, token, &format!("/api/v1{path}"), &body, &format!("aid-{step}-{number}")).map(read);
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    let sheet = json!({ "household_size": 1, "resources": [], "charges": [] });
    let asked = json!({ "member_id": member, "nature": "grant", "reason": "crisis", "amount": euros("90.00"), "urgent": true, "sheet": sheet });
    let request = post("/financial-aid-requests", asked, "ask")?;
    let own = format!("/financial-aid-requests/{}", request["id"].as_str().unwrap());
    let steps = [
        json!({ "command": "submit" }),
        json!({ "command": "instruct", "instruction_note": "Vu." }),
        json!({ "command": "grant_urgently", "motivation": "Urgent." }),
    ];
    for (at, step) in steps.into_iter().enumerate() {
        post(&format!("{own}/transitions"), step, &format!("step{at}"))?;
    }
    told.lock().unwrap().push(Step { id: plain(&request["id"]), version: 4 });
    let order = json!({ "payee_kind": "member", "payee_name": "Claire Dubœuf", "iban": "FR7630006000011234567890189", "amount": euros("60.00") });
    let payment = post(&format!("{own}/payments"), order, "order")?;
    if number.is_multiple_of(2) {
        post(&format!("/payments/{}/transitions", payment["id"].as_str().unwrap()), json!({ "command": "cancel", "reason": "Erreur." }), "cancel")?;
    }
    Some(())
}

#[test]
fn the_sums_of_an_envelope_outlive_crashes() {
    let program = program();
    let running = program.serve();
    let token = head(&running);
    let own = get(&running, &token, "/api/v1/me")["member_id"].clone();
    let members = get(&running, &token, "/api/v1/members?department=63&limit=2")["items"].clone();
    let member = members.as_array().unwrap().iter().map(|member| &member["id"]).find(|id| **id != own).unwrap().clone();
    // The demonstration has an envelope, on which little is left, and rules, which a load like this meets nowhere.
    for prepared in ["UPDATE aid_envelopes SET amount_cents = 900000000", "DELETE FROM aid_rules"] {
        sql_query(prepared).execute(&mut db::connect(&program.database_url).unwrap()).unwrap();
    }
    let sums = || {
        let urgent = "SELECT 9000 * count(*) FROM financial_aid_requests WHERE status = 'granted_urgently'";
        count(&program.database_url, "SELECT sum(committed_cents) FROM aid_envelopes") - count(&program.database_url, urgent)
    };
    let others = sums();
    let (next, told, url) = (AtomicU32::new(1), Mutex::new(Vec::new()), &program.database_url);
    let work = |running: &Running| aid(running, &token, &member, next.fetch_add(1, Ordering::Relaxed), &told);
    outlive(&program, running, (|| told.lock().unwrap().len(), WRITERS), work, |crash, _| {
        let (rows, history) = stored(url, &[("financial_aid_requests", "financial_aid_request"), ("aid_payments", "payment")]);
        assert!(rows == history, "crash {crash}: rows and their histories differ");
        check_told(&told, &rows, crash);
        let same = |one: &str, other: &str| assert_eq!(count(url, one), count(url, other), "crash {crash}: {one}");
        same("SELECT sum(committed_cents) FROM aid_envelopes", "SELECT sum(committed_cents) FROM financial_aid_requests");
        assert_eq!(sums(), others, "crash {crash}: committed is what was granted");
        same("SELECT sum(ordered_cents) FROM financial_aid_requests", "SELECT coalesce(sum(amount_cents), 0) FROM aid_payments WHERE status = 'ordered'");
    });
}

//! Writing once, at the version one has seen, and what is remembered of it.

use crate::harness::data::{school, school_with};
use crate::harness::{Client, PASSWORD, Reply, World};
use diesel::prelude::*;
use entraide::auth::{Role, store};
use entraide::db::schema::grants;
use serde_json::{Value, json};

fn create(client: &Client, key: &str, body: &Value) -> Reply {
    client.request("POST", "/establishments").key(key).json(body).send()
}

/// The address of a new school.
fn made(client: &Client, number: u32, fields: &Value) -> (String, Value) {
    let reply = client.post("/establishments", &school_with(number, fields));
    let view = reply.ok();
    (reply.header("location").trim_start_matches("/api/v1").to_owned(), view)
}

fn log_in_again(world: &World, user: &Client) -> Client {
    let session = world.anonymous().post("/auth/sessions", &json!({ "login": user.login(), "password": PASSWORD })).ok();
    user.with_token(session["access_token"].as_str().unwrap())
}

#[test]
fn a_repeated_post_repeats_the_answer_and_not_the_effect() {
    let world = World::new();
    let admin = world.admin();
    let first = create(&admin, "k", &school(630_001));
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    let path = first.header("location").trim_start_matches("/api/v1").to_owned();
    admin.patch(&path, first.etag(), &json!({ "name": "Autre nom" })).ok();
    let again = create(&admin, "k", &school(630_001));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!((again.status, &again.bytes), (201, &first.bytes));
    for name in ["etag", "location", "content-type"] {
        assert_eq!(again.header(name), first.header(name));
    }
    create(&admin, "k", &school(630_002)).refused(409, "idempotency.key_reused");
    assert_eq!(admin.all("/establishments").len(), 1);
}

#[test]
fn a_key_is_its_callers_own_and_its_operations_own() {
    let world = World::new();
    let (admin, other) = (world.admin(), world.user("other", Role::NationalStaff, None));
    create(&admin, "k", &school(630_001)).ok();
    create(&other, "k", &school(630_002)).ok();
    let import = admin.request("POST", "/imports?resource=establishments&mode=validate").key("k").body("text/csv", b"a,b\n1,2\n".to_vec()).send();
    assert_eq!((import.status, import.header("idempotency-replayed")), (202, ""));
}

#[test]
fn a_refusal_is_not_remembered_under_its_key() {
    let world = World::new();
    let admin = world.admin();
    let (path, _) = made(&admin, 630_001, &json!({}));
    create(&admin, "k", &school(630_001)).refused(409, "uai.taken");
    assert_eq!(create(&admin, "k", &json!({})).status, 400);
    assert_eq!(admin.delete(&path, "*").status, 204);
    let made = create(&admin, "k", &school(630_001));
    assert_eq!((made.status, made.header("idempotency-replayed")), (201, ""));
}

#[test]
fn a_key_is_needed_and_has_a_form() {
    let world = World::new();
    let admin = world.admin();
    let missing = admin.request("POST", "/establishments").json(&school(630_001)).send();
    missing.refused(428, "precondition.required");
    assert!(missing.json()["detail"].as_str().unwrap().contains("Idempotency-Key"));
    for key in ["a b", "", &"k".repeat(129)] {
        assert_eq!(create(&admin, key, &school(630_001)).flaws(), ["Idempotency-Key header.invalid"], "{key:?}");
    }
    assert_eq!(create(&admin, &"k".repeat(128), &school(630_001)).status, 201);
}

#[test]
fn a_key_is_remembered_for_seven_days() {
    let world = World::new();
    let admin = world.admin();
    let first = create(&admin, "k", &school(630_001));
    world.set_time("2026-11-29T08:59:00Z");
    let again = create(&log_in_again(&world, &admin), "k", &school(630_001));
    assert_eq!((&again.bytes, again.header("idempotency-replayed")), (&first.bytes, "true"));
    world.set_time("2026-11-29T09:01:00Z");
    let late = log_in_again(&world, &admin);
    create(&late, "k", &school(630_001)).refused(409, "uai.taken");
    let other = create(&late, "k", &school(630_002));
    assert_eq!((other.status, other.header("idempotency-replayed")), (201, ""), "the key is free again");
    assert_eq!(create(&late, "k", &school(630_002)).bytes, other.bytes);
}

#[test]
fn a_replay_does_not_outlive_the_right_to_the_operation() {
    let world = World::new();
    let admin = world.admin();
    create(&admin, "k", &school(630_001)).ok();
    world
        .db()
        .write_now(|conn| {
            diesel::update(grants::table).set(grants::role.eq(Role::Analyst)).execute(conn)?;
            store::advance_epoch(conn)
        })
        .unwrap();
    create(&admin, "k", &school(630_001)).refused(401, "token.expired");
    create(&log_in_again(&world, &admin), "k", &school(630_001)).refused(403, "function.not_granted");
}

#[test]
fn two_hundred_keys_sent_ten_times_at_once_have_one_effect_each() {
    let world = World::with(&[("WORKERS", "2")]);
    let admin = world.admin();
    let send = |key: u32| loop {
        let reply = create(&admin, &format!("key-{key}"), &school(630_000 + key));
        if reply.status == 201 {
            return (key, reply);
        }
        reply.refused(409, "idempotency.in_progress");
    };
    let replies: Vec<(u32, Reply)> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..10).map(|_| scope.spawn(|| (0..200).map(send).collect::<Vec<_>>())).collect();
        senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect()
    });
    for key in 0..200 {
        let same: Vec<&Reply> = replies.iter().filter(|(of, _)| *of == key).map(|(_, reply)| reply).collect();
        let first = same[0];
        assert_eq!(same.iter().filter(|reply| reply.header("idempotency-replayed").is_empty()).count(), 1, "key {key}");
        assert!(same.iter().all(|reply| reply.bytes == first.bytes && reply.etag() == first.etag() && reply.header("location") == first.header("location")));
    }
    assert_eq!(admin.all("/establishments?limit=100").len(), 200);
}

#[test]
fn of_many_writers_at_once_each_success_has_a_version_of_its_own() {
    let world = World::with(&[("WORKERS", "2")]);
    let admin = world.admin();
    let (path, _) = made(&admin, 630_001, &json!({}));
    let start = std::sync::Barrier::new(32);
    let write = |writer: usize| {
        start.wait();
        loop {
            let seen = admin.get(&path);
            let reply = admin.patch(&path, seen.etag(), &json!({ "name": format!("Collège de {writer}") }));
            if reply.status == 200 {
                assert_eq!(reply.json()["version"].as_i64(), seen.json()["version"].as_i64().map(|version| version + 1));
                return reply.json()["version"].as_i64().unwrap();
            }
            reply.refused(412, "version.stale");
        }
    };
    let mut versions: Vec<i64> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..32).map(|writer| scope.spawn(move || write(writer))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    versions.sort_unstable();
    assert_eq!(versions, (2..=33).collect::<Vec<i64>>());
    let history = admin.all(&format!("{path}/history?limit=10"));
    let mut names: Vec<&str> = history.iter().filter_map(|entry| entry["after"]["name"].as_str()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((history.len(), names.len()), (33, 33), "no update was lost");
}

#[test]
fn a_trial_makes_every_check_and_has_no_effect() {
    let world = World::new();
    let admin = world.admin();
    let trial = |key: &str, body: &Value| admin.request("POST", "/establishments?mode=validate").key(key).json(body).send();
    assert_eq!(trial("k", &school(630_001)).ok(), json!({ "valid": true }));
    assert!(admin.all("/establishments").is_empty());
    assert_eq!(create(&admin, "k", &school(630_001)).status, 201, "the key is still free");
    trial("l", &school(630_001)).refused(409, "uai.taken");
    assert_eq!(trial("l", &json!({ "uai": "0630001A" })).status, 400);
    assert_eq!(admin.request("POST", "/establishments?mode=dry").key("m").json(&school(630_002)).send().flaws(), ["mode choice.unknown"]);
}

#[test]
fn a_merge_patch_keeps_what_is_absent_and_clears_what_is_null() {
    let world = World::new();
    let admin = world.admin();
    let fields = json!({ "phone": "0473000000", "email": "a@example.org", "address": { "line1": "1 rue A", "city": "Thiers" }, "pupils": 400 });
    let (path, before) = made(&admin, 630_001, &fields);
    let after = admin.patch(&path, "*", &json!({ "phone": null, "pupils": 401 })).ok();
    assert_eq!((&after["phone"], &after["pupils"], &after["email"], &after["address"]), (&Value::Null, &json!(401), &before["email"], &before["address"]));
    let moved = admin.patch(&path, "*", &json!({ "address": { "city": "Riom" } })).ok();
    assert_eq!((&moved["address"]["city"], &moved["address"]["line1"]), (&json!("Riom"), &Value::Null), "an address is replaced as a whole");
    assert_eq!(
        admin.patch(&path, "*", &json!({ "name": null, "kind": null, "uai": "0630002D", "version": 9 })).flaws(),
        ["/kind field.not_null", "/name field.not_null", "/uai field.unknown", "/version field.unknown",]
    );
    assert_eq!(admin.get(&path).json(), moved);
}

#[test]
fn history_tells_each_version_with_what_was_before_it_and_who_made_it() {
    let world = World::new();
    let (admin, other) = (world.admin(), world.user("other", Role::NationalStaff, None));
    let (path, first) = made(&admin, 630_001, &json!({}));
    let change = other.patch(&path, "*", &json!({ "name": "Deuxième" }));
    let history = admin.get(&format!("{path}/history")).ok()["items"].clone();
    let actor = |client: &Client| client.get("/me").ok()["id"].clone();
    assert_eq!(
        (&history[0]["version"], &history[0]["action"], &history[0]["before"], &history[0]["after"]),
        (&json!(2), &json!("update"), &first, &change.json())
    );
    assert_eq!(
        (&history[1]["version"], &history[1]["action"], &history[1]["before"], &history[1]["after"]),
        (&json!(1), &json!("create"), &Value::Null, &first)
    );
    assert_eq!((&history[0]["actor_id"], &history[1]["actor_id"]), (&actor(&other), &actor(&admin)));
    assert_eq!(history[0]["request_id"], change.header("request-id"));
    assert_eq!(Value::Array(admin.all(&format!("{path}/history?limit=1"))), history, "a page of one still tells what was before");
}

//! Registrations: seats that are never given twice, a waiting list without gap or tie, and who is promoted.

use crate::harness::cases::{at, commands, order, order_at, person};
use crate::harness::data::{member_with, school};
use crate::harness::training::{coordinator, module, open, outsider, places, register};
use crate::harness::{Client, World};
use entraide::auth::Role;
use entraide::db::Id;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

fn cancel(client: &Client, registration: &Value) {
    order(client, &at("training-registrations", registration), &json!({ "command": "cancel" })).ok();
}

fn counts(client: &Client, session: &str) -> (i64, i64) {
    let view = client.get(session).ok();
    (view["confirmed_count"].as_i64().unwrap(), view["waiting_count"].as_i64().unwrap())
}

#[test]
fn seats_are_given_in_order_and_a_seat_that_is_left_goes_to_the_first_who_waits() {
    let world = World::new();
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({}));
    let rows: Vec<Value> = (0..5).map(|number| register(&head, &session, number)).collect();
    assert_eq!(rows.iter().map(|row| row["rank"].clone()).collect::<Vec<_>>(), [Value::Null, Value::Null, json!(1), json!(2), json!(3)]);
    assert_eq!(commands(&rows[2]), ["cancel", "anonymise! registration.still_counts"]);
    cancel(&head, &rows[3]);
    assert_eq!(places(&head, &session), ["confirmed", "confirmed", "waiting_list 1", "cancelled", "waiting_list 2"]);
    cancel(&head, &rows[0]);
    assert_eq!(places(&head, &session), ["cancelled", "confirmed", "confirmed", "cancelled", "waiting_list 1"]);
    assert_eq!((counts(&head, &session), &head.get(&session).ok()["status"]), ((2, 1), &json!("full")));
    let promoted = at("training-registrations", &rows[2]);
    let steps = head.all(&format!("{promoted}/transitions"));
    assert_eq!(
        (steps.len(), &steps[0]["command"], &steps[0]["from_status"], &steps[0]["to_status"]),
        (1, &json!("promote"), &json!("waiting_list"), &json!("confirmed"))
    );
    assert_eq!((head.all(&format!("{promoted}/history")).len(), &head.get(&promoted).ok()["version"]), (2, &json!(2)));
    order(&head, &promoted, &json!({ "command": "promote" })).flaws();
    for row in [1, 2, 4] {
        cancel(&head, &rows[row]);
    }
    assert_eq!((counts(&head, &session), &head.get(&session).ok()["status"]), ((0, 0), &json!("registration_open")));
    assert_eq!(head.get(&session).ok()["version"], 3, "registrations do not raise the version of their session");
    let names: Vec<Value> = head.all(&format!("{session}/registrations?status=cancelled")).iter().map(|row| row["name"].clone()).collect();
    assert_eq!((names.len(), &names[0]), (5, &json!("Anne Lac 0")));
}

#[test]
fn capacity_is_never_lowered_under_what_is_confirmed_and_raising_it_promotes_in_rank_order() {
    let world = World::new();
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({}));
    for number in 0..6 {
        register(&head, &session, number);
    }
    let below = head.patch(&session, "*", &json!({ "capacity": 1 }));
    below.refused(409, "capacity.below_confirmed");
    assert_eq!(below.json()["errors"][0]["pointer"], "/capacity");
    let english = head.request("PATCH", &session).header("If-Match", "*").header("Accept-Language", "en").merge_patch(&json!({ "capacity": 1 })).send();
    assert_eq!(english.json()["detail"], "2 registrations are confirmed already.");
    let raised = head.patch(&session, "*", &json!({ "capacity": 5 })).ok();
    assert_eq!((&raised["confirmed_count"], &raised["waiting_count"]), (&json!(5), &json!(1)));
    assert_eq!(places(&head, &session), ["confirmed", "confirmed", "confirmed", "confirmed", "confirmed", "waiting_list 1"]);
    head.patch(&session, "*", &json!({ "capacity": 50 })).ok();
    assert_eq!((counts(&head, &session), &head.get(&session).ok()["status"]), ((6, 0), &json!("registration_open")));
    assert_eq!(head.patch(&session, "*", &json!({ "capacity": 6 })).ok()["status"], "full");
}

#[test]
fn registration_has_its_window_and_one_person_one_place() {
    let world = World::new();
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({ "opens_on": "2026-11-23", "closes_on": "2026-11-24" }));
    let post = |client: &Client, body: &Value| client.post(&format!("{session}/registrations"), body);
    let early = post(&head, &outsider(1));
    early.refused(409, "registration.outside_window");
    assert_eq!(early.json()["detail"], "Les inscriptions sont ouvertes du 2026-11-23 au 2026-11-24.");
    world.set_time("2026-11-24T22:59:59Z");
    let head = world.again(&head);
    let first = post(&head, &outsider(1)).ok();
    post(&head, &json!({ "outsider": { "name": "A. Lac", "email": "ANNE.1@example.org" } })).refused(409, "registration.already");
    let claire = person(&head, "63");
    let own = post(&head, &json!({ "member_id": claire["id"] })).ok();
    assert_eq!((&own["name"], &own["member_id"]), (&json!("Claire Dubœuf"), &claire["id"]));
    post(&head, &json!({ "member_id": claire["id"] })).refused(409, "registration.already");
    cancel(&head, &first);
    assert_eq!(post(&head, &outsider(1)).ok()["status"], "confirmed", "whoever took it back may come again");
    world.set_time("2026-11-24T23:00:00Z");
    let head = world.again(&head);
    post(&head, &outsider(2)).refused(409, "registration.outside_window");
    assert_eq!(post(&head, &json!({})).flaws(), ["/member_id participant.one_required"]);
    let both = json!({ "member_id": claire["id"], "outsider": { "name": "Anne" } });
    assert_eq!(post(&head, &both).flaws(), ["/member_id participant.one_required"]);
    order(&head, &session, &json!({ "command": "cancel", "reason": "Intempéries." })).ok();
    post(&head, &outsider(2)).refused(409, "registration.closed");
    order(&head, &at("training-registrations", &own), &json!({ "command": "cancel" })).refused(409, "training_session.over");
}

#[test]
fn members_of_other_departments_come_by_number_and_date_of_birth() {
    let world = World::new();
    let (head, neighbour, module) = (world.head("63"), world.head("75"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({ "capacity": 9 }));
    let away = person(&neighbour, "75");
    let post = |client: &Client, body: &Value| client.post(&format!("{session}/registrations"), body);
    assert_eq!(post(&head, &json!({ "member_id": away["id"] })).flaws(), ["/member_id reference.not_found"]);
    let card = |day: &str| json!({ "member_card": { "member_number": away["member_number"], "birth_date": day } });
    assert_eq!(post(&head, &card("1984-05-07")).flaws(), ["/member_card reference.not_found"]);
    let row = post(&head, &card("1984-05-06")).ok();
    assert_eq!((&row["name"], &row["member_id"]), (&json!("Claire Dubœuf"), &away["id"]));
    let shown = head.get(&format!("{}?expand=member", at("training-registrations", &row))).ok();
    assert_eq!(shown["member"], Value::Null, "whose record it is stays hidden");
    // A coordinator registers members of the academy by id, and all by their cards.
    let (coordinator, own) = (coordinator(&world, "06"), person(&head, "63"));
    post(&coordinator, &card("1984-05-06")).refused(409, "registration.already");
    assert_eq!(post(&coordinator, &json!({ "member_id": own["id"] })).ok()["status"], "confirmed");
    assert_eq!(world.user("national", Role::NationalStaff, None).all(&format!("{session}/registrations")).len(), 2);
}

#[test]
fn where_the_organiser_decides_a_registration_is_asked_for_first() {
    let world = World::new();
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({ "capacity": 1, "on_approval": true }));
    let rows: Vec<String> = (0..4).map(|number| at("training-registrations", &register(&head, &session, number))).collect();
    assert_eq!((counts(&head, &session), places(&head, &session)), ((0, 0), vec!["requested".to_owned(); 4]));
    let give = |row: &str, command: Value| order(&head, row, &command);
    give(&rows[0], json!({ "command": "put_on_waiting_list" })).refused(409, "training_session.seats_left");
    give(&rows[1], json!({ "command": "confirm" })).ok();
    give(&rows[0], json!({ "command": "confirm" })).refused(409, "training_session.full");
    give(&rows[3], json!({ "command": "put_on_waiting_list" })).ok();
    give(&rows[0], json!({ "command": "put_on_waiting_list" })).ok();
    assert_eq!(give(&rows[2], json!({ "command": "refuse" })).flaws(), ["/reason field.required"]);
    give(&rows[2], json!({ "command": "refuse", "reason": "Hors public." })).ok();
    assert_eq!(places(&head, &session), ["waiting_list 2", "confirmed", "refused", "waiting_list 1"]);
    give(&rows[1], json!({ "command": "cancel" })).ok();
    assert_eq!(places(&head, &session), ["waiting_list 1", "cancelled", "refused", "confirmed"]);
}

#[test]
fn the_staff_of_a_school_are_registered_together_and_nobody_is_dropped() {
    let world = World::new();
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let school = world.admin().post("/establishments", &school(630_001)).ok();
    let staff = |name: &str, from: &str, to: Option<&str>| {
        let member = head.post("/members", &member_with(&head, "63", &json!({ "last_name": name }))).ok();
        let post = json!({ "starts_on": from, "ends_on": to, "occupation": "secondary_teacher", "establishment_id": school["id"] });
        head.post(&format!("{}/employments", at("members", &member)), &post).ok();
        member["id"].clone()
    };
    let ids = [staff("Durand", "2020-09-01", None), staff("Bernard", "2026-09-01", None), staff("Colin", "2020-09-01", Some("2026-12-31"))];
    let left = staff("Petit", "2020-09-01", Some("2026-08-31"));
    let session = open(&head, &module, &json!({}));
    head.post(&format!("{session}/registrations"), &json!({ "member_id": ids[2] })).ok();
    let told = |reply: &Value| {
        let line =
            |item: &Value| (item["member_id"].clone(), format!("{} {} {}", item["outcome"].as_str().unwrap(), item["status"], item["rank"]).replace('"', ""));
        reply["items"].as_array().unwrap().iter().map(line).collect::<Vec<_>>()
    };
    let bulk = format!("{session}/registrations/bulk");
    let trial = head.request("POST", &format!("{bulk}?mode=validate")).key("trial").json(&json!({ "establishment_id": school["id"] })).send();
    assert_eq!((trial.status, places(&head, &session).len()), (200, 1), "a trial leaves nothing behind");
    let done = head.post(&bulk, &json!({ "establishment_id": school["id"] })).ok();
    let lines = [
        (ids[1].clone(), "registered confirmed null".to_owned()),
        (ids[2].clone(), "already_registered confirmed null".to_owned()),
        (ids[0].clone(), "registered waiting_list 1".to_owned()),
    ];
    assert_eq!(told(&done), lines);
    let stranger = person(&world.head("03"), "03")["id"].clone();
    let named = head.post(&bulk, &json!({ "member_ids": [left, stranger, Id::new().to_string(), ids[0]] })).ok();
    let outcomes: Vec<String> = told(&named).into_iter().map(|(_, line)| line).collect();
    assert_eq!(outcomes, ["registered waiting_list 2", "not_found null null", "not_found null null", "already_registered waiting_list 1"]);
    assert_eq!((counts(&head, &session), head.all(&format!("{session}/registrations")).len()), ((2, 2), 4));
    assert_eq!(head.post(&bulk, &json!({})).flaws(), ["/member_ids registration.members_or_establishment"]);
    assert_eq!(head.post(&bulk, &json!({ "member_ids": [] })).flaws(), ["/member_ids list.empty"]);
    assert_eq!(head.post(&bulk, &json!({ "establishment_id": Id::new().to_string() })).flaws(), ["/establishment_id reference.not_found"]);
}

#[test]
fn of_two_registrations_of_one_person_who_was_two_records_one_stays() {
    let world = World::new();
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let [kept, twin] = ["Claire", "Clara"].map(|name| head.post("/members", &member_with(&head, "63", &json!({ "first_name": name }))).ok());
    let (both, one) = (open(&head, &module, &json!({ "capacity": 1 })), open(&head, &module, &json!({})));
    let enter = |session: &str, member: &Value| head.post(&format!("{session}/registrations"), &json!({ "member_id": member["id"] })).ok();
    // The record that goes has the seat, the one that stays waits behind somebody else.
    enter(&both, &twin);
    let waiting = register(&head, &both, 1);
    enter(&both, &kept);
    let alone = enter(&one, &twin);
    let merge = json!({ "absorbed_id": twin["id"], "reason": "Même personne." });
    let merged = head.post(&format!("{}/merges", at("members", &kept)), &merge).ok();
    assert_eq!(places(&head, &both), ["confirmed", "waiting_list 1", "cancelled"]);
    let rows = head.all(&format!("{both}/registrations"));
    assert_eq!((&rows[0]["member_id"], &rows[2]["member_id"]), (&kept["id"], &kept["id"]));
    assert_eq!((counts(&head, &both), &head.get(&at("training-registrations", &alone)).ok()["name"]), ((1, 1), &json!("Claire Dubœuf")));
    let line = merged["moved"].as_array().unwrap().iter().find(|line| line["table"] == "training_registrations").unwrap().clone();
    assert_eq!(line["count"], 2);
    order(&head, &at("member-merges", &merged), &json!({ "command": "undo", "reason": "Deux sœurs." })).ok();
    assert_eq!(head.get(&at("training-registrations", &alone)).ok()["member_id"], twin["id"]);
    // Two seats: the one that is left goes to whoever waits.
    head.patch(&both, "*", &json!({ "capacity": 2 })).ok();
    cancel(&head, &waiting);
    enter(&both, &kept);
    register(&head, &both, 2);
    head.post(&format!("{}/merges", at("members", &kept)), &merge).ok();
    assert_eq!((counts(&head, &both), places(&head, &both).last().unwrap().as_str()), ((2, 0), "confirmed"));
}

#[test]
fn whose_registration_it_was_is_forgotten_everywhere_once_it_counts_no_more() {
    let world = World::new();
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({}));
    let body = json!({ "outsider": { "name": "Zqxname", "email": "zqxmail@example.org", "organisation": "Zqxplace" } });
    let row = at("training-registrations", &head.post(&format!("{session}/registrations"), &body).ok());
    let claire = person(&head, "63");
    let bulk = head.post(&format!("{session}/registrations/bulk"), &json!({ "member_ids": [claire["id"]] })).ok();
    let own = format!("/training-registrations/{}", bulk["items"][0]["registration_id"].as_str().unwrap());
    order(&head, &row, &json!({ "command": "anonymise" })).refused(409, "registration.still_counts");
    order(&head, &row, &json!({ "command": "cancel", "reason": "Zqxreason malade." })).ok();
    order(&head, &session, &json!({ "command": "cancel", "reason": "Intempéries." })).ok();
    let words = ["zqxname", "zqxmail", "zqxplace", "zqxreason"];
    let held = world.database_text().to_lowercase();
    assert!(words.iter().all(|word| held.contains(word)));
    for path in [&row, &own] {
        let step = order(&head, path, &json!({ "command": "anonymise" })).ok();
        assert_eq!(step["from_status"], step["to_status"]);
        order(&head, path, &json!({ "command": "anonymise" })).refused(409, "registration.anonymised");
    }
    let seen = head.get(&row).ok();
    assert_eq!((&seen["name"], &seen["email"], &seen["status"]), (&Value::Null, &Value::Null, &json!("cancelled")));
    assert_eq!((&head.get(&own).ok()["member_id"], &head.get(&own).ok()["status"]), (&Value::Null, &json!("confirmed")));
    let left = world.database_text().to_lowercase();
    let found: Vec<&&str> = words.iter().filter(|word| left.contains(**word)).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn what_was_recorded_of_somebody_from_outside_is_corrected_and_still_names_one_person() {
    let world = World::new();
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({ "capacity": 9 }));
    let [anne, other] = [1, 2].map(|number| at("training-registrations", &register(&head, &session, number)));
    let seen = head.get(&anne);
    let corrected = head.patch(&anne, seen.etag(), &json!({ "name": "Anne Lac-Étang", "organisation": null })).ok();
    let told = ["name", "email", "organisation", "version", "status"].map(|name| corrected[name].clone());
    assert_eq!(told, [json!("Anne Lac-Étang"), json!("anne.1@example.org"), Value::Null, json!(2), json!("confirmed")]);
    assert_eq!(head.get(&anne).ok(), corrected);
    head.patch(&anne, seen.etag(), &json!({ "name": "Anne" })).refused(412, "version.stale");
    let versions = head.all(&format!("{anne}/history"));
    assert_eq!((versions.len(), &versions[0]["before"]["name"], &versions[0]["after"]["name"]), (2, &json!("Anne Lac 1"), &json!("Anne Lac-Étang")));
    // Nobody becomes somebody else who is registered, and whoever leaves an address frees it.
    head.patch(&other, "*", &json!({ "email": "ANNE.1@example.org" })).refused(409, "registration.already");
    head.patch(&anne, "*", &json!({ "email": null })).ok();
    assert_eq!(head.patch(&other, "*", &json!({ "email": "anne.1@example.org" })).ok()["email"], "anne.1@example.org");
    assert_eq!(head.patch(&anne, "*", &json!({ "name": null, "email": "anne at home" })).flaws(), ["/email email.invalid", "/name field.not_null"]);
    assert_eq!(head.patch(&anne, "*", &json!({ "status": "refused", "rank": 1, "member_id": null })).flaws().len(), 3);
    let own = at("training-registrations", &head.post(&format!("{session}/registrations"), &json!({ "member_id": person(&head, "63")["id"] })).ok());
    head.patch(&own, "*", &json!({ "name": "Anne" })).refused(409, "registration.of_member");
    for (client, status, code) in [(world.volunteer("63"), 403, "function.not_granted"), (world.head("03"), 404, "not_found")] {
        client.patch(&anne, "*", &json!({ "name": "Anne" })).refused(status, code);
    }
    // What was wrong is forgotten with the rest.
    order(&head, &anne, &json!({ "command": "cancel" })).ok();
    head.patch(&anne, "*", &json!({ "name": "Zqxname" })).ok();
    head.patch(&anne, "*", &json!({ "name": "Anne" })).ok();
    order(&head, &anne, &json!({ "command": "anonymise" })).ok();
    head.patch(&anne, "*", &json!({ "name": "Anne" })).refused(409, "registration.anonymised");
    assert!(!world.database_text().contains("Zqxname"));
}

#[test]
fn who_reads_that_a_member_takes_part_is_recorded_as_a_look_at_the_member() {
    let world = World::new();
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({ "capacity": 9 }));
    let away = person(&world.head("75"), "75");
    let card = json!({ "member_card": { "member_number": away["member_number"], "birth_date": "1984-05-06" } });
    let own = at("training-registrations", &head.post(&format!("{session}/registrations"), &card).ok());
    let guest = at("training-registrations", &register(&head, &session, 1));
    for path in [guest.clone(), format!("{guest}/history"), format!("{guest}/transitions")] {
        head.get(&path).ok();
    }
    assert_eq!(world.rows("access_log"), 0, "somebody from outside has no file to look at");
    let list = format!("{session}/registrations");
    for path in [list.clone(), own.clone(), format!("{own}?fields=id"), format!("{own}/history"), format!("{own}/transitions")] {
        head.get(&path).ok();
    }
    for _ in 0..2 {
        // What is said again is a look, what is said first a change.
        head.request("POST", &format!("{own}/transitions")).key("again").header("If-Match", "*").json(&json!({ "command": "cancel" })).send().ok();
    }
    let told: Vec<Value> = world.user("dpo", Role::Dpo, None).all(&format!("/members/{}/access-log", away["id"].as_str().unwrap()));
    let mut told: Vec<&str> = told.iter().map(|look| look["operation"].as_str().unwrap()).collect();
    told.sort_unstable();
    let operations = ["history", "list", "retrieve", "retrieve", "transition", "transitions_list"].map(|word| format!("training_registrations_{word}"));
    assert_eq!(told, operations);
}

/// Asks until it is answered: a server that says it is busy is asked again under the same key.
fn insist(client: &Client, path: &str, key: &str, body: &Value) -> Value {
    loop {
        let reply = client.request("POST", path).key(key).header("If-Match", "*").json(body).send();
        if reply.status != 503 {
            return reply.ok();
        }
    }
}

#[test]
fn five_hundred_who_come_at_once_for_twenty_seats_get_twenty_and_a_line_without_gap_or_tie() {
    let world = World::with(&[("RATE_LIMIT", "1000000")]);
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({ "capacity": 20 }));
    let (path, next) = (format!("{session}/registrations"), AtomicUsize::new(0));
    let told: Vec<Value> = std::thread::scope(|scope| {
        let client = || {
            let mut told = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= 500 {
                    return told;
                }
                told.push(insist(&head, &path, &format!("seat-{number}"), &outsider(number)));
            }
        };
        let clients: Vec<_> = (0..64).map(|_| scope.spawn(client)).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let mut ranks: Vec<i64> = told.iter().filter_map(|row| row["rank"].as_i64()).collect();
    ranks.sort_unstable();
    assert_eq!(ranks, (1..=480).collect::<Vec<i64>>(), "each was told a rank of their own");
    let rows = head.all(&format!("{path}?limit=100"));
    let of = |status: &str| rows.iter().filter(|row| row["status"] == status).count();
    assert_eq!((rows.len(), of("confirmed"), of("waiting_list"), counts(&head, &session)), (500, 20, 480, (20, 480)));
    let stored: BTreeSet<(String, i64)> = rows.iter().filter_map(|row| Some((row["id"].as_str()?.to_owned(), row["rank"].as_i64()?))).collect();
    let answered: BTreeSet<(String, i64)> = told.iter().filter_map(|row| Some((row["id"].as_str()?.to_owned(), row["rank"].as_i64()?))).collect();
    assert_eq!(stored, answered, "and keeps it");
}

/// A step of a walk: somebody comes, one of those who came leaves, the capacity changes.
#[derive(Debug, Clone)]
enum Step {
    Enter,
    Leave(prop::sample::Index),
    Resize(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![4 => Just(Step::Enter), 3 => any::<prop::sample::Index>().prop_map(Step::Leave), 1 => (1..6_i64).prop_map(Step::Resize)];
    prop::collection::vec(step, 1..24)
}

#[test]
fn every_walk_of_comings_leavings_and_capacities_ends_as_a_naive_list_says() {
    let world = World::with(&[("RATE_LIMIT", "1000000")]);
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    runner
        .run(&steps(), |walk| {
            let session = open(&head, &module, &json!({ "capacity": 2 }));
            // Who came, in order: whether each is still there. The first of them sit, the others wait, in the order in which they came.
            let (mut rows, mut there, mut seated, mut capacity): (Vec<Value>, Vec<bool>, Vec<usize>, i64) = (Vec::new(), Vec::new(), Vec::new(), 2);
            for step in walk {
                match step {
                    Step::Enter => {
                        rows.push(register(&head, &session, rows.len()));
                        there.push(true);
                    }
                    Step::Leave(index) if !rows.is_empty() => {
                        let at_row = index.index(rows.len());
                        let reply = order(&head, &at("training-registrations", &rows[at_row]), &json!({ "command": "cancel" }));
                        prop_assert_eq!(reply.status == 201, there[at_row], "{}", reply.text());
                        there[at_row] = false;
                        seated.retain(|row| *row != at_row);
                    }
                    Step::Leave(_) => {}
                    Step::Resize(to) => {
                        let reply = head.patch(&session, "*", &json!({ "capacity": to }));
                        let fits = to >= i64::try_from(seated.len()).unwrap();
                        prop_assert_eq!(reply.status == 200, fits, "{}", reply.text());
                        capacity = if fits { to } else { capacity };
                    }
                }
                for (row, here) in there.iter().enumerate() {
                    if *here && !seated.contains(&row) && i64::try_from(seated.len()).unwrap() < capacity {
                        seated.push(row);
                    }
                }
            }
            let mut rank = 0;
            let place = |row: usize| match (there[row], seated.contains(&row)) {
                (false, _) => "cancelled".to_owned(),
                (true, true) => "confirmed".to_owned(),
                (true, false) => {
                    rank += 1;
                    format!("waiting_list {rank}")
                }
            };
            let expected: Vec<String> = (0..rows.len()).map(place).collect();
            prop_assert_eq!(places(&head, &session), expected);
            Ok(())
        })
        .unwrap();
}

#[test]
fn whatever_is_done_at_once_nobody_is_overbooked_and_nobody_waits_beside_a_free_seat() {
    let world = World::with(&[("RATE_LIMIT", "1000000")]);
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({ "capacity": 4 }));
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for worker in 0..8_usize {
            let (head, session, next) = (&head, &session, &next);
            scope.spawn(move || {
                for turn in 0..12_usize {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let row = insist(head, &format!("{session}/registrations"), &format!("in-{number}"), &outsider(number));
                    if (worker + turn).is_multiple_of(3) {
                        let steps = format!("{}/transitions", at("training-registrations", &row));
                        insist(head, &steps, &format!("out-{number}"), &json!({ "command": "cancel" }));
                    }
                    if worker == 0 && turn % 4 == 3 {
                        let reply = head.patch(session, "*", &json!({ "capacity": 4 + turn }));
                        assert!([200, 503].contains(&reply.status), "{}", reply.text());
                    }
                }
            });
        }
    });
    let rows = head.all(&format!("{session}/registrations?limit=100"));
    let of = |status: &str| i64::try_from(rows.iter().filter(|row| row["status"] == status).count()).unwrap();
    let capacity = head.get(&session).ok()["capacity"].as_i64().unwrap();
    assert_eq!((rows.len(), counts(&head, &session)), (96, (of("confirmed"), of("waiting_list"))));
    assert!(of("confirmed") == capacity && of("cancelled") == 32, "{} of {capacity}, {} cancelled", of("confirmed"), of("cancelled"));
    let mut ranks: Vec<i64> = rows.iter().filter_map(|row| row["rank"].as_i64()).collect();
    ranks.sort_unstable();
    assert_eq!(ranks, (1..=of("waiting_list")).collect::<Vec<i64>>());
}

#[test]
fn a_version_that_somebody_else_has_seen_to_is_refused() {
    let world = World::new();
    let (head, module) = (world.head("63"), module(&world, "RESP"));
    let session = open(&head, &module, &json!({ "capacity": 1 }));
    let (first, second) = (register(&head, &session, 1), register(&head, &session, 2));
    cancel(&head, &first);
    order_at(&head, &at("training-registrations", &second), "\"1\"", &json!({ "command": "cancel" })).refused(412, "version.stale");
}

//! Likely duplicates of a member, scored.

use crate::harness::cases::at;
use crate::harness::data::{member_with, school};
use crate::harness::directory::import_of;
use crate::harness::{Client, World};
use serde_json::{Value, json};

fn person(client: &Client, department: &str, fields: Value) -> Value {
    client.post("/members", &member_with(client, department, &fields)).ok()
}

fn candidates(client: &Client, member: &Value) -> Vec<(Value, i64, Value)> {
    let found = client.get(&format!("{}/duplicates", at("members", member))).ok();
    found["items"].as_array().unwrap().iter().map(|item| (item["member"]["id"].clone(), item["score"].as_i64().unwrap(), item["keys"].clone())).collect()
}

#[test]
fn the_likeliest_comes_first_with_what_both_have_in_common() {
    let world = World::new();
    let head = world.head("63");
    let school = world.admin().post("/establishments", &school(630_001)).ok();
    let claire = person(
        &head,
        "63",
        json!({ "birth_date": "1980-05-02", "phone": "0601020304", "email": "Claire@Example.org", "address": { "line1": "1, rue Haute", "postal_code": "63000" } }),
    );
    let same = person(
        &head,
        "63",
        json!({ "last_name": "DUBOEUF", "birth_date": "1980-05-02", "email": "claire@example.ORG", "address": { "line1": "1 RUE HAUTE", "postal_code": "63000" } }),
    );
    let swapped = person(&head, "63", json!({ "last_name": "Claire", "first_name": "Dubœuf", "phone": "+33601020304" }));
    let slip = person(&head, "63", json!({ "last_name": "Dubeuf", "birth_date": "1980-05-02" }));
    let married = person(&head, "63", json!({ "last_name": "Martin", "birth_name": "Dubœuf", "email": "claire@example.org" }));
    for _ in 0..3 {
        person(&head, "63", json!({ "last_name": "Núñez", "first_name": "Ana", "email": "claire@example.org" }));
    }
    for member in [&claire, &slip] {
        let post = json!({ "starts_on": "2026-09-01", "occupation": "cpe", "establishment_id": school["id"] });
        head.post(&format!("{}/employments", at("members", member)), &post).ok();
    }
    let found = candidates(&head, &claire);
    let expected = [
        (same["id"].clone(), 100, json!(["name", "birth_date", "email", "address"])),
        (slip["id"].clone(), 70, json!(["similar_name", "birth_date", "establishment"])),
        (swapped["id"].clone(), 60, json!(["name", "phone"])),
        (married["id"].clone(), 60, json!(["name", "email"])),
    ];
    assert_eq!(found, expected, "an address for mail alone proves nothing");
    assert!(candidates(&head, &married).iter().any(|(id, ..)| *id == claire["id"]), "it goes both ways");
}

#[test]
fn candidates_lie_in_the_callers_perimeter_and_are_alive() {
    let world = World::new();
    let (head, elsewhere) = (world.head("63"), world.head("03"));
    let fields = json!({ "birth_date": "1980-05-02" });
    let claire = person(&head, "63", fields.clone());
    person(&elsewhere, "03", fields.clone());
    assert_eq!(candidates(&head, &claire), []);
    let twin = person(&head, "63", fields);
    assert_eq!(candidates(&head, &claire).len(), 1);
    assert_eq!(candidates(&world.volunteer("63"), &claire).len(), 1);
    head.post(&format!("{}/merges", at("members", &claire)), &json!({ "absorbed_id": twin["id"], "reason": "Même personne." })).ok();
    assert_eq!(candidates(&head, &claire), []);
    elsewhere.get(&format!("{}/duplicates", at("members", &claire))).refused(404, "not_found");
}

#[test]
fn an_identifier_of_another_system_under_another_kind_is_a_key() {
    let world = World::new();
    let head = world.head("63");
    let named = |kind: &str, last_name: &str| json!({ "last_name": last_name, "external_ids": [{ "system": "maif", "kind": kind, "value": "1234567M" }] });
    let claire = person(&head, "63", named("member", "Dubœuf"));
    let other = person(&head, "63", named("holder", "Duboeuf"));
    person(&head, "63", named("contract", "Martin"));
    let found = candidates(&head, &claire);
    assert_eq!(found, [(other["id"].clone(), 75, json!(["name", "external_id"]))]);
}

#[test]
fn members_of_other_departments_do_not_crowd_out_those_of_ones_own() {
    let world = World::new();
    let (head, elsewhere) = (world.head("63"), world.head("03"));
    let claire = person(&head, "63", json!({ "birth_date": "1970-01-01" }));
    let slip = person(&head, "63", json!({ "last_name": "Bubœuf", "birth_date": "1970-01-01" }));
    let alike: Vec<Value> = vec![slip["id"].clone()];
    let ids = |found: Vec<(Value, i64, Value)>| found.into_iter().map(|(id, ..)| id).collect::<Vec<_>>();
    assert_eq!(ids(candidates(&head, &claire)), alike);
    // More than one look-up brings, and before them in its order.
    let line = |at: u32| format!("A-{at};Aaron{};Anne;1970-01-01\n", char::from(b'a' + u8::try_from(at % 26).unwrap()));
    let file = (0..220).fold("numero_adherent;nom;prenom;date_naissance\n".to_owned(), |file, at| file + &line(at));
    let done = import_of(&world, &elsewhere, "members", "partial", file.as_bytes());
    assert_eq!(done["created"], 220);
    assert_eq!(ids(candidates(&head, &claire)), alike, "what is hidden has a part in the answer");
}

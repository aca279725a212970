//! Correspondents, and whom to call first.

use crate::harness::data::school_with;
use crate::harness::{Client, World};
use serde_json::{Value, json};

/// A school in a department; its path.
fn school(admin: &Client, number: u32, department: &str) -> String {
    let school = admin.post("/establishments", &school_with(number, &json!({ "department_code": department }))).ok();
    format!("/establishments/{}", school["id"].as_str().unwrap())
}

fn person(name: &str, from: &str, to: Option<&str>) -> Value {
    json!({ "display_name": name, "phone": "06 00 00 00 01", "starts_on": from, "ends_on": to })
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

#[test]
fn one_correspondent_is_in_office_at_a_time_unless_both_share_it() {
    let world = World::new();
    let path = format!("{}/correspondents", school(&world.admin(), 630_001, "63"));
    let head = world.head("63");
    let first = head.post(&path, &person("Claire Dubœuf", "2025-09-01", None));
    assert_eq!(first.status, 201);
    head.post(&path, &person("Ana Núñez", "2026-09-01", None)).refused(409, "correspondent.in_office");
    head.post(&path, &with(person("Ana Núñez", "2026-09-01", None), "co_correspondent", json!(true))).refused(409, "correspondent.in_office");
    let flat = format!("/correspondents/{}", first.json()["id"].as_str().unwrap());
    let shared = head.patch(&flat, first.etag(), &json!({ "co_correspondent": true }));
    assert_eq!(shared.status, 200);
    assert_eq!(head.post(&path, &with(person("Ana Núñez", "2026-09-01", None), "co_correspondent", json!(true))).status, 201);
    assert_eq!(head.all(&format!("{path}?on=2026-10-01")).len(), 2);
    assert_eq!(head.all(&format!("{path}?on=2025-10-01")).len(), 1);
}

#[test]
fn the_periods_of_one_person_never_overlap() {
    let world = World::new();
    let path = format!("{}/correspondents", school(&world.admin(), 630_001, "63"));
    let head = world.head("63");
    let shared = |body| with(body, "co_correspondent", json!(true));
    assert_eq!(head.post(&path, &shared(person("Claire Dubœuf", "2025-09-01", Some("2026-08-31")))).status, 201);
    head.post(&path, &shared(person("CLAIRE DUBOEUF", "2026-08-31", None))).refused(409, "correspondent.period_overlap");
    assert_eq!(head.post(&path, &shared(person("CLAIRE DUBOEUF", "2026-09-01", None))).status, 201);
}

#[test]
fn many_at_once_name_one_correspondent() {
    let world = World::new();
    let path = format!("{}/correspondents", school(&world.admin(), 630_001, "63"));
    let head = world.head("63");
    let created: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..16)
            .map(|at| {
                let (head, path) = (&head, &path);
                scope.spawn(move || head.post(path, &person(&format!("Personne {at}"), "2026-09-01", None)).status)
            })
            .collect();
        tries.into_iter().map(|try_| usize::from(try_.join().unwrap() == 201)).sum()
    });
    assert_eq!(created, 1);
}

#[test]
fn only_the_department_names_correspondents_and_everybody_reads_them() {
    let world = World::new();
    let path = format!("{}/correspondents", school(&world.admin(), 630_001, "63"));
    world.head("03").post(&path, &person("Claire Dubœuf", "2026-09-01", None)).refused(404, "not_found");
    world.volunteer("63").post(&path, &person("Claire Dubœuf", "2026-09-01", None)).refused(403, "function.not_granted");
    let named = world.head("63").post(&path, &person("Claire Dubœuf", "2026-09-01", None)).ok();
    let read = world.volunteer("03").get(&format!("/correspondents/{}?expand=establishment", named["id"].as_str().unwrap())).ok();
    assert_eq!(read["establishment"]["department_code"], "63");
}

#[test]
fn the_first_contact_is_the_nearest_that_answers() {
    let world = World::new();
    let admin = world.admin();
    let path = school(&admin, 630_001, "63");
    let contact = |client: &Client| client.get(&format!("{path}/first-contact")).ok();
    let volunteer = world.volunteer("63");
    assert_eq!(contact(&volunteer)["level"], "national");

    let association = admin.all("/associations?department=63")[0].clone();
    let own = format!("/associations/{}", association["id"].as_str().unwrap());
    let etag = admin.get(&own).etag().to_owned();
    let hours = json!([{ "weekday": "sunday", "opens_at": "09:00", "closes_at": "12:00" }]);
    admin.patch(&own, &etag, &json!({ "phone": "04 73 00 00 00", "on_call_hours": hours })).ok();
    world.set_time("2026-11-22T09:00:00Z");
    let found = contact(&volunteer);
    assert_eq!((&found["level"], &found["phone"], &found["open_now"]), (&json!("association"), &json!("+33473000000"), &json!(true)));
    world.set_time("2026-11-22T11:30:00Z");
    assert_eq!(contact(&world.volunteer("63"))["open_now"], false);

    // Tokens live ten minutes.
    let admin = world.admin();
    admin.post(&format!("{own}/team-members"), &json!({ "display_name": "Équipe", "function": "volunteer", "starts_on": "2026-01-01" })).ok();
    let volunteer = world.volunteer("63");
    assert_eq!(contact(&volunteer)["level"], "team");
    admin.post(&format!("{path}/correspondents"), &person("Claire Dubœuf", "2026-09-01", Some("2026-11-22"))).ok();
    assert_eq!(contact(&volunteer)["contacts"][0]["display_name"], "Claire Dubœuf");
    world.set_time("2026-11-22T23:30:00Z");
    assert_eq!(contact(&world.volunteer("63"))["level"], "team", "in Paris it is the next day");
    world.anonymous().get(&format!("{path}/first-contact")).refused(401, "credentials.missing");
}

#[test]
fn a_territory_without_association_falls_to_the_national_one() {
    let world = World::new();
    let path = school(&world.admin(), 9_880_001, "988");
    assert_eq!(world.volunteer("63").get(&format!("{path}/first-contact")).ok()["level"], "national");
}

#[test]
fn a_correspondent_is_a_member_whom_the_caller_may_see() {
    let world = World::new();
    let admin = world.admin();
    let path = format!("{}/correspondents", school(&admin, 630_001, "63"));
    let (head, stranger) = (world.head("63"), world.head("03"));
    let member = |client: &Client, department: &str| client.post("/members", &crate::harness::data::member(client, department)).ok()["id"].clone();
    let (own, other) = (member(&head, "63"), member(&stranger, "03"));
    for hidden in [other, json!(entraide::db::Id::new().to_string())] {
        assert_eq!(head.post(&path, &with(person("Claire Dubœuf", "2026-09-01", None), "member_id", hidden)).flaws(), ["/member_id reference.not_found"]);
    }
    let named = head.post(&path, &with(person("Claire Dubœuf", "2026-09-01", None), "member_id", own.clone()));
    assert_eq!(named.json()["member_id"], own);
    assert_eq!(admin.post(&path, &with(person("Ana Núñez", "2026-09-01", None), "member_id", own.clone())).flaws(), ["/member_id reference.not_found"]);
    let etag = head.get(&format!("/members/{}", own.as_str().unwrap())).etag().to_owned();
    head.delete(&format!("/members/{}", own.as_str().unwrap()), &etag).refused(409, "resource.still_referenced");
    let flat = format!("/correspondents/{}", named.json()["id"].as_str().unwrap());
    assert_eq!(head.patch(&flat, named.etag(), &json!({ "member_id": null })).ok()["member_id"], Value::Null);
}

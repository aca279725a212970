//! Associations and their teams.

use crate::harness::{Client, World};
use serde_json::{Value, json};

/// The association of a department, with its path and its current tag.
fn association(client: &Client, department: &str) -> (Value, String, String) {
    let found = client.all(&format!("/associations?department={department}"));
    let path = format!("/associations/{}", found[0]["id"].as_str().unwrap());
    let reply = client.get(&path);
    (reply.json(), path, reply.etag().to_owned())
}

#[test]
fn every_department_has_an_association_and_there_is_one_national() {
    let world = World::new();
    let volunteer = world.volunteer("63");
    assert_eq!(volunteer.all("/associations?level=department").len(), 101);
    assert_eq!(volunteer.all("/associations?level=national").len(), 1);
    assert_eq!(association(&volunteer, "974").0["time_zone"], "Indian/Reunion");
    assert_eq!(volunteer.get("/associations?department=988").flaws(), ["department department.without_association"]);
}

#[test]
fn a_head_keeps_the_hours_of_their_own_association_only() {
    let world = World::new();
    let head = world.head("63");
    let (_, path, etag) = association(&head, "63");
    let hours = json!([{ "weekday": "monday", "opens_at": "09:00", "closes_at": "12:00" }, { "weekday": "monday", "opens_at": "14:00", "closes_at": "17:30" }]);
    let changed = head.patch(&path, &etag, &json!({ "phone": "04 73 00 00 00", "on_call_hours": hours })).ok();
    assert_eq!((&changed["phone"], &changed["on_call_hours"]), (&json!("+33473000000"), &hours));
    let (_, other, etag) = association(&head, "03");
    head.patch(&other, &etag, &json!({ "phone": null })).refused(404, "not_found");
    assert_eq!(head.all(&format!("{path}/history")).len(), 2);
}

#[test]
fn hours_neither_overlap_nor_run_backwards_and_zones_exist() {
    let world = World::new();
    let admin = world.admin();
    let (_, path, etag) = association(&admin, "63");
    let span = |from: &str, to: &str| json!({ "weekday": "monday", "opens_at": from, "closes_at": to });
    let flaws = |body: Value| admin.patch(&path, &etag, &body).flaws();
    assert_eq!(flaws(json!({ "on_call_hours": [span("09:00", "12:00"), span("11:59", "14:00")] })), ["/on_call_hours period.overlap"]);
    assert_eq!(flaws(json!({ "on_call_hours": [span("12:00", "09:00")] })), ["/on_call_hours/0/closes_at period.reversed"]);
    assert_eq!(flaws(json!({ "on_call_hours": [span("9h", "25:00")] })), ["/on_call_hours/0/closes_at time.invalid", "/on_call_hours/0/opens_at time.invalid"]);
    assert_eq!(flaws(json!({ "time_zone": "Europe/Clermont" })), ["/time_zone time_zone.unknown"]);
}

#[test]
fn a_team_is_kept_by_its_department() {
    let world = World::new();
    let (head, stranger) = (world.head("63"), world.head("03"));
    let (_, path, _) = association(&head, "63");
    let person = json!({ "display_name": "Claire Dubœuf", "function": "head", "phone": "04 73 00 00 01", "starts_on": "2026-01-01" });
    let created = head.post(&format!("{path}/team-members"), &person);
    assert_eq!(created.status, 201);
    stranger.post(&format!("{path}/team-members"), &person).refused(404, "not_found");
    let member = format!("/team-members/{}", created.json()["id"].as_str().unwrap());
    stranger.patch(&member, created.etag(), &json!({ "phone": null })).refused(404, "not_found");
    assert_eq!(head.patch(&member, created.etag(), &json!({ "ends_on": "2025-12-31" })).flaws(), ["/ends_on period.reversed"]);
    let ended = head.patch(&member, created.etag(), &json!({ "ends_on": "2026-06-30" }));
    assert_eq!(ended.ok()["version"], 2);
    assert_eq!(head.all(&format!("{path}/team-members?on=2026-06-30")).len(), 1);
    assert_eq!(head.all(&format!("{path}/team-members?on=2026-07-01")).len(), 0);
    assert_eq!(head.delete(&member, ended.etag()).status, 204);
    head.get(&member).refused(404, "not_found");
}

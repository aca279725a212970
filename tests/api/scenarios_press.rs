//! A post on a social network, through the API alone: what moves the clock of the press law, and what never does.

use crate::harness::World;
use crate::harness::cases::{at, case_with, order, path, person, step_with, user_id};
use entraide::dossiers::deadlines::runner;
use serde_json::{Value, json};

#[test]
fn a_post_on_a_social_network_is_followed_by_its_clock_until_a_civil_party_complaint_restarts_it() {
    let world = World::new();
    let head = world.head("63");
    let fields = json!({ "motive_code": "defamation", "secondary_motive_codes": ["cyber"], "referent_id": user_id(&head),
        "facts": { "date": "2026-09-14", "place": "online", "summary": "Accusée de maltraitance sur un réseau social." } });
    let dossier = head.post("/dossiers", &case_with(&person(&head, "63"), &fields)).ok();
    let address = path(&dossier);
    order(&head, &address, &json!({ "command": "take_charge" })).ok();
    let running = || -> Vec<(Value, Value, Value)> {
        let all = head.all(&format!("{address}/deadlines?status=running,reached,met"));
        all.iter().map(|deadline| (deadline["code"].clone(), deadline["starts_on"].clone(), deadline["due_on"].clone())).collect()
    };
    let press = |from: &str, to: &str| vec![(json!("press_offence"), json!(from), json!(to))];
    assert_eq!(running(), press("2026-09-14", "2026-12-14"));

    // The member remembers that it stood there two days before she saw it.
    head.post(&format!("{address}/deadline-events"), &json!({ "kind": "publication", "occurred_on": "2026-09-12" })).ok();
    assert_eq!(running(), press("2026-09-12", "2026-12-12"));

    // A police log, then a simple complaint: the clock does not move, and there is no waiting for three months.
    let opened = json!({ "nature": "criminal", "member_side": "victim", "opened_on": "2026-09-15" });
    let proceeding = at("proceedings", &head.post(&format!("{address}/proceedings"), &opened).ok());
    let done = |kind: &str, done_by: &str, day: &str| {
        head.post(&format!("{proceeding}/steps"), &step_with(kind, &json!({ "done_by": done_by, "occurred_on": day }))).ok()
    };
    done("police_log", "member", "2026-09-15");
    done("complaint", "member", "2026-10-01");
    done("direct_summons", "opposing", "2026-11-02");
    assert_eq!(running(), press("2026-09-12", "2026-12-12"));

    // A civil-party complaint restarts it; what was recorded by error does not count.
    let filed = done("civil_party", "member", "2026-11-20");
    assert_eq!(running(), press("2026-11-20", "2027-02-20"));
    let error = at("proceeding-steps", &done("act_of_procedure", "authority", "2026-11-21"));
    assert_eq!(running(), press("2026-11-21", "2027-02-21"));
    order(&head, &error, &json!({ "command": "void", "reason": "Autre dossier." })).ok();
    assert_eq!(running(), press("2026-11-20", "2027-02-20"));
    head.patch(&proceeding, "*", &json!({ "member_side": "accused" })).ok();
    assert_eq!(running(), press("2026-09-12", "2026-12-12"), "nothing is interrupted for who answers for it");
    head.patch(&proceeding, "*", &json!({ "member_side": "victim" })).ok();
    assert_eq!(head.get(&at("proceeding-steps", &filed)).ok()["status"], "recorded");

    // Fifteen days before the end the referent is told.
    world.set_time("2027-02-04T09:00:00Z");
    assert_eq!(runner::step(&world.server).unwrap(), 0);
    world.set_time("2027-02-05T09:00:00Z");
    assert_eq!(runner::step(&world.server).unwrap(), 1);
    let head = world.again(&head);
    let mine = head.all("/tasks?assignee=me&due=2027-02-15/2027-02-21");
    let task: Vec<&Value> = ["title", "due_on", "assignee_id"].iter().map(|name| &mine[0][*name]).collect();
    assert_eq!(task, [&json!("Échéance dans 15 jours : Diffamation ou injure publique"), &json!("2027-02-20"), &user_id(&head)]);
    assert_eq!(mine.len(), 1);
}

#[test]
fn a_simple_complaint_of_a_threat_opens_the_way_to_a_civil_party_complaint_which_meets_it() {
    let world = World::new();
    let head = world.head("63");
    let dossier = head.post("/dossiers", &case_with(&person(&head, "63"), &json!({ "motive_code": "death_threat" }))).ok();
    let address = path(&dossier);
    let opened = json!({ "nature": "criminal", "member_side": "victim", "opened_on": "2026-08-15" });
    let proceeding = at("proceedings", &head.post(&format!("{address}/proceedings"), &opened).ok());
    let done = |kind: &str, day: &str| head.post(&format!("{proceeding}/steps"), &step_with(kind, &json!({ "occurred_on": day }))).ok();
    let complaint = done("complaint", "2026-08-20");
    let own = at("deadlines", &head.all(&format!("{address}/deadlines"))[0]);
    let told = || {
        let view = head.get(&own).ok();
        ["code", "due_on", "effect", "status"].map(|name| view[name].as_str().unwrap().to_owned())
    };
    assert_eq!(told(), ["civil_party_complaint", "2026-11-20", "right_opened", "reached"]);
    let filed = at("proceeding-steps", &done("civil_party", "2026-11-21"));
    assert_eq!((told()[3].as_str(), head.get(&own).ok()["met_on"].clone()), ("met", json!("2026-11-21")));
    order(&head, &filed, &json!({ "command": "void", "reason": "Erreur." })).ok();
    assert_eq!(told()[3], "reached");
    order(&head, &at("proceeding-steps", &complaint), &json!({ "command": "void", "reason": "Erreur." })).ok();
    assert_eq!(told()[3], "superseded");
}

//! A head threatened by a parent, through the API alone: one incident, six dossiers, a conciliation with commitments that are checked
//! later.

use crate::harness::cases::{at, case_with, commands, order, path, person, user_id};
use crate::harness::data::school;
use crate::harness::{Client, World};
use serde_json::{Value, json};

/// One of the six: threatened that morning, worked by the head of the department.
fn threatened(head: &Client, incident: &Value, school: &Value) -> Value {
    let fields = json!({ "establishment_id": school["id"], "motive_code": "death_threat", "referent_id": user_id(head),
        "facts": { "date": "2026-11-16", "place": "surroundings", "incident_id": incident["id"] } });
    let dossier = head.post("/dossiers", &case_with(&person(head, "63"), &fields)).ok();
    order(head, &path(&dossier), &json!({ "command": "take_charge" })).ok();
    dossier
}

#[test]
fn a_head_threatened_by_a_parent() {
    let world = World::new();
    let school = world.admin().post("/establishments", &school(630_001)).ok();
    let head = world.head("63");

    // A parent threatens the head of the school and five teachers at the gate.
    let event = json!({ "establishment_id": school["id"], "occurred_on": "2026-11-16", "occurred_time": "08:10", "place": "surroundings",
        "natures": ["death_threat", "intrusion"], "summary": "Un parent menace la principale et cinq professeurs." });
    let incident = head.post("/incidents", &event).ok();
    let dossiers: Vec<Value> = (0..6).map(|_| threatened(&head, &incident, &school)).collect();
    let (principal, others) = dossiers.split_first().unwrap();
    for other in others {
        head.post(&format!("{}/links", path(other)), &json!({ "kind": "same_incident", "linked_dossier_id": principal["id"] })).ok();
    }
    let seen = head.get(&at("incidents", &incident)).ok();
    assert_eq!((&seen["dossiers_count"], &seen["persons_count"]), (&json!(6), &json!(6)));
    assert_eq!(head.all("/incidents").len(), 1, "one incident, whatever it opened");
    let linked = head.all(&format!("{}/links?kind=same_incident", path(principal)));
    assert_eq!(linked.len(), 5);
    assert!(linked.iter().all(|link| link["relation"] == "same_incident"));

    // The head of the school accepts a conciliation; both sides promise something.
    let talks =
        at("conciliations", &head.post(&format!("{}/conciliations", path(principal)), &json!({ "subject": "Apaiser la relation avec la famille." })).ok());
    for command in ["accept", "start"] {
        order(&head, &talks, &json!({ "command": command })).ok();
    }
    let session = json!({ "held_on": "2026-11-20", "medium": "in_person", "venue": "Collège", "participants": "La principale, le père, la médiatrice." });
    head.post(&format!("{talks}/sessions"), &session).ok();
    let promise = |side: &str, text: &str, check_on: &str| {
        at("commitments", &head.post(&format!("{talks}/commitments"), &json!({ "side": side, "promise": text, "check_on": check_on })).ok())
    };
    let letter = promise("opposing", "Écrire une lettre d'excuses.", "2026-12-15");
    let meetings = promise("establishment", "Recevoir la famille sur rendez-vous.", "2027-01-15");
    order(&head, &talks, &json!({ "command": "agree" })).ok();
    order(&head, &talks, &json!({ "command": "verify" })).refused(409, "conciliation.commitments_unchecked");
    let end = json!({ "command": "close", "outcome": "conciliation_succeeded", "outcome_for_member": "favourable" });
    let blocked = order(&head, &path(principal), &end);
    blocked.refused(409, "dossier.open_beneath");
    let kinds: Vec<Value> = blocked.json()["errors"].as_array().unwrap().iter().map(|error| error["params"]["kind"].clone()).collect();
    assert_eq!(kinds, ["task", "task", "conciliation"]);

    // The dossiers of the five teachers end on their own.
    for other in others {
        order(&head, &path(other), &json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" })).ok();
    }

    // Weeks later, what waits for the head is the check of what was promised.
    world.set_time("2027-01-16T09:00:00Z");
    let head = world.again(&head);
    let waiting = head.all("/tasks?assignee=me&status=open&due=../2027-01-16");
    assert_eq!(waiting.iter().map(|task| task["due_on"].clone()).collect::<Vec<_>>(), ["2026-12-15", "2027-01-15"]);
    order(&head, &letter, &json!({ "command": "mark_kept", "checked_on": "2026-12-18", "reason": "Lettre reçue." })).ok();
    order(&head, &meetings, &json!({ "command": "mark_not_kept", "reason": "Aucun rendez-vous proposé." })).ok();
    assert_eq!(head.all("/tasks?assignee=me&status=open"), Vec::<Value>::new());
    assert_eq!(commands(&head.get(&talks).ok()), ["verify"]);
    order(&head, &talks, &json!({ "command": "verify" })).ok();
    order(&head, &path(principal), &end).ok();
    let seen = head.get(&at("incidents", &incident)).ok();
    assert_eq!((&seen["dossiers_count"], &seen["persons_count"]), (&json!(6), &json!(6)), "what is closed still counts");
}

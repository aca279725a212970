//! Parties: who has a part in a dossier, as far as that was needed.

use crate::harness::cases::{Office, at, case_with, order, path, person};
use crate::harness::data::member_with;
use crate::harness::{Client, World};
use entraide::auth::Role;
use serde_json::{Value, json};

fn parties(dossier: &Value) -> String {
    format!("{}/parties", path(dossier))
}

fn pupil() -> Value {
    json!({ "role": "witness", "category": "pupil", "minor": true, "display_name": "Zoé" })
}

fn close(head: &Client, dossier: &Value, referent: &Value) {
    order(head, &path(dossier), &json!({ "command": "assign", "referent_id": referent })).ok();
    order(head, &path(dossier), &json!({ "command": "take_charge" })).ok();
    order(head, &path(dossier), &json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" })).ok();
}

#[test]
fn a_party_is_recorded_listed_corrected_and_remembered() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let made = head.post(&parties(&dossier), &pupil());
    let party = made.ok();
    assert_eq!((made.status, made.header("location")), (201, format!("/api/v1{}", at("parties", &party)).as_str()));
    assert_eq!((&party["dossier_id"], &party["role"], &party["minor"], &party["email"]), (&dossier["id"], &json!("witness"), &json!(true), &Value::Null));
    head.post(&parties(&dossier), &json!({ "role": "administration", "category": "hierarchy" })).ok();
    assert_eq!(head.all(&parties(&dossier)).len(), 2);
    let found = head.all(&format!("{}?role=witness,mediator&category=pupil", parties(&dossier)));
    assert_eq!((found.len(), &found[0]), (1, &party));

    let path = at("parties", &party);
    let changed = head.patch(&path, made.etag(), &json!({ "display_name": null, "category": "relative" })).ok();
    assert_eq!((&changed["display_name"], &changed["category"], &changed["version"]), (&Value::Null, &json!("relative"), &json!(2)));
    head.patch(&path, made.etag(), &json!({ "minor": false })).refused(412, "version.stale");
    assert_eq!(head.get(&path).ok(), changed);
    let history = head.all(&format!("{path}/history"));
    assert_eq!((history.len(), &history[0]["before"]["display_name"], &history[0]["after"]["display_name"]), (2, &json!("Zoé"), &Value::Null));
}

#[test]
fn what_is_wrong_with_a_party_is_told_where_it_is() {
    let Office { world, head, dossier, .. } = Office::new();
    let elsewhere = person(&world.head("03"), "03");
    let add = |fields: Value| {
        let mut body = pupil();
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        head.post(&parties(&dossier), &body)
    };
    assert_eq!(
        add(json!({ "role": "enemy", "category": "x", "phone": "12" })).flaws(),
        ["/category choice.unknown", "/phone phone.invalid", "/role choice.unknown"]
    );
    assert_eq!(add(json!({ "birth_date": "2026-11-23" })).flaws(), ["/birth_date date.in_future"]);
    assert_eq!(add(json!({ "member_id": elsewhere["id"] })).flaws(), ["/member_id reference.not_found"]);
    assert_eq!(add(json!({ "birth_date": "2026-11-22" })).status, 201);
    let path = at("parties", &add(json!({})).ok());
    assert_eq!(head.patch(&path, "*", &json!({ "birth_date": "2026-11-23" })).flaws(), ["/birth_date date.in_future"]);
    assert_eq!(head.patch(&path, "*", &json!({ "member_id": elsewhere["id"] })).flaws(), ["/member_id reference.not_found"]);
    assert_eq!(head.patch(&path, "*", &json!({ "role": null })).flaws(), ["/role field.not_null"]);
}

#[test]
fn the_member_is_no_opponent_in_their_own_dossier() {
    let world = World::new();
    let head = world.head("63");
    let own = head.post("/members", &member_with(&head, "63", &json!({ "birth_date": "1984-05-06", "phone": "+33473000001" }))).ok();
    let dossier = head.post("/dossiers", &case_with(&own, &json!({}))).ok();
    let party = |role: &str, fields: Value| {
        let mut body = json!({ "role": role, "category": "colleague" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        body
    };
    let (referred, named) = (json!({ "member_id": own["id"] }), json!({ "display_name": "claire DUBOEUF", "birth_date": "1984-05-06" }));
    for role in ["opposing_party", "complainant"] {
        for fields in [&referred, &named] {
            let body = party(role, fields.clone());
            head.post(&parties(&dossier), &body).refused(409, "party.is_the_member");
            head.post(&format!("{}?mode=validate", parties(&dossier)), &body).refused(409, "party.is_the_member");
        }
    }
    assert_eq!(head.all(&parties(&dossier)).len(), 0);
    // Of the same name and another day, or at the same phone, may be somebody else.
    for fields in [json!({ "display_name": "Claire Dubœuf", "birth_date": "1985-05-06" }), json!({ "phone": "+33473000001" })] {
        head.post(&parties(&dossier), &party("opposing_party", fields)).ok();
    }
    let witness = head.post(&parties(&dossier), &party("witness", named)).ok();
    head.patch(&at("parties", &witness), "*", &json!({ "role": "complainant" })).refused(409, "party.is_the_member");
    head.patch(&at("parties", &witness), "*", &json!({ "role": "member" })).ok();
}

#[test]
fn nothing_is_written_under_a_dossier_that_is_not_open() {
    let Office { world: _world, head, dossier, .. } = Office::new();
    let party = head.post(&parties(&dossier), &pupil()).ok();
    let referent = crate::harness::cases::user_id(&head);
    close(&head, &dossier, &referent);
    head.post(&parties(&dossier), &pupil()).refused(409, "dossier.not_open");
    head.patch(&at("parties", &party), "*", &json!({ "minor": false })).refused(409, "dossier.not_open");
    assert_eq!(head.all(&parties(&dossier)).len(), 1, "it is still read");
    order(&head, &path(&dossier), &json!({ "command": "reopen", "reason": "Nouveaux faits." })).ok();
    head.post(&parties(&dossier), &pupil()).ok();
}

#[test]
fn a_party_is_read_by_those_who_read_its_dossier_and_each_look_is_recorded() {
    let world = World::new();
    let (head, volunteer, dpo) = (world.head("63"), world.volunteer("63"), world.user("dpo", Role::Dpo, None));
    let member = person(&head, "63");
    let dossier = head.post("/dossiers", &case_with(&member, &json!({ "confidentiality": "secret" }))).ok();
    let party = at("parties", &head.post(&parties(&dossier), &pupil()).ok());
    for client in [&volunteer, &world.head("03")] {
        for path in [party.clone(), format!("{party}/history"), parties(&dossier)] {
            client.get(&path).refused(404, "not_found");
        }
        client.patch(&party, "*", &json!({ "minor": false })).refused(404, "not_found");
        client.post(&parties(&dossier), &pupil()).refused(404, "not_found");
    }
    dpo.get(&party).refused(403, "function.not_granted");
    for path in [party.clone(), format!("{party}/history"), parties(&dossier)] {
        let before = dpo.all("/access-log?limit=100").len();
        head.get(&path).ok();
        let looks = dpo.all("/access-log?limit=100").split_off(before);
        assert_eq!(looks.len(), 1, "{path}");
        assert_eq!(looks[0]["dossier_ids"], json!([dossier["id"]]), "{}", looks[0]);
    }
}

#[test]
fn who_had_a_part_in_an_anonymised_dossier_is_nowhere_any_more() {
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let (head, dpo) = (world.head("63"), world.user("dpo", Role::Dpo, None));
    let member = person(&head, "63");
    let opponent = head.post("/members", &member_with(&head, "63", &json!({ "first_name": "Zoé" }))).ok();
    let dossier = head.post("/dossiers", &case_with(&member, &json!({}))).ok();
    let body = json!({ "role": "opposing_party", "category": "colleague", "display_name": "Xylophage", "birth_date": "1971-03-04",
        "email": "yperite@example.org", "phone": "+33473998877", "member_id": opponent["id"] });
    let party = head.request("POST", &parties(&dossier)).key("party").json(&body).send().ok();
    head.patch(&at("parties", &party), "*", &json!({ "display_name": "Zinzolin" })).ok();
    let words = ["Xylophage", "Zinzolin", "1971-03-04", "yperite@example.org", "+33473998877"];
    let held = world.database_text();
    assert!(words.iter().all(|word| held.contains(word)));
    assert_eq!(["party_digests", "dossier_walls"].map(|table| world.rows(table) > 0), [true, true]);
    let referent = crate::harness::cases::user_id(&head);
    close(&head, &dossier, &referent);
    order(&head, &path(&dossier), &json!({ "command": "archive" })).ok();
    order(&dpo, &path(&dossier), &json!({ "command": "anonymise" })).ok();
    let left = world.database_text();
    for word in words {
        assert!(!left.contains(word), "{word} is still there");
    }
    assert_eq!(["party_digests", "dossier_walls"].map(|table| world.rows(table)), [0, 0]);
    assert_eq!(world.rows("dossier_parties"), 1, "that somebody had a part stays");
}

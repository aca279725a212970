//! Splitting a dossier: a second one opened out of it, like any other, that leads back to the first.

use crate::harness::cases::{Office, activity, at, case_with, order, path, person, user_id};
use crate::harness::data::{member_with, school};
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use entraide::db::Id;
use serde_json::{Value, json};

fn split(client: &Client, first: &Value, fields: &Value) -> Reply {
    let mut body = json!({ "reason": "Deux affaires distinctes." });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    client.post(&format!("{}/splits", path(first)), &body)
}

fn party(head: &Client, dossier: &Value, fields: &Value) -> Value {
    let mut body = json!({ "role": "opposing_party", "category": "colleague" });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    head.post(&format!("{}/parties", path(dossier)), &body).ok()
}

fn links(client: &Client, dossier: &Value) -> Vec<Value> {
    client.all(&format!("{}/links", path(dossier)))
}

#[test]
fn what_is_left_out_is_as_in_the_first_and_what_was_true_is_read_anew() {
    let world = World::new();
    let school = world.admin().post("/establishments", &school(630_001)).ok();
    let (head, volunteer) = (world.head("63"), world.volunteer("63"));
    let member = person(&head, "63");
    let fields = json!({ "establishment_id": school["id"], "urgency": "high", "confidentiality": "restricted", "secondary_motive_codes": ["cyber"],
        "referent_id": user_id(&volunteer) });
    let first = head.post("/dossiers", &case_with(&member, &fields)).ok();
    assert_eq!(first["facts_snapshot"]["occupation"], Value::Null);
    let post = json!({ "starts_on": "2025-09-01", "occupation": "cpe" });
    head.post(&format!("{}/employments", at("members", &member)), &post).ok();
    head.post(&format!("{}/activities", path(&first)), &activity(&["team"])).ok();
    let before = head.get(&path(&first));
    let made = split(&head, &first, &json!({}));
    let second = made.ok();
    assert_eq!((made.status, made.header("location")), (201, format!("/api/v1{}", path(&second)).as_str()));
    for name in ["member_id", "establishment_id", "kind", "member_quality", "channel", "urgency", "confidentiality", "facts", "motive_code", "association_id"] {
        assert_eq!(second[name], first[name], "{name}");
    }
    assert_eq!((&second["secondary_motive_codes"], &second["facts_snapshot"]["occupation"]), (&json!(["cyber"]), &json!("cpe")));
    assert_eq!((&second["reference"], &second["status"], &second["version"]), (&json!("63-2026-000002"), &json!("new"), &json!(1)));
    assert_eq!(second["referent_id"], Value::Null, "nobody's until somebody is named");
    assert!(head.all(&format!("{}/activities", path(&second))).is_empty(), "what was done stays where it was done");
    assert_eq!(head.get(&path(&first)).etag(), before.etag(), "the first does not change");
    let (from, to) = (links(&head, &second)[0].clone(), links(&head, &first)[0].clone());
    assert_eq!((&from["relation"], &from["linked_dossier_id"], &from["note"]), (&json!("split_from"), &first["id"], &json!("Deux affaires distinctes.")));
    assert_eq!((&to["relation"], &to["linked_dossier_id"], &to["created_by"]), (&json!("split_into"), &second["id"], &user_id(&head)));
    assert_eq!(head.all(&format!("{}/history", path(&second))).len(), 1);
    assert_eq!(world.rows("audit_events WHERE operation = 'dossier_splits_create'"), 2, "the dossier and the link");
}

#[test]
fn a_dossier_is_split_once_for_each_request_and_a_trial_makes_none() {
    let office = Office::new();
    let splits = format!("{}/splits", path(&office.dossier));
    let body = json!({ "reason": "Deux affaires distinctes." });
    let once = || office.head.request("POST", &splits).key("once").json(&body).send();
    let (made, again) = (once(), once());
    assert_eq!((made.ok()["id"].clone(), again.header("idempotency-replayed")), (again.ok()["id"].clone(), "true"));
    assert_eq!(office.head.post(&format!("{splits}?mode=validate"), &body).ok(), json!({ "valid": true }));
    assert_eq!((office.world.rows("dossiers"), office.world.rows("dossier_links")), (2, 1));
    let third = split(&office.head, &made.ok(), &json!({})).ok();
    assert_eq!(links(&office.head, &made.ok()).len(), 2, "what was split off may be split again");
    assert_eq!(links(&office.head, &third).len(), 1);
}

#[test]
fn another_matter_has_facts_and_motives_of_its_own() {
    let office = Office::new();
    let fields = json!({ "facts": { "date": "2026-10-05", "summary": "Diffamation en ligne." }, "motive_code": "defamation", "kind": "legal_protection",
        "urgency": "critical", "referent_id": user_id(&office.head) });
    let second = split(&office.head, &office.dossier, &fields).ok();
    assert_eq!((&second["facts"]["date"], &second["facts"]["place"]), (&json!("2026-10-05"), &Value::Null), "facts are taken as a whole");
    assert_eq!((&second["motive_code"], &second["cover"]["status"]), (&json!("defamation"), &json!("not_covered")));
    assert_eq!((&second["urgency"], &second["referent_id"]), (&json!("critical"), &user_id(&office.head)));
    let whose = office.head.get(&path(&office.dossier)).ok();
    assert_eq!((&whose["motive_code"], &whose["facts"]["date"]), (&json!("insult_or_threat"), &json!("2026-09-14")));
}

#[test]
fn every_flaw_of_a_splitting_is_told_at_once() {
    let office = Office::new();
    let unknown = Id::new();
    let elsewhere = party(&office.head, &split(&office.head, &office.dossier, &json!({})).ok(), &json!({}));
    let fields = json!({ "party_ids": [elsewhere["id"], unknown], "referent_id": unknown, "motive_code": "assault", "establishment_id": unknown,
        "facts": { "date": "2026-11-23" } });
    assert_eq!(
        split(&office.head, &office.dossier, &fields).flaws(),
        [
            "/establishment_id reference.not_found",
            "/facts/date date.in_future",
            "/motive_code motive.retired",
            "/party_ids/0 reference.not_found",
            "/party_ids/1 reference.not_found",
            "/referent_id reference.not_found",
        ]
    );
    let card = json!({ "member_number": "X", "birth_date": "1984-05-06" });
    let shapes = json!({ "reason": "", "member_id": unknown, "member_card": { "member_number": "63-000001", "birth_date": "1984-05-06" }, "status": "new" });
    assert_eq!(split(&office.head, &office.dossier, &shapes).flaws().len(), 4, "{}", split(&office.head, &office.dossier, &shapes).text());
    assert_eq!(split(&office.head, &office.dossier, &json!({ "member_card": card })).status, 400);
    assert_eq!(split(&office.head, &office.dossier, &json!({ "member_id": unknown })).flaws(), ["/member_quality field.required"]);
    let repeated = json!({ "secondary_motive_codes": ["insult_or_threat"] });
    assert_eq!(split(&office.head, &office.dossier, &repeated).flaws(), ["/secondary_motive_codes motive.repeated"]);
    assert_eq!(office.world.rows("dossiers"), 2);
}

#[test]
fn another_member_whom_the_facts_concern_has_a_dossier_of_their_own() {
    let office = Office::new();
    let (world, head) = (&office.world, &office.head);
    let colleague = head.post("/members", &member_with(head, "63", &json!({ "last_name": "Martin", "birth_date": "1990-01-02" }))).ok();
    let theirs = json!({ "member_id": colleague["id"], "member_quality": "witness" });
    let second = split(head, &office.dossier, &theirs).ok();
    assert_eq!((&second["member_id"], &second["member_quality"]), (&colleague["id"], &json!("witness")));
    assert_eq!(second["facts_snapshot"]["birth_year"], 1990);
    let stranger = person(&world.head("03"), "03");
    let hidden = json!({ "member_id": stranger["id"], "member_quality": "witness" });
    assert_eq!(split(head, &office.dossier, &hidden).flaws(), ["/member_id reference.not_found"]);
    let card = json!({ "member_number": stranger["member_number"], "birth_date": "1984-05-06" });
    let mut by_card = json!({ "member_card": card, "member_quality": "victim" });
    assert_eq!(split(head, &office.dossier, &by_card).flaws(), ["/warning_reason warning.unexplained"]);
    by_card["warning_reason"] = json!("En poste dans l'autre département.");
    let third = split(head, &office.dossier, &by_card).ok();
    assert_eq!((&third["member_id"], &third["warnings"]), (&stranger["id"], &json!(["member_of_other_department"])));
    // A case of another department's member is split though the record is not the caller's to see.
    let fourth = split(head, &third, &json!({ "warning_reason": "En poste dans l'autre département." })).ok();
    assert_eq!(fourth["member_id"], stranger["id"]);
}

#[test]
fn parties_come_along_as_named_and_whom_they_oppose_is_found() {
    let office = Office::new();
    let (world, head) = (&office.world, &office.head);
    let colleague = head.post("/members", &member_with(head, "63", &json!({ "last_name": "Martin", "birth_date": "1990-01-02" }))).ok();
    let referent = world.volunteer("63");
    let opposing = head.post("/dossiers", &case_with(&colleague, &json!({ "referent_id": user_id(&referent) }))).ok();
    let witness = party(head, &office.dossier, &json!({ "role": "witness", "display_name": "Zoé Lac", "phone": "+33473000009" }));
    let opponent = party(head, &office.dossier, &json!({ "member_id": colleague["id"] }));
    party(head, &office.dossier, &json!({ "role": "mediator" }));
    assert_eq!(head.all("/conflicts").len(), 1);
    let both = json!([witness["id"], opponent["id"]]);
    let barred = split(head, &office.dossier, &json!({ "party_ids": both, "referent_id": user_id(&referent) }));
    barred.refused(409, "conflict.barred");
    assert_eq!(barred.json()["errors"][0]["pointer"], "/referent_id");
    let second = split(head, &office.dossier, &json!({ "party_ids": both })).ok();
    let copies = head.all(&format!("{}/parties", path(&second)));
    let told = |party: &Value| ["role", "category", "display_name", "phone", "member_id", "version"].map(|name| party[name].clone());
    assert_eq!(copies.iter().map(told).collect::<Vec<_>>(), [told(&witness), told(&opponent)]);
    assert!(copies.iter().all(|copy| copy["id"] != witness["id"] && copy["id"] != opponent["id"] && copy["dossier_id"] == second["id"]));
    assert_eq!(head.all(&format!("{}/parties", path(&office.dossier))).len(), 3, "the first keeps its own");
    assert_eq!(head.all(&format!("{}/history", at("parties", &copies[0]))).len(), 1);
    let conflicts = head.all("/conflicts");
    let pairs = |of: &Value| conflicts.iter().filter(|conflict| [&conflict["dossier_id"], &conflict["opposing_dossier_id"]].contains(&&of["id"])).count();
    assert_eq!((pairs(&office.dossier), pairs(&second), pairs(&opposing)), (1, 1, 2));
    world.link(&referent, &colleague);
    let referent = world.again(&referent);
    referent.get(&path(&second)).refused(404, "not_found");
    // The opponent is the very member whom the second would concern.
    let theirs = json!({ "party_ids": both, "member_id": colleague["id"], "member_quality": "accused" });
    let refused = split(head, &office.dossier, &theirs);
    assert_eq!((refused.json()["code"].clone(), refused.json()["errors"][0]["pointer"].clone()), (json!("party.is_the_member"), json!("/party_ids/1")));
    let theirs = json!({ "party_ids": [witness["id"]], "member_id": colleague["id"], "member_quality": "accused" });
    let other = split(head, &office.dossier, &theirs).ok();
    assert_eq!(head.all("/conflicts").len(), 4, "whoever names the member as an opponent opposes it: {other}");
}

#[test]
fn what_is_split_off_is_no_less_confidential_unless_the_head_says_so() {
    let office = Office::new();
    let (world, head) = (&office.world, &office.head);
    let (staff, volunteer) = (world.user("staff", Role::DepartmentStaff, Some("63")), world.volunteer("63"));
    head.patch(&path(&office.dossier), "*", &json!({ "confidentiality": "confidential" })).ok();
    order(head, &path(&office.dossier), &json!({ "command": "assign", "referent_id": user_id(&volunteer) })).ok();
    assert_eq!(split(&volunteer, &office.dossier, &json!({})).flaws(), ["/confidentiality confidentiality.above_ceiling"]);
    for client in [&volunteer, &staff] {
        split(client, &office.dossier, &json!({ "confidentiality": "standard" })).refused(403, "confidentiality.not_yours");
    }
    assert_eq!(split(&staff, &office.dossier, &json!({})).ok()["confidentiality"], "confidential");
    assert_eq!(split(&staff, &office.dossier, &json!({ "confidentiality": "secret" })).flaws(), ["/confidentiality confidentiality.above_ceiling"]);
    assert_eq!(split(head, &office.dossier, &json!({ "confidentiality": "standard" })).ok()["confidentiality"], "standard");
}

#[test]
fn whoever_works_a_dossier_splits_it_and_nobody_else() {
    let office = Office::new();
    let (world, head) = (&office.world, &office.head);
    let lawyer = world.user("lawyer", Role::Lawyer, None);
    office.mandate(&lawyer);
    split(&lawyer, &office.dossier, &json!({})).refused(403, "function.not_granted");
    split(&world.user("dpo", Role::Dpo, None), &office.dossier, &json!({})).refused(403, "function.not_granted");
    split(&world.head("03"), &office.dossier, &json!({})).refused(404, "not_found");
    let second = split(&world.volunteer("63"), &office.dossier, &json!({})).ok();
    lawyer.get(&path(&second)).refused(404, "not_found");
    assert_eq!(links(&lawyer, &office.dossier), Vec::<Value>::new(), "who does not read both is told of neither");
    // A case that is over may turn out to hold another.
    order(head, &path(&office.dossier), &json!({ "command": "declare_inadmissible", "reason": "Hors champ." })).ok();
    let third = split(head, &office.dossier, &json!({})).ok();
    assert_eq!((&third["status"], links(head, &office.dossier).len()), (&json!("new"), 2));
}

#[test]
fn an_anonymised_dossier_leads_to_none_that_was_split_off_it() {
    let office = Office::on(World::with(&[("RETENTION_YEARS", "0")]));
    let (world, head) = (&office.world, &office.head);
    let second = split(head, &office.dossier, &json!({ "reason": "Zqxreason de la scission." })).ok();
    order(head, &path(&office.dossier), &json!({ "command": "assign", "referent_id": user_id(head) })).ok();
    order(head, &path(&office.dossier), &json!({ "command": "take_charge" })).ok();
    order(head, &path(&office.dossier), &json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" })).ok();
    let dpo = world.user("dpo", Role::Dpo, None);
    for command in ["archive", "anonymise"] {
        order(&dpo, &path(&office.dossier), &json!({ "command": command })).ok();
    }
    assert_eq!(links(head, &second), Vec::<Value>::new());
    assert!(!world.database_text().contains("Zqxreason"));
}

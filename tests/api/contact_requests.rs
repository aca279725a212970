//! First calls, from the phone to a dossier or an answer.

use crate::harness::cases::{at, case, commands, order, path, person};
use crate::harness::data::{association, school};
use crate::harness::{Client, World};
use entraide::auth::Role;
use serde_json::{Value, json};

fn call(fields: &Value) -> Value {
    let mut call = json!({ "channel": "phone", "caller_name": "Claire Dubœuf", "caller_phone": "06 12 34 56 78" });
    for (name, value) in fields.as_object().unwrap() {
        call[name] = value.clone();
    }
    call
}

fn received(client: &Client) -> Value {
    client.post("/contact-requests", &call(&json!({}))).ok()
}

#[test]
fn a_call_is_recorded_corrected_called_back_and_becomes_a_dossier() {
    let world = World::new();
    let school = world.admin().post("/establishments", &school(630_001)).ok();
    let volunteer = world.volunteer("63");
    let fields = json!({ "establishment_id": school["id"], "urgency": "high", "safe_contact": "caution", "safe_contact_instructions": "Après 18 h." });
    let created = volunteer.post("/contact-requests", &call(&fields));
    let view = created.ok();
    assert_eq!((&view["status"], &view["caller_phone"], &view["department_code"]), (&json!("received"), &json!("+33612345678"), &json!("63")));
    assert_eq!(commands(&view), ["call_back", "convert", "answer", "drop"]);
    let own = at("contact-requests", &view);
    volunteer.patch(&own, created.etag(), &json!({ "note": "Rappeler demain." })).ok();
    order(&volunteer, &own, &json!({ "command": "call_back" })).ok();
    volunteer.patch(&own, "*", &json!({ "note": null })).refused(409, "contact_request.settled");
    let head = world.head("63");
    let dossier = head.post("/dossiers", &case(&person(&head, "63"))).ok();
    let step = order(&volunteer, &own, &json!({ "command": "convert", "dossier_id": dossier["id"] })).ok();
    assert_eq!((&step["from_status"], &step["to_status"]), (&json!("called_back"), &json!("converted")));
    let shown = volunteer.get(&format!("{own}?expand=establishment,dossier")).ok();
    assert_eq!((&shown["dossier"]["reference"], &shown["establishment"]["id"]), (&dossier["reference"], &school["id"]));
    let english = head.request("GET", &format!("{own}?expand=dossier")).header("Accept-Language", "en").send().ok();
    assert_eq!(english["dossier"]["allowed_commands"][0]["reason"]["detail"], "No referent is named.");
    assert_eq!(shown["allowed_commands"], json!([]));
    let steps = volunteer.all(&format!("{own}/transitions"));
    assert_eq!(steps.iter().map(|step| step["command"].as_str().unwrap()).collect::<Vec<_>>(), ["call_back", "convert"]);
    assert_eq!(volunteer.all(&format!("{own}/history")).len(), 4);
}

#[test]
fn a_call_ends_with_an_answer_or_a_reason() {
    let world = World::new();
    let volunteer = world.volunteer("63");
    let (answered, dropped) = (at("contact-requests", &received(&volunteer)), at("contact-requests", &received(&volunteer)));
    assert_eq!(order(&volunteer, &answered, &json!({ "command": "answer" })).flaws(), ["/answer field.required"]);
    order(&volunteer, &answered, &json!({ "command": "answer", "answer": "Orientée vers le rectorat." })).ok();
    assert_eq!(order(&volunteer, &dropped, &json!({ "command": "drop", "drop_reason": "gone" })).flaws(), ["/drop_reason choice.unknown"]);
    order(&volunteer, &dropped, &json!({ "command": "drop", "drop_reason": "unreachable" })).ok();
    let wrong = order(&volunteer, &dropped, &json!({ "command": "call_back" }));
    wrong.refused(409, "transition.not_allowed");
    let read = |path: &str, name: &str| volunteer.get(path).ok()[name].clone();
    assert_eq!((read(&answered, "answer"), read(&dropped, "drop_reason")), (json!("Orientée vers le rectorat."), json!("unreachable")));
}

#[test]
fn what_a_call_names_must_be_the_caller_s_to_see() {
    let world = World::new();
    let (volunteer, other) = (world.volunteer("63"), world.head("03"));
    let stranger = person(&other, "03");
    let unknown = entraide::db::Id::new().to_string();
    let refused = volunteer.post("/contact-requests", &call(&json!({ "member_id": stranger["id"], "establishment_id": unknown })));
    assert_eq!(refused.flaws(), ["/establishment_id reference.not_found", "/member_id reference.not_found"]);
    let elsewhere = call(&json!({ "association_id": association(&volunteer, "03") }));
    assert_eq!(volunteer.post("/contact-requests", &elsewhere).flaws(), ["/association_id reference.not_found"]);
    let own = at("contact-requests", &received(&volunteer));
    assert_eq!(volunteer.patch(&own, "*", &json!({ "member_id": stranger["id"], "status": "dropped" })).flaws(), ["/status field.state"]);
    assert_eq!(volunteer.patch(&own, "*", &json!({ "member_id": stranger["id"] })).flaws(), ["/member_id reference.not_found"]);
    let hidden = other.post("/dossiers", &case(&stranger)).ok();
    assert_eq!(order(&volunteer, &own, &json!({ "command": "convert", "dossier_id": hidden["id"] })).flaws(), ["/dossier_id reference.not_found"]);
    other.get(&own).refused(404, "not_found");
    other.get(&path(&hidden)).ok();
    world.user("analyst", Role::Analyst, None).get("/contact-requests").refused(403, "function.not_granted");
}

#[test]
fn a_call_of_somebody_who_moved_away_since_is_still_corrected() {
    let world = World::new();
    let head = world.head("63");
    let member = person(&head, "63");
    let call = head.post("/contact-requests", &call(&json!({ "member_id": member["id"] }))).ok();
    head.post(&format!("/members/{}/transfers", member["id"].as_str().unwrap()), &json!({ "to_association_id": association(&head, "03") })).ok();
    let own = at("contact-requests", &call);
    let corrected = head.patch(&own, "*", &json!({ "note": "Rappeler demain." })).ok();
    assert_eq!((&corrected["note"], &corrected["member_id"]), (&json!("Rappeler demain."), &member["id"]));
    let other = json!({ "member_id": entraide::db::Id::new().to_string() });
    assert_eq!(head.patch(&own, "*", &other).flaws(), ["/member_id reference.not_found"]);
}

#[test]
fn calls_are_found_by_what_matters_the_most_urgent_first() {
    let world = World::new();
    let volunteer = world.volunteer("63");
    for urgency in ["normal", "critical", "high", "normal"] {
        volunteer.post("/contact-requests", &call(&json!({ "urgency": urgency }))).ok();
    }
    received(&world.volunteer("03"));
    let urgencies: Vec<String> =
        volunteer.all("/contact-requests?sort=urgency&limit=1").iter().map(|view| view["urgency"].as_str().unwrap().to_owned()).collect();
    assert_eq!(urgencies, ["critical", "high", "normal", "normal"]);
    order(&volunteer, &at("contact-requests", &volunteer.all("/contact-requests")[0]), &json!({ "command": "call_back" })).ok();
    for (query, found) in [
        ("status=received", 3),
        ("status=called_back", 1),
        ("urgency=critical,high", 2),
        ("department=03", 0),
        ("created=2026-11-22/2026-11-22", 4),
        ("created=../2026-11-21", 0),
    ] {
        assert_eq!(volunteer.all(&format!("/contact-requests?{query}")).len(), found, "{query}");
    }
}

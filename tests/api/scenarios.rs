//! Cases as departments live them, through the API alone.

use crate::harness::World;
use crate::harness::cases::{at, case_with, cover_with, lawyer_with, order, path, person, step_with, user_id};
use entraide::auth::Role;
use serde_json::{Value, json};

#[test]
fn the_accused_teacher_is_defended_to_the_end_and_counted_once_as_counsel_in_court() {
    let world = World::new();
    let (head, officer, lawyer) = (world.head("63"), world.user("officer", Role::SolidarityOfficer, None), world.user("lawyer", Role::Lawyer, None));
    let teacher = person(&head, "63");
    let partner = head.post("/lawyers", &lawyer_with(&json!({ "user_id": user_id(&lawyer) }))).ok();

    // Reported late: summoned to a criminal settlement before the association hears of it.
    let fields = json!({ "kind": "legal_protection", "member_quality": "accused", "motive_code": "criminal_accusation", "referent_id": user_id(&head),
        "facts": { "date": "2026-03-12", "place": "classroom", "summary": "Mis en cause par un élève pour un geste." } });
    let dossier = head.post("/dossiers", &case_with(&teacher, &fields)).ok();
    let address = path(&dossier);
    order(&head, &address, &json!({ "command": "take_charge" })).refused(409, "derogation.needed");
    order(&head, &address, &json!({ "command": "take_charge", "derogation_reason": "Adhésion en cours de régularisation." })).ok();
    let opened = json!({ "nature": "criminal", "member_side": "accused", "authority": "Tribunal judiciaire de Clermont-Ferrand", "opened_on": "2026-09-15" });
    let proceeding = at("proceedings", &head.post(&format!("{address}/proceedings"), &opened).ok());
    let done = |kind: &str, done_by: &str, day: &str| {
        head.post(&format!("{proceeding}/steps"), &step_with(kind, &json!({ "done_by": done_by, "occurred_on": day }))).ok();
    };
    done("complaint", "opposing", "2026-09-15");
    done("voluntary_interview", "authority", "2026-10-02");
    done("criminal_settlement", "authority", "2026-11-18");
    assert_eq!(head.get(&address).ok()["path"], "court_without_counsel");

    // The insurer refuses, national solidarity pays.
    let decisions = format!("{address}/cover-decisions");
    head.post(&decisions, &cover_with(&json!({ "instance": "national_solidarity" }))).refused(409, "solidarity.before_insurer");
    let insurer = at("cover-decisions", &head.post(&decisions, &cover_with(&json!({}))).ok());
    order(&head, &insurer, &json!({ "command": "refuse", "motivation": "Faits volontaires." })).ok();
    let solidarity = at("cover-decisions", &head.post(&decisions, &cover_with(&json!({ "instance": "national_solidarity" }))).ok());
    order(&head, &address, &close()).refused(409, "solidarity.pending");
    order(&officer, &solidarity, &json!({ "command": "grant" })).ok();
    assert_eq!(head.get(&address).ok()["solidarity_status"], "granted");

    // A lawyer is consulted for orientation, then mandated.
    let entrust = |fields: Value| {
        let mut body = json!({ "lawyer_id": partner["id"], "chosen_by_member": true, "expires_on": "2026-12-06" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        at("mandates", &head.post(&format!("{address}/mandates"), &body).ok())
    };
    let consultation = entrust(json!({ "nature": "orientation_consultation", "purpose": "legal_necessity" }));
    lawyer.get(&address).refused(404, "not_found");
    for command in [json!({ "command": "accept" }), json!({ "command": "start" }), json!({ "command": "complete", "advice": "proceedings" })] {
        order(&lawyer, &consultation, &command).ok();
    }
    let representation = entrust(json!({ "nature": "representation" }));
    order(&lawyer, &representation, &json!({ "command": "accept" })).ok();
    order(&lawyer, &representation, &json!({ "command": "start" })).ok();
    assert_eq!(lawyer.all(&format!("{proceeding}/steps")).len(), 3, "the lawyer reads what was done");

    // It turns out that the accusation was false: the teacher is a victim too, and complains.
    head.patch(&address, "*", &json!({ "member_quality": "victim_and_accused", "secondary_motive_codes": ["false_accusation"] })).ok();
    done("complaint", "member", "2026-11-20");
    done("judgment", "authority", "2026-11-22");

    // Nothing ends before what is open beneath it.
    let blocked = order(&head, &address, &close());
    blocked.refused(409, "dossier.open_beneath");
    let open: Vec<Value> = blocked.json()["errors"].as_array().unwrap().iter().map(|error| error["params"]["kind"].clone()).collect();
    assert_eq!(json!(open), json!(["mandate", "proceeding"]));
    order(&head, &proceeding, &json!({ "command": "close", "outcome": "acquittal" })).ok();
    order(&lawyer, &representation, &json!({ "command": "complete" })).ok();
    order(&head, &address, &close()).ok();
    lawyer.get(&address).refused(404, "not_found");

    let ended = head.get(&address).ok();
    for (name, value) in [
        ("status", json!("closed")),
        ("member_quality", json!("victim_and_accused")),
        ("outcome", json!("acquittal")),
        ("complaint_filed", json!(true)),
        ("counsel_involved", json!(true)),
        ("judicialised", json!(true)),
        ("path", json!("counsel_in_court")),
    ] {
        assert_eq!(ended[name], value, "{name}");
    }
    let counted = |query: &str| head.all(&format!("/dossiers?{query}")).len();
    assert_eq!((counted("path=counsel_in_court"), counted("path=court_without_counsel,counsel_without_court,conciliation,advice")), (1, 0), "once");
    assert_eq!(counted("path=counsel_in_court&quality=victim_and_accused&complaint=true&judicialised=true&counsel=true"), 1);
}

fn close() -> Value {
    json!({ "command": "close", "outcome": "acquittal", "outcome_for_member": "favourable" })
}

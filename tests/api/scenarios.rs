//! Cases as departments live them, through the API alone.

use crate::harness::World;
use crate::harness::cases::{at, case_with, cover_with, lawyer_with, order, path, person, step_with, user_id};
use crate::harness::data::tariff;
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

#[test]
fn cover_that_lapsed_in_the_month_of_the_facts_is_not_given_back_by_a_renewal_but_by_a_derogation_that_is_recorded() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    let head = world.head("63");
    let teacher = person(&head, "63");
    let periods = format!("{}/memberships", at("members", &teacher));
    let subscribed = |day: &str| json!({ "subscribed_on": day, "starts_on": day, "insurer_registered_on": day, "channel": "post" });

    // A member since January stops paying: the cover ends on 10 September, four days before the facts. In October they come back.
    let first = at("memberships", &head.post(&periods, &subscribed("2026-01-05")).ok());
    order(&head, &first, &json!({ "command": "end", "ends_on": "2026-09-10", "end_reason": "unpaid" })).ok();
    head.post(&periods, &subscribed("2026-10-01")).ok();
    let cover = |query: &str| head.get(&format!("{}/cover?{query}", at("members", &teacher))).ok();
    let statuses = ["on=2026-09-10", "on=2026-09-14", "on=2026-11-22"].map(|query| cover(query)["status"].clone());
    assert_eq!(json!(statuses), json!(["covered", "not_covered", "covered"]));
    assert_eq!(cover("during=2026-09-01/2026-10-31")["gaps"], json!([{ "from": "2026-09-11", "to": "2026-09-30" }]));

    // The dossier tells what held on the day of the facts, and what was read of it.
    let fields = json!({ "kind": "legal_protection", "referent_id": user_id(&head) });
    let dossier = head.post("/dossiers", &case_with(&teacher, &fields)).ok();
    assert_eq!(dossier["cover"], json!({ "status": "not_covered", "proofs": [], "checked_on": "2026-11-22" }));
    let address = path(&dossier);
    order(&head, &address, &json!({ "command": "take_charge" })).refused(409, "derogation.needed");
    assert_eq!(head.get(&address).ok()["status"], "new");
    let reason = "Adhérente depuis dix ans, un prélèvement rejeté.";
    order(&head, &address, &json!({ "command": "take_charge", "derogation_reason": reason })).ok();

    // Who gave it and why stays, in the dossier, in its steps and in its versions; cover is told as it was.
    let taken = head.get(&address).ok();
    assert_eq!((&taken["status"], &taken["cover"]["status"]), (&json!("in_progress"), &json!("not_covered")));
    assert_eq!((&taken["derogation"]["reason"], &taken["derogation"]["author_id"]), (&json!(reason), &user_id(&head)));
    let step = &head.all(&format!("{address}/transitions"))[0];
    assert_eq!((&step["command"], &step["details"]["derogation_reason"], &step["actor_id"]), (&json!("take_charge"), &json!(reason), &user_id(&head)));
    let versions = head.all(&format!("{address}/history"));
    let latest = &versions[0];
    assert_eq!((versions.len(), &latest["action"], &latest["after"]["derogation"]["reason"]), (2, &json!("transition"), &json!(reason)));

    // For facts of after the return nothing is to be excused.
    let later = json!({ "kind": "legal_protection", "referent_id": user_id(&head), "facts": { "date": "2026-10-12" } });
    let later = head.post("/dossiers", &case_with(&teacher, &later)).ok();
    order(&head, &path(&later), &json!({ "command": "take_charge" })).ok();
    assert_eq!(head.get(&path(&later)).ok()["derogation"], Value::Null);
}

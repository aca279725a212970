//! Decisions on cover: the insurer first, then the national association; each once, and never behind the member's back.

use crate::harness::cases::{Office, ask_solidarity, at, case, case_with, commands, cover_with, order, order_at, path, person, user_id};
use crate::harness::{Client, World};
use entraide::auth::Role;
use serde_json::{Value, json};

fn ask(client: &Client, dossier: &Value, fields: &Value) -> crate::harness::Reply {
    client.post(&format!("{}/cover-decisions", path(dossier)), &cover_with(fields))
}

/// A dossier that is worked on.
fn taken(head: &Client, member: &Value) -> Value {
    let dossier = head.post("/dossiers", &case_with(member, &json!({ "referent_id": user_id(head) }))).ok();
    order(head, &path(&dossier), &json!({ "command": "take_charge" })).ok();
    dossier
}

const CLOSE: fn() -> Value = || json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" });

#[test]
fn the_insurer_is_asked_and_its_answer_written_down_by_the_team() {
    let office = Office::new();
    let volunteer = office.world.volunteer("63");
    let asked = ask(&volunteer, &office.dossier, &json!({ "requested_on": "2026-11-21", "claim_reference": "S-1", "reason": "Plainte déposée." })).ok();
    assert_eq!((&asked["status"], &asked["requested_by"], &asked["received_on"]), (&json!("requested"), &user_id(&volunteer), &Value::Null));
    assert_eq!(commands(&asked), ["grant", "partly_grant", "refuse", "withdraw"]);
    let decision = at("cover-decisions", &asked);
    let euros = json!({ "amount": "3000.00", "currency": "EUR" });
    for (day, max) in [("2026-11-20", "2026-11-22"), ("2026-11-23", "2026-11-22")] {
        let early = order(&volunteer, &decision, &json!({ "command": "grant", "received_on": day }));
        assert_eq!((early.flaws(), &early.json()["errors"][0]["params"]["max"]), (vec!["/received_on date.out_of_range".to_owned()], &json!(max)));
    }
    assert_eq!(order(&volunteer, &decision, &json!({ "command": "partly_grant" })).flaws(), ["/motivation field.required"]);
    let answer = json!({ "command": "partly_grant", "received_on": "2026-11-22", "source": "letter", "ceiling": euros, "motivation": "Sans l'appel." });
    let step = order(&volunteer, &decision, &answer).ok();
    assert_eq!((&step["to_status"], &step["details"]["ceiling"], &step["resource_version"]), (&json!("partly_granted"), &euros, &json!(2)));
    let seen = office.head.get(&decision).ok();
    assert_eq!((&seen["ceiling"], &seen["source"], &seen["motivation"]), (&euros, &json!("letter"), &json!("Sans l'appel.")));
    assert_eq!((&seen["decided_by"], commands(&seen)), (&user_id(&volunteer), Vec::<String>::new()));
    order(&volunteer, &decision, &json!({ "command": "refuse", "motivation": "Finalement non." })).refused(409, "transition.not_allowed");
    assert_eq!(office.head.get(&path(&office.dossier)).ok()["solidarity_status"], Value::Null, "an insurer's answer says nothing of solidarity");
    let history = office.head.all(&format!("{decision}/history"));
    assert_eq!(history.iter().map(|entry| &entry["action"]).collect::<Vec<_>>(), ["transition", "create"]);
    assert_eq!(office.head.all(&format!("{decision}/transitions")).len(), 1);
}

#[test]
fn nothing_leaves_before_the_member_was_told() {
    let office = Office::new();
    let mut untold = cover_with(&json!({}));
    untold.as_object_mut().unwrap().remove("member_informed_on");
    let collection = format!("{}/cover-decisions", path(&office.dossier));
    assert_eq!(office.head.post(&collection, &untold).flaws(), ["/member_informed_on field.required"]);
    for (fields, flaw) in [
        (json!({ "member_informed_on": "2026-11-22", "requested_on": "2026-11-21" }), "/member_informed_on information.after_request"),
        (json!({ "requested_on": "2026-11-23" }), "/requested_on date.in_future"),
        (json!({ "insurer_code": null }), "/insurer_code insurer.required"),
        (json!({ "instance": "national_solidarity", "insurer_code": "maif" }), "/insurer_code insurer.not_asked"),
        (json!({ "instance": "national_solidarity", "claim_reference": "S-1" }), "/claim_reference insurer.not_asked"),
        (json!({ "claim_reference": "=1+1" }), "/claim_reference pattern.mismatch"),
    ] {
        assert_eq!(ask(&office.head, &office.dossier, &fields).flaws(), [flaw]);
    }
    assert_eq!(office.world.rows("cover_decisions"), 0);
}

#[test]
fn national_solidarity_comes_after_the_insurer_has_left_a_need_and_once() {
    let office = Office::new();
    let solidarity = json!({ "instance": "national_solidarity" });
    let early = |dossier: &Value| ask(&office.head, dossier, &solidarity).refused(409, "solidarity.before_insurer");
    early(&office.dossier);
    let asked = ask(&office.head, &office.dossier, &json!({})).ok();
    early(&office.dossier);
    ask(&office.head, &office.dossier, &json!({ "insurer_code": "mgen" })).refused(409, "cover_decision.requested_already");
    order(&office.head, &at("cover-decisions", &asked), &json!({ "command": "grant" })).ok();
    early(&office.dossier);
    for (answer, status) in [("partly_grant", "partly_granted"), ("refuse", "refused")] {
        let dossier = office.head.post("/dossiers", &case(&office.member)).ok();
        let insurer = ask(&office.head, &dossier, &json!({})).ok();
        order(&office.head, &at("cover-decisions", &insurer), &json!({ "command": answer, "motivation": "En partie." })).ok();
        let decision = ask(&office.head, &dossier, &solidarity).ok();
        ask(&office.head, &dossier, &solidarity).refused(409, "cover_decision.requested_already");
        assert_eq!(office.head.get(&path(&dossier)).ok()["solidarity_status"], "requested", "after {status}");
        let officer = office.world.user("officer", Role::SolidarityOfficer, None);
        order(&officer, &at("cover-decisions", &decision), &json!({ "command": "partly_grant", "motivation": "La moitié." })).ok();
        assert_eq!(office.head.get(&path(&dossier)).ok()["solidarity_status"], "partly_granted");
        let decided = office.head.all(&format!("{}/cover-decisions?instance=national_solidarity&status=partly_granted", path(&dossier)));
        assert_eq!(decided.len(), 1);
    }
}

#[test]
fn of_many_requests_at_once_one_is_kept() {
    let office = Office::new();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..6).map(|_| scope.spawn(|| ask(&office.head, &office.dossier, &json!({})).status)).collect();
        asking.into_iter().map(|asking| asking.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
    assert_eq!(office.world.rows("cover_decisions"), 1);
}

#[test]
fn a_claim_stands_under_one_number_with_each_insurer() {
    let office = Office::new();
    let other = office.head.post("/dossiers", &case(&office.member)).ok();
    let first = ask(&office.head, &office.dossier, &json!({ "claim_reference": "S-7" })).ok();
    ask(&office.head, &other, &json!({ "claim_reference": "S-7" })).refused(409, "claim_reference.taken");
    let second = ask(&office.head, &other, &json!({ "claim_reference": "S-7", "insurer_code": "mgen" })).ok();
    assert_eq!(second["claim_reference"], "S-7");
    let decision = at("cover-decisions", &first);
    let changed = office.head.patch(&decision, "*", &json!({ "claim_reference": null, "reason": "Autre." })).ok();
    assert_eq!((&changed["claim_reference"], &changed["reason"], &changed["version"]), (&Value::Null, &json!("Autre."), &json!(2)));
    assert_eq!(office.head.patch(&decision, "*", &json!({ "status": "granted" })).flaws(), ["/status field.state"]);
    office.head.patch(&decision, "\"1\"", &json!({ "reason": "Périmé." })).refused(412, "version.stale");
}

#[test]
fn a_request_that_was_taken_back_leaves_its_place_to_another() {
    let office = Office::new();
    let solidarity = ask_solidarity(&office.head, &path(&office.dossier), "L'assureur refuse.");
    let etag = office.head.get(&solidarity).etag().to_owned();
    let withdraw = json!({ "command": "withdraw", "reason": "L'adhérente renonce." });
    order_at(&office.head, &solidarity, &etag, &withdraw).ok();
    let dossier = office.head.get(&path(&office.dossier)).ok();
    assert_eq!(dossier["solidarity_status"], Value::Null);
    let officer = office.world.user("officer", Role::SolidarityOfficer, None);
    officer.get(&solidarity).refused(404, "not_found");
    ask(&office.head, &office.dossier, &json!({ "instance": "national_solidarity" })).ok();
    assert_eq!(officer.all("/dossiers").len(), 1);
}

#[test]
fn a_dossier_does_not_end_before_the_answer_and_takes_no_request_afterwards() {
    let office = Office::new();
    let dossier = taken(&office.head, &office.member);
    let asked = ask(&office.head, &dossier, &json!({})).ok();
    let blocked = order(&office.head, &path(&dossier), &CLOSE());
    blocked.refused(409, "dossier.open_beneath");
    let told = &blocked.json()["errors"][0]["params"];
    assert_eq!((&told["kind"], &told["id"]), (&json!("cover_decision"), &asked["id"]));
    let new = office.head.post("/dossiers", &case(&office.member)).ok();
    ask(&office.head, &new, &json!({})).ok();
    order(&office.head, &path(&new), &json!({ "command": "declare_inadmissible", "reason": "Hors champ." })).refused(409, "dossier.open_beneath");
    let decision = at("cover-decisions", &asked);
    order(&office.head, &decision, &json!({ "command": "grant" })).ok();
    order(&office.head, &path(&dossier), &CLOSE()).ok();
    ask(&office.head, &dossier, &json!({})).refused(409, "dossier.not_open");
    office.head.patch(&decision, "*", &json!({ "reason": "Trop tard." })).refused(409, "dossier.not_open");
}

#[test]
fn closing_and_asking_at_once_never_leave_a_request_under_a_closed_dossier() {
    let world = World::new();
    let head = world.head("63");
    let member = person(&head, "63");
    for _ in 0..8 {
        let dossier = taken(&head, &member);
        let (closed, asked) = std::thread::scope(|scope| {
            let closing = scope.spawn(|| order(&head, &path(&dossier), &CLOSE()).status);
            let asking = scope.spawn(|| ask(&head, &dossier, &json!({})).status);
            (closing.join().unwrap(), asking.join().unwrap())
        });
        assert!(matches!((closed, asked), (201, 409) | (409, 201)), "{closed} {asked}");
    }
}

#[test]
fn what_was_said_of_cover_goes_with_the_anonymised_dossier_and_each_look_is_recorded() {
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let (head, dpo) = (world.head("63"), world.user("dpo", Role::Dpo, None));
    let dossier = taken(&head, &person(&head, "63"));
    let asked = ask(&head, &dossier, &json!({ "claim_reference": "ZQXCLAIM", "reason": "Zqxreason de la demande." })).ok();
    let decision = at("cover-decisions", &asked);
    order(&head, &decision, &json!({ "command": "refuse", "motivation": "Zqxmotive du refus." })).ok();
    let (words, held) = (["zqxclaim", "zqxreason", "zqxmotive"], world.database_text().to_lowercase());
    assert!(words.iter().all(|word| held.contains(word)));
    let looks = || world.rows("access_log_subjects WHERE subject = 'dossier'");
    let before = looks();
    for look in [decision.clone(), format!("{decision}/history"), format!("{decision}/transitions"), format!("{}/cover-decisions", path(&dossier))] {
        head.get(&look).ok();
    }
    assert_eq!(looks() - before, 4);
    order(&head, &path(&dossier), &CLOSE()).ok();
    for command in ["archive", "anonymise"] {
        order(&dpo, &path(&dossier), &json!({ "command": command })).ok();
    }
    let left = world.database_text().to_lowercase();
    for word in words {
        assert!(!left.contains(word), "{word} is still there");
    }
}

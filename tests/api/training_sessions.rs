//! Modules and sessions: who plans them, who reads them, when they are held, and their life.

use crate::harness::cases::{at, commands, lawyer_with, order, user_id};
use crate::harness::data::association;
use crate::harness::training::{announce, coordinator, draft, module, morning, open, register, workshop};
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use entraide::db::Id;
use serde_json::{Value, json};

fn command(client: &Client, path: &str, word: &str) -> Reply {
    order(client, path, &json!({ "command": word }))
}

fn cancel(client: &Client, path: &str) -> Reply {
    order(client, path, &json!({ "command": "cancel", "reason": "Intempéries." }))
}

#[test]
fn modules_are_a_national_catalogue_with_a_code_each() {
    let world = World::new();
    let (national, head) = (world.user("national", Role::NationalStaff, None), world.head("63"));
    let whole = json!({ "code": "RESP-CIVILE", "title": "Responsabilité civile", "themes": ["school_law", "insurance"], "objectives": "Distinguer les fautes.",
        "hours": 3.5, "audiences": ["teachers", "trainees"] });
    let view = national.post("/training-modules", &whole).ok();
    assert_eq!((&view["hours"], &view["retired"], &view["themes"]), (&json!(3.5), &json!(false), &json!(["school_law", "insurance"])));
    national.post("/training-modules", &whole).refused(409, "training_module.code_taken");
    head.post("/training-modules", &whole).refused(403, "function.not_granted");
    module(&world, "AUTRE");
    let found = |query: &str| head.all(&format!("/training-modules?{query}")).iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    for (query, codes) in [
        ("sort=title", vec!["RESP-CIVILE", "AUTRE"]),
        ("code=AUTRE", vec!["AUTRE"]),
        ("theme=insurance", vec!["RESP-CIVILE"]),
        ("audience=trainees,volunteers", vec!["RESP-CIVILE"]),
        ("retired=true", vec![]),
    ] {
        assert_eq!(found(query), codes, "{query}");
    }
    let own = at("training-modules", &view);
    let flaws = national.patch(&own, "*", &json!({ "code": "resp civile", "hours": 0, "themes": ["Droit"] })).flaws();
    assert_eq!(flaws, ["/code pattern.mismatch", "/hours number.out_of_range", "/themes/0 pattern.mismatch"]);
    national.patch(&own, "\"1\"", &json!({ "retired": true, "objectives": null })).ok();
    assert_eq!(head.post("/training-sessions", &workshop(&view, &json!({}))).flaws(), ["/module_id training_module.retired"]);
    assert_eq!((found("retired=true"), national.all(&format!("{own}/history")).len()), (vec!["RESP-CIVILE".to_owned()], 2));
}

#[test]
fn each_level_plans_its_own_sessions() {
    let world = World::new();
    let module = module(&world, "RESP");
    let (head, staff) = (world.head("63"), world.user("staff", Role::DepartmentStaff, Some("03")));
    let (coordinator, national) = (coordinator(&world, "06"), world.user("national", Role::NationalStaff, None));
    let place = |client: &Client, fields: Value| {
        let view = client.post("/training-sessions", &workshop(&module, &fields)).ok();
        (view["department_code"].clone(), view["academy_code"].clone(), view["association_id"] != Value::Null)
    };
    assert_eq!(place(&head, json!({})), (json!("63"), json!("06"), true));
    assert_eq!(place(&staff, json!({ "association_id": association(&staff, "03") })), (json!("03"), json!("06"), true));
    assert_eq!(place(&coordinator, json!({ "organiser_level": "academy" })), (Value::Null, json!("06"), false));
    assert_eq!(place(&coordinator, json!({ "association_id": association(&head, "15") })), (json!("15"), json!("06"), true));
    assert_eq!(place(&national, json!({ "organiser_level": "national" })), (Value::Null, Value::Null, true));
    assert_eq!(place(&national, json!({ "organiser_level": "academy", "academy_code": "10" })), (Value::Null, json!("10"), false));
    let refused = |client: &Client, fields: Value| client.post("/training-sessions", &workshop(&module, &fields));
    refused(&head, json!({ "organiser_level": "academy", "academy_code": "06" })).refused(403, "perimeter.exceeded");
    refused(&head, json!({ "organiser_level": "national" })).refused(403, "perimeter.exceeded");
    refused(&coordinator, json!({ "organiser_level": "academy", "academy_code": "10" })).refused(403, "perimeter.exceeded");
    refused(&world.volunteer("63"), json!({})).refused(403, "function.not_granted");
    let elsewhere = json!({ "association_id": association(&head, "03") });
    assert_eq!(refused(&head, elsewhere).flaws(), ["/association_id reference.not_found"]);
    let both = json!({ "organiser_level": "national", "association_id": association(&head, "63"), "academy_code": "06" });
    assert_eq!(refused(&national, both).flaws(), ["/academy_code academy.not_taken", "/association_id association.not_taken"]);
    let nowhere = refused(&national, json!({ "organiser_level": "academy", "module_id": Id::new().to_string() }));
    assert_eq!(nowhere.flaws(), ["/academy_code academy.required", "/module_id reference.not_found"]);
    assert_eq!(refused(&coordinator, json!({})).flaws(), ["/association_id field.required"]);
}

#[test]
fn a_draft_is_its_organisers_and_what_is_announced_everybody_s_without_participants() {
    let world = World::new();
    let module = module(&world, "RESP");
    let head = world.head("63");
    let session = draft(&head, &module, &json!({}));
    let path = at("training-sessions", &session);
    let (volunteer, neighbour, coordinator) = (world.volunteer("63"), world.head("03"), coordinator(&world, "06"));
    for stranger in [&volunteer, &neighbour] {
        stranger.get(&path).refused(404, "not_found");
        assert!(stranger.all("/training-sessions").is_empty());
    }
    assert_eq!(coordinator.get(&path).status, 200, "an academy's coordinator organises for its departments");
    announce(&head, &session);
    order(&head, &path, &json!({ "command": "open_registration" })).ok();
    let row = register(&head, &path, 1);
    for reader in [&volunteer, &neighbour, &world.user("auditor", Role::Auditor, None)] {
        let seen = reader.get(&path).ok();
        assert_eq!((&seen["confirmed_count"], &seen["allowed_commands"], seen["status"].as_str()), (&json!(1), &json!([]), Some("registration_open")));
        assert_eq!(reader.all(&format!("{path}/slots")).len(), 1);
    }
    volunteer.get(&format!("{path}/registrations")).refused(403, "function.not_granted");
    for hidden in [format!("{path}/registrations"), at("training-registrations", &row), format!("{path}/history")] {
        neighbour.get(&hidden).refused(404, "not_found");
    }
    neighbour.patch(&path, "*", &json!({ "capacity": 3 })).refused(404, "not_found");
    command(&neighbour, &path, "start").refused(404, "not_found");
    assert_eq!(coordinator.patch(&path, "*", &json!({ "capacity": 3 })).ok()["capacity"], 3);
    let never = draft(&head, &module, &json!({}));
    cancel(&head, &at("training-sessions", &never)).ok();
    volunteer.get(&at("training-sessions", &never)).refused(404, "not_found");
}

#[test]
fn a_session_lives_from_its_draft_to_its_end() {
    let world = World::new();
    let module = module(&world, "RESP");
    let head = world.head("63");
    let session = draft(&head, &module, &json!({ "delivery": "hybrid", "venue": null }));
    let path = at("training-sessions", &session);
    let blocked = |path: &str, word: &str| {
        let view = head.get(path).ok();
        let told = view["allowed_commands"].as_array().unwrap().iter().find(|told| told["command"] == word).unwrap().clone();
        let code = told["reason"]["code"].as_str().unwrap().to_owned();
        command(&head, path, word).refused(409, &code);
        code
    };
    assert_eq!(blocked(&path, "schedule"), "training_session.slots_missing");
    head.post(&format!("{path}/slots"), &morning()).ok();
    assert_eq!(blocked(&path, "schedule"), "training_session.place_missing");
    head.patch(&path, "*", &json!({ "venue": "Salle Pascal", "meeting_url": "https://visio.example.org/63" })).ok();
    command(&head, &path, "open_registration").refused(409, "transition.not_allowed");
    command(&head, &path, "schedule").ok();
    assert_eq!(head.get(&path).ok()["scheduled_on"], "2026-11-22");
    head.patch(&path, "*", &json!({ "meeting_url": null })).refused(409, "training_session.place_missing");
    let slot = head.all(&format!("{path}/slots"))[0].clone();
    head.delete(&at("training-slots", &slot), "*").refused(409, "training_session.slots_missing");
    command(&head, &path, "open_registration").ok();
    assert_eq!(blocked(&path, "start"), "training_session.not_begun");
    world.set_time("2026-12-08T08:30:00Z");
    let head = world.again(&head);
    command(&head, &path, "start").ok();
    command(&head, &path, "complete").refused(409, "training_session.not_ended");
    world.set_time("2026-12-09T15:00:00Z");
    let head = world.again(&head);
    head.patch(&at("training-slots", &slot), "*", &json!({ "ends_at": "2026-12-08T12:30:00+01:00" })).refused(409, "training_slot.begun");
    command(&head, &path, "complete").ok();
    head.patch(&path, "*", &json!({ "capacity": 9 })).refused(409, "training_session.over");
    head.post(&format!("{path}/slots"), &morning()).refused(409, "training_session.over");
    assert_eq!(commands(&head.get(&path).ok()), ["anonymise"]);
    let steps: Vec<Value> = head.all(&format!("{path}/transitions")).iter().map(|step| step["to_status"].clone()).collect();
    assert_eq!(steps, ["scheduled", "registration_open", "in_progress", "completed"]);
}

#[test]
fn a_session_never_ends_before_it_starts_nor_does_its_window() {
    let world = World::new();
    let module = module(&world, "RESP");
    let head = world.head("63");
    let backwards = json!({ "ends_on": "2026-12-07", "opens_on": "2026-12-02", "closes_on": "2026-12-01", "capacity": 0, "trainers": [{}] });
    let refused = head.post("/training-sessions", &workshop(&module, &backwards));
    let flaws = ["/capacity number.out_of_range", "/closes_on period.reversed", "/ends_on period.reversed", "/trainers/0/name trainer.one_required"];
    assert_eq!(refused.flaws(), flaws);
    let path = at("training-sessions", &draft(&head, &module, &json!({ "opens_on": "2026-12-01" })));
    assert_eq!(head.patch(&path, "*", &json!({ "ends_on": "2026-12-07" })).flaws(), ["/ends_on period.reversed"]);
    assert_eq!(head.patch(&path, "*", &json!({ "starts_on": "2026-12-10" })).flaws(), ["/starts_on period.reversed"]);
    assert_eq!(head.patch(&path, "*", &json!({ "closes_on": "2026-11-30" })).flaws(), ["/closes_on period.reversed"]);
    let read_only = json!({ "status": "scheduled", "confirmed_count": 0, "module_id": module["id"], "organiser_level": "national" });
    let flaws = ["/confirmed_count field.derived", "/module_id field.read_only", "/organiser_level field.read_only", "/status field.state"];
    assert_eq!(head.patch(&path, "*", &read_only).flaws(), flaws);
}

#[test]
fn slots_lie_within_the_days_of_their_session_and_never_overlap() {
    let world = World::new();
    let module = module(&world, "RESP");
    let head = world.head("63");
    let path = at("training-sessions", &draft(&head, &module, &json!({})));
    let slot = |from: &str, to: &str| head.post(&format!("{path}/slots"), &json!({ "starts_at": from, "ends_at": to }));
    let first = slot("2026-12-08T09:00:00+01:00", "2026-12-08T12:00:00+01:00").ok();
    assert_eq!((&first["starts_at"], &first["ends_at"]), (&json!("2026-12-08T08:00:00.000000Z"), &json!("2026-12-08T11:00:00.000000Z")));
    // By the clock of Paris: the last moment of the second day is 23:00 UTC.
    slot("2026-12-09T22:00:00Z", "2026-12-09T23:00:00Z").ok();
    assert_eq!(slot("2026-12-07T22:59:00Z", "2026-12-08T01:00:00Z").flaws(), ["/starts_at training_slot.outside_session"]);
    assert_eq!(slot("2026-12-09T22:30:00Z", "2026-12-09T23:00:01Z").flaws(), ["/starts_at training_slot.outside_session"]);
    assert_eq!(slot("2026-12-08T10:00:00Z", "2026-12-08T10:00:00Z").flaws(), ["/ends_at period.reversed"]);
    assert_eq!(slot("2026-12-08T10:59:59Z", "2026-12-08T13:00:00Z").flaws(), ["/starts_at period.overlap"]);
    let second = slot("2026-12-08T11:00:00Z", "2026-12-08T13:00:00Z").ok();
    let own = at("training-slots", &second);
    assert_eq!(head.patch(&own, "*", &json!({ "starts_at": "2026-12-08T10:00:00Z" })).flaws(), ["/starts_at period.overlap"]);
    assert_eq!(head.patch(&own, "*", &json!({ "ends_at": "2026-12-08T10:00:00Z" })).flaws(), ["/ends_at period.reversed"]);
    head.patch(&own, "\"1\"", &json!({ "ends_at": "2026-12-08T14:00:00Z" })).ok();
    assert_eq!(head.patch(&path, "*", &json!({ "ends_on": "2026-12-08" })).flaws(), ["/ends_on training_slot.outside_session"]);
    head.delete(&own, "\"2\"").ok_status(204);
    head.get(&own).refused(404, "not_found");
    assert_eq!(head.all(&format!("{path}/slots")).len(), 2);
}

#[test]
fn whoever_trains_is_a_lawyer_a_user_or_somebody_by_name() {
    let world = World::new();
    let module = module(&world, "RESP");
    let (coordinator, volunteer) = (coordinator(&world, "06"), world.volunteer("63"));
    let lawyer = world.admin().post("/lawyers", &lawyer_with(&json!({}))).ok();
    let trainers = json!([{ "lawyer_id": lawyer["id"] }, { "user_id": user_id(&volunteer) }, { "name": "Zoé Élan" }]);
    let agreement = json!({ "reference": "CONV-12", "signed_on": "2026-11-02", "partner": "INSPE" });
    let session = draft(&coordinator, &module, &json!({ "organiser_level": "academy", "trainers": trainers, "agreement": agreement }));
    let names: Vec<&str> = session["trainers"].as_array().unwrap().iter().map(|trainer| trainer["name"].as_str().unwrap()).collect();
    assert_eq!((names, &session["agreement"]["partner"]), (vec!["Maître Lac", "volunteer-63", "Zoé Élan"], &json!("INSPE")));
    let path = announce(&coordinator, &session);
    let nobody = Id::new().to_string();
    let wrong = json!({ "trainers": [{ "name": "Anne" }, { "lawyer_id": nobody }, { "user_id": nobody }] });
    let flaws = ["/trainers/1/lawyer_id reference.not_found", "/trainers/2/user_id reference.not_found"];
    assert_eq!(coordinator.patch(&path, "*", &wrong).flaws(), flaws);
    let changed = coordinator.patch(&path, "*", &json!({ "trainers": [{ "name": "Zqxtrainer" }], "agreement": null })).ok();
    assert_eq!((changed["trainers"].as_array().unwrap().len(), &changed["agreement"]), (1, &Value::Null));
    order(&coordinator, &path, &json!({ "command": "anonymise" })).refused(409, "transition.not_allowed");
    cancel(&coordinator, &path).ok();
    assert!(world.database_text().contains("Zqxtrainer"));
    command(&coordinator, &path, "anonymise").ok();
    assert_eq!(coordinator.get(&path).ok()["trainers"], json!([]));
    assert!(!world.database_text().contains("Zqxtrainer"), "forgotten in every version and answer");
}

#[test]
fn sessions_are_found_by_what_matters_and_full_follows_from_the_seats() {
    let world = World::new();
    let (resp, other) = (module(&world, "RESP"), module(&world, "AUTRE"));
    let (head, national) = (world.head("63"), world.user("national", Role::NationalStaff, None));
    let full = open(&head, &resp, &json!({ "capacity": 1 }));
    register(&head, &full, 1);
    open(&head, &resp, &json!({}));
    let remote = json!({ "organiser_level": "national", "format": "webinar", "delivery": "remote", "meeting_url": "https://visio.example.org/1",
        "starts_on": "2026-12-05" });
    announce(&national, &draft(&national, &other, &remote));
    draft(&head, &other, &json!({ "starts_on": "2026-12-01" }));
    for (query, found) in [
        ("", 4),
        ("status=full", 1),
        ("status=registration_open", 1),
        ("status=full,registration_open,scheduled", 3),
        ("organiser=national", 1),
        ("department=63", 3),
        ("department=03", 0),
        ("academy=06", 3),
        ("format=webinar", 1),
        ("delivery=remote,hybrid", 1),
        ("starts=2026-12-08/..", 2),
        ("starts=../2026-12-05", 2),
    ] {
        assert_eq!(head.all(&format!("/training-sessions?{query}")).len(), found, "{query}");
    }
    let module_id = resp["id"].as_str().unwrap();
    let of_module = head.all(&format!("/training-sessions?module={module_id}&expand=module"));
    assert_eq!((of_module.len(), &of_module[0]["module"]["code"]), (2, &json!("RESP")));
    let days: Vec<Value> = head.all("/training-sessions?sort=-starts&limit=1").iter().map(|row| row["starts_on"].clone()).collect();
    assert_eq!(days, ["2026-12-08", "2026-12-08", "2026-12-05", "2026-12-01"]);
    assert_eq!(head.get(&full).ok()["status"], "full");
    let csv = head.request("GET", "/training-sessions?department=63").header("Accept", "text/csv;dialect=excel-fr").send();
    assert!(csv.text().contains("Places;Inscrits;En attente"), "{}", csv.text());
}

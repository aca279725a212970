//! Attendance: marked for many at once or not at all, and what share it comes to.

use crate::harness::cases::at;
use crate::harness::courses::{AFTER, Course, DURING, module, move_on, outsider, record_as, session_with, slotted};
use crate::harness::data::member_with;
use crate::harness::training::places;
use crate::harness::{Client, World};
use serde_json::{Value, json};

#[test]
fn participants_are_marked_in_several_slots_at_once_and_the_rates_name_what_they_divide() {
    let course = Course::of(4, 4).on(DURING).started();
    let made = course.mark(&[(0, &[(0, "present"), (1, "late"), (2, "absent"), (3, "excused")]), (1, &[(0, "present"), (1, "present")])]);
    let told = made.ok();
    assert_eq!((made.status, &told["created"], &told["changed"], &told["unchanged"]), (201, &json!(6), &json!(0), &json!(0)));
    let rates = course.head.get(&format!("{}/attendance-rates", course.path())).ok();
    assert_eq!(told["rates"], rates);
    // The third slot has not begun: nobody is expected there yet.
    assert_eq!((&rates["attended"], &rates["expected"], &rates["rate"]), (&json!(4), &json!(8), &json!(0.5)));
    let slot =
        |number: usize| ["present", "late", "excused", "absent", "unmarked", "attended", "expected", "rate"].map(|name| rates["slots"][number][name].clone());
    assert_eq!(rates["slots"].as_array().unwrap().len(), 2);
    assert_eq!(slot(0), [json!(1), json!(1), json!(1), json!(1), json!(0), json!(2), json!(4), json!(0.5)]);
    assert_eq!(slot(1), [json!(2), json!(0), json!(0), json!(0), json!(2), json!(2), json!(4), json!(0.5)]);
    // What stands is no change, what is named otherwise is one, what is not named stays.
    let told = course.mark(&[(0, &[(0, "present"), (2, "late")])]).ok();
    assert_eq!((&told["created"], &told["changed"], &told["unchanged"]), (&json!(0), &json!(1), &json!(1)));
    assert_eq!(told["rates"]["slots"][0]["attended"], 3);
    let marks = course.head.all(&format!("{}/attendance", course.path()));
    let versions: Vec<i64> = marks.iter().map(|mark| mark["version"].as_i64().unwrap()).collect();
    assert_eq!((versions.len(), versions.iter().sum::<i64>()), (6, 7));
    let of = |query: String| course.head.all(&format!("{}/attendance?{query}", course.path())).len();
    let (slot, person) = (course.slots[0]["id"].as_str().unwrap(), course.registrations[1]["id"].as_str().unwrap());
    assert_eq!((of(format!("slot={slot}")), of(format!("registration={person}")), of("status=late,excused".into())), (4, 2, 3));
    let file = course.head.request("GET", &format!("{}/attendance", course.path())).header("Accept", "text/csv;dialect=excel-fr").send().text();
    assert!(file.contains("Créneau;Inscription;Présence"), "{file}");
}

#[test]
fn every_mark_that_does_not_fit_is_told_where_it_stands_and_none_is_stored() {
    let course = Course::of(1, 2).on(DURING).started();
    let (other, foreign) = {
        let session =
            course.head.post("/training-sessions", &session_with(&course.module, &json!({ "starts_on": "2026-12-04", "ends_on": "2026-12-04" }))).ok();
        let slot = json!({ "starts_at": "2026-12-04T08:00:00Z", "ends_at": "2026-12-04T09:00:00Z" });
        let slot = course.head.post(&format!("{}/slots", at("training-sessions", &session)), &slot).ok();
        (session, slot)
    };
    move_on(&course.head, &other, "schedule");
    move_on(&course.head, &other, "open_registration");
    let stranger = course.head.post(&format!("{}/registrations", at("training-sessions", &other)), &outsider(7)).ok();
    let [seated, waiting] = [0, 1].map(|number: usize| course.registrations[number]["id"].clone());
    let mark = |id: &Value, status: &str| json!({ "registration_id": id, "status": status });
    let body = json!({ "slots": [
        { "slot_id": course.slots[0]["id"], "marks": [mark(&seated, "present"), mark(&waiting, "present"), mark(&stranger["id"], "absent"), mark(&seated, "late")] },
        { "slot_id": course.slots[2]["id"], "marks": [mark(&seated, "present")] },
        { "slot_id": foreign["id"], "marks": [] },
        { "slot_id": course.slots[0]["id"], "marks": [mark(&seated, "absent")] },
    ] });
    assert_eq!(
        course.record(&body).flaws(),
        [
            "/slots/0/marks/1/registration_id training_registration.not_confirmed",
            "/slots/0/marks/2/registration_id reference.not_found",
            "/slots/0/marks/3/registration_id list.repeats",
            "/slots/1/slot_id training_slot.not_begun",
            "/slots/2/slot_id reference.not_found",
            "/slots/3/slot_id list.repeats",
        ]
    );
    assert_eq!(course.record(&json!({ "slots": [] })).flaws(), ["/slots list.empty"]);
    let bad = json!({ "slots": [{ "slot_id": course.slots[0]["id"], "marks": [mark(&seated, "asleep"), { "status": "late" }] }, { "marks": 3 }] });
    let flaws = [
        "/slots/0/marks/0/status choice.unknown",
        "/slots/0/marks/1/registration_id field.required",
        "/slots/1/marks type.array",
        "/slots/1/slot_id field.required",
    ];
    assert_eq!(course.record(&bad).flaws(), flaws);
    assert!(course.head.all(&format!("{}/attendance", course.path())).is_empty());
}

#[test]
fn attendance_is_recorded_once_a_key_at_the_version_seen_by_whoever_organises() {
    let course = Course::of(2, 1).on(DURING).started();
    let path = format!("{}/attendance", course.path());
    let body = json!({ "slots": [{ "slot_id": course.slots[0]["id"], "marks": [{ "registration_id": course.registrations[0]["id"], "status": "present" }] }] });
    course.head.request("POST", &path).header("If-Match", "*").json(&body).send().refused(428, "precondition.required");
    course.head.request("POST", &path).key("once").json(&body).send().refused(428, "precondition.required");
    let seen = course.head.get(&course.path());
    let send = |etag: &str, key: &str| course.head.request("POST", &path).key(key).header("If-Match", etag).json(&body).send();
    let first = send(seen.etag(), "once");
    assert_eq!(first.ok()["created"], 1);
    let again = send(seen.etag(), "once");
    assert_eq!((again.header("idempotency-replayed"), &again.bytes), ("true", &first.bytes));
    // Marks leave the session at its version; a change of the session is one.
    assert_eq!(course.head.get(&course.path()).etag(), seen.etag());
    course.head.patch(&course.path(), "*", &json!({ "venue": "Salle 2" })).ok();
    send(seen.etag(), "late").refused(412, "version.stale");
    let trial = course.head.request("POST", &format!("{path}?mode=validate")).key("trial").header("If-Match", "*").json(&body).send();
    assert_eq!((trial.status, trial.json()), (200, json!({ "valid": true })));
    for (client, status, code) in [(course.world.volunteer("63"), 403, "function.not_granted"), (course.world.head("03"), 404, "not_found")] {
        record_as(&client, &course.path(), &body).refused(status, code);
        client.get(&path).refused(status, code);
        client.get(&format!("{}/attendance-rates", course.path())).refused(status, code);
    }
    let coordinator = course.world.user_at("coordinator", entraide::auth::Role::TrainingCoordinator, (None, Some("06"), None));
    assert_eq!(record_as(&coordinator, &course.path(), &body).ok()["unchanged"], 1);
}

#[test]
fn nobody_is_marked_before_a_session_was_started_or_once_it_was_cancelled() {
    let world = World::new();
    let head = world.head("63");
    let session = head.post("/training-sessions", &session_with(&module(&world, "RESP-1"), &json!({}))).ok();
    let slots = slotted(&head, &session);
    let body = json!({ "slots": [{ "slot_id": slots[0]["id"], "marks": [] }] });
    record_as(&head, &at("training-sessions", &session), &body).refused(409, "attendance.not_taken");
    move_on(&head, &session, "schedule");
    record_as(&head, &at("training-sessions", &session), &body).refused(409, "attendance.not_taken");
    move_on(&head, &session, "cancel");
    record_as(&head, &at("training-sessions", &session), &body).refused(409, "attendance.not_taken");
}

#[test]
fn marks_made_at_the_same_time_end_as_one_with_a_version_for_each_change() {
    let course = Course::of(2, 1).on(DURING).started();
    let clients: Vec<Client> = (0..8).map(|_| course.world.again(&course.head)).collect();
    let changes: i64 = std::thread::scope(|scope| {
        let runs: Vec<_> = clients
            .iter()
            .enumerate()
            .map(|(number, client)| {
                let (slot, person, path) = (&course.slots[0]["id"], &course.registrations[0]["id"], course.path());
                scope.spawn(move || {
                    let status = ["present", "late", "absent", "excused"][number % 4];
                    let body = json!({ "slots": [{ "slot_id": slot, "marks": [{ "registration_id": person, "status": status }] }] });
                    let told = record_as(client, &path, &body).ok();
                    told["created"].as_i64().unwrap() + told["changed"].as_i64().unwrap()
                })
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).sum()
    });
    let marks = course.head.all(&format!("{}/attendance", course.path()));
    assert_eq!((marks.len(), &marks[0]["version"]), (1, &json!(changes)));
}

#[test]
fn whoever_was_there_under_two_records_was_there_once_they_are_one() {
    let mut course = Course::of(3, 0);
    let [kept, twin] = ["Claire", "Clara"].map(|name| course.head.post("/members", &member_with(&course.head, "63", &json!({ "first_name": name }))).ok());
    let wanted = [json!({ "member_id": twin["id"] }), json!({ "member_id": kept["id"] }), outsider(0), outsider(1)];
    course.registrations = wanted.iter().map(|body| course.register(body)).collect();
    let course = course.on(AFTER).started();
    course.mark(&[(0, &[(0, "present"), (1, "absent"), (2, "late")]), (1, &[(0, "late")]), (2, &[(0, "excused"), (1, "present")])]).ok();
    let merge = json!({ "absorbed_id": twin["id"], "reason": "Même personne." });
    course.head.post(&format!("{}/merges", at("members", &kept)), &merge).ok();
    // The seat that is left goes to whoever waited.
    assert_eq!(places(&course.head, &course.path()), ["cancelled", "confirmed", "confirmed", "confirmed"]);
    let session = course.head.get(&course.path()).ok();
    assert_eq!((&session["confirmed_count"], &session["waiting_count"]), (&json!(3), &json!(0)));
    let marks = |number: usize| {
        let of = format!("{}/attendance?registration={}", course.path(), course.registrations[number]["id"].as_str().unwrap());
        let mut marks: Vec<_> = course.head.all(&of);
        marks.sort_by_key(|mark| course.slots.iter().position(|slot| slot["id"] == mark["slot_id"]));
        marks.iter().map(|mark| format!("{} {}", mark["status"].as_str().unwrap(), mark["version"])).collect::<Vec<_>>()
    };
    assert_eq!(marks(1), ["present 2", "late 1", "present 1"]);
    assert_eq!(marks(0), ["present 1", "late 1", "excused 1"], "what was marked of the other stays with it");
    let rates = course.head.get(&format!("{}/attendance-rates", course.path())).ok();
    assert_eq!((&rates["attended"], &rates["expected"]), (&json!(4), &json!(9)), "nobody is counted twice");
    course.complete();
    let certificate = json!({ "registration_id": course.registrations[1]["id"] });
    let certificate = course.head.post(&format!("{}/certificates", course.path()), &certificate).ok();
    assert_eq!(certificate["slots_attended"], 3);
}

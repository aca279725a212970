//! Dossiers: opening, correcting, and the life up to what nobody can trace back.

use crate::harness::cases::{activity, at, case, case_with, commands, order, order_at, path, person, user_id};
use crate::harness::data::{association, member_with, school_with, tariff};
use crate::harness::{Client, World};
use entraide::auth::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn staff(world: &World, department: &str) -> Client {
    world.user(&format!("staff-{department}"), Role::DepartmentStaff, Some(department))
}

fn dpo(world: &World) -> Client {
    world.user("dpo", Role::Dpo, None)
}

/// A head who is the referent of a case, taken charge of.
fn in_progress(world: &World) -> (Client, Value) {
    let head = world.head("63");
    let member = person(&head, "63");
    let dossier = head.post("/dossiers", &case_with(&member, &json!({ "referent_id": user_id(&head) }))).ok();
    order(&head, &path(&dossier), &json!({ "command": "take_charge" })).ok();
    (head, dossier)
}

const CLOSE: fn() -> Value = || json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "favourable" });

#[test]
fn a_dossier_is_opened_with_what_was_true_on_the_day_of_the_facts() {
    let world = World::new();
    let admin = world.admin();
    let periods = json!([{ "level": "rep", "starts_on": "2020-09-01", "ends_on": "2026-08-31" }, { "level": "rep_plus", "starts_on": "2026-09-01" }]);
    let school = admin.post("/establishments", &school_with(630_001, &json!({ "priority_education": periods }))).ok();
    let head = world.head("63");
    let member = person(&head, "63");
    let employments = format!("{}/employments", at("members", &member));
    head.post(&employments, &json!({ "starts_on": "2024-09-01", "ends_on": "2026-08-31", "occupation": "trainee", "employment_status": "trainee" })).ok();
    head.post(&employments, &json!({ "starts_on": "2026-09-01", "occupation": "secondary_teacher", "employment_status": "tenured", "employer": "state" })).ok();
    let created = head.post("/dossiers", &case_with(&member, &json!({ "establishment_id": school["id"], "secondary_motive_codes": ["cyber"] })));
    let dossier = created.ok();
    assert_eq!(created.status, 201);
    assert_eq!((&dossier["reference"], &dossier["status"], &dossier["opened_month"]), (&json!("63-2026-000001"), &json!("new"), &json!("2026-11")));
    assert_eq!((&dossier["urgency"], &dossier["confidentiality"], &dossier["cover"]), (&json!("normal"), &json!("standard"), &Value::Null));
    assert_eq!((&dossier["facts"]["month"], &dossier["withheld"]), (&json!("2026-09"), &json!([])));
    assert_eq!(
        dossier["facts_snapshot"],
        json!({ "occupation": "secondary_teacher", "employment_status": "tenured", "employer": "state", "establishment_kind": "middle_school", "sector": "public",
            "priority_education": "rep_plus", "department_code": "63", "birth_year": 1984, "age_band": "from_40_to_49", "nomenclature_version": 2 })
    );
    // What changes later changes nothing of it.
    let etag = admin.get(&at("establishments", &school)).etag().to_owned();
    admin.patch(&at("establishments", &school), &etag, &json!({ "kind": "erea" })).ok();
    let shown = head.get(&format!("{}?expand=member,establishment,association", path(&dossier))).ok();
    assert_eq!(shown["facts_snapshot"], dossier["facts_snapshot"]);
    assert_eq!((&shown["member"]["last_name"], &shown["establishment"]["kind"]), (&json!("Dubœuf"), &json!("erea")));
    assert_eq!(shown["association"]["department_code"], "63");
}

#[test]
fn every_flaw_of_a_dossier_is_told_at_once() {
    let world = World::new();
    let head = world.head("63");
    let shape = json!({ "kind": "legal", "member_quality": "victim", "channel": 3, "motive_code": "Insult!", "moitve_code": "x",
        "facts": { "date": "2026-09-14", "end_date": "2026-09-13", "contexts": ["Covid"] } });
    assert_eq!(
        head.post("/dossiers", &shape).flaws(),
        [
            "/channel type.string",
            "/facts/contexts/0 pattern.mismatch",
            "/facts/end_date period.reversed",
            "/kind choice.unknown",
            "/member_id member.required",
            "/moitve_code field.unknown",
            "/motive_code pattern.mismatch",
        ]
    );
    let unknown = entraide::db::Id::new().to_string();
    let meaning = json!({ "member_id": unknown, "establishment_id": unknown, "referent_id": unknown, "kind": "legal_information", "member_quality": "victim",
        "channel": "phone", "motive_code": "assault", "secondary_motive_codes": ["phisical_assault"], "facts": { "date": "2026-11-23", "end_date": "2026-11-24" } });
    let reply = head.post("/dossiers", &meaning);
    assert_eq!(
        reply.flaws(),
        [
            "/establishment_id reference.not_found",
            "/facts/date date.in_future",
            "/facts/end_date date.in_future",
            "/member_id reference.not_found",
            "/motive_code motive.retired",
            "/referent_id reference.not_found",
            "/secondary_motive_codes/0 motive.unknown",
        ]
    );
    assert!(reply.text().contains("verbal_assault") && reply.text().contains("physical_assault"), "{}", reply.text());
    let member = person(&head, "63");
    let both = case_with(&member, &json!({ "member_card": { "member_number": member["member_number"], "birth_date": "1984-05-06" } }));
    assert_eq!(head.post("/dossiers", &both).flaws(), ["/member_id member.required"]);
    let twice = case_with(&member, &json!({ "secondary_motive_codes": ["insult_or_threat"] }));
    assert_eq!(head.post("/dossiers", &twice).flaws(), ["/secondary_motive_codes motive.repeated"]);
    assert_eq!(world.rows("dossiers"), 0);
}

#[test]
fn a_member_of_another_department_is_a_warning_that_needs_a_reason() {
    let world = World::new();
    let (head, other) = (world.head("63"), world.head("03"));
    let member = person(&other, "03");
    assert_eq!(head.post("/dossiers", &case(&member)).flaws(), ["/member_id reference.not_found"], "hidden is unknown");
    let card = |birth_date: &str, fields: Value| {
        let mut body = case_with(&member, &fields);
        body["member_id"] = Value::Null;
        body["member_card"] = json!({ "member_number": member["member_number"], "birth_date": birth_date });
        body
    };
    assert_eq!(head.post("/dossiers", &card("1984-05-07", json!({}))).flaws(), ["/member_card reference.not_found"]);
    let unexplained = head.post("/dossiers", &card("1984-05-06", json!({})));
    assert_eq!(unexplained.flaws(), ["/warning_reason warning.unexplained"]);
    assert_eq!(unexplained.json()["errors"][0]["params"]["warnings"], "member_of_other_department");
    let opened = head.post("/dossiers", &card("1984-05-06", json!({ "warning_reason": "Elle vient de déménager." }))).ok();
    assert_eq!((&opened["warnings"], &opened["department_code"]), (&json!(["member_of_other_department"]), &json!("63")));
    assert_eq!(opened["facts_snapshot"]["birth_year"], 1984);
    assert_eq!(head.get(&format!("{}?expand=member", path(&opened))).ok()["member"], Value::Null, "the record stays the other department's");
}

#[test]
fn an_establishment_closed_on_the_day_of_the_facts_is_a_warning_that_needs_a_reason() {
    let world = World::new();
    let admin = world.admin();
    let closed = admin.post("/establishments", &school_with(630_001, &json!({ "status": "closed" }))).ok();
    let open = admin.post("/establishments", &school_with(630_002, &json!({})));
    world.set_time("2026-12-20T09:00:00Z");
    let admin = world.admin();
    admin.patch(&at("establishments", &open.json()), open.etag(), &json!({ "status": "closed" })).ok();
    let head = world.head("63");
    let member = person(&head, "63");
    let at_school = |school: &Value, date: &str| case_with(&member, &json!({ "establishment_id": school["id"], "facts": { "date": date } }));
    let unexplained = head.post("/dossiers", &at_school(&closed, "2026-09-14"));
    assert_eq!(unexplained.flaws(), ["/warning_reason warning.unexplained"]);
    assert_eq!(unexplained.json()["errors"][0]["params"]["warnings"], "establishment_closed");
    let explained = case_with(&member, &json!({ "establishment_id": closed["id"], "warning_reason": "Faits dans les locaux vides." }));
    assert_eq!(head.post("/dossiers", &explained).ok()["warnings"], json!(["establishment_closed"]));
    assert_eq!(head.post("/dossiers", &at_school(&open.json(), "2026-12-10")).ok()["warnings"], json!([]), "it closed later");
    assert_eq!(head.post("/dossiers", &at_school(&open.json(), "2026-12-20")).flaws(), ["/warning_reason warning.unexplained"]);
}

#[test]
fn numbers_given_at_once_are_never_the_same_and_start_anew_each_school_year() {
    let world = World::with(&[("WORKERS", "2")]);
    let head = world.head("63");
    let member = person(&head, "63");
    let references: BTreeSet<String> = std::thread::scope(|scope| {
        let opened: Vec<_> = (0..16).map(|_| scope.spawn(|| head.post("/dossiers", &case(&member)).ok()["reference"].as_str().unwrap().to_owned())).collect();
        opened.into_iter().map(|opening| opening.join().unwrap()).collect()
    });
    let expected: BTreeSet<String> = (1..=16).map(|number| format!("63-2026-{number:06}")).collect();
    assert_eq!(references, expected);
    let other = world.head("2A");
    assert_eq!(other.post("/dossiers", &case(&person(&other, "2A"))).ok()["reference"], "2A-2026-000001");
    world.set_time("2027-08-31T22:30:00Z");
    let head = world.head("63");
    assert_eq!(head.post("/dossiers", &case(&member)).ok()["reference"], "63-2027-000001", "in Paris it is 1 September");
}

#[test]
fn a_dossier_is_the_association_s_own_or_the_one_named() {
    let world = World::new();
    let both = world.head("63");
    let member = person(&both, "63");
    world.grant(&both, Role::Volunteer, Some("03"));
    let both = world.again(&both);
    assert_eq!(both.post("/dossiers", &case(&member)).flaws(), ["/association_id field.required"]);
    let national = both.all("/associations?level=national")[0]["id"].clone();
    for id in [association(&both, "15"), national] {
        let body = case_with(&member, &json!({ "association_id": id }));
        assert_eq!(both.post("/dossiers", &body).flaws(), ["/association_id reference.not_found"]);
    }
    let own = case_with(&member, &json!({ "association_id": association(&both, "63"), "confidentiality": "secret" }));
    assert_eq!(both.post("/dossiers", &own).ok()["confidentiality"], "secret");
    let above = case_with(&member, &json!({ "association_id": association(&both, "03"), "confidentiality": "restricted", "warning_reason": "Voisine." }));
    assert_eq!(both.post("/dossiers", &above).flaws(), ["/confidentiality confidentiality.above_ceiling"]);
}

#[test]
fn a_ceiling_hides_what_is_above_it_as_if_it_were_not_there() {
    let world = World::new();
    let (head, volunteer) = (world.head("63"), world.volunteer("63"));
    let member = person(&head, "63");
    let secret = head.post("/dossiers", &case_with(&member, &json!({ "confidentiality": "secret" }))).ok();
    let open = head.post("/dossiers", &case(&member)).ok();
    let unknown = volunteer.get(&format!("/dossiers/{}", entraide::db::Id::new()));
    let hidden = volunteer.get(&path(&secret));
    assert_eq!((hidden.status, &hidden.json()["code"]), (404, &unknown.json()["code"]));
    volunteer.patch(&path(&secret), "*", &json!({ "urgency": "high" })).refused(404, "not_found");
    order_at(&volunteer, &path(&secret), "*", &json!({ "command": "take_charge" })).refused(404, "not_found");
    volunteer.get(&format!("{}/history", path(&secret))).refused(404, "not_found");
    volunteer.get(&format!("{}/transitions", path(&secret))).refused(404, "not_found");
    world.head("03").get(&path(&open)).refused(404, "not_found");
    let counted = volunteer.request("GET", "/dossiers").header("Prefer", "count=exact").send().ok();
    assert_eq!((&counted["total_count"], &counted["items"][0]["id"]), (&json!(1), &open["id"]));
    // The referent reads it at any level.
    order(&head, &path(&secret), &json!({ "command": "assign", "referent_id": user_id(&volunteer) })).ok();
    assert_eq!(volunteer.get(&path(&secret)).status, 200);
    assert_eq!(volunteer.all("/dossiers").len(), 2);
}

#[test]
fn nobody_reads_their_own_case_nor_is_its_referent() {
    let world = World::new();
    let (head, volunteer) = (world.head("63"), world.volunteer("63"));
    let member = person(&head, "63");
    world.link(&volunteer, &member);
    let volunteer = world.again(&volunteer);
    let referent = json!({ "referent_id": user_id(&volunteer) });
    assert_eq!(head.post("/dossiers", &case_with(&member, &referent)).flaws(), ["/referent_id referent.own_case"]);
    let dossier = head.post("/dossiers", &case(&member)).ok();
    volunteer.get(&path(&dossier)).refused(404, "not_found");
    assert_eq!(volunteer.all("/dossiers").len(), 0);
    assert_eq!(head.all("/dossiers").len(), 1);
}

#[test]
fn state_and_what_is_derived_are_never_patched() {
    let world = World::new();
    let head = world.head("63");
    let created = head.post("/dossiers", &case(&person(&head, "63")));
    let dossier = created.ok();
    let body =
        json!({ "status": "closed", "referent_id": null, "judicialised": true, "facts": { "month": "2026-01" }, "reference": "63-2026-000009", "statu": 1 });
    assert_eq!(
        head.patch(&path(&dossier), created.etag(), &body).flaws(),
        [
            "/facts/month field.derived",
            "/judicialised field.derived",
            "/reference field.read_only",
            "/referent_id field.state",
            "/statu field.unknown",
            "/status field.state",
        ]
    );
    assert_eq!(head.get(&path(&dossier)).etag(), created.etag());
}

#[test]
fn corrected_facts_are_looked_at_anew() {
    let world = World::new();
    let head = world.head("63");
    let member = person(&head, "63");
    let employments = format!("{}/employments", at("members", &member));
    head.post(&employments, &json!({ "starts_on": "2025-09-01", "ends_on": "2026-08-31", "occupation": "trainee" })).ok();
    let created = head.post("/dossiers", &case(&member));
    let dossier = created.ok();
    assert_eq!(dossier["facts_snapshot"]["occupation"], Value::Null);
    let changes = json!({ "facts": { "date": "2026-08-30", "summary": null }, "urgency": "high" });
    let changed = head.patch(&path(&dossier), created.etag(), &changes);
    let view = changed.ok();
    assert_eq!((&view["facts_snapshot"]["occupation"], &view["facts"]["place"]), (&json!("trainee"), &json!("classroom")));
    assert_eq!((&view["facts"]["summary"], &view["version"]), (&Value::Null, &json!(2)));
    let refused = head.patch(&path(&dossier), changed.etag(), &json!({ "facts": { "end_date": "2026-08-29" }, "motive_code": "threat" }));
    assert_eq!(refused.flaws(), ["/facts/end_date period.reversed"]);
    assert_eq!(head.patch(&path(&dossier), changed.etag(), &json!({ "motive_code": "threat" })).flaws(), ["/motive_code motive.retired"]);
    let history = head.get(&format!("{}/history", path(&dossier))).ok();
    assert_eq!(history["items"][0]["before"]["facts"]["summary"], "Insultée par un parent.");
    assert_eq!(history["items"][0]["after"]["allowed_commands"], json!([]), "a version is nobody's view");
}

#[test]
fn the_referent_raises_the_level_within_their_own_and_the_head_lowers_it() {
    let world = World::new();
    let (head, staff, volunteer) = (world.head("63"), staff(&world, "63"), world.volunteer("63"));
    let dossier = head.post("/dossiers", &case_with(&person(&head, "63"), &json!({ "referent_id": user_id(&staff) }))).ok();
    let set = |client: &Client, level: &str| client.patch(&path(&dossier), "*", &json!({ "confidentiality": level }));
    set(&volunteer, "restricted").refused(403, "confidentiality.not_yours");
    assert_eq!(set(&staff, "secret").flaws(), ["/confidentiality confidentiality.above_ceiling"]);
    assert_eq!(set(&staff, "confidential").ok()["confidentiality"], "confidential");
    set(&staff, "standard").refused(403, "confidentiality.not_yours");
    assert_eq!(set(&head, "standard").ok()["confidentiality"], "standard");
}

#[test]
fn a_dossier_lives_from_opening_to_closing_and_says_what_is_possible() {
    let world = World::new();
    let head = world.head("63");
    let dossier = head.post("/dossiers", &case(&person(&head, "63"))).ok();
    let path = path(&dossier);
    assert_eq!(commands(&dossier), ["take_charge! referent.missing", "declare_inadmissible", "requalify", "transfer", "assign", "merge"]);
    order(&head, &path, &json!({ "command": "take_charge" })).refused(409, "referent.missing");
    let wrong = order(&head, &path, &CLOSE());
    wrong.refused(409, "transition.not_allowed");
    assert_eq!(wrong.json()["errors"][0]["params"]["allowed"], "take_charge, declare_inadmissible, requalify, transfer, assign, merge");
    order(&head, &path, &json!({ "command": "assign", "referent_id": user_id(&head) })).ok();
    let taken = order(&head, &path, &json!({ "command": "take_charge" })).ok();
    assert_eq!((&taken["from_status"], &taken["to_status"], &taken["resource_version"]), (&json!("new"), &json!("in_progress"), &json!(3)));
    let past = json!({ "command": "suspend", "reason": "En attente du rectorat.", "review_on": "2026-11-22" });
    assert_eq!(order(&head, &path, &past).flaws(), ["/review_on day.not_to_come"]);
    order(&head, &path, &json!({ "command": "suspend", "reason": "En attente du rectorat.", "review_on": "2026-12-01" })).ok();
    assert_eq!(head.get(&path).ok()["review_on"], "2026-12-01");
    order(&head, &path, &json!({ "command": "resume" })).ok();
    let closed = order(&head, &path, &CLOSE()).ok();
    assert_eq!(closed["details"], json!({ "outcome": "advice_given", "outcome_for_member": "favourable" }));
    let view = head.get(&path).ok();
    assert_eq!((&view["status"], &view["closed_on"], &view["retention_due_on"]), (&json!("closed"), &json!("2026-11-22"), &json!("2036-11-22")));
    assert_eq!(commands(&view), ["reopen", "archive! retention.running"]);
    head.patch(&path, "*", &json!({ "urgency": "high" })).refused(409, "dossier.not_open");
    world.set_time("2026-11-25T09:00:00Z");
    let head = world.again(&head);
    order(&head, &path, &json!({ "command": "reopen", "reason": "Un fait nouveau." })).ok();
    order(&head, &path, &CLOSE()).ok();
    let view = head.get(&path).ok();
    assert_eq!((&view["closed_on"], &view["first_closed_on"]), (&json!("2026-11-25"), &json!("2026-11-22")));
    let steps = head.all(&format!("{path}/transitions?limit=3"));
    let words: Vec<&str> = steps.iter().map(|step| step["command"].as_str().unwrap()).collect();
    assert_eq!(words, ["assign", "take_charge", "suspend", "resume", "close", "reopen", "close"]);
    assert_eq!((&steps[2]["reason"], &steps[2]["details"]), (&json!("En attente du rectorat."), &json!({ "review_on": "2026-12-01" })));
}

#[test]
fn reasons_of_blocked_commands_come_in_the_caller_s_language() {
    let world = World::new();
    let head = world.head("63");
    let dossier = head.post("/dossiers", &case(&person(&head, "63"))).ok();
    assert_eq!(dossier["allowed_commands"][0]["reason"]["detail"], "Aucun référent n'est désigné.");
    let english = head.request("GET", &path(&dossier)).header("Accept-Language", "en").send().ok();
    assert_eq!(english["allowed_commands"][0]["reason"]["detail"], "No referent is named.");
}

#[test]
fn refusals_of_a_transition_come_in_their_order() {
    let world = World::new();
    let (head, dossier) = in_progress(&world);
    let transitions = format!("{}/transitions", path(&dossier));
    let send = |client: &Client, headers: &[(&str, &str)], path: &str, body: &Value| {
        headers.iter().fold(client.request("POST", path), |request, (name, value)| request.header(name, value)).json(body).send()
    };
    world.anonymous().post(&transitions, &json!({})).refused(401, "credentials.missing");
    world.admin().post(&transitions, &json!({})).refused(403, "function.not_granted");
    let unknown = format!("/dossiers/{}/transitions", entraide::db::Id::new());
    let wrong = json!({ "command": "clsoe", "outcome": 1 });
    assert_eq!(send(&head, &[], &unknown, &wrong).flaws(), ["/command choice.unknown"]);
    assert_eq!(
        send(&head, &[], &unknown, &json!({ "command": "close", "outcme": 1 })).flaws(),
        ["/outcme field.unknown", "/outcome field.required", "/outcome_for_member field.required"]
    );
    send(&head, &[], &unknown, &CLOSE()).refused(404, "not_found");
    send(&world.volunteer("63"), &[], &transitions, &CLOSE()).refused(403, "command.not_granted");
    let missing = send(&head, &[], &transitions, &CLOSE());
    missing.refused(428, "precondition.required");
    assert!(missing.text().contains("Idempotency-Key"));
    let missing = send(&head, &[("Idempotency-Key", "a")], &transitions, &CLOSE());
    missing.refused(428, "precondition.required");
    assert!(missing.text().contains("If-Match"));
    let resume = json!({ "command": "resume" });
    send(&head, &[("Idempotency-Key", "b"), ("If-Match", "\"1.x\"")], &transitions, &resume).refused(412, "version.stale");
    send(&head, &[("Idempotency-Key", "c"), ("If-Match", "\"2.x\"")], &transitions, &resume).refused(409, "transition.not_allowed");
    let checked = send(&head, &[("Idempotency-Key", "d"), ("If-Match", "\"2.x\"")], &format!("{transitions}?mode=validate"), &CLOSE());
    assert_eq!((checked.status, checked.json()), (200, json!({ "valid": true })));
    let done = send(&head, &[("Idempotency-Key", "e"), ("If-Match", "\"2.x\"")], &transitions, &CLOSE());
    assert_eq!(done.status, 201);
    let again = send(&head, &[("Idempotency-Key", "e"), ("If-Match", "\"2.x\"")], &transitions, &CLOSE());
    assert_eq!((again.status, &again.bytes, again.header("idempotency-replayed")), (201, &done.bytes, "true"), "the replay comes before the version");
    send(&head, &[("Idempotency-Key", "e"), ("If-Match", "\"3.x\"")], &transitions, &resume).refused(409, "idempotency.key_reused");
    assert_eq!(head.all(&transitions).len(), 2);
}

#[test]
fn of_two_transitions_at_once_one_wins() {
    let world = World::with(&[("WORKERS", "2")]);
    let (head, dossier) = in_progress(&world);
    let etag = head.get(&path(&dossier)).etag().to_owned();
    for _ in 0..5 {
        let etag = head.get(&path(&dossier)).etag().to_owned();
        let statuses = std::thread::scope(|scope| {
            let suspend = json!({ "command": "suspend", "reason": "En attente.", "review_on": "2026-12-01" });
            let both = [suspend, CLOSE()].map(|body| {
                let (head, path, etag) = (&head, path(&dossier), etag.clone());
                scope.spawn(move || order_at(head, &path, &etag, &body).status)
            });
            both.map(|one| one.join().unwrap())
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [201, 409, 412].contains(status)), "{statuses:?}");
        let back = if head.get(&path(&dossier)).ok()["status"] == "closed" {
            json!({ "command": "reopen", "reason": "Encore." })
        } else {
            json!({ "command": "resume" })
        };
        order(&head, &path(&dossier), &back).ok();
    }
    order_at(&head, &path(&dossier), &etag, &CLOSE()).refused(412, "version.stale");
}

#[test]
fn legal_protection_needs_cover_or_a_derogation() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    let head = world.head("63");
    let me = user_id(&head);
    let protection = |member: &Value| case_with(member, &json!({ "kind": "legal_protection", "referent_id": me }));
    let covered = person(&head, "63");
    let subscription = json!({ "subscribed_on": "2026-01-05", "channel": "post", "insurer_registered_on": "2026-01-05" });
    let membership = head.post(&format!("{}/memberships", at("members", &covered)), &subscription).ok();
    let dossier = head.post("/dossiers", &protection(&covered)).ok();
    assert_eq!(dossier["cover"]["status"], "covered");
    assert_eq!(dossier["cover"]["proofs"][0], json!({ "membership_id": membership["id"], "membership_version": 1, "from": "2026-09-14", "to": "2026-09-14" }));
    order(&head, &path(&dossier), &json!({ "command": "take_charge" })).ok();

    let bare = person(&head, "63");
    let dossier = head.post("/dossiers", &protection(&bare)).ok();
    assert_eq!(dossier["cover"]["status"], "not_covered");
    let first = &dossier["allowed_commands"][0];
    assert_eq!((&first["allowed"], &first["reason"]["code"]), (&json!(true), &json!("derogation.needed")));
    order(&head, &path(&dossier), &json!({ "command": "take_charge" })).refused(409, "derogation.needed");
    order(&head, &path(&dossier), &json!({ "command": "take_charge", "derogation_reason": "Adhésion en cours d'enregistrement." })).ok();
    let derogation = &head.get(&path(&dossier)).ok()["derogation"];
    assert_eq!((&derogation["reason"], &derogation["author_id"]), (&json!("Adhésion en cours d'enregistrement."), &me));
    assert!(derogation["given_at"].is_string());

    // Cover found later counts when the work begins.
    let late = person(&head, "63");
    let dossier = head.post("/dossiers", &protection(&late)).ok();
    head.post(&format!("{}/memberships", at("members", &late)), &subscription).ok();
    order(&head, &path(&dossier), &json!({ "command": "take_charge" })).ok();
    assert_eq!(head.get(&path(&dossier)).ok()["cover"]["status"], "covered");

    // Nor does a change of kind get round it.
    let advice = head.post("/dossiers", &case_with(&bare, &json!({ "referent_id": me }))).ok();
    order(&head, &path(&advice), &json!({ "command": "take_charge" })).ok();
    let requalify = |kind: &str| json!({ "command": "requalify", "kind": kind, "reason": "Plainte déposée." });
    assert_eq!(order(&head, &path(&advice), &requalify("legal_information")).flaws(), ["/kind kind.unchanged"]);
    order(&head, &path(&advice), &requalify("legal_protection")).refused(409, "derogation.needed");
    let mut explained = requalify("legal_protection");
    explained["derogation_reason"] = json!("Situation d'urgence.");
    order(&head, &path(&advice), &explained).ok();
    assert_eq!(head.get(&path(&advice)).ok()["kind"], "legal_protection");
}

#[test]
fn a_transferred_dossier_leaves_the_perimeter_and_keeps_its_reference() {
    let world = World::new();
    let (head, dossier) = in_progress(&world);
    let other = world.head("03");
    let to = |department: &str| json!({ "command": "transfer", "association_id": association(&head, department), "reason": "Elle a été mutée." });
    assert_eq!(order(&head, &path(&dossier), &to("63")).flaws(), ["/association_id reference.not_found"]);
    order(&staff(&world, "63"), &path(&dossier), &to("03")).refused(403, "command.not_granted");
    let hold = |client: &Client| client.request("POST", &format!("{}/legal-holds", path(&dossier))).key("hold").json(&json!({ "reason": "Enquête." })).send();
    let send = || head.request("POST", &format!("{}/transitions", path(&dossier))).key("transfer").header("If-Match", "*").json(&to("03")).send();
    assert_eq!((hold(&head).status, send().status), (201, 201));
    head.get(&path(&dossier)).refused(404, "not_found");
    send().refused(404, "not_found");
    hold(&head).refused(404, "not_found");
    let there = other.get(&path(&dossier)).ok();
    assert_eq!((&there["reference"], &there["department_code"], &there["referent_id"]), (&dossier["reference"], &json!("03"), &Value::Null));
    let own = other.post("/dossiers", &case(&person(&other, "03"))).ok();
    assert_eq!(own["reference"], "03-2026-000001");
}

#[test]
fn whatever_becomes_of_a_dossier_it_keeps_its_past_and_what_lies_under_it() {
    let world = World::new();
    let (head, dossier) = in_progress(&world);
    let address = path(&dossier);
    let witness = json!({ "role": "witness", "category": "colleague", "display_name": "Zoé Lac" });
    let witness = at("parties", &head.post(&format!("{address}/parties"), &witness).ok());
    let interview = at("activities", &head.post(&format!("{address}/activities"), &activity(&["team"])).ok());
    let requalify = json!({ "command": "requalify", "kind": "legal_protection", "reason": "Plainte déposée.", "derogation_reason": "En cours." });
    let transfer = json!({ "command": "transfer", "association_id": association(&head, "03"), "reason": "Elle a été mutée." });
    for command in [requalify, CLOSE(), json!({ "command": "reopen", "reason": "Un fait nouveau." }), transfer] {
        order(&head, &address, &command).ok();
    }
    let there = world.head("03");
    let told = |part: &str, names: [&str; 2]| {
        let all = there.all(&format!("{address}/{part}?limit=2"));
        all.iter().map(|told| names.map(|name| told.pointer(name).unwrap().as_str().unwrap_or("-").to_owned())).collect::<Vec<_>>()
    };
    let steps = told("transitions", ["/command", "/reason"]);
    let steps: Vec<(&str, &str)> = steps.iter().map(|[command, reason]| (&**command, &**reason)).collect();
    let expected = [("take_charge", "-"), ("requalify", "Plainte déposée."), ("close", "-"), ("reopen", "Un fait nouveau."), ("transfer", "Elle a été mutée.")];
    assert_eq!(steps, expected);
    let kinds: Vec<String> = told("history", ["/after/kind", "/after/status"]).into_iter().rev().map(|[kind, status]| format!("{kind} {status}")).collect();
    let (advice, protection) = (["legal_information new", "legal_information in_progress"], ["in_progress", "closed", "in_progress", "in_progress"]);
    assert_eq!(kinds, advice.into_iter().map(str::to_owned).chain(protection.map(|status| format!("legal_protection {status}"))).collect::<Vec<_>>());
    let now = there.get(&address).ok();
    assert_eq!((&now["reference"], &now["first_closed_on"], &now["closed_on"]), (&dossier["reference"], &json!("2026-11-22"), &Value::Null));
    assert_eq!(now["derogation"]["reason"], "En cours.");
    for part in [&witness, &interview] {
        assert_eq!(there.get(part).ok()["dossier_id"], dossier["id"], "{part}");
        head.get(part).refused(404, "not_found");
    }
}

#[test]
fn a_hold_stops_archiving_until_the_last_one_is_lifted() {
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let (head, dossier) = in_progress(&world);
    order(&head, &path(&dossier), &CLOSE()).ok();
    let holds = format!("{}/legal-holds", path(&dossier));
    world.volunteer("63").post(&holds, &json!({ "reason": "Enquête." })).refused(403, "function.not_granted");
    world.head("03").post(&holds, &json!({ "reason": "Enquête." })).refused(404, "not_found");
    let first = head.post(&holds, &json!({ "reason": "Enquête en cours." })).ok();
    let second = dpo(&world).post(&holds, &json!({ "reason": "Demande d'un juge." })).ok();
    assert_eq!(commands(&first), ["lift"]);
    let view = head.get(&path(&dossier)).ok();
    assert_eq!((&view["on_legal_hold"], &view["version"]), (&json!(true), &json!(3)), "a hold never raises the version of its dossier");
    assert_eq!(commands(&view), ["reopen", "archive! dossier.on_hold"]);
    order(&head, &path(&dossier), &json!({ "command": "archive" })).refused(409, "dossier.on_hold");
    let lift = json!({ "command": "lift", "reason": "Affaire jugée." });
    order(&head, &at("legal-holds", &first), &lift).ok();
    order(&head, &at("legal-holds", &first), &lift).refused(409, "transition.not_allowed");
    order(&head, &path(&dossier), &json!({ "command": "archive" })).refused(409, "dossier.on_hold");
    order(&dpo(&world), &at("legal-holds", &second), &lift).ok();
    assert_eq!((head.all(&format!("{holds}?status=placed")).len(), head.all(&holds).len()), (0, 2));
    order(&head, &path(&dossier), &json!({ "command": "archive" })).ok();
    head.get(&path(&dossier)).refused(404, "not_found");
}

#[test]
fn a_hold_placed_at_once_with_an_archiving_stops_it_or_comes_after() {
    for _ in 0..4 {
        let world = World::with(&[("RETENTION_YEARS", "0"), ("WORKERS", "2")]);
        let (head, dossier) = in_progress(&world);
        order(&head, &path(&dossier), &CLOSE()).ok();
        let dpo = dpo(&world);
        let (archived, held) = std::thread::scope(|scope| {
            let archive = scope.spawn(|| order_at(&head, &path(&dossier), "*", &json!({ "command": "archive" })).status);
            let hold = scope.spawn(|| dpo.post(&format!("{}/legal-holds", path(&dossier)), &json!({ "reason": "Enquête." })).status);
            (archive.join().unwrap(), hold.join().unwrap())
        });
        let view = dpo.get(&path(&dossier)).ok();
        assert_eq!((held, &view["on_legal_hold"]), (201, &json!(true)));
        assert_eq!(archived == 201, view["status"] == "archived", "{archived}");
        order(&dpo, &path(&dossier), &json!({ "command": "anonymise" })).problem(409);
    }
}

#[test]
fn what_is_archived_is_read_again_for_a_while_only() {
    let world = World::new();
    let (head, dossier) = in_progress(&world);
    order(&head, &path(&dossier), &CLOSE()).ok();
    world.set_time("2036-11-22T09:00:00Z");
    let (head, dpo) = (world.again(&head), dpo(&world));
    order(&head, &path(&dossier), &json!({ "command": "archive" })).ok();
    assert_eq!(head.all("/dossiers").len(), 0);
    let seen = dpo.get(&path(&dossier)).ok();
    assert_eq!(commands(&seen), ["unarchive", "anonymise"]);
    let until = |day: &str| json!({ "command": "unarchive", "reason": "Demande d'accès.", "until": day });
    for day in ["2036-11-21", "2037-02-21"] {
        assert_eq!(order(&dpo, &path(&dossier), &until(day)).flaws(), ["/until date.out_of_range"], "{day}");
    }
    order(&dpo, &path(&dossier), &until("2036-12-01")).ok();
    assert_eq!(head.get(&path(&dossier)).ok()["unarchived_until"], "2036-12-01");
    world.set_time("2036-12-02T09:00:00Z");
    world.again(&head).get(&path(&dossier)).refused(404, "not_found");
    order(&world.again(&dpo), &path(&dossier), &json!({ "command": "archive" })).ok();
}

#[test]
fn what_was_told_in_an_anonymised_dossier_is_nowhere_any_more() {
    let words = ["Xylophage", "Ypérite", "Zinzolin", "Wapiti", "Vibrisse", "Uvulaire", "Quetsche"];
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let head = world.head("63");
    let member = person(&head, "63");
    let call = head.post("/contact-requests", &json!({ "channel": "phone", "caller_name": "Vibrisse", "note": "Uvulaire", "member_id": member["id"] })).ok();
    let facts = json!({ "date": "2026-09-14", "summary": "Xylophage" });
    let body = case_with(&member, &json!({ "kind": "legal_protection", "facts": facts, "referent_id": user_id(&head) }));
    let opened = head.request("POST", "/dossiers").key("opening").json(&body).send();
    let dossier = opened.ok();
    let path = path(&dossier);
    order(&head, &at("contact-requests", &call), &json!({ "command": "convert", "dossier_id": dossier["id"] })).ok();
    let changed = head.patch(&path, opened.etag(), &json!({ "facts": { "summary": "Ypérite" } }));
    order_at(&head, &path, changed.etag(), &json!({ "command": "take_charge", "derogation_reason": "Zinzolin" })).ok();
    order(&head, &path, &json!({ "command": "suspend", "reason": "Wapiti", "review_on": "2026-12-01" })).ok();
    order(&head, &path, &json!({ "command": "resume" })).ok();
    let hold = head.post(&format!("{path}/legal-holds"), &json!({ "reason": "Quetsche" })).ok();
    order(&head, &at("legal-holds", &hold), &json!({ "command": "lift", "reason": "Quetsche" })).ok();
    order(&head, &path, &CLOSE()).ok();
    order(&head, &path, &json!({ "command": "archive" })).ok();
    let held = world.database_text();
    for word in words {
        assert!(held.contains(word), "{word} was stored");
    }
    let dpo = dpo(&world);
    order(&dpo, &path, &json!({ "command": "anonymise" })).ok();
    let left = world.database_text();
    for word in words {
        assert!(!left.contains(word), "{word} is still there");
    }
    let seen = dpo.get(&path).ok();
    assert_eq!((&seen["status"], &seen["reference"], &seen["facts"]["date"]), (&json!("anonymised"), &dossier["reference"], &json!("2026-09-01")));
    assert_eq!(commands(&seen), Vec::<String>::new());
    let steps = dpo.all(&format!("{path}/transitions"));
    assert_eq!(steps.len(), 6, "which steps there were stays");
    dpo.post(&format!("{path}/legal-holds"), &json!({ "reason": "Trop tard." })).refused(409, "dossier.anonymised");
    let after = head.get(&at("contact-requests", &call)).ok();
    assert_eq!((&after["caller_name"], &after["dossier_id"]), (&Value::Null, &dossier["id"]));
    let study = world.user("analyst", Role::Analyst, None);
    let row = study.get("/dossiers?purpose=Barom%C3%A8tre").ok()["items"][0].clone();
    assert_eq!(
        (&row["member_id"], &row["facts_snapshot"]["age_band"], &row["motive_code"]),
        (&Value::Null, &json!("from_40_to_49"), &json!("insult_or_threat"))
    );
}

#[test]
fn a_member_with_a_dossier_is_not_deleted() {
    let world = World::new();
    let head = world.head("63");
    let made = head.post("/members", &member_with(&head, "63", &json!({})));
    head.post("/dossiers", &case(&made.json())).ok();
    head.delete(&at("members", &made.json()), made.etag()).refused(409, "resource.still_referenced");
}

#[test]
fn motives_are_served_by_version_with_what_replaced_them() {
    let world = World::new();
    let client = world.anonymous();
    let current = client.get("/reference/motives").ok();
    assert_eq!((&current["version"], &current["valid_to"], current["items"].as_array().unwrap().len()), (&json!(2), &Value::Null, 22));
    let first = client.get("/reference/motives?version=1").ok();
    let assault = first["items"].as_array().unwrap().iter().find(|motive| motive["code"] == "assault").unwrap();
    assert_eq!(assault["replaced_by"], json!(["physical_assault", "verbal_assault"]));
    assert_eq!(client.get("/reference/motives?version=3").flaws(), ["version reference.not_found"]);
    let tag = client.get("/reference/motives").etag().to_owned();
    assert_eq!(client.request("GET", "/reference/motives").header("If-None-Match", &tag).send().status, 304);
}

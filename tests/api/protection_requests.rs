//! The protection that a public employer owes: asked for at each stage, refused by two months of silence, and what comes after.

use crate::harness::cases::{Office, at, case, commands, employed, order, path, person};
use crate::harness::{Client, Reply, World};
use entraide::auth::Role;
use entraide::dossiers::protection_requests::runner;
use serde_json::{Value, json};

fn of_the_state(head: &Client) -> Value {
    employed(head, &json!({ "employment_status": "tenured", "employer": "state" }))
}

fn plan(client: &Client, dossier: &Value, fields: &Value) -> Reply {
    let mut body = json!({ "stage": "initial" });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    client.post(&format!("{}/protection-requests", path(dossier)), &body)
}

/// A request that the employer received on a day.
fn received(client: &Client, dossier: &Value, day: &str) -> String {
    let request = at("protection-requests", &plan(client, dossier, &json!({})).ok());
    order(client, &request, &json!({ "command": "request", "requested_on": day, "received_on": day })).ok();
    request
}

const CLOSE: fn() -> Value = || json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" });

#[test]
fn protection_is_planned_once_for_each_stage_and_addressed_to_the_employer_of_the_facts() {
    let world = World::new();
    let head = world.head("63");
    let dossier = employed(&head, &json!({ "employment_status": "public_contract", "employer": "local_authority" }));
    let planned = plan(&head, &dossier, &json!({ "reason": "Plainte déposée." })).ok();
    assert_eq!((&planned["status"], &planned["addressed_to"], &planned["silence_due_on"]), (&json!("to_request"), &json!("local_authority"), &Value::Null));
    assert_eq!(commands(&planned), ["request", "withdraw"]);
    plan(&head, &dossier, &json!({})).refused(409, "protection_request.planned_already");
    assert_eq!(plan(&head, &dossier, &json!({ "stage": "appeal", "addressed_to": "state" })).flaws(), ["/addressed_to field.derived"]);
    assert_eq!(plan(&head, &dossier, &json!({ "stage": "retrial" })).flaws(), ["/stage choice.unknown"]);
    for stage in ["investigation", "first_instance", "appeal", "cassation"] {
        plan(&head, &dossier, &json!({ "stage": stage })).ok();
    }
    let collection = format!("{}/protection-requests", path(&dossier));
    assert_eq!((head.all(&collection).len(), head.all(&format!("{collection}?stage=appeal,cassation&status=to_request")).len()), (5, 2));
    order(&head, &at("protection-requests", &planned), &json!({ "command": "withdraw", "reason": "Renonce." })).ok();
    plan(&head, &dossier, &json!({})).ok();
}

#[test]
fn an_employer_of_private_law_owes_none_and_one_that_nobody_wrote_down_is_named() {
    let world = World::new();
    let head = world.head("63");
    for employment in [json!({ "employment_status": "private_employee", "employer": "school_body" }), json!({ "employer": "private" })] {
        plan(&head, &employed(&head, &employment), &json!({})).refused(409, "protection.not_owed");
    }
    let unknown = head.post("/dossiers", &case(&person(&head, "63"))).ok();
    assert_eq!(plan(&head, &unknown, &json!({})).flaws(), ["/addressed_to field.required"]);
    plan(&head, &unknown, &json!({ "addressed_to": "private" })).refused(409, "protection.not_owed");
    assert_eq!(plan(&head, &unknown, &json!({ "addressed_to": "state" })).ok()["addressed_to"], "state");
    let contracted = employed(&head, &json!({ "employment_status": "private_contract_teacher", "employer": "state" }));
    assert_eq!(plan(&head, &contracted, &json!({})).ok()["addressed_to"], "state", "who teaches under contract is an agent of the state");
}

#[test]
fn the_clock_runs_from_the_receipt_or_from_an_estimate_that_is_marked() {
    let world = World::new();
    let head = world.head("63");
    let dossier = of_the_state(&head);
    let request = at("protection-requests", &plan(&head, &dossier, &json!({})).ok());
    let ask = |requested: &str, received: &str| {
        order(&head, &request, &json!({ "command": "request", "requested_on": requested, "received_on": received, "received_estimated": true }))
    };
    assert_eq!(ask("2026-10-02", "2026-10-01").flaws(), ["/received_on date.out_of_range"]);
    assert_eq!(ask("2026-10-02", "2026-11-23").flaws(), ["/received_on date.out_of_range"], "not to come");
    assert_eq!(order(&head, &request, &json!({ "command": "request", "requested_on": "2026-10-02" })).flaws(), ["/received_on field.required"]);
    ask("2026-10-02", "2026-10-05").ok();
    let seen = head.get(&request).ok();
    assert_eq!((&seen["silence_due_on"], &seen["received_estimated"]), (&json!("2026-12-05"), &json!(true)));
    assert!(commands(&seen).contains(&"refuse_implicitly! silence.running".to_owned()), "{:?}", commands(&seen));
    order(&head, &request, &json!({ "command": "refuse_implicitly" })).refused(409, "silence.running");
    let known = head.patch(&request, "*", &json!({ "received_on": "2026-10-31", "received_estimated": false })).ok();
    assert_eq!((&known["silence_due_on"], &known["received_estimated"]), (&json!("2026-12-31"), &json!(false)));
    assert_eq!(head.patch(&request, "*", &json!({ "silence_due_on": "2027-01-01" })).flaws(), ["/silence_due_on field.derived"]);
    order(&head, &request, &json!({ "command": "grant", "decided_on": "2026-11-20" })).ok();
    assert_eq!(head.patch(&request, "*", &json!({ "received_on": "2026-10-05" })).flaws(), ["/received_on field.state"]);
    assert_eq!(runner::step(&world.server).unwrap(), 0);
}

#[test]
fn two_months_of_silence_refuse_once_however_many_servers_run_and_after_any_time_without_one() {
    let world = World::new();
    let head = world.head("63");
    let requests: Vec<String> = ["2026-09-22", "2026-09-23", "2026-08-31"].map(|day| received(&head, &of_the_state(&head), day)).to_vec();
    let state = |client: &Client, at: usize| client.get(&requests[at]).ok()["status"].as_str().unwrap().to_owned();
    let run = || -> usize {
        std::thread::scope(|scope| {
            let servers: Vec<_> = (0..4).map(|_| scope.spawn(|| runner::step(&world.server).unwrap())).collect();
            servers.into_iter().map(|server| server.join().unwrap()).sum()
        })
    };
    assert_eq!(run(), 2, "of 31 August and of 22 September: the two months are over, whoever was asleep meanwhile");
    assert_eq!([0, 1, 2].map(|at| state(&head, at)), ["implicitly_refused", "requested", "implicitly_refused"]);
    let late = head.get(&requests[2]).ok();
    assert_eq!((&late["decided_on"], &late["suit_due_on"]), (&json!("2026-10-31"), &json!("2026-12-31")), "it is of its day, not of the server's");
    world.set_time("2026-11-22T22:59:59Z");
    assert_eq!(run(), 0);
    world.set_time("2026-11-22T23:00:01Z");
    assert_eq!(run(), 1, "days begin in Paris");
    assert_eq!(run(), 0);
    let head = world.again(&head);
    for request in &requests {
        let steps = head.all(&format!("{request}/transitions"));
        let words: Vec<&str> = steps.iter().map(|step| step["command"].as_str().unwrap()).collect();
        assert_eq!((words, &steps[1]["actor_id"]), (vec!["request", "refuse_implicitly"], &Value::Null));
    }
}

#[test]
fn an_answer_and_the_calendar_at_once_leave_a_legal_history() {
    let world = World::new();
    let head = world.head("63");
    for _ in 0..6 {
        let request = received(&head, &of_the_state(&head), "2026-09-01");
        std::thread::scope(|scope| {
            scope.spawn(|| runner::step(&world.server).unwrap());
            scope.spawn(|| order(&head, &request, &json!({ "command": "grant" })));
        });
        let steps = head.all(&format!("{request}/transitions"));
        let words: Vec<&str> = steps.iter().map(|step| step["command"].as_str().unwrap()).collect();
        let legal: [&[&str]; 3] = [&["request", "grant"], &["request", "refuse_implicitly", "grant"], &["request", "refuse_implicitly"]];
        assert!(legal.contains(&words.as_slice()), "{words:?}");
    }
}

#[test]
fn a_late_answer_counts_and_a_refusal_begins_the_two_months_anew_unless_they_are_over() {
    let world = World::new();
    let head = world.head("63");
    let [granted, refused, too_late] = ["2026-09-01", "2026-09-02", "2026-06-01"].map(|day| received(&head, &of_the_state(&head), day));
    assert_eq!(runner::step(&world.server).unwrap(), 3);
    let due = |request: &str| head.get(request).ok()["suit_due_on"].clone();
    assert_eq!([&granted, &refused, &too_late].map(|request| due(request)), ["2027-01-01", "2027-01-02", "2026-10-01"].map(|day| json!(day)));
    order(&head, &granted, &json!({ "command": "grant", "decided_on": "2026-11-20" })).ok();
    order(&head, &refused, &json!({ "command": "refuse", "decided_on": "2026-11-20", "motivation": "Faute personnelle." })).ok();
    order(&head, &too_late, &json!({ "command": "refuse", "decided_on": "2026-11-20" })).ok();
    assert_eq!([&granted, &refused, &too_late].map(|request| due(request)), [Value::Null, json!("2027-01-20"), json!("2026-10-01")]);
}

#[test]
fn a_refusal_is_contested_and_then_granted_or_rejected() {
    let world = World::new();
    let head = world.head("63");
    for (answer, last) in [("grant", "granted"), ("reject", "rejected")] {
        let request = received(&head, &of_the_state(&head), "2026-10-01");
        order(&head, &request, &json!({ "command": "appeal" })).refused(409, "transition.not_allowed");
        order(&head, &request, &json!({ "command": "refuse", "decided_on": "2026-11-02" })).ok();
        assert_eq!(commands(&head.get(&request).ok()), ["appeal"]);
        assert_eq!(order(&head, &request, &json!({ "command": "appeal", "appealed_on": "2026-11-01" })).flaws(), ["/appealed_on date.out_of_range"]);
        order(&head, &request, &json!({ "command": "appeal", "appealed_on": "2026-11-10" })).ok();
        assert_eq!(head.get(&request).ok()["suit_due_on"], Value::Null);
        order(&head, &request, &json!({ "command": answer })).ok();
        let seen = head.get(&request).ok();
        assert_eq!((&seen["status"], &seen["decided_on"], commands(&seen)), (&json!(last), &json!("2026-11-22"), vec![]));
    }
}

#[test]
fn a_dossier_does_not_end_while_protection_is_awaited_and_says_what_is() {
    let world = World::new();
    let head = world.head("63");
    let dossier = of_the_state(&head);
    let request = received(&head, &dossier, "2026-10-01");
    let claim = json!({ "instance": "insurer", "insurer_code": "maif", "member_informed_on": "2026-11-20" });
    head.post(&format!("{}/cover-decisions", path(&dossier)), &claim).ok();
    let blocked = order(&head, &path(&dossier), &CLOSE());
    blocked.refused(409, "dossier.open_beneath");
    let problem = blocked.json();
    let kinds: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|error| error["params"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["cover_decision", "protection_request"], "everything at once");
    order(&head, &request, &json!({ "command": "withdraw", "reason": "Renonce." })).ok();
    let decision = at("cover-decisions", &head.all(&format!("{}/cover-decisions", path(&dossier)))[0]);
    order(&head, &decision, &json!({ "command": "grant" })).ok();
    order(&head, &path(&dossier), &CLOSE()).ok();
    plan(&head, &dossier, &json!({ "stage": "appeal" })).refused(409, "dossier.not_open");
}

#[test]
fn what_was_said_of_protection_goes_with_the_anonymised_dossier_and_each_look_is_recorded() {
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let (head, dpo) = (world.head("63"), world.user("dpo", Role::Dpo, None));
    let dossier = of_the_state(&head);
    let request = at("protection-requests", &plan(&head, &dossier, &json!({ "reason": "Zqxreason de la demande." })).ok());
    order(&head, &request, &json!({ "command": "request", "requested_on": "2026-10-01", "received_on": "2026-10-02" })).ok();
    order(&head, &request, &json!({ "command": "grant", "motivation": "Zqxmotive de l'accord." })).ok();
    let (words, held) = (["zqxreason", "zqxmotive"], world.database_text().to_lowercase());
    assert!(words.iter().all(|word| held.contains(word)));
    let looks = || world.rows("access_log_subjects WHERE subject = 'dossier'");
    let before = looks();
    for look in [request.clone(), format!("{request}/history"), format!("{request}/transitions"), format!("{}/protection-requests", path(&dossier))] {
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

#[test]
fn who_reads_the_dossier_reads_its_requests_and_only_the_team_writes_them() {
    let office = Office::new();
    let request = at("protection-requests", &plan(&office.head, &office.dossier, &json!({ "addressed_to": "state" })).ok());
    let volunteer = office.world.volunteer("63");
    order(&volunteer, &request, &json!({ "command": "request", "requested_on": "2026-11-01", "received_on": "2026-11-02" })).ok();
    let [stranger, dpo, lawyer] = [office.world.head("15"), office.world.user("dpo", Role::Dpo, None), office.world.user("lawyer", Role::Lawyer, None)];
    stranger.get(&request).refused(404, "not_found");
    dpo.get(&request).refused(403, "function.not_granted");
    lawyer.get(&request).refused(404, "not_found");
    order(&lawyer, &request, &json!({ "command": "grant" })).refused(403, "function.not_granted");
}

//! Deadlines: the rules as they are served, what runs in dossiers, and who is told of it.

use crate::harness::cases::{Office, at, case, case_with, commands, employed, order, path, person, user_id};
use crate::harness::data::association;
use crate::harness::{Client, Reply, World};
use diesel::prelude::*;
use entraide::audit::Author;
use entraide::auth::Role;
use entraide::db::schema::deadlines;
use entraide::dossiers::deadlines::recompute::recompute_all;
use entraide::dossiers::deadlines::runner;
use entraide::dossiers::protection_requests;
use serde_json::{Value, json};

#[test]
fn the_rules_of_deadlines_are_served_with_their_labels_and_sources() {
    let world = World::new();
    let reply = world.anonymous().get("/reference/deadline-rules");
    let served = reply.ok();
    let rule = |code: &str| served["items"].as_array().unwrap().iter().find(|rule| rule["code"] == code).unwrap().clone();
    let press = rule("press_offence");
    assert_eq!((&press["count"], &press["unit"], &press["trigger"]), (&json!(3), &json!("months"), &json!("publication")));
    assert_eq!((&press["label_fr"], &press["label_en"]), (&json!("Diffamation ou injure publique"), &json!("Public defamation or insult")));
    assert_eq!((&press["source"], &press["confirmed"]), (&json!("Loi du 29 juillet 1881, art. 65"), &json!(false)));
    assert_eq!(press["restarted_by"], json!(["qualified_requisitions", "civil_party_complaint", "direct_summons", "act_of_procedure"]));
    assert_eq!((&rule("insured_event")["unit"], &rule("work_accident")["population"]), (&json!("working_days"), &json!("other_employees")));
    assert_eq!(served["notice_fr"], "À confirmer par l'avocat.");
    assert_eq!(world.anonymous().request("GET", "/reference/deadline-rules").header("If-None-Match", reply.etag()).send().status, 304);
}

/// A dossier of a member of a department who was defamed on a day.
fn defamed(head: &Client, department: &str, day: &str) -> Value {
    let fields = json!({ "motive_code": "defamation", "facts": { "date": day } });
    head.post("/dossiers", &case_with(&person(head, department), &fields)).ok()
}

fn record(client: &Client, dossier: &Value, kind: &str, day: &str) -> Reply {
    client.post(&format!("{}/deadline-events", path(dossier)), &json!({ "kind": kind, "occurred_on": day }))
}

/// Code, first day, last day and state of each deadline of a dossier.
fn told(client: &Client, dossier: &Value) -> Vec<String> {
    let word = |deadline: &Value| {
        let [code, starts_on, due_on, status] = ["code", "starts_on", "due_on", "status"].map(|name| deadline[name].as_str().unwrap().to_owned());
        format!("{code} {starts_on} {due_on} {status}")
    };
    client.all(&format!("{}/deadlines", path(dossier))).iter().map(word).collect()
}

/// The address of the only deadline of a dossier.
fn only(client: &Client, dossier: &Value) -> String {
    let all = client.all(&format!("{}/deadlines", path(dossier)));
    assert_eq!(all.len(), 1, "{all:?}");
    at("deadlines", &all[0])
}

/// Titles, assignees and states of the tasks of a dossier, the first set first.
fn tasks(client: &Client, dossier: &Value) -> Vec<(String, Value, String)> {
    let all = client.all(&format!("{}/tasks?sort=created", path(dossier)));
    let text = |task: &Value, name: &str| task[name].as_str().unwrap().to_owned();
    all.iter().map(|task| (text(task, "title"), task["assignee_id"].clone(), text(task, "status"))).collect()
}

fn lead(head: &Client, dossier: &Value) {
    order(head, &path(dossier), &json!({ "command": "assign", "referent_id": user_id(head) })).ok();
    order(head, &path(dossier), &json!({ "command": "take_charge" })).ok();
}

const CLOSE: fn() -> Value = || json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" });

#[test]
fn a_deadline_is_there_with_the_dossier_and_follows_its_facts() {
    let world = World::new();
    let head = world.head("63");
    let dossier = defamed(&head, "63", "2026-09-14");
    assert_eq!(told(&head, &dossier), ["press_offence 2026-09-14 2026-12-14 running"]);
    let own = only(&head, &dossier);
    let view = head.get(&own).ok();
    assert_eq!((&view["source"], &view["source_id"]), (&json!("dossier"), &dossier["id"]));
    assert_eq!((&view["legal_source"], &view["confirmed"]), (&json!("Loi du 29 juillet 1881, art. 65"), &json!(false)));
    assert_eq!((&view["notice_fr"], &view["notice_en"]), (&json!("À confirmer par l'avocat."), &json!("To be confirmed by the lawyer.")));
    head.patch(&path(&dossier), "*", &json!({ "urgency": "high" })).ok();
    assert_eq!(head.get(&own).ok()["version"], 1, "nothing hangs on the urgency");
    head.patch(&path(&dossier), "*", &json!({ "facts": { "date": "2026-08-31" } })).ok();
    assert_eq!(told(&head, &dossier), ["press_offence 2026-08-31 2026-11-30 running"]);
    head.patch(&path(&dossier), "*", &json!({ "motive_code": "death_threat" })).ok();
    assert_eq!(told(&head, &dossier), ["press_offence 2026-08-31 2026-11-30 superseded"]);
    head.patch(&path(&dossier), "*", &json!({ "secondary_motive_codes": ["defamation"] })).ok();
    assert_eq!(told(&head, &dossier), ["press_offence 2026-08-31 2026-11-30 running"]);
    assert_eq!(head.all(&format!("{own}/history")).len(), 4);
    assert_eq!(world.rows("audit_events WHERE resource = 'deadline'"), 4);
    let insult = head.post("/dossiers", &case(&person(&head, "63"))).ok();
    assert_eq!(told(&head, &insult), Vec::<String>::new(), "an insult may be no offence of the press");
}

#[test]
fn a_publication_sets_the_clock_of_the_press_and_its_error_takes_it_back() {
    let office = Office::new();
    let (head, dossier) = (&office.head, &office.dossier);
    for (day, due) in [("2016-12-14", "2017-03-14"), ("2011-08-23", "2011-11-23")] {
        let event = record(head, dossier, "publication", day);
        let made = event.ok();
        assert_eq!(event.header("location"), format!("/api/v1{}", at("deadline-events", &made)));
        assert_eq!(told(head, dossier)[0], format!("press_offence {day} {due} running"));
        let own = at("deadline-events", &made);
        assert_eq!((&made["status"], &made["recorded_by"], commands(&made)), (&json!("recorded"), &user_id(head), vec!["void".to_owned()]));
        order(head, &own, &json!({ "command": "void", "reason": "Erreur de saisie." })).ok();
        assert!(told(head, dossier).contains(&format!("press_offence {day} {due} superseded")));
        order(head, &own, &json!({ "command": "void", "reason": "Encore." })).refused(409, "transition.not_allowed");
    }
    record(head, dossier, "publication_discriminatory", "2026-02-28").ok();
    assert!(told(head, dossier).contains(&"press_offence_discriminatory 2026-02-28 2027-02-28 running".to_owned()));
    assert_eq!(record(head, dossier, "publication", "2026-11-23").flaws(), ["/occurred_on date.in_future"]);
    assert_eq!(record(head, dossier, "letter", "2026-11-22").flaws(), ["/kind choice.unknown"], "a letter sets no clock off");
    let collection = format!("{}/deadline-events", path(dossier));
    assert_eq!((head.all(&collection).len(), head.all(&format!("{collection}?status=recorded&kind=publication,publication_discriminatory")).len()), (3, 1));
    let spoken = defamed(head, "63", "2026-09-14");
    record(head, &spoken, "publication", "2026-09-20").ok();
    assert_eq!(told(head, &spoken), ["press_offence 2026-09-14 2026-12-14 superseded", "press_offence 2026-09-20 2026-12-20 running"]);
}

#[test]
fn clocks_run_by_the_employment_of_the_day_of_the_facts_and_the_holidays_of_the_department() {
    let world = World::new();
    let head = world.head("63");
    let tenured = employed(&head, &json!({ "employment_status": "tenured", "employer": "state" }));
    let private = employed(&head, &json!({ "employment_status": "private_employee", "employer": "private" }));
    for dossier in [&tenured, &private] {
        record(&head, dossier, "accident", "2026-11-20").ok();
        record(&head, dossier, "suspension", "2026-10-31").ok();
    }
    assert_eq!(told(&head, &tenured), ["service_accident 2026-11-20 2026-12-05 running", "disciplinary_suspension 2026-10-31 2027-02-28 running"]);
    assert_eq!(told(&head, &private), ["work_accident 2026-11-20 2026-11-21 running"]);
    for (client, department, due) in [(&head, "63", "2026-04-09"), (&world.head("67"), "67", "2026-04-10")] {
        let dossier = client.post("/dossiers", &case(&person(client, department))).ok();
        record(client, &dossier, "event_known", "2026-04-01").ok();
        assert_eq!(told(client, &dossier), [format!("insured_event 2026-04-01 {due} running")], "Good Friday is a holiday in Alsace");
    }
}

#[test]
fn protection_runs_to_silence_then_to_the_judge_and_a_late_grant_ends_it() {
    let world = World::new();
    let head = world.head("63");
    let received = |day: &str| {
        let dossier = employed(&head, &json!({ "employment_status": "tenured", "employer": "state" }));
        let request = at("protection-requests", &head.post(&format!("{}/protection-requests", path(&dossier)), &json!({ "stage": "initial" })).ok());
        assert_eq!(told(&head, &dossier), Vec::<String>::new(), "planned is not received");
        order(&head, &request, &json!({ "command": "request", "requested_on": day, "received_on": day })).ok();
        (dossier, request)
    };
    let (granted, request) = received("2026-09-01");
    assert_eq!(told(&head, &granted), ["protection_silence 2026-09-01 2026-11-01 reached"], "the day has come, though no server ran");
    assert_eq!(protection_requests::runner::step(&world.server).unwrap(), 1);
    let silent = ["protection_silence 2026-09-01 2026-11-01 reached", "protection_suit_after_silence 2026-11-01 2027-01-01 running"];
    assert_eq!(told(&head, &granted), silent);
    order(&head, &request, &json!({ "command": "grant", "decided_on": "2026-11-20" })).ok();
    assert_eq!(told(&head, &granted), [silent[0], "protection_suit_after_silence 2026-11-01 2027-01-01 superseded"]);
    let (refused, request) = received("2026-10-01");
    assert_eq!(told(&head, &refused), ["protection_silence 2026-10-01 2026-12-01 running"]);
    head.patch(&request, "*", &json!({ "received_on": "2026-10-02" })).ok();
    order(&head, &request, &json!({ "command": "refuse", "decided_on": "2026-11-20" })).ok();
    let sued = "protection_suit_after_refusal 2026-11-20 2027-01-20";
    assert_eq!(told(&head, &refused), ["protection_silence 2026-10-02 2026-12-02 superseded".to_owned(), format!("{sued} running")]);
    order(&head, &request, &json!({ "command": "appeal", "appealed_on": "2026-11-21" })).ok();
    assert_eq!(told(&head, &refused)[1], format!("{sued} met"));
    let suit = head.all(&format!("{}/deadlines?code=protection_suit_after_refusal", path(&refused)))[0].clone();
    assert_eq!((&suit["met_on"], &suit["done"], commands(&suit)), (&json!("2026-11-21"), &Value::Null, vec!["reopen! deadline.derived".to_owned()]));
    order(&head, &at("deadlines", &suit), &json!({ "command": "reopen", "reason": "Erreur." })).refused(409, "deadline.derived");
    order(&head, &request, &json!({ "command": "reject" })).ok();
    assert_eq!(told(&head, &refused)[1], format!("{sued} met"), "what was met stays so");
}

#[test]
fn the_team_says_what_became_of_a_deadline_and_a_change_of_its_cause_opens_it_again() {
    let world = World::new();
    let head = world.head("63");
    let dossier = defamed(&head, "63", "2026-08-14");
    let own = only(&head, &dossier);
    assert_eq!(told(&head, &dossier), ["press_offence 2026-08-14 2026-11-14 running"], "over, and nobody said whether it was met");
    assert_eq!(commands(&head.get(&own).ok()), ["meet", "miss"]);
    let meet = |day: Value| order(&head, &own, &json!({ "command": "meet", "met_on": day, "done": "Citation directe." }));
    for day in [json!("2026-08-13"), json!("2026-11-15"), Value::Null] {
        assert_eq!(meet(day).flaws(), ["/met_on date.out_of_range"]);
    }
    assert_eq!(order(&head, &own, &json!({ "command": "meet" })).flaws(), ["/done field.required"]);
    order(&head, &own, &json!({ "command": "miss", "reason": "Adhérent prévenu trop tard." })).ok();
    meet(json!("2026-11-14")).ok();
    let met = head.get(&own).ok();
    assert_eq!((&met["status"], &met["met_on"], &met["done"]), (&json!("met"), &json!("2026-11-14"), &json!("Citation directe.")));
    order(&head, &own, &json!({ "command": "reopen", "reason": "Autre affaire." })).ok();
    meet(json!("2026-11-14")).ok();
    head.patch(&path(&dossier), "*", &json!({ "facts": { "date": "2026-09-14" } })).ok();
    let again = head.get(&own).ok();
    assert_eq!((&again["status"], &again["met_on"], &again["done"]), (&json!("running"), &Value::Null, &Value::Null));
    order(&head, &own, &json!({ "command": "miss" })).refused(409, "deadline.not_over");
    let words: Vec<Value> = head.all(&format!("{own}/transitions")).iter().map(|step| step["command"].clone()).collect();
    assert_eq!(words, ["miss", "meet", "reopen", "meet"]);
    let stale =
        head.request("POST", &format!("{own}/transitions")).key("stale").header("If-Match", "\"1\"").json(&json!({ "command": "meet", "done": "Fait." }));
    stale.send().refused(412, "version.stale");
}

#[test]
fn a_deadline_does_not_keep_its_dossier_open_and_runs_no_more_once_it_is_closed() {
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let head = world.head("63");
    let dossier = defamed(&head, "63", "2026-09-14");
    let own = only(&head, &dossier);
    lead(&head, &dossier);
    order(&head, &path(&dossier), &CLOSE()).ok();
    assert_eq!(head.get(&own).ok()["status"], "superseded");
    assert_eq!(commands(&head.get(&own).ok()), Vec::<String>::new());
    record(&head, &dossier, "publication", "2026-09-14").refused(409, "dossier.not_open");
    order(&head, &path(&dossier), &json!({ "command": "reopen", "reason": "Fait nouveau." })).ok();
    assert_eq!(head.get(&own).ok()["status"], "running");
    world.set_time("2026-12-01T09:00:00Z");
    assert_eq!(runner::step(&world.server).unwrap(), 1);
    let head = world.again(&head);
    order(&head, &path(&dossier), &CLOSE()).refused(409, "dossier.open_beneath");
    order(&head, &own, &json!({ "command": "meet", "done": "Plainte avec constitution de partie civile." })).ok();
    order(&head, &path(&dossier), &CLOSE()).ok();
    order(&head, &own, &json!({ "command": "reopen", "reason": "Erreur." })).refused(409, "dossier.not_open");
    assert_eq!(head.get(&own).ok()["status"], "met", "what is over stays so");
}

#[test]
fn the_week_of_a_department_is_one_list_over_its_dossiers_by_the_last_day() {
    let world = World::new();
    let (head, stranger) = (world.head("63"), world.head("03"));
    for day in ["2026-08-27", "2026-08-23", "2026-09-30", "2026-08-25"] {
        defamed(&head, "63", day);
    }
    defamed(&stranger, "03", "2026-08-25");
    let days = |client: &Client, query: &str| -> Vec<String> {
        client.all(&format!("/deadlines?{query}")).iter().map(|deadline| deadline["due_on"].as_str().unwrap()[5..].to_owned()).collect()
    };
    for limit in 1..=5 {
        assert_eq!(days(&head, &format!("limit={limit}")), ["11-23", "11-25", "11-27", "12-30"]);
    }
    let week = "due=2026-11-23/2026-11-29&status=running&code=press_offence";
    assert_eq!(days(&head, &format!("{week}&department=63&sort=-due")), ["11-27", "11-25", "11-23"]);
    assert_eq!((days(&stranger, week), days(&stranger, "department=63")), (vec!["11-25".to_owned()], vec![]));
    let counted = head.request("GET", &format!("/deadlines?{week}")).header("Prefer", "count=exact").send().ok();
    assert_eq!(counted["total_count"], 3);
    assert!(head.get("/deadlines?expand=dossier&limit=1").ok()["items"][0]["dossier"]["reference"].is_string());
    let csv = head.request("GET", "/deadlines").header("Accept", "text/csv; dialect=excel-fr").send().text();
    assert!(csv.contains("Dernier jour") && csv.lines().count() == 5, "{csv}");
    assert_eq!(head.get("/deadlines?status=overdue").flaws(), ["status choice.unknown"]);
    world.user("dpo", Role::Dpo, None).get("/deadlines").refused(403, "function.not_granted");
}

#[test]
fn the_referent_is_told_fifteen_and_seven_days_before_and_on_the_day_once_however_many_servers_run() {
    let world = World::new();
    let head = world.head("63");
    let (led, nobody_s) = (defamed(&head, "63", "2026-09-14"), defamed(&head, "63", "2026-09-14"));
    lead(&head, &led);
    let run = || -> usize {
        std::thread::scope(|scope| {
            let servers: Vec<_> = (0..4).map(|_| scope.spawn(|| runner::step(&world.server).unwrap())).collect();
            servers.into_iter().map(|server| server.join().unwrap()).sum()
        })
    };
    for (now, expected) in [
        ("2026-11-28T22:59:59Z", 0),
        ("2026-11-28T23:00:00Z", 2),
        ("2026-12-06T22:59:59Z", 0),
        ("2026-12-06T23:00:00Z", 2),
        ("2026-12-14T08:00:00Z", 2),
        ("2027-01-14T08:00:00Z", 0),
    ] {
        world.set_time(now);
        assert_eq!((run(), run()), (expected, 0), "{now}");
    }
    let head = world.again(&head);
    let label = "Diffamation ou injure publique";
    let titles = ["dans 15 jours", "dans 7 jours", "aujourd'hui"].map(|when| format!("Échéance {when} : {label}"));
    let expected = |assignee: Value| titles.clone().map(|title| (title, assignee.clone(), "open".to_owned()));
    assert_eq!((tasks(&head, &led), tasks(&head, &nobody_s)), (expected(user_id(&head)).to_vec(), expected(Value::Null).to_vec()));
    let first = head.all(&format!("{}/tasks?sort=created", path(&led)))[0].clone();
    assert_eq!((&first["due_on"], &first["created_by"]), (&json!("2026-12-14"), &Value::Null));
    assert_eq!(first["note"], "Loi du 29 juillet 1881, art. 65. À confirmer par l'avocat.");
    assert_eq!(head.all("/tasks?assignee=me").len(), 6, "what is nobody's goes to the head");
    assert_eq!(head.get(&only(&head, &led)).ok()["version"], 1, "being told of changes nothing");
}

#[test]
fn what_was_slept_through_is_told_once_by_the_threshold_that_passed_last() {
    let world = World::new();
    let head = world.head("63");
    let (soon, over) = (defamed(&head, "63", "2026-09-20"), defamed(&head, "63", "2026-09-14"));
    world.set_time("2026-12-18T09:00:00Z");
    let step = || runner::step(&world.server).unwrap();
    assert_eq!([step(), step()], [2, 0]);
    let head = world.again(&head);
    let titles = |dossier: &Value| tasks(&head, dossier).into_iter().map(|(title, ..)| title).collect::<Vec<_>>();
    assert_eq!(titles(&soon), ["Échéance dans 2 jours : Diffamation ou injure publique"]);
    assert_eq!(titles(&over), ["Échéance passée le 2026-12-14 : Diffamation ou injure publique"]);
    world.set_time("2027-01-18T09:00:00Z");
    assert_eq!([step(), step()], [1, 0], "the day itself, of the one that was still to come");
}

#[test]
fn tasks_are_called_off_with_the_deadline_and_raised_anew_where_it_runs_anew() {
    let world = World::new();
    let head = world.head("63");
    let dossier = defamed(&head, "63", "2026-09-01");
    let own = only(&head, &dossier);
    let step = || runner::step(&world.server).unwrap();
    let states = |client: &Client| tasks(client, &dossier).into_iter().map(|(.., status)| status).collect::<Vec<_>>();
    assert_eq!((step(), states(&head)), (1, vec!["open".to_owned()]), "nine days before");
    head.patch(&path(&dossier), "*", &json!({ "facts": { "date": "2026-09-02" } })).ok();
    assert_eq!((states(&head), step()), (vec!["cancelled".to_owned()], 1));
    order(&head, &own, &json!({ "command": "meet", "done": "Citation directe." })).ok();
    assert_eq!((states(&head), step()), (vec!["cancelled".to_owned(); 2], 0));
    order(&head, &own, &json!({ "command": "reopen", "reason": "Erreur." })).ok();
    assert_eq!((step(), states(&head)), (1, ["cancelled", "cancelled", "open"].map(str::to_owned).to_vec()));
    head.patch(&path(&dossier), "*", &json!({ "motive_code": "harassment" })).ok();
    assert_eq!((states(&head), step()), (vec!["cancelled".to_owned(); 3], 0));
    let cancelled = head.all(&format!("{}/tasks?status=cancelled", path(&dossier)))[0].clone();
    assert_eq!(head.all(&format!("{}/transitions", at("tasks", &cancelled)))[0]["command"], "cancel");
}

#[test]
fn a_deadline_that_is_met_and_told_of_at_once_leaves_no_open_task() {
    let world = World::new();
    let head = world.head("63");
    for _ in 0..6 {
        let dossier = defamed(&head, "63", "2026-09-01");
        let own = only(&head, &dossier);
        let etag = head.get(&own).etag().to_owned();
        let (key, meet) = (own.clone(), json!({ "command": "meet", "done": "Citation directe." }));
        let ended = || head.request("POST", &format!("{own}/transitions")).key(&key).header("If-Match", &etag).json(&meet).send().ok();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| runner::step(&world.server).unwrap());
            }
            scope.spawn(ended);
        });
        let open = head.all(&format!("{}/tasks?status=open", path(&dossier))).len();
        assert_eq!((head.get(&own).ok()["status"].as_str(), open), (Some("met"), 0));
        assert!(head.all(&format!("{}/tasks", path(&dossier))).len() <= 1);
    }
}

#[test]
fn deadlines_go_with_a_dossier_that_is_handed_over_and_count_by_the_holidays_there() {
    let world = World::new();
    let (head, neighbour) = (world.head("63"), world.head("67"));
    let dossier = head.post("/dossiers", &case(&person(&head, "63"))).ok();
    record(&head, &dossier, "event_known", "2026-04-01").ok();
    assert_eq!(runner::step(&world.server).unwrap(), 1);
    let away = json!({ "command": "transfer", "association_id": association(&neighbour, "67"), "reason": "Mutation." });
    order(&head, &path(&dossier), &away).ok();
    assert_eq!((head.all("/deadlines").len(), neighbour.all("/deadlines").len()), (0, 1));
    assert_eq!(told(&neighbour, &dossier), ["insured_event 2026-04-01 2026-04-10 running"]);
    assert_eq!(runner::step(&world.server).unwrap(), 1);
    let states: Vec<String> = tasks(&neighbour, &dossier).into_iter().map(|(.., status)| status).collect();
    assert_eq!(states, ["cancelled", "open"]);
}

#[test]
fn how_many_deadlines_are_overdue_is_told_to_whoever_watches_the_server() {
    let world = World::new();
    let head = world.head("63");
    let count = || {
        let text = world.anonymous().get("/metrics").text();
        text.lines().find_map(|line| line.strip_prefix("entraide_deadlines_overdue ")).unwrap().to_owned()
    };
    let over = defamed(&head, "63", "2026-08-21");
    defamed(&head, "63", "2026-08-22");
    record(&head, &over, "suspension", "2026-07-01").ok();
    assert_eq!(count(), "1", "a measure that has ended is nobody's to meet");
    world.set_time("2026-11-22T23:00:00Z");
    assert_eq!(count(), "2");
    let head = world.again(&head);
    let late = head.all(&format!("{}/deadlines?status=running", path(&over)))[0].clone();
    order(&head, &at("deadlines", &late), &json!({ "command": "miss" })).ok();
    assert_eq!(count(), "1");
}

#[test]
fn what_was_said_of_deadlines_goes_with_the_anonymised_dossier_and_each_look_is_recorded() {
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let (head, dpo) = (world.head("63"), world.user("dpo", Role::Dpo, None));
    let dossier = defamed(&head, "63", "2026-09-14");
    let own = only(&head, &dossier);
    order(&head, &own, &json!({ "command": "meet", "done": "Zqxdone par huissier." })).ok();
    let event = at("deadline-events", &record(&head, &dossier, "accident", "2026-09-17").ok());
    order(&head, &event, &json!({ "command": "void", "reason": "Zqxvoid par erreur." })).ok();
    let words = ["zqxdone", "zqxvoid", "2026-12-14", "2026-09-17"];
    let held = world.database_text().to_lowercase();
    assert!(words.iter().all(|word| held.contains(word)));
    let looks = || world.rows("access_log_subjects WHERE subject = 'dossier'");
    let before = looks();
    let lists = ["/deadlines".to_owned(), format!("{}/deadlines", path(&dossier)), format!("{}/deadline-events", path(&dossier))];
    let parts = [&own, &event].map(|part| [part.clone(), format!("{part}/history"), format!("{part}/transitions")]);
    for look in lists.iter().chain(parts.iter().flatten()) {
        head.get(look).ok();
    }
    assert_eq!(looks() - before, 9);
    lead(&head, &dossier);
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
fn computing_all_deadlines_anew_writes_only_what_differs() {
    let world = World::new();
    let head = world.head("63");
    let dossiers = [defamed(&head, "63", "2026-09-14"), defamed(&head, "63", "2026-09-15"), head.post("/dossiers", &case(&person(&head, "63"))).ok()];
    let author = Author::console("test", &world.server.keys.records);
    let all = || recompute_all(world.db(), &author, world.now()).unwrap();
    assert_eq!(all(), (3, 0));
    let due = entraide::values::Day::from_ymd(2026, 12, 1).unwrap();
    let (first, second) = (deadlines::source_id.eq(id_of(&dossiers[0])), deadlines::source_id.eq(id_of(&dossiers[1])));
    world
        .db()
        .write_now(move |conn| {
            diesel::update(deadlines::table.filter(first)).set(deadlines::due_on.eq(due)).execute(conn)?;
            Ok(diesel::delete(deadlines::table.filter(second)).execute(conn)?)
        })
        .unwrap();
    assert_eq!(all(), (3, 2));
    assert_eq!(told(&head, &dossiers[0]), ["press_offence 2026-09-14 2026-12-14 running"]);
    assert_eq!(told(&head, &dossiers[1]), ["press_offence 2026-09-15 2026-12-15 running"]);
    assert_eq!(world.console().run(&["deadlines", "recompute"]).ok().trim(), "3 dossiers looked at, the deadlines of 0 changed");
}

fn id_of(view: &Value) -> entraide::db::Id {
    entraide::db::Id::parse(view["id"].as_str().unwrap()).unwrap()
}

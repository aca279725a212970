//! The tasks that tell of conflicts: to the heads concerned and to the data protection officer, and to nobody else by any channel.

use crate::conflicts::{Colleagues, assign, named, open, oppose, waive};
use crate::harness::cases::{ask_solidarity, at, commands, consultation, lawyer_with, order, order_at, path, person, user_id};
use crate::harness::data::association;
use crate::harness::{Client, World};
use entraide::app;
use entraide::auth::Role;
use entraide::dossiers::conflicts::notices;
use serde_json::{Value, json};

/// Anne's dossier in the Puy-de-Dôme and Bruno's in the Allier, which oppose each other.
struct Departments {
    world: World,
    heads: [Client; 2],
    dpo: Client,
    people: [Value; 2],
    dossiers: [Value; 2],
}

impl Departments {
    fn new() -> Self {
        Self::on(World::with(&[("WORKERS", "2"), ("RETENTION_YEARS", "0")]))
    }

    fn on(world: World) -> Self {
        let (heads, dpo) = (["63", "03"].map(|code| world.head(code)), world.user("dpo", Role::Dpo, None));
        let people = [named(&heads[0], "63", "Anne"), named(&heads[1], "03", "Bruno")];
        let dossiers = [0, 1].map(|at: usize| open(&heads[at], &people[at]));
        oppose(&heads[0], &dossiers[0], &json!({ "display_name": "Bruno Martin", "birth_date": "1979-02-03" })).ok();
        Self { world, heads, dpo, people, dossiers }
    }

    fn tell(&self) -> usize {
        notices::step(&self.world.server).unwrap()
    }

    /// What tells of it under each dossier, as its head sees it.
    fn tasks(&self) -> [Value; 2] {
        [0, 1].map(|at: usize| {
            let mut tasks = told(&self.world.again(&self.heads[at]), "");
            assert_eq!(tasks.len(), 1);
            tasks.pop().unwrap()
        })
    }

    fn conflict(&self) -> Value {
        self.world.again(&self.dpo).all("/conflicts")[0].clone()
    }
}

/// The tasks of a caller that tell of conflicts.
fn told(client: &Client, query: &str) -> Vec<Value> {
    client.all(&format!("/tasks?{query}")).into_iter().filter(|task| !task["conflict_id"].is_null()).collect()
}

/// Where tasks are told of: over all dossiers, under one, and of each.
const LISTS: [&str; 4] = ["/tasks", "/tasks?assignee=none", "/tasks?status=open", "/tasks?due=2026-11-29/2026-11-29"];
const UNDER: [&str; 4] = ["{dossier}/tasks", "{dossier}/tasks?status=open&sort=created", "{dossier}/timeline", "{dossier}/timeline?kind=task"];
const NONE: [&str; 0] = [];
const PARTS: [&str; 3] = ["{task}", "{task}/history", "{task}/transitions"];

/// Those of them through which a caller learns that there is a task.
fn channels(client: &Client, dossier: &Value, task: &Value) -> Vec<&'static str> {
    let id = task["id"].as_str().unwrap();
    let shows = |channel: &str, accept: &str| {
        let address = channel.replace("{dossier}", &path(dossier)).replace("{task}", &at("tasks", task));
        let reply = client.request("GET", &address).header("Accept", accept).header("Prefer", "count=exact").send();
        let page = if reply.status == 200 && accept == "application/json" { reply.json() } else { Value::Null };
        if let Some(items) = page["items"].as_array() {
            assert_eq!(page["total_count"], items.len(), "{channel} counts what it shows");
        }
        reply.text().contains(id) || reply.status == 200 && channel.starts_with("{task}")
    };
    let told = |channel: &&&str| ["application/json", "text/csv", "application/x-ndjson"].iter().any(|accept| shows(channel, accept));
    LISTS.iter().chain(&UNDER).chain(&PARTS).filter(told).copied().collect()
}

#[test]
fn a_conflict_is_told_to_the_heads_of_both_departments_and_to_the_dpo() {
    let office = Departments::new();
    let before = [&office.heads[0], &office.heads[1], &office.dpo].map(|client| client.all("/tasks").len());
    assert_eq!((before, office.world.rows("tasks")), ([0; 3], 0), "recording a party sets none, whether or not it causes a conflict");
    assert_eq!((office.tell(), office.tell()), (1, 0));
    let conflict = office.conflict();
    for (task, dossier) in office.tasks().iter().zip(&office.dossiers) {
        assert_eq!((&task["conflict_id"], &task["dossier_id"]), (&conflict["id"], &dossier["id"]));
        assert_eq!((&task["title"], &task["note"]), (&json!("Conflit d'intérêts à examiner"), &Value::Null));
        assert_eq!((&task["due_on"], &task["assignee_id"], &task["created_by"]), (&json!("2026-11-29"), &Value::Null, &Value::Null));
        assert_eq!((&task["status"], commands(task)), (&json!("open"), ["complete", "cancel"].map(str::to_owned).to_vec()));
    }
    let [ours, theirs] = office.tasks();
    for (client, at, task) in [(&office.heads[0], 0, &ours), (&office.heads[1], 1, &theirs)] {
        assert_eq!(channels(client, &office.dossiers[at], task), [&LISTS[..], &UNDER, &PARTS].concat(), "by each channel");
        assert_eq!(channels(&office.dpo, &office.dossiers[at], task), [&LISTS[..], &PARTS].concat(), "to whom the rest of a dossier is closed");
    }
    for (client, at, of_the_other) in [(&office.heads[0], 1, &theirs), (&office.heads[1], 0, &ours)] {
        assert_eq!(channels(client, &office.dossiers[at], of_the_other), NONE);
    }
    // It is theirs to see to.
    for client in [&office.heads[0], &office.heads[1], &office.dpo] {
        assert_eq!(told(client, "assignee=me").len(), if client.login() == office.dpo.login() { 2 } else { 1 });
    }
    let with_dossier = office.dpo.get("/tasks?expand=dossier").ok();
    for task in with_dossier["items"].as_array().unwrap() {
        assert_eq!((&task["dossier"]["motive_code"], &task["dossier"]["facts"]["summary"]), (&Value::Null, &Value::Null), "without content");
    }
}

#[test]
fn who_watches_over_data_and_works_in_a_department_has_the_tasks_of_both() {
    let office = Departments::new();
    assert_eq!(office.tell(), 1);
    let [ours, theirs] = office.dossiers.each_ref().map(|dossier| format!("{}/tasks", path(dossier)));
    for (head, tasks) in office.heads.iter().zip([&ours, &theirs]) {
        head.post(tasks, &json!({ "title": "Rappeler" })).ok();
    }
    let tasks = |client: &Client| {
        let (of_conflicts, of_work): (Vec<Value>, Vec<Value>) = client.all("/tasks").into_iter().partition(|task| !task["conflict_id"].is_null());
        (of_conflicts.len(), of_work.iter().map(|task| task["dossier_id"].clone()).collect::<Vec<_>>())
    };
    assert_eq!(tasks(&office.dpo), (2, Vec::new()));
    office.world.grant(&office.dpo, Role::Volunteer, Some("63"));
    assert_eq!(tasks(&office.world.again(&office.dpo)), (2, vec![office.dossiers[0]["id"].clone()]));
}

#[test]
fn nobody_else_learns_of_it_by_any_channel() {
    let office = Departments::new();
    let (world, [head, stranger], [first, _]) = (&office.world, &office.heads, &office.dossiers);
    let volunteer = world.user("volunteer", Role::Volunteer, Some("63"));
    assign(head, first, &user_id(&volunteer)).ok();
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    // A head elsewhere is here what they are here.
    let both = world.head("75");
    world.grant(&both, Role::Volunteer, Some("63"));
    let lawyer = world.user("lawyer", Role::Lawyer, None);
    let partner = head.post("/lawyers", &lawyer_with(&json!({ "user_id": user_id(&lawyer) }))).ok();
    let mandate = at("mandates", &head.post(&format!("{}/mandates", path(first)), &consultation(&partner)).ok());
    order(&lawyer, &mandate, &json!({ "command": "accept" })).ok();
    let officer = world.user("officer", Role::SolidarityOfficer, None);
    ask_solidarity(head, &path(first), "Frais.");
    let national = world.user("national", Role::NationalStaff, None);
    national.post(&format!("{}/break-glass", path(first)), &json!({ "reason": "Le responsable est absent et le délai de recours expire." })).ok();
    // Whoever is in conflict may lead a team, and a member may lead the one of their own dossier.
    let (opponent, own) = (world.head("63"), world.head("63"));
    world.link(&opponent, &office.people[1]);
    world.link(&own, &office.people[0]);
    assert_eq!(office.tell(), 1);
    let task = &office.tasks()[0];
    let work = head.post(&format!("{}/tasks", path(first)), &json!({ "title": "Rappeler" })).ok();
    for client in [&volunteer, &staff, &both, &lawyer, &officer, &national] {
        let client = world.again(client);
        assert_eq!(channels(&client, first, task), NONE, "{}", client.login());
        let under = client.all(&format!("{}/tasks", path(first)));
        assert_eq!(json!(under.iter().map(|task| &task["id"]).collect::<Vec<_>>()), json!([work["id"]]), "{} reads the dossier", client.login());
    }
    for client in [&opponent, &own, stranger, &world.head("75"), &world.admin(), &world.user("auditor", Role::Auditor, None)] {
        assert_eq!(channels(&world.again(client), first, task), NONE, "{}", client.login());
    }
    for client in [&volunteer, &staff] {
        let (client, own) = (world.again(client), at("tasks", task));
        order_at(&client, &own, "*", &json!({ "command": "complete" })).refused(404, "not_found");
        client.patch(&own, "*", &json!({ "title": "Autre" })).refused(404, "not_found");
    }
    // Nor do those who see it leave a trace of that where the team looks.
    for client in [head, &office.dpo] {
        channels(&world.again(client), &json!({ "id": work["id"] }), task);
    }
    let looks = office.dpo.all(&format!("/access-log?subject={}&limit=100", first["id"].as_str().unwrap()));
    let at_it = |look: &&Value| look["actor_id"] == user_id(&office.dpo) || look["operation"] == "tasks_retrieve";
    assert_eq!(looks.iter().filter(at_it).count(), 0);
}

#[test]
fn a_dossier_ends_whether_or_not_anybody_has_seen_to_its_conflict() {
    let office = Departments::new();
    let ([head, _], [first, _]) = (&office.heads, &office.dossiers);
    office.tell();
    let task = at("tasks", &office.tasks()[0]);
    assign(head, first, &user_id(head)).ok();
    order(head, &path(first), &json!({ "command": "take_charge" })).ok();
    order(head, &path(first), &json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" })).ok();
    let seen = head.get(&task).ok();
    assert_eq!((&seen["status"], commands(&seen)), (&json!("open"), ["complete", "cancel"].map(str::to_owned).to_vec()));
    let before = head.all(&format!("{}/timeline", path(first)));
    order(head, &task, &json!({ "command": "complete" })).ok();
    order(head, &task, &json!({ "command": "reopen", "reason": "Les équipes se parlent." })).ok();
    order(head, &task, &json!({ "command": "cancel", "reason": "Sans objet." })).ok();
    order_at(&office.dpo, &task, "*", &json!({ "command": "reopen" })).refused(403, "function.not_granted");
    assert_eq!(commands(&office.dpo.get(&task).ok()), NONE, "who watches over it waives the conflict");
    let steps: Vec<Value> = head.all(&format!("{task}/transitions")).iter().map(|step| step["command"].clone()).collect();
    assert_eq!(json!(steps), json!(["complete", "reopen", "cancel"]));
    assert_eq!(head.all(&format!("{}/timeline", path(first))).len(), before.len(), "its steps are not those of the dossier");
    assert_eq!(head.all(&format!("{task}/history")).len(), 4, "from its setting on");
    for (client, status, code) in [(head, 409, "task.of_conflict"), (&office.dpo, 403, "function.not_granted")] {
        client.patch(&task, "*", &json!({ "assignee_id": user_id(head) })).refused(status, code);
    }
}

#[test]
fn waiving_a_conflict_completes_what_told_of_it_in_both_departments() {
    let office = Departments::new();
    office.tell();
    let tasks = office.tasks().map(|task| at("tasks", &task));
    order(&office.heads[1], &tasks[1], &json!({ "command": "cancel", "reason": "Équipes distinctes." })).ok();
    waive(&office.heads[0], &office.conflict()).ok();
    let steps = |at: usize| office.heads[at].all(&format!("{}/transitions", tasks[at]));
    let (mut done, left) = (steps(0), steps(1));
    let last = done.pop().unwrap();
    assert_eq!((&last["command"], &last["to_status"], &last["actor_id"]), (&json!("complete"), &json!("done"), &user_id(&office.heads[0])));
    assert_eq!((done.len(), left.len(), office.heads[1].get(&tasks[1]).ok()["status"].clone()), (0, 1, json!("cancelled")), "what is over stays");
    assert_eq!([&office.heads[0], &office.heads[1], &office.dpo].map(|client| told(client, "assignee=me&status=open").len()), [0; 3]);
    // What was waived before anybody was told is told to nobody.
    let fresh = Departments::on(World::new());
    waive(&fresh.dpo, &fresh.conflict()).ok();
    assert_eq!((fresh.tell(), fresh.world.rows("tasks")), (0, 0));
}

#[test]
fn each_conflict_is_told_of_once_however_many_servers_run_and_never_once_it_is_waived() {
    for round in 0..4 {
        let office = Departments::on(World::with(&[("WORKERS", "2")]));
        let second = app::server(office.world.server.config.clone(), office.world.clock.clone()).unwrap();
        let (third, fourth) = (open(&office.heads[0], &person(&office.heads[0], "63")), open(&office.heads[1], &person(&office.heads[1], "03")));
        let side = json!({ "role": "member", "category": "colleague", "email": "side@example.org" });
        office.heads[1].post(&format!("{}/parties", path(&fourth)), &side).ok();
        oppose(&office.heads[0], &third, &json!({ "email": "side@example.org" })).ok();
        let conflict = office.conflict();
        let (told_of, waived) = std::thread::scope(|scope| {
            let servers: Vec<_> =
                [&office.world.server, &second, &second].map(|server| scope.spawn(move || notices::step(server).unwrap())).into_iter().collect();
            let waived = (round % 2 == 0).then(|| waive(&office.dpo, &conflict).status);
            (servers.into_iter().map(|server| server.join().unwrap()).sum::<usize>(), waived)
        });
        assert!(waived.is_none_or(|status| status == 201), "{waived:?}");
        let tasks = told(&office.dpo, "");
        assert_eq!((tasks.len(), office.tell()), (2 * told_of, 0), "two for each");
        let of_waived = tasks.iter().filter(|task| task["conflict_id"] == conflict["id"]);
        assert!(of_waived.into_iter().all(|task| waived.is_none() || task["status"] == "done"), "{tasks:?}");
        assert!(told_of + usize::from(waived.is_some()) >= 2, "{told_of}");
    }
}

#[test]
fn it_follows_its_dossier_to_another_department_and_is_nobody_s_there() {
    let office = Departments::new();
    office.tell();
    let next = office.world.head("15");
    let away = json!({ "command": "transfer", "association_id": association(&next, "15"), "reason": "Mutation." });
    let task = at("tasks", &office.tasks()[0]);
    order(&office.heads[0], &path(&office.dossiers[0]), &away).ok();
    office.heads[0].get(&task).refused(404, "not_found");
    let seen = next.get(&task).ok();
    assert_eq!((&seen["assignee_id"], told(&next, "assignee=me").len()), (&Value::Null, 1));
    let volunteer = office.world.volunteer("15");
    volunteer.get(&path(&office.dossiers[0])).ok();
    assert_eq!(channels(&volunteer, &office.dossiers[0], &seen), NONE);
}

#[test]
fn it_goes_with_the_conflict_once_a_dossier_is_anonymised() {
    let office = Departments::new();
    let ([head, _], [first, _]) = (&office.heads, &office.dossiers);
    office.tell();
    let tasks = office.tasks().map(|task| at("tasks", &task));
    let reason = json!({ "command": "cancel", "reason": "Zqxreason, équipes distinctes." });
    order(&office.heads[1], &tasks[1], &reason).ok();
    let words = ["Zqxreason", "intérêts à examiner"];
    let held = office.world.database_text();
    assert!(words.iter().all(|word| held.contains(word)), "they were stored");
    assign(head, first, &user_id(head)).ok();
    for command in [
        json!({ "command": "take_charge" }),
        json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "mixed" }),
        json!({ "command": "archive" }),
    ] {
        order(head, &path(first), &command).ok();
    }
    head.get(&tasks[0]).refused(404, "not_found");
    office.dpo.get(&tasks[0]).ok();
    order(&office.dpo, &path(first), &json!({ "command": "anonymise" })).ok();
    assert_eq!((office.world.rows("tasks"), office.dpo.all("/tasks").len()), (0, 0));
    for (client, task) in [(&office.heads[1], &tasks[1]), (&office.dpo, &tasks[0])] {
        client.get(task).refused(404, "not_found");
    }
    let left = office.world.database_text();
    assert!(words.iter().all(|word| !left.contains(word)), "what is remembered of them tells nothing");
}

#[test]
fn it_counts_among_what_is_overdue_for_those_who_see_it_and_not_in_what_anybody_reads() {
    let office = Departments::new();
    office.tell();
    office.world.set_time("2026-11-30T09:00:00Z");
    let overdue = "assignee=me&due=../2026-11-29";
    assert_eq!([&office.heads[0], &office.heads[1], &office.dpo].map(|client| told(&office.world.again(client), overdue).len()), [1, 1, 2]);
    let metrics = office.world.anonymous().get("/metrics").text();
    assert!(metrics.contains("\nentraide_tasks_overdue 0\n"), "{metrics}");
}

#[test]
fn of_a_split_dossier_s_conflicts_it_tells_as_of_any() {
    let office = Colleagues::opposed();
    let Colleagues { world, head, dossiers: [first, _], .. } = &office;
    assert_eq!(notices::step(&world.server).unwrap(), 1);
    assert_eq!(told(head, "").len(), 2, "one under each of the department's dossiers");
    let party = head.all(&format!("{}/parties", path(first)))[0]["id"].clone();
    head.post(&format!("{}/splits", path(first)), &json!({ "reason": "Deux affaires.", "party_ids": [party] })).ok();
    assert_eq!(notices::step(&world.server).unwrap(), 1);
    assert_eq!(told(head, "").len(), 4);
}

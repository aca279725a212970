//! Tasks: what is to be done in a case, by whom and until when; and over all cases, what waits for somebody.

use crate::harness::cases::{Office, activity, at, case, case_with, commands, order, path, person, user_id};
use crate::harness::data::association;
use crate::harness::{Client, Reply, World};
use entraide::auth::{Role, WallKind};
use serde_json::{Value, json};

fn tasks(office: &Office) -> String {
    format!("{}/tasks", path(&office.dossier))
}

fn titles(client: &Client, query: &str) -> Vec<String> {
    client.all(&format!("/tasks?{query}")).iter().map(|task| task["title"].as_str().unwrap().to_owned()).collect()
}

/// Sets a task that is due on a day, for somebody.
fn set(office: &Office, title: &str, due_on: Option<&str>, assignee: Option<&Client>) -> Value {
    let body = json!({ "title": title, "due_on": due_on, "assignee_id": assignee.map(user_id) });
    office.head.post(&tasks(office), &body).ok()
}

const END: fn() -> Value = || json!({ "command": "declare_inadmissible", "reason": "Hors champ." });

#[test]
fn a_task_is_set_changed_done_and_taken_up_again() {
    let office = Office::new();
    let volunteer = office.world.volunteer("63");
    let body = json!({ "title": "Rappeler l'adhérente", "note": "Le mercredi.", "due_on": "2026-12-01", "assignee_id": user_id(&volunteer) });
    let made = office.head.post(&tasks(&office), &body);
    let view = made.ok();
    let own = at("tasks", &view);
    assert_eq!((made.status, made.header("location")), (201, format!("/api/v1{own}").as_str()));
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&view[name], value, "{name}");
    }
    assert_eq!((&view["status"], commands(&view)), (&json!("open"), vec!["complete".to_owned(), "cancel".to_owned()]));
    assert_eq!((&view["created_by"], &view["dossier_id"]), (&user_id(&office.head), &office.dossier["id"]));
    let changed = volunteer.patch(&own, made.etag(), &json!({ "due_on": null, "assignee_id": null, "note": null, "title": "Rappeler" }));
    assert_eq!((&changed.ok()["due_on"], &changed.ok()["assignee_id"], &changed.ok()["version"]), (&Value::Null, &Value::Null, &json!(2)));
    volunteer.patch(&own, made.etag(), &json!({ "title": "Autre" })).refused(412, "version.stale");
    assert_eq!(
        volunteer.patch(&own, changed.etag(), &json!({ "status": "done", "created_by": null })).flaws(),
        ["/created_by field.read_only", "/status field.state"]
    );
    let step = order(&volunteer, &own, &json!({ "command": "complete" })).ok();
    assert_eq!((&step["to_status"], &step["resource_version"]), (&json!("done"), &json!(3)));
    order(&volunteer, &own, &json!({ "command": "cancel", "reason": "Trop tard." })).refused(409, "transition.not_allowed");
    volunteer.patch(&own, "*", &json!({ "title": "Autre" })).refused(409, "task.not_open");
    assert_eq!(commands(&volunteer.get(&own).ok()), ["reopen"]);
    order(&volunteer, &own, &json!({ "command": "reopen" })).ok();
    order(&office.head, &own, &json!({ "command": "cancel", "reason": "Sans objet." })).ok();
    let steps: Vec<Value> = office.head.all(&format!("{own}/transitions")).iter().map(|step| step["command"].clone()).collect();
    assert_eq!(steps, ["complete", "reopen", "cancel"]);
    assert_eq!(office.head.all(&format!("{own}/history")).len(), 5);
    assert_eq!(office.world.rows("audit_events WHERE resource = 'task'"), 5);
}

#[test]
fn whoever_is_to_do_it_reads_the_dossier_and_anybody_else_is_as_unknown() {
    let office = Office::new();
    let world = &office.world;
    office.head.patch(&path(&office.dossier), "*", &json!({ "confidentiality": "restricted" })).ok();
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    let lawyer = world.user("lawyer", Role::Lawyer, None);
    let named = |id: &Value| office.head.post(&tasks(&office), &json!({ "title": "Rappeler", "assignee_id": id }));
    let unfit = |reply: &Reply| assert_eq!(reply.flaws(), ["/assignee_id assignee.cannot_read"]);
    let refusal = |id: &Value| {
        let reply = named(id);
        unfit(&reply);
        let mut problem = reply.json();
        problem["instance"] = Value::Null;
        problem
    };
    let unknown = refusal(&json!(entraide::db::Id::new().to_string()));
    // A volunteer, above whose level it is; a neighbour; somebody who knows of it without reading it; a lawyer without a mandate.
    for other in [&world.volunteer("63"), &world.head("03"), &world.user("dpo", Role::Dpo, None), &world.admin(), &lawyer] {
        assert_eq!(refusal(&user_id(other)), unknown);
    }
    let task = named(&user_id(&staff)).ok();
    office.mandate(&lawyer);
    named(&user_id(&lawyer)).ok();
    assert_eq!(lawyer.all("/tasks?assignee=me").len(), 1);
    assert_eq!(commands(&lawyer.all("/tasks?assignee=me")[0]), Vec::<String>::new(), "a lawyer reads tasks and does not move them on");
    unfit(&office.head.patch(&at("tasks", &task), "*", &json!({ "assignee_id": user_id(&world.volunteer("63")) })));
    office.wall(WallKind::OpposingParty, Some(&staff), None);
    unfit(&named(&user_id(&staff)));
    office.head.patch(&at("tasks", &task), "*", &json!({ "note": "Ce qui ne change pas ne se revoit pas." })).ok();
    let own = user_id(&lawyer);
    world.link(&lawyer, &office.member);
    unfit(&named(&own));
}

#[test]
fn tasks_of_all_dossiers_come_by_the_day_they_are_due_each_page_after_the_other() {
    let office = Office::new();
    let volunteer = office.world.volunteer("63");
    let secret = office.head.post("/dossiers", &case_with(&office.member, &json!({ "confidentiality": "secret" }))).ok();
    let other = office.head.post("/dossiers", &case(&office.member)).ok();
    for (dossier, title, due_on) in [
        (&other, "c", Some("2026-12-02")),
        (&office.dossier, "e", None),
        (&secret, "b", Some("2026-12-02")),
        (&office.dossier, "a", Some("2026-12-01")),
        (&office.dossier, "d", Some("2026-12-24")),
    ] {
        let body = json!({ "title": title, "due_on": due_on, "assignee_id": if title == "d" { user_id(&volunteer) } else { Value::Null } });
        office.head.post(&format!("{}/tasks", path(dossier)), &body).ok();
    }
    let stranger = office.world.head("03");
    let elsewhere = person(&stranger, "03");
    let elsewhere = stranger.post("/dossiers", &case(&elsewhere)).ok();
    stranger.post(&format!("{}/tasks", path(&elsewhere)), &json!({ "title": "z", "due_on": "2026-12-01" })).ok();
    for limit in 1..=6 {
        assert_eq!(titles(&volunteer, &format!("limit={limit}")), ["a", "c", "d", "e"], "a volunteer's dossiers");
        assert_eq!(titles(&office.head, &format!("limit={limit}&sort=-due")), ["e", "d", "b", "c", "a"].map(str::to_owned), "undated last, so first now");
    }
    assert_eq!(titles(&stranger, ""), ["z"]);
    let counted = volunteer.request("GET", "/tasks?due=2026-12-01/2026-12-02").header("Prefer", "count=exact").send().ok();
    assert_eq!(counted["total_count"], 2);
    assert_eq!(titles(&volunteer, "due=2026-12-02/.."), ["c", "d"], "what is due on no day is not due after one");
    assert_eq!(titles(&volunteer, "assignee=none&due=../2026-12-02"), ["a", "c"]);
    assert_eq!(titles(&office.head, &format!("assignee={}", user_id(&volunteer).as_str().unwrap())), ["d"]);
    let first = volunteer.all("/tasks?limit=1")[0].clone();
    order(&volunteer, &at("tasks", &first), &json!({ "command": "complete" })).ok();
    assert_eq!(titles(&volunteer, "status=open"), ["c", "d", "e"]);
    assert_eq!(titles(&volunteer, "status=done,cancelled"), ["a"]);
    assert_eq!(volunteer.get("/tasks?assignee=everybody").flaws(), ["assignee pattern.mismatch"]);
    assert_eq!(volunteer.get("/tasks?sort=created").flaws(), ["sort sort.unknown"]);
    let with_dossier = volunteer.get("/tasks?expand=dossier&limit=1").ok();
    assert_eq!(with_dossier["items"][0]["dossier"]["reference"], office.dossier["reference"]);
    let csv = volunteer.request("GET", "/tasks").header("Accept", "text/csv; dialect=excel-fr").send().text();
    assert!(csv.contains("Échéance") && csv.lines().count() == 5, "{csv}");
}

#[test]
fn what_is_nobody_s_or_overdue_goes_to_the_head_of_the_department() {
    let office = Office::new();
    let (world, head) = (&office.world, &office.head);
    let (volunteer, staff) = (world.volunteer("63"), world.user("staff", Role::DepartmentStaff, Some("63")));
    set(&office, "nobody's", Some("2026-12-01"), None);
    set(&office, "due today", Some("2026-11-22"), Some(&volunteer));
    set(&office, "overdue", Some("2026-11-21"), Some(&volunteer));
    set(&office, "to come", Some("2026-12-02"), Some(&volunteer));
    set(&office, "the head's", None, Some(head));
    let done = set(&office, "nobody's and done", Some("2026-11-01"), None);
    order(head, &at("tasks", &done), &json!({ "command": "complete" })).ok();
    let neighbour = world.head("03");
    assert_eq!(titles(head, "assignee=me"), ["overdue", "nobody's", "the head's"]);
    assert_eq!(titles(&volunteer, "assignee=me"), ["overdue", "due today", "to come"]);
    assert_eq!((titles(&staff, "assignee=me").len(), titles(&neighbour, "assignee=me").len()), (0, 0));
    let counted = head.request("GET", &format!("{}?assignee=me", tasks(&office))).header("Prefer", "count=exact").send().ok();
    assert_eq!(counted["total_count"], 3, "of one dossier too");
    // The day ends at midnight in Paris.
    world.set_time("2026-11-22T22:58:50Z");
    assert_eq!(titles(&world.again(head), "assignee=me"), ["overdue", "nobody's", "the head's"]);
    world.set_time("2026-11-22T23:00:00Z");
    assert_eq!(titles(&world.again(head), "assignee=me"), ["overdue", "due today", "nobody's", "the head's"]);
    assert_eq!(titles(&world.again(head), "assignee=me&due=../2026-11-22"), ["overdue", "due today"]);
    // A head elsewhere who is a volunteer here is a volunteer here.
    world.grant(&neighbour, Role::Volunteer, Some("63"));
    assert_eq!(titles(&world.again(&neighbour), "assignee=me").len(), 0);
}

#[test]
fn what_somebody_who_is_away_leaves_goes_to_the_head_by_every_channel_while_they_are() {
    let office = Office::new();
    let (world, head) = (&office.world, &office.head);
    let (volunteer, present, neighbour) = (world.volunteer("63"), world.volunteer("63"), world.head("03"));
    let referred = head.post("/dossiers", &case_with(&office.member, &json!({ "referent_id": user_id(&volunteer) }))).ok();
    let body = json!({ "title": "of their dossier", "due_on": "2026-12-03", "assignee_id": user_id(&present) });
    head.post(&format!("{}/tasks", path(&referred)), &body).ok();
    set(&office, "theirs", Some("2026-12-01"), Some(&volunteer));
    set(&office, "somebody else's", Some("2026-12-02"), Some(&present));
    let done = set(&office, "theirs and done", Some("2026-12-01"), Some(&volunteer));
    order(head, &at("tasks", &done), &json!({ "command": "complete" })).ok();
    // The same person leaves something in another department too.
    world.grant(&volunteer, Role::Volunteer, Some("03"));
    let elsewhere = neighbour.post("/dossiers", &case(&person(&neighbour, "03"))).ok();
    let body = json!({ "title": "elsewhere", "assignee_id": user_id(&world.again(&volunteer)) });
    neighbour.post(&format!("{}/tasks", path(&elsewhere)), &body).ok();
    let mine = |client: &Client| {
        let list = titles(client, "assignee=me&limit=1");
        let counted = client.request("GET", "/tasks?assignee=me").header("Prefer", "count=exact").send().ok()["total_count"].clone();
        let csv = client.request("GET", "/tasks?assignee=me&status=open").header("Accept", "text/csv").send().text();
        assert_eq!((counted, csv.lines().count() - 1), (json!(list.len()), list.len()));
        list
    };
    assert_eq!((mine(head).len(), mine(&neighbour).len()), (0, 0));
    let away = json!({ "user_id": user_id(&world.again(&volunteer)), "starts_on": "2026-11-22", "ends_on": "2026-11-23" });
    let absence = head.post("/absences", &away).ok();
    assert_eq!((mine(head), mine(&neighbour)), (vec!["theirs".to_owned(), "of their dossier".to_owned()], vec!["elsewhere".to_owned()]));
    assert_eq!(titles(head, "assignee=me&due=../2026-12-01"), ["theirs"]);
    let under = head.request("GET", &format!("{}/tasks?assignee=me", path(&referred))).header("Prefer", "count=exact").send().ok();
    assert_eq!(under["total_count"], 1, "of one dossier too");
    assert_eq!(titles(&present, "assignee=me"), ["somebody else's", "of their dossier"], "to nobody but a head");
    // Until the last day has passed in Paris, and no longer once it is taken back.
    world.set_time("2026-11-23T22:59:50Z");
    assert_eq!(mine(&world.again(head)).len(), 2);
    world.set_time("2026-11-23T23:00:00Z");
    let head = world.again(head);
    assert_eq!(mine(&head).len(), 0);
    head.patch(&at("absences", &absence), "*", &json!({ "ends_on": "2026-11-30" })).ok();
    assert_eq!(mine(&head).len(), 2);
    head.delete(&at("absences", &absence), "*").ok_status(204);
    assert_eq!(mine(&head).len(), 0);
}

#[test]
fn a_dossier_does_not_end_while_something_is_to_be_done_in_it() {
    let office = Office::new();
    let (head, dossier) = (&office.head, path(&office.dossier));
    let task = set(&office, "Rappeler", None, None);
    let refused = order(head, &dossier, &END());
    refused.refused(409, "dossier.open_beneath");
    order(head, &dossier, &json!({ "command": "assign", "referent_id": user_id(head) })).ok();
    order(head, &dossier, &json!({ "command": "take_charge" })).ok();
    let close = json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "favourable" });
    order(head, &dossier, &close).refused(409, "dossier.open_beneath");
    order(head, &at("tasks", &task), &json!({ "command": "complete" })).ok();
    order(head, &dossier, &close).ok();
    assert_eq!(commands(&head.get(&at("tasks", &task)).ok()), ["reopen! dossier.not_open"]);
    order(head, &at("tasks", &task), &json!({ "command": "reopen" })).refused(409, "dossier.not_open");
    head.post(&tasks(&office), &json!({ "title": "Trop tard" })).refused(409, "dossier.not_open");
    order(head, &dossier, &json!({ "command": "reopen", "reason": "Fait nouveau." })).ok();
    order(head, &at("tasks", &task), &json!({ "command": "reopen" })).ok();
}

#[test]
fn of_a_task_set_and_a_dossier_ended_at_once_never_both_stand() {
    for _ in 0..4 {
        let office = Office::on(World::with(&[("WORKERS", "2")]));
        let done = set(&office, "Fait", None, None);
        order(&office.head, &at("tasks", &done), &json!({ "command": "complete" })).ok();
        let clients: [Client; 2] = [0, 1].map(|_| office.world.again(&office.head));
        let (set, reopened, ended) = std::thread::scope(|scope| {
            let set = scope.spawn(|| clients[0].post(&tasks(&office), &json!({ "title": "Rappeler" })).status);
            let reopen = scope.spawn(|| order(&clients[1], &at("tasks", &done), &json!({ "command": "reopen" })).status);
            let ended = order(&office.head, &path(&office.dossier), &END()).status;
            (set.join().unwrap(), reopen.join().unwrap(), ended)
        });
        assert!([set, reopened, ended].iter().all(|status| [201, 409].contains(status)), "{set} {reopened} {ended}");
        let open = office.head.all(&format!("{}?status=open", tasks(&office))).len();
        let over = office.head.get(&path(&office.dossier)).ok()["status"] == "inadmissible";
        assert_eq!((open, over), (usize::from(set == 201) + usize::from(reopened == 201), ended == 201));
        assert!(over != (open > 0), "open tasks: {open}, ended: {over}");
    }
}

#[test]
fn what_is_to_be_done_goes_with_a_dossier_that_is_handed_over_and_is_nobody_s_there() {
    let office = Office::new();
    let (head, neighbour) = (&office.head, office.world.head("03"));
    let task = set(&office, "Rappeler", Some("2026-12-01"), Some(head));
    let done = set(&office, "Fait", None, Some(head));
    order(head, &at("tasks", &done), &json!({ "command": "complete" })).ok();
    let away = json!({ "command": "transfer", "association_id": association(&neighbour, "03"), "reason": "Mutation." });
    order(head, &path(&office.dossier), &away).ok();
    head.get(&at("tasks", &task)).refused(404, "not_found");
    assert_eq!(titles(head, "").len(), 0);
    assert_eq!(titles(&neighbour, ""), ["Rappeler", "Fait"]);
    assert_eq!(titles(&neighbour, "assignee=me"), ["Rappeler"]);
    let seen = neighbour.get(&at("tasks", &task)).ok();
    assert_eq!((&seen["assignee_id"], &seen["version"]), (&Value::Null, &json!(2)));
    assert_eq!(neighbour.all(&format!("{}/history", at("tasks", &task)))[0]["before"]["assignee_id"], user_id(head));
    let seen = neighbour.get(&at("tasks", &done)).ok();
    assert_eq!((&seen["assignee_id"], &seen["version"]), (&user_id(head), &json!(2)), "who did it stays");
}

#[test]
fn how_many_tasks_are_overdue_is_told_to_whoever_watches_the_server() {
    let office = Office::new();
    let told = || {
        let text = office.world.anonymous().get("/metrics").text();
        text.lines().find_map(|line| line.strip_prefix("entraide_tasks_overdue ")).unwrap().to_owned()
    };
    assert_eq!(told(), "0");
    set(&office, "en retard", Some("2026-11-20"), None);
    set(&office, "aujourd'hui", Some("2026-11-22"), None);
    set(&office, "sans échéance", None, None);
    let done = set(&office, "fait", Some("2026-11-01"), None);
    order(&office.head, &at("tasks", &done), &json!({ "command": "complete" })).ok();
    assert_eq!(told(), "1");
    office.world.set_time("2026-11-22T23:00:00Z");
    assert_eq!(told(), "2");
}

#[test]
fn a_list_of_tasks_or_of_what_lies_under_one_is_a_look_at_each_dossier() {
    let office = Office::new();
    let dpo = office.world.user("dpo", Role::Dpo, None);
    let other = office.head.post("/dossiers", &case(&office.member)).ok();
    let task = set(&office, "Rappeler", None, None);
    office.head.post(&format!("{}/tasks", path(&other)), &json!({ "title": "Écrire" })).ok();
    let told = office.head.post(&format!("{}/activities", path(&office.dossier)), &activity(&["team"])).ok();
    order(&office.head, &at("tasks", &task), &json!({ "command": "complete" })).ok();
    let one = json!([office.dossier["id"]]);
    let (task, told) = (at("tasks", &task), at("activities", &told));
    let both = json!([office.dossier["id"], other["id"]]);
    for (address, dossiers) in [
        ("/tasks".to_owned(), &both),
        ("/tasks?status=done".to_owned(), &one),
        ("/tasks?due=2026-12-01/..".to_owned(), &json!([])),
        (task.clone(), &one),
        (format!("{task}?fields=id"), &one),
        (format!("{task}/history"), &one),
        (format!("{task}/transitions"), &one),
        (told.clone(), &one),
        (format!("{told}/history"), &one),
    ] {
        let before = dpo.all("/access-log?limit=100").len();
        office.head.get(&address).ok();
        let entries = dpo.all("/access-log?limit=100").split_off(before);
        let seen: Vec<&Value> = entries.iter().flat_map(|entry| entry["dossier_ids"].as_array().unwrap()).collect();
        let mut expected: Vec<&Value> = dossiers.as_array().unwrap().iter().collect();
        expected.sort_by_key(|id| id.as_str());
        assert_eq!(seen, expected, "{address}");
    }
}

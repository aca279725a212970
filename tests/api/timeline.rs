//! The timeline of a dossier: activities, tasks and steps in order of time, as far as the caller may know of them.

use crate::harness::cases::{Office, activity_with, at, case_with, cover_with, employed, order, path, person, user_id};
use crate::harness::{Client, World};
use entraide::auth::Role;
use entraide::dossiers::timeline::sources::SOURCES;
use entraide::dossiers::timeline::store::ROOMS;
use entraide::dossiers::timeline::view::TimelineKind;
use entraide::dossiers::{deadlines, protection_requests};
use entraide::values::Choice;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn timeline(office: &Office, client: &Client, query: &str) -> Vec<Value> {
    client.all(&format!("{}/timeline?{query}", path(&office.dossier)))
}

/// Kinds and minutes: the clock goes on while a test runs.
fn told(entries: &[Value]) -> Vec<(&str, &str)> {
    entries.iter().map(|entry| (entry["kind"].as_str().unwrap(), &entry["at"].as_str().unwrap()[11..16])).collect()
}

/// A dossier in which several things happen, some at the same moment.
fn lived() -> Office {
    let office = Office::new();
    let (head, dossier) = (&office.head, path(&office.dossier));
    for (minute, meant) in [(10, "team"), (10, "team"), (0, "lawyer"), (30, "author")] {
        let began = json!({ "started_at": format!("2026-11-22T09:{minute:02}:00Z") });
        head.post(&format!("{dossier}/activities"), &activity_with(&[meant], &began)).ok();
    }
    let at = |minute: u32| office.world.set_time(&format!("2026-11-22T09:{minute:02}:00Z"));
    let head = || office.world.again(head);
    for minute in [5, 10] {
        at(minute);
        head().post(&format!("{dossier}/tasks"), &json!({ "title": format!("À {minute}") })).ok();
        order(&head(), &dossier, &json!({ "command": "assign", "referent_id": user_id(&head()) })).ok();
    }
    office
}

#[test]
fn what_happened_in_a_dossier_comes_in_order_of_time_whatever_it_was() {
    let office = lived();
    let head = office.world.again(&office.head);
    let entries = timeline(&office, &head, "kind=activity,task,transition");
    let mut kinds = told(&entries);
    assert_eq!(kinds.iter().map(|(_, at)| *at).collect::<Vec<_>>(), ["09:00", "09:05", "09:05", "09:10", "09:10", "09:10", "09:10", "09:30"]);
    assert!(entries.is_sorted_by_key(|entry| (entry["at"].to_string(), entry["id"].to_string())));
    kinds.sort_unstable();
    let activities = ["09:00", "09:10", "09:10", "09:30"].map(|at| ("activity", at));
    let others = ["task", "transition"].map(|kind| ["09:05", "09:10"].map(|at| (kind, at)));
    assert_eq!(kinds, [&activities[..], &others.concat()].concat());
    for entry in &entries {
        let own = entry["kind"].as_str().unwrap();
        for kind in TimelineKind::ENUMERATION.values {
            assert_eq!(entry[kind.code].is_object(), kind.code == own, "{entry}");
        }
        assert_eq!(entry[own]["id"], entry["id"]);
    }
    let dossier = path(&office.dossier);
    for (kind, list) in [("activity", "activities"), ("task", "tasks?sort=created"), ("transition", "transitions")] {
        let own: Vec<Value> = timeline(&office, &head, &format!("kind={kind}")).iter().map(|entry| entry[kind].clone()).collect();
        assert_eq!(own, head.all(&format!("{dossier}/{list}")), "each as its own list shows it");
    }
}

#[test]
fn every_page_goes_on_where_the_one_before_ended_in_either_direction() {
    let office = lived();
    let head = office.world.again(&office.head);
    let whole = timeline(&office, &head, "limit=100");
    let reversed: Vec<Value> = whole.iter().rev().cloned().collect();
    for limit in 1..=whole.len() {
        assert_eq!(timeline(&office, &head, &format!("limit={limit}")), whole, "{limit} at a time");
        assert_eq!(timeline(&office, &head, &format!("limit={limit}&sort=-at")), reversed, "{limit} at a time, the newest first");
    }
    let counted = head.request("GET", &format!("{}/timeline?kind=task,transition&limit=1", path(&office.dossier))).header("Prefer", "count=exact").send();
    assert_eq!(counted.ok()["total_count"], 4);
}

#[test]
fn each_reads_in_it_what_is_meant_for_them() {
    let office = lived();
    let (volunteer, lawyer) = (office.world.volunteer("63"), office.world.user("lawyer", Role::Lawyer, None));
    let address = format!("{}/timeline", path(&office.dossier));
    lawyer.get(&address).refused(404, "not_found");
    office.mandate(&lawyer);
    let seen = |client: &Client| {
        let entries = timeline(&office, client, "limit=3");
        let counted = client.request("GET", &address).header("Prefer", "count=exact").send().ok();
        assert_eq!(counted["total_count"], json!(entries.len()));
        let activities = entries.iter().filter(|entry| entry["kind"] == "activity");
        (entries.len(), activities.map(|entry| entry["activity"]["visibility"][1].as_str().unwrap_or("author").to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(seen(&office.world.again(&office.head)), (9, ["lawyer", "team", "team", "author"].map(str::to_owned).to_vec()), "the author reads their own");
    assert_eq!(seen(&volunteer), (7, vec!["team".to_owned(); 2]));
    assert_eq!(seen(&lawyer), (6, vec!["lawyer".to_owned()]));
    let dpo = office.world.user("dpo", Role::Dpo, None);
    dpo.get(&address).refused(403, "function.not_granted");
    office.world.head("03").get(&address).refused(404, "not_found");
    assert_eq!(dpo.all("/access-log?limit=100").last().unwrap()["operation"], "dossier_timeline_list");
}

#[test]
fn what_the_server_does_by_itself_is_told_by_its_steps_and_its_tasks() {
    let world = World::new();
    let head = world.head("63");
    let dossier = employed(&head, &json!({ "employment_status": "tenured", "employer": "state" }));
    let address = path(&dossier);
    let request = at("protection-requests", &head.post(&format!("{address}/protection-requests"), &json!({ "stage": "initial" })).ok());
    order(&head, &request, &json!({ "command": "request", "requested_on": "2026-11-02", "received_on": "2026-11-03" })).ok();
    let mandate = json!({ "external_lawyer": { "name": "Anne Lac", "bar": "Moulins" }, "nature": "representation", "chosen_by_member": true,
        "expires_on": "2026-12-06" });
    let mandate = at("mandates", &head.post(&format!("{address}/mandates"), &mandate).ok());
    order(&head, &mandate, &json!({ "command": "accept" })).ok();
    let hold = at("legal-holds", &head.post(&format!("{address}/legal-holds"), &json!({ "reason": "Instance" })).ok());
    order(&head, &hold, &json!({ "command": "lift", "reason": "Fin de l'instance." })).ok();
    world.set_time("2027-01-04T09:00:00Z");
    assert_eq!(protection_requests::runner::step(&world.server).unwrap(), 1);
    assert!(deadlines::runner::step(&world.server).unwrap() > 0);
    let (head, volunteer) = (world.again(&head), world.volunteer("63"));
    let entries = head.all(&format!("{address}/timeline?limit=2"));
    assert!(entries.is_sorted_by_key(|entry| (entry["at"].to_string(), entry["id"].to_string())));
    let steps: Vec<&Value> = entries.iter().filter(|entry| entry["kind"] == "transition").map(|entry| &entry["transition"]).collect();
    let told: Vec<(&str, &str, bool)> =
        steps.iter().map(|step| (step["resource"].as_str().unwrap(), step["command"].as_str().unwrap(), step["actor_id"].is_null())).collect();
    assert_eq!(
        told,
        [
            ("dossier", "take_charge", false),
            ("protection_request", "request", false),
            ("mandate", "accept", false),
            ("protection_request", "refuse_implicitly", true),
        ],
        "not what is for those who hold: {told:?}"
    );
    let own = |list: &str| head.all(&format!("{list}/transitions"));
    let of = |resource: &str| steps.iter().filter(|step| step["resource"] == resource).map(|step| (*step).clone()).collect::<Vec<_>>();
    assert_eq!((of("protection_request"), of("mandate"), of("dossier")), (own(&request), own(&mandate), own(&address)), "each as its own list shows it");
    let raised = entries.iter().filter(|entry| entry["kind"] == "task" && entry["task"]["created_by"].is_null());
    assert!(raised.count() > 0, "the deadlines that come near");
    let shown = |client: &Client| client.all(&format!("{address}/timeline")).iter().map(|entry| entry["id"].clone()).collect::<Vec<_>>();
    assert_eq!(shown(&volunteer), shown(&head));
    let counted = head.request("GET", &format!("{address}/timeline?kind=transition")).header("Prefer", "count=exact").send().ok();
    assert_eq!(counted["total_count"], json!(steps.len()));
}

#[test]
fn whatever_comes_to_be_in_a_dossier_is_told_once_with_who_recorded_it() {
    let world = World::new();
    let (head, volunteer) = (world.head("63"), world.volunteer("63"));
    let dossier = employed(&head, &json!({ "employment_status": "tenured", "employer": "state" }));
    let address = path(&dossier);
    let other = head.post("/dossiers", &case_with(&person(&head, "63"), &json!({ "confidentiality": "secret" }))).ok();
    let make = |list: &str, body: Value| head.post(&format!("{address}/{list}"), &body).ok();
    let talks = make("conciliations", json!({ "subject": "Un mot." }));
    for command in ["accept", "start"] {
        order(&head, &at("conciliations", &talks), &json!({ "command": command })).ok();
    }
    let of_talks = |list: &str, body: Value| head.post(&format!("{}/{list}", at("conciliations", &talks)), &body).ok();
    let mandate = json!({ "external_lawyer": { "name": "Anne Lac", "bar": "Moulins" }, "nature": "representation", "chosen_by_member": true,
        "expires_on": "2026-12-06" });
    let made = [
        ("dossier", dossier.clone()),
        ("party", make("parties", json!({ "role": "witness", "category": "colleague" }))),
        ("mandate", make("mandates", mandate)),
        ("cover_decision", make("cover-decisions", cover_with(&json!({})))),
        ("protection_request", make("protection-requests", json!({ "stage": "initial" }))),
        ("deadline_event", make("deadline-events", json!({ "kind": "accident", "occurred_on": "2026-11-20" }))),
        ("conciliation_session", of_talks("sessions", json!({ "held_on": "2026-11-20", "medium": "phone", "participants": "La mère." }))),
        ("commitment", of_talks("commitments", json!({ "side": "opposing", "promise": "Des excuses." }))),
        ("link", make("links", json!({ "kind": "related", "linked_dossier_id": other["id"] }))),
    ];
    // What lies elsewhere is not told here.
    head.post(&format!("{}/parties", path(&other)), &json!({ "role": "witness", "category": "colleague" })).ok();
    let creations = |client: &Client, query: &str| -> Vec<Value> {
        client.all(&format!("{address}/timeline?kind=creation&{query}")).into_iter().map(|entry| entry["creation"].clone()).collect()
    };
    let whole = creations(&head, "");
    let deadlines: Vec<Value> = head.all(&format!("{address}/deadlines"));
    assert!(!deadlines.is_empty(), "an accident sets one off");
    let mut expected: Vec<(&str, Value)> = made.iter().map(|(resource, view)| (*resource, view["id"].clone())).collect();
    expected.extend(deadlines.iter().map(|deadline| ("deadline", deadline["id"].clone())));
    let mut told: Vec<(&str, Value)> = whole.iter().map(|creation| (creation["resource"].as_str().unwrap(), creation["id"].clone())).collect();
    assert_eq!(told[0], ("dossier", dossier["id"].clone()), "the opening comes first");
    told.sort_by_key(|(resource, id)| (*resource, id.to_string()));
    expected.sort_by_key(|(resource, id)| (*resource, id.to_string()));
    assert_eq!(told, expected);
    assert!(whole.iter().all(|creation| creation["actor_id"] == user_id(&head)), "{whole:?}");
    let reversed: Vec<Value> = whole.iter().rev().cloned().collect();
    for limit in 1..=whole.len() {
        assert_eq!(creations(&head, &format!("limit={limit}")), whole, "{limit} at a time");
        assert_eq!(creations(&head, &format!("limit={limit}&sort=-at")), reversed, "{limit} at a time, the newest first");
    }
    let everything = head.all(&format!("{address}/timeline?limit=3"));
    assert!(everything.is_sorted_by_key(|entry| (entry["at"].to_string(), entry["id"].to_string())));
    // A link to a dossier that somebody does not read is told to them by nothing.
    let seen = creations(&volunteer, "limit=2");
    assert_eq!(seen, whole.iter().filter(|creation| creation["resource"] != "link").cloned().collect::<Vec<_>>());
    for (client, count) in [(&head, whole.len()), (&volunteer, whole.len() - 1)] {
        let counted = client.request("GET", &format!("{address}/timeline?kind=creation")).header("Prefer", "count=exact").send().ok();
        assert_eq!(counted["total_count"], json!(count));
    }
}

/// Tables of what lies under dossiers that the timeline shows by themselves.
const SHOWN: [&str; 6] = ["activities", "tasks", "documents", "proceedings", "proceeding_steps", "conciliations"];
/// Tables that refer to a dossier and are none of it to whoever reads it: what is for some of those alone, and what stands elsewhere.
const APART: [&str; 5] = ["legal_holds", "dossier_walls", "dossier_permits", "contact_requests", "financial_aid_requests"];

#[test]
fn every_room_under_a_dossier_is_told_of_by_its_timeline() {
    let schema = include_str!("../../src/db/schema.rs");
    let tables = schema.split("diesel::table!").skip(1).filter(|table| table.contains(" dossier_id -> "));
    let name = |table: &'static str| table.lines().filter(|line| line.ends_with('{')).find_map(|line| line.trim().split_once(" (")).unwrap().0;
    let under: BTreeSet<&str> = tables.map(name).collect();
    let told: BTreeSet<&str> = ROOMS.iter().map(|(_, table, _)| *table).filter(|table| *table != "dossiers").chain(SHOWN).chain(APART).collect();
    assert_eq!(told, under);
}

#[test]
fn every_kind_of_entry_has_one_room_that_brings_it() {
    let brought: Vec<&str> = SOURCES.iter().map(|source| source.kind.code()).collect();
    let kinds: BTreeSet<&str> = TimelineKind::ENUMERATION.values.iter().map(|kind| kind.code).collect();
    assert_eq!(brought.len(), kinds.len());
    assert_eq!(brought.into_iter().collect::<BTreeSet<_>>(), kinds);
}

//! Lifecycles: their golden copy, what is served of them, and that no walk of commands leaves the table.

use crate::harness::cases::{case_with, commands, order, path, person, user_id};
use crate::harness::{Client, World, golden};
use entraide::app;
use entraide::auth::Role;
use entraide::workflow::Machine;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn lines(machine: &Machine) -> Vec<String> {
    let line = |line: &entraide::workflow::Line| {
        let by: Vec<&str> = line.by.iter().map(|role| role.as_str()).collect();
        let by = match by.as_slice() {
            _ if line.by_server => "server".to_owned(),
            [] => "-".to_owned(),
            by => by.join(","),
        };
        format!("{} {} --{}--> {} {by}", machine.resource, line.from.join("|"), line.command, line.to.unwrap_or("="))
    };
    std::iter::once(format!("{} starts {}", machine.resource, machine.initial)).chain(machine.lines.iter().map(line)).collect()
}

#[test]
fn the_state_tables_are_their_golden_copy() {
    let table: Vec<String> = app::workflows().iter().flat_map(lines).collect();
    golden::same("workflows.txt", &(table.join("\n") + "\n"));
}

/// States that no command leads to: a merge of members does, the calendar, or the facts of a case.
const ELSEWHERE: [(&str, &str); 5] =
    [("membership", "superseded"), ("deadline", "reached"), ("deadline", "superseded"), ("training_session", "full"), ("instalment", "late")];

#[test]
fn every_state_can_be_reached_and_every_command_is_told_once() {
    for machine in app::workflows() {
        let mut reached = BTreeSet::from([machine.initial]);
        for _ in 0..machine.states.values.len() {
            let next: Vec<&str> =
                machine.lines.iter().filter(|line| line.from.iter().any(|state| reached.contains(state))).filter_map(|line| line.to).collect();
            reached.extend(next);
        }
        let states: BTreeSet<&str> =
            machine.states.values.iter().map(|state| state.code).filter(|state| !ELSEWHERE.contains(&(machine.resource, state))).collect();
        assert_eq!(reached, states, "{}", machine.resource);
        let words: BTreeSet<&str> = machine.lines.iter().map(|line| line.command).collect();
        assert_eq!(words.len(), machine.lines.len(), "{}", machine.resource);
    }
}

#[test]
fn the_machines_are_served_as_they_are() {
    let world = World::new();
    let reply = world.anonymous().get("/workflows");
    let served = reply.ok();
    let dossier = served["items"].as_array().unwrap().iter().find(|item| item["resource"] == "dossier").unwrap().clone();
    assert_eq!((&dossier["initial_status"], &dossier["statuses"][0]["label_fr"]), (&json!("new"), &json!("Nouveau")));
    let close = dossier["transitions"].as_array().unwrap().iter().find(|transition| transition["command"] == "close").unwrap();
    let mandate = served["items"].as_array().unwrap().iter().find(|item| item["resource"] == "mandate").unwrap();
    let by_itself: Vec<&Value> =
        mandate["transitions"].as_array().unwrap().iter().filter(|line| line["by_server"] == true).map(|line| &line["command"]).collect();
    assert_eq!((by_itself, &close["by_server"]), (vec![&json!("expire")], &json!(false)));
    assert_eq!((&close["from"], &close["to"], &close["roles"]), (&json!(["in_progress"]), &json!("closed"), &json!(["department_head"])));
    assert_eq!(world.anonymous().request("GET", "/workflows").header("If-None-Match", reply.etag()).send().status, 304);
    assert!(reply.header("cache-control").contains("public"), "{}", reply.header("cache-control"));
}

/// A body for each command of a dossier.
fn body(command: &str, referent: &Value, kept: &Value) -> Value {
    let fields = match command {
        "declare_inadmissible" | "reopen" => json!({ "reason": "Une raison." }),
        "suspend" => json!({ "reason": "Une raison.", "review_on": "2026-12-24" }),
        "close" => json!({ "outcome": "advice_given", "outcome_for_member": "mixed" }),
        "unarchive" => json!({ "reason": "Une raison.", "until": "2026-12-24" }),
        "requalify" => json!({ "kind": "legal_protection", "reason": "Une raison.", "derogation_reason": "Une autre." }),
        "take_charge" => json!({ "derogation_reason": "Une raison." }),
        "assign" => json!({ "referent_id": referent }),
        "merge" => json!({ "surviving_dossier_id": kept["id"], "reason": "Une raison." }),
        _ => json!({}),
    };
    let mut body = json!({ "command": command });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

const WALKED: [&str; 12] =
    ["take_charge", "declare_inadmissible", "suspend", "resume", "close", "merge", "reopen", "archive", "unarchive", "anonymise", "requalify", "assign"];

/// What each caller is shown: `None` where the dossier is not theirs to see.
fn shown(client: &Client, path: &str) -> Option<Value> {
    let reply = client.get(path);
    (reply.status == 200).then(|| reply.json())
}

#[test]
fn every_walk_of_commands_is_a_legal_path_and_equals_its_history() {
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let (head, dpo) = (world.head("63"), world.user("dpo", Role::Dpo, None));
    let (member, referent) = (person(&head, "63"), user_id(&head));
    let kept = head.post("/dossiers", &case_with(&member, &json!({}))).ok();
    let machine = app::workflows().into_iter().find(|machine| machine.resource == "dossier").unwrap();
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    let walks = prop::collection::vec((prop::sample::select(&WALKED[..]), any::<bool>()), 1..14);
    runner
        .run(&walks, |walk| {
            let dossier = head.post("/dossiers", &case_with(&member, &json!({ "referent_id": referent }))).ok();
            let (path, mut state, mut steps) = (path(&dossier), "new".to_owned(), Vec::new());
            for (command, by_head) in walk {
                let client = if by_head { &head } else { &dpo };
                let told = shown(client, &path).map(|view| commands(&view));
                let reply = order(client, &path, &body(command, &referent, &kept));
                let line = machine.lines.iter().find(|line| line.command == command).unwrap();
                let legal = line.from.iter().any(|from| *from == state);
                prop_assert_eq!(
                    told.is_some_and(|told| told.iter().any(|word| word == command)) && !unchanged(&reply.text()),
                    reply.status == 201,
                    "{} in {}: {}",
                    command,
                    state,
                    reply.text()
                );
                if reply.status == 201 {
                    prop_assert!(legal, "{command} in {state}");
                    steps.push((command.to_owned(), state.clone(), line.to.map_or(state.clone(), str::to_owned)));
                    state = steps.last().unwrap().2.clone();
                }
            }
            let history: Vec<(String, String, String)> = dpo
                .all(&format!("{path}/transitions"))
                .iter()
                .map(|step| ["command", "from_status", "to_status"].map(|name| step[name].as_str().unwrap().to_owned()))
                .map(|[command, from, to]| (command, from, to))
                .collect();
            prop_assert_eq!(history, steps);
            let last = dpo.get(&path).ok();
            prop_assert_eq!(&last["status"], &json!(state));
            Ok(())
        })
        .unwrap();
}

/// A second change to the same kind is a flaw of the command, not of the state.
fn unchanged(reply: &str) -> bool {
    reply.contains("kind.unchanged")
}

//! Mandates: proposed, answered and ended, each by whom it belongs to; and a lawyer who reads a dossier inside one and never outside.

use crate::harness::cases::{Office, at, case, commands, consultation, lawyer_with, order, order_at, path, user_id};
use crate::harness::{Client, Reply};
use entraide::app;
use entraide::auth::Role;
use entraide::dossiers::mandates::runner;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A department at work with a lawyer who has an account.
struct Bar {
    office: Office,
    lawyer: Client,
    partner: Value,
}

impl Bar {
    fn new() -> Self {
        Self::with(&json!({}))
    }

    fn with(fields: &Value) -> Self {
        let office = Office::new();
        let lawyer = office.world.user("lawyer", Role::Lawyer, None);
        let mut fields = fields.clone();
        fields["user_id"] = user_id(&lawyer);
        let partner = office.head.post("/lawyers", &lawyer_with(&fields)).ok();
        Self { office, lawyer, partner }
    }

    fn head(&self) -> &Client {
        &self.office.head
    }

    fn dossier(&self) -> String {
        path(&self.office.dossier)
    }

    fn list(&self) -> String {
        format!("{}/mandates", self.dossier())
    }

    fn propose(&self, body: &Value) -> Reply {
        self.head().post(&self.list(), body)
    }

    /// The address of a consultation that is proposed to the lawyer.
    fn proposed(&self) -> String {
        at("mandates", &self.propose(&consultation(&self.partner)).ok())
    }

    /// The same under a dossier of its own; with the address of that.
    fn elsewhere(&self, expires_on: &str) -> (String, String) {
        let dossier = path(&self.head().post("/dossiers", &case(&self.office.member)).ok());
        let mut body = consultation(&self.partner);
        body["expires_on"] = expires_on.into();
        (at("mandates", &self.head().post(&format!("{dossier}/mandates"), &body).ok()), dossier)
    }
}

fn word(command: &str) -> Value {
    match command {
        "decline" => json!({ "command": command, "decline_reason": "conflict_of_interest" }),
        "complete" => json!({ "command": command, "advice": "letter" }),
        "withdraw" => json!({ "command": command, "reason": "L'adhérente a changé d'avis." }),
        _ => json!({ "command": command }),
    }
}

fn give(client: &Client, mandate: &str, command: &str) -> Reply {
    order(client, mandate, &word(command))
}

#[test]
fn a_lawyer_reads_the_dossier_from_the_acceptance_to_the_end() {
    let bar = Bar::new();
    let mandate = bar.propose(&consultation(&bar.partner)).ok();
    assert_eq!((&mandate["status"], commands(&mandate)), (&json!("proposed"), vec!["withdraw".to_owned()]));
    let address = at("mandates", &mandate);
    let seen = bar.lawyer.get(&address).ok();
    assert_eq!(commands(&seen), ["accept", "decline"]);
    assert_eq!(json!(bar.lawyer.all("/mandates")), json!([seen]));
    let reads = |open: bool| {
        for part in ["", "/transitions", "/mandates"] {
            assert_eq!(bar.lawyer.get(&format!("{}{part}", bar.dossier())).status, if open { 200 } else { 404 }, "{part}");
        }
        assert_eq!(bar.lawyer.all("/dossiers").len(), usize::from(open));
    };
    reads(false);
    give(&bar.lawyer, &address, "accept").ok();
    reads(true);
    assert_eq!(bar.lawyer.get(&bar.dossier()).ok()["facts"]["summary"], "Insultée par un parent.");
    let explained = bar.head().get(&format!("{}/access", bar.dossier())).ok();
    assert!(explained["readers"].as_array().unwrap().iter().any(|reader| reader["user_id"] == user_id(&bar.lawyer) && reader["rules"] == json!(["mandate"])));
    give(&bar.lawyer, &address, "start").ok();
    reads(true);
    let step = give(&bar.lawyer, &address, "complete").ok();
    assert_eq!((&step["to_status"], &step["details"]), (&json!("completed"), &json!({ "advice": "letter" })));
    reads(false);
    let ended = bar.lawyer.get(&address).ok();
    assert_eq!((&ended["advice"], &ended["accepted_on"], &ended["ended_on"]), (&json!("letter"), &json!("2026-11-22"), &json!("2026-11-22")));
    assert_eq!(ended["allowed_commands"], json!([]));
    let steps: Vec<Value> = bar.head().all(&format!("{address}/transitions")).iter().map(|step| step["command"].clone()).collect();
    assert_eq!(json!(steps), json!(["accept", "start", "complete"]));
    assert_eq!(bar.head().all(&format!("{address}/history")).len(), 4);
    let dpo = bar.office.world.user("dpo", Role::Dpo, None);
    let looks = dpo.all(&format!("/access-log?subject={}", bar.office.dossier["id"].as_str().unwrap()));
    for operation in ["mandates_retrieve", "dossier_mandates_list", "mandates_transitions_list", "mandates_history"] {
        assert!(looks.iter().any(|look| look["operation"] == operation), "{operation} is a look at the dossier");
    }
}

#[test]
fn what_the_team_withdraws_shuts_the_dossier_at_once() {
    let bar = Bar::new();
    for path in [&["withdraw"][..], &["accept", "withdraw"], &["accept", "start", "withdraw"]] {
        let mandate = bar.proposed();
        for command in path {
            give(if *command == "withdraw" { bar.head() } else { &bar.lawyer }, &mandate, command).ok();
        }
        bar.lawyer.get(&bar.dossier()).refused(404, "not_found");
        assert_eq!(bar.head().get(&mandate).ok()["status"], "withdrawn");
    }
    // Two mandates, and the end of one leaves the other.
    let [first, second] = [bar.proposed(), bar.proposed()];
    give(&bar.lawyer, &first, "accept").ok();
    give(&bar.lawyer, &second, "accept").ok();
    give(bar.head(), &first, "withdraw").ok();
    assert_eq!(bar.lawyer.get(&bar.dossier()).status, 200);
    give(bar.head(), &second, "withdraw").ok();
    assert_eq!(bar.lawyer.get(&bar.dossier()).status, 404);
}

#[test]
fn each_command_belongs_to_the_lawyer_or_to_the_team() {
    let bar = Bar::new();
    let (mandate, other) = (bar.proposed(), bar.office.world.user("other", Role::Lawyer, None));
    let volunteer = bar.office.world.volunteer("63");
    for command in ["accept", "decline", "start", "complete"] {
        for member in [bar.head(), &volunteer] {
            give(member, &mandate, command).refused(403, "command.not_granted");
        }
    }
    give(&bar.lawyer, &mandate, "withdraw").refused(403, "command.not_granted");
    order_at(&other, &mandate, "*", &word("accept")).refused(404, "not_found");
    order_at(&bar.office.world.head("03"), &mandate, "*", &word("withdraw")).refused(404, "not_found");
    assert_eq!(other.all("/mandates").len(), 0);
    for (command, allowed) in [("start", "accept, decline"), ("complete", "accept, decline")] {
        let problem = give(&bar.lawyer, &mandate, command).problem(409);
        assert_eq!((&problem["code"], &problem["errors"][0]["params"]["allowed"]), (&json!("transition.not_allowed"), &json!(allowed)));
    }
    let step = give(&bar.lawyer, &mandate, "decline").ok();
    assert_eq!(step["details"], json!({ "decline_reason": "conflict_of_interest" }));
    for command in ["accept", "start", "decline"] {
        give(&bar.lawyer, &mandate, command).refused(409, "transition.not_allowed");
    }
    give(&volunteer, &mandate, "withdraw").refused(409, "transition.not_allowed");
    assert_eq!(bar.head().get(&mandate).ok()["decline_reason"], "conflict_of_interest");
    for role in [Role::Dpo, Role::Analyst, Role::Admin, Role::Auditor] {
        bar.office.world.user(role.as_str(), role, None).get(&mandate).refused(403, "function.not_granted");
    }
}

#[test]
fn a_proposal_that_nobody_answered_expires_by_the_calendar() {
    let bar = Bar::new();
    let mandate = bar.proposed();
    let (world, states) = (&bar.office.world, |client: &Client, query: &str| client.all(&format!("/mandates?status={query}")).len());
    // The last moment of 6 December in Paris, and the first of the 7th.
    world.set_time("2026-12-06T22:59:59Z");
    let lawyer = world.again(&bar.lawyer);
    assert_eq!((states(&lawyer, "proposed"), states(&lawyer, "expired")), (1, 0));
    world.set_time("2026-12-06T23:00:00Z");
    let seen = lawyer.get(&mandate).ok();
    assert_eq!((&seen["status"], &seen["version"], commands(&seen)), (&json!("expired"), &json!(1), Vec::<String>::new()));
    assert_eq!(seen["ended_on"], "2026-12-07");
    assert_eq!((states(&lawyer, "proposed"), states(&lawyer, "expired,declined")), (0, 1));
    for command in ["accept", "decline"] {
        give(&lawyer, &mandate, command).refused(409, "transition.not_allowed");
    }
    let head = world.again(bar.head());
    give(&head, &mandate, "withdraw").refused(409, "transition.not_allowed");
    assert_eq!(head.all(&format!("{mandate}/transitions")).len(), 0);
    assert_eq!(lawyer.get(&bar.dossier()).status, 404);
}

#[test]
fn that_it_expired_is_written_down_once_however_many_servers_run_and_after_any_time_without_one() {
    let bar = Bar::new();
    let (world, dpo) = (&bar.office.world, bar.office.world.user("dpo", Role::Dpo, None));
    let second = app::server(world.server.config.clone(), world.clock.clone()).unwrap();
    let run = || -> usize {
        std::thread::scope(|scope| {
            let servers = [&world.server, &second, &second, &world.server].map(|server| scope.spawn(move || runner::step(server).unwrap()));
            servers.into_iter().map(|server| server.join().unwrap()).sum()
        })
    };
    let (first, dossier) = bar.elsewhere("2026-11-30");
    let (late, ended) = bar.elsewhere("2026-12-02");
    let (declined, accepted) = (bar.elsewhere("2026-11-30").0, bar.elsewhere("2026-11-30").0);
    give(&bar.lawyer, &declined, "decline").ok();
    give(&bar.lawyer, &accepted, "accept").ok();
    world.set_time("2026-11-30T22:59:50Z");
    assert_eq!(run(), 0, "the day is not over in Paris");
    world.set_time("2026-11-30T23:00:00Z");
    assert_eq!((run(), run()), (1, 0));
    // A month passes in which no server runs, and a dossier under which nothing is open any more ends before one does.
    world.set_time("2027-01-04T09:00:00Z");
    let head = world.again(bar.head());
    order(&head, &ended, &json!({ "command": "declare_inadmissible", "reason": "Hors champ." })).ok();
    let before = head.get(&late).ok();
    assert_eq!((run(), run()), (1, 0));
    for (mandate, on, recorded) in [(&first, "2026-12-01", "2026-11-30T23:00"), (&late, "2026-12-03", "2027-01-04T09:00")] {
        let seen = head.get(mandate).ok();
        assert_eq!((&seen["status"], &seen["ended_on"], &seen["version"]), (&json!("expired"), &json!(on), &json!(2)));
        let steps = head.all(&format!("{mandate}/transitions"));
        let told = ["command", "from_status", "to_status", "actor_id"].map(|name| steps[0][name].clone());
        assert_eq!((json!(told), steps.len()), (json!(["expire", "proposed", "expired", null]), 1));
        assert_eq!(steps[0]["details"], json!({ "expired_on": on }), "it is of its day, not of the server's");
        assert!(steps[0]["recorded_at"].as_str().unwrap().starts_with(recorded), "{steps:?}");
        let history = head.all(&format!("{mandate}/history"));
        assert_eq!((history.len(), &history[0]["action"], &history[0]["actor_id"]), (2, &json!("transition"), &Value::Null));
        let id = mandate.rsplit('/').next().unwrap();
        let recorded = world.again(&dpo).all("/audit-events?resource=mandate&limit=100");
        assert_eq!(recorded.iter().filter(|event| event["resource_id"] == id && event["operation"] == "mandates_expire").count(), 1);
        order_at(&world.again(&bar.lawyer), mandate, "*", &word("accept")).refused(409, "transition.not_allowed");
    }
    let mut after = head.get(&late).ok();
    for name in ["version", "updated_at"] {
        after[name] = before[name].clone();
    }
    assert_eq!(after, before, "it was read so before");
    let steps = head.all(&format!("{dossier}/timeline?kind=transition"));
    assert_eq!(json!(steps.iter().map(|step| &step["transition"]["command"]).collect::<Vec<_>>()), json!(["expire"]));
    assert_eq!(head.all(&format!("{declined}/transitions")).len() + head.all(&format!("{accepted}/transitions")).len(), 2);
    assert_eq!(world.again(&bar.lawyer).all("/mandates?status=expired").len(), 2);
}

#[test]
fn the_choice_is_the_members_or_a_name_was_asked_for_in_writing() {
    let bar = Bar::new();
    let with = |fields: Value| {
        let mut body = consultation(&bar.partner);
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        body
    };
    let external = json!({ "name": "Anne Lac", "bar": "Moulins" });
    for (fields, flaw) in [
        (json!({ "chosen_by_member": false }), "/name_requested_on mandate.choice_required"),
        (json!({ "name_requested_on": "2026-11-20" }), "/name_requested_on mandate.choice_required"),
        (json!({ "chosen_by_member": false, "name_requested_on": "2026-11-23" }), "/name_requested_on date.in_future"),
        (json!({ "purpose": null }), "/purpose field.required"),
        (json!({ "nature": "representation" }), "/purpose mandate.consultation_only"),
        (json!({ "lawyer_id": null }), "/lawyer_id mandate.lawyer_required"),
        (json!({ "external_lawyer": external }), "/lawyer_id mandate.lawyer_required"),
        (json!({ "expires_on": "2026-11-21" }), "/expires_on date.out_of_range"),
        (json!({ "expires_on": "2027-01-22" }), "/expires_on date.out_of_range"),
        (json!({ "lawyer_id": entraide::db::Id::new() }), "/lawyer_id reference.not_found"),
        (json!({ "lawyer_id": null, "external_lawyer": { "name": "Anne Lac" } }), "/external_lawyer/bar field.required"),
    ] {
        assert_eq!(bar.propose(&with(fields)).flaws(), [flaw]);
    }
    assert_eq!(bar.office.world.rows("lawyer_mandates"), 0);
    let named = bar.propose(&with(json!({ "chosen_by_member": false, "name_requested_on": "2026-11-20", "expires_on": "2027-01-21" }))).ok();
    assert_eq!((&named["chosen_by_member"], &named["name_requested_on"]), (&json!(false), &json!("2026-11-20")));
    let represented = bar.propose(&with(json!({ "nature": "representation", "purpose": null, "expires_on": "2026-11-22" }))).ok();
    let represented = at("mandates", &represented);
    give(&bar.lawyer, &represented, "accept").ok();
    give(&bar.lawyer, &represented, "start").ok();
    assert_eq!(order(&bar.lawyer, &represented, &word("complete")).flaws(), ["/advice mandate.consultation_only"]);
    order(&bar.lawyer, &represented, &json!({ "command": "complete" })).ok();
    let consulted = at("mandates", &named);
    give(&bar.lawyer, &consulted, "accept").ok();
    give(&bar.lawyer, &consulted, "start").ok();
    assert_eq!(order(&bar.lawyer, &consulted, &json!({ "command": "complete" })).flaws(), ["/advice field.required"]);
    assert_eq!(bar.lawyer.get(&bar.dossier()).status, 200, "it is still under way");
}

#[test]
fn the_team_records_the_answers_of_a_lawyer_who_has_no_account() {
    let bar = Bar::new();
    let body = json!({ "external_lawyer": { "name": "Anne Lac", "bar": "Moulins" }, "nature": "representation", "chosen_by_member": true, "expires_on": "2026-12-06" });
    let external = bar.propose(&body).ok();
    assert_eq!((&external["external_lawyer"], &external["lawyer_id"]), (&body["external_lawyer"], &Value::Null));
    assert_eq!(commands(&external), ["accept", "decline", "withdraw"]);
    let unlinked = bar.head().post("/lawyers", &lawyer_with(&json!({ "name": "Sans compte" }))).ok();
    let unlinked = bar.propose(&consultation(&unlinked)).ok();
    for mandate in [&external, &unlinked] {
        let address = at("mandates", mandate);
        order_at(&bar.lawyer, &address, "*", &word("accept")).refused(404, "not_found");
        give(bar.head(), &address, "accept").ok();
        give(bar.head(), &address, "start").ok();
        assert_eq!(bar.head().get(&address).ok()["status"], "in_progress");
    }
    assert_eq!(bar.office.world.rows("dossier_permits"), 0, "nobody's account is let in");
}

#[test]
fn a_lawyer_who_cannot_take_the_case_is_refused_when_it_is_proposed_and_when_it_is_accepted() {
    let bar = Bar::with(&json!({ "yearly_capacity": 2 }));
    let (mandate, lawyer) = (bar.proposed(), at("lawyers", &bar.partner));
    let refused = |code: &str| {
        bar.propose(&consultation(&bar.partner)).refused(409, code);
        give(&bar.lawyer, &mandate, "accept").refused(409, code);
        assert_eq!((bar.head().get(&mandate).ok()["status"].clone(), bar.lawyer.get(&bar.dossier()).status), (json!("proposed"), 404));
    };
    for (code, change, back) in [
        ("lawyer.out_of_agreement", json!({ "agreement_to": "2026-11-21" }), json!({ "agreement_to": null })),
        ("lawyer.out_of_agreement", json!({ "agreement_from": "2026-11-23" }), json!({ "agreement_from": "2026-01-01" })),
        ("lawyer.other_department", json!({ "departments": ["03"] }), json!({ "departments": ["63"] })),
        ("lawyer.out_of_capacity", json!({ "yearly_capacity": 0 }), json!({ "yearly_capacity": 2 })),
    ] {
        let admin = bar.office.world.admin();
        admin.patch(&lawyer, "*", &change).ok();
        refused(code);
        admin.patch(&lawyer, "*", &back).ok();
    }
    let days = json!({ "starts_on": "2026-11-20", "ends_on": "2026-11-22" });
    let away = at("unavailabilities", &bar.head().post(&format!("{lawyer}/unavailabilities"), &days).ok());
    refused("lawyer.unavailable");
    bar.head().delete(&away, "*").ok_status(204);
    let (second, third) = (bar.proposed(), bar.proposed());
    for mandate in [&mandate, &second] {
        give(&bar.lawyer, mandate, "accept").ok();
    }
    give(&bar.lawyer, &third, "accept").refused(409, "lawyer.out_of_capacity");
    give(&bar.lawyer, &second, "start").ok();
    give(&bar.lawyer, &second, "complete").ok();
    give(&bar.lawyer, &third, "accept").refused(409, "lawyer.out_of_capacity");
    give(bar.head(), &mandate, "withdraw").ok();
    give(&bar.lawyer, &third, "accept").ok();
}

#[test]
fn acceptances_at_once_never_exceed_the_yearly_capacity() {
    let bar = Bar::with(&json!({ "yearly_capacity": 3 }));
    let mandates: Vec<String> = (0..10).map(|_| bar.elsewhere("2026-12-06").0).collect();
    let accepted = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for mandate in &mandates {
            scope.spawn(|| {
                let reply = order_at(&bar.lawyer, mandate, "*", &word("accept"));
                match reply.status {
                    201 => drop(accepted.fetch_add(1, Ordering::Relaxed)),
                    _ => reply.refused(409, "lawyer.out_of_capacity"),
                }
            });
        }
    });
    assert_eq!((accepted.into_inner(), bar.lawyer.all("/dossiers").len()), (3, 3));
}

#[test]
fn nothing_is_entrusted_under_a_dossier_that_has_ended_and_none_ends_before_its_mandates() {
    let bar = Bar::new();
    let (dossier, mandate) = (bar.dossier(), bar.proposed());
    order(bar.head(), &dossier, &json!({ "command": "declare_inadmissible", "reason": "Hors du champ." })).refused(409, "dossier.open_beneath");
    order(bar.head(), &dossier, &json!({ "command": "assign", "referent_id": user_id(bar.head()) })).ok();
    order(bar.head(), &dossier, &json!({ "command": "take_charge" })).ok();
    let close = json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "favourable" });
    for command in ["accept", "start"] {
        order(bar.head(), &dossier, &close).refused(409, "dossier.open_beneath");
        give(&bar.lawyer, &mandate, command).ok();
    }
    order(bar.head(), &dossier, &close).refused(409, "dossier.open_beneath");
    give(&bar.lawyer, &mandate, "complete").ok();
    let waiting = bar.proposed();
    bar.office.world.set_time("2026-12-07T09:00:00Z");
    let head = bar.office.world.again(bar.head());
    assert_eq!(head.get(&waiting).ok()["status"], "expired");
    order(&head, &dossier, &close).ok();
    let mut body = consultation(&bar.partner);
    body["expires_on"] = "2026-12-20".into();
    head.post(&bar.list(), &body).refused(409, "dossier.not_open");
    assert_eq!(head.all(&bar.list()).len(), 2, "what there was is still read");
}

#[test]
fn closing_and_proposing_at_once_leave_no_mandate_under_a_closed_dossier() {
    let bar = Bar::new();
    for _ in 0..6 {
        let dossier = bar.head().post("/dossiers", &case(&bar.office.member)).ok();
        let dossier = path(&dossier);
        order(bar.head(), &dossier, &json!({ "command": "assign", "referent_id": user_id(bar.head()) })).ok();
        order(bar.head(), &dossier, &json!({ "command": "take_charge" })).ok();
        let close = json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "favourable" });
        let (closed, proposed) = std::thread::scope(|scope| {
            let closed = scope.spawn(|| order_at(bar.head(), &dossier, "*", &close).status);
            let proposed = scope.spawn(|| bar.head().post(&format!("{dossier}/mandates"), &consultation(&bar.partner)).status);
            (closed.join().unwrap(), proposed.join().unwrap())
        });
        assert!(matches!((closed, proposed), (201, 409) | (409, 201)), "{closed} {proposed}");
    }
}

#[test]
fn a_dossier_that_is_anonymised_forgets_who_pleaded() {
    let bar = Bar::new();
    let external = json!({ "external_lawyer": { "name": "Zqxlawyer Lac", "bar": "Zqxbar" }, "nature": "representation", "chosen_by_member": true, "expires_on": "2026-12-06" });
    let mandate = at("mandates", &bar.propose(&external).ok());
    let words = json!({ "command": "withdraw", "reason": "Zqxreason de la famille." });
    order(bar.head(), &mandate, &words).ok();
    let dossier = bar.dossier();
    order(bar.head(), &dossier, &json!({ "command": "assign", "referent_id": user_id(bar.head()) })).ok();
    order(bar.head(), &dossier, &json!({ "command": "take_charge" })).ok();
    order(bar.head(), &dossier, &json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "favourable" })).ok();
    let world = &bar.office.world;
    world.set_time("2037-01-05T09:00:00Z");
    order(&world.again(bar.head()), &dossier, &json!({ "command": "archive" })).ok();
    let (held, words) = (world.database_text(), ["Zqxlawyer", "Zqxbar", "Zqxreason"]);
    assert!(words.iter().all(|word| held.contains(word)), "they were stored");
    let dpo = world.user("dpo", Role::Dpo, None);
    order(&dpo, &dossier, &json!({ "command": "anonymise" })).ok();
    assert_eq!(world.rows("lawyer_mandates"), 1, "what stays serves figures");
    let left = world.database_text();
    for word in words {
        assert!(!left.contains(word), "{word} is still there");
    }
}

/// The legal steps, as the design has them.
const STEPS: [(&str, &str, &str); 8] = [
    ("proposed", "expire", "expired"),
    ("proposed", "accept", "accepted"),
    ("proposed", "decline", "declined"),
    ("proposed", "withdraw", "withdrawn"),
    ("accepted", "start", "in_progress"),
    ("accepted", "withdraw", "withdrawn"),
    ("in_progress", "complete", "completed"),
    ("in_progress", "withdraw", "withdrawn"),
];

#[test]
fn under_16_clients_every_history_is_legal_and_the_lawyer_reads_inside_the_mandate_alone() {
    let bar = Bar::with(&json!({ "yearly_capacity": 6 }));
    let world = &bar.office.world;
    // A minute before midnight in Paris: half of the proposals expire while they are fought over.
    world.set_time("2026-11-22T22:59:30Z");
    let (head, lawyer) = (world.again(bar.head()), world.again(&bar.lawyer));
    let bar = Bar { office: Office { head, ..bar.office }, lawyer, partner: bar.partner };
    let mandates: Vec<(String, String)> = (0..16).map(|at| bar.elsewhere(if at % 2 == 0 { "2026-11-22" } else { "2026-12-06" })).collect();
    let (done, looks) = (AtomicBool::new(false), [AtomicUsize::new(0), AtomicUsize::new(0)]);
    let state = |mandate: &str| {
        let view = bar.head().get(mandate).ok();
        (view["version"].clone(), view["status"].as_str().unwrap().to_owned())
    };
    let look = || {
        for (mandate, dossier) in &mandates {
            let before = state(mandate);
            let status = bar.lawyer.get(dossier).status;
            // What did not change meanwhile decides on what was to be seen.
            if before == state(mandate) {
                let inside = ["accepted", "in_progress"].contains(&before.1.as_str());
                assert_eq!(status, if inside { 200 } else { 404 }, "{}", before.1);
                looks[usize::from(inside)].fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    // One is accepted before the others are fought over, so that each side is looked at however the clients are scheduled.
    give(&bar.lawyer, &mandates[1].0, "accept").ok();
    look();
    let expired = || runner::step(&bar.office.world.server).unwrap();
    std::thread::scope(|scope| {
        let client = |number: usize| {
            let (mandates, bar) = (&mandates, &bar);
            move || {
                let moves = ["accept", "withdraw", "start", "accept", "decline", "complete", "start", "accept"];
                for turn in 0..9 {
                    // The bits of a product are as good as dice here, and the same each time.
                    let dice = (number * 9 + turn + 1) * 2_654_435_761;
                    let (command, (mandate, _)) = (moves[(dice >> 9) % moves.len()], &mandates[(dice >> 16) % mandates.len()]);
                    let reply = give(if command == "withdraw" { bar.head() } else { &bar.lawyer }, mandate, command);
                    assert!([201, 409, 412].contains(&reply.status), "{command}: {}", reply.text());
                    if number == 0 && turn == 4 {
                        bar.office.world.set_time("2026-11-22T23:00:10Z");
                    }
                }
            }
        };
        let clients: Vec<_> = (0..16).map(|number| scope.spawn(client(number))).collect();
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                look();
                expired();
            }
        });
        let ended: Vec<_> = clients.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        ended.into_iter().for_each(|client| client.unwrap());
    });
    assert!(looks.iter().all(|looks| looks.load(Ordering::Relaxed) > 0), "both sides were looked at: {looks:?}");
    expired();
    let (mut reached, mut taken) = (std::collections::BTreeSet::new(), 0);
    for (mandate, dossier) in &mandates {
        let view = bar.head().get(mandate).ok();
        let mut at = "proposed".to_owned();
        for (step, version) in bar.head().all(&format!("{mandate}/transitions")).iter().zip(2..) {
            let text = |name: &str| step[name].as_str().unwrap().to_owned();
            let (from, command, to) = (text("from_status"), text("command"), text("to_status"));
            assert!(STEPS.contains(&(&from, &command, &to)), "{from} {command} {to}");
            assert_eq!((&from, &step["resource_version"]), (&at, &json!(version)), "{mandate}");
            let late = text("recorded_at").as_str() >= "2026-11-22T23:00" && view["expires_on"] == "2026-11-22";
            assert!(from != "proposed" || late == (command == "expire"), "an expired proposal was answered, or one that stood expired");
            at = to;
        }
        assert_eq!(view["status"], at);
        let inside = ["accepted", "in_progress"].contains(&at.as_str());
        assert_eq!(bar.lawyer.get(dossier).status, if inside { 200 } else { 404 });
        taken += i32::from(view["accepted_on"].is_string() && at != "withdrawn");
        reached.insert(view["status"].as_str().unwrap().to_owned());
    }
    assert!(taken <= 6 && reached.len() > 2, "{taken} {reached:?}");
}

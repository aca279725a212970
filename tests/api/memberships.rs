//! Periods of membership, the cover they prove, and their lifecycle.

use crate::harness::data::{member, tariff};
use crate::harness::{Client, Reply, World};
use entraide::values::Day;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

struct Person {
    head: Client,
    path: String,
}

fn person(world: &World) -> Person {
    let head = world.head("63");
    let member = head.post("/members", &member(&head, "63")).ok();
    let path = format!("/members/{}", member["id"].as_str().unwrap());
    Person { head, path }
}

impl Person {
    fn subscribe(&self, fields: Value) -> Reply {
        let mut body = json!({ "subscribed_on": "2026-01-05", "channel": "post" });
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.head.post(&format!("{}/memberships", self.path), &body)
    }

    fn cover(&self, query: &str) -> Value {
        self.head.get(&format!("{}/cover?{query}", self.path)).ok()
    }

    fn order(&self, membership: &Value, version: i64, body: &Value) -> Reply {
        let path = format!("/memberships/{}/transitions", membership["id"].as_str().unwrap());
        let key = entraide::db::Id::new().to_string();
        self.head.request("POST", &path).key(&key).header("If-Match", &format!("\"{version}.x\"")).json(body).send()
    }
}

#[test]
fn a_first_year_is_priced_pro_rata_and_covers_from_its_registration() {
    let world = World::new();
    tariff(&world, 2024, "20.00", "25.50");
    let person = person(&world);
    let made = person.subscribe(json!({ "subscribed_on": "2024-09-01" })).ok();
    assert_eq!((&made["starts_on"], &made["ends_on"], &made["status"]), (&json!("2024-09-01"), &json!("2024-12-31"), &json!("pending")));
    assert_eq!(made["total_dues"], json!({ "amount": "15.17", "currency": "EUR" }));
    assert_eq!(person.cover("on=2024-10-01")["status"], "not_covered");
    let done = person.order(&made, 1, &json!({ "command": "confirm", "registered_on": "2024-09-20" })).ok();
    assert_eq!((&done["from_status"], &done["to_status"]), (&json!("pending"), &json!("confirmed")));
    assert_eq!((person.cover("on=2024-09-19")["status"].clone(), person.cover("on=2024-09-20")["status"].clone()), (json!("not_covered"), json!("covered")));
    let lasting = person.cover("during=2024-09-10/2024-10-10");
    assert_eq!(lasting["status"], "partly_covered");
    assert_eq!(lasting["gaps"], json!([{ "from": "2024-09-10", "to": "2024-09-19" }]));
    assert_eq!(lasting["proofs"], json!([{ "membership_id": made["id"], "membership_version": 2, "from": "2024-09-20", "to": "2024-10-10" }]));
}

#[test]
fn bad_periods_are_refused_where_they_are_wrong() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    let person = person(&world);
    assert_eq!(person.subscribe(json!({ "ends_on": "2026-01-04" })).flaws(), ["/ends_on period.reversed"]);
    assert_eq!(person.subscribe(json!({ "ends_on": "2027-01-01" })).flaws(), ["/ends_on period.other_year"]);
    assert_eq!(person.subscribe(json!({ "subscribed_on": "2026-12-24" })).flaws(), ["/subscribed_on date.in_future"]);
    assert_eq!(person.subscribe(json!({ "subscribed_on": "2025-01-05" })).flaws(), ["/association_dues tariff.missing"]);
    assert_eq!(person.subscribe(json!({ "association_dues": { "amount": "1.5", "currency": "EUR" } })).flaws(), ["/association_dues/amount amount.invalid"]);
    assert_eq!(person.subscribe(json!({ "association_dues": { "amount": "1.50", "currency": "EUR" } })).flaws(), ["/insurance_dues field.required"]);
    let first = person.subscribe(json!({ "ends_on": "2026-06-30", "insurer_registered_on": "2026-01-05" })).ok();
    person.subscribe(json!({ "subscribed_on": "2026-06-30" })).refused(409, "membership.overlap");
    let renewal = json!({ "subscribed_on": "2026-06-29", "starts_on": "2026-06-30", "predecessor_id": first["id"] });
    assert_eq!(person.subscribe(renewal).flaws(), ["/starts_on period.before_predecessor"]);
    assert_eq!(person.subscribe(json!({ "predecessor_id": entraide::db::Id::new().to_string() })).flaws(), ["/predecessor_id reference.not_found"]);
    person.subscribe(json!({ "subscribed_on": "2026-06-29", "starts_on": "2026-07-01", "predecessor_id": first["id"] })).ok();
}

#[test]
fn many_at_once_record_one_period() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    let person = person(&world);
    let made: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (1..=16)
            .map(|day| {
                let person = &person;
                scope.spawn(move || person.subscribe(json!({ "subscribed_on": format!("2026-01-{day:02}") })).status)
            })
            .collect();
        tries.into_iter().map(|try_| usize::from(try_.join().unwrap() == 201)).sum()
    });
    assert_eq!(made, 1);
}

#[test]
fn what_is_confirmed_is_ended_or_corrected_but_never_edited() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    let person = person(&world);
    let made = person.subscribe(json!({ "insurer_registered_on": "2026-01-10" })).ok();
    let path = format!("/memberships/{}", made["id"].as_str().unwrap());
    person.head.request("PATCH", &path).merge_patch(&json!({ "ends_on": "2026-06-30" })).header("If-Match", "*").send().refused(405, "method.not_allowed");
    person.order(&made, 1, &json!({ "command": "cancel", "reason": "Doublon" })).refused(409, "transition.not_allowed");
    person.order(&made, 2, &json!({ "command": "void", "reason": "Doublon" })).refused(412, "version.stale");
    person.order(&made, 1, &json!({ "command": "replace", "reason": "Date fausse", "starts_on": "2026-02-01" })).ok();
    let periods = person.head.all(&format!("{}/memberships", person.path));
    let told: Vec<_> = periods.iter().map(|period| (period["status"].as_str().unwrap(), period["starts_on"].as_str().unwrap())).collect();
    assert_eq!(told, [("void", "2026-01-05"), ("confirmed", "2026-02-01")]);
    assert_eq!(periods[1]["replaces_id"], made["id"]);
    assert_eq!(person.cover("on=2026-01-15")["status"], "not_covered");
    let flaws = person.order(&periods[1], 1, &json!({ "command": "end", "ends_on": "2027-01-01", "end_reason": "resigned" })).flaws();
    assert_eq!(flaws, ["/ends_on date.out_of_range"]);
    person.order(&periods[1], 1, &json!({ "command": "end", "ends_on": "2026-06-30", "end_reason": "deceased" })).ok();
    assert_eq!(person.head.get(&person.path).ok()["membership_status"], "deceased");
    let steps = person.head.all(&format!("/memberships/{}/transitions", periods[1]["id"].as_str().unwrap()));
    assert_eq!(steps.iter().map(|step| step["command"].as_str().unwrap()).collect::<Vec<_>>(), ["end"]);
    assert_eq!(person.head.get(&path).ok()["allowed_commands"], json!([]));
}

#[test]
fn a_transition_repeated_under_its_key_happens_once() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    let person = person(&world);
    let made = person.subscribe(json!({})).ok();
    let path = format!("/memberships/{}/transitions", made["id"].as_str().unwrap());
    let send = |key: &str| {
        let request = person.head.request("POST", &path).key(key).header("If-Match", "\"1.x\"");
        request.json(&json!({ "command": "confirm", "registered_on": "2026-01-10" })).send()
    };
    let (first, again) = (send("once"), send("once"));
    assert_eq!((first.status, again.status, first.bytes == again.bytes), (201, 201, true));
    assert_eq!(again.header("idempotency-replayed"), "true");
    send("twice").refused(412, "version.stale");
}

#[test]
fn volunteers_prove_cover_and_change_nothing() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    let person = person(&world);
    let made = person.subscribe(json!({ "insurer_registered_on": "2026-01-10" })).ok();
    let volunteer = world.volunteer("63");
    assert_eq!(volunteer.get(&format!("{}/cover?on=2026-03-01", person.path)).ok()["status"], "covered");
    assert_eq!(volunteer.get(&format!("/memberships/{}", made["id"].as_str().unwrap())).ok()["allowed_commands"], json!([]));
    volunteer.post(&format!("{}/memberships", person.path), &json!({ "subscribed_on": "2026-01-05", "channel": "post" })).refused(403, "function.not_granted");
    world.head("03").get(&format!("/memberships/{}", made["id"].as_str().unwrap())).refused(404, "not_found");
}

#[test]
fn tariffs_are_set_once_a_year_by_the_federation() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    let dues = json!({ "year": 2026, "association_dues": { "amount": "1.00", "currency": "EUR" }, "insurance_dues": { "amount": "1.00", "currency": "EUR" } });
    world.admin().post("/tariffs", &dues).refused(409, "tariff.taken");
    world.head("63").post("/tariffs", &dues).refused(403, "function.not_granted");
    assert_eq!(world.volunteer("63").all("/tariffs").len(), 1);
}

/// What a walk does next: a period to record, or a command for one of those there are.
#[derive(Debug, Clone)]
enum Turn {
    Record { from: i64, length: i64, registered: Option<i64> },
    Command { at: usize, kind: u8, day: i64 },
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let record = (0_i64..300, 0_i64..120, proptest::option::of(0_i64..300)).prop_map(|(from, length, registered)| Turn::Record { from, length, registered });
    let command = (0_usize..8, 0_u8..5, 0_i64..320).prop_map(|(at, kind, day)| Turn::Command { at, kind, day });
    proptest::collection::vec(prop_oneof![record, command], 1..14)
}

#[test]
fn after_any_walk_periods_in_force_share_no_day_and_cover_is_what_they_say() {
    let world = World::new();
    tariff(&world, 2025, "20.00", "25.50");
    let head = world.head("63");
    let origin: Day = "2025-01-01".parse().unwrap();
    let day = |at: i64| origin.plus(at).to_string();
    let mut runner = TestRunner::new(Config { cases: 12, ..Config::default() });
    let walk = |turns: Vec<Turn>| {
        let member = head.post("/members", &member(&head, "63")).ok();
        let person = Person { head: head.clone(), path: format!("/members/{}", member["id"].as_str().unwrap()) };
        let memberships = format!("{}/memberships", person.path);
        for turn in turns {
            match turn {
                Turn::Record { from, length, registered } => {
                    let ends_on = day((from + length).min(364));
                    let body = json!({ "subscribed_on": day(from), "ends_on": ends_on, "insurer_registered_on": registered.map(day), "channel": "post" });
                    let status = head.post(&memberships, &body).status;
                    assert!(matches!(status, 201 | 409), "{status}");
                }
                Turn::Command { at, kind, day: on } => {
                    let all = head.all(&memberships);
                    let Some(period) = all.get(at % all.len().max(1)) else { continue };
                    let body = match kind {
                        0 => json!({ "command": "confirm", "registered_on": day(on) }),
                        1 => json!({ "command": "end", "ends_on": day(on), "end_reason": "resigned" }),
                        2 => json!({ "command": "cancel", "reason": "Doublon" }),
                        3 => json!({ "command": "void", "reason": "Erreur de saisie" }),
                        _ => json!({ "command": "replace", "reason": "Date fausse", "starts_on": day(on), "ends_on": "2025-12-31" }),
                    };
                    let status = person.order(period, period["version"].as_i64().unwrap(), &body).status;
                    assert!(matches!(status, 201 | 400 | 409), "{status}");
                }
            }
        }
        let text = |period: &Value, name: &str| period[name].as_str().map(str::to_owned);
        let all = head.all(&memberships);
        let in_force: Vec<&Value> = all.iter().filter(|period| matches!(period["status"].as_str().unwrap(), "pending" | "confirmed" | "ended")).collect();
        let (mut uncovered, mut at) = (Vec::new(), 0);
        while at < 365 {
            let on = day(at);
            let here: Vec<_> = in_force.iter().filter(|period| text(period, "starts_on").unwrap() <= on && on <= text(period, "ends_on").unwrap()).collect();
            assert!(here.len() <= 1, "{on}: {all:#?}");
            if !here.iter().any(|period| text(period, "insurer_registered_on").is_some_and(|registered| registered <= on)) {
                uncovered.push(on);
            }
            at += 1;
        }
        let cover = person.cover("during=2025-01-01/2025-12-31");
        let within = |on: &String, gap: &Value| text(gap, "from").unwrap() <= *on && *on <= text(gap, "to").unwrap();
        let gaps = cover["gaps"].as_array().unwrap().clone();
        let told: Vec<String> = (0..365).map(day).filter(|on| gaps.iter().any(|gap| within(on, gap))).collect();
        assert_eq!(told, uncovered, "{all:#?}");
        Ok(())
    };
    runner.run(&turns(), walk).unwrap();
}

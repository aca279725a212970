//! The yearly renewal: exactly one successor each, whatever happens to whoever renews.

use crate::harness::data::{member, member_with, tariff};
use crate::harness::{Client, Program, World};
use entraide::audit::Author;
use entraide::db::{DbConn, Id};
use entraide::error::{Code, Error, Result};
use entraide::members::memberships::renewal::{Figures, Renewal, runner};
use entraide::values::Number;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

fn renew_keeping<K: Fn(&mut DbConn) -> Result<()> + Clone + Send + 'static>(world: &World, year: i32, keep: K) -> Result<Figures> {
    let author = Author::console("test", &world.server.keys.records);
    Renewal { db: world.db(), year: Number::checked(year).unwrap(), author: &author, now: world.now(), keep }.run()
}

fn renew(world: &World, year: i32) -> [i64; 3] {
    figures(renew_keeping(world, year, |_: &mut DbConn| Ok(())).unwrap())
}

fn figures(Figures { renewed, already_renewed, not_renewed }: Figures) -> [i64; 3] {
    [renewed, already_renewed, not_renewed]
}

/// A new member with a period of 2026.
fn subscriber(head: &Client, fields: Value) -> Value {
    let person = head.post("/members", &member(head, "63")).ok();
    let mut body = json!({ "subscribed_on": "2026-01-05", "insurer_registered_on": "2026-02-10", "channel": "post", "insurer_holder": true });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    head.post(&format!("/members/{}/memberships", person["id"].as_str().unwrap()), &body).ok()
}

fn periods(head: &Client, membership: &Value) -> Vec<Value> {
    head.all(&format!("/members/{}/memberships", membership["member_id"].as_str().unwrap()))
}

fn order(head: &Client, membership: &Value, body: &Value) {
    let path = format!("/memberships/{}/transitions", membership["id"].as_str().unwrap());
    let version = membership["version"].as_i64().unwrap();
    head.request("POST", &path).key(&Id::new().to_string()).header("If-Match", &format!("\"{version}.x\"")).json(body).send().ok();
}

/// As many members with a period of 2026, without a request for each.
fn many(world: &World, count: i32) {
    let head = world.head("63");
    subscriber(&head, json!({}));
    world
        .db()
        .write_now(move |conn| {
            let copy = |table: &str, columns: &str, values: &str, at: i32| format!("INSERT INTO {table} ({columns}) SELECT {} FROM {table} LIMIT 1", values.replace("{at}", &at.to_string()));
            let member = "member_number, association_id, department_code, last_name, first_name, name_key, search_key, safe_contact, external_ids, version, created_at, updated_at";
            let period = "product, year, subscribed_on, insurer_registered_on, starts_on, ends_on, channel, insurer_holder, association_cents, insurance_cents, external_ids, status, version, created_at, updated_at";
            let literal = |id: &Id| {
                let hex: String = id.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
                if conn_is_postgres() { format!("'{id}'::uuid") } else { format!("x'{hex}'") }
            };
            for at in 0..count {
                let (member_id, membership_id) = (literal(&Id::new()), literal(&Id::new()));
                let numbered = member.replacen("member_number", "'N{at}'", 1);
                conn.run(&copy("members", &format!("id, {member}"), &format!("{member_id}, {numbered}"), at))?;
                conn.run(&copy("memberships", &format!("id, member_id, {period}"), &format!("{membership_id}, {member_id}, {period}"), at))?;
            }
            Ok(())
        })
        .unwrap();
}

fn conn_is_postgres() -> bool {
    crate::harness::postgres().is_some()
}

#[test]
fn a_period_confirmed_to_the_end_of_the_year_goes_on_with_its_registration_and_the_new_dues() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    tariff(&world, 2027, "21.00", "26.50");
    let head = world.head("63");
    let first = subscriber(&head, json!({ "external_ids": [{ "system": "maif", "kind": "contract", "value": "77" }] }));
    let changes = world.rows("changes");
    assert_eq!(renew(&world, 2027), [1, 0, 0]);
    let periods = periods(&head, &first);
    let next = &periods[1];
    for (name, value) in [
        ("year", json!(2027)),
        ("status", json!("confirmed")),
        ("starts_on", json!("2027-01-01")),
        ("ends_on", json!("2027-12-31")),
        ("predecessor_id", first["id"].clone()),
        ("insurer_registered_on", json!("2026-02-10")),
        ("channel", json!("post")),
        ("insurer_holder", json!(true)),
        ("total_dues", json!({ "amount": "47.50", "currency": "EUR" })),
        ("external_ids", json!([])),
    ] {
        assert_eq!(next[name], value, "{name}");
    }
    assert_eq!(world.rows("changes") - changes, 1);
    let history = head.get(&format!("/memberships/{}/history", next["id"].as_str().unwrap())).ok();
    assert_eq!((&history["items"][0]["action"], &history["items"][0]["actor_id"]), (&json!("create"), &Value::Null));
    let cover = head.get(&format!("/members/{}/cover?during=2026-12-30/2027-01-02", first["member_id"].as_str().unwrap())).ok();
    assert_eq!(cover["status"], "covered", "nobody lapses on 1 January");
    assert_eq!(renew(&world, 2027), [0, 1, 0]);
}

#[test]
fn what_is_pending_ended_void_short_or_beside_another_period_is_not_renewed() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    tariff(&world, 2027, "20.00", "25.50");
    let head = world.head("63");
    subscriber(&head, json!({ "insurer_registered_on": null }));
    subscriber(&head, json!({ "ends_on": "2026-11-30" }));
    for command in [json!({ "command": "end", "ends_on": "2026-10-01", "end_reason": "resigned" }), json!({ "command": "void", "reason": "Erreur." })] {
        order(&head, &subscriber(&head, json!({})), &command);
    }
    let provided = subscriber(&head, json!({}));
    world.set_time("2027-01-05T09:00:00Z");
    let head = world.head("63");
    let own = json!({ "subscribed_on": "2027-01-04", "starts_on": "2027-02-01", "channel": "online" });
    head.post(&format!("/members/{}/memberships", provided["member_id"].as_str().unwrap()), &own).ok();
    assert_eq!(renew(&world, 2027), [0, 0, 4], "a void period is none at all");
    assert_eq!(world.rows("memberships WHERE year = 2027"), 1);
}

#[test]
fn a_renewal_that_was_declared_void_is_not_made_again() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    tariff(&world, 2027, "20.00", "25.50");
    let head = world.head("63");
    let first = subscriber(&head, json!({}));
    renew(&world, 2027);
    order(&head, &periods(&head, &first)[1], &json!({ "command": "void", "reason": "Ne souhaite pas renouveler." }));
    assert_eq!(renew(&world, 2027), [0, 1, 0]);
}

#[test]
fn a_year_without_tariff_is_not_begun() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    subscriber(&world.head("63"), json!({}));
    let refusal = renew_keeping(&world, 2027, |_: &mut DbConn| Ok(())).unwrap_err();
    assert_eq!((refusal.code(), world.rows("memberships")), (Code::TariffMissing, 1));
}

#[test]
fn killed_in_the_middle_and_run_again_by_many_at_once_it_leaves_one_successor_each() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    tariff(&world, 2027, "20.00", "25.50");
    many(&world, 1100);
    let left = Arc::new(AtomicI32::new(1));
    let dying = move |_: &mut DbConn| if left.fetch_sub(1, Ordering::Relaxed) > 0 { Ok(()) } else { Err(Error::internal("killed")) };
    renew_keeping(&world, 2027, dying).unwrap_err();
    assert_eq!(world.rows("memberships WHERE year = 2027"), 500, "the first batch was kept");
    let done: Vec<[i64; 3]> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..3).map(|_| scope.spawn(|| renew(&world, 2027))).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(done.iter().map(|figures| figures[0]).sum::<i64>(), 601, "{done:?}");
    assert!(done.iter().all(|figures| figures.iter().sum::<i64>() == 1101), "{done:?}");
    assert_eq!(world.rows("memberships WHERE year = 2027"), 1101);
    assert_eq!(world.rows("(SELECT DISTINCT member_id FROM memberships WHERE year = 2027) AS renewed"), 1101);
    assert_eq!(world.rows("resource_versions WHERE resource = 'membership' AND version = 1"), 1102, "and each is in its history");
}

#[test]
fn servers_renew_once_from_the_first_of_january_in_paris_and_never_after_the_grace() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    let first = subscriber(&world.head("63"), json!({}));
    world.set_time("2026-12-31T22:59:00Z");
    assert_eq!(runner::step(&world.server).unwrap(), None);
    world.set_time("2026-12-31T23:00:01Z");
    assert_eq!(runner::step(&world.server).unwrap_err().code(), Code::TariffMissing);
    tariff(&world, 2027, "20.00", "25.50");
    assert_eq!(runner::step(&world.server).unwrap(), None, "it waits before it tries again");
    world.set_time("2027-01-01T00:01:00Z");
    let done: Vec<Option<Figures>> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..3).map(|_| scope.spawn(|| runner::step(&world.server).unwrap())).collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    assert_eq!(done.iter().flatten().copied().map(figures).collect::<Vec<_>>(), [[1, 0, 0]]);
    assert_eq!(runner::step(&world.server).unwrap(), None);
    assert_eq!(periods(&world.head("63"), &first).len(), 2);
    tariff(&world, 2028, "20.00", "25.50");
    world.set_time("2028-03-15T09:00:00Z");
    assert_eq!(runner::step(&world.server).unwrap(), None);
}

#[test]
fn a_member_whose_record_is_gone_is_not_renewed() {
    let world = World::new();
    tariff(&world, 2026, "20.00", "25.50");
    tariff(&world, 2027, "20.00", "25.50");
    let head = world.head("63");
    subscriber(&head, json!({}));
    head.post("/members", &member_with(&head, "63", &json!({ "first_name": "Ana" }))).ok();
    world.db().write_now(|conn| Ok(conn.run("UPDATE members SET deleted_at = created_at")?)).unwrap();
    assert_eq!(renew(&world, 2027), [0, 0, 1]);
}

#[test]
fn the_console_tells_its_figures_on_one_line() {
    let program = Program::new();
    program.run(&["migrate"]).ok();
    program.run(&["keys", "generate", "data/keys"]).ok();
    program.run(&["memberships", "renew", "--year", "2027"]).fails("tariff.missing");
    program.run(&["memberships", "renew", "--year", "1492"]).fails("--year: ");
    let row = "INSERT INTO tariffs (id, product, year, association_cents, insurance_cents, version, created_at, updated_at) SELECT id, 'ome', 2027, 1, 2, 1, created_at, updated_at FROM associations LIMIT 1";
    entraide::db::connect(&program.database_url).unwrap().run(row).unwrap();
    assert_eq!(program.run(&["memberships", "renew", "--year", "2027"]).ok(), "renewed 0, already renewed 0, not renewed 0\n");
}

//! Two records of one person made one, and told apart again.

use crate::harness::cases::{at, case, case_with, commands, order, order_at, user_id};
use crate::harness::data::{association, member, member_with, school_with, tariff};
use crate::harness::training::{module, open};
use crate::harness::{Client, Reply, World, declared};
use diesel::prelude::*;
use diesel::sql_types::Text;
use entraide::auth::Role;
use entraide::db::references::{TO_ESTABLISHMENTS, TO_MEMBERS};
use entraide::db::schema::member_merges;
use entraide::db::{DbConn, Engine, Id, Json};
use entraide::members::merges::model::Moved;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn path(member: &Value) -> String {
    at("members", member)
}

fn merge(client: &Client, survivor: &Value, absorbed: &Value) -> Reply {
    client.post(&format!("{}/merges", path(survivor)), &json!({ "absorbed_id": absorbed["id"], "reason": "Même personne." }))
}

fn undo(client: &Client, merge: &Value) -> Reply {
    order(client, &at("member-merges", merge), &json!({ "command": "undo", "reason": "Ce sont deux sœurs." }))
}

fn person(head: &Client, fields: Value) -> Value {
    head.post("/members", &member_with(head, "63", &fields)).ok()
}

fn subscribe(head: &Client, member: &Value, from: &str, to: &str, registered: bool) -> Value {
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    let body = json!({ "subscribed_on": "2025-01-02", "starts_on": from, "ends_on": to, "channel": "post", "association_dues": euros("1.00"),
        "insurance_dues": euros("2.00"), "insurer_registered_on": if registered { json!("2025-01-02") } else { Value::Null } });
    head.post(&format!("{}/memberships", path(member)), &body).ok()
}

fn works(head: &Client, member: &Value, from: &str, to: Option<&str>, occupation: &str) -> Value {
    head.post(&format!("{}/employments", path(member)), &json!({ "starts_on": from, "ends_on": to, "occupation": occupation })).ok()
}

/// A school with correspondents who are members; the path of the list.
fn terms(world: &World, number: u32, people: &[(&Value, &str, &str, Option<&str>)]) -> String {
    let school = world.admin().post("/establishments", &school_with(number, &json!({}))).ok();
    let list = format!("{}/correspondents", at("establishments", &school));
    for (member, name, from, to) in people {
        let term = json!({ "display_name": name, "starts_on": from, "ends_on": to, "co_correspondent": true });
        let term = world.head("63").post(&list, &term).ok();
        link(world, "correspondents", &term["id"], &member["id"]);
    }
    list
}

/// Writes whose a row is, where no operation does.
fn link(world: &World, table: &'static str, id: &Value, member_id: &Value) {
    let uuid = |id: &Value| {
        let id = id.as_str().unwrap();
        if world.db().engine() == Engine::Postgres { format!("'{id}'") } else { format!("x'{}'", id.replace('-', "")) }
    };
    let sql = format!("UPDATE {table} SET member_id = {} WHERE id = {}", uuid(member_id), uuid(id));
    world.db().write_now(move |conn| Ok(conn.run(&sql)?)).unwrap();
}

fn counts(merge: &Value, name: &str) -> Vec<String> {
    let count = |row: &Value| format!("{} {} {}", row["table"].as_str().unwrap(), row["count"], row["altered"]);
    merge[name].as_array().unwrap().iter().map(count).collect()
}

/// All that is shown of a member and of what belongs to it, but for versions.
fn everything(client: &Client, member: &Value) -> Value {
    let own = path(member);
    let mut all = json!({ "member": client.get(&own).ok() });
    for list in ["memberships", "employments", "transfers"] {
        all[list] = client.all(&format!("{own}/{list}?limit=100")).into();
    }
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|name, _| name != "version" && name != "updated_at");
                map.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut all);
    all
}

#[derive(QueryableByName, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct ForeignKey {
    #[diesel(sql_type = Text)]
    relation: String,
    #[diesel(sql_type = Text)]
    name: String,
}

/// The columns of the schema that refer to a table.
fn referring(world: &World, table: &'static str) -> BTreeSet<(String, String)> {
    let query = move |conn: &mut DbConn| {
        let query = match conn.engine() {
            Engine::Sqlite => format!(
                "SELECT m.name AS relation, f.\"from\" AS name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f \
                 WHERE m.type = 'table' AND f.\"table\" = '{table}'"
            ),
            Engine::Postgres => format!(
                "SELECT r.relname::text AS relation, a.attname::text AS name FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid \
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) WHERE c.contype = 'f' AND c.confrelid = '{table}'::regclass"
            ),
        };
        Ok(diesel::sql_query(query).load::<ForeignKey>(conn)?)
    };
    world.db().read_now(query).unwrap().into_iter().map(|ForeignKey { relation, name }| (relation, name)).collect()
}

#[test]
fn every_column_that_refers_to_a_member_or_an_establishment_is_registered() {
    let world = World::new();
    for (table, references, least) in [("members", TO_MEMBERS, 10), ("establishments", TO_ESTABLISHMENTS, 7)] {
        let found = referring(&world, table);
        let registered = references.iter().map(|reference| (reference.table.to_owned(), reference.column.to_owned())).collect();
        assert!(found.len() >= least);
        assert_eq!(found, registered, "a merge or a deletion would forget a reference to {table}: see db/references.rs");
    }
}

#[test]
fn a_merge_moves_everything_and_tells_what() {
    let world = World::new();
    let head = world.head("63");
    let stays = person(&head, json!({ "email": "claire@example.org", "external_ids": [{ "system": "maif", "kind": "member", "value": "1" }] }));
    let goes = person(
        &head,
        json!({ "email": "other@example.org", "phone": "0601020304", "birth_date": "1980-05-02", "safe_contact": "caution",
            "address": { "line1": "1 rue Haute", "city": "Riom" }, "external_ids": [{ "system": "mgen", "kind": "member", "value": "2" }] }),
    );
    subscribe(&head, &stays, "2026-03-01", "2026-12-31", true);
    let overlapping = subscribe(&head, &goes, "2026-01-01", "2026-12-31", true);
    let before = subscribe(&head, &goes, "2025-01-01", "2025-12-31", true);
    works(&head, &stays, "2026-01-01", None, "cpe");
    let beside = works(&head, &goes, "2025-09-01", None, "aed");
    let list = terms(&world, 630_001, &[(&stays, "Claire Dubœuf", "2026-09-01", None), (&goes, "C. Duboeuf", "2025-09-01", Some("2027-08-31"))]);
    let dossier = head.post("/dossiers", &case(&goes)).ok();
    let account = world.volunteer("63");
    world.link(&account, &goes);
    let changes = world.rows("changes");
    let done = merge(&head, &stays, &goes);
    assert_eq!(done.status, 201);
    let view = done.json();
    assert_eq!(counts(&view, "moved"), ["correspondents 1 1", "dossiers 1 0", "employments 1 1", "memberships 2 1", "users 1 0"]);
    assert_eq!(view["gained"], json!(["birth_date", "phone", "address_line1", "city", "safe_contact", "external_ids"]));
    assert_eq!((&view["status"], commands(&view), &view["survivor_id"]), (&json!("merged"), vec!["undo".to_owned()], &stays["id"]));
    let now = head.get(&path(&stays)).ok();
    for (name, value) in [
        ("email", json!("claire@example.org")),
        ("phone", json!("+33601020304")),
        ("birth_date", json!("1980-05-02")),
        ("safe_contact", json!("caution")),
        ("version", json!(2)),
    ] {
        assert_eq!(now[name], value, "{name}");
    }
    assert_eq!((now["external_ids"].as_array().unwrap().len(), &now["address"]["city"]), (2, &json!("Riom")));
    let shown = |kind: &str, row: &Value| head.get(&at(kind, row)).ok();
    assert_eq!((&shown("memberships", &overlapping)["status"], &shown("memberships", &overlapping)["member_id"]), (&json!("superseded"), &stays["id"]));
    assert_eq!((&shown("memberships", &before)["status"], &shown("memberships", &before)["version"]), (&json!("confirmed"), &json!(2)));
    assert_eq!((&shown("employments", &beside)["secondary"], &shown("employments", &beside)["member_id"]), (&json!(true), &stays["id"]));
    assert_eq!(shown("dossiers", &dossier)["member_id"], stays["id"]);
    let mut terms: Vec<[Value; 3]> = head.all(&list).iter().map(|term| ["starts_on", "ends_on", "member_id"].map(|name| term[name].clone())).collect();
    terms.sort_by_key(|term| term[0].to_string());
    assert_eq!(terms[0], [json!("2025-09-01"), json!("2026-08-31"), stays["id"].clone()]);
    assert_eq!(world.rows("changes") - changes, 4, "two periods, the one that went and the one that stays");
    let actions = |row: &Value, kind: &str| head.get(&format!("{}/history", at(kind, row))).ok()["items"][0]["action"].clone();
    assert_eq!(
        (actions(&stays, "members"), actions(&before, "memberships"), actions(&beside, "employments")),
        (json!("merge"), json!("merge"), json!("merge"))
    );
    let found = head.request("POST", "/members/search").json(&json!({ "external_id": { "system": "mgen", "kind": "member", "value": "2" } })).send().ok();
    assert_eq!(found["items"][0]["id"], stays["id"]);
    assert_eq!(head.all(&format!("{}/merges", path(&stays)))[0]["id"], view["id"]);
}

#[test]
fn the_address_of_an_absorbed_record_leads_on_for_those_who_may_see_where() {
    let world = World::new();
    let head = world.head("63");
    let (a, b, c) = (person(&head, json!({})), person(&head, json!({})), person(&head, json!({})));
    merge(&head, &b, &a).ok();
    merge(&head, &c, &b).ok();
    let reads: Vec<String> = declared()["paths"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(path, item)| path.starts_with("/members/{id}") && item.get("get").is_some())
        .map(|(path, _)| path.clone())
        .collect();
    assert!(reads.len() >= 8, "{reads:?}");
    for template in &reads {
        assert!(declared()["paths"][template]["get"]["responses"].get("308").is_some(), "{template}");
        let told = head.get(&template.replace("{id}", a["id"].as_str().unwrap()));
        assert_eq!((told.status, told.header("location")), (308, &*format!("/api/v1{}", template.replace("{id}", c["id"].as_str().unwrap()))));
        assert_eq!(told.header("cache-control"), "private, no-store", "it may be undone");
    }
    let searched = head.get(&format!("{}/memberships?limit=3", path(&b)));
    assert_eq!(searched.header("location"), format!("/api/v1{}/memberships?limit=3", path(&c)));
    world.head("03").get(&path(&a)).refused(404, "not_found");
    head.patch(&path(&a), "*", &json!({ "phone": null })).refused(404, "not_found");
    head.delete(&path(&a), "*").refused(404, "not_found");
    head.post(&format!("{}/employments", path(&a)), &json!({ "starts_on": "2026-01-01", "occupation": "cpe" })).refused(404, "not_found");
    let flaws = head.post("/dossiers", &case(&a)).flaws();
    assert_eq!(flaws, ["/member_id reference.not_found"]);
    assert_eq!(head.all(&format!("/members?number={}", a["member_number"].as_str().unwrap())).len(), 0);
    head.delete(&path(&c), "*").refused(409, "resource.still_referenced");
}

#[test]
fn what_cannot_be_merged_is_refused() {
    let world = World::new();
    let head = world.head("63");
    let (a, b) = (person(&head, json!({})), person(&head, json!({})));
    let elsewhere = world.head("03");
    let far = elsewhere.post("/members", &member(&elsewhere, "03")).ok();
    assert_eq!(merge(&head, &a, &a).flaws(), ["/absorbed_id merge.with_itself"]);
    assert_eq!(merge(&head, &a, &far).flaws(), ["/absorbed_id reference.not_found"]);
    assert_eq!(merge(&head, &a, &json!({ "id": Id::new().to_string() })).flaws(), ["/absorbed_id reference.not_found"]);
    merge(&head, &far, &a).refused(404, "not_found");
    merge(&world.volunteer("63"), &a, &b).refused(403, "function.not_granted");
    for member in [&a, &b] {
        world.link(&world.volunteer("63"), member);
    }
    merge(&head, &a, &b).refused(409, "merge.both_have_accounts");
    assert_eq!(world.rows("members WHERE deleted_at IS NOT NULL"), 0);
    let check = format!("{}/merges?mode=validate", path(&a));
    let c = person(&head, json!({}));
    head.post(&check, &json!({ "absorbed_id": c["id"], "reason": "Même personne." })).ok();
    assert_eq!(head.get(&path(&c)).status, 200);
}

#[test]
fn undoing_a_merge_is_the_identity() {
    let world = World::new();
    let head = world.head("63");
    let stays = person(&head, json!({ "phone": "0601020304" }));
    let goes = person(&head, json!({ "email": "c@example.org", "safe_contact": "no", "external_ids": [{ "system": "mgen", "kind": "member", "value": "2" }] }));
    subscribe(&head, &stays, "2026-03-01", "2026-12-31", true);
    subscribe(&head, &goes, "2026-01-01", "2026-12-31", true);
    works(&head, &stays, "2026-01-01", None, "cpe");
    works(&head, &goes, "2025-09-01", None, "aed");
    let list = terms(&world, 630_001, &[(&stays, "Claire Dubœuf", "2026-09-01", None), (&goes, "C. Duboeuf", "2026-10-01", Some("2027-08-31"))]);
    let dossier = head.post("/dossiers", &case(&goes)).ok();
    let account = world.volunteer("63");
    world.link(&account, &goes);
    let state = || {
        let mut terms: Vec<Vec<Value>> =
            head.all(&list).iter().map(|term| ["id", "starts_on", "ends_on", "member_id"].map(|name| term[name].clone()).to_vec()).collect();
        terms.sort_by_key(|term| term[0].to_string());
        json!([everything(&head, &stays), everything(&head, &goes), terms, head.get(&at("dossiers", &dossier)).ok()["member_id"]])
    };
    let before = state();
    let merged = merge(&head, &stays, &goes).ok();
    assert_eq!(head.all(&list).len(), 1, "the term within the other was taken away");
    assert_eq!(undo(&head, &merged).status, 201);
    assert_eq!(state(), before);
    let view = head.get(&at("member-merges", &merged)).ok();
    assert_eq!((&view["status"], counts(&view, "not_moved_back"), &view["not_given_back"]), (&json!("undone"), vec![], &json!([])));
    assert_eq!((&view["allowed_commands"], view["undone_at"].is_string()), (&json!([]), true));
    let history = head.all(&format!("{}/history", path(&goes)));
    assert_eq!(history.iter().map(|entry| entry["action"].as_str().unwrap()).collect::<Vec<_>>(), ["undo_merge", "merge", "create"]);
    order_at(&head, &at("member-merges", &merged), "*", &json!({ "command": "undo", "reason": "Encore." })).refused(409, "transition.not_allowed");
    let steps = head.all(&format!("{}/transitions", at("member-merges", &merged)));
    assert_eq!((steps.len(), &steps[0]["command"], &steps[0]["reason"]), (1, &json!("undo"), &json!("Ce sont deux sœurs.")));
    merge(&head, &stays, &goes).ok();
}

#[test]
fn what_was_changed_since_stays_and_is_told() {
    let world = World::new();
    tariff(&world, 2027, "20.00", "25.50");
    let head = world.head("63");
    let (stays, goes) = (person(&head, json!({})), person(&head, json!({ "phone": "0601020304", "email": "c@example.org" })));
    let continued = subscribe(&head, &goes, "2026-01-01", "2026-12-31", true);
    let untouched = subscribe(&head, &goes, "2025-01-01", "2025-12-31", true);
    let post = works(&head, &goes, "2025-09-01", None, "aed");
    let merged = merge(&head, &stays, &goes).ok();
    let employment = at("employments", &post);
    head.patch(&employment, "*", &json!({ "ends_on": "2026-08-31" })).ok();
    head.patch(&path(&stays), "*", &json!({ "phone": "0699999999" })).ok();
    let next = json!({ "subscribed_on": "2026-11-01", "starts_on": "2027-01-01", "channel": "post", "predecessor_id": continued["id"] });
    head.post(&format!("{}/memberships", path(&stays)), &next).ok();
    undo(&head, &merged).ok();
    let view = head.get(&at("member-merges", &merged)).ok();
    assert_eq!(
        (counts(&view, "not_moved_back"), &view["not_given_back"]),
        (vec!["employments 1 0".to_owned(), "memberships 1 0".to_owned()], &json!(["phone"]))
    );
    assert_eq!(head.get(&employment).ok()["member_id"], stays["id"]);
    assert_eq!(head.get(&at("memberships", &continued)).ok()["member_id"], stays["id"], "its successor would be somebody else's");
    assert_eq!(head.get(&at("memberships", &untouched)).ok()["member_id"], goes["id"]);
    let stays = head.get(&path(&stays)).ok();
    assert_eq!((&stays["phone"], &stays["email"]), (&json!("+33699999999"), &Value::Null));
}

#[test]
fn a_chain_is_undone_from_its_end() {
    let world = World::new();
    let head = world.head("63");
    let (a, b, c) = (person(&head, json!({ "phone": "0601020304" })), person(&head, json!({})), person(&head, json!({})));
    subscribe(&head, &a, "2026-01-01", "2026-12-31", true);
    subscribe(&head, &c, "2026-06-01", "2026-12-31", true);
    let before: Vec<Value> = [&a, &b, &c].map(|member| everything(&head, member)).to_vec();
    let first = merge(&head, &b, &a).ok();
    let second = merge(&head, &c, &b).ok();
    assert_eq!(commands(&head.get(&at("member-merges", &first)).ok()), ["undo! merge.survivor_gone"]);
    undo(&head, &first).refused(409, "merge.survivor_gone");
    undo(&head, &second).ok();
    undo(&head, &first).ok();
    assert_eq!([&a, &b, &c].map(|member| everything(&head, member)).to_vec(), before);
    let view = head.get(&at("member-merges", &first)).ok();
    assert_eq!(counts(&view, "not_moved_back"), Vec::<String>::new(), "to be merged further and back again is no change");
}

#[test]
fn a_merge_is_undone_within_thirty_days_at_the_version_seen() {
    let world = World::new();
    let head = world.head("63");
    let (stays, goes) = (person(&head, json!({})), person(&head, json!({})));
    let merged = merge(&head, &stays, &goes).ok();
    let own = at("member-merges", &merged);
    order_at(&head, &own, "\"7.x\"", &json!({ "command": "undo", "reason": "Erreur." })).refused(412, "version.stale");
    let bare = json!({ "command": "undo", "reason": "Erreur." });
    head.request("POST", &format!("{own}/transitions")).key("k").json(&bare).send().refused(428, "precondition.required");
    world.head("03").get(&own).refused(404, "not_found");
    world.volunteer("63").get(&own).refused(403, "function.not_granted");
    world.set_time("2026-12-22T09:00:10Z");
    let head = world.head("63");
    assert_eq!(commands(&head.get(&own).ok()), ["undo! merge.too_late"]);
    order(&head, &own, &bare).refused(409, "merge.too_late");
    world.set_time("2026-12-22T08:59:00Z");
    let head = world.head("63");
    order(&head, &own, &bare).ok();
}

#[test]
fn an_account_is_the_other_member_from_the_next_request_on() {
    let world = World::new();
    let head = world.head("63");
    let (stays, goes) = (person(&head, json!({})), person(&head, json!({})));
    let account = world.user("staff", Role::DepartmentStaff, Some("63"));
    world.link(&account, &goes);
    let account = world.again(&account);
    let dossier = head.post("/dossiers", &case(&stays)).ok();
    assert_eq!(account.get(&at("dossiers", &dossier)).status, 200);
    merge(&head, &stays, &goes).ok();
    account.get(&at("dossiers", &dossier)).refused(401, "token.expired");
    let account = world.again(&account);
    account.get(&at("dossiers", &dossier)).refused(404, "not_found");
}

#[test]
fn a_merge_no_longer_tells_whose_it_was_that_is_anonymised() {
    let world = World::with(&[("RETENTION_YEARS", "0")]);
    let (head, dpo) = (world.head("63"), world.user("dpo", Role::Dpo, None));
    let (kept, twin, other) = (person(&head, json!({})), person(&head, json!({ "first_name": "Clara" })), person(&head, json!({ "first_name": "Paule" })));
    let session = open(&head, &module(&world, "RESP"), &json!({}));
    let registration = head.post(&format!("{session}/registrations"), &json!({ "member_id": twin["id"] })).ok();
    let dossiers = [&twin, &other].map(|member| head.post("/dossiers", &case_with(member, &json!({ "referent_id": user_id(&head) }))).ok());
    let [dossier, second] = &dossiers;
    let party = json!({ "role": "witness", "category": "colleague", "member_id": twin["id"] });
    let party = head.post(&format!("{}/parties", at("dossiers", second)), &party).ok();
    let call = head.post("/contact-requests", &json!({ "channel": "phone", "caller_name": "Clara", "member_id": twin["id"] })).ok();
    order(&head, &at("contact-requests", &call), &json!({ "command": "convert", "dossier_id": dossier["id"] })).ok();
    // It came a long way: from one record to a second, and on to a third.
    let merges = [merge(&head, &kept, &twin).ok(), merge(&head, &other, &kept).ok()];
    let told = || {
        let moved: Vec<Json<Moved>> = world.db().read_now(|conn| Ok(member_merges::table.select(member_merges::moved).load(conn)?)).unwrap();
        moved.iter().map(|moved| serde_json::to_string(&moved.0).unwrap()).collect::<String>()
    };
    let moved = [&registration, dossier, &party, &call].map(|view| view["id"].as_str().unwrap().to_owned());
    assert!(moved.iter().all(|id| told().matches(id.as_str()).count() == 2));
    order(&head, &at("training-registrations", &registration), &json!({ "command": "cancel" })).ok();
    order(&head, &at("training-registrations", &registration), &json!({ "command": "anonymise" })).ok();
    for path in dossiers.iter().map(|dossier| at("dossiers", dossier)) {
        let close = json!({ "command": "close", "outcome": "advice_given", "outcome_for_member": "favourable" });
        for command in [json!({ "command": "take_charge" }), close, json!({ "command": "archive" })] {
            order(&head, &path, &command).ok();
        }
        order(&dpo, &path, &json!({ "command": "anonymise" })).ok();
    }
    assert!(moved.iter().all(|id| !told().contains(id.as_str())), "{}", told());
    for merge in &merges {
        let rows = counts(&head.get(&at("member-merges", merge)).ok(), "moved");
        assert!(rows.iter().any(|line| line.starts_with("training_registrations 1")), "it stays counted: {rows:?}");
    }
}

#[test]
fn of_merges_at_once_one_wins_and_nothing_is_half_moved() {
    let world = World::new();
    let head = world.head("63");
    for round in 0..4 {
        let people: Vec<Value> = (0..3).map(|_| person(&head, json!({}))).collect();
        for (at, member) in people.iter().enumerate() {
            subscribe(&head, member, &format!("202{at}-01-01"), &format!("202{at}-12-31"), true);
        }
        // The same pair both ways, and a chain.
        let pairs = [(0, 1), (1, 0), (1, 2), (2, 1), (0, 1)];
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let runs: Vec<_> = pairs
                .iter()
                .map(|(survivor, absorbed)| {
                    let (head, people) = (&head, &people);
                    scope.spawn(move || merge(head, &people[*survivor], &people[*absorbed]).status)
                })
                .collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        let won = statuses.iter().filter(|status| **status == 201).count();
        assert!((1..=2).contains(&won) && statuses.iter().all(|status| [201, 400, 404, 409].contains(status)), "{round}: {statuses:?}");
        let living: Vec<&Value> = people.iter().filter(|member| head.get(&path(member)).status == 200).collect();
        assert_eq!(living.len(), 3 - won, "{round}");
        let periods: usize = living.iter().map(|member| head.all(&format!("{}/memberships", path(member))).len()).sum();
        assert_eq!(periods, 3, "{round}: every period is somebody's");
    }
}

#[test]
fn merging_across_the_departments_of_one_caller_tells_both() {
    let world = World::new();
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    world.grant(&staff, Role::DepartmentStaff, Some("03"));
    let staff = world.again(&staff);
    let (here, there) = (staff.post("/members", &member(&staff, "63")).ok(), staff.post("/members", &member(&staff, "03")).ok());
    subscribe(&staff, &there, "2026-01-01", "2026-12-31", true);
    merge(&staff, &here, &there).ok();
    assert_eq!(world.rows("changes WHERE resource = 'membership' AND department_code = '63' AND previous_department_code = '03'"), 1);
    assert!(association(&staff, "63") != association(&staff, "03"));
}

mod random {
    use super::*;
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};

    /// What is made of a small world: for each of three people, fields, periods and posts.
    type Person = (Vec<bool>, Vec<(usize, usize, bool)>, Vec<(usize, Option<usize>)>);

    fn people() -> impl Strategy<Value = Vec<Person>> {
        let fields = prop::collection::vec(any::<bool>(), 4);
        let periods = prop::collection::vec((0_usize..10, 1_usize..4, any::<bool>()), 0..4);
        let posts = prop::collection::vec((0_usize..10, prop::option::of(0_usize..5)), 0..3);
        prop::collection::vec((fields, periods, posts), 3)
    }

    fn made(head: &Client, (fields, periods, posts): &Person, serial: &mut u32) -> Value {
        *serial += 1;
        let given = |at: usize, value: Value| if fields[at] { value } else { Value::Null };
        let external = if fields[3] { json!([{ "system": "other", "kind": "member", "value": format!("x{serial}") }]) } else { json!([]) };
        let member = person(
            head,
            json!({ "phone": given(0, json!("0601020304")), "birth_date": given(1, json!("1980-05-02")), "safe_contact": if fields[2] { "no" } else { "yes" }, "external_ids": external }),
        );
        let euros = json!({ "amount": "1.00", "currency": "EUR" });
        for (month, months, registered) in periods {
            let last = (month + months).min(12);
            let body = json!({ "subscribed_on": "2026-01-01", "starts_on": format!("2026-{:02}-01", month + 1), "ends_on": format!("2026-{last:02}-28"),
                "channel": "post", "association_dues": euros, "insurance_dues": euros, "insurer_registered_on": if *registered { json!("2026-01-01") } else { Value::Null } });
            assert!([201, 409].contains(&head.post(&format!("{}/memberships", path(&member)), &body).status));
        }
        for (month, months) in posts {
            let ends_on = months.map(|months| format!("2026-{:02}-28", (month + 1 + months).min(12)));
            let body = json!({ "starts_on": format!("2026-{:02}-01", month + 1), "ends_on": ends_on, "occupation": "cpe" });
            assert!([201, 409].contains(&head.post(&format!("{}/employments", path(&member)), &body).status));
        }
        member
    }

    /// Whether periods in force share a day, or main posts do.
    fn sound(all: &Value) -> bool {
        let apart = |rows: Vec<&Value>| {
            rows.iter().enumerate().all(|(at, one)| {
                rows.iter().skip(at + 1).all(|other| {
                    let (from, to) =
                        (|row: &Value| row["starts_on"].as_str().unwrap().to_owned(), |row: &Value| row["ends_on"].as_str().unwrap_or("9999").to_owned());
                    to(one) < from(other) || to(other) < from(one)
                })
            })
        };
        let in_force = |row: &&Value| ["pending", "confirmed", "ended"].contains(&row["status"].as_str().unwrap());
        let periods = all["memberships"].as_array().unwrap().iter().filter(in_force).collect();
        let posts = all["employments"].as_array().unwrap().iter().filter(|row| row["secondary"] == false).collect();
        apart(periods) && apart(posts)
    }

    #[test]
    fn merging_and_undoing_is_the_identity_in_any_small_world() {
        let world = World::new();
        let head = world.head("63");
        let (mut runner, serial) = (TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() }), std::cell::RefCell::new(0));
        let run = runner.run(&(people(), 0_usize..3, 1_usize..3, any::<bool>()), |(people, first, step, chain)| {
            let members: Vec<Value> = people.iter().map(|person| made(&head, person, &mut serial.borrow_mut())).collect();
            let state = || members.iter().map(|member| everything(&head, member)).collect::<Vec<_>>();
            let before = state();
            let (survivor, absorbed) = (&members[first], &members[(first + step) % 3]);
            let third = members.iter().find(|member| *member != survivor && *member != absorbed).unwrap();
            let mut merges = vec![merge(&head, survivor, absorbed).ok()];
            if chain {
                merges.push(merge(&head, third, survivor).ok());
            }
            let last = everything(&head, if chain { third } else { survivor });
            prop_assert!(sound(&last), "{last}");
            let total = |name: &str, all: &[&Value]| all.iter().map(|one| one[name].as_array().unwrap().len()).sum::<usize>();
            let merged: Vec<&Value> = before.iter().filter(|one| chain || one["member"]["id"] != third["id"]).collect();
            prop_assert_eq!((total("memberships", &[&last]), total("employments", &[&last])), (total("memberships", &merged), total("employments", &merged)));
            for done in merges.iter().rev() {
                undo(&head, done).ok();
            }
            prop_assert_eq!(state(), before);
            Ok(())
        });
        run.unwrap();
    }
}

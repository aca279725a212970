//! Lists: pages that neither skip nor repeat, filters, forms.

use crate::harness::data::{school_with, uai};
use crate::harness::{Client, PASSWORD, World};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};

/// The same numbers every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// One of few names, so that many rows share one.
    fn name(&mut self) -> String {
        ["Collège Hugo", "Collège Élie", "École Zola", "Lycée Curie", "collège hugo"][usize::try_from(self.below(5)).unwrap()].to_owned()
    }
}

fn made(client: &Client, number: u32, fields: &Value) -> Value {
    client.post("/establishments", &school_with(number, fields)).ok()
}

/// Inserts, renames and deletes rows of its own until told to stop; tells those it touched.
fn disturb(client: &Client, dice: &mut Dice, first: u32, stop: &AtomicBool) {
    let mut own: Vec<Value> = Vec::new();
    let mut next = first;
    while !stop.load(Ordering::Relaxed) {
        let at = usize::try_from(dice.below(own.len() as u64 + 1)).unwrap();
        let path = own.get(at).map(|row| format!("/establishments/{}", row["id"].as_str().unwrap()));
        match path {
            Some(path) if dice.below(2) == 0 => {
                client.delete(&path, "*");
                own.remove(at);
            }
            Some(path) => drop(client.patch(&path, "*", &json!({ "name": dice.name() })).ok()),
            None => {
                own.push(made(client, next, &json!({ "name": dice.name() })));
                next += 1;
            }
        }
    }
}

#[test]
fn pages_neither_skip_nor_repeat_a_row_while_others_come_change_and_go() {
    let world = World::with(&[("WORKERS", "2")]);
    let admin = world.admin();
    let mut dice = Dice(42);
    let steady: Vec<Value> = (0..40).map(|number| made(&admin, 630_000 + number * 100, &json!({ "name": dice.name() }))["id"].clone()).collect();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for writer in 0..2 {
            let (admin, stop) = (&admin, &stop);
            scope.spawn(move || disturb(admin, &mut Dice(writer.into()), 631_001 + writer * 40_000, stop));
        }
        for sort in ["name", "-name", "uai", "-uai", "updated", "-updated"] {
            for limit in [3, 7, 50] {
                let seen = admin.all(&format!("/establishments?sort={sort}&limit={limit}"));
                let mut times: HashMap<&str, usize> = HashMap::new();
                for row in &seen {
                    *times.entry(row["id"].as_str().unwrap()).or_default() += 1;
                }
                for id in &steady {
                    assert_eq!(times.get(id.as_str().unwrap()), Some(&1), "sort={sort} limit={limit}");
                }
                // A UAI never changes, so nothing at all may come twice.
                assert!(!sort.ends_with("uai") || times.values().all(|times| *times == 1), "sort={sort} limit={limit}");
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn every_sort_is_the_order_of_its_key_and_backwards_its_mirror() {
    let world = World::new();
    let admin = world.admin();
    let mut dice = Dice(7);
    for number in 0..25 {
        made(&admin, 630_000 + number, &json!({ "name": dice.name() }));
    }
    let ids = |sort: &str, limit: u32| admin.all(&format!("/establishments?sort={sort}&limit={limit}")).iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    for sort in ["name", "uai", "updated"] {
        let mut backwards = ids(&format!("-{sort}"), 4);
        backwards.reverse();
        assert_eq!(ids(sort, 4), backwards, "{sort}");
        assert_eq!(ids(sort, 4), ids(sort, 100), "{sort}");
    }
    let names: Vec<String> = admin.all("/establishments?limit=100").iter().map(|row| entraide::values::fold::fold(row["name"].as_str().unwrap())).collect();
    assert!(names.is_sorted(), "{names:?}");
}

#[test]
fn a_cursor_is_good_for_its_list_its_filters_and_its_day_alone() {
    let world = World::new();
    let admin = world.admin();
    for number in 0..4 {
        made(&admin, 630_000 + number, &json!({}));
    }
    let page = admin.get("/establishments?limit=2&kind=middle_school");
    let cursor = page.ok()["next_cursor"].as_str().unwrap().to_owned();
    assert_eq!(page.header("link"), format!("<{}>; rel=\"next\"", page.json()["next"].as_str().unwrap()));
    let with = |client: &Client, query: &str, cursor: &str| client.get(&format!("/establishments?{query}&cursor={cursor}"));
    assert_eq!(with(&admin, "kind=middle_school&limit=100&fields=uai", &cursor).ok()["items"].as_array().unwrap().len(), 2);
    assert_eq!(with(&world.volunteer("15"), "kind=middle_school", &cursor).status, 200);
    for query in ["kind=erea", "kind=middle_school&sector=public", "q=coll", "kind=middle_school&sort=uai", "kind=middle_school&sort=-name"] {
        assert_eq!(with(&admin, query, &cursor).flaws(), ["cursor cursor.filter_mismatch"], "{query}");
    }
    assert_eq!(admin.get(&format!("/operations?cursor={cursor}")).flaws(), ["cursor cursor.filter_mismatch"]);
    for at in (0..cursor.len()).step_by(11) {
        let other = if cursor.as_bytes()[at] == b'A' { "B" } else { "A" };
        let altered = format!("{}{other}{}", &cursor[..at], &cursor[at + 1..]);
        assert_eq!(with(&admin, "kind=middle_school", &altered).flaws(), ["cursor cursor.invalid"], "{at}");
        assert_ne!(with(&admin, "kind=middle_school", &cursor[..at]).status, 200);
    }
    assert_eq!(with(&admin, "kind=middle_school", &"A".repeat(2001)).flaws(), ["cursor text.too_long"]);
    world.set_time("2026-11-23T09:30:00Z");
    let session = world.anonymous().post("/auth/sessions", &json!({ "login": admin.login(), "password": PASSWORD })).ok();
    let later = admin.with_token(session["access_token"].as_str().unwrap());
    assert_eq!(with(&later, "kind=middle_school", &cursor).flaws(), ["cursor cursor.expired"]);
}

#[test]
fn the_whole_is_counted_where_it_is_asked_for() {
    let world = World::new();
    let admin = world.admin();
    for number in 0..5 {
        made(&admin, 630_000 + number, &json!({ "kind": if number == 0 { "erea" } else { "middle_school" } }));
    }
    let counted = admin.request("GET", "/establishments?limit=2&kind=middle_school").header("Prefer", "respond-async, count=exact").send();
    assert_eq!((&counted.ok()["total_count"], counted.header("preference-applied")), (&json!(4), "count=exact"));
    assert_eq!(admin.get("/establishments?limit=2").ok()["total_count"], Value::Null);
}

#[test]
fn fields_and_expansions_shape_items_and_single_resources_alike() {
    let world = World::new();
    let admin = world.admin();
    let root = made(&admin, 630_001, &json!({}));
    let parent = made(&admin, 630_002, &json!({ "parent_uai": root["uai"] }));
    let child = made(&admin, 630_003, &json!({ "parent_uai": parent["uai"], "successor_id": root["id"] }));
    made(&admin, 630_004, &json!({ "parent_uai": uai(999) }));
    let path = format!("/establishments/{}", child["id"].as_str().unwrap());
    let expected = json!({ "uai": child["uai"], "parent": { "uai": parent["uai"], "parent": root["uai"] }, "successor": root["uai"] });
    let essence = |view: &Value| json!({ "uai": view["uai"], "parent": { "uai": view["parent"]["uai"], "parent": view["parent"]["parent"]["uai"] }, "successor": view["successor"]["uai"] });
    let query = "fields=uai&expand=parent.parent,successor";
    let one = admin.get(&format!("{path}?{query}"));
    assert_eq!(essence(&one.ok()), expected);
    assert_eq!(one.json().as_object().unwrap().len(), 3, "{}", one.text());
    let listed = admin.get(&format!("/establishments?uai={}&{query}", uai(630_003))).ok();
    assert_eq!(listed["items"][0], one.json());
    let unknown = admin.get(&format!("/establishments?uai={}&expand=parent", uai(630_004))).ok();
    assert_eq!(unknown["items"][0]["parent"], Value::Null, "outside this directory");
    let plain = admin.get(&path);
    assert_ne!(plain.etag(), one.etag(), "another form has another tag");
    assert_eq!(plain.etag().split('.').next(), one.etag().split('.').next(), "of the same version");
    assert_eq!(admin.patch(&path, one.etag(), &json!({ "pupils": 3 })).status, 200, "only the version counts for a change");
}

#[test]
fn each_filter_keeps_its_rows_and_no_others() {
    let world = World::new();
    let admin = world.admin();
    world.set_time("2026-10-24T21:58:00Z");
    let admin = admin.with_token(world.admin().token());
    let periods = json!([{ "level": "rep", "starts_on": "2015-09-01", "ends_on": "2020-08-31" }, { "level": "rep_plus", "starts_on": "2020-09-01" }]);
    made(&admin, 630_001, &json!({ "name": "A", "priority_education": periods, "address": { "city": "Issoire" } }));
    world.set_time("2026-10-24T22:00:00Z");
    made(&admin, 630_002, &json!({ "name": "B", "kind": "erea", "sector": "private_under_contract", "parent_uai": uai(630_001) }));
    world.set_time("2026-10-25T22:58:30Z");
    let admin = admin.with_token(world.admin().token());
    made(
        &admin,
        150_003,
        &json!({ "name": "C", "department_code": "15", "status": "closing", "priority_education": [{ "level": "rep", "starts_on": "2018-09-01", "ends_on": "2019-08-31" }] }),
    );
    world.set_time("2026-10-25T23:00:00Z");
    made(&admin, 310_004, &json!({ "name": "D", "department_code": "31", "status": "closed" }));
    let table: BTreeMap<&str, &str> = BTreeMap::from([
        ("department=63", "AB"),
        ("department=15,31", "CD"),
        ("department=75", ""),
        ("academy=06", "ABC"),
        ("academy=16", "D"),
        ("kind=erea", "B"),
        ("kind=erea,middle_school", "ABCD"),
        ("sector=private_under_contract", "B"),
        ("status=open", "AB"),
        ("status=closing,closed", "CD"),
        ("parent=0630001A&department=63", "B"),
        ("q=issoire", "A"),
        ("priority=rep", ""),
        ("priority=rep&on=2019-08-31", "AC"),
        ("priority=rep&on=2019-09-01", "A"),
        ("priority=rep&on=2015-08-31", ""),
        ("priority=rep_plus", "A"),
        ("priority=rep,rep_plus&on=2020-08-31", "A"),
        ("priority=rep_plus&on=2020-08-31", ""),
        // The day on which the clocks went back has 25 hours in Paris.
        ("updated=2026-10-24/2026-10-24", "A"),
        ("updated=2026-10-25/2026-10-25", "BC"),
        ("updated=2026-10-26/..", "D"),
        ("updated=../2026-10-25", "ABC"),
        ("updated=../..", "ABCD"),
        ("department=63&kind=middle_school&status=open", "A"),
    ]);
    for (query, names) in table {
        let query = query.replace("0630001A", &uai(630_001));
        let found: String = admin.all(&format!("/establishments?{query}")).iter().map(|row| row["name"].as_str().unwrap()).collect();
        assert_eq!(found, names, "{query}");
        let counted = admin.request("GET", &format!("/establishments?limit=1&{query}")).header("Prefer", "count=exact").send();
        assert_eq!(counted.ok()["total_count"], names.len(), "{query}");
        let streamed = admin.request("GET", &format!("/establishments?fields=name&{query}")).header("Accept", "application/x-ndjson").send();
        assert_eq!(streamed.text().lines().count(), names.len(), "{query}");
    }
    let two = admin.all(&format!("/establishments?uai={},{}", uai(630_001), uai(310_004)));
    assert_eq!(two.len(), 2);
}

//! The record of changes: who is told of it, and that nobody changes it unnoticed.

use crate::harness::cases::{case, path, person, user_id};
use crate::harness::data::school;
use crate::harness::{Client, Program, World};
use diesel::prelude::*;
use entraide::audit::chain::{Fault, Head, Walk, alone};
use entraide::audit::checkpoint::{self, Checkpoint};
use entraide::audit::{self, Author, EventRow, Tx, VersionRow, retention};
use entraide::auth::{RecordKey, Role, Scope};
use entraide::db::schema::{audit_events, resource_versions};
use entraide::db::{DbConn, Id, Instant};
use serde_json::{Value, json};

pub fn put_in_order(world: &World) -> Head {
    let key = world.server.keys.records.clone();
    world.db().write_now(move |conn| audit::put_in_order(conn, &key)).unwrap()
}

pub fn events(world: &World) -> Vec<EventRow> {
    world.db().read_now(|conn| Ok(audit_events::table.order(audit_events::sequence).select(EventRow::as_select()).load(conn)?)).unwrap()
}

/// What `entraide audit verify` finds.
pub fn verified(world: &World, checkpoint: Option<&Checkpoint>) -> Result<(), Fault> {
    let (server, checkpoint) = (world.server.clone(), checkpoint.cloned());
    world.db().read_now(move |conn| audit::verify(conn, &mut Walk::new(&server.keys.records, checkpoint.as_ref()))).unwrap()
}

/// Forgets a part of a resource, in all its versions.
pub fn scrub(world: &World, id: &Value, forget: impl Fn(&mut Value) + Send + 'static) {
    let (author, now, id) = (Author::console("test", &world.server.keys.records), world.now(), Id::parse(id.as_str().unwrap()).unwrap());
    world.db().write_now(move |conn| audit::scrub(&mut Tx { conn, author: &author, now }, &Scope::console(), id, forget)).unwrap();
}

fn version_row(world: &World, id: Id, version: i32) -> VersionRow {
    world.db().read_now(move |conn| Ok(resource_versions::table.find((id, version)).select(VersionRow::as_select()).first(conn)?)).unwrap()
}

fn snapshot(world: &World, id: Id, version: i32) -> String {
    version_row(world, id, version).snapshot.unwrap()
}

/// What somebody without the key does.
fn set_snapshot(world: &World, id: Id, version: i32, snapshot: &str) {
    let (row, snapshot) = (resource_versions::table.find((id, version)), snapshot.to_owned());
    let changed = world.db().write_now(move |conn| Ok(diesel::update(row).set(resource_versions::snapshot.eq(snapshot)).execute(conn)?)).unwrap();
    assert_eq!(changed, 1);
}

pub fn some_changes(admin: &Client, from: u32, count: u32) {
    for number in from..from + count {
        let made = admin.post("/establishments", &school(number));
        made.ok();
        if number % 3 == 0 {
            let at = format!("/establishments/{}", made.json()["id"].as_str().unwrap());
            admin.patch(&at, made.etag(), &json!({ "name": format!("Collège renommé {number}") })).ok();
        }
    }
}

fn listed(client: &Client, query: &str) -> Vec<Value> {
    client.all(&format!("/audit-events?limit=100{query}"))
}

#[test]
fn a_change_is_recorded_with_who_made_it_and_by_which_right() {
    let world = World::new();
    let (head, dpo) = (world.head("63"), world.user("dpo", Role::Dpo, None));
    let member = person(&head, "63");
    let dossier = head.post("/dossiers", &case(&member)).ok();
    head.patch(&path(&dossier), "\"1.x\"", &json!({ "member_quality": "witness" })).ok();
    let found = listed(&dpo, &format!("&subject={}", dossier["id"].as_str().unwrap()));
    let [opened, changed] = found.as_slice() else { panic!("{found:?}") };
    for event in [opened, changed] {
        assert_eq!((&event["actor_id"], &event["rule"], &event["origin"]), (&user_id(&head), &json!("department_head:63"), &json!("api")), "{event}");
        assert_eq!((&event["resource"], &event["client_id"], &event["withheld"]), (&json!("dossier"), &Value::Null, &json!([])));
    }
    assert_eq!((&opened["operation"], &opened["action"], &opened["version"]), (&json!("dossiers_create"), &json!("create"), &json!(1)));
    assert_eq!((&changed["operation"], &changed["action"], &changed["version"]), (&json!("dossiers_update"), &json!("update"), &json!(2)));
    assert_eq!(opened["before_digest"], Value::Null);
    assert_eq!(changed["before_digest"], opened["after_digest"]);
    assert_ne!(changed["after_digest"], opened["after_digest"]);
    let text = serde_json::to_string(&found).unwrap();
    assert!(!text.contains("Insultée") && !text.contains("Dubœuf"), "{text}");
}

#[test]
fn equal_states_have_equal_digests_and_a_deleted_resource_has_none() {
    let world = World::new();
    let (admin, dpo) = (world.admin(), world.user("dpo", Role::Dpo, None));
    let made = admin.post("/establishments", &school(630_001));
    let at = format!("/establishments/{}", made.json()["id"].as_str().unwrap());
    let gone = admin.delete(&at, made.etag());
    gone.ok_status(204);
    let found = listed(&dpo, &format!("&subject={}", made.json()["id"].as_str().unwrap()));
    assert_eq!(found[1]["action"], "delete");
    assert_eq!((&found[1]["before_digest"], &found[1]["after_digest"]), (&found[0]["after_digest"], &Value::Null));
}

#[test]
fn administrators_see_every_event_and_no_digest_and_others_see_none() {
    let world = World::new();
    let (admin, dpo, head) = (world.admin(), world.user("dpo", Role::Dpo, None), world.head("63"));
    some_changes(&admin, 630_001, 3);
    let (seen, whole) = (listed(&admin, "&resource=establishment"), listed(&dpo, "&resource=establishment"));
    assert_eq!((seen.len(), whole.len()), (4, 4));
    for (masked, event) in seen.iter().zip(&whole) {
        assert_eq!(masked["withheld"], json!(["before_digest", "after_digest"]));
        assert_eq!((&masked["after_digest"], &masked["id"]), (&Value::Null, &event["id"]));
        assert!(event["after_digest"].is_string());
    }
    head.get("/audit-events").refused(403, "function.not_granted");
}

#[test]
fn events_are_found_by_resource_actor_action_and_day_and_come_as_csv_too() {
    let world = World::new();
    let (admin, dpo) = (world.admin(), world.user("dpo", Role::Dpo, None));
    some_changes(&admin, 630_001, 3);
    world.set_time("2026-11-23T23:30:00Z");
    let admin = world.again(&admin);
    let dpo = world.again(&dpo);
    some_changes(&admin, 630_010, 1);
    let actor = format!("&actor={}", user_id(&admin).as_str().unwrap());
    // 23:30 UTC is the next day in Paris.
    for (query, count) in [
        (actor.clone(), 5),
        (format!("{actor}&action=update"), 1),
        (format!("{actor}&action=create,update"), 5),
        (format!("{actor}&resource=member"), 0),
        (format!("{actor}&recorded=2026-11-24/2026-11-24"), 1),
        (format!("{actor}&recorded=../2026-11-23"), 4),
        ("&resource=association".to_owned(), 102),
    ] {
        let found = listed(&dpo, &query);
        assert_eq!(found.len(), count, "{query}");
        assert!(found.windows(2).all(|pair| pair[0]["recorded_at"].as_str() <= pair[1]["recorded_at"].as_str()));
        let csv = dpo.request("GET", &format!("/audit-events?{}", query.trim_start_matches('&'))).header("Accept", "text/csv").send().text();
        assert_eq!(csv.lines().count(), count + 1, "{query}");
    }
    assert_eq!(dpo.get("/audit-events?resource=Dossier").flaws(), ["resource pattern.mismatch"]);
    assert!(dpo.get("/audit-events?limit=2").header("link").contains("cursor"));
}

#[test]
fn the_record_begins_with_what_was_there_and_grows_with_every_change() {
    let world = World::new();
    let admin = world.admin();
    some_changes(&admin, 630_001, 4);
    let head = put_in_order(&world);
    let rows = events(&world);
    assert_eq!(rows.len(), usize::try_from(head.sequence).unwrap());
    assert!(rows.iter().zip(1..).all(|(row, sequence)| row.sequence == Some(sequence)));
    assert_eq!(rows[0].operation, "migrate", "what was recorded before the chain comes first");
    assert_eq!(verified(&world, None), Ok(()));
    some_changes(&admin, 630_020, 4);
    assert_eq!(verified(&world, None), Ok(()), "whatever still waits for its place");
    let longer = put_in_order(&world);
    assert_eq!(longer.sequence, head.sequence + 5);
    assert_eq!(events(&world)[..rows.len()], rows, "a place is given once");
    assert_eq!(put_in_order(&world), longer);
}

#[test]
fn two_servers_that_write_at_once_make_one_chain() {
    let world = World::new();
    let neighbour = world.neighbour();
    let admin = world.admin();
    let other = Client::new(&neighbour.url, Some(admin.token().to_owned()));
    std::thread::scope(|scope| {
        scope.spawn(|| some_changes(&admin, 630_001, 30));
        scope.spawn(|| some_changes(&other, 630_101, 30));
        scope.spawn(|| (0..10).for_each(|_| drop(put_in_order(&world))));
    });
    put_in_order(&world);
    assert_eq!(verified(&world, None), Ok(()));
    assert!(events(&world).iter().all(|row| row.sequence.is_some()));
}

#[test]
fn a_row_slipped_in_is_found_and_never_gets_a_place() {
    let world = World::new();
    some_changes(&world.admin(), 630_001, 2);
    let end = put_in_order(&world);
    // What the log says while events are put in order.
    let ordered = || world.console().run(&["audit", "checkpoint"]).err;
    assert!(!ordered().contains("not written by this server"));
    let mut forged = EventRow { id: Id::new(), sequence: None, ..events(&world).pop().unwrap() };
    for seal in [None, forged.seal.clone(), Some(alone(&RecordKey::new(b"guessed"), &forged))] {
        (forged.id, forged.seal) = (Id::new(), seal);
        let row = forged.clone();
        world.db().write_now(move |conn: &mut DbConn| Ok(diesel::insert_into(audit_events::table).values(&row).execute(conn).map(drop)?)).unwrap();
        assert_eq!(put_in_order(&world), end);
        assert_eq!(verified(&world, None), Err(Fault::Foreign { id: forged.id }));
        assert!(ordered().contains("1 audit events were not written by this server"));
        let id = forged.id;
        world.db().write_now(move |conn| Ok(diesel::delete(audit_events::table.find(id)).execute(conn).map(drop)?)).unwrap();
    }
    assert_eq!(verified(&world, None), Ok(()));
}

#[test]
fn forgetting_a_case_leaves_the_record_whole() {
    let world = World::new();
    let (head, dpo) = (world.head("63"), world.user("dpo", Role::Dpo, None));
    let dossier = head.post("/dossiers", &case(&person(&head, "63"))).ok();
    put_in_order(&world);
    scrub(&world, &dossier["id"], |value| *value = json!({}));
    assert_eq!(verified(&world, None), Ok(()), "while the event waits for its place");
    put_in_order(&world);
    assert_eq!(verified(&world, None), Ok(()));
    let found = listed(&dpo, &format!("&subject={}", dossier["id"].as_str().unwrap()));
    let [opened, forgotten] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((&forgotten["action"], &forgotten["resource"], &forgotten["version"]), (&json!("anonymise"), &json!("resource_versions"), &json!(1)));
    assert_eq!(forgotten["before_digest"], opened["after_digest"]);
    scrub(&world, &dossier["id"], |value| *value = json!({}));
    assert_eq!(listed(&dpo, &format!("&subject={}", dossier["id"].as_str().unwrap())).len(), 2, "there was nothing more to forget");
}

#[test]
fn a_version_that_was_forgotten_can_be_nothing_but_what_the_server_left_of_it() {
    let world = World::new();
    let admin = world.admin();
    let made = admin.post("/establishments", &school(630_001));
    admin.patch(&format!("/establishments/{}", made.json()["id"].as_str().unwrap()), made.etag(), &json!({ "name": "Collège renommé" })).ok();
    let id = Id::parse(made.json()["id"].as_str().unwrap()).unwrap();
    let altered = |version| Err(Fault::VersionAltered { resource: "establishment".to_owned(), id, version });
    let first = snapshot(&world, id, 1);
    scrub(&world, &made.json()["id"], |value| value["name"] = Value::Null);
    put_in_order(&world);
    assert_eq!(verified(&world, None), Ok(()));
    let left = snapshot(&world, id, 1);
    assert!(left.contains("\"name\":null"), "{left}");
    for other in [first, left.replace("null", "\"x\""), "{}".to_owned()] {
        set_snapshot(&world, id, 1, &other);
        assert_eq!(verified(&world, None), altered(1), "{other}");
    }
    set_snapshot(&world, id, 1, &left);
    assert_eq!(verified(&world, None), Ok(()));
    // What somebody else changed is not made good by forgetting it.
    set_snapshot(&world, id, 2, &snapshot(&world, id, 2).replace("null", "\"x\""));
    scrub(&world, &made.json()["id"], |value| value["uai"] = Value::Null);
    put_in_order(&world);
    assert_eq!(verified(&world, None), altered(2));
}

#[test]
fn versions_whose_events_were_dropped_stay_and_none_can_be_put_among_those_that_are_told_of() {
    let world = World::new();
    let admin = world.admin();
    let made = admin.post("/establishments", &school(630_001));
    let at = format!("/establishments/{}", made.json()["id"].as_str().unwrap());
    some_changes(&admin, 630_010, 3);
    world.set_time("2026-12-05T09:00:00Z");
    world.again(&admin).patch(&at, made.etag(), &json!({ "name": "Collège renommé" })).ok();
    let (author, now, first_kept) = (Author::console("audit drop", &world.server.keys.records), world.now(), "2026-12-01".parse().unwrap());
    world.db().write_now(move |conn| retention::drop_before(conn, &author, now, first_kept)).unwrap().unwrap();
    assert_eq!(verified(&world, None), Ok(()), "what is older than the rest of the record is told by nobody");
    let id = Id::parse(made.json()["id"].as_str().unwrap()).unwrap();
    let (made_id, long_ago, other) = (id, Instant("2026-11-23T09:00:00Z".parse().unwrap()), Id::new());
    for (id, version, recorded_at) in [(id, 3, now), (id, 3, long_ago), (other, 1, now)] {
        let row = VersionRow { resource_id: id, version, recorded_at, ..version_row(&world, made_id, 1) };
        world.db().write_now(move |conn| Ok(diesel::insert_into(resource_versions::table).values(&row).execute(conn).map(drop)?)).unwrap();
        assert_eq!(verified(&world, None), Err(Fault::VersionForeign { resource: "establishment".to_owned(), id, version }), "{recorded_at:?}");
        world.db().write_now(move |conn| Ok(diesel::delete(resource_versions::table.find((id, version))).execute(conn).map(drop)?)).unwrap();
    }
    // A case of before is forgotten: only what it says anew is told of.
    scrub(&world, &made.json()["id"], |value| value["name"] = Value::Null);
    put_in_order(&world);
    assert_eq!(verified(&world, None), Ok(()));
    set_snapshot(&world, id, 1, "{}");
    assert_eq!(verified(&world, None), Err(Fault::VersionAltered { resource: "establishment".to_owned(), id, version: 1 }));
}

#[test]
fn versions_of_before_the_chain_are_told_of_from_its_beginning() {
    let world = World::new();
    put_in_order(&world);
    let seeded = events(&world).into_iter().find(|event| event.operation == "migrate").unwrap();
    assert!(seeded.after_digest.is_some());
    set_snapshot(&world, seeded.resource_id, 1, "{}");
    assert_eq!(verified(&world, None), Err(Fault::VersionAltered { resource: "association".to_owned(), id: seeded.resource_id, version: 1 }));
}

#[test]
fn a_checkpoint_is_signed_by_the_server_and_holds_for_its_chain_alone() {
    let world = World::new();
    let admin = world.admin();
    some_changes(&admin, 630_001, 2);
    let (head, keys) = (put_in_order(&world), &world.server.keys);
    let text = checkpoint::sign(keys, &head, world.now()).unwrap();
    let kept = checkpoint::read(keys, &text).unwrap();
    assert_eq!(verified(&world, Some(&kept)), Ok(()));
    let mut altered: Value = serde_json::from_str(&text).unwrap();
    for (field, value) in
        [("sequence", json!(head.sequence - 1)), ("seal", json!("AAAA")), ("kid", json!("other")), ("issued_at", json!("2020-01-01T00:00:00.000000Z"))]
    {
        let was = std::mem::replace(&mut altered[field], value);
        assert!(checkpoint::read(keys, &altered.to_string()).is_err(), "{field}");
        altered[field] = was;
    }
    assert!(checkpoint::read(keys, "{}").is_err());
    let other = World::new();
    some_changes(&other.admin(), 630_001, 2);
    put_in_order(&other);
    assert_eq!(verified(&other, Some(&kept)), Err(Fault::Other { sequence: head.sequence }), "of another chain of the same length");
}

#[test]
fn the_console_prints_a_checkpoint_and_names_the_first_event_that_was_changed() {
    let program = Program::new();
    program.run(&["audit", "verify"]).fails("keys generate");
    program.run(&["keys", "generate", "data/keys"]).ok();
    program.run(&["audit", "verify"]).fails("entraide migrate");
    program.run(&["migrate"]).ok();
    for login in ["anne", "benoit", "chloe"] {
        program.run(&["user", "create", "--login", login, "--role", "analyst"]).ok();
    }
    let kept = program.run(&["audit", "checkpoint"]).ok();
    std::fs::write(program.folder().join("kept.json"), &kept).unwrap();
    let told = program.run(&["audit", "verify", "--checkpoint", "kept.json"]).ok();
    assert!(told.contains("the record is whole: 105 events, 0 that wait for their place, 0 looks, 102 versions") && told.contains("event 105"), "{told}");
    assert!(program.run(&["audit", "verify"]).ok().contains("would not be missed"));
    program.run(&["audit", "verify", "--checkpoint", "nowhere.json"]).fails("nowhere.json");
    let mut conn = entraide::db::connect(&program.database_url).unwrap();
    conn.run("UPDATE audit_events SET action = 'update' WHERE sequence = 104").unwrap();
    program.run(&["audit", "verify"]).fails("event 104 (");
    conn.run("UPDATE audit_events SET action = 'create' WHERE sequence = 104; DELETE FROM audit_events WHERE sequence = 105").unwrap();
    program.run(&["audit", "verify"]).ok();
    program.run(&["audit", "verify", "--checkpoint", "kept.json"]).fails("events from 105 on are missing");
    program.run(&["keys", "generate", "other"]).ok();
    program.with("ENTRAIDE_KEYS", "other").run(&["audit", "verify", "--checkpoint", "kept.json"]).fails("not signed with the key");
}

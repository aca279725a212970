//! What refers to an establishment keeps it, and no chain of successors closes.

use crate::harness::data::school_with;
use crate::harness::{Client, World};
use serde_json::{Value, json};

fn made(client: &Client, number: u32, fields: &Value) -> (String, Value) {
    let view = client.post("/establishments", &school_with(number, fields)).ok();
    (format!("/establishments/{}", view["id"].as_str().unwrap()), view)
}

#[test]
fn what_is_referred_to_is_not_deleted_and_what_is_deleted_is_not_found() {
    let world = World::new();
    let admin = world.admin();
    let (path, school) = made(&admin, 630_001, &json!({}));
    let (merged, _) = made(&admin, 630_002, &json!({ "status": "merged", "successor_id": school["id"] }));
    let (child, _) = made(&admin, 630_003, &json!({ "parent_uai": school["uai"] }));
    admin.delete(&path, "*").refused(409, "resource.still_referenced");
    assert_eq!(admin.delete(&merged, "*").status, 204);
    admin.delete(&path, "*").refused(409, "resource.still_referenced");
    assert_eq!(admin.delete(&child, "*").status, 204);
    assert_eq!(admin.delete(&path, "*").status, 204);
    for reply in [admin.get(&path), admin.delete(&path, "*"), admin.patch(&path, "*", &json!({ "name": "Revenant" })), admin.get(&format!("{path}/history"))] {
        reply.refused(404, "not_found");
    }
    assert!(admin.all("/establishments").is_empty());
    made(&admin, 630_001, &json!({}));
}

#[test]
fn a_merged_establishment_names_a_successor_that_exists_and_is_not_itself() {
    let world = World::new();
    let admin = world.admin();
    let flaw = |fields: &Value| admin.post("/establishments", &school_with(630_001, fields)).flaws();
    assert_eq!(flaw(&json!({ "status": "merged" })), ["/successor_id successor.required"]);
    assert_eq!(flaw(&json!({ "successor_id": "01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10" })), ["/successor_id reference.not_found"]);
    assert_eq!(flaw(&json!({ "successor_id": "x" })), ["/successor_id id.invalid"]);
    let (first, a) = made(&admin, 630_001, &json!({}));
    let (second, b) = made(&admin, 630_002, &json!({ "successor_id": a["id"] }));
    let (third, c) = made(&admin, 630_003, &json!({ "successor_id": b["id"] }));
    for successor in [&a, &b, &c] {
        assert_eq!(admin.patch(&first, "*", &json!({ "successor_id": successor["id"] })).flaws(), ["/successor_id reference.cycle"]);
    }
    assert_eq!(admin.patch(&first, "*", &json!({ "status": "merged" })).flaws(), ["/successor_id successor.required"]);
    assert_eq!(admin.patch(&second, "*", &json!({ "status": "merged" })).ok()["status"], "merged");
    assert_eq!(admin.patch(&second, "*", &json!({ "successor_id": null })).flaws(), ["/successor_id successor.required"]);
    assert_eq!(admin.patch(&third, "*", &json!({ "successor_id": null })).ok()["successor_id"], Value::Null);
}

/// Both at the same moment.
fn together<T: Send>(one: impl FnOnce() -> T + Send, other: impl FnOnce() -> T + Send) -> (T, T) {
    let start = std::sync::Barrier::new(2);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            start.wait();
            one()
        });
        start.wait();
        let second = other();
        (first.join().unwrap(), second)
    })
}

#[test]
fn two_writers_at_once_close_no_loop() {
    let world = World::with(&[("WORKERS", "2")]);
    let admin = world.admin();
    for round in 0..15 {
        let (first, a) = made(&admin, 630_000 + 2 * round, &json!({}));
        let (second, b) = made(&admin, 630_001 + 2 * round, &json!({}));
        let name = |path: &str, successor: &Value| admin.patch(path, "*", &json!({ "successor_id": successor["id"] })).status;
        let (one, other) = together(|| name(&first, &b), || name(&second, &a));
        assert_eq!((one.min(other), one.max(other)), (200, 400), "round {round}");
    }
}

#[test]
fn nobody_is_succeeded_by_what_is_being_deleted() {
    let world = World::with(&[("WORKERS", "2")]);
    let admin = world.admin();
    for round in 0..15 {
        let (leaving, gone) = made(&admin, 630_000 + 2 * round, &json!({}));
        let (staying, _) = made(&admin, 630_001 + 2 * round, &json!({}));
        let (deleted, named) = together(|| admin.delete(&leaving, "*").status, || admin.patch(&staying, "*", &json!({ "successor_id": gone["id"] })).status);
        assert!(matches!((deleted, named), (204, 400) | (409, 200)), "round {round}: {deleted} and {named}");
    }
}

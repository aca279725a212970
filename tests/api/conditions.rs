//! Conditional requests, and the order in which refusals come.

use crate::harness::data::school;
use crate::harness::{Client, Reply, World};
use serde_json::json;

fn made(client: &Client, number: u32) -> (String, Reply) {
    let reply = client.post("/establishments", &school(number));
    (reply.header("location").trim_start_matches("/api/v1").to_owned(), reply)
}

#[test]
fn what_the_caller_has_is_not_sent_again() {
    let world = World::new();
    let admin = world.admin();
    let (path, created) = made(&admin, 630_001);
    let etag = created.etag();
    let get = |tag: &str| admin.request("GET", &path).header("If-None-Match", tag).send();
    for tag in [etag.to_owned(), format!("W/{etag}"), format!("\"1.0\", {etag}"), "*".to_owned()] {
        let reply = get(&tag);
        assert_eq!((reply.status, reply.bytes.len(), reply.header("etag")), (304, 0, etag), "{tag}");
    }
    for tag in ["\"1.0000\"", "garbage", "\"", ",,,", "\"2.ffff\", W/\"x\""] {
        assert_eq!(get(tag).status, 200, "{tag}");
    }
    assert_eq!(admin.request("GET", &format!("{path}?fields=uai")).header("If-None-Match", etag).send().status, 200, "another form");
    assert_eq!(admin.request("HEAD", &path).header("If-None-Match", etag).send().status, 304);
    let change = admin.request("PATCH", &path).header("If-Match", etag).header("If-None-Match", "*").merge_patch(&json!({ "pupils": 3 })).send();
    assert_eq!(change.ok()["pupils"], 3, "a change is always answered");
    assert_eq!(get(etag).status, 200);
    assert_eq!(get(" ").flaws(), ["If-None-Match header.invalid"]);
    assert_eq!(get(&"x".repeat(1001)).flaws(), ["If-None-Match header.invalid"]);
}

#[test]
fn a_change_is_made_at_the_version_seen_or_not_at_all() {
    let world = World::new();
    let admin = world.admin();
    let (path, created) = made(&admin, 630_001);
    let patch = |tag: &str| admin.patch(&path, tag, &json!({ "pupils": 1 }));
    let without = admin.request("PATCH", &path).merge_patch(&json!({ "pupils": 1 })).send();
    without.refused(428, "precondition.required");
    admin.request("DELETE", &path).send().refused(428, "precondition.required");
    for tag in ["\"2.0123456789abcdef\"", "\"0.x\"", "\"x\"", "\"\"", "\"-1.x\"", "\"99999999999999999999.x\"", &format!("W/{}", created.etag())] {
        patch(tag).refused(412, "version.stale");
        admin.delete(&path, tag).refused(412, "version.stale");
    }
    for tag in ["garbage", "\"", "1", "\"a\" \"b\"", "", "\"a\",", "W/", "\"1.x\", nonsense"] {
        assert_eq!(patch(tag).flaws(), ["If-Match header.invalid"], "{tag}");
        assert_eq!(admin.delete(&path, tag).flaws(), ["If-Match header.invalid"], "{tag}");
    }
    assert_eq!(admin.get(&path).etag(), created.etag(), "nothing changed so far");
    assert_eq!(patch("\"1.of-another-form\"").ok()["version"], 2, "the digest does not count for a change");
    assert_eq!(patch("\"7.x\", \"2.x\"").ok()["version"], 3);
    assert_eq!(patch("*").ok()["version"], 4);
    assert_eq!(patch("\"4\"").ok()["version"], 5, "as a transition tells it");
    patch(created.etag()).refused(412, "version.stale");
}

/// 401 → 403 → 400 → 404 → replay → 428 → 412 → 409.
#[test]
fn refusals_come_in_one_order() {
    let world = World::new();
    let admin = world.admin();
    let volunteer = world.volunteer("63");
    let (path, created) = made(&admin, 630_001);
    let (successor, _) = made(&admin, 630_002);
    let id = admin.get(&successor).json()["id"].clone();
    admin.patch(&path, created.etag(), &json!({ "successor_id": id })).ok();
    let unknown = "/establishments/01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10";
    let bad = json!({ "name": 3 });
    let patch = |client: &Client, path: &str, tag: &str, body: &serde_json::Value| {
        let request = client.request("PATCH", path).merge_patch(body);
        if tag.is_empty() { request.send() } else { request.header("If-Match", tag).send() }
    };
    patch(&world.anonymous(), unknown, "", &bad).refused(401, "credentials.missing");
    patch(&volunteer, unknown, "", &bad).refused(403, "function.not_granted");
    patch(&admin, unknown, "", &bad).refused(400, "input.invalid");
    patch(&admin, unknown, "", &json!({})).refused(404, "not_found");
    patch(&admin, &path, "", &json!({})).refused(428, "precondition.required");
    patch(&admin, &path, "\"1.x\"", &json!({ "successor_id": unknown })).refused(400, "input.invalid");
    patch(&admin, &path, "\"1.x\"", &json!({})).refused(412, "version.stale");
    admin.request("DELETE", unknown).send().refused(404, "not_found");
    admin.request("DELETE", &successor).send().refused(428, "precondition.required");
    admin.delete(&successor, "\"9.x\"").refused(412, "version.stale");
    admin.delete(&successor, "\"1.x\"").refused(409, "resource.still_referenced");
    let post = |client: &Client, key: &str, body: &serde_json::Value| {
        let request = client.request("POST", "/establishments").json(body);
        if key.is_empty() { request.send() } else { request.key(key).send() }
    };
    post(&world.anonymous(), "", &bad).refused(401, "credentials.missing");
    post(&volunteer, "", &bad).refused(403, "function.not_granted");
    post(&admin, "", &bad).refused(400, "input.invalid");
    post(&admin, "", &school(630_001)).refused(428, "precondition.required");
    post(&admin, "k", &school(630_001)).refused(409, "uai.taken");
    post(&admin, "k", &school(630_003)).ok();
    assert_eq!(post(&admin, "k", &school(630_003)).header("idempotency-replayed"), "true", "a replay comes before the state");
}

#[test]
fn a_hidden_row_and_an_unknown_one_are_refused_alike() {
    let world = World::new();
    let (admin, national) = (world.admin(), world.user("national", entraide::auth::Role::NationalStaff, None));
    let import = admin.request("POST", "/imports?resource=establishments&mode=validate").key("k").body("text/csv", b"a,b\n1,2\n".to_vec()).send();
    let hidden = import.header("location").trim_start_matches("/api/v1").to_owned();
    assert_eq!(admin.get(&hidden).status, 200);
    for suffix in ["", "/lines", "/corrections"] {
        let accept = if suffix == "/corrections" { "text/csv" } else { "application/json" };
        let told = |path: &str| {
            let reply = national.request("GET", &format!("{path}{suffix}")).header("Accept", accept).send();
            let text = reply.text().replace(reply.header("request-id"), "");
            let differing = ["request-id", "date", "ratelimit"];
            let headers: std::collections::BTreeSet<(String, String)> =
                reply.headers.into_iter().filter(|(name, _)| !differing.contains(&name.as_str())).collect();
            (reply.status, text, headers)
        };
        let (unknown, found) = (told("/operations/01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10"), told(&hidden));
        assert_eq!(unknown.0, 404);
        assert_eq!(unknown, found, "{suffix}");
    }
    assert!(national.all("/operations").is_empty());
    assert_eq!(national.request("GET", "/operations").header("Prefer", "count=exact").send().ok()["total_count"], 0);
}

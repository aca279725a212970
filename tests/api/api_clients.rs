//! Machines as administrators manage them: their making, their changes, their secrets.

use crate::harness::World;
use crate::harness::cases::{at, commands, order, order_at};
use crate::harness::machines::{ed25519, id, machine, p256, secret};
use serde_json::{Value, json};

#[test]
fn an_administrator_makes_a_machine_changes_it_shuts_it_out_and_lets_it_in_again() {
    let world = World::new();
    let admin = world.admin();
    let made =
        machine(&admin, &json!({ "name": "Études", "scopes": ["cases.read", "directory.read"], "networks": ["2001:DB8::/32"], "expires_on": "2027-06-30" }));
    assert_eq!((&made["status"], &made["pseudonymised"], &made["max_confidentiality"]), (&json!("active"), &json!(true), &json!("standard")));
    assert_eq!((&made["networks"], &made["last_used_at"], commands(&made)), (&json!(["2001:db8::/32"]), &Value::Null, vec!["disable".to_owned()]));
    let path = at("api-clients", &made);
    let seen = admin.get(&path);
    assert_eq!(
        admin.patch(&path, seen.etag(), &json!({ "status": "disabled", "id": "x", "last_used_at": null })).flaws(),
        ["/id field.read_only", "/last_used_at field.read_only", "/status field.state"]
    );
    admin.patch(&path, seen.etag(), &json!({ "name": "Annuaire", "scopes": ["directory.read"], "expires_on": null, "networks": [] })).ok();
    admin.patch(&path, seen.etag(), &json!({ "name": "Autre" })).refused(412, "version.stale");
    order_at(&admin, &path, seen.etag(), &json!({ "command": "disable", "reason": "Fuite" })).refused(412, "version.stale");
    order(&admin, &path, &json!({ "command": "disable", "reason": "Fuite" })).ok();
    order(&admin, &path, &json!({ "command": "disable", "reason": "Fuite" })).refused(409, "transition.not_allowed");
    order(&admin, &path, &json!({ "command": "enable" })).ok();
    let after = admin.get(&path).ok();
    assert_eq!(
        (&after["status"], &after["scopes"], &after["expires_on"], &after["version"]),
        (&json!("active"), &json!(["directory.read"]), &Value::Null, &json!(4))
    );
    assert_eq!(
        admin.all(&format!("{path}/history")).iter().map(|entry| entry["action"].as_str().unwrap()).collect::<Vec<_>>(),
        ["transition", "transition", "update", "create"]
    );
    assert_eq!(admin.all(&format!("{path}/transitions"))[0]["reason"], "Fuite");
}

#[test]
fn machines_are_listed_by_name_and_state() {
    let world = World::new();
    let admin = world.admin();
    let names =
        |query: &str| admin.all(&format!("/api-clients?limit=1{query}")).iter().map(|machine| machine["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    for name in ["Beta", "Alpha", "Gamma"] {
        machine(&admin, &json!({ "name": name }));
    }
    assert_eq!(names(""), ["Alpha", "Beta", "Gamma"]);
    let beta = admin.all("/api-clients")[1].clone();
    order(&admin, &at("api-clients", &beta), &json!({ "command": "disable", "reason": "Essai" })).ok();
    assert_eq!((names("&status=disabled"), names("&status=active&sort=-created")), (vec!["Beta".to_owned()], vec!["Gamma".to_owned(), "Alpha".to_owned()]));
}

#[test]
fn what_does_not_go_together_is_told_at_its_place_when_made_and_when_changed() {
    let world = World::new();
    let admin = world.admin();
    let path = at("api-clients", &machine(&admin, &json!({})));
    let (ed, p256) = (ed25519().jwk, p256().jwk);
    let mut private = ed.clone();
    private["d"] = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A".into();
    let third = ed25519().jwk;
    let mut namesake = third.clone();
    namesake["kid"] = "p256".into();
    for (fields, flaws) in [
        (json!({ "row_scope": "academy" }), vec!["/academy_code academy.required"]),
        (json!({ "row_scope": "insurer", "academy_code": "06" }), vec!["/academy_code academy.not_taken", "/insurer_code insurer.required"]),
        (json!({ "insurer_code": "mutuelle-x" }), vec!["/insurer_code insurer.not_taken"]),
        (json!({ "scopes": ["cases.read"], "pseudonymised": false }), vec!["/pseudonymised scope.pseudonyms_only"]),
        (json!({ "scopes": ["cases.read"], "row_scope": "insurer", "insurer_code": "mutuelle-x" }), vec!["/scopes scope.not_for_insurers"]),
        (json!({ "auth_methods": ["private_key_jwt"] }), vec!["/public_keys public_key.required"]),
        (json!({ "public_keys": [ed, p256, third] }), vec!["/public_keys list.too_long"]),
        (json!({ "public_keys": [p256, namesake] }), vec!["/public_keys list.repeats"]),
        (json!({ "public_keys": [private] }), vec!["/public_keys/0 public_key.private"]),
        (json!({ "public_keys": [{ "kty": "OKP", "crv": "Ed25519" }] }), vec!["/public_keys/0/x field.required"]),
        (json!({ "scopes": ["members.read"] }), vec!["/scopes/0 choice.unknown"]),
        (json!({ "networks": ["192.0.2.1/24"] }), vec!["/networks/0 network.form"]),
        (json!({ "insurer_code": "Mutuelle X" }), vec!["/insurer_code pattern.mismatch"]),
    ] {
        let mut body = json!({ "name": "X", "auth_methods": [], "scopes": [], "row_scope": "national" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        assert_eq!(admin.post("/api-clients", &body).flaws(), flaws, "{fields}");
        assert_eq!(admin.patch(&path, admin.get(&path).etag(), &fields).flaws(), flaws, "{fields}");
    }
    assert_eq!(admin.get(&path).ok()["version"], 1);
}

#[test]
fn a_machine_has_two_secrets_at_most_each_shown_once_and_kept_as_a_digest() {
    let world = World::new();
    let admin = world.admin();
    let made = machine(&admin, &json!({}));
    let path = format!("/api-clients/{}/secrets", id(&made));
    let (first, first_id) = secret(&admin, &made);
    let (second, _) = secret(&admin, &made);
    assert_ne!(first, second);
    admin.request("POST", &path).json(&json!({})).send().refused(409, "client_secret.two_already");
    let listed = admin.all(&path);
    assert_eq!((listed.len(), &listed[0]["id"], listed[0].get("client_secret"), &listed[0]["last_used_at"]), (2, &json!(first_id), None, &Value::Null));
    admin.request("DELETE", &format!("/client-secrets/{first_id}")).send().ok_status(204);
    admin.request("DELETE", &format!("/client-secrets/{first_id}")).send().refused(404, "not_found");
    let (third, _) = secret(&admin, &made);
    let text = world.database_text();
    assert!([first, second, third].iter().all(|secret| !text.contains(secret)), "a secret is stored in clear");
    let done: Vec<Value> = world.user("dpo", entraide::auth::Role::Dpo, None).all("/audit-events");
    let done: Vec<&str> = done.iter().filter(|event| event["resource"] == "client_secret").map(|event| event["action"].as_str().unwrap()).collect();
    assert_eq!(done, ["create", "create", "delete", "create"]);
    assert_eq!(admin.get(&at("api-clients", &made)).ok()["version"], 1, "secrets have lives of their own");
}

#[test]
fn of_many_secrets_made_at_once_two_are_stored() {
    let world = World::new();
    let admin = world.admin();
    let path = format!("/api-clients/{}/secrets", id(&machine(&admin, &json!({}))));
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let making: Vec<_> = (0..8).map(|_| scope.spawn(|| admin.request("POST", &path).json(&json!({})).send().status)).collect();
        making.into_iter().map(|made| made.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 2, "{statuses:?}");
    assert!(statuses.iter().all(|status| [201, 409].contains(status)), "{statuses:?}");
    assert_eq!(admin.all(&path).len(), 2);
}

#[test]
fn nobody_but_administrators_sees_that_there_are_machines() {
    let world = World::new();
    let made = machine(&world.admin(), &json!({}));
    for client in [world.head("63"), world.user("dpo", entraide::auth::Role::Dpo, None), world.user("staff", entraide::auth::Role::NationalStaff, None)] {
        for path in ["/api-clients".to_owned(), at("api-clients", &made), format!("/api-clients/{}/secrets", id(&made))] {
            client.get(&path).refused(403, "function.not_granted");
        }
    }
}

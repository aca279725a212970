//! Training sessions to start from.

use super::cases::{at, order};
use super::{Client, World};
use entraide::auth::Role;
use serde_json::{Value, json};

/// A module of the catalogue.
pub fn module(world: &World, code: &str) -> Value {
    let body = json!({ "code": code, "title": "Responsabilité civile des enseignants", "themes": ["school_law"], "hours": 3.5, "audiences": ["teachers"] });
    world.admin().post("/training-modules", &body).ok()
}

/// The coordinator of an academy.
pub fn coordinator(world: &World, academy: &str) -> Client {
    world.user_at("coordinator", Role::TrainingCoordinator, (None, Some(academy), None))
}

/// A workshop of the Puy-de-Dôme on two days of December, with other fields.
pub fn workshop(module: &Value, fields: &Value) -> Value {
    let mut session = json!({
        "module_id": module["id"], "organiser_level": "department", "format": "legal_workshop", "delivery": "in_person", "venue": "Salle Blaise-Pascal",
        "capacity": 2, "starts_on": "2026-12-08", "ends_on": "2026-12-09",
    });
    session.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    session
}

/// A draft of it.
pub fn draft(client: &Client, module: &Value, fields: &Value) -> Value {
    client.post("/training-sessions", &workshop(module, fields)).ok()
}

/// A morning of its first day.
pub fn morning() -> Value {
    json!({ "starts_at": "2026-12-08T09:00:00+01:00", "ends_at": "2026-12-08T12:00:00+01:00" })
}

/// Announces a draft that has a slot; gives its address.
pub fn announce(client: &Client, session: &Value) -> String {
    let path = at("training-sessions", session);
    client.post(&format!("{path}/slots"), &morning()).ok();
    order(client, &path, &json!({ "command": "schedule" })).ok();
    path
}

/// A session that takes registrations; gives its address.
pub fn open(client: &Client, module: &Value, fields: &Value) -> String {
    let path = announce(client, &draft(client, module, fields));
    order(client, &path, &json!({ "command": "open_registration" })).ok();
    path
}

/// Somebody from outside, by a number.
pub fn outsider(number: usize) -> Value {
    json!({ "outsider": { "name": format!("Anne Lac {number}"), "email": format!("anne.{number}@example.org"), "organisation": "Mairie" } })
}

/// Registers somebody from outside.
pub fn register(client: &Client, session: &str, number: usize) -> Value {
    client.post(&format!("{session}/registrations"), &outsider(number)).ok()
}

/// The registrations to a session as `state rank`, in the order in which they came in.
pub fn places(client: &Client, session: &str) -> Vec<String> {
    let place = |row: &Value| format!("{} {}", row["status"].as_str().unwrap(), row["rank"]).replace(" null", "");
    client.all(&format!("{session}/registrations")).iter().map(place).collect()
}

//! What the server sends by itself: one webhook for each event (Standard Webhooks 1.0.0).

use serde_json::{Value, json};

use super::facts::EventFacts;
use super::json::{Object, schema_ref};

/// Webhooks have a tag of their own: openapi-generator drops operations of a tag that paths share with webhooks.
pub const TAG: &str = "webhooks";
pub const TAG_DESCRIPTION: &str = "Requests that this server sends to subscribers when something happens.";

pub fn webhooks(events: &[EventFacts]) -> Object {
    events.iter().map(|event| (event.name.to_owned(), json!({ "post": delivery(event) }))).collect()
}

fn delivery(event: &EventFacts) -> Value {
    json!({
        "operationId": format!("webhooks_{}", event.name.replace(['.', '-'], "_")),
        "summary": event.summary,
        "description": event.description,
        "tags": [TAG],
        "security": [{}],
        "parameters": [
            header("webhook-id", "Id of the event, alike in every try: use it to drop duplicates.", &text("^[A-Za-z0-9_-]+$", "msg_0190a6f25b5c7c6e")),
            header("webhook-timestamp", "When this try was sent, in seconds since 1970 UTC: refuse old ones.", &json!({
                "type": "integer", "format": "int64", "minimum": 0, "maximum": 253_402_300_799_i64, "examples": [1_790_000_000] })),
            header("webhook-signature", "Signatures of id, timestamp and body, separated by spaces: `v1a` ed25519, `v1` HMAC-SHA256.",
                &text("^v1a?,[A-Za-z0-9+/=]+( v1a?,[A-Za-z0-9+/=]+)*$", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=")),
        ],
        "requestBody": { "required": true, "content": { "application/json": { "schema": schema_ref(event.schema) } } },
        "responses": {
            "204": { "description": "Taken; any 2xx will do." },
            "410": { "description": "The subscriber wants no more: the endpoint is disabled." },
        },
    })
}

fn header(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "header", "required": true, "description": description, "schema": schema })
}

fn text(pattern: &str, example: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 1000, "pattern": pattern, "examples": [example] })
}

//! Two directions, two rules: request objects refuse unknown fields, response objects always show all of theirs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::json::{Object, referred_schema, walk, walk_mut};

/// Closes what clients send and completes what the server sends.
///
/// A schema that travels both ways is a value such as an amount of money: it is closed, and only new versions change it.
pub fn settle(paths: &mut Object, schemas: &mut Object) {
    let (sent, served) = (reached_from(paths, "requestBody", schemas), reached_from(paths, "responses", schemas));
    for (name, schema) in schemas.iter_mut() {
        if sent.contains(name) {
            walk_mut(schema, &mut close);
        } else if served.contains(name) {
            walk_mut(schema, &mut require_every_property);
        }
    }
}

fn close(node: &mut Object) {
    if node.contains_key("properties") {
        node.entry("additionalProperties").or_insert(json!(false));
    }
}

fn require_every_property(node: &mut Object) {
    if let Some(Value::Object(properties)) = node.get("properties") {
        let names: Vec<&String> = properties.keys().collect();
        let names = json!(names);
        node.insert("required".to_owned(), names);
    }
}

fn reached_from(paths: &Object, direction: &str, schemas: &Object) -> BTreeSet<String> {
    let operations = paths.values().filter_map(Value::as_object).flat_map(Object::values);
    let mut to_visit: Vec<String> = operations.filter_map(|operation| operation.get(direction)).flat_map(referred).collect();
    let mut reached = BTreeSet::new();
    while let Some(name) = to_visit.pop() {
        if reached.insert(name.clone()) {
            to_visit.extend(schemas.get(&name).into_iter().flat_map(referred));
        }
    }
    reached
}

fn referred(value: &Value) -> Vec<String> {
    let mut names = Vec::new();
    walk(value, &mut |node| names.extend(referred_schema(node).map(str::to_owned)));
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::contract::json::{object, schema_ref};

    #[test]
    fn requests_are_closed_and_responses_show_every_field() {
        let thing = || json!({ "type": "object", "properties": { "a": { "type": "boolean" } } });
        let mut paths = object(json!({ "/x": { "post": {
            "requestBody": { "schema": schema_ref("Create") },
            "responses": { "201": { "schema": schema_ref("View") } },
        } } }));
        let mut schemas = object(json!({ "Create": thing(), "View": thing() }));
        settle(&mut paths, &mut schemas);
        assert_eq!(schemas.get("Create").and_then(|s| s.get("additionalProperties")), Some(&json!(false)));
        assert_eq!(schemas.get("View").and_then(|s| s.get("additionalProperties")), None);
        assert_eq!(schemas.get("View").and_then(|s| s.get("required")), Some(&json!(["a"])));
    }
}

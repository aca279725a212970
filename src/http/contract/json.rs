//! Small verbs on JSON trees that hold schemas.

use serde_json::{Map, Value, json};

pub type Object = Map<String, Value>;

const SCHEMAS: &str = "#/components/schemas/";

pub fn schema_ref(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{name}") })
}

/// Name of the component schema that this node points at.
pub fn referred_schema(node: &Object) -> Option<&str> {
    node.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)
}

/// Takes the object at a pointer out of the document; empty when there is none.
pub fn take_object(doc: &mut Value, pointer: &str) -> Object {
    match doc.pointer_mut(pointer).map(Value::take) {
        Some(Value::Object(object)) => object,
        _ => Object::new(),
    }
}

pub fn text<'a>(node: &'a Object, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Value::as_str)
}

pub fn objects_at<'a>(node: &'a Object, key: &str) -> impl Iterator<Item = &'a Object> {
    node.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// Visits every object from the root down, without entering examples and other plain data.
pub fn walk(value: &Value, visit: &mut dyn FnMut(&Object)) {
    visit_below(value, false, visit);
}

fn visit_below(value: &Value, keys_are_names: bool, visit: &mut dyn FnMut(&Object)) {
    match value {
        Value::Object(object) => {
            visit(object);
            for (key, child) in object {
                if keys_are_names || !holds_data(key) {
                    visit_below(child, !keys_are_names && key == "properties", visit);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit_below(item, false, visit)),
        _ => {}
    }
}

/// Like [`walk`], and the visitor may change what it sees before its children are visited.
pub fn walk_mut(value: &mut Value, visit: &mut dyn FnMut(&mut Object)) {
    visit_below_mut(value, false, visit);
}

/// [`walk_mut`] over each value of an object.
pub fn walk_values_mut(object: &mut Object, visit: &mut dyn FnMut(&mut Object)) {
    object.values_mut().for_each(|value| walk_mut(value, visit));
}

fn visit_below_mut(value: &mut Value, keys_are_names: bool, visit: &mut dyn FnMut(&mut Object)) {
    match value {
        Value::Object(object) => {
            visit(object);
            for (key, child) in object {
                if keys_are_names || !holds_data(key) {
                    visit_below_mut(child, !keys_are_names && key == "properties", visit);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| visit_below_mut(item, false, visit)),
        _ => {}
    }
}

/// Whether the value under this key is plain data, not a schema or a part of the document.
pub fn holds_data(key: &str) -> bool {
    matches!(key, "const" | "default" | "enum" | "example" | "examples") || key.starts_with("x-")
}

/// Whether a schema node admits this JSON type, alone or beside `null`.
pub fn admits(node: &Object, wanted: &str) -> bool {
    match node.get("type") {
        Some(Value::String(only)) => only == wanted,
        Some(Value::Array(several)) => several.iter().any(|one| one == wanted),
        _ => false,
    }
}

#[cfg(test)]
pub fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("not an object: {other}"),
    }
}

//! What authors still owe the contract: limits, examples and words that the finaliser must not invent.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::json::{Object, admits, holds_data, referred_schema, text, walk};

const METHODS: [&str; 5] = ["delete", "get", "patch", "post", "put"];

/// One line for each gap of a finalised document; a complete contract has none.
pub fn gaps(doc: &Value) -> Vec<String> {
    let mut found = Vec::new();
    visit(doc, &mut Vec::new(), &mut found);
    reference_gaps(doc, &mut found);
    operation_gaps(doc, &mut found);
    component_gaps(doc, &mut found);
    found
}

fn visit(value: &Value, place: &mut Vec<String>, found: &mut Vec<String>) {
    match value {
        Value::Object(node) => {
            found.extend(limit_gaps(node).map(|gap| format!("/{}: {gap}", place.join("/"))));
            let names = place.last().is_some_and(|last| last == "properties");
            for (key, child) in node.iter().filter(|(key, _)| names || !holds_data(key)) {
                place.push(key.clone());
                visit(child, place, found);
                place.pop();
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit(item, place, found)),
        _ => {}
    }
}

fn limit_gaps(node: &Object) -> impl Iterator<Item = &'static str> {
    let has = |keys: &[&str]| keys.iter().any(|key| node.contains_key(*key));
    let fixed = has(&["enum", "const"]);
    let (string, integer, array) = (admits(node, "string"), admits(node, "integer"), admits(node, "array"));
    let when = [
        (string && !fixed && !has(&["maxLength"]), "string without maxLength"),
        (string && !fixed && !has(&["format", "pattern"]), "string without format, pattern or enum"),
        (integer && !has(&["format"]), "integer without format"),
        (integer && !has(&["minimum", "exclusiveMinimum"]), "integer without minimum"),
        (integer && !has(&["maximum", "exclusiveMaximum"]), "integer without maximum"),
        (array && !has(&["maxItems"]), "array without maxItems"),
        (array && !has(&["items"]), "array without items"),
        ((string || integer || admits(node, "number")) && !fixed && !has(&["example", "examples"]), "no example"),
        (has(&["allOf"]), "allOf is neither closed nor merged: flatten structs only"),
    ];
    when.into_iter().filter_map(|(missing, gap)| missing.then_some(gap))
}

/// utoipa does not collect the schemas of query parameters: those must be registered by hand.
fn reference_gaps(doc: &Value, found: &mut Vec<String>) {
    let mut missing = BTreeSet::new();
    walk(doc, &mut |node| {
        let target = text(node, "$ref").filter(|target| target.strip_prefix('#').is_none_or(|pointer| doc.pointer(pointer).is_none()));
        missing.extend(target.map(str::to_owned));
    });
    found.extend(missing.into_iter().map(|target| format!("{target} does not exist: register its type among the components")));
}

fn operation_gaps(doc: &Value, found: &mut Vec<String>) {
    let tags: Vec<&str> = doc.get("tags").and_then(Value::as_array).into_iter().flatten().filter_map(|tag| tag.get("name")?.as_str()).collect();
    for (path, item) in entries(doc, "/paths") {
        for (method, operation) in METHODS.iter().filter_map(|method| Some((method, item.get(*method)?.as_object()?))) {
            let mut report = |gap: String| found.push(format!("{method} {path}: {gap}"));
            for key in ["operationId", "summary", "description"] {
                if text(operation, key).is_none_or(str::is_empty) {
                    report(format!("no {key}"));
                }
            }
            match operation.get("tags").and_then(Value::as_array).map(Vec::as_slice) {
                Some([tag]) if tag.as_str().is_some_and(|tag| tags.contains(&tag)) => {}
                _ => report("needs exactly one tag, described in the facts".to_owned()),
            }
            if operation.get("responses").and_then(|responses| responses.get("400")).is_none() {
                report("no facts were given for it".to_owned());
            }
            for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
                parameter_gaps(parameter).into_iter().for_each(&mut report);
            }
        }
    }
}

fn parameter_gaps(parameter: &Object) -> Vec<String> {
    let Some(name) = text(parameter, "name") else { return Vec::new() };
    let mut gaps = Vec::new();
    if text(parameter, "description").is_none_or(str::is_empty) {
        gaps.push(format!("parameter `{name}` without description"));
    }
    if text(parameter, "in") == Some("query") && !name.chars().all(|letter| letter.is_ascii_lowercase()) {
        gaps.push(format!("query parameter `{name}` is not one lowercase word"));
    }
    gaps
}

fn component_gaps(doc: &Value, found: &mut Vec<String>) {
    for (name, schema) in entries(doc, "/components/schemas") {
        let mut report = |gap: &str| found.push(format!("schema {name}: {gap}"));
        if text(schema, "description").is_none_or(str::is_empty) {
            report("no description");
        }
        let explained = schema.get("x-enumDescriptions").and_then(Value::as_object);
        let words = schema.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        if words.into_iter().any(|word| explained.is_none_or(|explained| !explained.contains_key(word))) {
            report("a value of the enumeration has no description");
        }
    }
    for (path, item) in entries(doc, "/paths") {
        for (method, operation) in METHODS.iter().filter_map(|method| Some((method, item.get(*method)?))) {
            let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
            for schema in content.into_iter().flat_map(Map::values).filter_map(|media| media.get("schema")?.as_object()) {
                if referred_schema(schema).is_none() {
                    found.push(format!("{method} {path}: the body is not a named schema"));
                }
            }
        }
    }
}

fn entries<'a>(doc: &'a Value, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Object)> {
    doc.pointer(pointer).and_then(Value::as_object).into_iter().flatten().filter_map(|(name, value)| Some((name, value.as_object()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn gaps_of_schema(schema: Value) -> Vec<String> {
        gaps(&json!({ "components": { "schemas": { "Thing": schema } } }))
    }

    #[test]
    fn a_bare_string_owes_everything() {
        let owed = gaps_of_schema(json!({ "type": ["string", "null"] }));
        assert_eq!(owed.len(), 4, "{owed:?}");
    }

    #[test]
    fn a_complete_string_owes_nothing() {
        let schema = json!({ "type": "string", "description": "School.", "maxLength": 8, "pattern": "^[0-9]{7}[A-Z]$", "examples": ["0311131L"] });
        assert_eq!(gaps_of_schema(schema), Vec::<String>::new());
    }

    #[test]
    fn a_property_may_bear_any_name() {
        let schema = json!({ "type": "object", "description": "Odd names.", "properties": { "example": { "type": "string" }, "type": { "type": "boolean" } } });
        assert_eq!(gaps_of_schema(schema).len(), 3);
    }

    #[test]
    fn every_word_of_an_enumeration_is_explained() {
        let schema = json!({ "type": "string", "description": "State.", "enum": ["new", "done"], "x-enumDescriptions": { "new": "Unread" } });
        assert_eq!(gaps_of_schema(schema), ["schema Thing: a value of the enumeration has no description"]);
    }

    #[test]
    fn a_reference_to_nothing_is_reported_once() {
        let reference = json!({ "$ref": "#/components/schemas/DayInterval" });
        let found = gaps(&json!({ "paths": { "/a": { "parameters": [{ "schema": reference }, { "schema": reference }] } } }));
        assert_eq!(found, ["#/components/schemas/DayInterval does not exist: register its type among the components"]);
    }

    #[test]
    fn an_operation_without_facts_is_reported() {
        let operation = json!({ "operationId": "a", "summary": "A", "description": "A.", "tags": ["t"], "responses": {} });
        let doc = json!({ "tags": [{ "name": "t" }], "paths": { "/a": { "get": operation } } });
        assert_eq!(gaps(&doc), ["get /a: no facts were given for it"]);
    }
}

//! Names and shapes of the component schemas: repeated inline schemas become references, `allOf` becomes one object.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::json::{Object, admits, objects_at, referred_schema, schema_ref, take_object, walk_mut, walk_values_mut};

/// Replaces each inline copy of a component schema by a reference; utoipa inlines the argument of a generic schema.
pub fn refer_to_components(doc: &mut Value) {
    let mut schemas = take_object(doc, "/components/schemas");
    let names: BTreeMap<String, String> = schemas.iter().map(|(name, schema)| (schema.to_string(), name.clone())).collect();
    let mut refer = |node: &mut Object| {
        for child in node.values_mut() {
            if let Some(name) = names.get(&child.to_string()) {
                *child = schema_ref(name);
            }
        }
    };
    walk_values_mut(&mut schemas, &mut refer);
    walk_mut(doc, &mut refer);
    restore_schemas(doc, schemas);
}

/// Gives schemas the names that clients see: `EstablishmentView` is `Establishment`, `Page_EstablishmentView` is `EstablishmentPage`.
pub fn rename_components(doc: &mut Value) {
    let schemas = take_object(doc, "/components/schemas");
    let renamed = schemas.iter().map(|(name, schema)| (contract_name(name, &schemas), schema.clone())).collect();
    restore_schemas(doc, renamed);
    walk_mut(doc, &mut |node| {
        if let Some(name) = referred_schema(node)
            && let Value::Object(reference) = schema_ref(&contract_name(name, &schemas))
        {
            node.extend(reference);
        }
    });
}

fn contract_name(name: &str, taken: &Object) -> String {
    let short: String = name.rsplit('_').map(|part| part.strip_suffix("View").unwrap_or(part)).collect();
    if short != name && taken.contains_key(&short) { name.replace('_', "") } else { short }
}

fn restore_schemas(doc: &mut Value, schemas: Object) {
    if let Some(slot) = doc.pointer_mut("/components/schemas") {
        *slot = Value::Object(schemas);
    }
}

/// Puts the description of a nullable reference beside its `oneOf`, where generators read it.
pub fn lift_descriptions(node: &mut Object) {
    let Some(Value::Array(choices)) = node.get_mut("oneOf") else { return };
    let nullable = choices.len() == 2 && choices.iter().any(|choice| choice == &json!({ "type": "null" }));
    if !nullable {
        return;
    }
    let lifted =
        choices.iter_mut().filter_map(Value::as_object_mut).filter(|choice| choice.contains_key("$ref")).find_map(|choice| choice.remove("description"));
    if let Some(description) = lifted {
        node.entry("description").or_insert(description);
    }
}

/// `example` of a schema is deprecated since OpenAPI 3.1 in favour of `examples`.
pub fn modernise_example(node: &mut Object) {
    if node.contains_key("type")
        && let Some(example) = node.remove("example")
    {
        node.entry("examples").or_insert(json!([example]));
    }
}

/// Merges `allOf` (flattened structs) into one object: a closed object cannot be composed of others.
pub fn merge_all_of(schemas: &mut Object) {
    let originals = schemas.clone();
    walk_values_mut(schemas, &mut |node| {
        if let Some(merged) = merged(node, &originals) {
            node.remove("allOf");
            node.extend(merged);
        }
    });
}

fn merged(node: &Object, schemas: &Object) -> Option<Object> {
    node.get("allOf")?;
    let (mut properties, mut required) = (Object::new(), Vec::new());
    for part in objects_at(node, "allOf") {
        let part = resolve(part, schemas)?;
        let part = merged(part, schemas).unwrap_or_else(|| part.clone());
        if !admits(&part, "object") {
            return None;
        }
        properties.extend(part.get("properties").and_then(Value::as_object).cloned().unwrap_or_default());
        required.extend(part.get("required").and_then(Value::as_array).cloned().unwrap_or_default());
    }
    Some(Object::from_iter([
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), Value::Object(properties)),
        ("required".to_owned(), Value::Array(required)),
    ]))
}

fn resolve<'a>(node: &'a Object, schemas: &'a Object) -> Option<&'a Object> {
    match referred_schema(node) {
        Some(name) => schemas.get(name)?.as_object(),
        None => Some(node),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::contract::json::object;

    #[test]
    fn a_page_refers_to_its_items_and_takes_a_plain_name() {
        let item = json!({ "type": "object", "properties": { "uai": { "type": "string" } } });
        let mut doc = json!({
            "paths": { "/schools": { "get": { "schema": { "$ref": "#/components/schemas/Page_SchoolView" } } } },
            "components": { "schemas": {
                "Page_SchoolView": { "properties": { "items": { "type": "array", "items": item } } },
                "SchoolView": item,
            } }
        });
        refer_to_components(&mut doc);
        rename_components(&mut doc);
        assert_eq!(doc.pointer("/paths/~1schools/get/schema"), Some(&schema_ref("SchoolPage")));
        assert_eq!(doc.pointer("/components/schemas/SchoolPage/properties/items/items"), Some(&schema_ref("School")));
    }

    #[test]
    fn a_view_keeps_its_name_when_the_short_one_is_taken() {
        let taken = object(json!({ "School": {}, "SchoolView": {} }));
        assert_eq!(contract_name("SchoolView", &taken), "SchoolView");
        assert_eq!(contract_name("Page_SchoolView", &taken), "SchoolPage");
    }

    #[test]
    fn a_flattened_struct_becomes_one_object() {
        let mut schemas = object(json!({
            "Money": { "type": "object", "properties": { "amount": {} }, "required": ["amount"] },
            "Fee": { "description": "Fee.", "allOf": [
                { "$ref": "#/components/schemas/Money" },
                { "type": "object", "properties": { "paid": {} }, "required": ["paid"] }
            ] }
        }));
        merge_all_of(&mut schemas);
        let expected = json!({ "description": "Fee.", "type": "object", "properties": { "amount": {}, "paid": {} }, "required": ["amount", "paid"] });
        assert_eq!(schemas.get("Fee"), Some(&expected));
    }
}

//! What `expand=` puts beside references: properties that are there only when they were asked for.

use serde_json::{Value, json};

use super::facts::{ExpansionFacts, OperationFacts};
use super::json::{Object, referred_schema, schema_ref};
use super::sparse::item_name;

/// Adds the expanded objects to the schemas of what the operations serve, step by step along each word of `expand`.
pub fn add_expansions(paths: &Object, schemas: &mut Object, operations: &[OperationFacts], expansions: &[ExpansionFacts]) {
    for (operation, word) in operations.iter().flat_map(|facts| facts.expands.iter().map(|word| (facts.id, word))) {
        let mut holder = served(paths, schemas, operation);
        for step in word.split('.') {
            let expansion = expansions.iter().find(|expansion| expansion.name == step);
            holder = expansion.and_then(|expansion| {
                let target = served(paths, schemas, expansion.operation)?;
                let properties = schemas.get_mut(&holder?)?.get_mut("properties")?.as_object_mut()?;
                properties.entry(step).or_insert_with(|| property(expansion, &target));
                Some(target)
            });
        }
    }
}

fn property(expansion: &ExpansionFacts, target: &str) -> Value {
    let description = format!(
        "The object that `{}` refers to: present only when `expand` names it, `null` where there is none or this caller may not see it.",
        expansion.reference
    );
    json!({ "description": description, "oneOf": [schema_ref(target), { "type": "null" }] })
}

/// Name of the resource that an operation answers with, alone or in pages.
fn served(paths: &Object, schemas: &Object, operation: &str) -> Option<String> {
    let mut operations = paths.values().filter_map(Value::as_object).flat_map(Object::values);
    let found = operations.find(|found| found.get("operationId").is_some_and(|id| id == operation))?;
    let name = referred_schema(found.pointer("/responses/200/content/application~1json/schema")?.as_object()?)?;
    schemas.get(name).and_then(item_name).or_else(|| Some(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::contract::json::object;

    #[test]
    fn an_expanded_object_is_optional_in_the_resource() {
        let answer = |id: &str, name: &str| json!({ "get": { "operationId": id, "responses": { "200": { "content": { "application/json": { "schema": schema_ref(name) } } } } } });
        let paths = object(json!({ "/teachers": answer("teachers_list", "TeacherPage"), "/schools/{id}": answer("schools_retrieve", "School") }));
        let mut schemas = object(json!({
            "School": { "properties": { "id": {} }, "required": ["id"] },
            "Teacher": { "properties": { "school_id": {} }, "required": ["school_id"] },
            "TeacherPage": { "properties": { "items": { "items": schema_ref("Teacher") } } },
        }));
        let operations = [OperationFacts { id: "teachers_list", expands: &["school"], ..OperationFacts::default() }];
        let expansions = [ExpansionFacts { name: "school", reference: "school_id", operation: "schools_retrieve" }];
        add_expansions(&paths, &mut schemas, &operations, &expansions);
        let teacher = schemas.get("Teacher").unwrap();
        assert_eq!(teacher.pointer("/properties/school/oneOf/0"), Some(&schema_ref("School")));
        assert_eq!(teacher.get("required"), Some(&json!(["school_id"])));
    }
}

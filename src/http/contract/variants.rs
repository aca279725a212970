//! Choices: tagged enums get a discriminator, and each value of a plain enum its meaning.

use serde_json::{Value, json};

use super::json::{Object, objects_at, schema_ref, text};

/// Gives each variant of a tagged enum its own name, and the enum a discriminator.
pub fn discriminate(schemas: &mut Object) {
    let mut variants = Object::new();
    for (name, schema) in schemas.iter_mut() {
        if let Some(schema) = schema.as_object_mut()
            && let Some(tag) = common_tag(schema)
        {
            variants.extend(split_variants(name, schema, &tag));
        }
    }
    schemas.extend(variants);
}

/// The property that holds one fixed, different word in each variant.
fn common_tag(schema: &Object) -> Option<String> {
    let first = objects_at(schema, "oneOf").next()?.get("properties")?.as_object()?;
    first.keys().find(|tag| objects_at(schema, "oneOf").all(|variant| tag_word(variant, tag).is_some())).cloned()
}

fn tag_word<'a>(variant: &'a Object, tag: &str) -> Option<&'a str> {
    let property = variant.get("properties")?.get(tag)?.as_object()?;
    match property.get("enum").and_then(Value::as_array).map(Vec::as_slice) {
        Some([Value::String(word)]) => Some(word),
        _ => text(property, "const"),
    }
}

fn split_variants(name: &str, schema: &mut Object, tag: &str) -> Object {
    let (mut variants, mut mapping, mut choices) = (Object::new(), Object::new(), Vec::new());
    for variant in objects_at(schema, "oneOf") {
        let word = tag_word(variant, tag).unwrap_or_default();
        let variant_name = format!("{name}{}", pascal_case(word));
        let reference = schema_ref(&variant_name);
        mapping.extend(reference.get("$ref").map(|target| (word.to_owned(), target.clone())));
        choices.push(reference);
        let mut variant = variant.clone();
        fix_word(&mut variant, tag, word);
        variants.insert(variant_name, Value::Object(variant));
    }
    schema.insert("oneOf".to_owned(), Value::Array(choices));
    schema.insert("discriminator".to_owned(), json!({ "propertyName": tag, "mapping": mapping }));
    variants
}

/// Generators write a constant as a literal, but invent a type for a choice of one.
fn fix_word(variant: &mut Object, tag: &str, word: &str) {
    if let Some(property) = variant.get_mut("properties").and_then(|properties| properties.get_mut(tag)).and_then(Value::as_object_mut) {
        property.remove("enum");
        property.insert("const".to_owned(), json!(word));
    }
}

fn pascal_case(word: &str) -> String {
    word.split(['_', '-', '.'])
        .map(|part| {
            let mut letters = part.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        })
        .collect()
}

/// Repeats `x-enumDescriptions` as a list in the description, for readers whose tool ignores the extension.
pub fn describe_words(node: &mut Object) {
    let Some(meanings) = node.get("x-enumDescriptions").and_then(Value::as_object) else { return };
    let words = node.get("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let list: String = words.filter_map(|word| Some(format!("\n* `{word}`: {}", meanings.get(word)?.as_str()?))).collect();
    let described = format!("{}\n{list}", text(node, "description").unwrap_or_default());
    node.insert("description".to_owned(), json!(described.trim()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::contract::json::object;

    #[test]
    fn a_tagged_enum_gets_named_variants_and_a_discriminator() {
        let of_kind = |kind: Value| json!({ "type": "object", "properties": { "kind": kind } });
        let variant = |word: &str| of_kind(json!({ "type": "string", "enum": [word] }));
        let mut schemas = object(json!({ "Party": { "oneOf": [variant("person"), variant("public_school")] } }));
        discriminate(&mut schemas);
        assert_eq!(schemas.get("PartyPublicSchool"), Some(&of_kind(json!({ "type": "string", "const": "public_school" }))));
        let expected = json!({
            "oneOf": [schema_ref("PartyPerson"), schema_ref("PartyPublicSchool")],
            "discriminator": { "propertyName": "kind", "mapping": {
                "person": "#/components/schemas/PartyPerson",
                "public_school": "#/components/schemas/PartyPublicSchool",
            } }
        });
        assert_eq!(schemas.get("Party"), Some(&expected));
    }

    #[test]
    fn a_nullable_reference_is_no_tagged_enum() {
        let mut schemas = object(json!({ "Maybe": { "oneOf": [{ "$ref": "#/components/schemas/A" }, { "type": "null" }] } }));
        let before = schemas.clone();
        discriminate(&mut schemas);
        assert_eq!(schemas, before);
    }

    #[test]
    fn each_word_is_explained_in_the_description() {
        let mut node = object(json!({ "description": "State.", "enum": ["new", "done"], "x-enumDescriptions": { "done": "Over", "new": "Unread" } }));
        describe_words(&mut node);
        assert_eq!(text(&node, "description"), Some("State.\n\n* `new`: Unread\n* `done`: Over"));
    }
}

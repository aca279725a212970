//! From utoipa's raw output to the published document; pure, so that the same handlers always give the same file.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::bodies::settle;
use super::expanded::add_expansions;
use super::facts::{ContractFacts, OperationFacts};
use super::json::{Object, take_object, text, walk, walk_mut, walk_values_mut};
use super::links::link_created;
use super::operations::complete;
use super::schemas::{lift_descriptions, merge_all_of, modernise_example, refer_to_components, rename_components};
use super::variants::{describe_words, discriminate};
use super::{problems, shared};

const DESCRIPTION: &str = "REST interface of a mutual-aid association: members, establishments, dossiers, aid and training.\n\n\
    Every resource looks alike: keyset pages, `ETag` and `If-Match`, merge patches, idempotency keys, and problems of RFC 9457.";

/// Completes utoipa's document with what is the same everywhere. Limits and examples are never invented: see [`super::gaps`].
pub fn finalise(mut doc: Value, facts: &ContractFacts) -> Value {
    refer_to_components(&mut doc);
    rename_components(&mut doc);
    walk_mut(&mut doc, &mut |node| {
        lift_descriptions(node);
        modernise_example(node);
    });
    let mut schemas = take_object(&mut doc, "/components/schemas");
    let mut paths = take_object(&mut doc, "/paths");

    merge_all_of(&mut schemas);
    discriminate(&mut schemas);
    walk_values_mut(&mut schemas, &mut describe_words);
    settle(&mut paths, &mut schemas);
    add_expansions(&paths, &mut schemas, facts.operations, facts.expansions);
    complete_operations(&mut paths, &mut schemas, facts.operations);
    link_created(&mut paths);
    schemas.extend(problems::schemas(facts.problems));

    let mut finished = document(facts, paths, schemas);
    drop_unused_components(&mut finished);
    finished
}

fn complete_operations(paths: &mut Object, schemas: &mut Object, facts: &[OperationFacts]) {
    for item in paths.values_mut().filter_map(Value::as_object_mut) {
        let mut at_root = false;
        for (method, operation) in item.iter_mut() {
            if let Value::Object(operation) = operation
                && let Some(facts) = facts.iter().find(|facts| text(operation, "operationId") == Some(facts.id))
            {
                complete(method, operation, facts, schemas);
                at_root |= facts.at_root;
            }
        }
        if at_root {
            item.insert("servers".to_owned(), json!([{ "url": "/", "description": "Root of the production server." }]));
        }
    }
}

fn document(facts: &ContractFacts, paths: Object, schemas: Object) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Entraide",
            "version": facts.version,
            "description": DESCRIPTION,
            "contact": { "name": facts.contact.name, "url": facts.contact.url, "email": facts.contact.email },
            "license": { "name": "MIT OR Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        "servers": [{ "url": "/api/v1", "description": "The production server that serves this file.", "x-internal": false }],
        "security": [{ "bearer": [] }],
        "tags": tags(facts),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": problems::responses(facts.problems),
            "parameters": shared::parameters(),
            "headers": shared::headers(),
            "securitySchemes": { "bearer": {
                "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "Signed access token of at most ten minutes (EdDSA, RFC9068, checked as RFC8725 advises), \
                    from `POST /auth/sessions` for people or `POST /oauth/token` for machines.",
            } },
        },
    })
}

fn tags(facts: &ContractFacts) -> Vec<Value> {
    let mut tags: Vec<(&str, &str)> = facts.tags.iter().map(|tag| (tag.name, tag.description)).collect();
    tags.sort_unstable();
    tags.into_iter().map(|(name, description)| json!({ "name": name, "description": description })).collect()
}

/// A component that only unused ones refer to is unused too, hence the repetition.
fn drop_unused_components(doc: &mut Value) {
    loop {
        let mut used = BTreeSet::new();
        walk(doc, &mut |node| used.extend(text(node, "$ref").map(str::to_owned)));
        let mut dropped = false;
        for kind in ["schemas", "responses", "parameters", "headers"] {
            if let Some(Value::Object(components)) = doc.pointer_mut(&format!("/components/{kind}")) {
                let before = components.len();
                components.retain(|name, _| used.contains(&format!("#/components/{kind}/{name}")));
                dropped |= components.len() < before;
            }
        }
        if !dropped {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_that_nothing_uses_are_dropped_with_all_they_use() {
        let mut doc = json!({
            "paths": { "/x": { "$ref": "#/components/schemas/Used" } },
            "components": { "schemas": {
                "Used": {}, "Unused": { "$ref": "#/components/schemas/OnlyByUnused" }, "OnlyByUnused": {},
            } }
        });
        drop_unused_components(&mut doc);
        assert_eq!(doc.pointer("/components/schemas"), Some(&json!({ "Used": {} })));
    }

    #[test]
    fn probes_stand_at_the_root_of_the_host() {
        let doc = json!({ "paths": { "/livez": { "get": { "operationId": "livez", "responses": {} } } }, "components": { "schemas": {} } });
        let operations = [OperationFacts { id: "livez", at_root: true, public: true, ..OperationFacts::default() }];
        let doc = finalise(doc, &ContractFacts { operations: &operations, ..ContractFacts::default() });
        assert_eq!(doc.pointer("/paths/~1livez/servers/0/url"), Some(&json!("/")));
    }
}

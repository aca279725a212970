//! What each operation has in common with its like: security, parameters, media types, headers and refusals.

use serde_json::{Value, json};

use super::facts::OperationFacts;
use super::json::{Object, referred_schema, schema_ref, text};
use super::problems::{not_modified_ref, oauth_response, response_ref};
use super::shared::{ALWAYS, header_refs, parameter_ref};
use super::sparse::{Sparse, add_sparse};

/// Completes one operation from its facts; `schemas` gains the sparse forms it serves.
pub fn complete(method: &str, operation: &mut Object, facts: &OperationFacts, schemas: &mut Object) {
    if facts.public {
        operation.insert("security".to_owned(), json!([{}]));
    }
    operation.insert("x-granted-to".to_owned(), json!(facts.granted_to));
    if method == "patch" {
        send_merge_patch(operation);
    }
    let fields = if facts.sparse { serve_sparse(operation, schemas) } else { Vec::new() };
    complete_parameters(method, operation, facts, &fields, schemas);
    complete_responses(method, operation, facts);
}

fn send_merge_patch(operation: &mut Object) {
    if let Some(Value::Object(content)) = operation.get_mut("requestBody").and_then(|body| body.get_mut("content"))
        && let Some(json) = content.remove("application/json")
    {
        content.insert("application/merge-patch+json".to_owned(), json);
    }
}

/// Lets a response be sparse too, and returns the words of `fields=`.
fn serve_sparse(operation: &mut Object, schemas: &mut Object) -> Vec<String> {
    let served = operation.get_mut("responses").and_then(|responses| responses.pointer_mut("/200/content/application~1json/schema"));
    let Some(schema) = served else { return Vec::new() };
    let sparse = schema.as_object().and_then(referred_schema).and_then(|name| add_sparse(name, schemas));
    let Some(Sparse { reference, fields }) = sparse else { return Vec::new() };
    *schema = json!({ "anyOf": [schema.take(), reference] });
    fields
}

fn complete_parameters(method: &str, operation: &mut Object, facts: &OperationFacts, fields: &[String], schemas: &Object) {
    let mut parameters = match operation.remove("parameters") {
        Some(Value::Array(parameters)) => parameters,
        _ => Vec::new(),
    };
    for parameter in parameters.iter_mut().filter_map(Value::as_object_mut) {
        describe_by_schema(parameter, schemas);
        separate_by_commas(parameter);
    }
    let signed: Vec<String> = facts.sorts.iter().flat_map(|word| [(*word).to_owned(), format!("-{word}")]).collect();
    let expands: Vec<String> = facts.expands.iter().map(|word| (*word).to_owned()).collect();
    parameters.extend(words_parameter("fields", "Only these properties; the answer is then sparse.", fields, fields.len()));
    parameters.extend(sort_parameter(&signed));
    parameters.extend(words_parameter(
        "expand",
        "Related objects to show beside their ids; `null` when this caller may not see them.",
        &expands,
        expands.len(),
    ));
    parameters.extend(shared_parameters(method, facts).into_iter().map(parameter_ref));
    operation.insert("parameters".to_owned(), Value::Array(parameters));
}

fn describe_by_schema(parameter: &mut Object, schemas: &Object) {
    let schema = parameter.get("schema").and_then(Value::as_object);
    let named = schema.and_then(referred_schema).and_then(|name| schemas.get(name)).and_then(Value::as_object);
    let description = named.or(schema).and_then(|schema| text(schema, "description")).map(str::to_owned);
    if let Some(first_paragraph) = description.as_deref().and_then(|description| description.split("\n\n").next()) {
        parameter.entry("description").or_insert(json!(first_paragraph));
    }
}

fn separate_by_commas(parameter: &mut Object) {
    if text(parameter, "in") == Some("query") && parameter.get("schema").and_then(|schema| schema.get("items")).is_some() {
        parameter.insert("style".to_owned(), json!("form"));
        parameter.insert("explode".to_owned(), json!(false));
    }
}

fn sort_parameter(words: &[String]) -> Option<Value> {
    let first = words.first()?;
    Some(json!({
        "name": "sort", "in": "query", "required": false,
        "description": format!("Order of the items, `{first}` by default; `-` turns a word round."),
        "schema": { "type": "string", "enum": words, "examples": [first] },
    }))
}

fn words_parameter(name: &str, description: &str, words: &[String], most: usize) -> Option<Value> {
    let first = words.first()?;
    Some(json!({
        "name": name, "in": "query", "required": false, "style": "form", "explode": false, "description": description,
        "schema": {
            "type": "array", "minItems": 1, "maxItems": most, "uniqueItems": true,
            "items": { "type": "string", "enum": words }, "examples": [[first]],
        },
    }))
}

fn shared_parameters(method: &str, facts: &OperationFacts) -> Vec<&'static str> {
    let get = method == "get";
    let when = [
        (facts.lists && get, "Limit"),
        (facts.lists && get, "Cursor"),
        (facts.lists, "Prefer"),
        (facts.idempotent, "Idempotency-Key"),
        (facts.conditional_write, "If-Match"),
        (facts.versioned && get, "If-None-Match"),
        (facts.downloads, "Range"),
        (facts.downloads, "If-Range"),
        (true, "Accept-Language"),
    ];
    when.into_iter().filter_map(|(applies, name)| applies.then_some(name)).collect()
}

fn complete_responses(method: &str, operation: &mut Object, facts: &OperationFacts) {
    let refusals = refusals(operation, facts);
    let response_ref = if facts.speaks_oauth { oauth_response } else { response_ref };
    let Some(Value::Object(responses)) = operation.get_mut("responses") else { return };
    for (status, response) in responses.iter_mut() {
        match status.parse().ok().and_then(response_ref) {
            Some(shared) => *response = shared,
            None => complete_success(status, response, facts),
        }
    }
    responses.extend(refusals.into_iter().filter_map(|status| Some((status.to_string(), response_ref(status)?))));
    if facts.idempotent && responses.contains_key("201") {
        responses.insert("200".to_owned(), validated());
    }
    if facts.follows {
        responses.insert("308".to_owned(), moved());
    }
    if facts.versioned && method == "get" {
        responses.insert("304".to_owned(), not_modified_ref());
    }
}

/// The answer to `mode=validate`.
fn validated() -> Value {
    json!({
        "description": "With `mode=validate`: the request would succeed. Nothing was stored.",
        "headers": header_refs(ALWAYS.into_iter().chain(["Content-Language"])),
        "content": { "application/json": { "schema": schema_ref("Validation") } },
    })
}

/// The answer that leads on.
fn moved() -> Value {
    json!({
        "description": "The resource was merged into another one, at the address in `Location`.",
        "headers": header_refs(ALWAYS.into_iter().chain(["Location"])),
    })
}

fn refusals(operation: &Object, facts: &OperationFacts) -> Vec<u16> {
    let names_a_resource =
        operation.get("parameters").and_then(Value::as_array).into_iter().flatten().any(|parameter| parameter.get("in") == Some(&json!("path")));
    let has_body = operation.contains_key("requestBody");
    let when = [
        (true, 400),
        (true, 401),
        (!facts.public, 403),
        (names_a_resource, 404),
        (!facts.at_root, 406),
        (has_body, 408),
        (facts.idempotent || facts.conditional_write, 409),
        (facts.conditional_write, 412),
        (has_body, 413),
        (has_body, 415),
        (facts.idempotent || facts.conditional_write, 428),
        (true, 429),
        (true, 500),
        (true, 503),
    ];
    when.into_iter().filter_map(|(applies, status)| applies.then_some(status)).collect()
}

fn complete_success(status: &str, response: &mut Value, facts: &OperationFacts) {
    let Some(response) = response.as_object_mut() else { return };
    if let Some(Value::Object(content)) = response.get_mut("content") {
        complete_content(content, facts);
    }
    // A step is no resource of its own: it has neither a version nor an address.
    let created = facts.idempotent && facts.versioned && matches!(status, "201" | "202");
    let when = [
        (response.contains_key("content"), "Content-Language"),
        (facts.versioned, "ETag"),
        (facts.idempotent, "Idempotency-Replayed"),
        (facts.lists, "Link"),
        (facts.lists, "Preference-Applied"),
        (facts.downloads, "Accept-Ranges"),
        (facts.downloads, "Content-Disposition"),
        (facts.downloads && status == "206", "Content-Range"),
        (created, "Location"),
    ];
    let particular = when.into_iter().filter_map(|(applies, name)| applies.then_some(name));
    response.insert("headers".to_owned(), header_refs(ALWAYS.into_iter().chain(particular)));
}

/// Plain text of any length is described by its media type alone, and so is a document whose form a standard gives.
fn complete_content(content: &mut Object, facts: &OperationFacts) {
    for (_, media) in content.iter_mut().filter(|(name, _)| *name != "application/json") {
        if media.get("schema") == Some(&json!({ "type": "string" })) {
            *media = json!({});
        }
    }
    if facts.streams {
        content.extend(["text/csv", "application/x-ndjson"].map(|name| (name.to_owned(), json!({}))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::contract::json::object;

    fn completed(method: &str, operation: Value, facts: &OperationFacts) -> Value {
        let mut operation = object(operation);
        complete(method, &mut operation, facts, &mut Object::new());
        Value::Object(operation)
    }

    fn statuses(operation: &Value) -> Vec<&str> {
        operation.get("responses").and_then(Value::as_object).into_iter().flat_map(Object::keys).map(String::as_str).collect()
    }

    #[test]
    fn a_conditional_write_documents_its_precondition() {
        let facts = OperationFacts { conditional_write: true, versioned: true, ..OperationFacts::default() };
        let patch = json!({
            "parameters": [{ "name": "id", "in": "path" }],
            "requestBody": { "content": { "application/json": {} } },
            "responses": { "200": { "content": { "application/json": {} } } },
        });
        let patch = completed("patch", patch, &facts);
        assert_eq!(statuses(&patch), ["200", "400", "401", "403", "404", "406", "408", "409", "412", "413", "415", "428", "429", "500", "503"]);
        assert!(patch.pointer("/requestBody/content/application~1merge-patch+json").is_some());
        assert!(patch.pointer("/responses/200/headers/ETag").is_some());
    }

    #[test]
    fn only_a_resource_that_is_created_has_an_address() {
        let create = OperationFacts { idempotent: true, versioned: true, ..OperationFacts::default() };
        let step = OperationFacts { idempotent: true, conditional_write: true, ..OperationFacts::default() };
        let located =
            |facts: &OperationFacts<'_>| completed("post", json!({ "responses": { "201": {} } }), facts).pointer("/responses/201/headers/Location").is_some();
        assert_eq!([located(&create), located(&step)], [true, false]);
    }

    #[test]
    fn a_public_read_asks_for_no_credential() {
        let facts = OperationFacts { public: true, ..OperationFacts::default() };
        let probe = completed("get", json!({ "responses": { "200": {} } }), &facts);
        assert_eq!(probe.get("security"), Some(&json!([{}])));
        assert_eq!(statuses(&probe), ["200", "400", "401", "406", "429", "500", "503"]);
    }

    #[test]
    fn a_refusal_named_by_the_handler_becomes_the_shared_one() {
        let retrieve = completed("get", json!({ "responses": { "410": { "description": "Forgotten." } } }), &OperationFacts::default());
        assert_eq!(retrieve.pointer("/responses/410"), response_ref(410).as_ref());
    }

    #[test]
    fn sort_words_go_both_ways() {
        let facts = OperationFacts { sorts: &["opened"], ..OperationFacts::default() };
        let list = completed("get", json!({ "responses": {} }), &facts);
        assert_eq!(list.pointer("/parameters/0/schema/enum"), Some(&json!(["opened", "-opened"])));
    }
}

//! Every answer that a test sees is held against the contract: its status is declared, its body conforms.

use super::Reply;
use entraide::app;
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

static CONTRACT: LazyLock<Value> = LazyLock::new(|| app::contract(&app::endpoints()).unwrap());
/// Read once for all validators, which refer to it by its name.
static REGISTRY: LazyLock<Registry<'static>> =
    LazyLock::new(|| Registry::new().add(NAME, Draft::Draft202012.create_resource_ref(&CONTRACT)).unwrap().prepare().unwrap());
static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);

/// What the contract is called among schemas.
const NAME: &str = "urn:contract";

/// Statuses that belong to HTTP itself and are declared nowhere.
const PROTOCOL: [u16; 4] = [405, 408, 421, 431];

/// The contract as it is generated now.
pub fn declared() -> &'static Value {
    &CONTRACT
}

pub fn is_at_root(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    path == "/" || path.starts_with("/docs") || template(path).is_some_and(|(_, item)| item.get("servers").is_some())
}

/// The paths of the contract by where they begin.
static TEMPLATES: LazyLock<HashMap<&'static str, Vec<(&'static str, &'static Value)>>> = LazyLock::new(|| {
    let mut templates: HashMap<_, Vec<_>> = HashMap::new();
    for (template, item) in CONTRACT["paths"].as_object().unwrap() {
        templates.entry(beginning(template)).or_default().push((template.as_str(), item));
    }
    templates
});

/// The first part of a path; none is a variable.
fn beginning(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == found || (wanted.starts_with('{') && !found.is_empty()) => {}
            _ => return false,
        }
    }
}

/// The path of the contract that an address belongs to, the one with fewest variables first.
fn template(path: &str) -> Option<(&'static str, &'static Value)> {
    let fitting = TEMPLATES.get(beginning(path))?.iter().filter(|(template, _)| fits(template, path));
    fitting.min_by_key(|(template, _)| template.matches('{').count()).copied()
}

fn resolved(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => resolved(CONTRACT.pointer(reference.trim_start_matches('#')).unwrap()),
        None => value,
    }
}

pub fn check(method: &str, path: &str, reply: &Reply) {
    let path = path.split('?').next().unwrap_or_default();
    let method = if method == "HEAD" { "get".to_owned() } else { method.to_lowercase() };
    let Some((template, operation)) = template(path).and_then(|(template, item)| Some((template, item.get(&method)?))) else {
        assert!(matches!(reply.status, 200 | 204 | 307 | 400 | 401 | 404 | 405 | 429), "{method} {path} answered {}", reply.status);
        return;
    };
    if PROTOCOL.contains(&reply.status) {
        return;
    }
    let declared = &operation["responses"][reply.status.to_string()];
    assert!(!declared.is_null(), "{method} {template} answered {}, which is not declared: {}", reply.status, reply.text());
    let declared = resolved(declared);
    for (name, header) in declared["headers"].as_object().into_iter().flatten() {
        let needed = resolved(header)["required"] == json!(true);
        assert!(!needed || !reply.header(name).is_empty(), "{method} {template} {}: header {name} is missing", reply.status);
    }
    check_body(&format!("{method} {template} {}", reply.status), declared, reply);
}

fn check_body(place: &str, declared: &'static Value, reply: &Reply) {
    let Some(contents) = declared["content"].as_object() else {
        assert!(reply.bytes.is_empty(), "{place}: a body where none is declared: {}", reply.text());
        return;
    };
    let media_type = reply.header("content-type").split(';').next().unwrap_or_default();
    let Some(content) = contents.get(media_type) else { panic!("{place}: {media_type} is not declared") };
    if reply.bytes.is_empty() || !media_type.ends_with("json") || content["schema"].is_null() {
        return;
    }
    let key = format!("{place} {media_type}");
    let validator = Arc::clone(VALIDATORS.lock().unwrap().entry(key).or_insert_with(|| {
        let schema = content["schema"].to_string().replace("\"#/", &format!("\"{NAME}#/"));
        let options = jsonschema::options().with_draft(Draft::Draft202012).with_registry(&REGISTRY).should_validate_formats(true);
        Arc::new(options.build(&serde_json::from_str(&schema).unwrap()).unwrap())
    }));
    let body = reply.json();
    let errors: Vec<String> = validator.iter_errors(&body).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(errors.is_empty(), "{place} does not conform: {errors:#?}\n{body}");
}

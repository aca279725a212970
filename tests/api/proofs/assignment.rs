//! Mass assignment: no body takes a field that its schema does not declare, whatever column or word it is the name of.

use super::requests::{Operation, example, operations, resolved};
use crate::harness::cases::at;
use crate::harness::machines::{self, FORM, id, machine, secret};
use crate::harness::{Client, Reply, World};
use diesel::prelude::*;
use entraide::auth::Role;
use entraide::db::Id;
use entraide::db::schema::audit_events;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[rustfmt::skip]
const GENERIC: [&str; 20] = [
    "_id", "admin", "isAdmin", "is_admin", "is_superuser", "roles", "permissions", "scope", "owner", "owner_id", "tenant_id", "created_by", "deleted",
    "password", "token", "__proto__", "constructor", "prototype", "$where", "class",
];

/// The codes that refuse a field: one that is nobody's, and those whose place is elsewhere.
const REFUSALS: [&str; 4] = ["field.unknown", "field.read_only", "field.state", "field.derived"];

/// Every column of every table.
fn columns() -> BTreeSet<&'static str> {
    let schema = include_str!("../../../src/db/schema.rs");
    schema.lines().filter_map(|line| line.trim().split_once(" -> ").map(|(name, _)| name)).collect()
}

/// An example with all that the schema declares, and not only what is required.
fn whole(schema: &'static Value) -> Value {
    let schema = resolved(schema);
    if let Some(forms) = schema["oneOf"].as_array().filter(|_| schema.get("const").is_none()) {
        return forms.iter().find(|form| form["type"] != "null").map(whole).unwrap();
    }
    match (schema["properties"].as_object(), schema.get("items")) {
        (Some(properties), _) => Value::Object(properties.iter().map(|(name, property)| (name.clone(), whole(property))).collect()),
        (None, Some(items)) => json!([whole(items)]),
        _ => example(schema),
    }
}

/// Puts each name into each object of a body that does not have it; tells where.
fn stuff(body: &mut Value, names: &[&str], at: &str, places: &mut BTreeSet<String>) {
    match body {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                stuff(member, names, &format!("{at}/{name}"), places);
            }
            for name in names {
                if !members.contains_key(*name) {
                    members.insert((*name).to_owned(), json!("x"));
                    places.insert(format!("{at}/{name}"));
                }
            }
        }
        Value::Array(items) => items.iter_mut().enumerate().for_each(|(place, item)| stuff(item, names, &format!("{at}/{place}"), places)),
        _ => {}
    }
}

/// The first of the callers who may call the operation at all.
fn ask(callers: &[Client], operation: &Operation, body: &Value) -> Reply {
    let id = Id::new().to_string();
    let turned_away =
        |reply: &Reply| matches!(reply.status, 401 | 403) && ["credentials.missing", "function.not_granted"].contains(&reply.json()["code"].as_str().unwrap());
    callers.iter().map(|caller| operation.try_out(caller, &id, Some(body), "")).find(|reply| !turned_away(reply)).unwrap()
}

fn refused(reply: &Reply) -> BTreeSet<String> {
    if reply.status != 400 {
        return BTreeSet::new();
    }
    let refusal = |error: &&Value| REFUSALS.contains(&error["code"].as_str().unwrap());
    reply.json()["errors"].as_array().unwrap().iter().filter(refusal).filter_map(|error| error["pointer"].as_str().map(str::to_owned)).collect()
}

/// How many changes are on the record; reading is on it too, and sound bodies may read.
fn changes(world: &World) -> i64 {
    world.db().read_now(|conn| Ok(audit_events::table.filter(audit_events::action.ne("read")).count().get_result(conn)?)).unwrap()
}

/// Every column of every table, and names that are tried on any server.
fn names() -> Vec<&'static str> {
    columns().into_iter().chain(GENERIC).collect::<BTreeSet<&str>>().into_iter().collect()
}

#[test]
fn no_body_takes_a_field_that_it_does_not_declare() {
    let world = World::new();
    let national = [Role::Dpo, Role::NationalStaff, Role::AidCommitteeMember, Role::Treasurer].map(|role| world.user(role.as_str(), role, None));
    let callers: Vec<Client> = [world.anonymous(), world.admin(), world.head("63")].into_iter().chain(national).collect();
    let names = names();
    assert!(names.len() > 200, "the columns of the schema were not read");
    let (mut forms, mut tried, mut accepted) = (0, 0, Vec::new());
    for operation in operations() {
        for (schema, sound) in operation.schemas().into_iter().zip(operation.bodies()) {
            forms += 1;
            let reply = ask(&callers, &operation, &sound);
            assert!(refused(&reply).is_empty(), "{} refuses {sound}: {}", operation.name, reply.text());
            // A sound body may change something where there are no trials.
            let before = changes(&world);
            // A problem tells of a thousand flaws at most.
            for names in names.chunks(60) {
                let (mut body, mut places) = (whole(schema), BTreeSet::new());
                stuff(&mut body, names, "", &mut places);
                let refused_at = refused(&ask(&callers, &operation, &body));
                tried += places.len();
                accepted.extend(places.difference(&refused_at).map(|place| format!("{} {place}", operation.name)));
            }
            // Alone, too: nothing else is wrong with the body.
            for name in GENERIC.iter().filter(|name| sound.get(**name).is_none() && schema["properties"].get(**name).is_none()) {
                let mut body = sound.clone();
                body[*name] = json!(true);
                tried += 1;
                let refused_at = refused(&ask(&callers, &operation, &body));
                if refused_at != BTreeSet::from([format!("/{name}")]) {
                    accepted.push(format!("{} {name} alone: {refused_at:?}", operation.name));
                }
            }
            assert_eq!(changes(&world), before, "a refused body of {} changed something", operation.name);
        }
    }
    assert!(accepted.is_empty(), "{} of {tried} accepted: {accepted:#?}", accepted.len());
    println!("{tried} fields in {forms} bodies, none accepted");
}

/// Requests for tokens alone are forms: there RFC 6749 has what is not declared passed over, and not refused.
#[test]
fn a_request_for_a_token_gets_nothing_by_a_field_that_it_does_not_declare() {
    let others: Vec<(&str, &str)> =
        operations().iter().filter_map(|operation| Some((operation.name, operation.media_type().filter(|media| !media.ends_with("json"))?))).collect();
    // A form with a file refuses what it does not declare, as every body does: the tests of documents say so.
    let files =
        ["aid_document_versions_create", "aid_documents_create", "document_versions_create", "documents_create"].map(|name| (name, "multipart/form-data"));
    assert_eq!(others.into_iter().collect::<BTreeSet<_>>(), files.into_iter().chain([("imports_create", "text/csv"), ("tokens_issue", FORM)]).collect());
    let world = World::new();
    let admin = world.admin();
    let made = machine(&admin, &json!({}));
    let (secret, _) = secret(&admin, &made);
    let state = || {
        let mut view = admin.get(&at("api-clients", &made)).ok();
        view["last_used_at"] = Value::Null;
        (view, changes(&world))
    };
    let before = state();
    let declared = ["grant_type", "scope", "client_id", "client_secret", "client_assertion_type", "client_assertion"];
    let names: Vec<&str> = names().into_iter().filter(|name| !declared.contains(name)).collect();
    let mut tokens = 0;
    for names in names.chunks(30) {
        let fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, "admin cases.read")).collect();
        let answer = machines::ask(&world, id(&made), &secret, &fields).ok();
        tokens += 1;
        assert_eq!((&answer["scope"], &answer["expires_in"]), (&json!("directory.read"), &json!(600)), "{names:?}");
    }
    let after = state();
    assert_eq!((after.0, after.1), (before.0, before.1 + tokens), "a token is a change by itself, and the only one");
}

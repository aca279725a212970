//! The permission table: its golden copy, its operations, and what it says held against a running server.

use crate::harness::data::school;
use crate::harness::{Client, World, declared, golden};
use entraide::app;
use entraide::auth::Role;
use entraide::auth::policy::{Access, MATRIX, Perimeter, Rows, access};
use entraide::db::Id;
use entraide::http::Endpoint;
use entraide::values::Choice;
use std::collections::BTreeSet;

/// A user of each role, in the place that it asks for.
fn everybody(world: &World) -> Vec<(Role, Client)> {
    let school = world.admin().post("/establishments", &school(630_001)).ok();
    let user = |role: Role| match role.perimeter() {
        Perimeter::Department => world.user(role.as_str(), role, Some("63")),
        Perimeter::Academy => world.user_at(role.as_str(), role, (None, Some("06"), None)),
        Perimeter::Establishment => world.correspondent(&school),
        _ => world.user(role.as_str(), role, None),
    };
    let roles: Vec<Role> = Role::ENUMERATION.values.iter().map(|role| role.code.parse().unwrap()).collect();
    roles.into_iter().map(|role| (role, user(role))).collect()
}

#[test]
fn the_permission_table_is_its_golden_copy() {
    let table: String = MATRIX.iter().map(|(operation, access)| format!("{operation} {}\n", access.words().join(" "))).collect();
    golden::same("permissions.txt", &table);
}

#[test]
fn who_works_for_a_department_or_a_school_is_a_member_of_the_register() {
    let roles = Role::ENUMERATION.values.iter().map(|role| role.code.parse::<Role>().unwrap());
    let members: Vec<Role> = roles.filter(|role| role.needs_member()).collect();
    assert_eq!(members, [Role::DepartmentHead, Role::DepartmentStaff, Role::Volunteer, Role::Correspondent]);
}

#[test]
fn a_line_names_each_role_and_its_rows_once_and_places_only_for_roles_that_have_them() {
    let operations: BTreeSet<&str> = MATRIX.iter().map(|(operation, _)| *operation).collect();
    assert_eq!(operations.len(), MATRIX.len(), "an operation has two lines");
    for (operation, access) in MATRIX {
        let lines = access.roles();
        for (at, (role, granted)) in lines.iter().enumerate() {
            assert!(lines.iter().skip(at + 1).all(|other| *other != (*role, *granted)), "{operation}: {role:?} twice");
            assert!(*granted != Rows::OwnDepartment || role.perimeter() == Perimeter::Department, "{operation}: {role:?} has no department");
            assert!(*granted != Rows::OwnAcademy || role.perimeter() == Perimeter::Academy, "{operation}: {role:?} has no academy");
        }
    }
}

#[test]
fn every_operation_of_the_contract_has_a_line_and_every_line_an_operation() {
    let served: BTreeSet<String> = declared()["paths"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|item| item.as_object().unwrap().values().filter_map(|operation| operation["operationId"].as_str()))
        .map(str::to_owned)
        .collect();
    let routed: BTreeSet<String> = app::endpoints().iter().map(|endpoint| endpoint.route.operation.clone()).collect();
    assert_eq!(served, routed, "the contract and the routes name different operations");
    for (operation, _) in MATRIX {
        assert!(served.contains(*operation), "{operation} has a line and no route");
    }
    for operation in served {
        assert!(access(&operation).is_some(), "{operation} has no line");
    }
}

fn address(endpoint: &Endpoint) -> String {
    endpoint.route.path.split('/').map(|part| if part.starts_with('{') { Id::new().to_string() } else { part.to_owned() }).collect::<Vec<_>>().join("/")
}

fn call(client: &Client, endpoint: &Endpoint) -> (u16, String) {
    let method = match endpoint.route.method.as_str() {
        "POST" => "POST",
        "PATCH" => "PATCH",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "GET",
    };
    let reply = client.request(method, &address(endpoint)).send();
    let code = if reply.status >= 400 { reply.json()["code"].as_str().unwrap_or_default().to_owned() } else { String::new() };
    (reply.status, code)
}

fn grants(access: Access, role: Role) -> bool {
    match access {
        Access::Public | Access::SignedIn => true,
        Access::Granted(lines) | Access::Shared(lines, _) => lines.iter().any(|(granted, _)| *granted == role),
    }
}

#[test]
fn each_role_is_refused_exactly_where_the_table_says_so() {
    let world = World::new();
    let endpoints = app::endpoints();
    for (role, client) in everybody(&world) {
        // Logging out comes last: it ends the session of the others.
        let logs_out = |endpoint: &&Endpoint| ["sessions_delete_current", "me_sessions_delete"].contains(&endpoint.route.operation.as_str());
        let (ending, others): (Vec<&Endpoint>, Vec<&Endpoint>) = endpoints.iter().partition(logs_out);
        for endpoint in others.into_iter().chain(ending) {
            let operation = &endpoint.route.operation;
            let refused = call(&client, endpoint) == (403, "function.not_granted".to_owned());
            assert_eq!(refused, !grants(access(operation).unwrap(), role), "{role:?} at {operation}");
        }
    }
}

#[test]
fn only_public_operations_answer_without_a_token() {
    let world = World::new();
    for endpoint in app::endpoints() {
        let (status, code) = call(&world.anonymous(), &endpoint);
        let public = access(&endpoint.route.operation) == Some(Access::Public);
        assert_eq!(code == "credentials.missing", !public, "{} answered {status} {code}", endpoint.route.operation);
        assert_eq!(status == 401, !public, "{} answered {status} {code}", endpoint.route.operation);
    }
}

#[test]
fn a_grant_counts_from_its_first_day_to_its_last_in_paris() {
    let world = World::new();
    let user = world.admin();
    let login = user.login().to_owned();
    world
        .db()
        .write_now(move |conn| {
            use diesel::prelude::*;
            use entraide::db::schema::{grants, users};
            let id: Id = users::table.filter(users::login.eq(login)).select(users::id).first(conn)?;
            let days = (
                grants::starts_on.eq("2026-11-23".parse::<entraide::values::Day>().unwrap()),
                grants::ends_on.eq("2026-11-24".parse::<entraide::values::Day>().ok()),
            );
            diesel::update(grants::table.filter(grants::user_id.eq(id))).set(days).execute(conn)?;
            entraide::auth::store::advance_epoch(conn)
        })
        .unwrap();
    let token = |at: &str| {
        world.set_time(at);
        let body = serde_json::json!({ "login": user.login(), "password": crate::harness::PASSWORD });
        user.with_token(world.anonymous().post("/auth/sessions", &body).ok()["access_token"].as_str().unwrap())
    };
    for (at, status) in [("2026-11-22T22:58:50Z", 403), ("2026-11-22T23:00:00Z", 200), ("2026-11-24T22:58:50Z", 200), ("2026-11-24T23:00:00Z", 403)] {
        assert_eq!(token(at).get("/establishments").status, status, "{at}");
    }
    let client = token("2026-11-24T22:58:00Z");
    assert_eq!(client.get("/establishments").status, 200);
    world.set_time("2026-11-24T23:00:01Z");
    client.get("/establishments").refused(403, "function.not_granted");
}

//! What machines reach with their tokens, from where, and how soon a change is felt.

use crate::harness::cases::{at, case_with, order, person};
use crate::harness::data::{association, school_with};
use crate::harness::machines::{ask, ask_from, id, machine, secret, signed_in, with};
use crate::harness::{Client, World};
use crate::tokens::{forged, opened};
use diesel::prelude::*;
use entraide::app;
use entraide::auth::machine::{Machine, Reach};
use entraide::auth::policy::{Access, Rows, access};
use entraide::auth::{ClientScope, Confidentiality, Principal, Role, Scope};
use entraide::db::Id;
use entraide::db::paging::Slice;
use entraide::db::schema::{correspondents, employments, members, memberships};
use entraide::dossiers::model::DossierFilters;
use entraide::dossiers::store::list as list_dossiers;
use entraide::error::Place;
use entraide::values::input::{Fields, Query, Reading};
use serde_json::{Value, json};

const STUDY: &str = "/dossiers?purpose=Barom%C3%A8tre%202026";

fn cases(fields: &Value) -> Value {
    let mut all = json!({ "name": "Études", "scopes": ["cases.read"] });
    all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    all
}

/// Dossiers of two academies, at each level of confidentiality.
fn furnish(world: &World) {
    for department in ["63", "03", "13"] {
        let head = world.head(department);
        let member = person(&head, department);
        for level in ["standard", "restricted", "confidential", "secret"] {
            head.post("/dossiers", &case_with(&member, &json!({ "confidentiality": level }))).ok();
        }
    }
}

#[test]
fn each_scope_reaches_the_operations_of_the_table_and_no_other() {
    let world = World::new();
    let admin = world.admin();
    for (scope, word) in [(ClientScope::DirectoryRead, "directory.read"), (ClientScope::CasesRead, "cases.read")] {
        let (_, _, client) = signed_in(&world, &admin, &json!({ "scopes": [word] }));
        let mut reached = Vec::new();
        for endpoint in app::endpoints() {
            let operation = endpoint.route.operation.clone();
            let path: Vec<String> =
                endpoint.route.path.split('/').map(|part| if part.starts_with('{') { Id::new().to_string() } else { part.to_owned() }).collect();
            let method = ["POST", "PATCH", "PUT", "DELETE"].into_iter().find(|method| *method == endpoint.route.method.as_str()).unwrap_or("GET");
            let reply = client.request(method, &path.join("/")).send();
            let refused = reply.status == 403 && reply.json()["code"] == "function.not_granted";
            let access = access(&operation).unwrap();
            let granted = access == Access::Public || access.scopes().iter().any(|(granted, _)| *granted == scope);
            assert_eq!(refused, !granted, "{word} at {operation}: {}", reply.status);
            if granted && access != Access::Public {
                reached.push(operation);
            }
        }
        let told = client.get("/me/client").ok();
        assert_eq!((&told["operations"], &told["scopes"]), (&json!(reached), &json!([word])));
    }
}

#[test]
fn a_machine_learns_what_its_token_is_good_for_and_is_no_user() {
    let world = World::new();
    let admin = world.admin();
    let (made, _, client) = signed_in(&world, &admin, &cases(&json!({ "row_scope": "academy", "academy_code": "06", "expires_on": "2027-01-31" })));
    let told = client.get("/me/client").ok();
    for name in ["id", "name", "row_scope", "academy_code", "insurer_code", "pseudonymised", "max_confidentiality", "expires_on"] {
        assert_eq!(told[name], made[name], "{name}");
    }
    assert_eq!(told["operations"], json!(["me_client_retrieve", "dossiers_list"]));
    for path in ["/me", "/me/sessions", "/users", "/api-clients", "/members"] {
        client.get(path).refused(403, "function.not_granted");
    }
    admin.get("/me/client").refused(403, "function.not_granted");
}

#[test]
fn the_directory_is_read_whole_or_for_one_academy() {
    let world = World::new();
    let admin = world.admin();
    for (number, department) in [(630_001, "63"), (130_001, "13")] {
        admin.post("/establishments", &school_with(number, &json!({ "department_code": department }))).ok();
    }
    let elsewhere = admin.all("/establishments?department=13")[0].clone();
    let codes = |client: &Client, path: &str| -> Vec<String> {
        let mut codes: Vec<String> = client.all(path).iter().map(|row| row["department_code"].as_str().unwrap_or("-").to_owned()).collect();
        codes.sort();
        codes.dedup();
        codes
    };
    let (_, _, national) = signed_in(&world, &admin, &json!({}));
    assert_eq!((codes(&national, "/establishments"), codes(&national, "/associations").len()), (vec!["13".to_owned(), "63".to_owned()], 102));
    let (_, _, academy) = signed_in(&world, &admin, &json!({ "row_scope": "academy", "academy_code": "06" }));
    assert_eq!(codes(&academy, "/establishments"), ["63"]);
    assert_eq!(codes(&academy, "/associations"), ["03", "15", "43", "63"]);
    academy.get(&at("establishments", &elsewhere)).refused(404, "not_found");
    academy.get(&format!("/associations/{}", association(&admin, "13").as_str().unwrap())).refused(404, "not_found");
    let counted = academy.request("GET", "/establishments").header("Prefer", "count=exact").send();
    assert_eq!(counted.ok()["total_count"], 1);
    let (_, _, insurer) = signed_in(&world, &admin, &json!({ "row_scope": "insurer", "insurer_code": "mutuelle-x" }));
    assert_eq!(codes(&insurer, "/establishments"), ["13", "63"], "the directory is public");
}

#[test]
fn dossiers_are_read_under_pseudonyms_up_to_the_level_and_in_the_academy_of_the_machine() {
    let world = World::new();
    let admin = world.admin();
    furnish(&world);
    let (_, _, all) = signed_in(&world, &admin, &cases(&json!({ "max_confidentiality": "secret" })));
    let analyst = world.user("analyst", Role::Analyst, None);
    assert_eq!(all.all(STUDY), analyst.all(STUDY), "a machine reads what an analyst reads");
    assert_eq!(all.all(STUDY).len(), 12);
    let seen = |client: &Client| -> Vec<(String, String)> {
        let mut seen: Vec<_> = client
            .all(STUDY)
            .iter()
            .map(|row| (row["department_code"].as_str().unwrap().to_owned(), row["confidentiality"].as_str().unwrap().to_owned()))
            .collect();
        seen.sort();
        seen
    };
    let pairs = |departments: &[&str], levels: &[&str]| -> Vec<(String, String)> {
        departments.iter().flat_map(|code| levels.iter().map(|level| ((*code).to_owned(), (*level).to_owned()))).collect()
    };
    for (fields, departments, levels) in [
        (json!({}), vec!["03", "13", "63"], vec!["standard"]),
        (json!({ "max_confidentiality": "confidential" }), vec!["03", "13", "63"], vec!["confidential", "restricted", "standard"]),
        (json!({ "row_scope": "academy", "academy_code": "06", "max_confidentiality": "restricted" }), vec!["03", "63"], vec!["restricted", "standard"]),
        (json!({ "row_scope": "academy", "academy_code": "01", "max_confidentiality": "secret" }), vec![], vec![]),
    ] {
        let (_, _, client) = signed_in(&world, &admin, &cases(&fields));
        let expected = pairs(&departments, &levels);
        assert_eq!(seen(&client), expected, "{fields}");
        let counted = client.request("GET", STUDY).header("Prefer", "count=exact").send();
        assert_eq!(counted.ok()["total_count"], expected.len(), "{fields}");
        for media_type in ["text/csv", "application/x-ndjson"] {
            let export = client.request("GET", STUDY).header("Accept", media_type).send();
            assert_eq!(export.text().lines().count(), expected.len() + usize::from(media_type == "text/csv"), "{fields}");
        }
        assert_eq!(client.get(&format!("{STUDY}&department=13&confidentiality=secret")).ok()["items"], json!([]));
        assert_eq!(client.get("/dossiers").flaws(), ["purpose purpose.required"]);
        client.get(&format!("{STUDY}&sort=opened")).refused(403, "field.masked");
    }
}

fn no_filters() -> DossierFilters {
    let mut issues = Vec::new();
    DossierFilters::take(&mut Fields::of_query(Vec::new(), &mut Reading::new(&mut issues, Place::Parameter(String::new())))).unwrap()
}

/// A line that the table does not have: every row, for a machine.
const ALL: Access = Access::Shared(&[], &[(ClientScope::CasesRead, Rows::All)]);

/// A machine that no administrator can make: its row was changed behind the server's back.
fn principal(reach: Reach, pseudonymised: bool) -> Principal {
    let (id, scopes) = (Id::new(), vec![ClientScope::CasesRead, ClientScope::DirectoryRead]);
    let machine = Machine {
        id,
        scopes,
        reach,
        pseudonymised,
        max_confidentiality: Confidentiality::Secret,
        expires_on: None,
        networks: Vec::new(),
        noted: Default::default(),
    };
    Principal::of_machine(machine, "X".to_owned(), 1, 1)
}

#[test]
fn an_insurer_sees_nobody_and_no_dossier_whatever_it_would_be_granted() {
    let world = World::new();
    furnish(&world);
    let insurer = principal(Reach::Insurer("mutuelle-x".parse().unwrap()), true);
    let counts = move |principal: Principal| {
        let now = world.now();
        world
            .db()
            .read_now(move |conn| {
                let through = |access| Scope::of(&principal, access, now).unwrap();
                let listed = through(access("dossiers_list").unwrap());
                let wide = through(ALL);
                let slice = |sort| Slice { sort, limit: 100, ..Slice::default() };
                let filters = no_filters();
                let dossiers = list_dossiers(conn, &listed, &filters, &slice("month"))?.len();
                let more = list_dossiers(conn, &wide, &filters, &slice("month"))?.len();
                let people: i64 = members::table.into_boxed().filter(wide.members()).count().get_result(conn)?;
                let periods: i64 = memberships::table.into_boxed().filter(wide.memberships()).count().get_result(conn)?;
                let posts: i64 = employments::table.into_boxed().filter(wide.employments()).count().get_result(conn)?;
                let speakers: i64 = correspondents::table.into_boxed().filter(wide.correspondents()).count().get_result(conn)?;
                Ok((dossiers, more, people, periods + posts + speakers, wide.is_all()))
            })
            .unwrap()
    };
    assert_eq!(counts(insurer), (0, 0, 0, 0, false));
    assert_eq!(counts(principal(Reach::National, true)), (12, 12, 3, 0, true), "the control: all of it is there to be seen");
    assert_eq!(counts(principal(Reach::National, false)).0, 0, "without pseudonyms no machine reads dossiers");
}

#[test]
fn a_change_of_a_machine_is_felt_at_the_next_request() {
    let world = World::new();
    let admin = world.admin();
    let changes: [(&str, Value); 6] = [
        ("scopes", json!({ "scopes": ["cases.read"] })),
        ("rows", json!({ "row_scope": "academy", "academy_code": "06" })),
        ("level", json!({ "max_confidentiality": "secret" })),
        ("networks", json!({ "networks": ["192.0.2.0/24"] })),
        ("end", json!({ "expires_on": "2026-12-31" })),
        ("ways", json!({ "auth_methods": ["client_secret_post"] })),
    ];
    for (what, change) in changes {
        let (made, _, client) = signed_in(&world, &admin, &json!({}));
        assert_eq!(client.get("/establishments").status, 200);
        let path = at("api-clients", &made);
        admin.patch(&path, admin.get(&path).etag(), &change).ok();
        client.get("/establishments").refused(401, "token.expired");
        assert_eq!(client.get("/establishments").status, 401, "{what}");
    }
    let (made, secret_text, client) = signed_in(&world, &admin, &json!({}));
    let path = at("api-clients", &made);
    let (second, second_id) = secret(&admin, &made);
    assert_eq!(client.get("/establishments").status, 200, "a second secret ends nothing");
    admin.request("DELETE", &format!("/client-secrets/{second_id}")).send().ok_status(204);
    client.get("/establishments").refused(401, "token.expired");
    assert_eq!(ask(&world, id(&made), &second, &[]).status, 401);
    let client = with(&world, &ask(&world, id(&made), &secret_text, &[]));
    order(&admin, &path, &json!({ "command": "disable", "reason": "Fuite" })).ok();
    for path in ["/establishments", "/me/client", "/me"] {
        client.get(path).refused(401, "client.disabled");
    }
    order(&admin, &path, &json!({ "command": "enable" })).ok();
    client.get("/establishments").refused(401, "token.expired");
}

#[test]
fn a_machine_past_its_last_day_is_refused_in_the_middle_of_its_token() {
    let world = World::new();
    let admin = world.admin();
    world.set_time("2026-11-22T22:58:00Z");
    let (_, _, client) = signed_in(&world, &world.again(&admin), &json!({ "expires_on": "2026-11-22" }));
    assert_eq!(client.get("/establishments").status, 200);
    world.set_time("2026-11-22T23:00:00Z");
    for _ in 0..2 {
        client.get("/establishments").refused(401, "client.expired");
    }
    let fresh = world.neighbour();
    Client::new(&fresh.url, Some(client.token().to_owned())).get("/establishments").refused(401, "client.expired");
}

#[test]
fn a_token_is_good_only_within_the_networks_of_its_machine() {
    let world = World::with(&[("TRUSTED_PROXIES", "127.0.0.1")]);
    let admin = world.admin();
    let made = machine(&admin, &json!({ "networks": ["192.0.2.0/24", "2001:db8::/32"] }));
    let (secret, _) = secret(&admin, &made);
    let client = with(&world, &ask_from(&world, id(&made), &secret, &[], "192.0.2.1"));
    let from = |path: &str, address: &str| client.request("GET", path).header("X-Forwarded-For", address).send();
    for address in ["192.0.2.1", "2001:db8::7", "203.0.113.1, 192.0.2.1"] {
        assert_eq!(from("/establishments", address).status, 200, "{address}");
    }
    for address in ["203.0.113.1", "2001:db9::7", "192.0.2.1, 203.0.113.1"] {
        for path in ["/establishments", "/me", "/reference/regions"] {
            from(path, address).refused(401, "client.address_refused");
        }
    }
    let french = from("/establishments", "203.0.113.1").json()["detail"].clone();
    assert_eq!(french, "Ce client n'est pas admis depuis cette adresse.");
    let path = at("api-clients", &made);
    admin.patch(&path, admin.get(&path).etag(), &json!({ "networks": ["203.0.113.0/24"] })).ok();
    from("/establishments", "203.0.113.1").refused(401, "token.expired");
    let client = with(&world, &ask_from(&world, id(&made), &secret, &[], "203.0.113.1"));
    client.request("GET", "/establishments").header("X-Forwarded-For", "192.0.2.1").send().refused(401, "client.address_refused");
}

#[test]
fn a_token_of_another_server_is_told_so_and_one_with_mixed_claims_is_not_valid() {
    let world = World::new();
    let admin = world.admin();
    let (made, _, client) = signed_in(&world, &admin, &json!({}));
    let with_claims = |good: &str, changes: Value| Client::new(&world.url, Some(forged(&world, good, &json!({}), &changes))).get("/establishments");
    assert_eq!(with_claims(client.token(), json!({})).status, 200, "the forge itself works");
    let elsewhere = World::new();
    let (_, _, foreign) = signed_in(&elsewhere, &elsewhere.admin(), &json!({}));
    for token in [foreign.token(), elsewhere.admin().token()] {
        let reply = Client::new(&world.url, Some(token.to_owned())).get("/establishments");
        reply.refused(401, "token.other_environment");
        assert!(reply.header("www-authenticate").contains("invalid_token"));
    }
    for changes in [json!({ "iss": "https://staging.example.org" }), json!({ "aud": "https://staging.example.org" })] {
        with_claims(client.token(), changes).refused(401, "token.other_environment");
    }
    let session = opened(admin.token()).1["sid"].clone();
    for (good, changes) in [
        (client.token(), json!({ "sid": session })),
        (client.token(), json!({ "sid": session, "client_id": null, "scope": null })),
        (client.token(), json!({ "scope": null })),
        (client.token(), json!({ "client_id": null })),
        (client.token(), json!({ "client_id": Id::new().to_string() })),
        (client.token(), json!({ "sub": Id::new().to_string() })),
        (client.token(), json!({ "scope": "admin" })),
        (client.token(), json!({ "ver": 2 })),
        (admin.token(), json!({ "scope": "directory.read" })),
        (admin.token(), json!({ "client_id": id(&made) })),
        (admin.token(), json!({ "sid": null, "scope": "directory.read", "client_id": opened(admin.token()).1["sub"] })),
    ] {
        let reply = with_claims(good, changes.clone());
        assert_eq!(reply.status, 401, "{changes}");
    }
}

#[test]
fn what_a_machine_does_and_looks_at_is_recorded_as_its_own() {
    let world = World::new();
    let admin = world.admin();
    furnish(&world);
    let (made, _, client) = signed_in(&world, &admin, &cases(&json!({})));
    client.get(STUDY).ok();
    let dpo = world.user("dpo", Role::Dpo, None);
    let events = dpo.all("/audit-events");
    let of_machine: Vec<&Value> = events.iter().filter(|event| event["client_id"] == made["id"]).collect();
    assert_eq!(of_machine.len(), 1, "its token");
    assert_eq!((&of_machine[0]["resource"], &of_machine[0]["actor_id"], &of_machine[0]["rule"]), (&json!("access_token"), &Value::Null, &json!("cases.read")));
    assert_eq!(of_machine[0]["resource_id"], opened(client.token()).1["jti"]);
    let looks: Vec<Value> = dpo.all("/access-log").into_iter().filter(|look| look["client_id"] == made["id"]).collect();
    assert_eq!(looks.len(), 1);
    assert_eq!((&looks[0]["actor_id"], &looks[0]["rule"], &looks[0]["row_count"]), (&Value::Null, &json!("cases.read"), &json!(3)));
    assert_eq!((&looks[0]["purpose"], &looks[0]["dossier_ids"]), (&json!("Baromètre 2026"), &json!([])));
}

#[test]
fn the_use_of_a_machine_is_noted_once_a_minute_beside_its_requests() {
    let world = World::new();
    let admin = world.admin();
    let (made, _, client) = signed_in(&world, &admin, &json!({}));
    let path = at("api-clients", &made);
    let noted = |admin: &Client| admin.get(&path).ok()["last_used_at"].clone();
    let by_token = noted(&admin);
    assert!(by_token.as_str().unwrap().starts_with("2026-11-22T09:0"));
    client.get("/establishments").ok();
    world.clock.advance(chrono::Duration::seconds(20));
    client.get("/establishments").ok();
    assert_eq!(noted(&admin), by_token, "within the minute nothing is written");
    world.clock.advance(chrono::Duration::seconds(60));
    client.get("/establishments").ok();
    // The note is made beside the request: it comes, but not before the answer.
    let later = (0..500).map(|_| std::thread::yield_now()).find_map(|()| Some(noted(&admin)).filter(|noted| *noted != by_token)).unwrap();
    assert!(later.as_str().unwrap() > "2026-11-22T09:01:19");
    assert_eq!(admin.get(&path).ok()["version"], 1);
    let secrets = admin.all(&format!("{path}/secrets"));
    assert_eq!(secrets[0]["last_used_at"], by_token);
}

#[test]
fn each_machine_has_a_quota_of_its_own() {
    let world = World::with(&[("RATE_LIMIT", "12")]);
    let admin = world.admin();
    let ((_, _, one), (_, _, other)) = (signed_in(&world, &admin, &json!({})), signed_in(&world, &admin, &json!({})));
    assert!((0..40).any(|_| one.get("/establishments").status == 429));
    assert_eq!(other.get("/establishments").status, 200);
}

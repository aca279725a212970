//! Accounts and their rights: who opens them, who gives which right, and how soon a change is felt.

use crate::harness::cases::{at, commands, order, order_at, user_id};
use crate::harness::data::{school, school_with};
use crate::harness::{Client, World};
use entraide::auth::Role;
use serde_json::{Value, json};

fn right(role: &str, department: Option<&str>) -> Value {
    let mut right = json!({ "role": role, "starts_on": "2026-11-22" });
    if let Some(code) = department {
        right["department_code"] = code.into();
    }
    right
}

fn account(login: &str, role: &str, department: Option<&str>) -> Value {
    json!({ "login": login, "display_name": "Claire Dubœuf", "grant": right(role, department) })
}

fn path_of(user: &Client) -> String {
    format!("/users/{}", user_id(user).as_str().unwrap())
}

/// The only right of an account.
fn first_right(client: &Client, path: &str) -> Value {
    client.all(&format!("{path}/grants")).into_iter().next().unwrap()
}

fn logins(client: &Client, query: &str) -> Vec<String> {
    client.all(&format!("/users?limit=1{query}")).iter().map(|user| user["login"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_administrator_opens_an_account_changes_its_name_shuts_and_reopens_it() {
    let world = World::new();
    let admin = world.admin();
    let made = admin.post("/users", &account("claire.duboeuf", "department_staff", Some("63")));
    let view = made.ok();
    assert_eq!((&view["status"], &view["login"], commands(&view)), (&json!("active"), &json!("claire.duboeuf"), vec!["disable".to_owned()]));
    assert!(!made.text().contains("password"));
    let path = at("users", &view);
    let held = first_right(&admin, &path);
    assert_eq!((&held["role"], &held["status"], &held["department_code"]), (&json!("department_staff"), &json!("granted"), &json!("63")));
    admin.post("/users", &account("claire.duboeuf", "volunteer", Some("63"))).refused(409, "login.taken");
    assert_eq!(admin.patch(&path, made.etag(), &json!({ "status": "disabled", "login": "x" })).flaws(), ["/login field.read_only", "/status field.state"]);
    admin.patch(&path, made.etag(), &json!({ "display_name": "Claire Martin" })).ok();
    order_at(&admin, &path, made.etag(), &json!({ "command": "disable", "reason": "Départ" })).refused(412, "version.stale");
    order(&admin, &path, &json!({ "command": "disable", "reason": "Départ" })).ok();
    order(&admin, &path, &json!({ "command": "disable", "reason": "Départ" })).refused(409, "transition.not_allowed");
    assert_eq!(admin.get(&path).ok()["status"], "disabled");
    order(&admin, &path, &json!({ "command": "enable" })).ok();
    let history = admin.all(&format!("{path}/history"));
    assert_eq!(history.iter().map(|entry| entry["after"]["display_name"].as_str().unwrap()).collect::<Vec<_>>()[3], "Claire Dubœuf");
    assert_eq!(admin.all(&format!("{path}/transitions"))[0]["reason"], "Départ");
}

#[test]
fn accounts_are_listed_by_state_role_department_and_pending_right() {
    let world = World::new();
    let admin = world.admin();
    for (login, role, department) in [("anne", "volunteer", Some("63")), ("bruno", "department_head", Some("15")), ("chloe", "dpo", None)] {
        admin.post("/users", &account(login, role, department)).ok();
    }
    let own = admin.login();
    assert_eq!(logins(&admin, ""), [own, "anne", "bruno", "chloe"]);
    assert_eq!(logins(&admin, "&sort=-login"), ["chloe", "bruno", "anne", own]);
    assert_eq!(logins(&admin, "&role=volunteer,department_head"), ["anne", "bruno"]);
    assert_eq!(logins(&admin, "&role=volunteer&department=15"), [""; 0]);
    assert_eq!(logins(&admin, "&department=15,63&status=active"), ["anne", "bruno"]);
    assert_eq!(logins(&admin, "&pending=true"), ["chloe"]);
    assert_eq!(logins(&admin, "&pending=false&status=active&sort=created"), [own, "anne", "bruno"]);
    assert_eq!(logins(&admin, "&status=disabled"), [""; 0]);
    assert_eq!(logins(&admin, "&role=dpo"), [""; 0], "a pending right is not held");
}

#[test]
fn what_is_wrong_with_a_right_is_told_at_its_place() {
    let world = World::new();
    let admin = world.admin();
    let unknown = entraide::db::Id::new();
    let path = path_of(&world.volunteer("63"));
    for (body, flaw) in [
        (json!({ "role": "volunteer", "department_code": "63", "starts_on": "2026-11-22", "ends_on": "2026-11-21" }), "/ends_on period.reversed"),
        (json!({ "role": "volunteer", "department_code": "99", "starts_on": "2026-11-22" }), "/department_code department.unknown"),
        (json!({ "role": "volunteer", "department_code": "988", "starts_on": "2026-11-22" }), "/department_code department.without_association"),
        (json!({ "role": "volunteer", "starts_on": "2026-11-22" }), "/department_code department.required"),
        (json!({ "role": "analyst", "department_code": "63", "starts_on": "2026-11-22" }), "/department_code department.not_taken"),
        (json!({ "role": "member", "starts_on": "2026-11-22" }), "/role role.turned_off"),
        (json!({ "role": "training_coordinator", "starts_on": "2026-11-22" }), "/academy_code academy.required"),
        (json!({ "role": "training_coordinator", "academy_code": "99", "starts_on": "2026-11-22" }), "/academy_code academy.unknown"),
        (json!({ "role": "lawyer", "academy_code": "06", "starts_on": "2026-11-22" }), "/academy_code academy.not_taken"),
        (json!({ "role": "correspondent", "starts_on": "2026-11-22" }), "/establishment_id establishment.required"),
        (json!({ "role": "treasurer", "establishment_id": unknown, "starts_on": "2026-11-22" }), "/establishment_id establishment.not_taken"),
        (json!({ "role": "correspondent", "establishment_id": unknown, "starts_on": "2026-11-22" }), "/establishment_id reference.not_found"),
        (
            json!({ "role": "correspondent", "department_code": "63", "establishment_id": unknown, "starts_on": "2026-11-22" }),
            "/department_code department.not_taken",
        ),
        (json!({ "role": "king", "starts_on": "2026-11-22" }), "/role choice.unknown"),
        (json!({ "role": "analyst" }), "/starts_on field.required"),
    ] {
        assert_eq!(admin.post(&format!("{path}/grants"), &body).flaws(), [flaw], "{body}");
        let nested = flaw.replacen('/', "/grant/", 1);
        assert_eq!(admin.post("/users", &json!({ "login": "anne", "display_name": "Anne", "grant": body })).flaws(), [nested], "{body}");
    }
}

#[test]
fn a_head_makes_volunteers_of_the_department_and_nothing_else() {
    let world = World::new();
    let (head, stranger) = (world.head("63"), world.volunteer("15"));
    let anne = head.post("/users", &account("anne", "volunteer", Some("63"))).ok();
    let path = at("users", &anne);
    for (body, code, pointer) in [
        (account("bruno", "analyst", None), "role.not_yours_to_grant", "/grant/role"),
        (account("bruno", "department_staff", Some("63")), "role.not_yours_to_grant", "/grant/role"),
        (account("bruno", "volunteer", Some("15")), "perimeter.exceeded", "/grant/department_code"),
    ] {
        let refused = head.post("/users", &body);
        refused.refused(403, code);
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer);
        let refused = head.post(&format!("{path}/grants"), &body["grant"]);
        refused.refused(403, code);
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer.trim_start_matches("/grant"));
    }
    head.get(&path_of(&stranger)).refused(404, "not_found");
    head.post(&format!("{}/grants", path_of(&stranger)), &right("volunteer", Some("63"))).refused(404, "not_found");
    assert_eq!(logins(&head, "&role=volunteer"), ["anne"]);
    assert_eq!(logins(&head, "&department=15"), [""; 0]);
    order(&head, &path, &json!({ "command": "disable", "reason": "Absence" })).ok();
    let own = at("grants", &first_right(&head, &path));
    order(&head, &own, &json!({ "command": "withdraw", "reason": "Départ" })).ok();
}

#[test]
fn a_head_makes_correspondents_of_the_schools_of_the_department() {
    let world = World::new();
    let (admin, head) = (world.admin(), world.head("63"));
    let [here, there] = [(630_001, "63"), (150_001, "15")]
        .map(|(number, code)| admin.post("/establishments", &school_with(number, &json!({ "department_code": code }))).ok()["id"].clone());
    let account = |login: &str, school: &Value| {
        let right = json!({ "role": "correspondent", "establishment_id": school, "starts_on": "2026-11-22" });
        json!({ "login": login, "display_name": "Anne", "grant": right })
    };
    let refused = head.post("/users", &account("anne", &there));
    refused.refused(403, "perimeter.exceeded");
    assert_eq!(refused.json()["errors"][0]["pointer"], "/grant/establishment_id");
    let anne = head.post("/users", &account("anne", &here)).ok();
    let held = first_right(&head, &at("users", &anne));
    assert_eq!((&held["establishment_id"], &held["department_code"], &held["academy_code"]), (&here, &json!("63"), &Value::Null));
    order(&head, &at("grants", &held), &json!({ "command": "withdraw", "reason": "Départ" })).ok();
}

#[test]
fn the_console_places_a_right_in_an_academy_or_a_school() {
    let world = World::new();
    world.come_to_the_present();
    let (admin, user) = (world.admin(), world.volunteer("63"));
    let school = admin.post("/establishments", &school(630_001)).ok();
    let program = world.console();
    let grant = |more: &[&str]| program.run(&[&["user", "grant", "--login", user.login()], more].concat());
    grant(&["--role", "training_coordinator", "--academy", "06"]).ok();
    grant(&["--role", "correspondent", "--establishment", school["uai"].as_str().unwrap()]).ok();
    for (arguments, told) in [
        (vec!["--role", "training_coordinator"], "academy"),
        (vec!["--role", "lawyer", "--academy", "06"], "academy"),
        (vec!["--role", "correspondent", "--establishment", "0639999X"], "key letter"),
        (vec!["--role", "member"], "members"),
    ] {
        grant(&arguments).fails(told);
    }
    let grants = world.again(&user).get("/me").ok()["grants"].clone();
    assert_eq!((&grants[1]["academy_code"], &grants[2]["establishment_id"], &grants[2]["department_code"]), (&json!("06"), &school["id"], &json!("63")));
}

#[test]
fn a_head_leaves_the_accounts_of_colleagues_alone() {
    let world = World::new();
    let (head, staff) = (world.head("63"), world.user("staff", Role::DepartmentStaff, Some("63")));
    let both = world.volunteer("63");
    world.grant(&both, Role::NationalStaff, None);
    for colleague in [&staff, &world.again(&both)] {
        let path = path_of(colleague);
        let seen = head.get(&path);
        assert_eq!(commands(&seen.ok()), ["disable! account.beyond_your_grants"]);
        head.patch(&path, seen.etag(), &json!({ "display_name": "X" })).refused(403, "account.beyond_your_grants");
        order(&head, &path, &json!({ "command": "disable", "reason": "Non" })).refused(403, "account.beyond_your_grants");
        head.get(&format!("{path}/sessions")).refused(403, "account.beyond_your_grants");
        head.request("DELETE", &format!("{path}/sessions")).send().refused(403, "account.beyond_your_grants");
        assert_eq!(head.all(&format!("{path}/grants")).len(), 1, "rights elsewhere are not shown");
    }
    let of_staff = at("grants", &first_right(&head, &path_of(&staff)));
    order(&head, &of_staff, &json!({ "command": "withdraw", "reason": "Non" })).refused(403, "role.not_yours_to_grant");
}

#[test]
fn nobody_gives_themselves_a_right_or_shuts_their_own_account() {
    let world = World::new();
    for client in [world.admin(), world.head("63")] {
        let path = path_of(&client);
        client.post(&format!("{path}/grants"), &right("volunteer", Some("63"))).refused(403, "account.own");
        order(&client, &path, &json!({ "command": "disable", "reason": "Non" })).refused(403, "account.own");
        assert_eq!(commands(&client.get(&path).ok()), ["disable! account.own"]);
    }
}

#[test]
fn roles_that_reach_far_wait_for_a_second_administrator() {
    let world = World::new();
    let (one, two, user) = (world.user("one", Role::Admin, None), world.user("two", Role::Admin, None), world.volunteer("63"));
    let path = path_of(&user);
    for role in ["admin", "dpo", "analyst", "auditor", "solidarity_officer"] {
        let asked = one.post(&format!("{path}/grants"), &right(role, None)).ok();
        assert_eq!((&asked["status"], commands(&asked)[0].as_str()), (&json!("pending"), "approve! grant.same_approver"));
        let own = at("grants", &asked);
        order(&one, &own, &json!({ "command": "approve" })).refused(403, "grant.same_approver");
        let held = world.again(&user).get("/me").ok()["grants"].clone();
        assert!(held.as_array().unwrap().iter().all(|right| right["role"] != role), "it gives nothing yet");
        order(&two, &own, &json!({ "command": if role == "dpo" { "refuse" } else { "approve" }, "reason": "Vérifié" })).ok();
        let after = two.get(&own).ok();
        assert_eq!((&after["decided_by"], after["status"] == "refused"), (&user_id(&two), role == "dpo"));
        let now = world.again(&user);
        assert_eq!(now.get("/users").status == 200, role == "admin", "{role}");
        if role == "admin" {
            let waits = one.post(&format!("{path}/grants"), &right("analyst", None)).ok();
            order(&now, &at("grants", &waits), &json!({ "command": "approve" })).refused(403, "account.own");
            order(&now, &own, &json!({ "command": "withdraw", "reason": "Essai" })).ok();
        }
    }
}

#[test]
fn a_withdrawn_right_is_gone_at_the_next_request_and_a_dated_one_after_its_last_day() {
    let world = World::new();
    let (admin, user) = (world.admin(), world.volunteer("63"));
    let path = path_of(&user);
    let held = at("grants", &first_right(&admin, &path));
    assert_eq!(user.get("/members").status, 200);
    for (day, flaw) in [("2019-12-31", "/ends_on period.reversed"), ("2026-11-21", "/ends_on date.in_past")] {
        assert_eq!(order(&admin, &held, &json!({ "command": "end", "ends_on": day })).flaws(), [flaw]);
    }
    order(&admin, &held, &json!({ "command": "end", "ends_on": "2026-11-24" })).ok();
    assert_eq!(order(&admin, &held, &json!({ "command": "end", "ends_on": "2026-11-25" })).flaws(), ["/ends_on grant.not_prolonged"]);
    user.get("/members").refused(401, "token.expired");
    let user = world.again(&user);
    assert_eq!(user.get("/members").status, 200);
    order(&admin, &held, &json!({ "command": "withdraw", "reason": "Départ" })).ok();
    user.get("/members").refused(401, "token.expired");
    world.again(&user).get("/members").refused(403, "function.not_granted");
    order(&admin, &held, &json!({ "command": "end", "ends_on": "2026-11-23" })).refused(409, "transition.not_allowed");
    world.set_time("2026-11-22T09:05:00Z");
    let (admin, user) = (world.again(&admin), world.again(&user));
    admin.post(&format!("{path}/grants"), &json!({ "role": "volunteer", "department_code": "63", "starts_on": "2026-11-23", "ends_on": "2026-11-23" })).ok();
    for (at, status) in [("2026-11-22T22:59:00Z", 403), ("2026-11-22T23:00:00Z", 200), ("2026-11-23T22:59:00Z", 200), ("2026-11-23T23:00:00Z", 403)] {
        world.set_time(at);
        assert_eq!(world.again(&user).get("/members").status, status, "{at}");
    }
}

#[test]
fn two_who_decide_at_once_do_not_both_succeed() {
    let world = World::new();
    let (one, two, three) = (world.user("one", Role::Admin, None), world.user("two", Role::Admin, None), world.user("three", Role::Admin, None));
    let path = path_of(&world.volunteer("63"));
    let asked = one.post(&format!("{path}/grants"), &right("dpo", None));
    let own = at("grants", &asked.ok());
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let decide = |client: &Client, command: &str| order_at(client, &own, asked.etag(), &json!({ "command": command, "reason": "Vérifié" })).status;
        let (a, b) = (scope.spawn(move || decide(&two, "approve")), scope.spawn(move || decide(&three, "refuse")));
        vec![a.join().unwrap(), b.join().unwrap()]
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(one.all(&format!("{own}/transitions")).len(), 1);
}

#[test]
fn sessions_are_seen_and_ended_by_their_owner_and_by_whoever_manages_the_account() {
    let world = World::new();
    let (admin, user) = (world.admin(), world.volunteer("63"));
    let (second, third) = (world.again(&user), world.again(&user));
    let sessions = user.all("/me/sessions?limit=2");
    assert_eq!((sessions.len(), sessions.iter().filter(|session| session["current"] == true).count()), (3, 1));
    let ended = second.all("/me/sessions").into_iter().find(|session| session["current"] == true).unwrap();
    user.request("DELETE", &at("auth/sessions", &ended)).send().ok_status(204);
    second.get("/me").refused(401, "session.ended");
    user.request("DELETE", &at("auth/sessions", &ended)).send().refused(404, "not_found");
    let of_admin = admin.all("/me/sessions").remove(0);
    user.request("DELETE", &at("auth/sessions", &of_admin)).send().refused(404, "not_found");
    world.head("15").request("DELETE", &at("auth/sessions", &sessions[0])).send().refused(404, "not_found");
    let listed = admin.all(&format!("{}/sessions", path_of(&user)));
    assert_eq!(listed.iter().filter(|session| session["current"] == true).count(), 0);
    let first = listed.iter().find(|session| session["id"] == user.all("/me/sessions").iter().find(|own| own["current"] == true).unwrap()["id"]).unwrap();
    admin.request("DELETE", &at("auth/sessions", first)).send().ok_status(204);
    user.get("/me").refused(401, "session.ended");
    admin.request("DELETE", &format!("{}/sessions", path_of(&third))).send().ok_status(204);
    third.get("/me").refused(401, "session.ended");
}

#[test]
fn logging_out_everywhere_ends_every_session_of_the_caller_and_no_other() {
    let world = World::new();
    let (user, other) = (world.volunteer("63"), world.volunteer("63"));
    let second = world.again(&user);
    user.request("DELETE", "/me/sessions").send().ok_status(204);
    for client in [&user, &second] {
        client.get("/me").refused(401, "session.ended");
    }
    assert_eq!(other.get("/me").status, 200);
}

#[test]
fn a_shut_account_is_out_at_its_next_request() {
    let world = World::new();
    let (admin, user) = (world.admin(), world.volunteer("63"));
    let path = path_of(&user);
    order(&admin, &path, &json!({ "command": "disable", "reason": "Départ" })).ok();
    user.get("/me").refused(401, "session.ended");
    order(&admin, &path, &json!({ "command": "enable" })).ok();
    user.get("/me").refused(401, "session.ended");
}

#[test]
fn the_console_is_the_second_approver() {
    let world = World::new();
    let (admin, user) = (world.admin(), world.volunteer("63"));
    let asked = admin.post(&format!("{}/grants", path_of(&user)), &right("dpo", None)).ok();
    let program = world.console();
    program.run(&["user", "grant", "--login", user.login(), "--role", "dpo"]).ok();
    let after = admin.get(&at("grants", &asked)).ok();
    assert_eq!((&after["status"], &after["version"], &after["decided_by"]), (&json!("granted"), &json!(2), &Value::Null));
    user.get("/me").refused(401, "token.expired");
    assert_eq!(world.again(&user).get("/me").ok()["grants"].as_array().unwrap().len(), 2);
}

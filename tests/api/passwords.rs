//! Passwords: changed by their owner, set through a one-time link, guessed by nobody.

use crate::harness::cases::{at, order, user_id};
use crate::harness::{Client, PASSWORD, Reply, World};
use entraide::auth::Role;
use serde_json::{Value, json};

const NEW: &str = "basalte-scorie-pouzzolane-2027";

fn log_in(world: &World, login: &str, password: &str) -> Reply {
    world.anonymous().request("POST", "/auth/sessions").json(&json!({ "login": login, "password": password })).send()
}

fn change(user: &Client, current: &str, new: &str) -> Reply {
    user.request("POST", "/me/password").json(&json!({ "current_password": current, "password": new })).send()
}

fn reset(manager: &Client, user: &Client) -> Reply {
    manager.request("POST", &format!("/users/{}/password-resets", user_id(user).as_str().unwrap())).send()
}

fn set(world: &World, token: &Value, password: &str) -> Reply {
    world.anonymous().request("POST", "/auth/passwords").json(&json!({ "token": token, "password": password })).send()
}

#[test]
fn a_user_changes_the_password_and_the_other_sessions_end() {
    let world = World::new();
    let user = world.volunteer("63");
    let other = world.again(&user);
    assert_eq!(change(&user, PASSWORD, "court").flaws(), ["/password password.too_weak"]);
    assert_eq!(change(&user, PASSWORD, user.login()).flaws(), ["/password password.too_weak"]);
    assert_eq!(change(&user, "wrong", NEW).flaws(), ["/current_password password.wrong"]);
    assert_eq!(other.get("/me").status, 200);
    change(&user, PASSWORD, NEW).ok_status(204);
    other.get("/me").refused(401, "session.ended");
    assert_eq!(user.get("/me").status, 200);
    log_in(&world, user.login(), PASSWORD).refused(401, "login.refused");
    assert_eq!(log_in(&world, user.login(), NEW).status, 201);
}

#[test]
fn guessing_the_current_password_is_counted_as_logging_in_is() {
    let world = World::new();
    let user = world.volunteer("63");
    for _ in 0..5 {
        assert_eq!(change(&user, "wrong", NEW).flaws(), ["/current_password password.wrong"]);
    }
    change(&user, PASSWORD, NEW).refused(429, "login.throttled");
}

#[test]
fn of_two_changes_at_once_one_counts() {
    let world = World::new();
    let user = world.volunteer("63");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let changes = [NEW, "autre-basalte-scorie-2028"].map(|new| {
            let user = user.clone();
            scope.spawn(move || change(&user, PASSWORD, new).status)
        });
        changes.into_iter().map(|change| change.join().unwrap()).collect()
    });
    assert!(statuses.contains(&204), "{statuses:?}");
    let accepted = [NEW, "autre-basalte-scorie-2028", PASSWORD].into_iter().filter(|password| log_in(&world, user.login(), password).status == 201);
    assert_eq!(accepted.count(), 1);
}

#[test]
fn a_new_account_gets_its_password_through_a_one_time_link() {
    let world = World::new();
    let head = world.head("63");
    let grant = json!({ "role": "volunteer", "department_code": "63", "starts_on": "2026-11-22" });
    let anne = head.post("/users", &json!({ "login": "anne", "display_name": "Anne", "grant": grant })).ok();
    log_in(&world, "anne", PASSWORD).refused(401, "login.refused");
    let link = |manager: &Client| manager.request("POST", &format!("{}/password-resets", at("users", &anne))).send();
    let first = link(&head).ok()["token"].clone();
    let made = link(&head);
    let token = made.ok()["token"].clone();
    assert_eq!((made.status, made.header("cache-control")), (201, "private, no-store"));
    assert_eq!(set(&world, &first, NEW).flaws(), ["/token reset_token.refused"], "a later link takes its place");
    assert_eq!(set(&world, &token, "court").flaws(), ["/password password.too_weak"]);
    set(&world, &token, NEW).ok_status(204);
    assert_eq!(set(&world, &token, PASSWORD).flaws(), ["/token reset_token.refused"], "it is good once");
    assert_eq!(log_in(&world, "anne", NEW).status, 201);
    assert!(!world.database_text().contains(token.as_str().unwrap()), "only a digest is stored");
}

#[test]
fn a_link_lasts_a_day_and_ends_every_session_when_it_is_used() {
    let world = World::new();
    let (admin, user) = (world.admin(), world.volunteer("63"));
    let late = reset(&admin, &user).ok()["token"].clone();
    world.set_time("2026-11-23T09:00:30Z");
    assert_eq!(set(&world, &late, NEW).flaws(), ["/token reset_token.refused"]);
    let (admin, user) = (world.again(&admin), world.again(&user));
    let token = reset(&admin, &user).ok()["token"].clone();
    assert_eq!(user.get("/me").status, 200, "a link that nobody uses changes nothing");
    set(&world, &token, NEW).ok_status(204);
    user.get("/me").refused(401, "session.ended");
    let path = format!("/users/{}", user_id(&world.again(&user)).as_str().unwrap());
    let unused = reset(&admin, &world.again(&user)).ok()["token"].clone();
    order(&admin, &path, &json!({ "command": "disable", "reason": "Départ" })).ok();
    assert_eq!(set(&world, &unused, PASSWORD).flaws(), ["/token reset_token.refused"], "the account is shut");
}

#[test]
fn links_are_made_by_whoever_manages_the_account_and_for_far_reaching_roles_by_the_console() {
    let world = World::new();
    let (admin, head) = (world.admin(), world.head("63"));
    reset(&head, &world.user("staff", Role::DepartmentStaff, Some("63"))).refused(403, "account.beyond_your_grants");
    reset(&head, &world.volunteer("15")).refused(404, "not_found");
    reset(&head, &head).refused(403, "account.own");
    for role in [Role::Admin, Role::Dpo, Role::Analyst] {
        reset(&admin, &world.user("far", role, None)).refused(403, "account.reset_at_console");
    }
    assert_eq!(reset(&admin, &head).status, 201);
}

#[test]
fn the_console_makes_links_for_anybody() {
    let world = World::new();
    let (admin, program) = (world.admin(), world.console());
    let told = program.run(&["user", "reset-password", "--login", admin.login()]).ok();
    assert!(told.contains(&format!("one-time token of {}", admin.login())) && told.trim().rsplit(' ').next().unwrap().len() == 43, "{told}");
    program.run(&["user", "reset-password", "--login", "nobody"]).fails("no account has the login nobody");
}

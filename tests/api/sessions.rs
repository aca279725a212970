//! Logging in, staying in, logging out, and being shut out.

use crate::harness::{Client, PASSWORD, Reply, World};
use diesel::prelude::*;
use entraide::auth::store;
use entraide::db::schema::users;
use serde_json::{Value, json};

fn log_in_with(world: &World, login: &str, password: &str) -> Reply {
    world.anonymous().request("POST", "/auth/sessions").json(&json!({ "login": login, "password": password })).send()
}

fn log_in(world: &World, user: &Client) -> Value {
    log_in_with(world, user.login(), PASSWORD).ok()
}

fn refresh(world: &World, token: &Value) -> Reply {
    world.anonymous().request("POST", "/auth/tokens").json(&json!({ "refresh_token": token })).send()
}

fn signed_in(user: &Client, session: &Value) -> Client {
    user.with_token(session["access_token"].as_str().unwrap())
}

#[test]
fn a_user_logs_in_and_out() {
    let world = World::new();
    let user = world.volunteer("63");
    let session = log_in(&world, &user);
    let signed_in = signed_in(&user, &session);
    assert_eq!(signed_in.get("/me").ok()["default_department_code"], "63");
    assert_eq!(signed_in.request("DELETE", "/auth/sessions/current").send().status, 204);
    signed_in.get("/me").refused(401, "session.ended");
    refresh(&world, &session["refresh_token"]).refused(401, "refresh_token.refused");
}

#[test]
fn an_unknown_login_a_wrong_password_and_a_disabled_account_are_refused_alike() {
    let world = World::new();
    let user = world.volunteer("63");
    let disabled = world.volunteer("15");
    set_user(&world, &disabled, false, 1);
    let refusals = [log_in_with(&world, "nobody", PASSWORD), log_in_with(&world, user.login(), "wrong"), log_in_with(&world, disabled.login(), PASSWORD)];
    let told: Vec<Value> = refusals
        .iter()
        .map(|refusal| {
            refusal.refused(401, "login.refused");
            let mut problem = refusal.json();
            problem["instance"] = Value::Null;
            problem
        })
        .collect();
    assert!(told.iter().all(|problem| *problem == told[0]), "{told:#?}");
}

#[test]
fn the_case_and_the_blanks_of_a_login_do_not_matter_those_of_a_password_do() {
    let world = World::new();
    let user = world.volunteer("63");
    assert_eq!(log_in_with(&world, &format!(" {} ", user.login().to_uppercase()), PASSWORD).status, 201);
    log_in_with(&world, user.login(), &format!("{PASSWORD} ")).refused(401, "login.refused");
}

#[test]
fn a_refresh_token_is_good_once_and_its_second_use_ends_the_session() {
    let world = World::new();
    let user = world.volunteer("63");
    let first = log_in(&world, &user);
    let second = refresh(&world, &first["refresh_token"]).ok();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_eq!(first["session_expires_at"], second["session_expires_at"], "refreshing does not prolong a session");
    world.set_time("2026-11-22T09:01:00Z");
    refresh(&world, &first["refresh_token"]).refused(401, "refresh_token.refused");
    refresh(&world, &second["refresh_token"]).refused(401, "refresh_token.refused");
    signed_in(&user, &second).get("/me").refused(401, "session.ended");
}

#[test]
fn only_the_last_refresh_may_be_repeated_and_only_for_five_seconds() {
    let world = World::new();
    let user = world.volunteer("63");
    let first = log_in(&world, &user);
    world.set_time("2026-11-22T09:01:00Z");
    let second = refresh(&world, &first["refresh_token"]).ok();
    world.set_time("2026-11-22T09:01:03Z");
    let again = refresh(&world, &first["refresh_token"]).ok();
    assert_eq!(signed_in(&user, &again).get("/me").status, 200, "the answer was lost on the way");
    let third = refresh(&world, &second["refresh_token"]).ok();
    assert_eq!(signed_in(&user, &third).get("/me").status, 200);
    // Within the five seconds, but the grandparent of the newest.
    refresh(&world, &first["refresh_token"]).refused(401, "refresh_token.refused");
    signed_in(&user, &third).get("/me").refused(401, "session.ended");
}

#[test]
fn whoever_repeats_a_stolen_refresh_at_once_gets_no_chain_of_their_own() {
    let world = World::new();
    let user = world.volunteer("63");
    let first = log_in(&world, &user);
    world.set_time("2026-11-22T09:01:00Z");
    let own = refresh(&world, &first["refresh_token"]).ok();
    world.set_time("2026-11-22T09:01:02Z");
    let stolen = refresh(&world, &first["refresh_token"]).ok();
    world.set_time("2026-11-22T09:05:00Z");
    let next = refresh(&world, &own["refresh_token"]).ok();
    world.set_time("2026-11-22T09:06:00Z");
    refresh(&world, &stolen["refresh_token"]).refused(401, "refresh_token.refused");
    signed_in(&user, &next).get("/me").refused(401, "session.ended");
    refresh(&world, &next["refresh_token"]).refused(401, "refresh_token.refused");
}

#[test]
fn a_refresh_sent_many_times_at_once_makes_tokens_of_one_generation() {
    let world = World::new();
    let user = world.volunteer("63");
    let first = log_in(&world, &user);
    let tokens: Vec<Value> = std::thread::scope(|scope| {
        let sent: Vec<_> = (0..6).map(|_| scope.spawn(|| refresh(&world, &first["refresh_token"]).ok())).collect();
        sent.into_iter().map(|sent| sent.join().unwrap()["refresh_token"].clone()).collect()
    });
    refresh(&world, &tokens[0]).ok();
    world.set_time("2026-11-22T09:01:00Z");
    refresh(&world, &tokens[1]).refused(401, "refresh_token.refused");
}

#[test]
fn a_session_ends_on_its_day_however_often_it_was_refreshed() {
    let world = World::new();
    let user = world.volunteer("63");
    let session = log_in(&world, &user);
    assert!(session["session_expires_at"].as_str().unwrap().starts_with("2026-12-22T09:00:"), "{session}");
    world.set_time("2026-12-22T08:55:00Z");
    let late = refresh(&world, &session["refresh_token"]).ok();
    let client = signed_in(&user, &late);
    assert_eq!(client.get("/me").status, 200);
    world.set_time("2026-12-22T09:01:30Z");
    client.get("/me").refused(401, "session.ended");
    refresh(&world, &late["refresh_token"]).refused(401, "refresh_token.refused");
}

/// What the console does when it changes an account.
fn set_user(world: &World, user: &Client, enabled: bool, auth_version: i32) {
    let login = user.login().to_owned();
    world
        .db()
        .write_now(move |conn| {
            diesel::update(users::table.filter(users::login.eq(login)))
                .set((users::enabled.eq(enabled), users::auth_version.eq(auth_version)))
                .execute(conn)?;
            store::advance_epoch(conn)
        })
        .unwrap();
}

#[test]
fn a_disabled_user_and_a_raised_version_act_at_the_next_request_on_every_server() {
    let world = World::new();
    let neighbour = world.neighbour();
    for (enabled, auth_version, code) in [(false, 1, "session.ended"), (true, 2, "token.expired")] {
        let user = world.volunteer("63");
        let there = Client::new(&neighbour.url, Some(user.token().to_owned()));
        // Both servers now remember the token.
        assert_eq!((user.get("/me").status, there.get("/me").status), (200, 200));
        set_user(&world, &user, enabled, auth_version);
        user.get("/me").refused(401, code);
        there.get("/me").refused(401, code);
        there.post("/establishments", &json!({})).refused(401, code);
    }
}

#[test]
fn logging_out_on_one_server_acts_on_the_other() {
    let world = World::new();
    let neighbour = world.neighbour();
    let user = world.admin();
    let there = Client::new(&neighbour.url, Some(user.token().to_owned()));
    assert_eq!(there.get("/establishments").status, 200);
    assert_eq!(user.request("DELETE", "/auth/sessions/current").send().status, 204);
    there.get("/establishments").refused(401, "session.ended");
    there.get("/me").refused(401, "session.ended");
}

fn attempt(root: &str, login: &str, password: &str, address: &str) -> Reply {
    let body = json!({ "login": login, "password": password });
    Client::new(root, None).request("POST", "/auth/sessions").header("X-Forwarded-For", address).json(&body).send()
}

#[test]
fn five_failures_shut_a_pair_of_account_and_address_out_even_after_a_restart() {
    let world = World::with(&[("TRUSTED_PROXIES", "127.0.0.1")]);
    let user = world.volunteer("63");
    for _ in 0..5 {
        attempt(&world.url, user.login(), "wrong", "192.0.2.1").refused(401, "login.refused");
    }
    let shut_out = attempt(&world.url, user.login(), PASSWORD, "192.0.2.1");
    shut_out.refused(429, "login.throttled");
    assert!(shut_out.header("retry-after").parse::<u32>().unwrap() <= 900);
    attempt(&world.neighbour().url, user.login(), PASSWORD, "192.0.2.1").refused(429, "login.throttled");
    assert_eq!(attempt(&world.url, user.login(), PASSWORD, "192.0.2.2").status, 201, "elsewhere the same user signs in");
    world.set_time("2026-11-22T09:16:00Z");
    assert_eq!(attempt(&world.url, user.login(), PASSWORD, "192.0.2.1").status, 201, "after a quarter of an hour");
}

#[test]
fn strangers_cannot_shut_a_user_out_of_a_place_signed_in_from_before() {
    let world = World::with(&[("TRUSTED_PROXIES", "127.0.0.1")]);
    let user = world.volunteer("63");
    assert_eq!(attempt(&world.url, user.login(), PASSWORD, "192.0.2.1").status, 201);
    for at in 0..30 {
        attempt(&world.url, user.login(), "wrong", &format!("198.51.100.{}", at / 5)).refused(401, "login.refused");
    }
    attempt(&world.url, user.login(), PASSWORD, "203.0.113.1").refused(429, "login.throttled");
    assert_eq!(attempt(&world.url, user.login(), PASSWORD, "192.0.2.1").status, 201);
}

#[test]
fn an_address_is_believed_only_from_a_trusted_proxy() {
    let world = World::new();
    let user = world.volunteer("63");
    for at in 0..5 {
        attempt(&world.url, user.login(), "wrong", &format!("192.0.2.{at}")).refused(401, "login.refused");
    }
    attempt(&world.url, user.login(), PASSWORD, "192.0.2.9").refused(429, "login.throttled");
}

#[test]
fn a_success_forgives_the_failures_of_its_place() {
    let world = World::new();
    let user = world.volunteer("63");
    for _ in 0..2 {
        for _ in 0..4 {
            log_in_with(&world, user.login(), "wrong").refused(401, "login.refused");
        }
        log_in(&world, &user);
    }
}

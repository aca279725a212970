//! Second factors: enrolled with a ticket, asked for at each login, good once.

use crate::harness::{Client, PASSWORD, Reply, World};
use entraide::auth::Role;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

fn production() -> World {
    World::with(&[("PROFILE", "production")])
}

fn log_in(world: &World, user: &Client, proof: &Value) -> Reply {
    let mut body = json!({ "login": user.login(), "password": PASSWORD });
    for (name, value) in proof.as_object().unwrap() {
        body[name] = value.clone();
    }
    world.anonymous().request("POST", "/auth/sessions").json(&body).send()
}

fn post(world: &World, path: &str, body: &Value) -> Reply {
    world.anonymous().request("POST", path).json(body).send()
}

/// The code of so many steps from now.
fn code(world: &World, secret: &Value, steps: i64) -> Value {
    let secret = Secret::try_from_base32(secret.as_str().unwrap()).unwrap();
    let seconds = u64::try_from(world.now().0.timestamp() + steps * 30).unwrap();
    Builder::new().with_secret(secret).build().unwrap().generate(seconds).to_string().into()
}

/// The ticket of a refused login.
fn ticket(world: &World, user: &Client) -> Value {
    let refused = log_in(world, user, &json!({}));
    refused.refused(403, "second_factor.enrolment_required");
    refused.json()["errors"][0]["params"]["ticket"].clone()
}

/// Enrols with the code of the step before; gives the secret and the recovery codes.
fn enrol(world: &World, ticket: &Value) -> (Value, Vec<Value>) {
    let shown = post(world, "/auth/second-factors/secrets", &json!({ "ticket": ticket })).ok();
    let first = code(world, &shown["secret"], -1);
    let codes = post(world, "/auth/second-factors", &json!({ "ticket": ticket, "totp": first })).ok();
    (shown["secret"].clone(), codes["codes"].as_array().unwrap().clone())
}

#[test]
fn a_right_password_without_a_factor_gets_leave_to_enrol_and_nothing_else() {
    let world = production();
    for (role, department) in [
        (Role::Admin, None),
        (Role::NationalStaff, None),
        (Role::DepartmentHead, Some("63")),
        (Role::DepartmentStaff, Some("63")),
        (Role::Analyst, None),
        (Role::Dpo, None),
    ] {
        let user = world.user(role.as_str(), role, department);
        let ticket = ticket(&world, &user);
        Client::new(&world.url, Some(ticket.as_str().unwrap().to_owned())).get("/me").refused(401, "token.invalid");
        post(&world, "/auth/tokens", &json!({ "refresh_token": ticket })).refused(401, "refresh_token.refused");
        assert_eq!(post(&world, "/auth/passwords", &json!({ "token": ticket, "password": PASSWORD })).flaws(), ["/token reset_token.refused"]);
        let (secret, codes) = enrol(&world, &ticket);
        assert_eq!((codes.len(), post(&world, "/auth/second-factors/secrets", &json!({ "ticket": ticket })).flaws().len()), (10, 1), "a ticket is used up");
        log_in(&world, &user, &json!({})).refused(401, "second_factor.required");
        assert_eq!(log_in(&world, &user, &json!({ "totp": code(&world, &secret, 0) })).status, 201, "{role:?}");
    }
    log_in(&world, &world.user("other", Role::Admin, None), &json!({ "totp": "000000" })).refused(403, "second_factor.enrolment_required");
}

#[test]
fn volunteers_and_demonstrations_do_without() {
    let world = production();
    assert_eq!(log_in(&world, &world.volunteer("63"), &json!({})).status, 201);
    let demo = World::new();
    assert_eq!(log_in(&demo, &demo.admin(), &json!({})).status, 201);
}

#[test]
fn a_volunteer_may_have_one_all_the_same() {
    let world = production();
    let user = world.volunteer("63");
    let begin = |password: &str| user.request("POST", "/me/second-factor").json(&json!({ "password": password })).send();
    assert_eq!(begin("wrong").flaws(), ["/password password.wrong"]);
    let (secret, _) = enrol(&world, &begin(PASSWORD).ok()["ticket"]);
    begin(PASSWORD).refused(409, "second_factor.enrolled");
    log_in(&world, &user, &json!({})).refused(401, "second_factor.required");
    assert_eq!(log_in(&world, &user, &json!({ "totp": code(&world, &secret, 0) })).status, 201);
}

#[test]
fn a_code_is_taken_once_within_one_step_and_never_after_a_later_one() {
    let world = production();
    let user = world.user("staff", Role::DepartmentStaff, Some("63"));
    let (secret, _) = enrol(&world, &ticket(&world, &user));
    world.set_time("2026-11-22T09:10:10Z");
    let with = |steps: i64| log_in(&world, &user, &json!({ "totp": code(&world, &secret, steps) }));
    with(2).refused(401, "second_factor.refused");
    with(-2).refused(401, "second_factor.refused");
    assert_eq!(with(0).status, 201);
    with(0).refused(401, "second_factor.refused");
    with(-1).refused(401, "second_factor.refused");
    assert_eq!(with(1).status, 201);
    world.set_time("2026-11-22T09:10:40Z");
    with(0).refused(401, "second_factor.refused");
    assert_eq!(log_in(&world, &user, &json!({ "totp": "12345" })).flaws(), ["/totp text.too_short"]);
    assert_eq!(log_in(&world, &user, &json!({ "totp": "12a456" })).flaws(), ["/totp pattern.mismatch"]);
}

#[test]
fn of_many_logins_with_one_code_at_once_one_succeeds() {
    let world = production();
    let user = world.user("staff", Role::DepartmentStaff, Some("63"));
    let (secret, codes) = enrol(&world, &ticket(&world, &user));
    for proof in [json!({ "totp": code(&world, &secret, 0) }), json!({ "recovery_code": codes[0] })] {
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let sent: Vec<_> = (0..4).map(|_| scope.spawn(|| log_in(&world, &user, &proof).status)).collect();
            sent.into_iter().map(|sent| sent.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        world.set_time("2026-11-22T09:20:00Z");
    }
}

#[test]
fn each_recovery_code_works_once() {
    let world = production();
    let user = world.user("head", Role::DepartmentHead, Some("63"));
    let (_, codes) = enrol(&world, &ticket(&world, &user));
    for code in &codes {
        let typed = code.as_str().unwrap().to_uppercase();
        assert_eq!(log_in(&world, &user, &json!({ "recovery_code": typed })).status, 201);
    }
    log_in(&world, &user, &json!({ "recovery_code": codes[3] })).refused(401, "second_factor.refused");
    let other = world.user("other", Role::DepartmentHead, Some("63"));
    let (_, others) = enrol(&world, &ticket(&world, &other));
    log_in(&world, &user, &json!({ "recovery_code": others[0] })).refused(401, "second_factor.refused");
}

#[test]
fn new_recovery_codes_take_the_place_of_the_old_for_whoever_has_password_and_authenticator() {
    let world = production();
    let user = world.user("head", Role::DepartmentHead, Some("63"));
    let renew = |password: &str, totp: &Value| user.request("POST", "/me/recovery-codes").json(&json!({ "password": password, "totp": totp })).send();
    renew(PASSWORD, &json!("000000")).refused(409, "second_factor.none");
    let (secret, old) = enrol(&world, &ticket(&world, &user));
    world.set_time("2026-11-22T09:05:10Z");
    let (wrong, right) = (code(&world, &secret, 9), code(&world, &secret, 0));
    assert_eq!(renew("wrong", &right).flaws(), ["/password password.wrong"]);
    assert_eq!(renew(PASSWORD, &wrong).flaws(), ["/totp totp.wrong"]);
    let made = renew(PASSWORD, &right).ok();
    assert_eq!(renew(PASSWORD, &right).flaws(), ["/totp totp.wrong"], "a code is taken once");
    let new = made["codes"].as_array().unwrap();
    assert_eq!((new.len(), new.iter().any(|code| old.contains(code))), (10, false));
    log_in(&world, &user, &json!({ "recovery_code": old[1] })).refused(401, "second_factor.refused");
    assert_eq!(log_in(&world, &user, &json!({ "recovery_code": new[1] })).status, 201);
}

#[test]
fn codes_cannot_be_guessed_between_right_passwords() {
    let world = production();
    let user = world.user("staff", Role::DepartmentStaff, Some("63"));
    let (secret, _) = enrol(&world, &ticket(&world, &user));
    let mut statuses = Vec::new();
    for at in 0..6 {
        statuses.push(log_in(&world, &user, &if at % 2 == 0 { json!({ "totp": code(&world, &secret, 9) }) } else { json!({}) }).status);
    }
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
}

#[test]
fn a_ticket_lasts_five_minutes_and_the_first_code_must_be_right() {
    let world = production();
    let user = world.user("staff", Role::DepartmentStaff, Some("63"));
    let old = ticket(&world, &user);
    let new = ticket(&world, &user);
    assert_eq!(post(&world, "/auth/second-factors", &json!({ "ticket": old, "totp": "123456" })).flaws(), ["/ticket ticket.refused"]);
    let shown = post(&world, "/auth/second-factors/secrets", &json!({ "ticket": new })).ok();
    assert!(shown["otpauth_uri"].as_str().unwrap().contains(shown["secret"].as_str().unwrap()));
    let wrong = code(&world, &shown["secret"], 7);
    assert_eq!(post(&world, "/auth/second-factors", &json!({ "ticket": new, "totp": wrong })).flaws(), ["/totp totp.wrong"]);
    world.set_time("2026-11-22T09:05:30Z");
    let late = code(&world, &shown["secret"], 0);
    assert_eq!(post(&world, "/auth/second-factors", &json!({ "ticket": new, "totp": late })).flaws(), ["/ticket ticket.refused"]);
}

#[test]
fn what_is_stored_tells_neither_secret_nor_codes_nor_ticket() {
    let world = production();
    let user = world.user("staff", Role::DepartmentStaff, Some("63"));
    let ticket = ticket(&world, &user);
    let (secret, codes) = enrol(&world, &ticket);
    let stored = world.database_text();
    for shown in [&secret, &ticket].into_iter().chain(&codes) {
        assert!(!stored.contains(shown.as_str().unwrap()));
    }
}

#[test]
fn whoever_is_given_staff_rights_enrols_before_the_session_goes_on() {
    let world = production();
    let user = world.volunteer("63");
    let session = log_in(&world, &user, &json!({})).ok();
    world.grant(&user, Role::DepartmentStaff, Some("63"));
    post(&world, "/auth/tokens", &json!({ "refresh_token": session["refresh_token"] })).refused(401, "refresh_token.refused");
    log_in(&world, &user, &json!({})).refused(403, "second_factor.enrolment_required");
}

#[test]
fn the_console_forgets_a_lost_factor_and_ends_the_sessions() {
    let world = production();
    world.come_to_the_present();
    let user = world.user("staff", Role::DepartmentStaff, Some("63"));
    let (secret, codes) = enrol(&world, &ticket(&world, &user));
    let program = world.console();
    let forget = || program.run(&["user", "reset-factor", "--login", user.login()]);
    let before = world.rows("audit_events");
    assert_eq!(forget().ok(), format!("user {} has no second factor any more\n", user.login()));
    forget().fails("has no second factor");
    user.get("/me").refused(401, "session.ended");
    log_in(&world, &user, &json!({ "recovery_code": codes[0] })).refused(403, "second_factor.enrolment_required");
    log_in(&world, &user, &json!({ "totp": code(&world, &secret, 0) })).refused(403, "second_factor.enrolment_required");
    assert_eq!(world.rows("audit_events") - before, 1);
}

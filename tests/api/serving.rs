//! The server as a process: its first start, its next ones, and how it stops.

use crate::harness::data::{school, uai};
use crate::harness::directory::sound;
use crate::harness::wire::Wire;
use crate::harness::{PUBLIC_URL, Program};
use std::time::{Duration, Instant};

fn demo() -> Program {
    Program::new().with("ENTRAIDE_PROFILE", "demo").with("ENTRAIDE_KEYS", "data/keys").with("ENTRAIDE_WORKERS", "1")
}

#[test]
fn a_demo_makes_all_it_needs_and_prints_the_password_once() {
    let program = demo();
    let first = program.serve();
    assert!(first.said.contains(&format!("API            {PUBLIC_URL}/api/v1")), "{}", first.said);
    assert!(first.said.contains(&format!("documentation  {PUBLIC_URL}/docs/")) && first.said.contains("administrator  admin"));
    let password = first.password().unwrap().to_owned();
    let token = first.log_in(&password);
    let schools = first.ask("GET", "/api/v1/establishments?q=curie%20marie", Some(&token), None).unwrap();
    assert!(schools.status == 200 && schools.text().contains("École primaire Marie-Curie"), "{}", schools.text());
    assert_eq!(first.ask("GET", "/docs/", None, None).unwrap().status, 200);
    assert!(!program.log().contains(&password), "{}", program.log());
    first.kill();
    let second = program.serve();
    assert!(second.password().is_none() && !second.said.contains(&password), "{}", second.said);
    // Sessions outlive the process: the keys are the same.
    assert_eq!(second.ask("GET", "/api/v1/me", Some(&token), None).unwrap().status, 200);
}

#[test]
fn an_address_that_is_taken_is_told() {
    let program = demo();
    let running = program.serve();
    let address = running.url.trim_start_matches("http://");
    let other = demo().with("ENTRAIDE_LISTEN", address);
    other.run(&["serve"]).fails(&format!("cannot listen on {address}"));
}

#[test]
fn a_server_runs_what_is_asked_of_it_in_the_background() {
    let program = demo();
    let running = program.serve();
    let token = running.log_in(running.password().unwrap());
    let authorization = format!("Bearer {token}");
    let headers = [("Authorization", authorization.as_str()), ("Content-Type", "text/csv"), ("Idempotency-Key", "background")];
    let mut wire = Wire::open(&running.url).unwrap();
    wire.send("POST", "/api/v1/imports?resource=establishments", &headers, &sound(20)).unwrap();
    let taken = wire.receive().unwrap();
    let location = taken.header("location").unwrap();
    let started = Instant::now();
    // Sooner than the runner would look by itself.
    while !running.ask("GET", location, Some(&token), None).unwrap().text().contains("\"created\":20") {
        assert!(started.elapsed() < Duration::from_secs(8), "nobody took it");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Starts a request, stops the server, and ends the request.
fn drains(signal: &str) {
    let program = demo();
    let running = program.serve();
    let token = running.log_in(running.password().unwrap());
    let body = school(630_001).to_string();
    let mut under_way = Wire::open(&running.url).unwrap();
    let head = format!(
        "POST /api/v1/establishments HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nIdempotency-Key: drained\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    under_way.write(head.as_bytes()).unwrap();
    under_way.write(&body.as_bytes()[..10]).unwrap();
    // A connection that asks for nothing holds nobody up.
    let mut idle = Wire::open(&running.url).unwrap();
    idle.send("GET", "/livez", &[], b"").unwrap();
    assert_eq!(idle.receive().unwrap().status, 200);
    running.signal(signal);
    let stopped = Instant::now();
    while !program.log().contains("draining") {
        assert!(stopped.elapsed() < Duration::from_secs(10), "{}", program.log());
        std::thread::sleep(Duration::from_millis(5));
    }
    under_way.write(&body.as_bytes()[10..]).unwrap();
    let answer = under_way.receive().unwrap();
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(running.wait(Duration::from_secs(20)), Some(0), "{}", program.log());
    let again = program.serve();
    let found = again.ask("GET", &format!("/api/v1/establishments?uai={}", uai(630_001)), Some(&token), None).unwrap();
    assert!(found.text().contains("630001"), "{}", found.text());
}

#[test]
fn sigterm_lets_what_is_under_way_finish() {
    drains("TERM");
}

#[test]
fn an_interrupt_from_the_keyboard_lets_what_is_under_way_finish() {
    drains("INT");
}

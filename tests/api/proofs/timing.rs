//! Logging in takes the same time whether or not the account exists. A long run: `make timing`.

use super::cases;
use crate::harness::{Client, World};
use entraide::auth::Role;
use serde_json::json;
use std::time::Instant;

/// Accounts, and as many logins that are nobody's.
const LOGINS: usize = 50;

/// Mean and variance of one sample.
fn moments(sample: &[f64]) -> (f64, f64) {
    let size = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / size;
    (mean, sample.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (size - 1.0))
}

/// Welch's t of two samples.
fn welch(one: &[f64], other: &[f64]) -> f64 {
    let ((first, spread), (second, scatter)) = (moments(one), moments(other));
    (first - second) / (spread / one.len() as f64 + scatter / other.len() as f64).sqrt()
}

fn milliseconds(client: &Client, login: &str) -> f64 {
    let body = json!({ "login": login, "password": "lave-basalte-volcan-2062" });
    let started = Instant::now();
    let reply = client.post("/auth/sessions", &body);
    let taken = started.elapsed().as_secs_f64() * 1000.0;
    reply.refused(401, "login.refused");
    taken
}

/// Both kinds in turn, in either order, each login as often as the others; the clock goes on, so that no limit is reached.
fn measure(unknown: &[String], each: usize) -> (Vec<f64>, Vec<f64>) {
    let world = World::with(&[("WORKERS", "2")]);
    let accounts: Vec<String> = (0..LOGINS).map(|_| world.user("person", Role::Volunteer, Some("63")).login().to_owned()).collect();
    let (client, mut at) = (world.anonymous(), 0);
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    let start = chrono::DateTime::parse_from_rfc3339("2026-11-22T09:00:00Z").unwrap().to_utc();
    for turn in 0..each + LOGINS {
        if turn % 25 == 0 {
            at += 1;
            world.clock.set(start + chrono::Duration::minutes(16 * at));
        }
        let (login, stranger) = (&accounts[turn % LOGINS], &unknown[turn % LOGINS]);
        let (one, other) = if fastrand::bool() {
            let one = milliseconds(&client, login);
            (one, milliseconds(&client, stranger))
        } else {
            let other = milliseconds(&client, stranger);
            (milliseconds(&client, login), other)
        };
        // The first round of each login is to warm up.
        if turn >= LOGINS {
            ours.push(one);
            others.push(other);
        }
    }
    (ours, others)
}

fn strangers(word: &str) -> Vec<String> {
    (0..LOGINS).map(|at| format!("{word}-{at:012x}")).collect()
}

#[test]
#[ignore = "takes minutes on a quiet machine: make timing"]
fn logging_in_takes_as_long_for_an_account_that_does_not_exist() {
    let each = cases("ENTRAIDE_LOGINS", 2000);
    let (known, unknown) = measure(&strangers("person"), each);
    let t = welch(&known, &unknown);
    let (first, second) = (moments(&known), moments(&unknown));
    let tell = |(mean, variance): (f64, f64)| format!("{mean:.3} ± {:.3} ms", variance.sqrt());
    println!("{each} + {each} logins: existing {}, unknown {}, t = {t:.2}", tell(first), tell(second));
    assert!(t.abs() < 4.5, "t = {t}");
}

#[test]
fn the_t_test_finds_a_difference_that_is_there() {
    let rng = &mut fastrand::Rng::with_seed(1);
    let sample = |rng: &mut fastrand::Rng, mean: f64| (0..2000).map(|_| mean + rng.f64() * 4.0).collect::<Vec<f64>>();
    let (one, same, slower) = (sample(rng, 20.0), sample(rng, 20.0), sample(rng, 20.3));
    assert!(welch(&one, &same).abs() < 4.5);
    assert!(welch(&one, &slower).abs() > 4.5, "0.3 ms of 22 are found");
}

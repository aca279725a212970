//! How much, how fast and from where: limits of size, time and number, browsers of other origins, and what survives.

use crate::harness::data::school;
use crate::harness::{Client, World};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A connection of one's own, for what no well-behaved client sends.
struct Wire(TcpStream);

impl Wire {
    fn open(world: &World) -> Self {
        let stream = TcpStream::connect(world.url.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self(stream)
    }

    fn send(&mut self, text: &str) {
        // The server may have hung up already; what it said is read all the same.
        self.0.write_all(text.as_bytes()).ok();
    }

    /// What the server says until its answer is whole.
    fn answer(&mut self) -> String {
        let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
                length.is_some_and(|length| body.len() >= length)
            });
            if whole {
                return text;
            }
            match self.0.read(&mut part) {
                Ok(0) | Err(_) => return text,
                Ok(read) => bytes.extend_from_slice(&part[..read]),
            }
        }
    }
}

fn head(client: &Client, length: usize) -> String {
    let token = client.token();
    format!(
        "POST /api/v1/establishments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    )
}

#[test]
fn a_body_that_trickles_is_given_up_with_a_problem() {
    let world = World::with(&[("BODY_SECONDS", "1")]);
    let admin = world.admin();
    let mut wire = Wire::open(&world);
    let started = Instant::now();
    wire.send(&head(&admin, 1000));
    let mut slow = Wire(wire.0.try_clone().unwrap());
    let trickle = std::thread::spawn(move || {
        for _ in 0..12 {
            slow.send(" ");
            std::thread::sleep(Duration::from_millis(150));
        }
    });
    let answer = wire.answer();
    assert!(started.elapsed() < Duration::from_secs(8));
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("application/problem+json") && answer.contains("\"body.too_slow\""), "{answer}");
    trickle.join().unwrap();
    assert_eq!(admin.get("/establishments").status, 200);
}

#[test]
fn a_body_over_its_limit_is_refused_announced_or_not() {
    let world = World::new();
    let admin = world.admin();
    let mut wire = Wire::open(&world);
    wire.send(&head(&admin, 256 * 1024 + 1));
    let announced = wire.answer();
    assert!(announced.starts_with("HTTP/1.1 413") && announced.contains("\"body.too_large\"") && announced.contains("262144"), "{announced}");
    let mut wire = Wire::open(&world);
    wire.send(&head(&admin, 0).replace("Content-Length: 0", "Transfer-Encoding: chunked"));
    for _ in 0..33 {
        wire.send(&format!("2000\r\n{}\r\n", " ".repeat(0x2000)));
    }
    let chunked = wire.answer();
    assert!(chunked.starts_with("HTTP/1.1 413") && chunked.contains("\"body.too_large\""), "{chunked}");
    let full = format!("{}{}", school(630_001), " ".repeat(256 * 1024 - school(630_001).to_string().len()));
    assert_eq!(admin.request("POST", "/establishments").key("k").body("application/json", full.into_bytes()).send().status, 201);
}

#[test]
fn what_is_no_http_is_refused_and_the_server_lives() {
    let world = World::new();
    for text in [
        "nonsense\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /livez HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET /livez HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ] {
        let mut wire = Wire::open(&world);
        wire.send(text);
        let answer = wire.answer();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{text:?}: {answer}");
    }
    assert_eq!(world.anonymous().get("/livez").status, 200);
}

#[test]
fn a_caller_over_the_limit_waits_and_an_unchanged_answer_is_free() {
    let world = World::with(&[("RATE_LIMIT", "5")]);
    let admin = world.admin();
    let created = admin.post("/establishments", &school(630_001));
    assert_eq!((created.header("ratelimit-policy"), created.header("ratelimit").split(';').nth(1)), ("\"write\";q=5;w=60", Some("r=4")));
    let path = created.header("location").trim_start_matches("/api/v1").to_owned();
    for _ in 0..12 {
        assert_eq!(admin.request("GET", &path).header("If-None-Match", created.etag()).send().status, 304);
    }
    let etag = world.anonymous().get("/reference/regions").etag().to_owned();
    for _ in 0..12 {
        assert_eq!(
            admin.request("GET", "/reference/regions").header("If-None-Match", &etag).send().status,
            304,
            "free for a signed-in caller of a public route too"
        );
    }
    for left in (0..5).rev() {
        let reply = admin.get(&path);
        assert_eq!((reply.status, reply.header("ratelimit").split(';').nth(1)), (200, Some(format!("r={left}").as_str())));
    }
    let refused = admin.get(&path);
    refused.refused(429, "rate.limited");
    assert!((1..=12).contains(&refused.header("retry-after").parse::<u32>().unwrap()));
    assert_eq!(refused.json()["retryable"], true);
    assert_eq!(world.volunteer("63").get(&path).status, 200, "another caller has a bucket of their own");
    assert_eq!(admin.patch(&path, "*", &json!({ "pupils": 1 })).status, 200, "and so has another class");
}

#[test]
fn browsers_of_listed_origins_may_call_and_others_may_not() {
    let world = World::with(&[("CORS_ORIGINS", "https://a.example,https://b.example")]);
    let anonymous = world.anonymous();
    let from = |origin: &str| anonymous.request("GET", "/reference/regions").header("Origin", origin).send();
    let preflight =
        |origin: &str, path: &str| anonymous.request("OPTIONS", path).header("Origin", origin).header("Access-Control-Request-Method", "PATCH").send();
    for origin in ["https://a.example", "https://b.example"] {
        let reply = from(origin);
        assert_eq!(reply.header("access-control-allow-origin"), origin);
        assert!(reply.header("access-control-expose-headers").contains("ETag"));
        let asked = preflight(origin, "/establishments/01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10");
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (204, origin));
        assert!(asked.header("access-control-allow-methods").contains("PATCH") && asked.header("access-control-allow-headers").contains("If-Match"));
    }
    for origin in ["https://a.example.evil", "http://a.example", "null", "https://A.example"] {
        assert_eq!(from(origin).header("access-control-allow-origin"), "", "{origin}");
        preflight(origin, "/establishments").refused(405, "method.not_allowed");
    }
    preflight("https://a.example", "/nothing").refused(404, "route.not_found");
    assert!(from("https://a.example").headers.iter().any(|(name, value)| name == "vary" && value.contains("Origin")));
    assert_eq!(from("https://a.example").header("access-control-allow-credentials"), "");
}

#[test]
fn a_panic_is_a_500_with_a_request_id_and_the_server_lives() {
    let world = World::new();
    let user = world.admin();
    // Thirty days later no calendar goes: the clock's users overflow, in the handler and in the database's thread.
    world.set_time("+262142-12-20T00:00:00Z");
    let handler = world.anonymous().get("/.well-known/security.txt");
    let login = world.anonymous().post("/auth/sessions", &json!({ "login": user.login(), "password": crate::harness::PASSWORD }));
    for reply in [&handler, &login] {
        reply.refused(500, "internal");
        assert_eq!(reply.json()["instance"], format!("urn:uuid:{}", reply.header("request-id")));
        assert!(!reply.text().contains("overflow"), "{}", reply.text());
    }
    world.set_time("2026-11-22T09:00:00Z");
    for _ in 0..4 {
        assert_eq!(user.get("/establishments").status, 200);
    }
    assert_eq!(user.post("/establishments", &school(630_001)).status, 201);
}

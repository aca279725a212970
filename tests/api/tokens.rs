//! Tokens that nobody may get in with, each beside a good one that does.

use crate::harness::{Client, PASSWORD, World};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entraide::auth::Keys;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// The parts of a token that the server itself made.
pub fn opened(token: &str) -> (Value, Value) {
    let part = |at: usize| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap();
    (part(0), part(1))
}

/// A token signed with the server's own key, its head and claims changed.
pub fn forged(world: &World, good: &str, head: &Value, changes: &Value) -> String {
    let (good_head, mut claims) = opened(good);
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    let text = |name: &str| head.get(name).unwrap_or(&good_head[name]).as_str().map(str::to_owned);
    let mut header = Header::new(Algorithm::EdDSA);
    (header.typ, header.kid) = (text("typ"), text("kid"));
    encode(&header, &claims, &world.server.keys.encoding).unwrap()
}

fn refuse_all(world: &World, good: &str, tokens: &[(String, String)]) {
    for (what, token) in tokens {
        let reply = Client::new(&world.url, Some(token.clone())).get("/me");
        assert_eq!(reply.status, 401, "{what} was let in: {token}");
        assert!(reply.header("www-authenticate").contains("invalid_token"), "{what}");
        assert_eq!(Client::new(&world.url, Some(good.to_owned())).get("/me").status, 200, "the good one, after {what}");
    }
}

#[test]
fn signed_tokens_with_other_claims_are_refused() {
    let world = World::new();
    let good = world.admin().token().to_owned();
    let now = opened(&good).1["iat"].as_i64().unwrap();
    assert_eq!(Client::new(&world.url, Some(forged(&world, &good, &json!({}), &json!({})))).get("/me").status, 200, "the forge itself works");
    let claims = [
        ("wrong iss", json!({ "iss": "https://elsewhere.example" })),
        ("wrong aud", json!({ "aud": "https://elsewhere.example" })),
        ("expired", json!({ "iat": now - 700, "nbf": now - 700, "exp": now - 100 })),
        ("future nbf", json!({ "nbf": now + 60 })),
        ("future iat", json!({ "iat": now + 60, "nbf": now + 60, "exp": now + 600 })),
        ("exp too far", json!({ "exp": now + 601 })),
        ("exp at the end of time", json!({ "exp": i64::MAX })),
        ("iat at the beginning of time", json!({ "iat": i64::MIN })),
        ("exp before nbf", json!({ "exp": now })),
        ("other version", json!({ "ver": 2 })),
        ("version as text", json!({ "ver": "1" })),
        ("other session", json!({ "sid": "01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10" })),
        ("other user", json!({ "sub": "01935b7e-6f00-7c3a-9c58-3f6f2b1a4d10" })),
        ("no user", json!({ "sub": "admin" })),
    ];
    let missing = ["iss", "aud", "sub", "sid", "ver", "iat", "nbf", "exp", "jti"].map(|name| (name, json!({ name: null })));
    let mut tokens: Vec<(String, String)> =
        claims.iter().chain(&missing).map(|(what, changes)| ((*what).to_owned(), forged(&world, &good, &json!({}), changes))).collect();
    for (what, head) in [
        ("wrong kid", json!({ "kid": "other" })),
        ("no kid", json!({ "kid": null })),
        ("wrong typ", json!({ "typ": "JWT" })),
        ("no typ", json!({ "typ": null })),
    ] {
        tokens.push((what.to_owned(), forged(&world, &good, &head, &json!({}))));
    }
    refuse_all(&world, &good, &tokens);
}

#[test]
fn tokens_of_other_algorithms_and_keys_are_refused() {
    let world = World::new();
    let good = world.admin().token().to_owned();
    let (head, claims) = opened(&good);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let with_alg = |alg: &str| part(&json!({ "alg": alg, "typ": head["typ"], "kid": head["kid"] }));
    let signature = good.rsplit('.').next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    Keys::generate(folder.path()).unwrap();
    let stranger = Keys::load(folder.path()).unwrap();
    let mut header = Header::new(Algorithm::EdDSA);
    (header.typ, header.kid) = (head["typ"].as_str().map(str::to_owned), head["kid"].as_str().map(str::to_owned));
    let mut symmetric = Header::new(Algorithm::HS256);
    (symmetric.typ, symmetric.kid) = (header.typ.clone(), header.kid.clone());
    let public = &world.server.keys.published[0].text;
    let tokens = [
        ("alg none without signature", format!("{}.{}.", with_alg("none"), part(&claims))),
        ("alg none with the signature", format!("{}.{}.{signature}", with_alg("none"), part(&claims))),
        ("alg NONE", format!("{}.{}.", with_alg("NONE"), part(&claims))),
        ("alg HS256 over the old signature", format!("{}.{}.{signature}", with_alg("HS256"), part(&claims))),
        ("HS256 keyed by the public key", encode(&symmetric, &claims, &EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(public).unwrap())).unwrap()),
        ("HS256 keyed by its text", encode(&symmetric, &claims, &EncodingKey::from_secret(public.as_bytes())).unwrap()),
        ("another key under our kid", encode(&header, &claims, &stranger.encoding).unwrap()),
    ];
    refuse_all(&world, &good, &tokens.map(|(what, token)| (what.to_owned(), token)));
}

#[test]
fn no_flipped_bit_and_no_cut_gets_through() {
    let world = World::new();
    let good = world.admin().token().to_owned();
    let parts: Vec<Vec<u8>> = good.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    let mut tokens = Vec::new();
    for (part, bytes) in parts.iter().enumerate() {
        for at in (0..bytes.len()).step_by(7) {
            let mut changed = parts.clone();
            changed[part][at] ^= 1 << (at % 8);
            tokens.push((format!("part {part}, byte {at}"), changed.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect::<Vec<_>>().join(".")));
        }
    }
    for length in (0..good.len()).step_by(23) {
        tokens.push((format!("cut to {length}"), good[..length].to_owned()));
    }
    tokens.push(("longer".to_owned(), format!("{good}A")));
    tokens.push(("twice".to_owned(), format!("{good}.{good}")));
    refuse_all(&world, &good, &tokens);
}

#[test]
fn a_refresh_token_opens_no_door_but_its_own() {
    let world = World::new();
    let user = world.admin();
    let session = world.anonymous().post("/auth/sessions", &json!({ "login": user.login(), "password": PASSWORD })).ok();
    let (access, refresh) = (session["access_token"].as_str().unwrap(), session["refresh_token"].as_str().unwrap());
    refuse_all(&world, access, &[("a refresh token".to_owned(), refresh.to_owned())]);
    assert_eq!(world.anonymous().post("/auth/tokens", &json!({ "refresh_token": access })).flaws(), ["/refresh_token text.too_long"]);
}

#[test]
fn an_access_token_lives_ten_minutes_and_five_seconds_for_clocks_that_differ() {
    let world = World::new();
    let user = world.admin();
    let end = opened(user.token()).1["exp"].as_i64().unwrap();
    let after = |seconds: i64| world.set_time(&chrono::DateTime::from_timestamp(end + seconds, 0).unwrap().to_rfc3339());
    after(2);
    for _ in 0..3 {
        assert_eq!(user.get("/me").status, 200, "within the leeway, remembered or not");
    }
    after(6);
    for _ in 0..2 {
        user.get("/me").refused(401, "token.expired");
    }
}

#[test]
fn another_scheme_or_a_bad_token_is_refused_even_where_none_is_needed() {
    let world = World::new();
    let anonymous = world.anonymous();
    for value in ["Basic YTpi", "Bearer", "Bearer ", "bearer x", "Token x"] {
        anonymous.request("GET", "/reference/regions").header("Authorization", value).send().refused(401, "token.invalid");
    }
    assert_eq!(anonymous.get("/reference/regions").status, 200);
}

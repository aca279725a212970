//! Hundreds of tokens made to get in, a good one among every few of them; and keys that take turns.

use crate::harness::{Client, PASSWORD, World};
use crate::tokens::{forged, opened};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entraide::auth::Keys;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token of any head and claims, signed as the server signs.
fn signed(world: &World, head: &Value, claims: &Value) -> String {
    let message = format!("{}.{}", part(head), part(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &world.server.keys.encoding, Algorithm::EdDSA).unwrap();
    format!("{message}.{signature}")
}

fn with(value: &Value, name: &str, to: Value) -> Value {
    let mut changed = value.clone();
    changed[name] = to;
    changed
}

/// Heads of other algorithms, over the old signature, none, or one keyed by what is public.
fn confused(world: &World, good: &str) -> Vec<String> {
    let (head, claims) = opened(good);
    let signature = good.rsplit('.').next().unwrap();
    let mut tokens = Vec::new();
    for alg in ["none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS256", "RS512", "PS256", "ES256", "ES384", "Ed25519", "eddsa", "EdDSA "] {
        let body = format!("{}.{}", part(&with(&head, "alg", alg.into())), part(&claims));
        tokens.extend([format!("{body}."), body.clone(), format!("{body}.{signature}"), format!("{body}.AAAA")]);
    }
    let public = &world.server.keys.published[0].text;
    let secrets =
        [public.as_bytes().to_vec(), URL_SAFE_NO_PAD.decode(public).unwrap(), world.server.keys.kid.as_bytes().to_vec(), Vec::new(), b"secret".to_vec()];
    for (algorithm, name) in [(Algorithm::HS256, "HS256"), (Algorithm::HS384, "HS384"), (Algorithm::HS512, "HS512")] {
        for secret in &secrets {
            for named in [name, "EdDSA"] {
                let message = format!("{}.{}", part(&with(&head, "alg", named.into())), part(&claims));
                let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &EncodingKey::from_secret(secret), algorithm).unwrap();
                tokens.push(format!("{message}.{signature}"));
            }
        }
    }
    tokens
}

/// Heads with names, keys and conditions of their own, signed by us or by a stranger.
fn injected(world: &World, good: &str) -> Vec<String> {
    let (head, claims) = opened(good);
    let folder = tempfile::tempdir().unwrap();
    Keys::generate(folder.path()).unwrap();
    let stranger = Keys::load(folder.path()).unwrap();
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "kid": stranger.kid, "x": stranger.published[0].text });
    let mut heads = Vec::new();
    let kids = ["", "0", "*", "%", "../../dev/null", "/dev/null", "' OR '1'='1", "1; DROP TABLE users", "$(id)", "null", "\u{0}", "é", &stranger.kid];
    heads.extend(kids.iter().map(|kid| with(&head, "kid", (*kid).into())));
    heads.extend([json!(null), json!(1), json!([world.server.keys.kid]), json!({ "kid": world.server.keys.kid })].map(|kid| with(&head, "kid", kid)));
    for typ in [json!("JWT"), json!("at+JWT"), json!("application/at+jwt"), json!("refresh+jwt"), json!("id_token"), json!(""), json!(null), json!(["at+jwt"])]
    {
        heads.push(with(&head, "typ", typ));
    }
    for (name, value) in [
        ("jwk", jwk.clone()),
        ("jku", json!("https://elsewhere.example/jwks.json")),
        ("jku", json!(format!("{}/.well-known/jwks.json", world.url))),
        ("x5u", json!("https://elsewhere.example/cert.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("crit", json!(["b64"])),
        ("b64", json!(false)),
        ("zip", json!("DEF")),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
        ("p2c", json!(1_000_000_000)),
        ("url", json!("https://elsewhere.example")),
        ("nonce", json!("1")),
    ] {
        heads.push(with(&head, name, value));
    }
    let ours = heads.iter().map(|head| signed(world, head, &claims));
    let theirs = heads.iter().chain(std::iter::once(&head)).map(|head| {
        let message = format!("{}.{}", part(head), part(&claims));
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &stranger.encoding, Algorithm::EdDSA).unwrap();
        format!("{message}.{signature}")
    });
    ours.chain(theirs).collect()
}

/// Well-signed tokens whose claims are not those of this server, this user or this hour.
fn misclaimed(world: &World, good: &str) -> Vec<String> {
    let claims = opened(good).1;
    let now = claims["iat"].as_i64().unwrap();
    let mut changes = Vec::new();
    for name in ["iss", "aud", "sub", "sid", "ver", "iat", "nbf", "exp", "jti"] {
        let odd = [json!(null), json!({}), json!([]), json!([claims[name]]), json!(true), json!("\u{0}"), json!("' OR 1=1")];
        changes.extend(odd.into_iter().filter(|value| name != "jti" || !value.is_string()).map(|value| json!({ name: value })));
    }
    for name in ["iat", "nbf", "exp"] {
        let numbers =
            [json!(0), json!(-1), json!(1.5), json!(now as f64 + 0.5), json!(i64::MIN), json!(i64::MAX), json!(u64::MAX), json!(1e308), json!(now.to_string())];
        changes.extend(numbers.into_iter().map(|value| json!({ name: value })));
    }
    changes.extend([i64::MIN, -1, 1_000, 4_000_000_000].map(|shift| json!({ "iat": now.saturating_add(shift), "nbf": now.saturating_add(shift) })));
    changes.extend([-100_000, -700, -606].map(|shift| json!({ "iat": now + shift, "nbf": now + shift, "exp": now + shift + 600 })));
    changes.extend([601, 3_600, 86_400, 315_360_000].map(|life| json!({ "exp": now + life })));
    for version in [json!(0), json!(2), json!(-1), json!("1"), json!(1.0001), json!(4_294_967_297_i64)] {
        changes.push(json!({ "ver": version }));
    }
    let url = &world.url;
    for place in [format!("{url}/"), url.to_uppercase(), format!("{url}.evil.example"), "https://staging.example.org".to_owned(), String::new()] {
        changes.extend([json!({ "iss": place }), json!({ "aud": place }), json!({ "iss": place, "aud": place })]);
    }
    let other = opened(world.volunteer("15").token()).1;
    changes.extend([json!({ "sub": other["sub"] }), json!({ "sid": other["sid"] }), json!({ "sub": claims["sid"], "sid": claims["sub"] })]);
    changes.iter().map(|change| forged(world, good, &json!({}), change)).collect()
}

/// The good token with one bit turned, cut short, lengthened, or put together anew.
fn bent(good: &str) -> Vec<String> {
    let parts: Vec<Vec<u8>> = good.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    let mut tokens = Vec::new();
    for (at_part, bytes) in parts.iter().enumerate() {
        for at in 0..bytes.len() {
            let mut changed = parts.clone();
            changed[at_part][at] ^= 1 << (at % 8);
            tokens.push(changed.iter().map(|part| URL_SAFE_NO_PAD.encode(part)).collect::<Vec<_>>().join("."));
        }
    }
    tokens.extend((0..good.len()).step_by(5).map(|length| good[..length].to_owned()));
    let texts: Vec<&str> = good.split('.').collect();
    tokens.extend([
        format!("{good}."),
        format!("{good}=="),
        format!(".{good}"),
        format!("{good}{good}"),
        texts.iter().rev().copied().collect::<Vec<_>>().join("."),
    ]);
    tokens.extend([
        format!("{}..{}", texts[0], texts[2]),
        format!("{}.{}.{}", texts[1], texts[1], texts[2]),
        good.to_uppercase(),
        "..".to_owned(),
        "a.b.c".to_owned(),
    ]);
    tokens
}

#[test]
fn of_hundreds_of_hostile_tokens_none_gets_in_and_every_good_one_does() {
    let world = World::new();
    let user = world.admin();
    let good = user.token().to_owned();
    let session = world.anonymous().post("/auth/sessions", &json!({ "login": user.login(), "password": PASSWORD })).ok();
    let elsewhere = World::new();
    let mut hostile = [confused(&world, &good), injected(&world, &good), misclaimed(&world, &good), bent(&good)].concat();
    hostile.push(session["refresh_token"].as_str().unwrap().to_owned());
    hostile.push(elsewhere.admin().token().to_owned());
    hostile.retain(|token| token.bytes().all(|byte| byte.is_ascii_graphic()));
    assert!(hostile.len() >= 700, "{} hostile tokens", hostile.len());
    let now = opened(&good).1["iat"].as_i64().unwrap();
    let change = |at: i64| json!({ "jti": format!("control-{at}"), "iat": now - at, "nbf": now - at, "exp": now - at + 600 - at });
    let controls: Vec<String> = (0..20).map(|at| forged(&world, &good, &json!({}), &change(at))).collect();
    let status = |token: &str| Client::new(&world.url, Some(token.to_owned())).get("/me").status;
    let accepted: Vec<&String> = hostile.iter().filter(|token| status(token) != 401).collect();
    assert!(accepted.is_empty(), "{} of {} were let in: {accepted:#?}", accepted.len(), hostile.len());
    assert_eq!(controls.iter().filter(|token| status(token) == 200).count(), 20);
}

#[test]
fn tokens_of_the_key_before_are_taken_until_it_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    Keys::generate(folder.path()).unwrap();
    let world = World::with(&[("KEYS", folder.path().to_str().unwrap())]);
    let user = world.admin();
    let at = |root: &str, token: &str| Client::new(root, Some(token.to_owned())).get("/me");
    let kids = |root: &str| -> Vec<Value> {
        Client::new(root, None).get("/.well-known/jwks.json").ok()["keys"].as_array().unwrap().iter().map(|key| key["kid"].clone()).collect()
    };
    let before = kids(&world.url);
    Keys::rotate(folder.path()).unwrap();
    let rotated = world.neighbour();
    let both = kids(&rotated.url);
    assert_eq!((before.len(), both.len(), &both[1]), (1, 2, &before[0]));
    assert_eq!(at(&rotated.url, user.token()).status, 200, "signed by the key before");
    let session = Client::new(&rotated.url, None).post("/auth/sessions", &json!({ "login": user.login(), "password": PASSWORD })).ok();
    let fresh = session["access_token"].as_str().unwrap();
    assert_eq!(opened(fresh).0["kid"], both[0]);
    assert_eq!(at(&rotated.url, fresh).status, 200);
    at(&world.url, fresh).refused(401, "token.invalid");
    Keys::drop_previous(folder.path()).unwrap();
    let dropped = world.neighbour();
    at(&dropped.url, user.token()).refused(401, "token.invalid");
    assert_eq!(at(&dropped.url, fresh).status, 200);
}

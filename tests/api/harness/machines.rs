//! Machines to call with, and what they prove themselves with.

use super::{Client, Reply, World};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use entraide::auth::Keys;
use entraide::db::Id;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// A machine that reads the directory, with other fields.
pub fn machine(admin: &Client, fields: &Value) -> Value {
    let mut body = json!({ "name": "Annuaire", "auth_methods": ["client_secret_basic"], "scopes": ["directory.read"], "row_scope": "national" });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    admin.post("/api-clients", &body).ok()
}

pub fn id(machine: &Value) -> &str {
    machine["id"].as_str().unwrap()
}

/// A new secret of a machine, with its id.
pub fn secret(admin: &Client, machine: &Value) -> (String, String) {
    let made = admin.request("POST", &format!("/api-clients/{}/secrets", id(machine))).json(&json!({})).send();
    let view = made.ok();
    assert_eq!((made.status, made.header("cache-control")), (201, "private, no-store"));
    (view["client_secret"].as_str().unwrap().to_owned(), view["id"].as_str().unwrap().to_owned())
}

pub fn form(fields: &[(&str, &str)]) -> Vec<u8> {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes()
}

pub const FORM: &str = "application/x-www-form-urlencoded";
pub const GRANT: (&str, &str) = ("grant_type", "client_credentials");

pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// Asks for a token with a secret in the header.
pub fn ask(world: &World, id: &str, secret: &str, fields: &[(&str, &str)]) -> Reply {
    ask_from(world, id, secret, fields, "203.0.113.1")
}

/// The same from an address, where the world trusts the test as its proxy.
pub fn ask_from(world: &World, id: &str, secret: &str, fields: &[(&str, &str)], address: &str) -> Reply {
    let body = form(&[&[GRANT], fields].concat());
    let request = world.anonymous();
    let request = request.request("POST", "/oauth/token").header("Authorization", &basic(id, secret)).header("X-Forwarded-For", address);
    request.body(FORM, body).send()
}

/// Asks for a token with fields alone.
pub fn post(world: &World, fields: &[(&str, &str)]) -> Reply {
    world.anonymous().request("POST", "/oauth/token").body(FORM, form(fields)).send()
}

/// A client that calls with the token of an answer.
pub fn with(world: &World, answer: &Reply) -> Client {
    Client::new(&world.url, Some(answer.ok()["access_token"].as_str().unwrap().to_owned()))
}

/// A machine with a secret, signed in.
pub fn signed_in(world: &World, admin: &Client, fields: &Value) -> (Value, String, Client) {
    let machine = machine(admin, fields);
    let (secret, _) = secret(admin, &machine);
    let client = with(world, &ask(world, id(&machine), &secret, &[]));
    (machine, secret, client)
}

/// Asserts a refusal as RFC 6749 tells it, with the problem that its address explains.
pub fn refused(reply: &Reply, status: u16, word: &str, code: &str) {
    assert_eq!((reply.status, reply.header("content-type")), (status, "application/json"), "{}", reply.text());
    let (body, slug) = (reply.json(), code.replace(['.', '_'], "-"));
    assert_eq!(body["error"], word, "{body}");
    assert!(body["error_uri"].as_str().unwrap().ends_with(&format!("/problem-types/{slug}")), "{body}");
    assert!(body["error_description"].as_str().unwrap().is_ascii());
    assert!(reply.header("cache-control").contains("no-store") && !reply.header("request-id").is_empty());
    assert_eq!(reply.header("www-authenticate").starts_with("Basic "), status == 401);
}

/// A key pair of a machine.
pub struct Pair {
    pub jwk: Value,
    pub algorithm: Algorithm,
    pub signing: EncodingKey,
}

pub fn ed25519() -> Pair {
    let folder = tempfile::tempdir().unwrap();
    Keys::generate(folder.path()).unwrap();
    let keys = Keys::load(folder.path()).unwrap();
    Pair { jwk: json!({ "kty": "OKP", "crv": "Ed25519", "x": keys.published[0].text }), algorithm: Algorithm::EdDSA, signing: keys.encoding }
}

pub fn p256() -> Pair {
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y), "kid": "p256", "use": "sig" });
    Pair { jwk, algorithm: Algorithm::ES256, signing: EncodingKey::from_ec_der(document.as_ref()) }
}

/// What an assertion of a machine says, with other claims; `null` takes one away.
pub fn claims(world: &World, client_id: &str, changes: &Value) -> Value {
    let now = world.now().0.timestamp();
    let mut claims = json!({ "iss": client_id, "sub": client_id, "aud": world.url, "iat": now, "exp": now + 60, "jti": Id::new().to_string() });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

pub fn assertion(pair: &Pair, claims: &Value) -> String {
    encode(&Header::new(pair.algorithm), claims, &pair.signing).unwrap()
}

/// Asks for a token with an assertion.
pub fn assert_with(world: &World, assertion: &str) -> Reply {
    post(world, &[GRANT, ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), ("client_assertion", assertion)])
}

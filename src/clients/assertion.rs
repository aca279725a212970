//! Assertions by which a machine proves who it is with a private key (RFC 7523): one use, five minutes at most.

use crate::auth::jwk::Jwk;
use crate::db::Instant;
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;

/// What `client_assertion_type` says.
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Seconds for which an assertion may be good.
const LIFETIME: i64 = 300;
/// Seconds by which clocks may differ.
const LEEWAY: i64 = 5;
const JTI_MAX: usize = 200;

/// The head of an assertion, and nothing else: it brings no key and no condition of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    #[serde(rename = "typ")]
    _typ: Option<String>,
    kid: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    iat: Option<i64>,
    nbf: Option<i64>,
    pub jti: String,
}

/// One server: an assertion made for several could be carried from one to another.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    Plain(String),
    Listed([String; 1]),
}

fn part(assertion: &str, at: usize) -> Option<Vec<u8>> {
    assertion.split('.').nth(at).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())
}

/// Whom an assertion says it is of, whatever else it says.
pub fn issuer(assertion: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Issuer {
        iss: String,
    }
    serde_json::from_slice::<Issuer>(&part(assertion, 1)?).ok().map(|issuer| issuer.iss)
}

/// What an assertion says, whoever signed it.
pub fn claims(assertion: &str) -> Option<Claims> {
    serde_json::from_slice(&part(assertion, 1)?).ok()
}

fn name(algorithm: Algorithm) -> &'static str {
    if algorithm == Algorithm::ES256 { "ES256" } else { "EdDSA" }
}

/// Whether one of these keys signed it, by the algorithm that is the key's own. Where none can have, `stand_in` is tried all the same:
/// a client that does not exist takes as long.
pub fn is_signed_by(assertion: &str, keys: &[Jwk], stand_in: &DecodingKey) -> bool {
    let head = part(assertion, 0).and_then(|head| serde_json::from_slice::<Head>(&head).ok());
    let fits = |key: &&Jwk| head.as_ref().is_some_and(|head| head.alg == name(key.algorithm()) && head.kid.as_ref().is_none_or(|kid| *kid == key.kid));
    let Some((message, signature)) = assertion.rsplit_once('.') else { return false };
    let signed = |key: &DecodingKey, algorithm| crypto::verify(signature, message.as_bytes(), key, algorithm).unwrap_or(false);
    let mut fitting = keys.iter().filter(fits).peekable();
    if fitting.peek().is_none() {
        signed(stand_in, Algorithm::EdDSA);
        return false;
    }
    fitting.any(|key| key.decoding().is_some_and(|decoding| signed(&decoding, key.algorithm())))
}

impl Claims {
    /// Until when it has to be remembered, if it is of this client, for this server and of this moment.
    pub fn check(&self, client_id: &str, issuer: &str, now: i64) -> Result<Instant> {
        let Self { iss, sub, aud, exp, iat, nbf, jti } = self;
        let (Audience::Plain(aud) | Audience::Listed([aud])) = aud;
        let endpoint = format!("{issuer}/oauth/token");
        let to_come = |moment: &Option<i64>| moment.is_some_and(|moment| moment > now + LEEWAY);
        let expected = [
            (iss == client_id && sub == client_id, "iss = sub = client_id".to_owned()),
            (aud == issuer || *aud == endpoint, format!("aud = {issuer}")),
            (*exp > now - LEEWAY && *exp <= now + LIFETIME + LEEWAY, format!("exp <= {LIFETIME} s")),
            (!to_come(iat) && !to_come(nbf), "iat, nbf <= now".to_owned()),
            ((1..=JTI_MAX).contains(&jti.len()), format!("jti 1-{JTI_MAX}")),
        ];
        if let Some((_, expected)) = expected.into_iter().find(|(is, _)| !is) {
            return Err(Error::of(Code::ClientAssertionRefused).with("expected", expected));
        }
        let forgotten_at = Instant::from_micros((exp + LEEWAY) * 1_000_000);
        forgotten_at.ok_or_else(|| Error::of(Code::ClientAssertionRefused).with("expected", "exp"))
    }
}

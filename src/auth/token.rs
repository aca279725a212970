//! Access tokens: EdDSA only, ten minutes, every claim required and checked.

use super::Keys;
use crate::db::Id;
use crate::error::{Code, Error, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

/// Seconds that an access token lives.
pub const LIFETIME: i64 = 600;
/// Seconds by which clocks may differ.
const LEEWAY: i64 = 5;
const TYPE: &str = "at+jwt";
const ALGORITHM: &str = "EdDSA";

/// The head of a token: these three and nothing else, so that no token brings a key, an address of one or a condition of its own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    pub sub: String,
    pub sid: String,
    /// The user's authorisation version when the token was made.
    pub ver: i32,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub jti: String,
}

/// Whom a verified token speaks for, and until when it is taken, leeway included (seconds since 1970).
#[derive(Debug, Clone, Copy)]
pub struct Verified {
    pub user_id: Id,
    pub session_id: Id,
    pub auth_version: i32,
    pub expires_at: i64,
}

pub fn issue(keys: &Keys, issuer: &str, user_id: Id, session_id: Id, auth_version: i32, now: i64) -> Result<String> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(keys.kid.clone());
    let claims = Claims {
        iss: issuer.to_owned(),
        aud: issuer.to_owned(),
        sub: user_id.to_string(),
        sid: session_id.to_string(),
        ver: auth_version,
        iat: now,
        nbf: now,
        exp: now + LIFETIME,
        jti: Id::new().to_string(),
    };
    encode(&header, &claims, &keys.encoding).map_err(Error::internal)
}

pub fn verify(keys: &Keys, issuer: &str, token: &str, now: i64) -> Result<Verified> {
    let invalid = || Error::of(Code::TokenInvalid);
    let head = token.split('.').next().and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).ok_or_else(invalid)?;
    // The library checks neither the type nor which key was meant, and passes over what it does not know, `crit` among it.
    let head: Head = serde_json::from_slice(&head).map_err(|_| invalid())?;
    let key = keys.named(&head.kid).filter(|_| head.typ == TYPE && head.alg == ALGORITHM).ok_or_else(invalid)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[issuer]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
    // Times are checked below, against the clock of this program.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    let claims = decode::<Claims>(token, key, &validation).map_err(|_| invalid())?.claims;
    check_times(&claims, now)?;
    let (user_id, session_id) = Id::parse(&claims.sub).zip(Id::parse(&claims.sid)).ok_or_else(invalid)?;
    Ok(Verified { user_id, session_id, auth_version: claims.ver, expires_at: claims.exp + LEEWAY })
}

fn check_times(claims: &Claims, now: i64) -> Result<()> {
    let Claims { iat, nbf, exp, .. } = *claims;
    let sane = (0..=i64::from(u32::MAX)).contains(&iat) && nbf >= iat && exp > nbf && exp - iat <= LIFETIME;
    if !sane || nbf > now + LEEWAY || iat > now + LEEWAY {
        return Err(Error::of(Code::TokenInvalid));
    }
    if exp + LEEWAY <= now { Err(Error::of(Code::TokenExpired)) } else { Ok(()) }
}

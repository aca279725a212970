//! Access tokens: EdDSA only, ten minutes, every claim required and checked.

use super::Keys;
use super::machine::ClientScope;
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

/// For which server a token was made.
#[derive(Deserialize)]
struct Place {
    iss: String,
    aud: String,
}

/// A token names the session of a user, or the scopes of a client: never both.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// The user, or the client.
    pub sub: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The authorisation version of the user or the client when the token was made.
    pub ver: i32,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub jti: String,
}

/// Whom a token speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    User { user_id: Id, session_id: Id, auth_version: i32 },
    Client { client_id: Id, auth_version: i32, scopes: Vec<ClientScope> },
}

/// A verified token, and until when it is taken, leeway included (seconds since 1970).
#[derive(Debug, Clone)]
pub struct Verified {
    pub bearer: Bearer,
    pub expires_at: i64,
}

pub fn issue(keys: &Keys, issuer: &str, user_id: Id, session_id: Id, auth_version: i32, now: i64) -> Result<String> {
    sign(keys, issuer, &Bearer::User { user_id, session_id, auth_version }, Id::new(), now)
}

/// A token of anybody; `id` is the name under which it is recorded.
pub fn sign(keys: &Keys, issuer: &str, bearer: &Bearer, id: Id, now: i64) -> Result<String> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(keys.kid.clone());
    let (sub, ver, sid, scopes) = match bearer {
        Bearer::User { user_id, session_id, auth_version } => (user_id, *auth_version, Some(session_id.to_string()), None),
        Bearer::Client { client_id, auth_version, scopes } => (client_id, *auth_version, None, Some(scopes)),
    };
    let claims = Claims {
        iss: issuer.to_owned(),
        aud: issuer.to_owned(),
        sub: sub.to_string(),
        sid,
        client_id: scopes.map(|_| sub.to_string()),
        scope: scopes.map(|scopes| ClientScope::joined(scopes)),
        ver,
        iat: now,
        nbf: now,
        exp: now + LIFETIME,
        jti: id.to_string(),
    };
    encode(&header, &claims, &keys.encoding).map_err(Error::internal)
}

pub fn verify(keys: &Keys, issuer: &str, token: &str, now: i64) -> Result<Verified> {
    let invalid = || Error::of(Code::TokenInvalid);
    let part = |at: usize| token.split('.').nth(at).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    // Before the signature, which another server's keys made: the refusal tells nothing that the token does not.
    if part(1).and_then(|claims| serde_json::from_slice::<Place>(&claims).ok()).is_some_and(|place| place.iss != issuer || place.aud != issuer) {
        return Err(Error::of(Code::TokenForeign));
    }
    let head = part(0).ok_or_else(invalid)?;
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
    Ok(Verified { bearer: bearer(&claims).ok_or_else(invalid)?, expires_at: claims.exp + LEEWAY })
}

fn bearer(claims: &Claims) -> Option<Bearer> {
    let (subject, auth_version) = (Id::parse(&claims.sub)?, claims.ver);
    match (&claims.sid, &claims.client_id, &claims.scope) {
        (Some(session), None, None) => Some(Bearer::User { user_id: subject, session_id: Id::parse(session)?, auth_version }),
        (None, Some(client), Some(scope)) if *client == claims.sub => {
            Some(Bearer::Client { client_id: subject, auth_version, scopes: ClientScope::split(scope)? })
        }
        _ => None,
    }
}

fn check_times(claims: &Claims, now: i64) -> Result<()> {
    let Claims { iat, nbf, exp, .. } = *claims;
    let sane = (0..=i64::from(u32::MAX)).contains(&iat) && nbf >= iat && exp > nbf && exp - iat <= LIFETIME;
    if !sane || nbf > now + LEEWAY {
        return Err(Error::of(Code::TokenInvalid));
    }
    if exp + LEEWAY <= now { Err(Error::of(Code::TokenExpired)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(iat: i64, nbf: i64, exp: i64) -> Claims {
        let text = String::new;
        Claims { iss: text(), aud: text(), sub: text(), sid: None, client_id: None, scope: None, ver: 1, iat, nbf, exp, jti: text() }
    }

    #[test]
    fn times_are_held_to_the_second() {
        let last = i64::from(u32::MAX);
        for (times, now, refusal) in [
            ((1000, 1000, 1600), 1000, None),
            ((1000, 1000, 1600), 1604, None),
            ((1000, 1000, 1600), 1605, Some(Code::TokenExpired)),
            ((1000, 1000, 1001), 1000, None),
            ((1000, 1000, 1000), 1000, Some(Code::TokenInvalid)),
            ((1000, 1000, 999), 1000, Some(Code::TokenInvalid)),
            ((1000, 999, 1600), 1000, Some(Code::TokenInvalid)),
            ((1000, 1000, 1601), 1000, Some(Code::TokenInvalid)),
            ((1000, 1005, 1600), 1000, None),
            ((1000, 1006, 1600), 1000, Some(Code::TokenInvalid)),
            ((0, 0, 600), 0, None),
            ((-1, 0, 599), 0, Some(Code::TokenInvalid)),
            ((last, last, last + 600), last, None),
            ((last + 1, last + 1, last + 601), last + 1, Some(Code::TokenInvalid)),
        ] {
            let (iat, nbf, exp) = times;
            assert_eq!(check_times(&claims(iat, nbf, exp), now).err().map(|error| error.code()), refusal, "{times:?} at {now}");
        }
    }

    #[test]
    fn a_token_is_remembered_for_as_long_as_it_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        Keys::generate(folder.path()).unwrap();
        let keys = Keys::load(folder.path()).unwrap();
        let token = issue(&keys, "here", Id::new(), Id::new(), 1, 1000).unwrap();
        let until = verify(&keys, "here", &token, 1000).unwrap().expires_at;
        assert!(verify(&keys, "here", &token, until - 1).is_ok());
        assert_eq!(verify(&keys, "here", &token, until).unwrap_err().code(), Code::TokenExpired);
    }

    #[test]
    fn a_token_whose_issuer_or_audience_is_another_server_is_foreign() {
        let folder = tempfile::tempdir().unwrap();
        Keys::generate(folder.path()).unwrap();
        let keys = Keys::load(folder.path()).unwrap();
        for (iss, aud) in [("here", "there"), ("there", "here"), ("there", "there")] {
            let claims = Claims { iss: iss.to_owned(), aud: aud.to_owned(), ..claims(1000, 1000, 1600) };
            let token = encode(&Header::new(Algorithm::EdDSA), &claims, &keys.encoding).unwrap();
            assert_eq!(verify(&keys, "here", &token, 1000).unwrap_err().code(), Code::TokenForeign, "{iss} {aud}");
        }
    }

    #[test]
    fn a_token_speaks_for_a_session_or_for_the_client_that_it_names_and_for_nobody_else() {
        let (id, other) = (Id::new(), Id::new());
        let bearer = |sid: Option<Id>, client_id: Option<Id>, scope: Option<&str>| {
            let text = |id: Option<Id>| id.map(|id| id.to_string());
            bearer(&Claims { sub: id.to_string(), sid: text(sid), client_id: text(client_id), scope: scope.map(str::to_owned), ..claims(0, 0, 0) })
        };
        let scopes = vec![ClientScope::DirectoryRead];
        let known = ClientScope::joined(&scopes);
        assert_eq!(bearer(Some(other), None, None), Some(Bearer::User { user_id: id, session_id: other, auth_version: 1 }));
        assert_eq!(bearer(None, Some(id), Some(known.as_str())), Some(Bearer::Client { client_id: id, auth_version: 1, scopes }));
        for (sid, client_id, scope) in [
            (None, None, None),
            (None, None, Some(known.as_str())),
            (None, Some(id), None),
            (None, Some(other), Some(known.as_str())),
            (Some(other), Some(id), Some(known.as_str())),
            (Some(other), None, Some(known.as_str())),
        ] {
            assert_eq!(bearer(sid, client_id, scope), None, "{sid:?} {client_id:?} {scope:?}");
        }
    }
}

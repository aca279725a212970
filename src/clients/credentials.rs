//! What a machine sends to prove who it is: a secret in the header or in the body, or an assertion; one of them.

use super::assertion::{self, Claims};
use super::token::TokenRequest;
use crate::auth::machine::ClientAuthMethod;
use crate::error::{Code, Error, Result};
use actix_web::http::header::{self, HeaderMap};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

/// By what a machine wants to be known.
pub enum Proof {
    Secret(String),
    /// The assertion, and what it says; none where that cannot be read.
    Assertion(String, Option<Claims>),
}

pub struct Credentials {
    /// As it was sent: what is no id names nobody.
    pub client_id: String,
    pub method: ClientAuthMethod,
    pub proof: Proof,
}

fn refused() -> Error {
    Error::of(Code::ClientRefused)
}

/// A part of the header: a form value before it was put into base64 (RFC 6749 §2.3.1).
fn decoded(part: &str) -> Result<String> {
    Ok(percent_decode_str(&part.replace('+', " ")).decode_utf8().map_err(|_| refused())?.into_owned())
}

/// `Authorization: Basic`, if the header is there.
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let (scheme, text) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(refused());
    }
    let bytes = STANDARD.decode(text.trim()).map_err(|_| refused())?;
    let text = String::from_utf8(bytes).map_err(|_| refused())?;
    let (client_id, secret) = text.split_once(':').ok_or_else(refused)?;
    Ok(Some((decoded(client_id)?, decoded(secret)?)))
}

impl Credentials {
    pub fn read(headers: &HeaderMap, form: &TokenRequest) -> Result<Self> {
        let TokenRequest { client_id, client_secret, client_assertion_type, client_assertion, .. } = form;
        let named = client_id.as_ref().map(ToString::to_string);
        let read = match (basic(headers)?, client_secret, client_assertion) {
            (Some((client_id, secret)), None, None) => Self { client_id, method: ClientAuthMethod::SecretBasic, proof: Proof::Secret(secret) },
            (None, Some(secret), None) => {
                let client_id = named.clone().ok_or_else(refused)?;
                Self { client_id, method: ClientAuthMethod::SecretPost, proof: Proof::Secret(secret.reveal().to_owned()) }
            }
            (None, None, Some(text)) => {
                if client_assertion_type.as_ref().is_none_or(|kind| kind.as_str() != assertion::TYPE) {
                    return Err(Error::of(Code::ClientAssertionRefused).with("expected", format!("client_assertion_type = {}", assertion::TYPE)));
                }
                let client_id = named.clone().or_else(|| assertion::issuer(text.as_str())).ok_or_else(refused)?;
                Self { client_id, method: ClientAuthMethod::PrivateKeyJwt, proof: Proof::Assertion(text.to_string(), assertion::claims(text.as_str())) }
            }
            (None, None, None) => return Err(refused()),
            _ => return Err(Error::of(Code::ClientTwoMethods)),
        };
        // A body that names another client than the header.
        if named.is_some_and(|named| named != read.client_id) { Err(refused()) } else { Ok(read) }
    }
}

//! Public keys of machines, as JWK (RFC 7517): Ed25519 and P-256.

use super::keys::sha256;
use crate::error::Code;
use crate::values::input::{Fields, Raw, Reading, named_field};
use crate::values::text;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Type};
use utoipa::openapi::{RefOr, Schema};

text! {
    /// Bytes in base64url, without padding.
    pub struct KeyBytes { min: 43, max: 43, pattern: "^[A-Za-z0-9_-]{43}$", example: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }
}

text! {
    /// The name of a key among those of its client.
    pub struct KeyName { max: 100, pattern: "^[^\\x00-\\x1F]*$", example: "2026-11" }
}

text! {
    /// A word of a JWK.
    pub struct KeyWord { max: 20, pattern: "^[A-Za-z0-9-]+$", example: "Ed25519" }
}

/// A public key; its name is the one given, or its thumbprint (RFC 7638).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Jwk {
    pub kty: String,
    pub crv: String,
    pub x: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub y: Option<String>,
    pub kid: String,
}

const ED25519_WORDS: (&str, &str, &str) = ("OKP", "Ed25519", "EdDSA");
const P256_WORDS: (&str, &str, &str) = ("EC", "P-256", "ES256");

impl Jwk {
    /// The only algorithm of its signatures.
    pub fn algorithm(&self) -> Algorithm {
        if self.y.is_some() { Algorithm::ES256 } else { Algorithm::EdDSA }
    }

    pub fn decoding(&self) -> Option<DecodingKey> {
        match &self.y {
            Some(y) => DecodingKey::from_ec_components(&self.x, y).ok(),
            None => DecodingKey::from_ed_components(&self.x).ok(),
        }
    }

    /// Whether the bytes are a key of its kind: a point that is not on the curve is none.
    fn is_a_key(&self) -> bool {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        match &self.y {
            Some(y) => bytes(&self.x).zip(bytes(y)).is_some_and(|(x, y)| ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [&[4], &x[..], &y].concat()).is_ok()),
            None => bytes(&self.x).is_some_and(|x| ParsedPublicKey::new(&ED25519, x).is_ok()),
        }
    }

    fn thumbprint(kty: &str, crv: &str, x: &str, y: Option<&str>) -> String {
        // The members in the order of their names, as the standard wants them; none of the values needs escaping.
        let y = y.map(|y| format!(",\"y\":\"{y}\"")).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(sha256(format!("{{\"crv\":\"{crv}\",\"kty\":\"{kty}\",\"x\":\"{x}\"{y}}}").as_bytes()))
    }
}

/// A private member is looked for first: whoever sends one must be told before anything else.
fn read(raw: Raw, reading: &mut Reading<'_>) -> Option<Jwk> {
    let leaks = matches!(&raw, Raw::Json(value) if value.get("d").is_some());
    if leaks {
        return reading.fail(Code::PublicKeyPrivate);
    }
    let mut fields = Fields::of_object(raw, reading)?;
    let kty: Option<KeyWord> = fields.take("kty");
    let crv: Option<KeyWord> = fields.take("crv");
    let x: Option<KeyBytes> = fields.take("x");
    let y: Option<Option<KeyBytes>> = fields.take("y");
    let kid: Option<Option<KeyName>> = fields.take("kid");
    let alg: Option<Option<KeyWord>> = fields.take("alg");
    let usage: Option<Option<KeyWord>> = fields.take("use");
    fields.finish();
    let (kty, crv, x, y, kid, alg, usage) = (kty?, crv?, x?, y?, kid?, alg?, usage?);
    let words = if y.is_some() { P256_WORDS } else { ED25519_WORDS };
    let named = (kty.as_str(), crv.as_str(), alg.as_ref().map_or(words.2, KeyWord::as_str));
    let (x, y) = (x.to_string(), y.map(|y| y.to_string()));
    let kid = kid.map_or_else(|| Jwk::thumbprint(words.0, words.1, &x, y.as_deref()), |kid| kid.to_string());
    let key = Jwk { kty: words.0.to_owned(), crv: words.1.to_owned(), x, y, kid };
    let signs = usage.is_none_or(|usage| usage.as_str() == "sig");
    if named == words && signs && key.is_a_key() { Some(key) } else { reading.fail(Code::PublicKeyForm) }
}

named_field!(Jwk, read);

impl utoipa::PartialSchema for Jwk {
    fn schema() -> RefOr<Schema> {
        let word = |words: &[&str], doc: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(doc)).enum_values(Some(words.to_vec()));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("A public key of a client (RFC 7517): Ed25519 for `EdDSA`, P-256 for `ES256`."))
            .additional_properties(Some(AdditionalProperties::FreeForm(false)))
            .property("kty", word(&["OKP", "EC"], "Key type."))
            .required("kty")
            .property("crv", word(&["Ed25519", "P-256"], "Curve."))
            .required("crv")
            .property("x", KeyBytes::schema())
            .required("x")
            .property("y", KeyBytes::schema())
            .property("kid", KeyName::schema())
            .property("alg", word(&["EdDSA", "ES256"], "Algorithm; it follows from the curve."))
            .property("use", word(&["sig"], "Use."))
            .into()
    }
}

impl utoipa::ToSchema for Jwk {
    fn name() -> std::borrow::Cow<'static, str> {
        "ClientPublicKey".into()
    }
}

/// Every key of a list has a name of its own.
pub fn have_names(keys: &[Jwk]) -> bool {
    keys.iter().enumerate().all(|(at, key)| keys.iter().skip(at + 1).all(|other| other.kid != key.kid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Issue, Place};
    use crate::values::input::Field;
    use serde_json::{Value, json};

    fn key(value: Value) -> Result<Jwk, Code> {
        let mut issues: Vec<Issue> = Vec::new();
        let read = Jwk::read(Raw::Json(value), &mut Reading::new(&mut issues, Place::Pointer(String::new())));
        read.ok_or_else(|| issues[0].flaw.code)
    }

    #[test]
    fn a_key_without_a_name_is_named_by_its_thumbprint() {
        // The example of RFC 8037, appendix A.3.
        let read = key(json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "use": "sig", "alg": "EdDSA" })).unwrap();
        assert_eq!(read.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(read.algorithm(), Algorithm::EdDSA);
    }

    #[test]
    fn what_is_no_public_key_of_the_two_kinds_is_refused() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        for (value, code) in [
            (json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" }), Code::PublicKeyPrivate),
            (json!({ "kty": "OKP", "crv": "X25519", "x": x }), Code::PublicKeyForm),
            (json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "alg": "ES256" }), Code::PublicKeyForm),
            (json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "use": "enc" }), Code::PublicKeyForm),
            (json!({ "kty": "EC", "crv": "P-256", "x": x, "y": x }), Code::PublicKeyForm),
            (json!({ "kty": "RSA", "n": "AQAB", "e": "AQAB" }), Code::FieldRequired),
            (json!({ "kty": "oct", "k": "AQAB" }), Code::FieldRequired),
        ] {
            assert_eq!(key(value.clone()).err(), Some(code), "{value}");
        }
    }
}

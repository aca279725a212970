//! What a session is made from.

use crate::error::{Code, Flaw};
use crate::values::input::named_field;
use crate::values::schema::{self, Form};
use crate::values::text;
use std::fmt;
use std::str::FromStr;

/// Days that a session lives, however often it is refreshed.
pub const SESSION_DAYS: i64 = 30;
/// Seconds within which the last refresh may be repeated: the answer may have been lost on the way.
pub const REFRESH_GRACE_SECONDS: i64 = 5;
/// Hours for which a one-time link is good.
pub const RESET_HOURS: i64 = 24;
/// Minutes for which leave to enrol a second factor is good.
pub const TICKET_MINUTES: i64 = 5;
/// Recovery codes that an account is given.
pub const RECOVERY_CODES: usize = 10;

text! {
    /// A code of six digits, as an authenticator shows it.
    pub struct TotpCode { min: 6, max: 6, pattern: "^[0-9]{6}$", example: "492039", parse: parse_code }
}

fn parse_code(text: String) -> Result<String, Flaw> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "000000")) }
}

text! {
    /// A recovery code, in small or capital letters.
    pub struct RecoveryCode { min: 16, max: 16, pattern: "^[A-Za-z2-7]{16}$", example: "k5xw6zlsmvxgkytf", parse: parse_recovery_code }
}

fn parse_recovery_code(text: String) -> Result<String, Flaw> {
    let code = text.to_ascii_lowercase();
    let known = |byte: u8| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte);
    if code.bytes().all(known) { Ok(code) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "a-z, 2-7")) }
}

text! {
    /// The name under which a user signs in.
    pub struct Login { min: 3, max: 80, pattern: "^[a-z0-9._@-]+$", example: "claire.duboeuf", parse: parse_login }
}

fn parse_login(text: String) -> Result<String, Flaw> {
    let login = text.to_lowercase();
    let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'@' | b'-');
    if login.bytes().all(known) { Ok(login) } else { Err(Code::LoginForm.into()) }
}

/// A password or a token as it was sent: never trimmed, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

const SECRET_MAX: usize = 256;

impl Secret {
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl FromStr for Secret {
    type Err = Flaw;

    fn from_str(text: &str) -> Result<Self, Flaw> {
        match text.chars().count() {
            0 => Err(Code::TextEmpty.into()),
            length if length > SECRET_MAX => Err(Flaw::new(Code::TextTooLong).with("max", SECRET_MAX)),
            _ => Ok(Self(text.to_owned())),
        }
    }
}

impl utoipa::PartialSchema for Secret {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        schema::text("A secret, sent as it is.", Form { min: 1, max: SECRET_MAX, format: Some("password"), ..Form::default() }, "correct horse battery staple")
    }
}

impl utoipa::ToSchema for Secret {
    fn name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }
}

named_field!(Secret, crate::values::input::parsed);

//! The one operation that speaks OAuth and not the language of this house: its form, and its refusals (RFC 6749 §5.2), because any
//! OAuth client must be able to call it.

use super::input::{complete, read_body_of};
use super::problem::{self, Problem};
use super::server::Context;
use crate::error::{Code, Error, Flaw, Issue, Language, Place, Result};
use crate::values::input::{Fields, Query, Reading};
use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;
use serde_json::json;

pub const FORM: &str = "application/x-www-form-urlencoded";

/// A form: fields that are not known are passed over and empty ones count as absent, as RFC 6749 §3.2 asks.
#[derive(Debug)]
pub struct OauthForm<Q>(pub Q);

impl<Q: Query + 'static> FromRequest for OauthForm<Q> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            check_address(request.query_string())?;
            let body = read_body_of(&request, &mut payload, FORM).await?;
            let pairs = url::form_urlencoded::parse(&body).into_owned().filter(|(_, value)| !value.is_empty()).collect();
            let mut issues = Vec::new();
            let read = Q::take(&mut Fields::of_query(pairs, &mut Reading::new(&mut issues, Place::Parameter(String::new()))));
            Ok(Self(complete(read, issues)?))
        })
    }
}

/// Nothing stands in the address, least of all a secret: addresses are kept by logs and histories.
fn check_address(query: &str) -> Result<()> {
    const SECRET: [&str; 2] = ["client_secret", "client_assertion"];
    let names: Vec<String> = url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    if names.iter().any(|name| SECRET.contains(&name.as_str())) {
        return Err(Error::of(Code::ClientSecretInUrl));
    }
    let unknown = |name| Flaw::new(Code::ParameterUnknown).with("nearest", "-").at(Place::Parameter(name));
    let issues: Vec<Issue> = names.into_iter().map(unknown).collect();
    if issues.is_empty() { Ok(()) } else { Err(Error::invalid(issues)) }
}

/// The word of OAuth for a refusal.
fn word(code: Code) -> &'static str {
    match (code, code.status()) {
        (Code::GrantTypeUnsupported, _) => "unsupported_grant_type",
        (Code::ScopeNotGranted, _) => "invalid_scope",
        (_, 401) => "invalid_client",
        (_, 429 | 503) => "temporarily_unavailable",
        (_, 500..) => "server_error",
        _ => "invalid_request",
    }
}

/// A refusal as RFC 6749 §5.2 tells it. Its description may hold ASCII only, and no quotes, so that it is in English; the address beside
/// it explains the code of this house in both languages.
pub fn refusal(error: &Error, context: &Context) -> HttpResponse {
    let status = error.code().status();
    // What is wrong with one field is told of the first.
    let (code, params) = error.issues().first().map_or((error.code(), error.params()), |issue| (issue.flaw.code, &issue.flaw.params));
    let plain = |sign: char| if matches!(sign, ' '..='~') && sign != '"' && sign != '\\' { sign } else { '\'' };
    let place = error.issues().first().and_then(|issue| if let Place::Parameter(name) = &issue.place { Some(format!("{name}: ")) } else { None });
    let description: String = format!("{}{}", place.unwrap_or_default(), code.text(Language::En, params)).chars().take(500).map(plain).collect();
    let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    response.insert_header((header::CONTENT_LANGUAGE, "en"));
    if status == 401 {
        response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"entraide\""));
    }
    problem::add_retry(&mut response, error);
    let uri = problem::type_of(&context.server.config.public_url, code);
    response.content_type("application/json");
    response.body(json!({ "error": word(error.code()), "error_description": description, "error_uri": uri }).to_string())
}

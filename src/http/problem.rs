//! RFC 9457 problems: the one place where an error becomes a status and a body.

use super::oauth;
use super::server::Context;
use crate::error::{Code, Error, Language, Place};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use serde_json::{Map, Value, json};
use std::fmt;

pub const MEDIA_TYPE: &str = "application/problem+json";

/// An error on its way out of a handler; the gate gives it its words.
#[derive(Debug)]
pub struct Problem(pub Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Without words: the gate, which knows the request, replaces it.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// The title of a status: the same for every occurrence.
pub fn title(status: u16, language: Language) -> &'static str {
    let (fr, en) = match status {
        400 => ("Demande invalide", "Invalid request"),
        401 => ("Authentification nécessaire", "Authentication needed"),
        403 => ("Accès refusé", "Access refused"),
        404 => ("Introuvable", "Not found"),
        405 => ("Méthode non acceptée", "Method not allowed"),
        406 => ("Format non proposé", "Not acceptable"),
        408 => ("Demande trop lente", "Request too slow"),
        409 => ("Conflit avec l'état actuel", "Conflict with the current state"),
        410 => ("Disparu", "Gone"),
        412 => ("Version périmée", "Stale version"),
        413 => ("Demande trop volumineuse", "Request too large"),
        415 => ("Type de contenu non accepté", "Unsupported media type"),
        416 => ("Plage inexistante", "Range not satisfiable"),
        421 => ("Demande mal adressée", "Misdirected request"),
        428 => ("Précondition nécessaire", "Precondition required"),
        429 => ("Trop de demandes", "Too many requests"),
        431 => ("En-têtes trop volumineux", "Headers too large"),
        503 => ("Service indisponible", "Service unavailable"),
        _ => ("Erreur interne", "Internal error"),
    };
    match language {
        Language::Fr => fr,
        Language::En => en,
    }
}

pub fn language_tag(language: Language) -> &'static str {
    match language {
        Language::Fr => "fr",
        Language::En => "en",
    }
}

pub fn type_of(public_url: &str, code: Code) -> String {
    format!("{public_url}/problem-types/{}", code.slug())
}

/// The way to the resource that another was merged into, for whoever only reads: the same address under the other name.
pub fn way_on(error: &Error, request: &HttpRequest) -> Option<HttpResponse> {
    let (from, to) = error.moved_to().filter(|_| matches!(*request.method(), Method::GET | Method::HEAD))?;
    let parts: Vec<&str> = request.path().split('/').map(|part| if part.eq_ignore_ascii_case(from) { to } else { part }).collect();
    let path = parts.join("/");
    let query = request.query_string();
    let location = if query.is_empty() { path.clone() } else { format!("{path}?{query}") };
    (path != request.path()).then(|| HttpResponse::PermanentRedirect().insert_header((header::LOCATION, location)).finish())
}

pub fn response(error: &Error, context: &Context) -> HttpResponse {
    let code = error.code();
    if code.status() >= 500 {
        log::error!(target: "problem", request_id = context.request_id.to_string().as_str(), code = code.name(); "{}", error.cause().unwrap_or_default());
    }
    if context.route.facts.speaks_oauth {
        return oauth::refusal(error, context);
    }
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    response.content_type(MEDIA_TYPE);
    response.insert_header((header::CONTENT_LANGUAGE, language_tag(context.language)));
    add_headers(&mut response, error, context);
    response.body(body(error, context).to_string())
}

fn add_headers(response: &mut HttpResponseBuilder, error: &Error, context: &Context) {
    match error.code().status() {
        401 => {
            let reason = if error.code() == Code::CredentialsMissing { "" } else { ", error=\"invalid_token\"" };
            response.insert_header((header::WWW_AUTHENTICATE, format!("Bearer realm=\"entraide\"{reason}")));
        }
        405 => {
            let allowed = error.params().iter().find(|(name, _)| *name == "allowed").map(|(_, value)| value.clone());
            response.insert_header((header::ALLOW, allowed.unwrap_or_default()));
        }
        415 if context.route.method == Method::PATCH => {
            response.insert_header(("Accept-Patch", super::input::MERGE_PATCH));
        }
        416 => {
            let size = error.params().iter().find(|(name, _)| *name == "size").map(|(_, value)| value.as_str());
            response.insert_header((header::CONTENT_RANGE, format!("bytes */{}", size.unwrap_or("*"))));
        }
        _ => {}
    }
    add_retry(response, error);
}

pub fn add_retry(response: &mut HttpResponseBuilder, error: &Error) {
    if let Some(seconds) = error.retry_after().or(matches!(error.code().status(), 429 | 503).then_some(1)) {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
}

fn body(error: &Error, context: &Context) -> Value {
    let (code, language) = (error.code(), context.language);
    json!({
        "type": type_of(&context.server.config.public_url, code),
        "title": title(code.status(), language),
        "status": code.status(),
        "detail": code.text(language, error.params()),
        "instance": format!("urn:uuid:{}", context.request_id),
        "code": code.name(),
        "retryable": code.retryable(),
        "errors": error.issues().iter().take(ISSUES_MAX).map(|issue| issue_view(issue, language)).collect::<Vec<_>>(),
    })
}

/// Most flaws that one problem lists.
const ISSUES_MAX: usize = 1000;

/// The first characters of a name that the caller made up, within the limits of the contract.
fn beginning(name: &str, longest: usize) -> &str {
    name.char_indices().nth(longest).and_then(|(end, _)| name.get(..end)).unwrap_or(name)
}

/// One flaw with its place; also used by reports of imports.
pub fn issue_view(issue: &crate::error::Issue, language: Language) -> Value {
    let (place, name) = match &issue.place {
        Place::Pointer(pointer) => ("pointer", beginning(pointer, 1000)),
        Place::Parameter(parameter) => ("parameter", beginning(parameter, 100)),
        Place::Header(header) => ("header", *header),
    };
    let params: Map<String, Value> = issue.flaw.params.iter().map(|(name, value)| ((*name).to_owned(), value.as_str().into())).collect();
    json!({
        place: name,
        "code": issue.flaw.code.name(),
        "detail": issue.flaw.code.text(language, &issue.flaw.params),
        "params": params,
    })
}

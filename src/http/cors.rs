//! Browsers of other origins: only those on the list, without credentials of their own.

use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};

const EXPOSED: &str = "ETag, Link, Location, Retry-After, Request-Id, RateLimit, RateLimit-Policy, API-Version, Idempotency-Replayed, Content-Language";
const ACCEPTED: &str = "Authorization, Content-Type, Accept, Accept-Language, If-Match, If-None-Match, Idempotency-Key, Prefer";

fn allowed<'a>(headers: &'a HeaderMap, origins: &[String]) -> Option<&'a HeaderValue> {
    headers.get(header::ORIGIN).filter(|origin| origins.iter().any(|known| known.as_bytes() == origin.as_bytes()))
}

/// Lets an allowed origin read the answer.
pub fn add(request: &HeaderMap, response: &mut HeaderMap, origins: &[String]) {
    if origins.is_empty() {
        return;
    }
    response.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed(request, origins) {
        response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

/// The answer to a preflight of an allowed origin at an address that exists.
pub fn preflight(request: &HttpRequest, origins: &[String], methods: &str) -> Option<HttpResponse> {
    let asks = request.method() == Method::OPTIONS && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    (asks && !methods.is_empty()).then(|| allowed(request.headers(), origins)).flatten()?;
    let mut response = HttpResponse::build(StatusCode::NO_CONTENT);
    response.insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods));
    response.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, ACCEPTED));
    response.insert_header((header::ACCESS_CONTROL_MAX_AGE, "600"));
    Some(response.finish())
}

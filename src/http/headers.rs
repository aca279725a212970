//! Headers that every request may bring and every answer carries.

use super::limits::Quota;
use super::server::Context;
use crate::error::{Code, Error, Flaw, Issue, Language, Place, Result};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use std::fmt::Write;

pub const API_VERSION: &str = "1.0.0";
const LONGEST: usize = 1000;

/// French unless the caller prefers English.
pub fn language(headers: &HeaderMap) -> Language {
    let Some(accepted) = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()) else {
        return Language::Fr;
    };
    let quality = |tag: &str| {
        let ranges = accepted.split(',').map(|range| range.split(';').map(str::trim));
        let matching = ranges.filter_map(|mut parts| {
            let name = parts.next()?.to_ascii_lowercase();
            let matches = name == tag || name.starts_with(&format!("{tag}-")) || name == "*";
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            matches.then_some(weight)
        });
        matching.fold(0.0, f32::max)
    };
    if quality("en") > quality("fr") { Language::En } else { Language::Fr }
}

/// The token of `Authorization: Bearer`, if the header is there.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    let invalid = || Error::of(Code::TokenInvalid);
    let (scheme, token) = value.to_str().map_err(|_| invalid())?.split_once(' ').ok_or_else(invalid)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(Some(token.trim())) } else { Err(invalid()) }
}

/// Refuses shared headers that are empty, unreadable or endless; other content is tolerated, as their standards ask.
pub fn check(headers: &HeaderMap) -> Result<()> {
    const SHARED: [(HeaderName, &str); 5] = [
        (header::ACCEPT_LANGUAGE, "Accept-Language"),
        (header::IF_NONE_MATCH, "If-None-Match"),
        (header::IF_RANGE, "If-Range"),
        (header::RANGE, "Range"),
        (HeaderName::from_static("prefer"), "Prefer"),
    ];
    let bad = |value: &HeaderValue| value.len() > LONGEST || value.to_str().map_or(true, |text| text.trim().is_empty());
    let issues: Vec<Issue> = SHARED
        .iter()
        .filter(|(name, _)| headers.get_all(name).any(bad))
        .map(|(_, name)| Flaw::new(Code::HeaderInvalid).with("expected", format!("1-{LONGEST} ASCII")).at(Place::Header(name)))
        .collect();
    if issues.is_empty() { Ok(()) } else { Err(Error::invalid(issues)) }
}

/// Bytes of all headers together.
const ALL_MAX: usize = 16 * 1024;

/// Refuses headers that are too large together.
pub fn check_size(headers: &HeaderMap) -> Result<()> {
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum();
    if size > ALL_MAX { Err(Error::of(Code::HeadersTooLarge).with("max", ALL_MAX)) } else { Ok(()) }
}

/// `Prefer: count=exact` (RFC 7240).
pub fn prefers_exact_count(headers: &HeaderMap) -> bool {
    let values = headers.get_all("prefer").filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|preference| preference.trim().eq_ignore_ascii_case("count=exact"))
}

pub fn add(headers: &mut HeaderMap, context: &Context, quota: Quota) {
    let fixed = [(header::X_CONTENT_TYPE_OPTIONS, "nosniff"), (header::REFERRER_POLICY, "no-referrer"), (HeaderName::from_static("api-version"), API_VERSION)];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        let policy = if context.route.facts.cacheable { "public, max-age=3600" } else { "private, no-store" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(policy));
    }
    headers.append(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Authorization"));
    put(headers, HeaderName::from_static("request-id"), context.request_id.to_string());
    let Quota { class, limit, remaining, reset, .. } = quota;
    let mut text = String::with_capacity(48);
    // Writing to a String cannot fail.
    let _ = write!(text, "\"{}\";r={remaining};t={reset}", class.name());
    put(headers, HeaderName::from_static("ratelimit"), text);
    let mut text = String::with_capacity(48);
    let _ = write!(text, "\"{}\";q={limit};w=60", class.name());
    put(headers, HeaderName::from_static("ratelimit-policy"), text);
}

fn put(headers: &mut HeaderMap, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepting(value: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(value).unwrap());
        language(&headers)
    }

    #[test]
    fn french_is_spoken_unless_english_is_preferred() {
        for value in ["fr", "de", "*", "fr;q=0.9, en;q=0.8", "en;q=0", ";;;"] {
            assert_eq!(accepting(value), Language::Fr, "{value}");
        }
        for value in ["en", "en-GB, fr;q=0.5", "de, en;q=0.1"] {
            assert_eq!(accepting(value), Language::En, "{value}");
        }
    }
}

//! An answer before it is sent: what is stored to be repeated, and what its entity tag is made from.

use super::actor::Answer;
use super::input::context;
use super::server::Context;
use crate::auth::keys::sha256;
use crate::db::Id;
use crate::error::{Error, Result};
use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::fmt::Write;

/// A status, the headers that belong to it and a JSON body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub etag: Option<String>,
    pub location: Option<String>,
    pub body: Vec<u8>,
    /// The resource it tells of: what is erased of it is erased of the stored reply too.
    pub subject: Option<Id>,
}

impl Reply {
    pub fn ok<V: Serialize>(view: &V) -> Result<Self> {
        Ok(Self { status: 200, etag: None, location: None, body: serde_json::to_vec(view).map_err(Error::internal)?, subject: None })
    }

    /// A resource at a version; the tag's second half is a digest of the very bytes served.
    pub fn versioned(status: u16, version: i32, body: Vec<u8>) -> Self {
        let etag = etag(version, &body);
        Self { status, etag: Some(etag), location: None, body, subject: None }
    }

    pub fn no_content() -> Self {
        Self { status: 204, etag: None, location: None, body: Vec::new(), subject: None }
    }

    pub fn located(mut self, location: String) -> Self {
        self.location = Some(location);
        self
    }

    pub fn about(mut self, subject: Id) -> Self {
        self.subject = Some(subject);
        self
    }

    /// Sends it, as 304 where the caller has these very bytes.
    pub fn send(self, request: &HttpRequest, context: &Context, replayed: bool) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let unchanged = reads && self.etag.as_deref().is_some_and(|etag| status == StatusCode::OK && is_known(request, etag));
        let mut response = HttpResponse::build(if unchanged { StatusCode::NOT_MODIFIED } else { status });
        response.insert_header(context.content_language());
        if let Some(etag) = self.etag {
            response.insert_header((header::ETAG, etag));
        }
        if let Some(location) = self.location {
            response.insert_header((header::LOCATION, location));
        }
        if replayed {
            response.insert_header(("Idempotency-Replayed", "true"));
        }
        if unchanged || status == StatusCode::NO_CONTENT {
            return response.finish();
        }
        response.content_type("application/json");
        response.body(self.body)
    }
}

/// Serves a constant with a tag, so that a cache can ask whether it still holds.
pub fn constant<V: Serialize>(request: &HttpRequest, view: &V) -> Answer {
    let body: Result<Vec<u8>> = serde_json::to_vec(view).map_err(Error::internal);
    Ok(Reply::versioned(200, 1, body?).send(request, &*context(request)?, false))
}

pub fn etag(version: i32, body: &[u8]) -> String {
    let mut etag = String::with_capacity(32);
    // Writing to a String cannot fail.
    let _ = write!(etag, "\"{version}.");
    for byte in sha256(body).as_ref().iter().take(8) {
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    etag
}

/// Weak comparison, as `If-None-Match` asks.
pub(super) fn is_known(request: &HttpRequest, etag: &str) -> bool {
    let values = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

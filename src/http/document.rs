//! Documents: texts of another media type than JSON, each with a digest of its bytes as its entity tag.

use super::actor::{Actor, Answer};
use super::disclosure::Disclosed;
use super::reply::{etag, is_known};
use super::server::Context;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::{DbConn, Id};
use crate::error::Result;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

/// A text to be shown as it is.
#[derive(Debug, Clone)]
pub struct Document {
    pub media_type: &'static str,
    pub text: String,
    /// What a browser lets it do, where that is more than nothing.
    pub policy: Option<&'static str>,
}

impl Document {
    /// Sends it, as 304 where the caller has these very bytes.
    pub fn send(self, request: &HttpRequest, context: &Context) -> HttpResponse {
        let Self { media_type, text, policy } = self;
        let etag = etag(1, text.as_bytes());
        let unchanged = is_known(request, &etag);
        let mut response = HttpResponse::build(if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
        response.insert_header(context.content_language()).insert_header((header::ETAG, etag));
        if let Some(policy) = policy {
            response.insert_header((header::CONTENT_SECURITY_POLICY, policy));
        }
        if unchanged { response.finish() } else { response.content_type(media_type).body(text) }
    }
}

impl Actor {
    /// Shows a document, once the look at what is confidential in it is recorded.
    pub async fn show_document<F>(&self, find: F) -> Answer
    where
        F: FnOnce(&mut DbConn, &Scope) -> Result<(Document, Vec<(Confided, Id)>)> + Send + 'static,
    {
        let (document, confided) = self.read(find).await?;
        self.disclose(Disclosed { beside: confided, ..Disclosed::default() }).await?;
        Ok(document.send(&self.request, &self.context))
    }
}

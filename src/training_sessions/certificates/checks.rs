//! The check of a code, open to anybody who was shown a certificate.
//!
//! It is a POST: an address would stay in the records of proxies and browsers, and with it a code that tells of one person.

use super::model::CertificateCode;
use super::store;
use crate::auth::Scope;
use crate::auth::keys::sha256;
use crate::http::Endpoint;
use crate::http::{Answer, Plain, Reply, context, route};
use crate::values::body;
use actix_web::HttpRequest;
use serde::Serialize;
use utoipa::ToSchema;

body! {
    /// Asks whether a certificate stands.
    pub struct CheckCertificate {
        /// The code on its sheet.
        code: CertificateCode,
    }
}

/// Whether a certificate stands.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct CertificateCheckView {
    /// `true` where the code is that of a certificate that stands; `false` for one that was revoked as for a code that never was.
    pub valid: bool,
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(check_certificate)]
}

/// Check a certificate
///
/// Tells whether the code on a sheet is that of a certificate that stands, and nothing else: not whose, of what, or since when.
#[utoipa::path(post, path = "/certificate-checks", operation_id = "certificate_checks_create", tag = "training_sessions",
    request_body = CheckCertificate, responses((status = 200, description = "Whether it stands.", body = CertificateCheckView)))]
async fn check_certificate(request: HttpRequest, body: Plain<CheckCertificate>) -> Answer {
    let (context, digest) = (context(&request)?, sha256(body.0.code.as_str().as_bytes()));
    let valid = context.server.db.read(move |conn| store::stands(conn, &Scope::everybody(), digest.as_ref())).await?;
    Ok(Reply::ok(&CertificateCheckView { valid })?.send(&request, &context, false))
}

//! `/docs`: Swagger UI, part of the program; nothing is loaded from elsewhere.

use crate::error::{Code, Error};
use crate::http::{Answer, Problem};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use std::sync::Arc;
use utoipa_swagger_ui::Config;

/// Swagger UI styles itself inline; scripts and data come from here alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'";

pub async fn docs(request: HttpRequest) -> Answer {
    let file = request.match_info().query("file");
    if request.path() == "/docs" {
        return Ok(HttpResponse::TemporaryRedirect().insert_header((header::LOCATION, "/docs/")).finish());
    }
    let config = Config::from("/openapi.json")
        .persist_authorization(true)
        .display_request_duration(true)
        .filter(true)
        .doc_expansion("none")
        .show_extensions(true)
        .validator_url("none");
    let found = utoipa_swagger_ui::serve(file, Arc::new(config)).map_err(|error| Problem(Error::internal(error)))?;
    let file = found.ok_or(Problem(Error::of(Code::RouteNotFound)))?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_SECURITY_POLICY, POLICY)).insert_header((header::CACHE_CONTROL, "public, max-age=3600"));
    Ok(response.content_type(file.content_type).body(file.bytes.into_owned()))
}

//! Under which names the server answers: a browser that was led here under another one is not listened to.

use crate::error::{Code, Error, Result};
use actix_web::dev::ServiceRequest;
use actix_web::http::header;

/// Refuses a request to another host than those on the list, whatever its port.
pub fn check(request: &ServiceRequest, hosts: &[String]) -> Result<()> {
    let mut given = request.headers().get_all(header::HOST);
    let header = match (given.next(), given.next()) {
        (Some(host), None) => host.to_str().map_err(|error| Error::of(Code::RequestMalformed).because(error))?,
        _ => return Err(Error::of(Code::RequestMalformed).because("one Host header is needed")),
    };
    let known = |name: &str| hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
    // A request line may name a host too, and then counts more than the header.
    if known(name(header)) && request.uri().host().is_none_or(known) { Ok(()) } else { Err(Error::of(Code::HostUnknown)) }
}

/// The name without the port.
fn name(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => authority,
    }
}

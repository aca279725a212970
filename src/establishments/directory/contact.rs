//! Web addresses as heads of schools type them.

use crate::imports::reading::{Repair, Sound, Unreadable};
use crate::values::WebAddress;

/// Top-level domains that prove a word without scheme to be a web address.
const DOMAINS: [&str; 7] = ["fr", "com", "org", "net", "eu", "re", "nc"];

/// A web address; `http://` is added to what can be nothing else.
pub fn website(text: &str) -> Repair<WebAddress> {
    if let Ok(address) = text.parse() {
        return Sound(address);
    }
    if let Some((scheme, rest)) = text.split_once("://") {
        return Repair::from(format!("{}://{rest}", scheme.to_ascii_lowercase()).parse());
    }
    let host = text.split('/').next().unwrap_or_default();
    let shaped = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
    let domain = host.rsplit_once('.').map(|(_, domain)| domain.to_ascii_lowercase());
    let known = domain.is_some_and(|domain| DOMAINS.contains(&domain.as_str()) || host.starts_with("www."));
    if shaped && known { Repair::from(format!("http://{text}").parse()) } else { Unreadable }
}

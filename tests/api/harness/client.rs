//! A client that speaks for one caller.

use super::contract;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[derive(Clone)]
pub struct Client {
    /// Its connections are kept.
    agent: ureq::Agent,
    root: String,
    token: Option<String>,
    login: String,
}

/// An answer, already held against the contract.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

/// A request being put together.
pub struct Request<'a> {
    client: &'a Client,
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).timeout_global(Some(Duration::from_secs(60)));
    config.allow_non_standard_methods(true).build().new_agent()
}

/// A key that no other request has.
fn fresh_key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("key-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Client {
    pub fn new(root: &str, token: Option<String>) -> Self {
        Self { agent: agent(), root: root.to_owned(), token, login: String::new() }
    }

    pub fn named(mut self, login: String) -> Self {
        self.login = login;
        self
    }

    pub fn login(&self) -> &str {
        &self.login
    }

    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// The same caller with another token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// Paths are those of the contract; the root's (`/livez`, `/docs/` …) are told by their names.
    pub fn request(&self, method: &'static str, path: &str) -> Request<'_> {
        Request { client: self, method, path: path.to_owned(), headers: Vec::new(), body: None }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.request("GET", path).send()
    }

    /// POST with a key of its own.
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.request("POST", path).key(&fresh_key()).json(body).send()
    }

    pub fn patch(&self, path: &str, etag: &str, body: &Value) -> Reply {
        self.request("PATCH", path).header("If-Match", etag).merge_patch(body).send()
    }

    pub fn delete(&self, path: &str, etag: &str) -> Reply {
        self.request("DELETE", path).header("If-Match", etag).send()
    }

    /// Every item of a list, page after page.
    pub fn all(&self, path: &str) -> Vec<Value> {
        let (mut items, mut next) = (Vec::new(), Some(path.to_owned()));
        while let Some(path) = next {
            let page = self.get(&path).ok();
            items.extend(page["items"].as_array().unwrap().clone());
            next = page["next"].as_str().map(|next| next.trim_start_matches("/api/v1").to_owned());
        }
        items
    }
}

impl Request<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn key(self, key: &str) -> Self {
        self.header("Idempotency-Key", key)
    }

    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string().into_bytes())
    }

    pub fn merge_patch(self, body: &Value) -> Self {
        self.body("application/merge-patch+json", body.to_string().into_bytes())
    }

    pub fn body(mut self, media_type: &str, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self.header("Content-Type", media_type)
    }

    pub fn send(self) -> Reply {
        let at_root = contract::is_at_root(&self.path);
        let address = format!("{}{}{}", self.client.root, if at_root { "" } else { "/api/v1" }, self.path);
        let mut request = ureq::http::Request::builder().method(self.method).uri(&address);
        if let Some(token) = &self.client.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let sent = match self.body {
            Some(body) => self.client.agent.run(request.body(body).unwrap()),
            None => self.client.agent.run(request.body(()).unwrap()),
        };
        let mut response = sent.unwrap_or_else(|error| panic!("{} {address}: {error}", self.method));
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect();
        let bytes = response.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
        let reply = Reply { status: response.status().as_u16(), headers, bytes };
        contract::check(self.method, &self.path, &reply);
        reply
    }
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
    }

    pub fn etag(&self) -> &str {
        self.header("etag")
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The body of an answer that went well.
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text());
        self.json()
    }

    /// Asserts a status without a body to read.
    pub fn ok_status(&self, status: u16) {
        assert_eq!(self.status, status, "{}", self.text());
    }

    /// The problem of an answer with this status.
    pub fn problem(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        self.json()
    }

    /// Asserts that the answer is this problem.
    pub fn refused(&self, status: u16, code: &str) {
        assert_eq!(self.problem(status)["code"], code, "{}", self.text());
    }

    /// The flaws of an invalid request as `place code`, sorted.
    pub fn flaws(&self) -> Vec<String> {
        let problem = self.problem(400);
        let place = |error: &Value| ["pointer", "parameter", "header"].iter().find_map(|name| error[*name].as_str().map(str::to_owned));
        let mut flaws: Vec<String> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| format!("{} {}", place(error).unwrap_or_default(), error["code"].as_str().unwrap()))
            .collect();
        flaws.sort();
        flaws
    }
}

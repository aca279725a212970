//! The program as it is run: the built binary, with nothing but its own settings around it.

use super::wire::{Received, Wire};
use super::world::{drop_database, empty_database};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Where callers are told to find every server.
pub const PUBLIC_URL: &str = "http://entraide.test";

/// A folder and a database to run commands in.
pub struct Program {
    folder: TempDir,
    pub database_url: String,
    settings: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// What it printed, when it went well.
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// Asserts that it failed and told so in these words.
    pub fn fails(&self, words: &str) {
        assert!(self.code != Some(0) && self.err.contains(words), "{words}: {self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
    }
}

/// A server under way; killed when it is dropped.
pub struct Running {
    child: Child,
    pub url: String,
    /// What it printed before it served.
    pub said: String,
}

impl Program {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = empty_database(&folder);
        // Tokens are made for an address; the port is another at every start.
        let settings = [("ENTRAIDE_DATABASE_URL", database_url.as_str()), ("ENTRAIDE_PUBLIC_URL", PUBLIC_URL)];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { folder, database_url, settings }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.settings.retain(|(known, _)| known != name);
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_entraide"));
        command.args(arguments).env_clear().envs(self.settings.iter().cloned()).current_dir(self.folder()).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.run_told(arguments, "")
    }

    /// With something on standard input.
    pub fn run_told(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).spawn().unwrap();
        // A command that does not read ends before it is told.
        child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Serves on a free port until it answers `/readyz`.
    pub fn serve(&self) -> Running {
        // Another process may take the port between the look and the use.
        (0..5).find_map(|_| self.try_serve()).unwrap_or_else(|| panic!("{}", self.log()))
    }

    fn try_serve(&self) -> Option<Running> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let mut command = self.command(&["serve"]);
        let log = std::fs::File::create(self.folder().join("log")).unwrap();
        let mut child = command.env("ENTRAIDE_LISTEN", &address).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = String::new();
        while !said.contains("/docs/") {
            match lines.next() {
                Some(Ok(line)) => said.extend([&line, "\n"]),
                _ => {
                    child.wait().unwrap();
                    assert!(self.log().contains("cannot listen"), "{said}\n{}", self.log());
                    return None;
                }
            }
        }
        let running = Running { child, url: format!("http://{address}"), said };
        let started = Instant::now();
        while running.ask("GET", "/readyz", None, None).is_none_or(|answer| answer.status != 200) {
            assert!(started.elapsed() < Duration::from_secs(30), "{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(running)
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop_database(&self.database_url);
    }
}

impl Running {
    /// The password that a demo printed.
    pub fn password(&self) -> Option<&str> {
        self.said.lines().find_map(|line| line.strip_prefix("password"))?.split_whitespace().next()
    }

    /// A token of the administrator that a demo made.
    pub fn log_in(&self, password: &str) -> String {
        self.log_in_as("admin", password)
    }

    pub fn log_in_as(&self, login: &str, password: &str) -> String {
        let body = json!({ "login": login, "password": password });
        let answer = self.ask("POST", "/api/v1/auth/sessions", None, Some((&body, None))).unwrap();
        assert_eq!(answer.status, 201, "{}", answer.text());
        let session: Value = serde_json::from_slice(&answer.body).unwrap();
        session["access_token"].as_str().unwrap().to_owned()
    }

    /// The answer, unless the server went away before the end of it.
    pub fn ask(&self, method: &str, path: &str, token: Option<&str>, body: Option<(&Value, Option<&str>)>) -> Option<Received> {
        let mut wire = Wire::open(&self.url).ok()?;
        let authorization = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("Connection", "close")];
        headers.extend(authorization.as_deref().map(|value| ("Authorization", value)));
        headers.extend(body.map(|_| ("Content-Type", "application/json")));
        headers.extend(body.and_then(|(_, key)| key).map(|key| ("Idempotency-Key", key)));
        // Whoever moves a row of its own on has seen its version.
        headers.extend(path.ends_with("/transitions").then_some(("If-Match", "*")));
        let body = body.map_or_else(Vec::new, |(body, _)| body.to_string().into_bytes());
        wire.send(method, path, &headers, &body).ok()?;
        wire.receive().ok().filter(|answer| answer.whole)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args(["-s", name, &self.id().to_string()]).status().unwrap().success());
    }

    /// Kills it without warning.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The exit code, once it has ended by itself.
    pub fn wait(mut self, patience: Duration) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(started.elapsed() < patience, "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

//! The server under load: this very program, started again, with two handlers that only verify a token.

use crate::{Outcome, client, log_lines, seed};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use entraide::auth::{Keys, token};
use entraide::clock::Clock;
use entraide::config::Config;
use entraide::db::Id;
use entraide::http::{self, Endpoint, Server};
use entraide::{app, imports};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Issuer of the tokens, whatever the port.
const PUBLIC_URL: &str = "http://entraide.invalid";
/// Length of the constants that the two handlers return.
const LENGTH: &str = "BENCH_LENGTH";
/// Whether it does by itself what a server does, and counts its statements.
pub const RUNNERS: &str = "BENCH_RUNNERS";
static STATEMENTS: AtomicU32 = AtomicU32::new(0);

/// A server in a process of its own, stopped when dropped.
pub struct Served {
    child: Child,
    pub url: String,
    keys: PathBuf,
}

impl Served {
    /// Starts a server of `program` on a database and waits until it is ready.
    pub fn start(mut program: Command, keys: &Path, database: &str, settings: &[(&str, String)]) -> Outcome<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("ENTRAIDE_")) {
            program.env_remove(name);
        }
        program
            .env("ENTRAIDE_DATABASE_URL", database)
            .env("ENTRAIDE_LISTEN", format!("127.0.0.1:{port}"))
            .env("ENTRAIDE_KEYS", keys)
            .env("ENTRAIDE_DOCUMENTS", keys.with_file_name("documents"))
            .env("ENTRAIDE_PUBLIC_URL", PUBLIC_URL)
            .env("ENTRAIDE_WORKERS", "2")
            .env("ENTRAIDE_RATE_LIMIT", "1000000000")
            .env("RUST_LOG", "info")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let served = Self { child: program.spawn()?, url: format!("http://127.0.0.1:{port}"), keys: keys.to_owned() };
        let started = Instant::now();
        while client::get(&format!("{}/readyz", served.url), &[]).is_err() {
            if started.elapsed() > Duration::from_secs(20) {
                return Err("the server does not become ready".into());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(served)
    }

    /// Starts this program as a server.
    pub fn own(keys: &Path, database: &str, settings: &[(&str, String)]) -> Outcome<Self> {
        let mut program = Command::new(std::env::current_exe()?);
        program.arg("serve");
        Self::start(program, keys, database, settings)
    }

    /// The same with constants of this length.
    pub fn with_constants(keys: &Path, database: &str, length: usize) -> Outcome<Self> {
        Self::own(keys, database, &[(LENGTH, length.to_string())])
    }

    /// A fresh token of the bench's administrator.
    pub fn token(&self) -> Outcome<String> {
        let keys = Keys::load(&self.keys)?;
        Ok(token::issue(&keys, PUBLIC_URL, seed::user(), seed::session(), 1, Clock::default().now().timestamp())?)
    }

    pub fn get(&self, path: &str) -> Outcome<Vec<u8>> {
        let mut body = Vec::new();
        client::get(&format!("{}{path}", self.url), &[("Authorization", &format!("Bearer {}", self.token()?))])?.read_to_end(&mut body)?;
        Ok(body)
    }

    /// Creates something.
    pub fn post(&self, path: &str, media_type: &str, body: &str) -> Outcome {
        let (authorization, key) = (format!("Bearer {}", self.token()?), Id::new().to_string());
        let headers = [("Authorization", authorization.as_str()), ("Content-Type", media_type), ("Idempotency-Key", &key)];
        client::post(&format!("{}{path}", self.url), &headers, body)?.read_to_end(&mut Vec::new())?;
        Ok(())
    }

    /// Statements that it has given to the database since its start, where they are counted.
    pub fn statements(&self) -> Outcome<f64> {
        let mut count = String::new();
        client::get(&format!("{}/statements", self.url), &[])?.read_to_string(&mut count)?;
        Ok(count.trim().parse()?)
    }

    /// Processor time since its start.
    pub fn cpu(&self) -> Outcome<Duration> {
        cpu_of(&format!("/proc/{}/stat", self.child.id()))
    }

    /// A line of its memory, in KiB: `RssAnon`, `VmRSS`.
    pub fn memory(&self, kind: &str) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(kind)?.strip_prefix(':')).ok_or("no such line")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

/// User and system time in a `stat` file of the kernel, counted in hundredths of a second.
pub fn cpu_of(file: &str) -> Outcome<Duration> {
    let stat = std::fs::read_to_string(file)?;
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Result<Vec<u64>, _> = fields.split_whitespace().skip(11).take(2).map(str::parse).collect();
    Ok(Duration::from_millis(ticks?.iter().sum::<u64>() * 10))
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have stopped by itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// `bench serve`: as `entraide serve`, and the two handlers beside.
pub fn serve() -> Outcome {
    log_lines::log_to_stderr();
    let config = Config::from_environment()?;
    let length = std::env::var(LENGTH).map_or(Ok(0), |text| text.parse())?;
    let constant = Bytes::from(vec![b'x'; length]);
    let listener = TcpListener::bind(config.listen)?;
    let counted = std::env::var_os(RUNNERS).is_some();
    if counted {
        set_default_instrumentation(|| Some(Box::new(count)))?;
    }
    let server = app::server(config, Clock::default())?;
    if counted {
        app::start_runners(&server)?;
    } else {
        imports::runner::start(Arc::clone(&server), app::importers())?;
    }
    let (shared, served) = (web::Data::new((Arc::clone(&server), constant)), Arc::clone(&server));
    let beside = move |config: &mut web::ServiceConfig| {
        config.route("/statements", web::get().to(|| async { STATEMENTS.load(Ordering::Relaxed).to_string() }));
        config.app_data(shared.clone()).route("/verified/{id}", web::get().to(verified)).route("/remembered/{id}", web::get().to(remembered));
        config.service(web::scope(UNRECORDED).configure(|config| http::register(config, &served, &unrecorded().iter().collect::<Vec<_>>())));
    };
    actix_web::rt::System::new().block_on(async { Ok(app::listen_with(&server, listener, beside)?.await?) })
}

fn count(event: InstrumentationEvent<'_>) {
    if matches!(event, InstrumentationEvent::StartQuery { .. }) {
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
    }
}

/// Where a dossier is served as it is elsewhere, but for the look that is not recorded.
pub const UNRECORDED: &str = "/unrecorded";

fn unrecorded() -> Vec<Endpoint> {
    let mut endpoints: Vec<Endpoint> = app::endpoints().into_iter().filter(|endpoint| endpoint.route.operation == "dossiers_retrieve").collect();
    for route in endpoints.iter_mut().filter_map(|endpoint| Arc::get_mut(&mut endpoint.route)) {
        route.facts.discloses = None;
    }
    endpoints
}

type Shared = web::Data<(Arc<Server>, Bytes)>;

fn bearer(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// When the token expires, if its signature and claims are right.
fn verify(server: &Server, text: &str, now: i64) -> Option<i64> {
    token::verify(&server.keys, &server.config.public_url, text, now).ok().map(|verified| verified.expires_at)
}

fn constant(shared: &Shared, expires_at: Option<i64>) -> HttpResponse {
    if expires_at.is_none() {
        return HttpResponse::Unauthorized().finish();
    }
    HttpResponse::Ok().content_type("application/json").body(shared.1.clone())
}

/// Verifies the signature of each request.
async fn verified(request: HttpRequest, shared: Shared) -> HttpResponse {
    let now = shared.0.clock.now().timestamp();
    constant(&shared, bearer(&request).and_then(|text| verify(&shared.0, text, now)))
}

thread_local! {
    static VERIFIED: RefCell<HashMap<String, i64>> = RefCell::default();
}

/// Verifies a token once in each thread.
async fn remembered(request: HttpRequest, shared: Shared) -> HttpResponse {
    let now = shared.0.clock.now().timestamp();
    let expires_at = bearer(&request).and_then(|text| {
        let known = VERIFIED.with_borrow(|tokens| tokens.get(text).copied()).filter(|expires_at| now < *expires_at);
        known.or_else(|| {
            let expires_at = verify(&shared.0, text, now)?;
            VERIFIED.with_borrow_mut(|tokens| tokens.insert(text.to_owned(), expires_at));
            Some(expires_at)
        })
    });
    constant(&shared, expires_at)
}

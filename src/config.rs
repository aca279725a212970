//! Settings from the environment and an optional file, all checked at start.

use crate::db;
use crate::values::Email;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// `production` asks for keys and migrations beforehand; `demo` makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Production,
    Demo,
}

#[derive(Debug, Clone)]
pub struct Config {
    pub database: db::Settings,
    pub listen: SocketAddr,
    pub profile: Profile,
    /// Where callers reach the server; issuer and audience of its tokens.
    pub public_url: String,
    /// Proxies whose forwarded addresses count.
    pub trusted_proxies: Vec<IpAddr>,
    /// Folder of the signing key and the secret.
    pub keys: PathBuf,
    /// Folder of the files of documents.
    pub documents: PathBuf,
    /// Threads that answer requests.
    pub workers: usize,
    /// Requests a minute that one caller may make.
    pub rate_limit: u32,
    /// How long a caller of an export may take nothing before it is cut.
    pub export_stall: Duration,
    /// Time for the body of an ordinary request: one byte a second would otherwise hold its connection for days.
    pub body_patience: Duration,
    /// Time for an ordinary request, its body included.
    pub request_patience: Duration,
    /// Host names under which callers may ask, whatever the port.
    pub hosts: Vec<String>,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address that is no trusted proxy.
    pub connections_per_address: usize,
    /// Years after its closing until a dossier may be archived.
    pub retention_years: u32,
    /// Origins of web front-ends that may call from a browser.
    pub cors_origins: Vec<String>,
    /// How mails leave; none where the server sends none.
    pub mail: Option<Mail>,
}

/// How mails leave, and what they say of where they come from.
#[derive(Clone)]
pub struct Mail {
    /// The server that takes them, which may hold a password.
    pub smtp_url: String,
    pub from: Email,
    /// The address of the front-end, to which they lead.
    pub link: String,
    /// The hour in Europe/Paris from which the mail of a day leaves.
    pub hour: u32,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { smtp_url: _, from, link, hour } = self;
        f.debug_struct("Mail").field("from", from).field("link", link).field("hour", hour).finish_non_exhaustive()
    }
}

/// Every setting: its name after `ENTRAIDE_`, in a file in lower case, and what it is for.
pub const SETTINGS: [(&str, &str); 24] = [
    ("CONFIG", "a TOML file with these settings in lower case; the environment wins over it"),
    ("DATABASE_URL", "sqlite://path or postgres://… (default sqlite://data/entraide.sqlite)"),
    ("DATABASE_CONNECTIONS", "reader threads on SQLite, connections on PostgreSQL (default 3 and 8)"),
    ("WRITE_BATCH", "most writes that share one commit on SQLite, 1 for none (default 128)"),
    ("LISTEN", "address and port to listen on (default 127.0.0.1:8080)"),
    ("PROFILE", "production or demo (default production)"),
    ("PUBLIC_URL", "address under which callers reach the server (default http:// and the listening address)"),
    ("HOSTS", "further host names under which callers reach the server, comma-separated; that of PUBLIC_URL is one already"),
    ("CONNECTIONS", "connections at once (default 900)"),
    ("CONNECTIONS_PER_ADDRESS", "connections at once from one address that is no trusted proxy (default 200)"),
    ("TRUSTED_PROXIES", "addresses of proxies whose X-Forwarded-For counts, comma-separated"),
    ("KEYS", "folder of the keys (default data/keys); entraide keys generate DIR makes one"),
    ("DOCUMENTS", "folder of the documents' files, one mount for all servers (default data/documents)"),
    ("WORKERS", "threads that answer requests (default: one per core, at most 8)"),
    ("RATE_LIMIT", "requests a minute for one caller (default 1200)"),
    ("EXPORT_STALL", "seconds after which an export whose caller takes nothing is cut (default 30)"),
    ("BODY_SECONDS", "seconds for the body of an ordinary request to arrive (default 10)"),
    ("REQUEST_SECONDS", "seconds for an ordinary request, its body included (default 15)"),
    ("RETENTION_YEARS", "years after its closing until a dossier may be archived (default 10)"),
    ("SMTP_URL", "smtps://user:password@host, smtp://host?tls=required, or smtp://host without either: takes mails to users; without it none is sent"),
    ("MAIL_FROM", "the address that mails come from"),
    ("MAIL_LINK", "the address of the front-end, to which mails lead (default PUBLIC_URL)"),
    ("MAIL_HOUR", "hour in Europe/Paris from which the mail of a day leaves, 0 to 23 (default 7)"),
    ("CORS_ORIGINS", "origins of web front-ends as browsers write them, https://example.org, comma-separated"),
];

/// What is wrong with the settings, all at once.
#[derive(Debug)]
pub struct Invalid(Vec<String>);

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings are not usable:\n  {}", self.0.join("\n  "))
    }
}

impl std::error::Error for Invalid {}

#[derive(Deserialize)]
#[serde(untagged)]
enum FileValue {
    Text(String),
    Number(i64),
    List(Vec<String>),
}

impl FileValue {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
            Self::List(items) => items.join(","),
        }
    }
}

/// The settings not yet read, and what was wrong with those that were.
struct Source {
    values: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Config {
    pub fn from_environment() -> Result<Self, Invalid> {
        Self::from_values(std::env::vars().filter_map(|(name, value)| Some((name.strip_prefix("ENTRAIDE_")?.to_owned(), value))))
    }

    pub fn from_values(environment: impl Iterator<Item = (String, String)>) -> Result<Self, Invalid> {
        let mut source = Source { values: environment.collect(), problems: Vec::new() };
        source.add_file();
        let config = source.config();
        source.refuse_unknown();
        if source.problems.is_empty() { Ok(config) } else { Err(Invalid(source.problems)) }
    }
}

impl Source {
    fn add_file(&mut self) {
        let Some(path) = self.values.remove("CONFIG") else { return };
        let read = std::fs::read_to_string(&path).map_err(|error| error.to_string());
        match read.and_then(|text| toml::from_str::<BTreeMap<String, FileValue>>(&text).map_err(|error| error.message().to_owned())) {
            Ok(file) => {
                for (name, value) in file {
                    self.values.entry(name.to_uppercase()).or_insert_with(|| value.into_text());
                }
            }
            Err(error) => self.problems.push(format!("ENTRAIDE_CONFIG: {path}: {error}")),
        }
    }

    fn config(&mut self) -> Config {
        let listen = self.parsed("LISTEN", SocketAddr::from(([127, 0, 0, 1], 8080)));
        let url = self.values.remove("DATABASE_URL").unwrap_or_else(|| "sqlite://data/entraide.sqlite".to_owned());
        let usual = db::usual_connections(&url).unwrap_or_else(|_| {
            self.problems.push("ENTRAIDE_DATABASE_URL must start with sqlite:// or postgres://".to_owned());
            1
        });
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let database_connections = self.parsed("DATABASE_CONNECTIONS", usual);
        let public_url = self.public_url(listen);
        let mail = self.mail(&public_url);
        Config {
            mail,
            database: db::Settings { url, connections: database_connections, write_batch: self.parsed("WRITE_BATCH", 128) },
            listen,
            profile: self.profile(),
            hosts: self.hosts(&public_url, listen),
            public_url,
            connections: self.parsed("CONNECTIONS", 900).max(1),
            connections_per_address: self.parsed("CONNECTIONS_PER_ADDRESS", 200).max(1),
            trusted_proxies: self.list("TRUSTED_PROXIES"),
            keys: self.values.remove("KEYS").map_or_else(|| PathBuf::from("data/keys"), PathBuf::from),
            documents: self.values.remove("DOCUMENTS").map_or_else(|| PathBuf::from("data/documents"), PathBuf::from),
            workers: self.parsed("WORKERS", cores.min(8)).max(1),
            rate_limit: self.parsed("RATE_LIMIT", 1200).max(1),
            export_stall: Duration::from_secs(self.parsed("EXPORT_STALL", 30).max(1)),
            body_patience: Duration::from_secs(self.parsed("BODY_SECONDS", 10).max(1)),
            request_patience: Duration::from_secs(self.parsed("REQUEST_SECONDS", 15).max(1)),
            retention_years: self.parsed("RETENTION_YEARS", 10).min(100),
            cors_origins: self.origins(),
        }
    }

    fn profile(&mut self) -> Profile {
        match self.values.remove("PROFILE").as_deref() {
            None | Some("production") => Profile::Production,
            Some("demo") => Profile::Demo,
            Some(_) => {
                self.problems.push("ENTRAIDE_PROFILE must be production or demo".to_owned());
                Profile::Production
            }
        }
    }

    fn public_url(&mut self, listen: SocketAddr) -> String {
        let given = self.values.remove("PUBLIC_URL").unwrap_or_else(|| format!("http://{listen}"));
        match url::Url::parse(&given) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => given.trim_end_matches('/').to_owned(),
            _ => {
                self.problems.push("ENTRAIDE_PUBLIC_URL must be an http or https address".to_owned());
                given
            }
        }
    }

    /// The name of the public address, those of the address listened on, and those added.
    fn hosts(&mut self, public_url: &str, listen: SocketAddr) -> Vec<String> {
        let mut hosts: Vec<String> = self.list("HOSTS");
        if hosts.iter().any(|host| url::Host::parse(host).is_err()) {
            self.problems.push(format!("ENTRAIDE_HOSTS is not valid: {}", purpose("HOSTS")));
        }
        hosts.extend(url::Url::parse(public_url).ok().and_then(|url| url.host_str().map(str::to_owned)));
        if listen.ip().is_loopback() {
            hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        } else if !listen.ip().is_unspecified() {
            hosts.push(if listen.is_ipv6() { format!("[{}]", listen.ip()) } else { listen.ip().to_string() });
        }
        hosts
    }

    /// Origins as browsers write them: a scheme, a host, a port that is not the usual one, and nothing after it.
    fn origins(&mut self) -> Vec<String> {
        let origins: Vec<String> = self.list("CORS_ORIGINS");
        let written = |origin: &String| url::Url::parse(origin).is_ok_and(|url| url.origin().is_tuple() && url.origin().ascii_serialization() == *origin);
        // No browser writes an asterisk: it would match nothing.
        if !origins.iter().all(|origin| written(origin) && !origin.contains('*')) {
            self.problems.push(format!("ENTRAIDE_CORS_ORIGINS is not valid: {}", purpose("CORS_ORIGINS")));
        }
        origins
    }

    /// How mails leave, where a server takes them. A password goes over TLS or not at all.
    fn mail(&mut self, public_url: &str) -> Option<Mail> {
        let hour = self.parsed("MAIL_HOUR", 7);
        let (from, link) = (self.values.remove("MAIL_FROM"), self.values.remove("MAIL_LINK"));
        let smtp_url = self.values.remove("SMTP_URL")?;
        let link = link.unwrap_or_else(|| public_url.to_owned());
        let from = from.and_then(|from| from.parse().ok());
        for (name, sound) in
            [("SMTP_URL", takes_mail(&smtp_url)), ("MAIL_FROM", from.is_some()), ("MAIL_LINK", link.parse::<url::Url>().is_ok()), ("MAIL_HOUR", hour < 24)]
        {
            if !sound {
                self.problems.push(format!("ENTRAIDE_{name} is not valid: {}", purpose(name)));
            }
        }
        Some(Mail { smtp_url, from: from?, link, hour })
    }

    fn parsed<T: FromStr>(&mut self, name: &str, default: T) -> T {
        let Some(text) = self.values.remove(name) else { return default };
        text.trim().parse().unwrap_or_else(|_| {
            self.problems.push(format!("ENTRAIDE_{name} is not valid: {}", purpose(name)));
            default
        })
    }

    fn list<T: FromStr>(&mut self, name: &str) -> Vec<T> {
        let text = self.values.remove(name).unwrap_or_default();
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        let parsed: Option<Vec<T>> = items.map(|item| item.parse().ok()).collect();
        parsed.unwrap_or_else(|| {
            self.problems.push(format!("ENTRAIDE_{name} is not valid: {}", purpose(name)));
            Vec::new()
        })
    }

    fn refuse_unknown(&mut self) {
        let known = SETTINGS.map(|(name, _)| name);
        for name in self.values.keys() {
            let nearest = crate::values::input::nearest(name, &known);
            self.problems.push(format!("ENTRAIDE_{name} is not a setting; the nearest one is ENTRAIDE_{nearest}"));
        }
    }
}

/// Whether mails can leave by an address.
fn takes_mail(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| {
        let secret = url.password().is_some() || !url.username().is_empty();
        let sealed = url.scheme() == "smtps" || url.query() == Some("tls=required");
        url.has_host() && matches!((url.scheme(), url.query()), ("smtps", None) | ("smtp", None | Some("tls=required"))) && (sealed || !secret)
    })
}

fn purpose(name: &str) -> &'static str {
    SETTINGS.iter().find(|(known, _)| *known == name).map_or("", |(_, purpose)| purpose)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(values: &[(&str, &str)]) -> Result<Config, Invalid> {
        Config::from_values(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn without_settings_it_is_an_embedded_production_server_on_loopback() {
        let config = config(&[]).unwrap();
        assert_eq!(config.database.url, "sqlite://data/entraide.sqlite");
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.profile, Profile::Production);
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
    }

    #[test]
    fn every_wrong_setting_is_told_at_once_with_the_nearest_name() {
        let error = config(&[("LISTEN", "nowhere"), ("PROFILE", "test"), ("DATABSE_URL", "sqlite://x"), ("PUBLIC_URL", "example.org"), ("HOSTS", "a/b")])
            .unwrap_err()
            .to_string();
        for part in ["ENTRAIDE_LISTEN", "ENTRAIDE_HOSTS", "ENTRAIDE_PROFILE", "nearest one is ENTRAIDE_DATABASE_URL", "ENTRAIDE_PUBLIC_URL"] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn origins_are_taken_only_as_browsers_write_them() {
        for origin in ["https://a.example", "http://localhost:5173"] {
            assert!(config(&[("CORS_ORIGINS", origin)]).is_ok(), "{origin}");
        }
        for origin in ["*", "null", "https://a.example/", "https://a.example:443", "a.example", "https://*.example", "https://A.example"] {
            assert!(config(&[("CORS_ORIGINS", origin)]).is_err(), "{origin}");
        }
    }

    #[test]
    fn the_hosts_are_those_of_the_two_addresses_and_those_added() {
        let hosts = |listen, public, more| config(&[("LISTEN", listen), ("PUBLIC_URL", public), ("HOSTS", more)]).unwrap().hosts;
        assert_eq!(hosts("0.0.0.0:80", "https://api.example.org/x", "entraide, 10.0.0.7"), ["entraide", "10.0.0.7", "api.example.org"]);
        assert_eq!(hosts("10.0.0.8:80", "https://api.example.org", ""), ["api.example.org", "10.0.0.8"]);
        assert_eq!(hosts("127.0.0.1:80", "https://api.example.org", ""), ["api.example.org", "localhost", "127.0.0.1", "[::1]"]);
    }

    #[test]
    fn mails_leave_by_a_server_that_is_named_and_passwords_over_tls_alone() {
        assert!(config(&[("MAIL_FROM", "a@example.org")]).unwrap().mail.is_none());
        let with = |url: &str| config(&[("SMTP_URL", url), ("MAIL_FROM", "a@example.org")]);
        for url in ["smtp://relay:2525", "smtps://me:secret@relay", "smtp://me:secret@relay?tls=required"] {
            let mail = with(url).unwrap().mail.unwrap();
            assert_eq!((mail.hour, mail.link.as_str()), (7, "http://127.0.0.1:8080"), "{url}");
            assert!(!format!("{mail:?}").contains("secret"));
        }
        for url in ["smtp://me:secret@relay", "smtp://me:secret@relay?tls=opportunistic", "http://relay", "relay", "smtps://"] {
            assert!(with(url).unwrap_err().to_string().contains("ENTRAIDE_SMTP_URL"), "{url}");
        }
        let error = config(&[("SMTP_URL", "smtp://relay"), ("MAIL_HOUR", "24"), ("MAIL_LINK", "app")]).unwrap_err().to_string();
        assert!(["MAIL_FROM", "MAIL_HOUR", "MAIL_LINK"].iter().all(|name| error.contains(name)), "{error}");
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "listen = \"127.0.0.1:1\"\nrate_limit = 7\ncors_origins = [\"https://a.example\"]\n").unwrap();
        let config = config(&[("CONFIG", file.path().to_str().unwrap()), ("LISTEN", "127.0.0.1:2")]).unwrap();
        assert_eq!((config.listen.port(), config.rate_limit, config.cors_origins.len()), (2, 7, 1));
    }
}

//! A world: a database of its own, a server on a port of its own, a clock that stands where it is put.

use super::{Client, Program};
use chrono::{DateTime, Utc};
use entraide::app;
use entraide::auth::store::{NewGrant, NewSession, UserRow};
use entraide::auth::{Keys, Role, store, token};
use entraide::clock::Clock;
use entraide::config::Config;
use entraide::db::{self, Db, Id, Instant};
use entraide::http::Server;
use entraide::imports::runner;
use entraide::values::{Day, DepartmentCode};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, mpsc};
use tempfile::TempDir;

/// The password of every user made by `World::user`.
pub const PASSWORD: &str = "volcan-lave-basalte-2026";

/// Another server on the database of a world, with the same keys, the same settings and the same clock.
pub struct Neighbour {
    pub url: String,
    stop: actix_web::dev::ServerHandle,
}

pub struct World {
    pub server: Arc<Server>,
    pub clock: Clock,
    pub url: String,
    pub database_url: String,
    /// Goes with the world.
    _folder: TempDir,
    stop: actix_web::dev::ServerHandle,
}

/// A database file with every migration applied, made once.
fn template() -> &'static PathBuf {
    static TEMPLATE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("template.sqlite");
        let mut conn = db::connect(&format!("sqlite://{}", path.display())).unwrap();
        db::migrate(&mut conn).unwrap();
        conn.run("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        (folder, path)
    });
    path
}

/// The keys that all worlds share; making them takes time.
fn keys() -> &'static PathBuf {
    static KEYS: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = KEYS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        Keys::generate(&path).unwrap();
        (folder, path)
    });
    path
}

/// The address of the PostgreSQL server, unless the tests run on SQLite.
pub fn postgres() -> Option<String> {
    std::env::var("ENTRAIDE_TEST_DATABASE").ok().filter(|address| address.starts_with("postgres"))
}

/// A migrated database of one's own.
pub fn database(folder: &TempDir) -> String {
    let Some(address) = postgres() else {
        let path = folder.path().join("world.sqlite");
        std::fs::copy(template(), &path).unwrap();
        return format!("sqlite://{}", path.display());
    };
    create_database(&address, served_template(&address))
}

/// A database of one's own without a schema.
pub fn empty_database(folder: &TempDir) -> String {
    let Some(address) = postgres() else { return format!("sqlite://{}", folder.path().join("empty.sqlite").display()) };
    create_database(&address, "template1")
}

/// The name of a database on the PostgreSQL server with every migration applied, made once; it goes with the server, which
/// `tests/with-postgres` makes for one run.
fn served_template(address: &str) -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| {
        let url = create_database(address, "template1");
        db::migrate(&mut db::connect(&url).unwrap()).unwrap();
        name_of(&url).unwrap().to_owned()
    })
}

/// A database of one's own that begins as a copy: several times faster than its migrations, and no other test's catalogue grows with it.
fn create_database(address: &str, template: &str) -> String {
    let name = format!("t{}", Id::new().to_string().replace('-', ""));
    on_server(address, &format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")).unwrap();
    let separator = if address.contains('?') { '&' } else { '?' };
    format!("{address}{separator}{NAMED}{name}")
}

/// Goes before the name of a database in the address that a test is given.
const NAMED: &str = "dbname=";

fn name_of(url: &str) -> Option<&str> {
    url.split_once(NAMED).map(|(_, name)| name)
}

/// Tells the server itself, which may be busy, what to do.
fn on_server(address: &str, command: &str) -> entraide::error::Result<()> {
    let mut conn = db::connect(address)?;
    conn.run("SET statement_timeout='1min'; SET lock_timeout='1min'")?;
    Ok(conn.run(command)?)
}

/// Removes what a database of one's own left on a PostgreSQL server, where its world may still be connected.
pub fn drop_database(url: &str) {
    if let (Some(address), Some(name)) = (postgres(), name_of(url)) {
        on_server(&address, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).ok();
    }
}

/// How many rows a table has.
fn rows(conn: &mut db::DbConn, table: &str) -> i64 {
    use diesel::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    diesel::sql_query(format!("SELECT count(*) AS count FROM {table}")).get_result::<Count>(conn).unwrap().count
}

impl World {
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// A world with other settings than the usual ones.
    pub fn with(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database_url = database(&folder);
        let documents = folder.path().join("documents");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let usual = [
            ("DATABASE_URL", database_url.as_str()),
            ("DATABASE_CONNECTIONS", "3"),
            ("PUBLIC_URL", &url),
            // Second factors are optional there: tests that are about them serve in production.
            ("PROFILE", "demo"),
            ("KEYS", keys().to_str().unwrap()),
            ("DOCUMENTS", documents.to_str().unwrap()),
            ("WORKERS", "1"),
            ("RATE_LIMIT", "1000000"),
        ];
        let values = usual.iter().filter(|(name, _)| settings.iter().all(|(other, _)| other != name)).chain(settings);
        let config = Config::from_values(values.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).unwrap();
        let clock = Clock::default();
        clock.set("2026-11-22T09:00:00Z".parse().unwrap());
        let server = app::server(config, clock.clone()).unwrap();
        let stop = serve(&server, listener);
        Self { server, clock, url, database_url, _folder: folder, stop }
    }

    /// A second server beside this one, as a restart or a second machine would be.
    pub fn neighbour(&self) -> Neighbour {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = app::server(self.server.config.clone(), self.clock.clone()).unwrap();
        let stop = serve(&server, listener);
        Neighbour { url, stop }
    }

    pub fn db(&self) -> &Db {
        &self.server.db
    }

    pub fn now(&self) -> Instant {
        self.server.now()
    }

    pub fn set_time(&self, instant: &str) {
        self.clock.set(instant.parse::<DateTime<Utc>>().unwrap());
    }

    /// The machine's time, at which the console acts: for tests that see what it did through the server.
    pub fn come_to_the_present(&self) {
        self.clock.set(Utc::now());
    }

    /// How many rows a table has.
    pub fn rows(&self, table: &'static str) -> i64 {
        self.db().read_now(move |conn| Ok(rows(conn, table))).unwrap()
    }

    /// Runs everything that waits in the background.
    pub fn run_operations(&self) {
        while runner::step(&self.server, &app::importers()).unwrap() {}
    }

    /// A client without credentials.
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url, None)
    }

    /// The console on the database of this world, with its keys.
    pub fn console(&self) -> Program {
        let documents = self.server.config.documents.to_str().unwrap();
        let program = Program::new().with("ENTRAIDE_DATABASE_URL", &self.database_url).with("ENTRAIDE_KEYS", keys().to_str().unwrap());
        program.with("ENTRAIDE_DOCUMENTS", documents)
    }

    pub fn admin(&self) -> Client {
        self.user("admin", Role::Admin, None)
    }

    /// The head of a department.
    pub fn head(&self, department: &str) -> Client {
        self.user(&format!("head-{department}"), Role::DepartmentHead, Some(department))
    }

    pub fn volunteer(&self, department: &str) -> Client {
        self.user(&format!("volunteer-{department}"), Role::Volunteer, Some(department))
    }

    /// The same user, signed in anew: tokens live ten minutes, and a change of rights ends them.
    pub fn again(&self, client: &Client) -> Client {
        let (id, version) = self.account(client);
        let session = NewSession { id: Id::new(), user_id: id, created_at: self.now(), expires_at: Instant(self.now().0 + chrono::Duration::days(30)) };
        let session_id = session.id;
        self.db().write_now(move |conn| store::insert_session(conn, &session)).unwrap();
        let token = token::issue(&self.server.keys, &self.server.config.public_url, id, session_id, version, self.now().0.timestamp()).unwrap();
        client.with_token(&token)
    }

    /// A further right for a user.
    pub fn grant(&self, client: &Client, role: Role, department: Option<&str>) {
        use diesel::prelude::*;
        let (user_id, _) = self.account(client);
        let department_code = department.map(|code| code.parse::<DepartmentCode>().unwrap());
        let starts_on = "2020-01-01".parse().unwrap();
        let grant = NewGrant { id: Id::new(), user_id, role, department_code, academy_code: None, establishment_id: None, starts_on, ends_on: None };
        let insert = move |conn: &mut db::DbConn| {
            diesel::insert_into(db::schema::grants::table).values(&grant).execute(conn)?;
            store::advance_epoch(conn)
        };
        self.db().write_now(insert).unwrap();
    }

    /// Says that a user is a member.
    pub fn link(&self, client: &Client, member: &serde_json::Value) {
        use db::schema::users;
        use diesel::prelude::*;
        let ((user_id, _), member_id) = (self.account(client), Id::parse(member["id"].as_str().unwrap()));
        let link = move |conn: &mut db::DbConn| {
            diesel::update(users::table.find(user_id)).set(users::member_id.eq(member_id)).execute(conn)?;
            store::advance_epoch(conn)
        };
        self.db().write_now(link).unwrap();
    }

    fn account(&self, client: &Client) -> (Id, i32) {
        let login = client.login().to_owned();
        let user = self.db().read_now(move |conn| store::find_user_by_login(conn, &login)).unwrap().unwrap();
        (user.id, user.auth_version)
    }

    /// All that the database holds, as far as it is text: on SQLite its very bytes, elsewhere its rows.
    pub fn database_text(&self) -> String {
        use diesel::RunQueryDsl;
        #[derive(diesel::QueryableByName)]
        struct Text {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        if postgres().is_none() {
            let path = self.database_url.trim_start_matches("sqlite://");
            db::connect(&self.database_url).unwrap().run("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            let files = [path.to_owned(), format!("{path}-wal")];
            return files.iter().filter_map(|file| std::fs::read(file).ok()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
        }
        let mut conn = db::connect(&self.database_url).unwrap();
        let tables = "SELECT table_name::text AS text FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'";
        let tables: Vec<Text> = diesel::sql_query(tables).load(&mut conn).unwrap();
        let rows = |table: Text| -> Vec<Text> {
            // Bodies are bytes: read as the text they are.
            let body = if table.text == "idempotency_records" { " || coalesce(convert_from(body, 'UTF8'), '')" } else { "" };
            diesel::sql_query(format!("SELECT t::text{body} AS text FROM {} t", table.text)).load(&mut conn).unwrap()
        };
        tables.into_iter().flat_map(rows).map(|row| row.text).collect()
    }

    /// The correspondent of a school.
    pub fn correspondent(&self, school: &serde_json::Value) -> Client {
        let id = Id::parse(school["id"].as_str().unwrap());
        self.user_at("correspondent", Role::Correspondent, (school["department_code"].as_str(), None, id))
    }

    /// A new user with one role, signed in.
    pub fn user(&self, login: &str, role: Role, department: Option<&str>) -> Client {
        self.user_at(login, role, (department, None, None))
    }

    /// The same, whatever the place that the role asks for: a department, an academy, an establishment.
    pub fn user_at(&self, login: &str, role: Role, (department, academy, establishment_id): (Option<&str>, Option<&str>, Option<Id>)) -> Client {
        let (id, session_id, now) = (Id::new(), Id::new(), self.now());
        let user = UserRow {
            id,
            login: format!("{}-{}", login.to_lowercase(), &id.to_string()[24..]),
            display_name: login.to_owned(),
            password_hash: hash().clone(),
            enabled: true,
            auth_version: 1,
            created_at: now,
            updated_at: now,
        };
        let department_code = department.map(|code| code.parse::<DepartmentCode>().unwrap());
        let academy_code = academy.map(|code| code.parse().unwrap());
        let starts_on = "2020-01-01".parse::<Day>().unwrap();
        let grant = NewGrant { id: Id::new(), user_id: id, role, department_code, academy_code, establishment_id, starts_on, ends_on: None };
        let session = NewSession { id: session_id, user_id: id, created_at: now, expires_at: Instant(now.0 + chrono::Duration::days(30)) };
        let login = user.login.clone();
        self.db()
            .write_now(move |conn| {
                store::insert_user(conn, &user, &grant)?;
                store::insert_session(conn, &session)
            })
            .unwrap();
        let token = token::issue(&self.server.keys, &self.server.config.public_url, id, session_id, 1, now.0.timestamp()).unwrap();
        Client::new(&self.url, Some(token)).named(login)
    }
}

fn hash() -> &'static String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| entraide::auth::password::hash(PASSWORD).unwrap())
}

/// Serves on a thread of its own until the world ends.
fn serve(server: &Arc<Server>, listener: TcpListener) -> actix_web::dev::ServerHandle {
    let (sender, receiver) = mpsc::channel();
    let server = Arc::clone(server);
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let http = app::listen(&server, listener).unwrap();
            sender.send(http.handle()).unwrap();
            http.await.unwrap();
        });
    });
    receiver.recv().unwrap()
}

impl Drop for Neighbour {
    fn drop(&mut self) {
        drop(self.stop.stop(false));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // Sends the command; the thread ends by itself.
        drop(self.stop.stop(false));
        drop_database(&self.database_url);
    }
}

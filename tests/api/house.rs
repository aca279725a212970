//! Who may import whom, read from the source.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

struct File {
    /// Below `src`, such as `establishments/store.rs`.
    path: String,
    /// Without comments and without its unit tests.
    text: String,
}

impl File {
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap()
    }

    fn module(&self) -> &str {
        self.path.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// The modules of this crate that the file names.
    fn imports(&self) -> BTreeSet<String> {
        let word = |text: &str| text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        let mut found = BTreeSet::new();
        for rest in self.text.split("crate::").skip(1) {
            match rest.strip_prefix('{') {
                Some(group) => found.extend(group.split('}').next().unwrap().split(',').map(word)),
                None => drop(found.insert(word(rest))),
            }
        }
        found.retain(|module| !module.is_empty() && module != self.module());
        found
    }
}

fn files() -> Vec<File> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found)
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path)
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        File { path: path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), text: lines.collect::<Vec<_>>().join("\n") }
    };
    paths.into_iter().map(read).collect()
}

/// The layers under the rooms, each with those it may know.
const LAYERS: [(&str, &[&str]); 11] = [
    ("error", &[]),
    ("clock", &[]),
    ("values", &["clock", "error", "db"]),
    ("db", &["error", "values"]),
    ("config", &["db", "values", "error"]),
    ("auth", &["db", "error", "values"]),
    ("audit", &["auth", "db", "error", "values"]),
    ("changes", &["audit", "auth", "db", "error", "values"]),
    ("storage", &["db", "error"]),
    ("http", &["audit", "auth", "clock", "config", "db", "error", "storage", "values"]),
    ("workflow", &["audit", "auth", "db", "error", "http", "values"]),
];
const ABOVE: [&str; 4] = ["app", "cli", "main", "lib"];

/// Fails with the places where a rule of the house is broken.
fn hold(rule: &str, broken: Vec<String>) {
    assert!(broken.is_empty(), "{rule}: {broken:#?}");
}

#[test]
fn imports_go_inwards() {
    let layer = |module: &str| LAYERS.iter().find(|(name, _)| *name == module).map(|(_, known)| *known);
    let mut broken = Vec::new();
    for file in files().iter().filter(|file| !ABOVE.contains(&file.module())) {
        for import in file.imports() {
            let allowed = layer(file.module()).map_or(!ABOVE.contains(&import.as_str()), |known| known.contains(&import.as_str()));
            if !allowed {
                broken.push(format!("{} names {import}", file.path));
            }
        }
    }
    assert!(files().iter().any(|file| file.path == "http/gate.rs" && file.imports().contains("auth")), "imports are read");
    hold("main → app → rooms → workflow, audit, auth, http, db → error, clock, config", broken);
}

#[test]
fn rooms_know_each_other_in_one_direction_only() {
    let inner: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).chain(ABOVE).collect();
    let mut knows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in files().iter().filter(|file| !inner.contains(&file.module())) {
        let rooms = file.imports().into_iter().filter(|module| !inner.contains(&module.as_str()));
        knows.entry(file.module().to_owned()).or_default().extend(rooms);
    }
    // A room that knows no room left can be put aside; a circle never can.
    while let Some(free) = knows.iter().find(|(_, others)| others.iter().all(|other| !knows.contains_key(other))).map(|(room, _)| room.clone()) {
        knows.remove(&free);
    }
    assert!(knows.is_empty(), "rooms in a circle: {knows:?}");
}

fn naming(files: &[File], of: impl Fn(&File) -> bool, words: &[&str]) -> Vec<String> {
    let found = |file: &File| words.iter().filter(|word| file.text.contains(**word)).map(|word| format!("{} names {word}", file.path)).collect::<Vec<_>>();
    files.iter().filter(|file| of(file)).flat_map(found).collect()
}

#[test]
fn models_ask_no_database_stores_know_no_http_and_routes_no_diesel() {
    let files = files();
    hold("model.rs has no queries and no actix", naming(&files, |file| file.name() == "model.rs", &["diesel::", "DbConn", "actix", "crate::http"]));
    hold("store.rs has no actix", naming(&files, |file| file.name() == "store.rs", &["actix", "HttpRe", "http::Context", "http::Reply", "http::Actor"]));
    hold("api.rs has no diesel", naming(&files, |file| file.name() == "api.rs", &["diesel", "db::schema"]));
    hold(
        "the policy is pure",
        naming(&files, |file| ["auth/policy.rs", "auth/scope.rs"].contains(&file.path.as_str()), &["diesel", "DbConn", "actix", "db::schema", "crate::http"]),
    );
    hold("db knows no http", naming(&files, |file| file.module() == "db", &["actix", "crate::http"]));
    hold("error knows nothing", naming(&files, |file| file.module() == "error", &["actix", "diesel::Query", "crate::"]));
}

#[test]
fn the_engine_is_matched_on_in_db_alone() {
    let outside = |file: &File| file.module() != "db";
    hold("the engine is matched on in db alone", naming(&files(), outside, &["DbConn::Sqlite", "DbConn::Postgres", "Engine::Sqlite", "Engine::Postgres"]));
}

/// Stores of what no scope can limit: the scope itself is made from accounts, keys are the caller's own, and a change
/// is recorded by whoever was allowed to make it.
const WITHOUT_SCOPE: [&str; 2] = ["auth/store.rs", "audit/store.rs"];

#[test]
fn every_query_of_a_room_takes_a_scope() {
    let (mut broken, mut seen) = (Vec::new(), 0);
    for file in files().iter().filter(|file| file.name() == "store.rs" && !WITHOUT_SCOPE.contains(&file.path.as_str())) {
        for function in file.text.split("\npub fn ").skip(1) {
            let head = function.split(['{', ';']).next().unwrap();
            let queries = head.contains("&mut DbConn") || head.contains("&mut Tx");
            seen += usize::from(queries);
            if queries && !head.contains("&Scope") {
                broken.push(format!("{}: {}", file.path, head.split('(').next().unwrap()));
            }
        }
    }
    assert!(seen > 10, "queries are found");
    hold("a query takes a scope", broken);
}

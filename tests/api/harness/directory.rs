//! Directory files of our own making, and their way through an import.

use super::data::uai;
use super::{Client, Reply, World};
use serde_json::Value;

pub const TITLES: [&str; 14] = [
    "Identifiant_de_l_etablissement",
    "Nom_etablissement",
    "Type_etablissement",
    "Statut_public_prive",
    "Adresse_1",
    "Code_postal",
    "Code_commune",
    "Nom_commune",
    "Code_departement",
    "Telephone",
    "Appartenance_Education_Prioritaire",
    "Nombre_d_eleves",
    "etat",
    "code_nature",
];

const SOUND: [(&str, &str); 11] = [
    ("Type_etablissement", "Collège"),
    ("Statut_public_prive", "Public"),
    ("Adresse_1", "1 rue Haute"),
    ("Code_postal", "63000"),
    ("Code_commune", "63113"),
    ("Nom_commune", "Clermont-Ferrand"),
    ("Code_departement", "063"),
    ("Telephone", "04 73 00 00 01"),
    ("Nombre_d_eleves", "412"),
    ("etat", "OUVERT"),
    ("code_nature", "340"),
];

/// A sound line, but for these cells.
pub fn line(number: u32, changes: &[(&str, &str)]) -> String {
    assert!(changes.iter().all(|(title, _)| TITLES.contains(title)), "{changes:?}");
    let usual = [("Identifiant_de_l_etablissement", uai(number)), ("Nom_etablissement", format!("Collège n° {number}"))];
    let usual: Vec<(&str, &str)> = usual.iter().map(|(title, value)| (*title, value.as_str())).collect();
    let value = |title: &str| changes.iter().chain(&usual).chain(&SOUND).find(|(of, _)| *of == title).map_or("", |(_, value)| value);
    TITLES.map(value).join(";")
}

/// A line whose UAI has a wrong key letter.
pub fn wrong_key(number: u32) -> String {
    line(number, &[("Identifiant_de_l_etablissement", &wrong_uai(number))])
}

pub fn wrong_uai(number: u32) -> String {
    format!("{}{}", &uai(number)[..7], &uai(number + 1)[7..])
}

pub fn file(lines: &[String]) -> Vec<u8> {
    format!("\u{feff}{}\r\n{}\r\n", TITLES.join(";"), lines.join("\r\n")).into_bytes()
}

/// A file of so many sound lines.
pub fn sound(count: u32) -> Vec<u8> {
    file(&(0..count).map(|at| line(630_001 + at, &[])).collect::<Vec<_>>())
}

/// The same file without some of its columns.
pub fn without(bytes: &[u8], titles: &[&str]) -> Vec<u8> {
    let kept: Vec<usize> = (0..TITLES.len()).filter(|at| !titles.contains(&TITLES[*at])).collect();
    let text = std::str::from_utf8(bytes).unwrap().trim_start_matches('\u{feff}');
    let narrow = |line: &str| kept.iter().map(|at| line.split(';').nth(*at).unwrap()).collect::<Vec<_>>().join(";");
    text.lines().map(|line| narrow(line) + "\n").collect::<String>().into_bytes()
}

pub fn send(client: &Client, mode: &str, key: &str, file: &[u8]) -> Reply {
    send_of(client, "establishments", mode, key, file)
}

pub fn send_of(client: &Client, resource: &str, mode: &str, key: &str, file: &[u8]) -> Reply {
    let path = format!("/imports?resource={resource}&mode={mode}");
    client.request("POST", &path).key(key).body("text/csv", file.to_vec()).send()
}

/// The operation that imported a file, once it has ended.
pub fn import(world: &World, client: &Client, mode: &str, file: &[u8]) -> Value {
    import_of(world, client, "establishments", mode, file)
}

pub fn import_of(world: &World, client: &Client, resource: &str, mode: &str, file: &[u8]) -> Value {
    let key = format!("import-{}", entraide::db::Id::new());
    let reply = send_of(client, resource, mode, &key, file);
    assert_eq!(reply.status, 202, "{}", reply.text());
    world.run_operations();
    client.get(reply.header("location").trim_start_matches("/api/v1")).ok()
}

/// `[created, updated, unchanged, rejected]`.
pub fn figures(operation: &Value) -> [i64; 4] {
    ["created", "updated", "unchanged", "rejected"].map(|name| operation[name].as_i64().unwrap())
}

/// What was told of each line.
pub fn lines(client: &Client, operation: &Value) -> Vec<Value> {
    client.all(&format!("/operations/{}/lines?limit=100", operation["id"].as_str().unwrap()))
}

pub fn corrections(client: &Client, operation: &Value) -> String {
    let reply = client.get(&format!("/operations/{}/corrections", operation["id"].as_str().unwrap()));
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.text()
}

//! The school directory.

use crate::harness::World;
use crate::harness::data::{school, school_with, uai};
use serde_json::json;

#[test]
fn an_establishment_is_created_read_changed_and_deleted() {
    let world = World::new();
    let admin = world.admin();
    let created = admin.post("/establishments", &school_with(630_001, &json!({ "name": "Collège Dubœuf", "phone": "04 73 00 00 00" })));
    assert_eq!(created.status, 201);
    let school = created.ok();
    assert_eq!((&school["phone"], &school["academy_code"], &school["version"]), (&json!("+33473000000"), &json!("06"), &json!(1)));
    let path = created.header("location").trim_start_matches("/api/v1").to_owned();
    let read = admin.get(&path);
    assert_eq!(read.json(), school);
    assert_eq!(read.etag(), created.etag());
    let changed = admin.patch(&path, read.etag(), &json!({ "name": "Collège Mistral", "phone": null }));
    assert_eq!(changed.ok()["version"], 2);
    assert_eq!(changed.json()["phone"], json!(null));
    assert_eq!(admin.delete(&path, changed.etag()).status, 204);
    admin.get(&path).refused(404, "not_found");
}

#[test]
fn a_uai_is_given_once() {
    let world = World::new();
    let admin = world.admin();
    assert_eq!(admin.post("/establishments", &school(630_001)).status, 201);
    admin.post("/establishments", &school(630_001)).refused(409, "uai.taken");
}

#[test]
fn every_flaw_of_a_body_is_told_at_once_with_its_pointer() {
    let world = World::new();
    let reply =
        world.admin().post("/establishments", &json!({ "uai": "0630001A", "name": 3, "knid": "x", "sector": "none", "department_code": "99", "sites": [{}] }));
    assert_eq!(
        reply.flaws(),
        [
            "/department_code department.unknown",
            "/kind field.required",
            "/knid field.unknown",
            "/name type.string",
            "/sector choice.unknown",
            "/sites/0/kind field.required",
            "/sites/0/name field.required",
            "/uai uai.key",
        ]
    );
}

#[test]
fn words_are_found_whatever_their_accents_and_case() {
    let world = World::new();
    let admin = world.admin();
    admin.post("/establishments", &school_with(630_001, &json!({ "name": "Lycée Dubœuf-Núñez" }))).ok();
    admin.post("/establishments", &school_with(630_002, &json!({ "name": "Lycée Duby" }))).ok();
    for words in ["duboeuf", "NUNEZ", "dub%C5%93uf", "lyc%C3%A9e%20nu"] {
        let found = admin.all(&format!("/establishments?q={words}"));
        assert_eq!(found.len(), 1, "{words}");
        assert_eq!(found[0]["uai"], json!(uai(630_001)));
    }
    assert_eq!(admin.all("/establishments?q=dub").len(), 2);
}

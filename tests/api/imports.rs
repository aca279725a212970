//! What an import does to the directory, in each of its modes.

use crate::harness::World;
use crate::harness::data::uai;
use crate::harness::directory::{figures, file, import, line, lines, send, sound, without, wrong_key};
use serde_json::{Value, json};

/// Rows that any change would add to.
fn traces(world: &World) -> [i64; 3] {
    ["establishments", "resource_versions WHERE resource = 'establishment'", "audit_events WHERE resource = 'establishment'"].map(|table| world.rows(table))
}

fn school(client: &crate::harness::Client, number: u32) -> Value {
    let found = client.all(&format!("/establishments?uai={}", uai(number)));
    assert_eq!(found.len(), 1);
    found[0].clone()
}

#[test]
fn a_file_is_taken_at_once_and_imported_in_the_background() {
    let world = World::new();
    let admin = world.admin();
    let taken = send(&admin, "partial", "a-key-of-2026", &file(&[line(630_001, &[]), wrong_key(630_002)]));
    assert_eq!((taken.status, &taken.json()["status"], &taken.json()["finished_at"]), (202, &json!("queued"), &Value::Null));
    let path = taken.header("location").trim_start_matches("/api/v1").to_owned();
    admin.get(&format!("{path}/corrections")).refused(409, "operation.unfinished");
    world.run_operations();
    let done = admin.get(&path).ok();
    assert_eq!((&done["status"], &done["mode"], &done["failure"]), (&json!("succeeded"), &json!("partial"), &Value::Null));
    assert_eq!((figures(&done), &done["lines_total"], &done["lines_done"]), ([1, 0, 0, 1], &json!(2), &json!(2)));
    assert!(done["started_at"].is_string() && done["finished_at"].is_string() && done["version"].as_i64() > taken.json()["version"].as_i64());
    let told = lines(&admin, &done);
    assert_eq!((&told[0]["line"], &told[0]["outcome"], &told[0]["natural_key"]), (&json!(2), &json!("created"), &json!(uai(630_001))));
    assert_eq!(told[0]["resource_id"], school(&admin, 630_001)["id"]);
    assert_eq!((&told[1]["outcome"], &told[1]["resource_id"]), (&json!("rejected"), &Value::Null));
    assert_eq!((&told[1]["issues"][0]["code"], &told[1]["issues"][0]["column"]), (&json!("uai.key"), &json!("Identifiant_de_l_etablissement")));
}

#[test]
fn the_same_file_twice_writes_no_version_the_second_time() {
    let world = World::new();
    let admin = world.admin();
    let directory = file(&[line(630_001, &[("Appartenance_Education_Prioritaire", "REP")]), line(630_002, &[]), line(630_003, &[("Nombre_d_eleves", "")])]);
    assert_eq!(figures(&import(&world, &admin, "partial", &directory)), [3, 0, 0, 0]);
    let before = traces(&world);
    assert_eq!(before, [3, 3, 3]);
    for mode in ["partial", "atomic", "validate"] {
        assert_eq!(figures(&import(&world, &admin, mode, &directory)), [0, 0, 3, 0], "{mode}");
    }
    // A year later too, though the day of the import is the day of the file where the file has none.
    world.set_time("2027-11-22T09:00:00Z");
    assert_eq!(figures(&import(&world, &world.admin(), "partial", &directory)), [0, 0, 3, 0]);
    assert_eq!(traces(&world), before);
}

#[test]
fn a_check_stores_nothing_and_tells_exactly_what_the_import_then_tells() {
    let world = World::new();
    let admin = world.admin();
    import(&world, &admin, "partial", &file(&[line(630_001, &[]), line(630_002, &[])]));
    let before = traces(&world);
    let next = file(&[line(630_001, &[]), line(630_002, &[("Telephone", "04 73 99 99 99")]), line(630_003, &[("Code_postal", "4000")]), wrong_key(630_004)]);
    let checked = import(&world, &admin, "validate", &next);
    assert_eq!(traces(&world), before);
    let stored = import(&world, &admin, "partial", &next);
    assert_eq!((figures(&checked), figures(&stored)), ([1, 1, 1, 1], [1, 1, 1, 1]));
    let told = |operation: &Value| -> Vec<Value> {
        let mut told = lines(&admin, operation);
        for line in told.iter_mut().filter(|line| line["outcome"] == "created") {
            line.as_object_mut().unwrap().remove("resource_id");
        }
        told
    };
    assert_eq!(told(&checked), told(&stored));
    let new = |operation: &Value| lines(&admin, operation).into_iter().find(|line| line["outcome"] == "created").unwrap()["resource_id"].clone();
    assert_eq!((new(&checked), new(&stored)), (Value::Null, school(&admin, 630_003)["id"].clone()));
}

#[test]
fn a_partial_import_keeps_the_good_lines_and_an_atomic_one_all_or_none() {
    let world = World::new();
    let admin = world.admin();
    let faulty = file(&[line(630_001, &[]), wrong_key(630_002), line(630_003, &[])]);
    let refused = import(&world, &admin, "atomic", &faulty);
    assert_eq!((&refused["status"], figures(&refused)), (&json!("succeeded"), [0, 0, 0, 3]));
    assert_eq!(world.rows("establishments"), 0);
    let codes: Vec<Value> = lines(&admin, &refused).iter().map(|line| line["issues"][0]["code"].clone()).collect();
    assert_eq!(codes, ["line.superseded", "uai.key", "line.superseded"]);
    assert_eq!(figures(&import(&world, &admin, "partial", &faulty)), [2, 0, 0, 1]);
    assert_eq!(figures(&import(&world, &admin, "atomic", &file(&[line(630_004, &[]), line(630_005, &[])]))), [2, 0, 0, 0]);
    assert_eq!(world.rows("establishments"), 4);
}

#[test]
fn more_lines_than_fit_in_one_batch_are_all_accounted_for_in_every_mode() {
    let world = World::new();
    let admin = world.admin();
    let mut rows: Vec<String> = (0..1100).map(|at| line(630_001 + at, &[])).collect();
    rows[600] = wrong_key(630_601);
    rows.push(line(630_001, &[("Nom_etablissement", "Annexe"), ("Adresse_1", "2 rue Basse")]));
    for (mode, expected) in [("validate", [1100, 0, 0, 1]), ("atomic", [0, 0, 0, 1101]), ("partial", [1100, 0, 0, 1])] {
        let operation = import(&world, &admin, mode, &file(&rows));
        assert_eq!((figures(&operation), &operation["lines_total"], &operation["lines_done"]), (expected, &json!(1101), &json!(1101)), "{mode}");
        assert_eq!(world.rows("establishments"), if mode == "partial" { 1099 } else { 0 }, "{mode}");
    }
    rows[600] = line(630_601, &[]);
    let operation = import(&world, &admin, "atomic", &file(&rows));
    assert_eq!(figures(&operation), [1, 0, 1100, 0]);
    let numbers: Vec<i64> = lines(&admin, &operation).iter().map(|line| line["line"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (2..=1102).collect::<Vec<_>>());
}

#[test]
fn a_changed_line_tells_each_old_and_new_value() {
    let world = World::new();
    let admin = world.admin();
    import(&world, &admin, "partial", &file(&[line(630_001, &[("Appartenance_Education_Prioritaire", "REP")])]));
    world.set_time("2027-10-04T09:00:00Z");
    let admin = world.admin();
    let changed = line(630_001, &[("Nom_etablissement", "Collège Mistral"), ("Telephone", ""), ("Appartenance_Education_Prioritaire", "REP+")]);
    let operation = import(&world, &admin, "partial", &file(&[changed]));
    let told = lines(&admin, &operation).remove(0);
    assert_eq!(told["outcome"], "updated");
    let change = |field: &str| -> (Value, Value) {
        let change = told["changes"].as_array().unwrap().iter().find(|change| change["field"] == field).unwrap();
        (serde_json::from_str(change["before"].as_str().unwrap()).unwrap(), serde_json::from_str(change["after"].as_str().unwrap()).unwrap())
    };
    assert_eq!(change("name"), (json!("Collège n° 630001"), json!("Collège Mistral")));
    assert_eq!(change("phone"), (json!("+33473000001"), Value::Null));
    let period = |level, from, to| json!({ "level": level, "starts_on": from, "ends_on": to });
    let before = json!([period("rep", "2026-09-01", Value::Null)]);
    let after = json!([period("rep", "2026-09-01", json!("2027-08-31")), period("rep_plus", "2027-09-01", Value::Null)]);
    assert_eq!(change("priority_education"), (before, after));
    let school = school(&admin, 630_001);
    let history = admin.get(&format!("/establishments/{}/history", school["id"].as_str().unwrap())).ok();
    assert_eq!((&school["version"], history["items"].as_array().unwrap().len()), (&json!(2), 2));
}

#[test]
fn a_column_that_a_file_does_not_have_says_nothing() {
    let world = World::new();
    let admin = world.admin();
    let whole = file(&[line(630_001, &[("Appartenance_Education_Prioritaire", "REP")])]);
    import(&world, &admin, "partial", &whole);
    let narrow = without(&whole, &["Appartenance_Education_Prioritaire", "Telephone", "Nombre_d_eleves", "Adresse_1"]);
    world.set_time("2027-10-04T09:00:00Z");
    let admin = world.admin();
    assert_eq!(figures(&import(&world, &admin, "partial", &narrow)), [0, 0, 1, 0]);
    let kept = school(&admin, 630_001);
    assert_eq!((&kept["phone"], &kept["pupils"], &kept["priority_education"][0]["ends_on"]), (&json!("+33473000001"), &json!(412), &Value::Null));
}

#[test]
fn a_cell_that_cannot_be_read_keeps_what_is_stored_and_warns() {
    let world = World::new();
    let admin = world.admin();
    import(&world, &admin, "partial", &file(&[line(630_001, &[])]));
    let damaged = line(630_001, &[("Telephone", "#REF!"), ("Code_postal", "4000"), ("Nombre_d_eleves", "beaucoup")]);
    let operation = import(&world, &admin, "partial", &file(&[damaged]));
    assert_eq!(figures(&operation), [0, 0, 1, 0]);
    let issues = lines(&admin, &operation)[0]["issues"].as_array().unwrap().clone();
    assert!(issues.len() == 3 && issues.iter().all(|issue| issue["severity"] == "warning"), "{issues:?}");
    assert_eq!(school(&admin, 630_001)["phone"], "+33473000001");
}

#[test]
fn two_lines_of_one_uai_are_one_establishment_with_a_site() {
    let world = World::new();
    let admin = world.admin();
    let annexe = line(630_001, &[("Nom_etablissement", "Collège n° 630001 annexe"), ("Adresse_1", "9 rue Basse"), ("Telephone", "04 73 00 00 09")]);
    let directory = file(&[annexe, line(630_001, &[])]);
    let operation = import(&world, &admin, "partial", &directory);
    assert_eq!(figures(&operation), [2, 0, 0, 0]);
    let school = school(&admin, 630_001);
    assert_eq!((&school["name"], &school["address"]["line1"]), (&json!("Collège n° 630001"), &json!("1 rue Haute")));
    assert_eq!((&school["sites"][0]["address"]["line1"], &school["sites"][0]["phone"]), (&json!("9 rue Basse"), &json!("+33473000009")));
    assert!(lines(&admin, &operation).iter().all(|line| line["resource_id"] == school["id"]));
    assert_eq!(figures(&import(&world, &admin, "partial", &directory)), [0, 0, 2, 0]);
}

#[test]
fn a_school_taken_out_of_the_directory_comes_back_as_a_new_one() {
    let world = World::new();
    let admin = world.admin();
    import(&world, &admin, "partial", &sound(1));
    let gone = admin.get(&format!("/establishments/{}", school(&admin, 630_001)["id"].as_str().unwrap()));
    assert_eq!(admin.delete(&format!("/establishments/{}", gone.json()["id"].as_str().unwrap()), gone.etag()).status, 204);
    assert_eq!(figures(&import(&world, &admin, "partial", &sound(1))), [1, 0, 0, 0]);
    assert_ne!(school(&admin, 630_001)["id"], gone.json()["id"]);
}

//! The ministry's own file, when it lies beside the repository.

use crate::harness::World;
use entraide::audit::Author;
use entraide::auth::Scope;
use entraide::error::Result;
use entraide::establishments::DirectoryImporter;
use entraide::imports::{Importer, Job, LineReport, Mode, Sink, Totals};
use serde_json::json;
use std::path::PathBuf;

fn shared(name: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    std::fs::read(folder.join("../shared/data").join(name)).or_else(|_| std::fs::read(folder.join("../../shared/data").join(name))).ok()
}

#[derive(Default)]
struct Told {
    lines: usize,
    warnings: usize,
    totals: Totals,
}

impl Sink for Told {
    fn begin(&mut self, lines: usize, _: &str) -> Result<()> {
        self.lines = lines;
        Ok(())
    }

    fn report(&mut self, lines: &[LineReport]) -> Result<()> {
        for line in lines {
            self.totals.add(line.outcome);
            self.warnings += line.issues.len();
        }
        Ok(())
    }
}

fn import(world: &World, file: &[u8]) -> Told {
    let author = Author::console("test", &world.server.keys.records);
    let job = Job { db: world.db(), mode: Mode::Partial, author: &author, scope: &Scope::console(), now: world.now(), today: world.server.today() };
    let mut told = Told::default();
    DirectoryImporter.run(&job, file, &mut told).unwrap();
    told
}

#[test]
fn the_directory_of_occitanie_is_imported_whole_and_once() {
    let Some(file) = shared("annuaire_education_occitanie_2024-11.csv") else { return };
    let world = World::new();
    let told = import(&world, &file);
    assert_eq!((told.lines, told.totals), (6240, Totals { created: 6240, ..Totals::default() }));
    assert_eq!((world.rows("establishments"), world.rows("resource_versions WHERE resource = 'establishment'"), told.warnings), (6237, 6237, 13));
    assert_eq!(world.rows("establishments WHERE sites <> '[]'"), 3);
    // Counted apart, like the figures of the reader's own test.
    for (kind, count) in [("elementary_school", 1313), ("middle_school", 653), ("medico_social", 195), ("post_secondary", 56), ("primary_school", 2133)] {
        let table = Box::leak(format!("establishments WHERE kind = '{kind}'").into_boxed_str());
        assert_eq!(world.rows(table), count, "{kind}");
    }
    let again = import(&world, &file);
    assert_eq!(again.totals, Totals { unchanged: 6240, ..Totals::default() });
    assert_eq!(world.rows("resource_versions WHERE resource = 'establishment'"), 6237);
    first_looks(&world);
}

/// What somebody would ask first.
fn first_looks(world: &World) {
    let admin = world.admin();
    let total =
        |filters: &str| admin.request("GET", &format!("/establishments?limit=1&{filters}")).header("Prefer", "count=exact").send().ok()["total_count"].clone();
    assert_eq!(total("on=2024-11-30&priority=rep,rep_plus"), json!(374));
    assert_eq!((total("on=2024-11-30&priority=rep"), total("on=2024-11-30&priority=rep_plus")), (json!(199), json!(175)));
    // A directory says nothing of the time before its school year.
    assert_eq!(total("on=2024-08-31&priority=rep,rep_plus"), json!(0));
    let departments = ["09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"];
    let by_department: i64 = departments.iter().map(|code| total(&format!("department={code}")).as_i64().unwrap()).sum();
    assert_eq!((by_department, total("academy=16,11")), (6237, json!(6237)));
    assert_eq!(total("sector=public"), json!(4941));
    let page = admin.get("/establishments?q=fermat%20toulouse&kind=general_technological_high_school,polyvalent_high_school").ok();
    let found = page["items"].as_array().unwrap();
    assert!(!found.is_empty() && found.iter().all(|school| school["department_code"] == "31"), "{page}");
    let one = admin.get("/establishments?uai=0311131L").ok();
    assert!(one["items"].as_array().unwrap().len() <= 1);
}

#[test]
fn a_list_of_another_make_is_read_by_the_names_of_its_columns() {
    let Some(file) = shared("etablissements_2022.csv") else { return };
    // A part of it: every thirtieth line, in the order of the file.
    let text = String::from_utf8(file).unwrap();
    let lines: Vec<&str> = text.lines().enumerate().filter(|(at, _)| at % 30 == 0).map(|(_, line)| line).collect();
    let world = World::new();
    let told = import(&world, lines.join("\n").as_bytes());
    let Totals { created, updated, unchanged, rejected } = told.totals;
    assert_eq!((told.lines, created + rejected, updated, unchanged), (lines.len() - 1, i32::try_from(lines.len() - 1).unwrap(), 0, 0));
    assert!(rejected * 100 <= created, "{rejected} of {created} rejected");
    assert!(world.rows("establishments WHERE kind = 'middle_school'") > 100);
    assert_eq!(import(&world, lines.join("\n").as_bytes()).totals, Totals { unchanged: created, rejected, ..Totals::default() });
}

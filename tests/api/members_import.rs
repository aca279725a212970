//! Files of members as associations keep them: what becomes of each line.

use crate::harness::data::{member_with, school, tariff, uai};
use crate::harness::directory::{corrections, figures, import_of, lines, send_of};
use crate::harness::{Client, Program, World};
use entraide::auth::Role;
use serde_json::{Value, json};

const HEADER: &str =
    "numero_adherent;nom;prenom;date_naissance;courriel;telephone;uai;fonction;annee;date_adhesion;date_enregistrement_assureur;id_externe_maif";

fn file(lines: &[&str]) -> Vec<u8> {
    format!("\u{feff}{HEADER}\r\n{}\r\n", lines.join("\r\n")).into_bytes()
}

fn import(world: &World, client: &Client, mode: &str, file: &[u8]) -> Value {
    import_of(world, client, "members", mode, file)
}

/// A world with a tariff for 2025 and 2026, and the head of a department.
fn ready() -> (World, Client) {
    let world = World::new();
    tariff(&world, 2025, "20.00", "25.50");
    tariff(&world, 2026, "20.00", "25.50");
    let head = world.head("63");
    (world, head)
}

fn found(head: &Client, number: &str) -> Value {
    let found = head.all(&format!("/members?number={number}"));
    assert_eq!(found.len(), 1, "{number}");
    found[0].clone()
}

fn periods(head: &Client, number: &str) -> Vec<Value> {
    head.all(&format!("/members/{}/memberships", found(head, number)["id"].as_str().unwrap()))
}

/// The codes of every line, as `line code`.
fn told(client: &Client, operation: &Value) -> Vec<String> {
    let codes = |line: &Value| -> Vec<String> {
        line["issues"].as_array().unwrap().iter().map(|issue| format!("{} {}", line["line"], issue["code"].as_str().unwrap())).collect()
    };
    let mut told: Vec<String> = lines(client, operation).iter().flat_map(codes).collect();
    told.sort();
    told
}

/// Rows that any change would add to.
fn traces(world: &World) -> [i64; 6] {
    ["members", "memberships", "employments", "resource_versions", "audit_events", "changes"].map(|table| world.rows(table))
}

#[test]
fn a_file_brings_members_with_their_periods_and_posts() {
    let (world, head) = ready();
    world.admin().post("/establishments", &school(630_001)).ok();
    let done = import(
        &world,
        &head,
        "partial",
        &file(&[
            &format!("A-1;Dubœuf;Claire;02/05/1980;claire@example.org;06 01 02 03 04;{};Professeur des écoles;2026;05/01/2026;10/02/2026;77", uai(630_001)),
            "A-1;Dubœuf;Claire;;;;;;2025;;01/01/2025;",
            ";Núñez;Ana;1975-12-31;;;;;;;;78",
        ]),
    );
    assert_eq!(figures(&done), [3, 0, 0, 0], "{:?}", told(&head, &done));
    let claire = found(&head, "A-1");
    for (name, value) in [
        ("last_name", json!("Dubœuf")),
        ("birth_date", json!("1980-05-02")),
        ("phone", json!("+33601020304")),
        ("department_code", json!("63")),
        ("external_ids", json!([{ "system": "maif", "kind": "member", "value": "77" }])),
        ("membership_status", json!("current")),
    ] {
        assert_eq!(claire[name], value, "{name}");
    }
    let days: Vec<[Value; 4]> =
        periods(&head, "A-1").iter().map(|period| ["starts_on", "ends_on", "status", "total_dues"].map(|name| period[name].clone())).collect();
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    assert_eq!(days[0], [json!("2025-01-01"), json!("2025-12-31"), json!("confirmed"), euros("45.50")]);
    assert_eq!(days[1], [json!("2026-01-05"), json!("2026-12-31"), json!("confirmed"), euros("45.00")]);
    let posts = head.all(&format!("/members/{}/employments", claire["id"].as_str().unwrap()));
    assert_eq!((posts.len(), &posts[0]["occupation"], &posts[0]["starts_on"]), (1, &json!("primary_teacher"), &json!("2026-01-05")));
    assert!(posts[0]["establishment_id"].is_string());
    let ana = head.post("/members/search", &json!({ "name": "nunez" })).ok()["items"][0].clone();
    assert!(ana["member_number"].as_str().is_some_and(|number| number.len() == 8), "the server gives a number where none is told");
    let report = lines(&head, &done);
    assert_eq!((&report[0]["natural_key"], &report[0]["resource_id"]), (&json!("A-1"), &claire["id"]));
    assert_eq!((&report[2]["natural_key"], &report[2]["resource_id"]), (&json!("maif:78"), &ana["id"]));
}

#[test]
fn the_same_file_twice_writes_nothing_the_second_time() {
    let (world, head) = ready();
    world.admin().post("/establishments", &school(630_001)).ok();
    let same = file(&[
        &format!("A-1;Dubœuf;Claire;02/05/1980;c@example.org;0601020304;{};CPE;2026;05/01/2026;10/02/2026;77", uai(630_001)),
        "A-1;;;;;;;AED;2025;;;",
        ";Núñez;Ana;1975-12-31;;;;;;;;78",
        &format!("A-3;Martin;Paul;;;;{};PE;;;;", uai(630_001)),
    ]);
    let first = import(&world, &head, "partial", &same);
    assert_eq!(figures(&first), [4, 0, 0, 0], "{:?}", told(&head, &first));
    let before = traces(&world);
    for mode in ["partial", "atomic", "validate"] {
        assert_eq!(figures(&import(&world, &head, mode, &same)), [0, 0, 4, 0], "{mode}");
    }
    let (header, body) = (HEADER.replace(';', ","), String::from_utf8(same.clone()).unwrap());
    let body: String = body.lines().skip(1).map(|line| line.replace(';', ",") + "\n").collect();
    let windows = encoding_rs::WINDOWS_1252.encode(&format!("{header}\n{body}")).0.into_owned();
    assert_eq!(figures(&import(&world, &head, "partial", &windows)), [0, 0, 4, 0], "commas and Windows-1252");
    world.set_time("2026-12-24T09:00:00Z");
    assert_eq!(figures(&import(&world, &world.head("63"), "partial", &same)), [0, 0, 4, 0], "a month later");
    let after = traces(&world);
    assert_eq!(after[..4], before[..4]);
    assert_eq!(after[5], before[5]);
}

#[test]
fn a_check_stores_nothing_and_tells_what_the_import_then_tells() {
    let (world, head) = ready();
    import(&world, &head, "partial", &file(&["A-1;Dubœuf;Claire;02/05/1980;;;;;2026;;;", "A-2;Núñez;Ana;;;;;;;;;"]));
    let next = file(&[
        "A-1;Dubœuf;Claire;;new@example.org;;;;2026;;10/02/2026;",
        "A-2;Núñez;Ana;;;;;;;;;",
        "A-3;Duboeuf;Claire;02/05/1980;;;;;2026;;;",
        "A-4;;;;;;;;2026;;;",
    ]);
    let before = traces(&world);
    let checked = import(&world, &head, "validate", &next);
    assert_eq!((figures(&checked), traces(&world)[..4].to_vec()), ([1, 1, 1, 1], before[..4].to_vec()));
    let stored = import(&world, &head, "partial", &next);
    assert_eq!(figures(&stored), [1, 1, 1, 1]);
    let without_new_ids = |operation: &Value| -> Vec<Value> {
        let mut told = lines(&head, operation);
        told.iter_mut().filter(|line| line["outcome"] == "created").for_each(|line| line["resource_id"] = Value::Null);
        told
    };
    assert_eq!(without_new_ids(&checked), without_new_ids(&stored));
    assert_eq!(told(&head, &stored), ["4 member.likely_duplicate", "5 member.unknown"]);
    let confirmed = &periods(&head, "A-1")[0];
    assert_eq!((&confirmed["status"], &confirmed["version"]), (&json!("confirmed"), &json!(2)));
    let steps = head.get(&format!("/memberships/{}/transitions", confirmed["id"].as_str().unwrap())).ok();
    assert_eq!(steps["items"][0]["command"], "confirm");
}

#[test]
fn a_partial_import_keeps_the_good_lines_and_an_atomic_one_all_or_none() {
    let (world, head) = ready();
    import(&world, &head, "partial", &file(&["A-1;Dubœuf;Claire;;;;;;2026;;10/02/2026;"]));
    // The second line is refused only once it is held against what is stored.
    let faulty = file(&["A-2;Núñez;Ana;;;;;;2026;;;", "A-1;;;;;;;;2026;05/06/2026;;", "A-3;Martin;Paul;;;;;;;;;"]);
    let refused = import(&world, &head, "atomic", &faulty);
    assert_eq!(figures(&refused), [0, 0, 0, 3]);
    assert_eq!(told(&head, &refused), ["2 line.superseded", "3 membership.overlap", "4 line.superseded"]);
    assert_eq!((world.rows("members"), world.rows("memberships")), (1, 1));
    assert_eq!(corrections(&head, &refused).lines().count(), 4, "the corrections file is the whole file");
    assert_eq!(figures(&import(&world, &head, "partial", &faulty)), [2, 0, 0, 1]);
    assert_eq!(world.rows("members"), 3);
}

#[test]
fn lines_that_contradict_or_repeat_each_other_are_refused() {
    let (world, head) = ready();
    let done = import(
        &world,
        &head,
        "partial",
        &file(&[
            "A-1;Dubœuf;Claire;02/05/1980;;;;;;;;",
            "A-1;Dubœuf;Claire;03/05/1980;;;;;2026;;;",
            "A-2;Núñez;Ana;;;;;;2026;;;",
            "A-2;Núñez;Ana;;;;;;2026;;;",
            "A-3;Martin;Paul;;;;;;2026;;01/02/2026;",
            "A-3;;;;;;;;2026;;01/03/2026;",
            "A-4;Petit;Luc;;;;;;2026;05/01/2026;;",
            "A-4;;;;;;;;2026;06/06/2026;;",
            "A-5;Roux;Zoé;;;;;;;;;99",
            "A-6;Roux;Léa;;;;;;;;;99",
            "A-7;Blanc;Eva;1990-01-01;;;;;;;;",
            "A-8;BLANC;Éva;1990-01-01;;;;;;;;",
        ]),
    );
    assert_eq!(
        told(&head, &done),
        [
            "10 line.conflict",
            "11 line.conflict",
            "13 line.lookalike",
            "2 line.conflict",
            "3 line.conflict",
            "5 line.repeated",
            "6 line.conflict",
            "7 line.conflict",
            "9 membership.overlap",
        ]
    );
    let report = lines(&head, &done);
    let detail = |line: usize| report[line - 2]["issues"][0]["detail"].as_str().unwrap().to_owned();
    assert!(detail(2).contains("date_naissance") && detail(10).contains("id_externe_maif") && detail(5).contains('4'), "{report:?}");
    assert_eq!(world.rows("members"), 4, "A-2, A-4, A-7 and A-8");
}

#[test]
fn bad_values_are_told_with_their_column_and_their_reason() {
    let (world, head) = ready();
    let nir = format!("2550867890141{:02}", 97 - 2_550_867_890_141_u64 % 97);
    let done = import(
        &world,
        &head,
        "partial",
        &file(&[
            "A-1;Dubœuf;Claire;23/11/2026;;;;;;;;",
            "A-2;Dubœuf;Claire;01/01/1850;;;;;;;;",
            &format!("{nir};Dubœuf;Claire;;;;;;;;;"),
            "A-4;Dubœuf;Claire;;;;;;2026;01/12/2026;;",
            "A-5;Dubœuf;Claire;;;;;;2026;;01/01/2027;",
            ";Dubœuf;Claire;;;;;;;;;",
            "A-7;Dubœuf;Claire;02/05/80;;;;;deux;;;",
            "A-8;Dubœuf;Claire;;nobody;voir mairie;0630001X;magicien;;;;",
            "A-9;Dubœuf;Claire;;;;;;1999;;;",
            "A-10;Dubœuf",
            "B-1;;;;;;;;2026;;;",
        ]),
    );
    assert_eq!(
        told(&head, &done),
        [
            "10 tariff.missing",
            "11 line.cut",
            "12 member.unknown",
            "2 birth_date.implausible",
            "3 birth_date.implausible",
            "4 national_number.refused",
            "5 date.in_future",
            "6 date.in_future",
            "7 line.key_missing",
            "8 date.unreadable",
            "8 type.integer",
            "9 value.ignored",
            "9 value.ignored",
            "9 value.ignored",
            "9 value.ignored",
        ]
    );
    assert_eq!((figures(&done), &lines(&head, &done)[0]["issues"][0]["column"]), ([1, 0, 0, 10], &json!("date_naissance")));
    assert!(!corrections(&head, &done).contains(&nir), "a national number is kept nowhere");
    assert_eq!(world.rows(&*format!("operation_lines WHERE raw LIKE '%{nir}%' OR natural_key LIKE '%{nir}%'").leak()), 0);
}

#[test]
fn a_phone_is_read_in_nine_forms() {
    let (world, head) = ready();
    let forms = [
        "06 01 02 03 04",
        "06.01.02.03.04",
        "0601020304",
        "06-01-02-03-04",
        "+33 6 01 02 03 04",
        "0033601020304",
        "+33 (0)6 01 02 03 04",
        "601020304",
        "33601020304",
    ];
    let rows: Vec<String> = forms.iter().enumerate().map(|(at, form)| format!("P-{at};Nom{at};Prénom{at};;;{form};;;;;;")).collect();
    import(&world, &head, "partial", &file(&rows.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(world.rows("members WHERE phone = '+33601020304'"), 9);
}

#[test]
fn what_is_confirmed_is_never_edited_and_what_was_withdrawn_never_comes_back() {
    let (world, head) = ready();
    let period = |registered: &str, dues: &str| {
        format!("numero_adherent;nom;prenom;annee;date_enregistrement_assureur;cotisation_association;cotisation_assurance\nA-1;Dubœuf;Claire;2026;{registered};{dues}\n").into_bytes()
    };
    assert_eq!(figures(&import(&world, &head, "partial", &period("10/02/2026", "20,00 €;25,50"))), [1, 0, 0, 0]);
    let other = import(&world, &head, "partial", &period("11/02/2026", "1;2"));
    assert_eq!((figures(&other), told(&head, &other)), ([0, 0, 1, 0], vec!["2 membership.kept".to_owned()]));
    let kept = periods(&head, "A-1").remove(0);
    assert_eq!((&kept["insurer_registered_on"], &kept["version"]), (&json!("2026-02-10"), &json!(1)));
    let void = json!({ "command": "void", "reason": "Saisie par erreur." });
    let path = format!("/memberships/{}/transitions", kept["id"].as_str().unwrap());
    head.request("POST", &path).key("void-it").header("If-Match", "\"1.x\"").json(&void).send().ok();
    let again = import(&world, &head, "partial", &period("10/02/2026", "20;25,5"));
    assert_eq!((figures(&again), told(&head, &again)), ([0, 0, 0, 1], vec!["2 membership.withdrawn".to_owned()]));
}

#[test]
fn an_unknown_school_is_remarked_on_and_the_line_kept() {
    let (world, head) = ready();
    let done = import(&world, &head, "partial", &file(&[&format!("A-1;Dubœuf;Claire;;;;{};CPE;;;;", uai(630_009))]));
    assert_eq!((figures(&done), told(&head, &done)), ([1, 0, 0, 0], vec!["2 establishment.unknown".to_owned()]));
    let posts = head.all(&format!("/members/{}/employments", found(&head, "A-1")["id"].as_str().unwrap()));
    assert_eq!((&posts[0]["occupation"], &posts[0]["establishment_id"]), (&json!("cpe"), &Value::Null));
}

#[test]
fn an_empty_cell_says_nothing_and_a_changed_one_is_told_before_and_after() {
    let (world, head) = ready();
    import(&world, &head, "partial", &file(&["A-1;Dubœuf;Claire;02/05/1980;old@example.org;0601020304;;;;;;"]));
    let done = import(&world, &head, "partial", &file(&["A-1;;;;new@example.org;;;;;;;77"]));
    assert_eq!(figures(&done), [0, 1, 0, 0]);
    let changes = lines(&head, &done)[0]["changes"].clone();
    let change = |field: &str| changes.as_array().unwrap().iter().find(|change| change["field"] == field).cloned().unwrap();
    assert_eq!((change("email")["before"].clone(), change("email")["after"].clone()), (json!("\"old@example.org\""), json!("\"new@example.org\"")));
    let claire = found(&head, "A-1");
    assert_eq!((&claire["phone"], &claire["version"], claire["external_ids"].as_array().unwrap().len()), (&json!("+33601020304"), &json!(2), 1));
}

#[test]
fn likely_duplicates_are_told_within_ones_perimeter_and_never_merged() {
    let (world, head) = ready();
    let elsewhere = world.head("03");
    elsewhere.post("/members", &member_with(&elsewhere, "03", &json!({ "birth_date": "1980-05-02" }))).ok();
    let known = head.post("/members", &member_with(&head, "63", &json!({ "birth_date": "1980-05-02" }))).ok();
    world.set_time("2026-11-22T09:01:00Z");
    let head = world.head("63");
    let done = import(&world, &head, "partial", &file(&["A-1;Claire;Duboeuf;02/05/1980;;;;;;;;"]));
    let issue = lines(&head, &done)[0]["issues"][0].clone();
    assert_eq!((&issue["code"], &issue["severity"]), (&json!("member.likely_duplicate"), &json!("warning")));
    let detail = issue["detail"].as_str().unwrap();
    assert!(detail.contains(known["id"].as_str().unwrap()) && detail.matches('(').count() == 1, "{detail}");
    assert_eq!(world.rows("members"), 3);
}

#[test]
fn staff_import_into_their_own_department_and_nobody_else_imports_members() {
    let (world, head) = ready();
    let mut rows = format!(
        "departement;{HEADER}\n63;A-1;Dubœuf;Claire;;;;;;;;;\n03;A-2;Núñez;Ana;;;;;;;;;\n063;A-3;Petit;Luc;;;;;;;;;\n99;A-4;Roux;Zoé;;;;;;;;;\n988;A-5;Roux;Zoé;;;;;;;;;\n"
    );
    let done = import(&world, &head, "partial", rows.as_bytes());
    assert_eq!(told(&head, &done), ["3 perimeter.exceeded", "5 department.unknown", "6 department.without_association"]);
    let other = world.head("03");
    assert_eq!(told(&other, &import(&world, &other, "partial", &file(&["A-1;Autre;Personne;;;;;;;;;"]))), ["2 member_number.taken"]);
    let staff = world.user("staff", Role::DepartmentStaff, Some("63"));
    rows = format!("{HEADER}\nA-1;Dubœuf;Claire;;;;;;2026;;;\n");
    assert_eq!(figures(&import(&world, &staff, "partial", rows.as_bytes())), [1, 0, 0, 0]);
    for caller in [world.admin(), world.user("national", Role::NationalStaff, None), world.volunteer("63"), world.user("analyst", Role::Analyst, None)] {
        send_of(&caller, "members", "partial", "not-mine", rows.as_bytes()).refused(403, "function.not_granted");
    }
    let path = format!("/operations/{}", done["id"].as_str().unwrap());
    assert_eq!((head.get(&path).status, head.get(&format!("{path}/lines")).status), (200, 200));
    for caller in [world.admin(), staff] {
        caller.get(&format!("{path}/lines")).refused(404, "not_found");
    }
}

#[test]
fn an_import_touches_what_whoever_asked_for_it_may_touch_when_it_runs() {
    let (world, head) = ready();
    let reply = send_of(&head, "members", "partial", "withdrawn", &file(&["A-1;Dubœuf;Claire;;;;;;;;;"]));
    world.db().write_now(|conn| Ok(conn.run("UPDATE grants SET ends_on = '2026-11-21' WHERE role = 'department_head'")?)).unwrap();
    world.run_operations();
    assert_eq!(reply.status, 202);
    assert_eq!((world.rows("members"), world.rows("operations WHERE status = 'failed'")), (0, 1));
}

#[test]
fn a_file_without_a_key_column_fails_as_a_whole() {
    let (world, head) = ready();
    let done = import(&world, &head, "partial", b"nom;prenom\nDuboeuf;Claire\n");
    assert_eq!((&done["status"], &done["failure"]["code"]), (&json!("failed"), &json!("file.header_missing")));
}

#[test]
fn the_corrections_file_mended_is_imported() {
    let (world, head) = ready();
    let done = import(&world, &head, "partial", &file(&["A-1;Dubœuf;Claire;;;;;;2026;;31/12/2026;", "A-2;Núñez;Ana;;;;;;;;;"]));
    assert_eq!(figures(&done), [1, 0, 0, 1]);
    let mended = corrections(&head, &done).replace("31/12/2026", "10/02/2026");
    assert_eq!(figures(&import(&world, &head, "partial", mended.as_bytes())), [1, 0, 0, 0], "{mended}");
}

#[test]
fn more_members_than_fit_in_one_batch_are_all_accounted_for() {
    let (world, head) = ready();
    let rows: Vec<String> = (0..1100).map(|at| format!("N-{at};Nom{at};Prénom{};;;;;;2026;;;", at % 7)).collect();
    let many = file(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(figures(&import(&world, &head, "validate", &many)), [1100, 0, 0, 0]);
    assert_eq!(figures(&import(&world, &head, "atomic", &many)), [1100, 0, 0, 0]);
    assert_eq!(figures(&import(&world, &head, "partial", &many)), [0, 0, 1100, 0]);
    assert_eq!((world.rows("members"), world.rows("memberships"), world.rows("changes")), (1100, 1100, 2200));
}

#[test]
fn an_export_of_members_can_be_sent_back() {
    let (world, head) = ready();
    import(&world, &head, "partial", &file(&["A-1;Dubœuf;Claire;02/05/1980;c@example.org;0601020304;;;2026;;10/02/2026;"]));
    let before = world.rows("resource_versions");
    for media in ["text/csv", "text/csv; dialect=excel-fr"] {
        let export = head.request("GET", "/members").header("Accept", media).send();
        let done = import(&world, &head, "partial", &export.bytes);
        assert_eq!(figures(&done), [0, 0, 1, 0], "{media}: {:?}", told(&head, &done));
    }
    assert_eq!(world.rows("resource_versions"), before);
}

#[test]
fn the_console_imports_for_any_department() {
    let program = Program::new();
    program.run(&["migrate"]).ok();
    program.run(&["keys", "generate", "data/keys"]).ok();
    std::fs::write(program.folder().join("members.csv"), "numero;nom;prenom;departement\nA-1;Dubœuf;Claire;\nA-2;Núñez;Ana;03\n").unwrap();
    let import = |more: &[&str]| program.run(&[&["import", "members", "members.csv"], more].concat());
    let without = import(&["--mode", "validate"]);
    assert!(without.err.contains("line 2 (A-1)") && without.err.contains("which department"), "{without:?}");
    assert_eq!(without.ok(), "created 1, updated 0, unchanged 0, rejected 1\n");
    assert_eq!(import(&["--department", "63"]).ok(), "created 2, updated 0, unchanged 0, rejected 0\n");
    assert_eq!(import(&["--department", "63"]).ok(), "created 0, updated 0, unchanged 2, rejected 0\n");
}

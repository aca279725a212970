//! Files that are not as they should be, and how they are mended.

use crate::harness::World;
use crate::harness::data::uai;
use crate::harness::directory::{TITLES, corrections, figures, file, import, line, lines, send, sound, wrong_key, wrong_uai};
use serde_json::{Value, json};

fn codes(lines: &[Value]) -> Vec<Value> {
    lines.iter().flat_map(|line| line["issues"].as_array().unwrap().iter().map(|issue| issue["code"].clone())).collect()
}

#[test]
fn a_file_that_is_no_directory_fails_as_a_whole_with_its_reason() {
    let world = World::new();
    let admin = world.admin();
    let headless = [line(630_001, &[]), line(630_002, &[])].join("\n");
    for (bytes, code) in [
        (b"\xef\xbb\xbf \r\n\r\n".as_slice(), "file.empty"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00".as_slice(), "file.not_text"),
        (&[0x89, b'P', b'N', b'G', 0, 0, 0, 13], "file.not_text"),
        (headless.as_bytes(), "file.header_missing"),
        (b"nom;ville\nx;y\n", "file.header_missing"),
    ] {
        for mode in ["validate", "partial", "atomic"] {
            let operation = import(&world, &admin, mode, bytes);
            assert_eq!((&operation["status"], &operation["failure"]["code"]), (&json!("failed"), &json!(code)), "{mode}");
            assert_eq!(figures(&operation), [0; 4]);
            assert!(operation["finished_at"].is_string());
        }
    }
    assert_eq!(world.rows("establishments"), 0);
    send(&admin, "partial", "an-empty-body", b"").refused(400, "file.empty");
}

#[test]
fn the_reason_of_a_failure_is_told_in_the_callers_language() {
    let world = World::new();
    let admin = world.admin();
    let id = import(&world, &admin, "partial", b"nom;ville\nx;y\n")["id"].as_str().unwrap().to_owned();
    for (language, words) in [("fr", "colonnes absentes"), ("en", "missing columns")] {
        let told = admin.request("GET", &format!("/operations/{id}")).header("Accept-Language", language).send().ok();
        let detail = told["failure"]["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(words) && detail.contains("Identifiant_de_l_etablissement"), "{detail}");
    }
}

#[test]
fn other_separators_and_encodings_say_the_same() {
    let world = World::new();
    let admin = world.admin();
    let directory = file(&[line(630_001, &[("Nom_etablissement", "Collège Dubœuf")])]);
    import(&world, &admin, "partial", &directory);
    let text = String::from_utf8(directory).unwrap();
    let text = text.trim_start_matches('\u{feff}');
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let cp1252 = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    for bytes in [text.replace(';', ",").into_bytes(), text.replace(';', "\t").into_bytes(), text.replace("\r\n", "\n").into_bytes(), wide, cp1252] {
        assert_eq!(figures(&import(&world, &admin, "partial", &bytes)), [0, 0, 1, 0], "{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn a_file_cut_in_the_middle_loses_only_the_line_that_was_cut() {
    let world = World::new();
    let admin = world.admin();
    let whole = sound(3);
    let operation = import(&world, &admin, "partial", &whole[..whole.len() - 40]);
    assert_eq!(figures(&operation), [2, 0, 0, 1]);
    let told = lines(&admin, &operation).remove(2);
    assert_eq!((&told["line"], &told["natural_key"], &told["issues"][0]["code"]), (&json!(4), &json!(uai(630_003)), &json!("line.cut")));
}

#[test]
fn a_territory_without_association_is_in_the_directory_all_the_same() {
    let world = World::new();
    let admin = world.admin();
    let caledonia = line(9_880_001, &[("Code_departement", "988"), ("Code_commune", "98818"), ("Code_postal", "98800"), ("Telephone", "")]);
    let nowhere = line(9_990_001, &[("Code_departement", "999"), ("Code_commune", ""), ("Code_postal", "")]);
    let operation = import(&world, &admin, "partial", &file(&[caledonia, nowhere]));
    assert_eq!(figures(&operation), [1, 0, 0, 1]);
    assert_eq!(admin.all("/establishments?department=988").len(), 1);
    assert_eq!(codes(&lines(&admin, &operation)), ["territory.without_association", "department.unknown"]);
}

#[test]
fn the_corrections_file_sent_as_it_is_is_rejected_again_in_the_same_way() {
    let world = World::new();
    let admin = world.admin();
    let cut = line(630_003, &[]).split(';').take(5).collect::<Vec<_>>().join(";");
    let quoted = line(630_004, &[("Nom_etablissement", "\"Collège \"\"du; Val\"\"\""), ("Identifiant_de_l_etablissement", &wrong_uai(630_004))]);
    let open = line(630_005, &[("Nom_etablissement", "\"École"), ("Identifiant_de_l_etablissement", &wrong_uai(630_005))]);
    let formula = line(630_006, &[("Nom_etablissement", "=1+1"), ("Identifiant_de_l_etablissement", &wrong_uai(630_006))]);
    let wide = format!("{};", line(630_007, &[]));
    let operation = import(&world, &admin, "partial", &file(&[line(630_001, &[]), wrong_key(630_002), cut, quoted, open, formula, wide]));
    assert_eq!(figures(&operation), [1, 0, 0, 6]);
    let text = corrections(&admin, &operation);
    assert!(text.starts_with(&format!("\u{feff}{};motifs\r\n", TITLES.join(";"))), "{text}");
    assert!(text.contains("\"Identifiant_de_l_etablissement : La lettre-clé du code UAI ne correspond pas à ses chiffres.\""), "{text}");
    let again = import(&world, &admin, "partial", text.as_bytes());
    assert_eq!(figures(&again), [0, 0, 0, 6]);
    let rejected = |operation| lines(&admin, operation).into_iter().filter(|line| line["outcome"] == "rejected").collect::<Vec<_>>();
    assert_eq!(codes(&rejected(&operation)), codes(&rejected(&again)));
}

#[test]
fn the_corrections_file_mended_is_imported() {
    let world = World::new();
    let admin = world.admin();
    for (number, separator) in [(630_001, ";"), (630_011, ","), (630_021, "\t")] {
        let directory = String::from_utf8(file(&[line(number, &[]), wrong_key(number + 1)])).unwrap().replace(';', separator);
        let operation = import(&world, &admin, "partial", directory.as_bytes());
        assert_eq!(figures(&operation), [1, 0, 0, 1]);
        let mended = corrections(&admin, &operation).replace(&wrong_uai(number + 1), &uai(number + 1));
        assert_eq!(figures(&import(&world, &admin, "partial", mended.as_bytes())), [1, 0, 0, 0], "{mended}");
        assert_eq!(figures(&import(&world, &admin, "partial", directory.as_bytes())), [0, 0, 1, 1]);
    }
}

#[test]
fn what_an_atomic_import_refused_can_be_mended_and_sent_again_whole() {
    let world = World::new();
    let admin = world.admin();
    let operation = import(&world, &admin, "atomic", &file(&[line(630_001, &[]), wrong_key(630_002), line(630_003, &[])]));
    let text = corrections(&admin, &operation);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 4);
    assert!(rows[1].starts_with(&format!("{};\"La ligne n'a pas été enregistrée", line(630_001, &[]))), "{text}");
    let again = import(&world, &admin, "atomic", text.as_bytes());
    assert_eq!(codes(&lines(&admin, &again)), codes(&lines(&admin, &operation)));
    let mended = text.replace(&wrong_uai(630_002), &uai(630_002));
    assert_eq!(figures(&import(&world, &admin, "atomic", mended.as_bytes())), [3, 0, 0, 0]);
}

#[test]
fn a_file_without_a_rejected_line_has_an_empty_corrections_file() {
    let world = World::new();
    let admin = world.admin();
    let text = corrections(&admin, &import(&world, &admin, "partial", &sound(1)));
    assert_eq!(text.lines().count(), 1);
}

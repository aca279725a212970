//! Files that are not as they should be.

use super::{TITLES, assert_accounts_for_every_line, codes, directory, file, line, uai};
use crate::error::Code;
use crate::establishments::directory::{Directory, read};

fn three() -> Vec<String> {
    (0..3).map(|n| line(&[("Identifiant_de_l_etablissement", &uai(90_900 + n)), ("Nom_etablissement", "École d'à côté")])).collect()
}

fn same_as_sound(bytes: &[u8]) -> Directory {
    let (sound, other) = (directory(&three()), read(bytes).unwrap());
    assert_eq!((other.records.clone(), other.lines.clone()), (sound.records, sound.lines));
    other
}

fn refusal(bytes: &[u8]) -> Code {
    read(bytes).unwrap_err().code()
}

#[test]
fn every_usual_encoding_is_read() {
    let text = file(&three());
    same_as_sound(format!("\u{feff}{text}").as_bytes());
    same_as_sound(&encoding_rs::WINDOWS_1252.encode(&text).0);
    let wide = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect::<Vec<u8>>();
    same_as_sound(&wide([0xff, 0xfe], u16::to_le_bytes));
    same_as_sound(&wide([0xfe, 0xff], u16::to_be_bytes));
}

#[test]
fn a_file_of_two_encodings_is_read_line_by_line() {
    let lines = three();
    let (first, rest) = lines.split_first().unwrap();
    let mut bytes = format!("{}\n{first}\n", TITLES.join(";")).into_bytes();
    bytes.extend_from_slice(&encoding_rs::WINDOWS_1252.encode(&rest.join("\n")).0);
    same_as_sound(&bytes);
}

#[test]
fn every_usual_separator_and_line_end_is_read() {
    let text = file(&three());
    for (separator, end) in [(",", "\n"), ("\t", "\r\n"), (";", "\r"), (";", "\r\n")] {
        same_as_sound(text.replace(';', separator).replace('\n', end).as_bytes());
    }
    same_as_sound(text.replace('\n', ";;\n").as_bytes());
}

#[test]
fn quoted_cells_blank_lines_and_repeated_headers_change_nothing() {
    let quoted: Vec<String> = file(&three()).lines().map(|line| format!("\"{}\"", line.replace(';', "\";\""))).collect();
    same_as_sound(quoted.join("\n").as_bytes());
    let mut lines = three();
    lines.insert(3, TITLES.join(";"));
    lines.push(";".repeat(31));
    lines.push(String::new());
    same_as_sound(file(&lines).as_bytes());
    let announced = read(format!("sep=;\n\n{}", file(&three())).as_bytes()).unwrap();
    assert_eq!((announced.read, announced.records.first().unwrap().lines.as_slice()), (3, [4].as_slice()));
}

#[test]
fn a_file_that_is_no_directory_is_refused() {
    assert_eq!(refusal(b""), Code::FileEmpty);
    assert_eq!(refusal(b"\xef\xbb\xbf \r\n"), Code::FileEmpty);
    assert_eq!(refusal(b"PK\x03\x04\x14\x00\x06\x00"), Code::FileNotText);
    assert_eq!(refusal(&[0x89, b'P', b'N', b'G', 0, 0, 0, 13]), Code::FileNotText);
}

#[test]
fn a_missing_header_is_told_with_the_columns_it_should_have() {
    let error = read(three().join("\n").as_bytes()).unwrap_err();
    assert_eq!(error.code(), Code::FileHeaderMissing);
    assert_eq!(error.params().as_slice(), [("missing", "Identifiant_de_l_etablissement, Nom_etablissement".to_owned())]);
    let error = read(b"Identifiant_de_l_etablissement;Telephone\n0090900E;\n").unwrap_err();
    assert_eq!(error.params().as_slice(), [("missing", "Nom_etablissement".to_owned())]);
}

#[test]
fn a_file_cut_in_the_middle_loses_only_the_line_that_was_cut() {
    let text = file(&three());
    let last = text.trim_end().rfind('\n').unwrap() + 1;
    let cut_inside_a_letter = text.rfind("École").unwrap() + 1;
    for end in [cut_inside_a_letter, last + 10, last + 40] {
        let directory = read(text.as_bytes().get(..end).unwrap()).unwrap();
        assert_accounts_for_every_line(&directory);
        assert_eq!(directory.records.len(), 2);
        let line = directory.lines.last().unwrap();
        assert_eq!((line.number, codes(&line.errors)), (4, vec![Code::LineCut]));
        assert!(line.raw.as_ref().is_some_and(|raw| raw.starts_with("0090902")));
        assert_eq!(line.key.as_deref(), Some("0090902G"));
    }
}

#[test]
fn a_line_with_a_separator_too_many_is_rejected() {
    let mut lines = three();
    lines[1] = lines[1].replace("École", "École; annexe");
    let directory = directory(&lines);
    assert_eq!(directory.records.len(), 2);
    let issue = directory.lines.first().unwrap().errors.first().unwrap();
    assert_eq!(issue.flaw.params, [("found", "33".to_owned()), ("expected", "32".to_owned())]);
}

#[test]
fn a_quote_that_never_closes_costs_one_line() {
    for broken in [vec![1], vec![0, 1], vec![2]] {
        let mut lines = three();
        for at in &broken {
            lines[*at] = lines[*at].replace("École", "\"École");
        }
        let directory = directory(&lines);
        assert_accounts_for_every_line(&directory);
        assert_eq!((directory.read, directory.records.len()), (3, 3 - broken.len()), "{broken:?}");
    }
}

#[test]
fn a_quoted_cell_may_hold_line_ends_and_the_lines_are_counted() {
    let mut lines = three();
    lines[0] = lines[0].replace("1 rue Haute", "\"1 rue \"\"Haute\"\"\r\nFond de cour\"");
    lines[2] = lines[2].replace("0090902G", "0090902A");
    let directory = directory(&lines);
    assert_eq!(directory.records.first().unwrap().attributes.address.line1.as_ref().unwrap().as_str(), "1 rue \"Haute\" Fond de cour");
    let rejected = directory.lines.first().unwrap();
    assert_eq!((rejected.number, codes(&rejected.errors)), (5, vec![Code::UaiKey]));
}

#[test]
fn a_quote_inside_a_cell_is_a_sign_like_another() {
    let lines = [line(&[("Nom_etablissement", "École 12\" du Val")]), three().remove(1)];
    let directory = directory(&lines);
    assert_eq!(directory.records.first().unwrap().attributes.name.as_str(), "École 12\" du Val");
    assert_eq!(directory.records.len(), 2);
}

#[test]
fn quotes_made_to_swallow_the_rest_at_every_line_take_no_more_than_linear_time() {
    let body = "a;\"b\";\"c\n".repeat(50_000);
    let directory = read(format!("uai;nom;x\n{body}").as_bytes()).unwrap();
    assert!(directory.records.is_empty());
}

proptest::proptest! {
    #[test]
    fn no_text_whatever_makes_a_line_disappear(body in "([a-z0-9\";,\r\n ]|0090900E;|=\"|'|é|#|\u{feff}){0,60}") {
        let directory = read(format!("uai;nom;Adresse_1\n{body}\n0090901F;Sentinelle;\n").as_bytes()).unwrap();
        assert_accounts_for_every_line(&directory);
        let told = |line: &str| directory.records.iter().any(|record| record.attributes.name.as_str().contains(line))
            || directory.lines.iter().any(|found| found.raw.as_ref().is_some_and(|raw| raw.contains(line)));
        assert!(told("Sentinelle"));
    }

    #[test]
    fn no_bytes_whatever_make_it_panic(bytes: Vec<u8>) {
        drop(read(&[b"uai;nom\n", bytes.as_slice()].concat()));
        drop(read(&bytes));
    }
}

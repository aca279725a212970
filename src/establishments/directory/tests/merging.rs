//! Several lines of one UAI.

use super::{assert_accounts_for_every_line, codes, directory, line};
use crate::error::Code;
use crate::establishments::directory::{Directory, Record};
use crate::establishments::model::EstablishmentKind;

/// Reads the lines in both orders, which must give the same record but for the numbers of its lines.
fn one_record(lines: [String; 2]) -> (Record, Directory) {
    let [first, second] = lines;
    let (forth, back) = (directory(&[first.clone(), second.clone()]), directory(&[second, first]));
    for directory in [&forth, &back] {
        assert_accounts_for_every_line(directory);
        assert_eq!(directory.records.len(), 1);
    }
    let record = forth.records.first().unwrap().clone();
    assert_eq!(record.attributes, back.records.first().unwrap().attributes);
    (record, forth)
}

fn sites(record: &Record) -> Vec<(&str, EstablishmentKind)> {
    record.attributes.sites.iter().map(|site| (site.name.as_str(), site.kind)).collect()
}

#[test]
fn an_annexe_becomes_a_site() {
    let annexe = line(&[("Nom_etablissement", "Collège du Val - annexe"), ("Adresse_1", "9 rue Basse"), ("Nombre_d_eleves", "40")]);
    let (record, directory) = one_record([annexe, line(&[])]);
    assert_eq!(record.attributes.name.as_str(), "Collège du Val");
    assert_eq!(sites(&record), [("Collège du Val - annexe", EstablishmentKind::MiddleSchool)]);
    assert_eq!(record.attributes.sites.first().unwrap().address.line1.as_ref().unwrap().as_str(), "9 rue Basse");
    assert_eq!((record.lines, directory.lines), (vec![3, 2], vec![]));
}

#[test]
fn in_a_school_complex_the_line_of_the_natures_type_is_the_main_one() {
    let part = |name, type_| line(&[("Nom_etablissement", name), ("Type_etablissement", type_), ("code_nature", "302")]);
    let (record, _) = one_record([part("Cité (collège)", "Collège"), part("Cité (lycée)", "Lycée")]);
    assert_eq!((record.attributes.name.as_str(), record.attributes.kind), ("Cité (lycée)", EstablishmentKind::GeneralTechnologicalHighSchool));
    assert_eq!(sites(&record), [("Cité (collège)", EstablishmentKind::MiddleSchool)]);
}

#[test]
fn the_line_whose_mailbox_has_the_uai_is_the_main_one() {
    let elsewhere = line(&[
        ("Nom_etablissement", "Collège Les Castors"),
        ("Nom_commune", "Pamiers"),
        ("Code_commune", "09225"),
        ("Mail", "0090002c@ac-example.fr"),
        ("Nombre_d_eleves", "90"),
    ]);
    let (record, _) = one_record([elsewhere, line(&[("Mail", "0090900E@ac-example.fr")])]);
    assert_eq!(record.attributes.name.as_str(), "Collège du Val");
    assert_eq!(sites(&record).len(), 1);
}

#[test]
fn a_repeated_line_is_the_same_line() {
    let (record, directory) = one_record([line(&[]), line(&[])]);
    assert_eq!((sites(&record).len(), record.lines, directory.lines), (0, vec![2, 3], vec![]));
}

#[test]
fn a_repeated_site_is_one_site() {
    let annexe = line(&[("Nom_etablissement", "Annexe"), ("Adresse_1", "9 rue Basse")]);
    let directory = directory(&[annexe.clone(), line(&[]), annexe]);
    assert_eq!(directory.records.first().map(|record| (sites(record).len(), record.lines.clone())), Some((1, vec![3, 2, 4])));
}

#[test]
fn a_second_line_about_the_same_place_that_differs_is_told() {
    let (record, directory) = one_record([line(&[("Telephone", "05 61 00 00 09"), ("date_maj_ligne", "2023-01-05")]), line(&[])]);
    assert_eq!(record.attributes.phone.unwrap().as_str(), "+33561000001");
    let warning = directory.lines.first().unwrap();
    assert_eq!((warning.number, codes(&warning.warnings)), (2, vec![Code::LineConflict]));
    assert_eq!(warning.warnings.first().unwrap().flaw.params, [("columns", "Telephone".to_owned())]);
}

#[test]
fn lines_that_cannot_both_be_right_are_both_rejected() {
    let private = line(&[("Statut_public_prive", "Privé"), ("Code_type_contrat_prive", "30")]);
    let closed = line(&[("etat", "FERME")]);
    let moved = line(&[("Code_departement", "031"), ("Code_commune", "31555"), ("Adresse_1", "2 rue Basse")]);
    for (other, column) in [(private, "Statut_public_prive"), (closed, "etat"), (moved, "Code_departement")] {
        let directory = directory(&[line(&[]), other]);
        assert_accounts_for_every_line(&directory);
        assert_eq!((directory.records.len(), directory.lines.len()), (0, 2));
        for line in &directory.lines {
            assert_eq!(line.errors.last().unwrap().flaw.params, [("columns", column.to_owned())]);
            assert!(line.raw.is_some());
        }
    }
}

#[test]
fn a_uai_on_every_line_takes_no_more_than_linear_time() {
    let lines: Vec<String> = (0..3_000).map(|n| line(&[("Adresse_1", &format!("{n} rue Haute"))])).collect();
    let directory = directory(&lines);
    assert_eq!(directory.records.first().map(|record| record.attributes.sites.len()), Some(2_999));
}

#[test]
fn a_newer_line_prevails_over_what_it_corrects() {
    let (record, directory) = one_record([line(&[("etat", "FERME"), ("date_maj_ligne", "2020-01-01")]), line(&[])]);
    assert_eq!(record.attributes.status.as_str(), "open");
    assert_eq!(codes(&directory.lines.first().unwrap().warnings), [Code::LineConflict]);
}

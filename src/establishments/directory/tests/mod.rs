//! The directory, read from files of our own making and from the official sample.

mod damage;
mod files;
mod kinds;
mod merging;
mod official;
mod vintages;

use super::{Directory, Record, read};
use crate::error::Code;
use crate::imports::reading::{Line, LineIssue};

pub const TITLES: [&str; 32] = [
    "Identifiant_de_l_etablissement",
    "Nom_etablissement",
    "Type_etablissement",
    "Statut_public_prive",
    "Adresse_1",
    "Code_postal",
    "Code_commune",
    "Nom_commune",
    "Code_departement",
    "Code_academie",
    "Ecole_maternelle",
    "Ecole_elementaire",
    "Voie_generale",
    "Voie_professionnelle",
    "Telephone",
    "Web",
    "Mail",
    "Appartenance_Education_Prioritaire",
    "SIREN_SIRET",
    "Nombre_d_eleves",
    "position",
    "Type_contrat_prive",
    "nom_circonscription",
    "latitude",
    "longitude",
    "date_ouverture",
    "date_maj_ligne",
    "etat",
    "code_nature",
    "Code_type_contrat_prive",
    "etablissement_mere",
    "code_circonscription",
];

const SOUND: [(&str, &str); 17] = [
    ("Identifiant_de_l_etablissement", "0090900E"),
    ("Nom_etablissement", "Collège du Val"),
    ("Type_etablissement", "Collège"),
    ("Statut_public_prive", "Public"),
    ("Adresse_1", "1 rue Haute"),
    ("Code_postal", "09000"),
    ("Code_commune", "09122"),
    ("Nom_commune", "Foix"),
    ("Code_departement", "009"),
    ("Code_academie", "16"),
    ("Telephone", "05 61 00 00 01"),
    ("latitude", "42.96"),
    ("longitude", "1.6"),
    ("date_ouverture", "1970-09-15"),
    ("date_maj_ligne", "2024-11-26"),
    ("etat", "OUVERT"),
    ("code_nature", "340"),
];

/// A sound line, but for these cells.
pub fn line(changes: &[(&str, &str)]) -> String {
    let value = |title: &str| changes.iter().chain(&SOUND).find(|(of, _)| *of == title).map_or("", |(_, value)| value);
    assert!(changes.iter().all(|(title, _)| TITLES.contains(title)), "{changes:?}");
    TITLES.map(value).join(";")
}

pub fn file(lines: &[String]) -> String {
    format!("{}\n{}\n", TITLES.join(";"), lines.join("\n"))
}

pub fn directory(lines: &[String]) -> Directory {
    read(file(lines).as_bytes()).unwrap()
}

/// The one record of a file of one line, and the codes of its warnings.
pub fn kept(changes: &[(&str, &str)]) -> (Record, Vec<Code>) {
    let mut directory = directory(&[line(changes)]);
    assert_eq!(directory.records.len(), 1, "{:?}", directory.lines);
    (directory.records.remove(0), directory.lines.iter().flat_map(|line| codes(&line.warnings)).collect())
}

/// The rejected line of a file of one line.
pub fn rejected(changes: &[(&str, &str)]) -> Line {
    let mut directory = directory(&[line(changes)]);
    assert!(directory.records.is_empty() && directory.lines.len() == 1);
    directory.lines.remove(0)
}

pub fn codes(issues: &[LineIssue]) -> Vec<Code> {
    issues.iter().map(|issue| issue.flaw.code).collect()
}

/// The UAI of a number.
pub fn uai(number: usize) -> String {
    format!("{number:07}{}", "ABCDEFGHJKLMNPRSTUVWXYZ".chars().nth(number % 23).unwrap())
}

/// Every line below the header is in one record or rejected, and none in two places.
pub fn assert_accounts_for_every_line(directory: &Directory) {
    let mut numbers: Vec<u64> = directory.records.iter().flat_map(|record| record.lines.clone()).collect();
    numbers.extend(directory.lines.iter().filter(|line| line.is_rejected()).map(|line| line.number));
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((numbers.len(), u64::try_from(count).unwrap()), (count, directory.read));
}

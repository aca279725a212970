//! Values as schools type them and as spreadsheets leave them.

use super::{directory, kept, line, rejected, uai};
use crate::error::Code;
use crate::establishments::model::Attributes;

const NONE: [Code; 0] = [];

fn attributes(changes: &[(&str, &str)]) -> (Attributes, Vec<Code>) {
    let (record, codes) = kept(changes);
    (record.attributes, codes)
}

#[test]
fn a_uai_gets_its_zeros_back_only_if_its_key_proves_them() {
    for damaged in ["90900E", "090900E", "009 0900E", "'0090900E", "=\"0090900E\""] {
        let (record, codes) = attributes(&[("Identifiant_de_l_etablissement", damaged)]);
        assert_eq!(record.uai.as_str(), "0090900E", "{damaged}");
        assert!(codes == [Code::LineRestored] || damaged.starts_with('\'') || damaged.starts_with('='), "{damaged}");
    }
    for (wrong, code) in [("90900A", Code::TextTooShort), ("0090900A", Code::UaiKey), ("#REF!", Code::LineDamaged), ("9,09E+04", Code::UaiForm)] {
        let line = rejected(&[("Identifiant_de_l_etablissement", wrong)]);
        assert_eq!(super::codes(&line.errors), [code], "{wrong}");
        assert_eq!(line.errors.first().unwrap().column.as_deref(), Some("Identifiant_de_l_etablissement"));
        assert!(line.raw.is_some());
    }
    assert_eq!(super::codes(&rejected(&[("Identifiant_de_l_etablissement", " ")]).errors), [Code::FieldRequired]);
}

#[test]
fn codes_get_their_zeros_back_if_the_department_agrees() {
    let (record, codes) = attributes(&[("Code_departement", "9"), ("Code_postal", "9000"), ("Code_commune", "9122"), ("Code_academie", "6")]);
    assert_eq!((record.department_code.as_str(), record.academy_code.unwrap().as_str()), ("09", "06"));
    assert_eq!(record.address.postal_code.unwrap().as_str(), "09000");
    assert_eq!(record.address.commune_code.unwrap().as_str(), "09122");
    assert_eq!(codes, [Code::LineRestored; 4]);
    let (record, codes) = kept(&[("Code_postal", "4000")]);
    assert_eq!((record.attributes.address.postal_code, codes), (None, vec![Code::LineDamaged]));
    assert_eq!(record.unread, ["address.postal_code"]);
}

#[test]
fn numbers_that_became_decimals_are_whole_again() {
    let (record, codes) = attributes(&[("Code_postal", "9000.0"), ("code_nature", "340,0"), ("Nombre_d_eleves", "1\u{202f}012"), ("Code_departement", "9.0")]);
    assert_eq!(record.address.postal_code.unwrap().as_str(), "09000");
    assert_eq!((record.nature_code.unwrap().as_str(), record.pupils.unwrap().get()), ("340", 1012));
    assert_eq!(codes.len(), 4);
}

#[test]
fn a_siret_in_scientific_form_is_restored_only_if_whole() {
    for (damaged, expected, code) in [
        ("2,17E+13", None, Code::LineDamaged),
        ("7.76845E+13", None, Code::LineDamaged),
        ("7,7684512500058E+13", Some("77684512500058"), Code::LineRestored),
        ("77684512500058.0", Some("77684512500058"), Code::LineRestored),
        ("77684512500059", Some("77684512500059"), Code::SiretLuhn),
        ("776845125", None, Code::ValueIgnored),
        ("5520176000168", None, Code::LineDamaged),
        ("#N/A", None, Code::LineDamaged),
        ("########", None, Code::LineDamaged),
    ] {
        let (record, codes) = attributes(&[("SIREN_SIRET", damaged)]);
        assert_eq!((record.siret.as_ref().map(|siret| siret.as_str()), codes), (expected, vec![code]), "{damaged}");
    }
}

#[test]
fn the_department_is_settled_by_what_agrees() {
    for (changes, expected, warnings) in [
        (vec![("Code_departement", "09")], "09", vec![]),
        (vec![("Code_departement", "")], "09", vec![]),
        (vec![("Code_departement", "#REF!")], "09", vec![Code::LineRestored]),
        (vec![("Code_departement", "031")], "09", vec![Code::LineRestored]),
        (vec![("Code_departement", "031"), ("Code_commune", "31555")], "31", vec![Code::TerritoryMismatch]),
    ] {
        let (record, codes) = attributes(&changes);
        assert_eq!((record.department_code.as_str(), codes), (expected, warnings), "{changes:?}");
    }
    let errors = |changes: &[(&str, &str)]| super::codes(&rejected(changes).errors);
    assert_eq!(errors(&[("Code_departement", "031"), ("Code_commune", "")]), [Code::TerritoryMismatch]);
    assert_eq!(errors(&[("Code_departement", "099"), ("Code_commune", "")]), [Code::DepartmentUnknown]);
}

#[test]
fn corsica_and_the_islands_that_left_guadeloupe_keep_their_departments() {
    for (number, department, commune, expected, warnings) in [
        (6_200_002, "02A", "2A004", "2A", vec![]),
        (7_200_002, "2b", "2B033", "2B", vec![]),
        (9_710_900, "978", "97127", "978", vec![Code::TerritoryWithoutAssociation]),
        (9_770_900, "977", "97701", "977", vec![Code::TerritoryWithoutAssociation]),
        (9_710_901, "971", "97105", "971", vec![]),
    ] {
        let changes = [
            ("Identifiant_de_l_etablissement", uai(number)),
            ("Code_departement", department.to_owned()),
            ("Code_commune", commune.to_owned()),
            ("Code_postal", String::new()),
            ("latitude", String::new()),
            ("longitude", String::new()),
        ];
        let changes: Vec<(&str, &str)> = changes.iter().map(|(title, value)| (*title, value.as_str())).collect();
        let (record, codes) = attributes(&changes);
        assert_eq!((record.department_code.as_str(), codes), (expected, warnings), "{number}");
    }
}

#[test]
fn days_are_read_in_both_orders_and_never_guessed() {
    let opened = |text: &str| {
        let (record, codes) = attributes(&[("date_ouverture", text)]);
        (record.opened_on.map(|day| day.to_string()), codes)
    };
    for text in ["26/04/1969", "1969-04-26", "26-04-1969", "1969-04-26T00:00:00"] {
        assert_eq!(opened(text), (Some("1969-04-26".to_owned()), vec![]), "{text}");
    }
    assert_eq!(opened("04/26/1969"), (Some("1969-04-26".to_owned()), vec![Code::LineRestored]));
    for (text, code) in [("26/04/69", Code::LineDamaged), ("25319", Code::LineDamaged), ("31/02/1969", Code::ValueIgnored), ("vers 1969", Code::ValueIgnored)] {
        assert_eq!(opened(text), (None, vec![code]), "{text}");
    }
}

#[test]
fn a_file_with_one_month_first_makes_its_other_days_uncertain() {
    let with = |number, day| line(&[("Identifiant_de_l_etablissement", &uai(number)), ("date_ouverture", day)]);
    let days = |lines: &[String]| -> Vec<Option<String>> {
        directory(lines).records.iter().map(|record| record.attributes.opened_on.map(|day| day.to_string())).collect()
    };
    let expected = |day: &str| Some(day.to_owned());
    assert_eq!(days(&[with(90_900, "03/04/1969"), with(90_901, "26/04/1969")]), [expected("1969-04-03"), expected("1969-04-26")]);
    assert_eq!(days(&[with(90_900, "03/04/1969"), with(90_901, "04/26/1969")]), [None, expected("1969-04-26")]);
}

#[test]
fn phones_are_read_in_every_form_that_occurs() {
    for (text, expected, warnings) in [
        ("05 61 00 00 01", Some("+33561000001"), vec![]),
        ("0561000001", Some("+33561000001"), vec![]),
        ("05.61.00.00.01", Some("+33561000001"), vec![]),
        ("+33 5 61 00 00 01", Some("+33561000001"), vec![]),
        ("561000001", Some("+33561000001"), vec![Code::LineRestored]),
        ("33561000001", Some("+33561000001"), vec![Code::LineRestored]),
        ("5,61E+08", None, vec![Code::LineDamaged]),
        ("056100001", None, vec![Code::ValueIgnored]),
        ("0056109125", None, vec![Code::ValueIgnored]),
        ("voir mairie", None, vec![Code::ValueIgnored]),
    ] {
        let (record, codes) = attributes(&[("Telephone", text)]);
        assert_eq!((record.phone.as_ref().map(|phone| phone.as_str()), codes), (expected, warnings), "{text}");
    }
}

#[test]
fn addresses_that_can_be_nothing_else_get_a_scheme() {
    for (text, expected) in [
        ("https://val.example.fr", Some("https://val.example.fr")),
        ("HTTP://val.example.fr", Some("http://val.example.fr")),
        ("www.val.example.fr/ecole", Some("http://www.val.example.fr/ecole")),
        ("val.ac-toulouse.fr", Some("http://val.ac-toulouse.fr")),
        ("en construction", None),
        ("javascript:alert(1)", None),
        ("val@example.fr", None),
    ] {
        let (record, codes) = attributes(&[("Web", text)]);
        assert_eq!(record.website.as_ref().map(|address| address.as_str()), expected);
        assert_eq!(codes.is_empty(), expected.is_some(), "{text}");
    }
    assert_eq!(kept(&[("Mail", "pas de mail")]).1, [Code::ValueIgnored]);
}

#[test]
fn positions_outside_the_territory_are_ignored() {
    let place = |latitude: &str, longitude: &str, position: &str| {
        let (record, codes) = attributes(&[("latitude", latitude), ("longitude", longitude), ("position", position)]);
        (record.latitude.zip(record.longitude).map(|(latitude, longitude)| (latitude.get(), longitude.get())), codes)
    };
    let foix = Some((42.96, 1.6));
    assert_eq!(place("42,96", "1,6", ""), (foix, vec![Code::LineRestored]));
    assert_eq!(place("", "", "42.96, 1.6"), (foix, vec![]));
    assert_eq!(place("", "", "42,96, 1,6"), (foix, vec![Code::LineRestored]));
    assert_eq!(place("42960000", "1.6", "42.96, 1.6"), (foix, vec![Code::LineRestored]));
    assert_eq!(place("", "", ""), (None, vec![]));
    for (latitude, longitude) in [("0", "0"), ("1.6", "42.96"), ("142.96", "1.6"), ("42.96", ""), ("NaN", "1.6"), ("4,3E+01", "1.6")] {
        assert_eq!(place(latitude, longitude, ""), (None, vec![Code::ValueIgnored]), "{latitude} {longitude}");
    }
}

#[test]
fn letters_encoded_twice_come_back_where_they_can_be_nothing_else() {
    let (record, codes) = attributes(&[("Nom_etablissement", "CollÃ¨ge dâ€™Ã\u{89}tampes"), ("Type_etablissement", "CollÃ¨ge"), ("code_nature", "")]);
    assert_eq!(record.name.as_str(), "Collège d’Étampes");
    assert_eq!(codes, [Code::LineRestored]);
    let (record, codes) = attributes(&[("Nom_etablissement", "Château de l'Âge, ÉCOLE DES CÈDRES")]);
    assert_eq!((record.name.as_str(), codes.as_slice()), ("Château de l'Âge, ÉCOLE DES CÈDRES", NONE.as_slice()));
    assert_eq!(super::codes(&rejected(&[("Nom_etablissement", "Coll\u{fffd}ge")]).errors), [Code::LineDamaged]);
}

#[test]
fn letters_that_became_control_characters_come_back() {
    let (record, codes) = attributes(&[("Nom_etablissement", "SACRE C\u{9c}UR"), ("Adresse_1", "1 rue de l\u{92}É")]);
    assert_eq!((record.name.as_str(), record.address.line1.unwrap().as_str()), ("SACRE CœUR", "1 rue de l’É"));
    assert_eq!(codes, [Code::LineRestored; 2]);
    assert_eq!(super::codes(&rejected(&[("Nom_etablissement", "A\u{81}B")]).errors), [Code::TextControl]);
}

#[test]
fn the_apostrophe_of_our_own_export_is_taken_off() {
    let (record, codes) = attributes(&[("Nom_etablissement", "'=Collège"), ("Adresse_1", "'-2 rue Haute"), ("Telephone", "'+33561000001")]);
    assert_eq!((record.name.as_str(), record.address.line1.unwrap().as_str()), ("=Collège", "-2 rue Haute"));
    assert_eq!((record.phone.unwrap().as_str(), codes.as_slice()), ("+33561000001", NONE.as_slice()));
    assert_eq!(attributes(&[("Nom_etablissement", "'s Gravenhage")]).0.name.as_str(), "'s Gravenhage");
}

#[test]
fn unusual_blanks_become_blanks() {
    let (record, codes) = attributes(&[("Nom_etablissement", "\u{a0}École\u{a0}\u{202f}du Val "), ("Code_departement", "009\u{a0}")]);
    assert_eq!((record.name.as_str(), codes.as_slice()), ("École du Val", NONE.as_slice()));
}

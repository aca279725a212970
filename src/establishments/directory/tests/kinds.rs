//! Kinds, sectors, status and priority education.

use super::{directory, kept, line, uai};
use crate::error::Code;
use crate::establishments::model::{EstablishmentKind, EstablishmentStatus, PriorityLevel, Sector};
use EstablishmentKind::*;

#[test]
fn the_nature_gives_the_kind() {
    for (nature, kind) in [
        ("101", NurserySchool),
        ("103", NurserySchool),
        ("151", ElementarySchool),
        ("153", ElementarySchool),
        ("162", ElementarySchool),
        ("240", MedicoSocial),
        ("249", MedicoSocial),
        ("300", GeneralTechnologicalHighSchool),
        ("301", GeneralTechnologicalHighSchool),
        ("302", GeneralTechnologicalHighSchool),
        ("306", PolyvalentHighSchool),
        ("307", PolyvalentHighSchool),
        ("310", GeneralTechnologicalHighSchool),
        ("320", VocationalHighSchool),
        ("334", VocationalHighSchool),
        ("335", GeneralTechnologicalHighSchool),
        ("340", MiddleSchool),
        ("350", MiddleSchool),
        ("370", Erea),
        ("380", Other),
        ("400", PostSecondary),
        ("802", AdministrativeService),
        ("809", AdministrativeService),
        ("841", AdministrativeService),
    ] {
        let (record, codes) = kept(&[("code_nature", nature), ("Type_etablissement", ""), ("Nom_etablissement", "Les Tilleuls")]);
        assert_eq!((record.attributes.kind, codes), (kind, vec![]), "{nature}");
    }
}

#[test]
fn the_flags_tell_nursery_elementary_and_primary_schools_apart() {
    for (nature, nursery, elementary, kind) in [
        ("151", "1", "1", PrimarySchool),
        ("151", "0", "1", ElementarySchool),
        ("101", "1", "0", NurserySchool),
        ("101", "1", "1", PrimarySchool),
        ("", "1", "1", PrimarySchool),
        ("", "", "", ElementarySchool),
    ] {
        let changes = [("code_nature", nature), ("Type_etablissement", "Ecole"), ("Ecole_maternelle", nursery), ("Ecole_elementaire", elementary)];
        let (record, _) = kept(&[changes.as_slice(), &[("Nom_etablissement", "Les Tilleuls")]].concat());
        assert_eq!(record.attributes.kind, kind, "{changes:?}");
    }
}

#[test]
fn without_a_nature_the_type_then_the_name_give_the_kind() {
    for (type_, name, kind) in [
        ("Collège", "Jean Zay", MiddleSchool),
        ("Lycée", "Lycée professionnel Jean Zay", VocationalHighSchool),
        ("Lycée", "Jean Zay", GeneralTechnologicalHighSchool),
        ("EREA", "Jean Zay", Erea),
        ("Médico-social", "IME des Pins", MedicoSocial),
        ("Service Administratif", "Rectorat", AdministrativeService),
        ("Information et orientation", "CIO de Foix", AdministrativeService),
        ("Autre", "Les Tilleuls", Other),
        ("", "Ecole maternelle Pasteur", NurserySchool),
        ("", "Ecole primaire Pasteur", PrimarySchool),
        ("", "Les Tilleuls", Other),
    ] {
        let (record, _) = kept(&[("code_nature", ""), ("Type_etablissement", type_), ("Nom_etablissement", name)]);
        assert_eq!(record.attributes.kind, kind, "{type_} {name}");
    }
}

#[test]
fn the_contract_settles_the_sector() {
    for (status, code, label, sector) in [
        ("Public", "99", "SANS OBJET", Sector::Public),
        ("PUBLIC", "", "", Sector::Public),
        ("Privé", "30", "", Sector::PrivateUnderContract),
        ("Privé", "60", "SOUS CONTRAT ETABLISSEMENT AGRICOLE", Sector::PrivateUnderContract),
        ("Privé", "", "C0NTRAT SIMPLE POUR PARTIE DES CLASSES", Sector::PrivateUnderContract),
        ("Privé", "10", "", Sector::PrivateWithoutContract),
        ("Privé", "", "HORS CONTRAT", Sector::PrivateWithoutContract),
        ("Privé", "!!", "INCONNU DU GESTIONNAIRE", Sector::Unknown),
        ("Privé", "50", "", Sector::Unknown),
        ("", "99", "SANS OBJET", Sector::Unknown),
        ("", "", "", Sector::Unknown),
    ] {
        let (record, codes) = kept(&[("Statut_public_prive", status), ("Code_type_contrat_prive", code), ("Type_contrat_prive", label)]);
        assert_eq!((record.attributes.sector, codes), (sector, vec![]), "{status} {code} {label}");
    }
}

#[test]
fn status_and_priority_are_read_or_told_unreadable() {
    for (text, status) in [
        ("OUVERT", EstablishmentStatus::Open),
        ("", EstablishmentStatus::Open),
        ("A FERMER", EstablishmentStatus::Closing),
        ("à ouvrir", EstablishmentStatus::Opening),
        ("FERMÉ", EstablishmentStatus::Closed),
    ] {
        assert_eq!(kept(&[("etat", text)]).0.attributes.status, status, "{text}");
    }
    for (text, level) in [("REP", Some(PriorityLevel::Rep)), ("REP+", Some(PriorityLevel::RepPlus)), ("", None)] {
        assert_eq!(kept(&[("Appartenance_Education_Prioritaire", text)]).0.priority, level);
    }
    let (record, codes) = kept(&[("Appartenance_Education_Prioritaire", "ZEP"), ("etat", "?")]);
    assert_eq!((record.unread.len(), codes), (2, vec![Code::ValueIgnored; 2]));
}

#[test]
fn a_district_known_by_its_uai_takes_its_name_from_another_line() {
    let (district, unknown) = (uai(90_950), uai(90_960));
    let school = |number, code: &str, name: &str| {
        line(&[("Identifiant_de_l_etablissement", &uai(number)), ("code_circonscription", code), ("nom_circonscription", name)])
    };
    let office = line(&[("Identifiant_de_l_etablissement", &district), ("Nom_etablissement", "Circonscription de Foix"), ("code_nature", "809")]);
    for lines in [
        [school(90_900, &district, ""), office.clone(), school(90_902, &unknown, "")],
        [school(90_900, &district, ""), school(90_901, &district, "Circonscription de Foix"), school(90_902, &unknown, "")],
    ] {
        let directory = directory(&lines);
        let found = directory.records.first().unwrap().attributes.district.clone().unwrap();
        assert_eq!((found.uai.unwrap().to_string(), found.name.as_str()), (district.clone(), "Circonscription de Foix"));
        let line = directory.lines.first().unwrap();
        assert_eq!((line.number, line.warnings.first().unwrap().column.as_deref()), (4, Some("code_circonscription")));
    }
}

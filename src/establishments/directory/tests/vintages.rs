//! Three vintages of the file, whose titles differ.

use super::{assert_accounts_for_every_line, codes};
use crate::error::Code;
use crate::establishments::directory::{Directory, read};
use crate::establishments::model::{EstablishmentKind, EstablishmentStatus, PriorityLevel, Sector};

const VINTAGES: [(usize, &[u8]); 3] = [
    (69, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/directory/vintage_69.csv"))),
    (71, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/directory/vintage_71.csv"))),
    (72, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/directory/vintage_72.csv"))),
];

fn each(check: impl Fn(usize, Directory)) {
    for (columns, bytes) in VINTAGES {
        let directory = read(bytes).unwrap();
        assert_eq!(directory.header.split(';').count(), columns);
        assert_accounts_for_every_line(&directory);
        check(columns, directory);
    }
}

#[test]
fn all_vintages_give_the_same_establishments() {
    let records = |bytes| {
        let mut records = read(bytes).unwrap().records;
        // The district's UAI came with the 71 columns.
        records.iter_mut().filter_map(|record| record.attributes.district.as_mut()).for_each(|district| district.uai = None);
        records
    };
    let [(_, first), (_, second), (_, third)] = VINTAGES;
    assert_eq!(records(first), records(third));
    assert_eq!(read(second).unwrap().records, read(third).unwrap().records);
}

#[test]
fn a_line_is_read_in_full() {
    each(|columns, directory| {
        let record = directory.records.first().unwrap();
        let attributes = &record.attributes;
        assert_eq!((attributes.uai.as_str(), attributes.name.as_str()), ("0639001S", "Collège des Trois Vallées"), "{columns}");
        assert_eq!((attributes.kind, attributes.sector), (EstablishmentKind::MiddleSchool, Sector::Public));
        assert_eq!(attributes.department_code.as_str(), "63");
        assert_eq!(attributes.academy_code.as_ref().unwrap().as_str(), "06");
        assert_eq!(attributes.address.line2.as_ref().unwrap().as_str(), "BP 12");
        assert_eq!(attributes.address.postal_code.as_ref().unwrap().as_str(), "63000");
        assert_eq!(attributes.phone.as_ref().unwrap().as_str(), "+33473000001");
        assert_eq!(attributes.siret.as_ref().unwrap().as_str().len(), 14);
        assert_eq!(attributes.pupils.unwrap().get(), 412);
        assert_eq!((attributes.latitude.unwrap().get(), attributes.longitude.unwrap().get()), (45.7772, 3.087));
        assert_eq!(attributes.opened_on.unwrap().to_string(), "1970-09-15");
        assert_eq!((record.priority, record.as_of.unwrap().to_string().as_str()), (Some(PriorityLevel::RepPlus), "2024-11-26"));
        assert_eq!(record.lines, [2]);
    });
}

#[test]
fn a_primary_school_has_its_district_and_its_status() {
    each(|columns, directory| {
        let attributes = &directory.records.get(1).unwrap().attributes;
        assert_eq!((attributes.kind, attributes.status), (EstablishmentKind::PrimarySchool, EstablishmentStatus::Closing));
        let district = attributes.district.as_ref().unwrap();
        assert_eq!(district.name.as_str(), "Circonscription d'inspection du 1er degré de Thiers");
        assert_eq!(district.uai.is_some(), columns > 69);
    });
}

#[test]
fn an_empty_type_and_an_unknown_contract_are_no_obstacle() {
    each(|_, directory| {
        let attributes = &directory.records.get(2).unwrap().attributes;
        assert_eq!((attributes.kind, attributes.sector), (EstablishmentKind::PostSecondary, Sector::Unknown));
        assert_eq!(attributes.name.as_str(), "Ecole supérieure privée \"Horizon\"");
        assert_eq!(attributes.address.line1.as_ref().unwrap().as_str(), "8 place des Arts; bâtiment B");
    });
}

#[test]
fn a_territory_without_association_is_read_with_a_warning() {
    each(|_, directory| {
        let attributes = &directory.records.get(3).unwrap().attributes;
        assert_eq!((attributes.department_code.as_str(), attributes.kind), ("988", EstablishmentKind::PolyvalentHighSchool));
        assert_eq!(attributes.phone.as_ref().unwrap().as_str(), "+687250001");
        let line = directory.lines.iter().find(|line| line.number == 5).unwrap();
        // The academy of the territory is none of the 30.
        assert_eq!(codes(&line.warnings), [Code::TerritoryWithoutAssociation, Code::ValueIgnored]);
    });
}

#[test]
fn what_a_file_has_no_column_for_is_told() {
    let directory = read("uai;nom;secteur\n0639001S;Collège des Trois Vallées;PUBLIC\n".as_bytes()).unwrap();
    assert!(["priority", "phone", "kind", "position", "status"].iter().all(|name| directory.absent.contains(name)));
    assert!(["uai", "name", "sector", "department_code"].iter().all(|name| !directory.absent.contains(name)));
    let record = directory.records.first().unwrap();
    assert_eq!((record.attributes.kind, record.attributes.department_code.as_str()), (EstablishmentKind::MiddleSchool, "63"));
}

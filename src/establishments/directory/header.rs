//! The columns of the directory: the ministry renamed some at every vintage.

use crate::imports::reading::{KnownColumns, columns};

// The first alias is the title of 2024 (72 columns); the others come from the vintages of 69 and 71 columns, from the
// columns' technical names, and from the ministry's file of addresses and positions.
columns! {
    missing: missing;
    uai of "uai": "identifiant de l etablissement", "numero uai", "code uai", "uai", "code etablissement", "numero etablissement", "code rne";
    name of "name": "nom etablissement", "nom de l etablissement", "appellation officielle", "denomination principale", "nom";
    kind of "kind": "type etablissement", "type d etablissement", "type";
    sector of "sector": "statut public prive", "secteur public prive libe", "secteur public prive", "secteur";
    line1 of "address.line1": "adresse 1", "adresse uai", "adresse";
    line2 of "address.line2": "adresse 2", "lieu dit uai";
    line3 of "address.line3": "adresse 3", "boite postale uai";
    postal_code of "address.postal_code": "code postal", "code postal uai";
    commune_code of "address.commune_code": "code commune", "code insee", "code insee de la commune";
    city of "address.city": "nom commune", "libelle commune", "nom de la commune", "commune", "localite acheminement uai";
    department_code of "department_code": "code departement", "code du departement";
    academy_code of "academy_code": "code academie", "code de l academie";
    nursery of "kind": "ecole maternelle";
    elementary of "kind": "ecole elementaire";
    general of "kind": "voie generale";
    technological of "kind": "voie technologique";
    vocational of "kind": "voie professionnelle";
    phone of "phone": "telephone", "numero telephone uai", "numero de telephone";
    website of "website": "web", "site web";
    email of "email": "mail", "mel", "email", "mail uai";
    priority of "priority": "appartenance education prioritaire", "education prioritaire";
    siret of "siret": "siren siret", "siret", "numero siren siret uai";
    pupils of "pupils": "nombre d eleves", "nombre eleves", "effectif";
    position of "position": "position";
    contract of "sector": "type contrat prive";
    contract_code of "sector": "code type contrat prive";
    district_name of "district": "nom circonscription", "libelle circonscription";
    district_code of "district": "code circonscription";
    latitude of "position": "latitude";
    longitude of "position": "longitude";
    opened_on of "opened_on": "date ouverture", "date d ouverture";
    as_of of "as_of": "date maj ligne", "date de mise a jour de la ligne";
    status of "status": "etat", "etat etablissement libe";
    nature_code of "nature_code": "code nature", "nature uai";
    nature_label of "kind": "libelle nature", "nature uai libe";
    parent_uai of "parent_uai": "etablissement mere", "uai etablissement mere";
}

/// The header of a directory file, and one of its lines being read.
pub type Header<'a> = crate::imports::reading::Header<'a, Columns>;
pub type Cells<'r> = crate::imports::reading::Cells<'r, Columns>;

/// Titles, in the latest vintage, of the columns without which no line can be read.
fn missing(columns: &Columns) -> Vec<&'static str> {
    [("Identifiant_de_l_etablissement", &columns.uai), ("Nom_etablissement", &columns.name)]
        .into_iter()
        .filter_map(|(title, column)| column.is_none().then_some(title))
        .collect()
}

impl Columns {
    /// Attributes that no column says anything of.
    pub fn absent(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.each().into_iter().map(|(attribute, _)| attribute).filter(|name| self.of(name).is_none()).collect();
        // The UAI names the department, and the nature the kind.
        names.retain(|name| *name != "department_code" && (*name != "kind" || self.nature_code.is_none()));
        names.sort_unstable();
        names.dedup();
        names
    }
}

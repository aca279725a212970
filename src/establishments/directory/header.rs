//! The header: columns are found by name, for the ministry renamed some at every vintage.

use super::records::{pieces, split, without_end};
use super::repair;
use crate::error::{Code, Error};
use crate::values::fold::fold;
use std::borrow::Cow;

/// A column that the file has.
#[derive(Debug)]
pub struct Column {
    pub at: usize,
    /// As it stands in the file.
    pub title: String,
    /// The attribute that the column says something of.
    pub attribute: &'static str,
}

/// The first line, understood.
#[derive(Debug)]
pub struct Header<'a> {
    pub text: &'a str,
    /// The physical line it stands on.
    pub number: u64,
    pub separator: char,
    pub width: usize,
    pub columns: Columns,
}

macro_rules! columns {
    ($($field:ident of $attribute:literal: $($alias:literal),+;)+) => {
        /// The columns that are read, by what they hold.
        #[derive(Debug)]
        pub struct Columns { $(pub $field: Option<Column>),+ }

        impl Columns {
            fn find(titles: &[Cow<str>]) -> Self {
                let folded: Vec<String> = titles.iter().map(|title| fold(&repair::letters(title).unwrap_or_else(|| title.to_string()))).collect();
                Self { $($field: column($attribute, &[$($alias),+], titles, &folded)),+ }
            }

            fn each(&self) -> impl Iterator<Item = (&'static str, Option<&Column>)> {
                [$(($attribute, self.$field.as_ref())),+].into_iter()
            }
        }
    };
}

// The first alias is the title of 2024 (72 columns); the others come from the vintages of 69 and 71 columns, from the
// columns' technical names, and from the ministry's file of addresses and positions.
columns! {
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

impl Columns {
    /// Attributes that no column says anything of.
    pub fn absent(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.each().map(|(attribute, _)| attribute).filter(|name| self.of(name).is_none()).collect();
        // The UAI names the department, and the nature the kind.
        names.retain(|name| *name != "department_code" && (*name != "kind" || self.nature_code.is_none()));
        names.sort_unstable();
        names.dedup();
        names
    }

    fn found(&self) -> usize {
        self.each().filter(|(_, column)| column.is_some()).count()
    }

    /// The first column that says something of an attribute.
    pub fn of(&self, attribute: &str) -> Option<&Column> {
        self.each().find_map(|(of, column)| column.filter(|_| of == attribute))
    }

    /// Titles, in the latest vintage, of the columns without which no line can be read.
    fn missing(&self) -> Vec<&'static str> {
        [("Identifiant_de_l_etablissement", &self.uai), ("Nom_etablissement", &self.name)]
            .into_iter()
            .filter_map(|(title, column)| column.is_none().then_some(title))
            .collect()
    }
}

fn column(attribute: &'static str, aliases: &[&str], titles: &[Cow<str>], folded: &[String]) -> Option<Column> {
    let at = aliases.iter().find_map(|alias| folded.iter().position(|title| title == alias))?;
    Some(Column { at, title: titles.get(at)?.trim().to_owned(), attribute })
}

/// The header and what follows it. The separator is the one that yields most known columns.
pub fn find(text: &str) -> Result<(Header<'_>, &str), Error> {
    let mut after = 0;
    for (number, line) in (1..).zip(pieces(text)) {
        after += line.len();
        let text_of_line = without_end(line).trim_start_matches('\u{feff}');
        // Spreadsheets announce their separator on a line of its own.
        if text_of_line.trim().is_empty() || text_of_line.starts_with("sep=") {
            continue;
        }
        return Ok((understood(text_of_line, number)?, text.get(after..).unwrap_or_default()));
    }
    Err(Error::of(Code::FileEmpty))
}

fn understood(text: &str, number: u64) -> Result<Header<'_>, Error> {
    let read = |separator| {
        let titles = split(text, separator);
        Header { text, number, separator, width: titles.len(), columns: Columns::find(&titles) }
    };
    let header = [';', ',', '\t'].map(read).into_iter().rev().max_by_key(|header| header.columns.found());
    let header = header.ok_or_else(|| Error::of(Code::FileEmpty))?;
    let missing = header.columns.missing();
    if missing.is_empty() { Ok(header) } else { Err(Error::of(Code::FileHeaderMissing).with("missing", missing.join(", "))) }
}

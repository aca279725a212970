//! The territory: embedded facts (INSEE codes, academies and holiday zones of the Education ministry).

use super::text;
use crate::error::{Code, Flaw};

/// A region, by its INSEE code.
#[derive(Debug, Clone, Copy)]
pub struct Region {
    pub code: &'static str,
    pub name: &'static str,
}

/// An academy, by the ministry's two-digit code.
#[derive(Debug, Clone, Copy)]
pub struct Academy {
    pub code: &'static str,
    pub name: &'static str,
    pub region_code: &'static str,
    /// `A`, `B` or `C`; none in Corsica and overseas.
    pub holiday_zone: Option<&'static str>,
}

/// A department, by its INSEE code.
#[derive(Debug, Clone, Copy)]
pub struct Department {
    pub code: &'static str,
    pub name: &'static str,
    pub region_code: &'static str,
    pub academy_code: &'static str,
    pub time_zone: &'static str,
}

#[rustfmt::skip]
pub const REGIONS: [Region; 18] = [
    Region { code: "01", name: "Guadeloupe" },
    Region { code: "02", name: "Martinique" },
    Region { code: "03", name: "Guyane" },
    Region { code: "04", name: "La Réunion" },
    Region { code: "06", name: "Mayotte" },
    Region { code: "11", name: "Île-de-France" },
    Region { code: "24", name: "Centre-Val de Loire" },
    Region { code: "27", name: "Bourgogne-Franche-Comté" },
    Region { code: "28", name: "Normandie" },
    Region { code: "32", name: "Hauts-de-France" },
    Region { code: "44", name: "Grand Est" },
    Region { code: "52", name: "Pays de la Loire" },
    Region { code: "53", name: "Bretagne" },
    Region { code: "75", name: "Nouvelle-Aquitaine" },
    Region { code: "76", name: "Occitanie" },
    Region { code: "84", name: "Auvergne-Rhône-Alpes" },
    Region { code: "93", name: "Provence-Alpes-Côte d'Azur" },
    Region { code: "94", name: "Corse" },
];

#[rustfmt::skip]
pub const ACADEMIES: [Academy; 30] = [
    Academy { code: "01", name: "Paris", region_code: "11", holiday_zone: Some("C") },
    Academy { code: "02", name: "Aix-Marseille", region_code: "93", holiday_zone: Some("B") },
    Academy { code: "03", name: "Besançon", region_code: "27", holiday_zone: Some("A") },
    Academy { code: "04", name: "Bordeaux", region_code: "75", holiday_zone: Some("A") },
    Academy { code: "06", name: "Clermont-Ferrand", region_code: "84", holiday_zone: Some("A") },
    Academy { code: "07", name: "Dijon", region_code: "27", holiday_zone: Some("A") },
    Academy { code: "08", name: "Grenoble", region_code: "84", holiday_zone: Some("A") },
    Academy { code: "09", name: "Lille", region_code: "32", holiday_zone: Some("B") },
    Academy { code: "10", name: "Lyon", region_code: "84", holiday_zone: Some("A") },
    Academy { code: "11", name: "Montpellier", region_code: "76", holiday_zone: Some("C") },
    Academy { code: "12", name: "Nancy-Metz", region_code: "44", holiday_zone: Some("B") },
    Academy { code: "13", name: "Poitiers", region_code: "75", holiday_zone: Some("A") },
    Academy { code: "14", name: "Rennes", region_code: "53", holiday_zone: Some("B") },
    Academy { code: "15", name: "Strasbourg", region_code: "44", holiday_zone: Some("B") },
    Academy { code: "16", name: "Toulouse", region_code: "76", holiday_zone: Some("C") },
    Academy { code: "17", name: "Nantes", region_code: "52", holiday_zone: Some("B") },
    Academy { code: "18", name: "Orléans-Tours", region_code: "24", holiday_zone: Some("B") },
    Academy { code: "19", name: "Reims", region_code: "44", holiday_zone: Some("B") },
    Academy { code: "20", name: "Amiens", region_code: "32", holiday_zone: Some("B") },
    Academy { code: "22", name: "Limoges", region_code: "75", holiday_zone: Some("A") },
    Academy { code: "23", name: "Nice", region_code: "93", holiday_zone: Some("B") },
    Academy { code: "24", name: "Créteil", region_code: "11", holiday_zone: Some("C") },
    Academy { code: "25", name: "Versailles", region_code: "11", holiday_zone: Some("C") },
    Academy { code: "27", name: "Corse", region_code: "94", holiday_zone: None },
    Academy { code: "28", name: "La Réunion", region_code: "04", holiday_zone: None },
    Academy { code: "31", name: "Martinique", region_code: "02", holiday_zone: None },
    Academy { code: "32", name: "Guadeloupe", region_code: "01", holiday_zone: None },
    Academy { code: "33", name: "Guyane", region_code: "03", holiday_zone: None },
    Academy { code: "43", name: "Mayotte", region_code: "06", holiday_zone: None },
    Academy { code: "70", name: "Normandie", region_code: "28", holiday_zone: Some("B") },
];

#[rustfmt::skip]
pub const DEPARTMENTS: [Department; 101] = [
    Department { code: "01", name: "Ain", region_code: "84", academy_code: "10", time_zone: "Europe/Paris" },
    Department { code: "02", name: "Aisne", region_code: "32", academy_code: "20", time_zone: "Europe/Paris" },
    Department { code: "03", name: "Allier", region_code: "84", academy_code: "06", time_zone: "Europe/Paris" },
    Department { code: "04", name: "Alpes-de-Haute-Provence", region_code: "93", academy_code: "02", time_zone: "Europe/Paris" },
    Department { code: "05", name: "Hautes-Alpes", region_code: "93", academy_code: "02", time_zone: "Europe/Paris" },
    Department { code: "06", name: "Alpes-Maritimes", region_code: "93", academy_code: "23", time_zone: "Europe/Paris" },
    Department { code: "07", name: "Ardèche", region_code: "84", academy_code: "08", time_zone: "Europe/Paris" },
    Department { code: "08", name: "Ardennes", region_code: "44", academy_code: "19", time_zone: "Europe/Paris" },
    Department { code: "09", name: "Ariège", region_code: "76", academy_code: "16", time_zone: "Europe/Paris" },
    Department { code: "10", name: "Aube", region_code: "44", academy_code: "19", time_zone: "Europe/Paris" },
    Department { code: "11", name: "Aude", region_code: "76", academy_code: "11", time_zone: "Europe/Paris" },
    Department { code: "12", name: "Aveyron", region_code: "76", academy_code: "16", time_zone: "Europe/Paris" },
    Department { code: "13", name: "Bouches-du-Rhône", region_code: "93", academy_code: "02", time_zone: "Europe/Paris" },
    Department { code: "14", name: "Calvados", region_code: "28", academy_code: "70", time_zone: "Europe/Paris" },
    Department { code: "15", name: "Cantal", region_code: "84", academy_code: "06", time_zone: "Europe/Paris" },
    Department { code: "16", name: "Charente", region_code: "75", academy_code: "13", time_zone: "Europe/Paris" },
    Department { code: "17", name: "Charente-Maritime", region_code: "75", academy_code: "13", time_zone: "Europe/Paris" },
    Department { code: "18", name: "Cher", region_code: "24", academy_code: "18", time_zone: "Europe/Paris" },
    Department { code: "19", name: "Corrèze", region_code: "75", academy_code: "22", time_zone: "Europe/Paris" },
    Department { code: "21", name: "Côte-d'Or", region_code: "27", academy_code: "07", time_zone: "Europe/Paris" },
    Department { code: "22", name: "Côtes-d'Armor", region_code: "53", academy_code: "14", time_zone: "Europe/Paris" },
    Department { code: "23", name: "Creuse", region_code: "75", academy_code: "22", time_zone: "Europe/Paris" },
    Department { code: "24", name: "Dordogne", region_code: "75", academy_code: "04", time_zone: "Europe/Paris" },
    Department { code: "25", name: "Doubs", region_code: "27", academy_code: "03", time_zone: "Europe/Paris" },
    Department { code: "26", name: "Drôme", region_code: "84", academy_code: "08", time_zone: "Europe/Paris" },
    Department { code: "27", name: "Eure", region_code: "28", academy_code: "70", time_zone: "Europe/Paris" },
    Department { code: "28", name: "Eure-et-Loir", region_code: "24", academy_code: "18", time_zone: "Europe/Paris" },
    Department { code: "29", name: "Finistère", region_code: "53", academy_code: "14", time_zone: "Europe/Paris" },
    Department { code: "2A", name: "Corse-du-Sud", region_code: "94", academy_code: "27", time_zone: "Europe/Paris" },
    Department { code: "2B", name: "Haute-Corse", region_code: "94", academy_code: "27", time_zone: "Europe/Paris" },
    Department { code: "30", name: "Gard", region_code: "76", academy_code: "11", time_zone: "Europe/Paris" },
    Department { code: "31", name: "Haute-Garonne", region_code: "76", academy_code: "16", time_zone: "Europe/Paris" },
    Department { code: "32", name: "Gers", region_code: "76", academy_code: "16", time_zone: "Europe/Paris" },
    Department { code: "33", name: "Gironde", region_code: "75", academy_code: "04", time_zone: "Europe/Paris" },
    Department { code: "34", name: "Hérault", region_code: "76", academy_code: "11", time_zone: "Europe/Paris" },
    Department { code: "35", name: "Ille-et-Vilaine", region_code: "53", academy_code: "14", time_zone: "Europe/Paris" },
    Department { code: "36", name: "Indre", region_code: "24", academy_code: "18", time_zone: "Europe/Paris" },
    Department { code: "37", name: "Indre-et-Loire", region_code: "24", academy_code: "18", time_zone: "Europe/Paris" },
    Department { code: "38", name: "Isère", region_code: "84", academy_code: "08", time_zone: "Europe/Paris" },
    Department { code: "39", name: "Jura", region_code: "27", academy_code: "03", time_zone: "Europe/Paris" },
    Department { code: "40", name: "Landes", region_code: "75", academy_code: "04", time_zone: "Europe/Paris" },
    Department { code: "41", name: "Loir-et-Cher", region_code: "24", academy_code: "18", time_zone: "Europe/Paris" },
    Department { code: "42", name: "Loire", region_code: "84", academy_code: "10", time_zone: "Europe/Paris" },
    Department { code: "43", name: "Haute-Loire", region_code: "84", academy_code: "06", time_zone: "Europe/Paris" },
    Department { code: "44", name: "Loire-Atlantique", region_code: "52", academy_code: "17", time_zone: "Europe/Paris" },
    Department { code: "45", name: "Loiret", region_code: "24", academy_code: "18", time_zone: "Europe/Paris" },
    Department { code: "46", name: "Lot", region_code: "76", academy_code: "16", time_zone: "Europe/Paris" },
    Department { code: "47", name: "Lot-et-Garonne", region_code: "75", academy_code: "04", time_zone: "Europe/Paris" },
    Department { code: "48", name: "Lozère", region_code: "76", academy_code: "11", time_zone: "Europe/Paris" },
    Department { code: "49", name: "Maine-et-Loire", region_code: "52", academy_code: "17", time_zone: "Europe/Paris" },
    Department { code: "50", name: "Manche", region_code: "28", academy_code: "70", time_zone: "Europe/Paris" },
    Department { code: "51", name: "Marne", region_code: "44", academy_code: "19", time_zone: "Europe/Paris" },
    Department { code: "52", name: "Haute-Marne", region_code: "44", academy_code: "19", time_zone: "Europe/Paris" },
    Department { code: "53", name: "Mayenne", region_code: "52", academy_code: "17", time_zone: "Europe/Paris" },
    Department { code: "54", name: "Meurthe-et-Moselle", region_code: "44", academy_code: "12", time_zone: "Europe/Paris" },
    Department { code: "55", name: "Meuse", region_code: "44", academy_code: "12", time_zone: "Europe/Paris" },
    Department { code: "56", name: "Morbihan", region_code: "53", academy_code: "14", time_zone: "Europe/Paris" },
    Department { code: "57", name: "Moselle", region_code: "44", academy_code: "12", time_zone: "Europe/Paris" },
    Department { code: "58", name: "Nièvre", region_code: "27", academy_code: "07", time_zone: "Europe/Paris" },
    Department { code: "59", name: "Nord", region_code: "32", academy_code: "09", time_zone: "Europe/Paris" },
    Department { code: "60", name: "Oise", region_code: "32", academy_code: "20", time_zone: "Europe/Paris" },
    Department { code: "61", name: "Orne", region_code: "28", academy_code: "70", time_zone: "Europe/Paris" },
    Department { code: "62", name: "Pas-de-Calais", region_code: "32", academy_code: "09", time_zone: "Europe/Paris" },
    Department { code: "63", name: "Puy-de-Dôme", region_code: "84", academy_code: "06", time_zone: "Europe/Paris" },
    Department { code: "64", name: "Pyrénées-Atlantiques", region_code: "75", academy_code: "04", time_zone: "Europe/Paris" },
    Department { code: "65", name: "Hautes-Pyrénées", region_code: "76", academy_code: "16", time_zone: "Europe/Paris" },
    Department { code: "66", name: "Pyrénées-Orientales", region_code: "76", academy_code: "11", time_zone: "Europe/Paris" },
    Department { code: "67", name: "Bas-Rhin", region_code: "44", academy_code: "15", time_zone: "Europe/Paris" },
    Department { code: "68", name: "Haut-Rhin", region_code: "44", academy_code: "15", time_zone: "Europe/Paris" },
    Department { code: "69", name: "Rhône", region_code: "84", academy_code: "10", time_zone: "Europe/Paris" },
    Department { code: "70", name: "Haute-Saône", region_code: "27", academy_code: "03", time_zone: "Europe/Paris" },
    Department { code: "71", name: "Saône-et-Loire", region_code: "27", academy_code: "07", time_zone: "Europe/Paris" },
    Department { code: "72", name: "Sarthe", region_code: "52", academy_code: "17", time_zone: "Europe/Paris" },
    Department { code: "73", name: "Savoie", region_code: "84", academy_code: "08", time_zone: "Europe/Paris" },
    Department { code: "74", name: "Haute-Savoie", region_code: "84", academy_code: "08", time_zone: "Europe/Paris" },
    Department { code: "75", name: "Paris", region_code: "11", academy_code: "01", time_zone: "Europe/Paris" },
    Department { code: "76", name: "Seine-Maritime", region_code: "28", academy_code: "70", time_zone: "Europe/Paris" },
    Department { code: "77", name: "Seine-et-Marne", region_code: "11", academy_code: "24", time_zone: "Europe/Paris" },
    Department { code: "78", name: "Yvelines", region_code: "11", academy_code: "25", time_zone: "Europe/Paris" },
    Department { code: "79", name: "Deux-Sèvres", region_code: "75", academy_code: "13", time_zone: "Europe/Paris" },
    Department { code: "80", name: "Somme", region_code: "32", academy_code: "20", time_zone: "Europe/Paris" },
    Department { code: "81", name: "Tarn", region_code: "76", academy_code: "16", time_zone: "Europe/Paris" },
    Department { code: "82", name: "Tarn-et-Garonne", region_code: "76", academy_code: "16", time_zone: "Europe/Paris" },
    Department { code: "83", name: "Var", region_code: "93", academy_code: "23", time_zone: "Europe/Paris" },
    Department { code: "84", name: "Vaucluse", region_code: "93", academy_code: "02", time_zone: "Europe/Paris" },
    Department { code: "85", name: "Vendée", region_code: "52", academy_code: "17", time_zone: "Europe/Paris" },
    Department { code: "86", name: "Vienne", region_code: "75", academy_code: "13", time_zone: "Europe/Paris" },
    Department { code: "87", name: "Haute-Vienne", region_code: "75", academy_code: "22", time_zone: "Europe/Paris" },
    Department { code: "88", name: "Vosges", region_code: "44", academy_code: "12", time_zone: "Europe/Paris" },
    Department { code: "89", name: "Yonne", region_code: "27", academy_code: "07", time_zone: "Europe/Paris" },
    Department { code: "90", name: "Territoire de Belfort", region_code: "27", academy_code: "03", time_zone: "Europe/Paris" },
    Department { code: "91", name: "Essonne", region_code: "11", academy_code: "25", time_zone: "Europe/Paris" },
    Department { code: "92", name: "Hauts-de-Seine", region_code: "11", academy_code: "25", time_zone: "Europe/Paris" },
    Department { code: "93", name: "Seine-Saint-Denis", region_code: "11", academy_code: "24", time_zone: "Europe/Paris" },
    Department { code: "94", name: "Val-de-Marne", region_code: "11", academy_code: "24", time_zone: "Europe/Paris" },
    Department { code: "95", name: "Val-d'Oise", region_code: "11", academy_code: "25", time_zone: "Europe/Paris" },
    Department { code: "971", name: "Guadeloupe", region_code: "01", academy_code: "32", time_zone: "America/Guadeloupe" },
    Department { code: "972", name: "Martinique", region_code: "02", academy_code: "31", time_zone: "America/Martinique" },
    Department { code: "973", name: "Guyane", region_code: "03", academy_code: "33", time_zone: "America/Cayenne" },
    Department { code: "974", name: "La Réunion", region_code: "04", academy_code: "28", time_zone: "Indian/Reunion" },
    Department { code: "976", name: "Mayotte", region_code: "06", academy_code: "43", time_zone: "Indian/Mayotte" },
];

/// Territories where the directory has schools and no departmental association exists.
pub const TERRITORIES_WITHOUT_ASSOCIATION: [(&str, &str); 6] = [
    ("975", "Saint-Pierre-et-Miquelon"),
    ("977", "Saint-Barthélemy"),
    ("978", "Saint-Martin"),
    ("986", "Wallis-et-Futuna"),
    ("987", "Polynésie française"),
    ("988", "Nouvelle-Calédonie"),
];

text! {
    /// The code of one of the 101 departments; forms of three signs (`031`, `02A`) are normalised.
    pub struct DepartmentCode { min: 2, max: 3, pattern: r"^(0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|97[12346])$", example: "63", parse: parse_department }
}

text! {
    /// The code of a department or of an overseas territory without association (975, 977, 978, 986, 987, 988).
    pub struct TerritoryCode { min: 2, max: 3, pattern: r"^(0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|97[1-8]|98[678])$", example: "63", parse: parse_territory }
}

text! {
    /// The ministry's code of an academy, two digits.
    pub struct AcademyCode { min: 2, max: 2, pattern: r"^[0-9]{2}$", example: "06", parse: parse_academy }
}

impl DepartmentCode {
    pub fn department(&self) -> Option<&'static Department> {
        department(self.as_str())
    }
}

impl AcademyCode {
    /// The academy of a department.
    pub fn of(code: &DepartmentCode) -> Option<Self> {
        code.department().map(|department| Self(department.academy_code.to_owned()))
    }

    /// The departments of an academy.
    pub fn departments(&self) -> impl Iterator<Item = DepartmentCode> + use<> {
        let code = self.0.clone();
        DEPARTMENTS.iter().filter(move |department| department.academy_code == code).map(|department| DepartmentCode(department.code.to_owned()))
    }
}

impl TerritoryCode {
    /// The department, unless this is a territory without association.
    pub fn department(&self) -> Option<&'static Department> {
        department(self.as_str())
    }
}

impl From<&DepartmentCode> for TerritoryCode {
    fn from(code: &DepartmentCode) -> Self {
        Self(code.to_string())
    }
}

pub fn department(code: &str) -> Option<&'static Department> {
    DEPARTMENTS.binary_search_by(|department| department.code.cmp(code)).ok().and_then(|at| DEPARTMENTS.get(at))
}

/// Two signs, upper case; a department written on three signs (`031`, `02A`) loses its zero.
fn normal_form(text: &str) -> String {
    let code = text.to_ascii_uppercase();
    match code.strip_prefix('0') {
        Some(rest) if rest.len() == 2 => rest.to_owned(),
        _ => code,
    }
}

fn parse_department(text: String) -> Result<String, Flaw> {
    let code = normal_form(&text);
    if department(&code).is_some() {
        return Ok(code);
    }
    let without = TERRITORIES_WITHOUT_ASSOCIATION.iter().any(|(known, _)| *known == code);
    Err(Flaw::new(if without { Code::DepartmentWithoutAssociation } else { Code::DepartmentUnknown }))
}

fn parse_territory(text: String) -> Result<String, Flaw> {
    let code = normal_form(&text);
    let known = department(&code).is_some() || TERRITORIES_WITHOUT_ASSOCIATION.iter().any(|(known, _)| *known == code);
    if known { Ok(code) } else { Err(Code::DepartmentUnknown.into()) }
}

fn parse_academy(text: String) -> Result<String, Flaw> {
    if ACADEMIES.iter().any(|academy| academy.code == text) { Ok(text) } else { Err(Code::AcademyUnknown.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departments_are_sorted_and_named_once() {
        assert!(DEPARTMENTS.is_sorted_by(|a, b| a.code < b.code));
        assert!(DEPARTMENTS.iter().all(|d| ACADEMIES.iter().any(|a| a.code == d.academy_code) && REGIONS.iter().any(|r| r.code == d.region_code)));
    }

    #[test]
    fn codes_of_three_signs_are_normalised() {
        for (text, code) in [("031", "31"), ("02A", "2A"), ("2b", "2B"), ("974", "974"), ("63", "63")] {
            assert_eq!(text.parse::<DepartmentCode>().unwrap().as_str(), code);
        }
    }

    #[test]
    fn an_overseas_territory_without_association_is_no_department() {
        assert_eq!("988".parse::<DepartmentCode>().unwrap_err().code, Code::DepartmentWithoutAssociation);
        assert_eq!("988".parse::<TerritoryCode>().unwrap().as_str(), "988");
        assert_eq!("99".parse::<DepartmentCode>().unwrap_err().code, Code::DepartmentUnknown);
    }

    #[test]
    fn the_patterns_of_the_contract_accept_exactly_the_known_codes() {
        let known: Vec<_> = DEPARTMENTS.iter().map(|d| d.code).chain(TERRITORIES_WITHOUT_ASSOCIATION.iter().map(|t| t.0)).collect();
        assert!(known.iter().all(|code| code.parse::<TerritoryCode>().is_ok()));
        assert!(["00", "20", "96", "970", "979", "985"].iter().all(|code| code.parse::<TerritoryCode>().is_err()));
    }
}

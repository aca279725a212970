//! What an establishment is and which values it accepts.

use crate::error::{Code, Flaw};
use crate::values::{AcademyCode, Day, Email, Interval, Phone, TerritoryCode, WebAddress, choice, number, query, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

choice! {
    /// What kind of establishment it is.
    pub enum EstablishmentKind as "establishment_kind" {
        NurserySchool = "nursery_school" ("École maternelle", "Nursery school"),
        ElementarySchool = "elementary_school" ("École élémentaire", "Elementary school"),
        PrimarySchool = "primary_school" ("École primaire", "Primary school"),
        MiddleSchool = "middle_school" ("Collège", "Middle school"),
        GeneralTechnologicalHighSchool = "general_technological_high_school" ("Lycée général et technologique", "General and technological high school"),
        PolyvalentHighSchool = "polyvalent_high_school" ("Lycée polyvalent", "Polyvalent high school"),
        VocationalHighSchool = "vocational_high_school" ("Lycée professionnel", "Vocational high school"),
        Erea = "erea" ("EREA", "Regional school for adapted education"),
        PostSecondary = "post_secondary" ("Enseignement post-bac", "Post-secondary education"),
        MedicoSocial = "medico_social" ("Établissement médico-social", "Medico-social establishment"),
        AdministrativeService = "administrative_service" ("Service administratif", "Administrative service"),
        Other = "other" ("Autre", "Other"),
    }
}

choice! {
    /// Public, or private with or without a contract with the state.
    pub enum Sector as "sector" {
        Public = "public" ("Public", "Public"),
        PrivateUnderContract = "private_under_contract" ("Privé sous contrat", "Private under contract"),
        PrivateWithoutContract = "private_without_contract" ("Privé hors contrat", "Private without contract"),
        Unknown = "unknown" ("Inconnu", "Unknown"),
    }
}

choice! {
    /// Whether the establishment works today.
    pub enum EstablishmentStatus as "establishment_status" {
        Open = "open" ("Ouvert", "Open"),
        Closing = "closing" ("À fermer", "Closing"),
        Opening = "opening" ("À ouvrir", "Opening"),
        Closed = "closed" ("Fermé", "Closed"),
        Merged = "merged" ("Fusionné", "Merged"),
    }
}

choice! {
    /// The level of priority education.
    pub enum PriorityLevel as "priority_level" {
        Rep = "rep" ("REP", "Priority education network"),
        RepPlus = "rep_plus" ("REP+", "Reinforced priority education network"),
    }
}

text! {
    /// The national code of an establishment (UAI): 7 digits and a key letter, the remainder of the number by 23.
    pub struct Uai { min: 8, max: 8, pattern: r"^[0-9]{7}[A-HJ-NPR-Z]$", example: "0630018C", parse: parse_uai }
}

text! {
    /// The name of an establishment.
    pub struct EstablishmentName { max: 200, example: "Collège Jeanne-d'Arc" }
}

text! {
    /// A line of a postal address.
    pub struct AddressLine { max: 150, example: "16 rue du Bugatet" }
}

text! {
    /// A French postal code.
    pub struct PostalCode { min: 5, max: 5, pattern: "^[0-9]{5}$", example: "63000", parse: parse_postal_code }
}

text! {
    /// The name of a town.
    pub struct CityName { max: 100, example: "Clermont-Ferrand" }
}

text! {
    /// The INSEE code of a commune, which may since have been merged into another.
    pub struct CommuneCode { min: 5, max: 5, pattern: "^([0-9]{5}|2[AB][0-9]{3})$", example: "63113", parse: parse_commune }
}

text! {
    /// A SIRET number, 14 digits; its check digit is not required to hold, for the directory has such errors.
    pub struct Siret { min: 14, max: 14, input: 20, pattern: "^[0-9]{14}$", example: "77684512500058", parse: parse_siret }
}

text! {
    /// The ministry's three-digit code of an establishment's nature.
    pub struct NatureCode { min: 3, max: 3, pattern: "^[0-9]{3}$", example: "340", parse: parse_nature }
}

number! {
    /// Number of pupils.
    pub struct Pupils(i32: Integer "int32" as Integer) { 0..=20_000, example: 412 }
}

number! {
    /// Degrees north (WGS 84).
    pub struct Latitude(f64: Double "double" as Number) { -90.0..=90.0, example: 45.7772 }
}

number! {
    /// Degrees east (WGS 84).
    pub struct Longitude(f64: Double "double" as Number) { -180.0..=180.0, example: 3.0870 }
}

/// A postal address in France.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Address {
    /// First line.
    pub line1: Option<AddressLine>,
    /// Second line.
    pub line2: Option<AddressLine>,
    /// Third line.
    pub line3: Option<AddressLine>,
    /// Postal code.
    pub postal_code: Option<PostalCode>,
    /// Town.
    pub city: Option<CityName>,
    /// INSEE code of the commune.
    pub commune_code: Option<CommuneCode>,
}

/// A further place of the same establishment: an annexe, a part of a *cité scolaire*.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Site {
    /// Name of the site.
    pub name: EstablishmentName,
    /// Kind of the site.
    pub kind: EstablishmentKind,
    /// Address of the site.
    pub address: Address,
    /// Phone of the site.
    pub phone: Option<Phone>,
    /// Electronic address of the site.
    pub email: Option<Email>,
}

/// The primary-school district (*circonscription*) whose inspector is in charge of a school.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct District {
    /// UAI of the inspector's office.
    pub uai: Option<Uai>,
    /// Name of the district.
    pub name: EstablishmentName,
}

/// A period in priority education.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PriorityPeriod {
    /// Level in this period.
    pub level: PriorityLevel,
    /// First day.
    pub starts_on: Day,
    /// Last day, `null` while it lasts.
    pub ends_on: Option<Day>,
}

/// All that is known of an establishment but its own history in priority education.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributes {
    pub uai: Uai,
    pub name: EstablishmentName,
    pub kind: EstablishmentKind,
    pub sector: Sector,
    pub status: EstablishmentStatus,
    pub address: Address,
    pub department_code: TerritoryCode,
    pub academy_code: Option<AcademyCode>,
    pub phone: Option<Phone>,
    pub email: Option<Email>,
    pub website: Option<WebAddress>,
    pub pupils: Option<Pupils>,
    pub latitude: Option<Latitude>,
    pub longitude: Option<Longitude>,
    pub siret: Option<Siret>,
    pub nature_code: Option<NatureCode>,
    pub opened_on: Option<Day>,
    pub parent_uai: Option<Uai>,
    pub district: Option<District>,
    pub sites: Vec<Site>,
}

text! {
    /// Words to find, each as the beginning of a word of the name or the town; accents and case do not matter.
    pub struct SearchWords { min: 2, max: 100, example: "jean moulin" }
}

query! {
    /// Filters of establishments.
    pub struct EstablishmentFilters {
        /// National codes.
        uai: Option<Vec<Uai>>,
        /// Words of the name or the town.
        q: Option<SearchWords>,
        /// Departments or overseas territories.
        department: Option<Vec<TerritoryCode>>,
        /// Academies.
        academy: Option<Vec<AcademyCode>>,
        /// Kinds.
        kind: Option<Vec<EstablishmentKind>>,
        /// Sectors.
        sector: Option<Vec<Sector>>,
        /// Statuses.
        status: Option<Vec<EstablishmentStatus>>,
        /// UAI of the establishment they belong to.
        parent: Option<Uai>,
        /// In priority education at one of these levels, on the day of `on`.
        priority: Option<Vec<PriorityLevel>>,
        /// The day for `priority`; today by default.
        on: Option<Day>,
        /// Days, in Europe/Paris, of the last change.
        updated: Option<Interval>,
    }
}

/// The letters of the UAI key, by remainder of the number by 23.
const UAI_KEYS: &[u8; 23] = b"ABCDEFGHJKLMNPRSTUVWXYZ";

fn parse_uai(text: String) -> Result<String, Flaw> {
    let uai = text.to_ascii_uppercase();
    let (digits, letter) = uai.split_at_checked(7).filter(|(digits, _)| digits.bytes().all(|b| b.is_ascii_digit())).ok_or(Code::UaiForm)?;
    let number: usize = digits.parse().map_err(|_| Code::UaiForm)?;
    match letter.as_bytes() {
        [letter] if letter.is_ascii_uppercase() => {
            if UAI_KEYS.get(number % 23) == Some(letter) {
                Ok(uai)
            } else {
                Err(Code::UaiKey.into())
            }
        }
        _ => Err(Code::UaiForm.into()),
    }
}

impl Uai {
    /// The territory that the first three digits name; Corsica has 620 and 720.
    pub fn territory(&self) -> Option<TerritoryCode> {
        match self.as_str().get(..3)? {
            "620" => "2A".parse().ok(),
            "720" => "2B".parse().ok(),
            prefix => prefix.parse().ok(),
        }
    }
}

fn digits(text: String, code: Code) -> Result<String, Flaw> {
    if text.bytes().all(|b| b.is_ascii_digit()) { Ok(text) } else { Err(code.into()) }
}

fn parse_postal_code(text: String) -> Result<String, Flaw> {
    digits(text, Code::PostalCodeForm)
}

fn parse_siret(text: String) -> Result<String, Flaw> {
    let siret = digits(text.replace(' ', ""), Code::SiretForm)?;
    if siret.len() == 14 { Ok(siret) } else { Err(Code::SiretForm.into()) }
}

fn parse_nature(text: String) -> Result<String, Flaw> {
    digits(text, Code::PatternMismatch).map_err(|flaw| flaw.with("expected", "999"))
}

fn parse_commune(text: String) -> Result<String, Flaw> {
    let code = text.to_ascii_uppercase();
    let rest = code.strip_prefix("2A").or_else(|| code.strip_prefix("2B")).unwrap_or(&code);
    if rest.bytes().all(|b| b.is_ascii_digit()) { Ok(code) } else { Err(Code::CommuneForm.into()) }
}

impl Siret {
    /// Whether the check digit holds (Luhn); the post office's own numbers follow another rule and are not schools.
    pub fn passes_luhn(&self) -> bool {
        let sum: u32 = self
            .as_str()
            .bytes()
            .rev()
            .enumerate()
            .map(|(place, digit)| {
                let value = u32::from(digit - b'0') * if place % 2 == 0 { 1 } else { 2 };
                value / 10 + value % 10
            })
            .sum();
        sum.is_multiple_of(10)
    }
}

/// The flaw of a list of periods that overlap or end before they start, with the index of the period at fault.
pub fn priority_flaw(periods: &[PriorityPeriod]) -> Option<(usize, Code)> {
    if let Some(at) = periods.iter().position(|period| period.ends_on.is_some_and(|end| end < period.starts_on)) {
        return Some((at, Code::PeriodReversed));
    }
    let mut order: Vec<usize> = (0..periods.len()).collect();
    order.sort_by_key(|&at| periods.get(at).map(|period| period.starts_on));
    order.iter().zip(order.iter().skip(1)).find_map(|(&before, &after)| {
        let overlaps = periods.get(before)?.ends_on.is_none_or(|end| periods.get(after).is_some_and(|next| end >= next.starts_on));
        overlaps.then_some((after, Code::PeriodOverlap))
    })
}

/// The periods after the directory of a day says `level`: a change takes effect on 1 September of that day's school year,
/// for the map of priority education is set by school year.
pub fn priority_as_of(mut periods: Vec<PriorityPeriod>, level: Option<PriorityLevel>, day: Day) -> Vec<PriorityPeriod> {
    let start = day.school_year_start();
    let current = periods.iter().position(|period| period.starts_on <= day && period.ends_on.is_none_or(|end| day <= end));
    if current.and_then(|at| periods.get(at)).map(|period| period.level) == level {
        return periods;
    }
    if let Some(at) = current {
        if periods.get(at).is_some_and(|period| period.starts_on >= start) {
            periods.remove(at);
        } else if let Some(period) = periods.get_mut(at) {
            period.ends_on = Some(start.previous());
        }
    }
    if let Some(level) = level {
        let next = periods.iter().map(|period| period.starts_on).filter(|starts_on| *starts_on > start).min();
        periods.push(PriorityPeriod { level, starts_on: start, ends_on: next.map(Day::previous) });
    }
    periods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uai_is_accepted_only_with_its_key_letter() {
        assert_eq!("0311131l".parse::<Uai>().unwrap().as_str(), "0311131L");
        assert_eq!("0311131M".parse::<Uai>().unwrap_err().code, Code::UaiKey);
        for text in ["031113L", "03111311", "O311131L", "0311131Ll", "0311131é"] {
            assert!(text.parse::<Uai>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_prefix_of_a_uai_names_its_territory() {
        let territory = |uai: &str| uai.parse::<Uai>().unwrap().territory().unwrap().to_string();
        assert_eq!(territory("0311131L"), "31");
        assert_eq!(territory("6200001G"), "2A");
        assert_eq!(territory("9710001Z"), "971");
    }

    fn period(level: PriorityLevel, from: &str, to: Option<&str>) -> PriorityPeriod {
        PriorityPeriod { level, starts_on: from.parse().unwrap(), ends_on: to.map(|day| day.parse().unwrap()) }
    }

    #[test]
    fn priority_periods_neither_overlap_nor_run_backwards() {
        let rep = |from, to| period(PriorityLevel::Rep, from, to);
        assert_eq!(priority_flaw(&[rep("2020-09-01", Some("2021-08-31")), rep("2021-09-01", None)]), None);
        assert_eq!(priority_flaw(&[rep("2021-09-01", None), rep("2020-09-01", Some("2021-09-01"))]), Some((0, Code::PeriodOverlap)));
        assert_eq!(priority_flaw(&[rep("2021-09-01", Some("2021-08-31"))]), Some((0, Code::PeriodReversed)));
    }

    #[test]
    fn the_directory_opens_changes_and_ends_a_priority_period_at_the_school_year() {
        let day = "2024-11-15".parse().unwrap();
        let opened = priority_as_of(Vec::new(), Some(PriorityLevel::Rep), day);
        assert_eq!(opened, [period(PriorityLevel::Rep, "2024-09-01", None)]);
        assert_eq!(priority_as_of(opened.clone(), Some(PriorityLevel::Rep), day), opened);
        let next = "2025-10-01".parse().unwrap();
        let changed = priority_as_of(opened.clone(), Some(PriorityLevel::RepPlus), next);
        assert_eq!(changed, [period(PriorityLevel::Rep, "2024-09-01", Some("2025-08-31")), period(PriorityLevel::RepPlus, "2025-09-01", None)]);
        assert_eq!(priority_as_of(opened, None, next), [period(PriorityLevel::Rep, "2024-09-01", Some("2025-08-31"))]);
    }
}

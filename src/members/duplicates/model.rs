//! How likely it is that two records are of one person.

use crate::db::Id;
use crate::members::model::ExternalId;
use crate::values::{Day, Phone, choice};
use strsim::normalized_damerau_levenshtein;

choice! {
    /// What two records have in common.
    pub enum DuplicateKey as "duplicate_key" {
        Name = "name" ("Nom et prénom", "Name"),
        SimilarName = "similar_name" ("Nom proche", "Similar name"),
        BirthDate = "birth_date" ("Date de naissance", "Date of birth"),
        Phone = "phone" ("Téléphone", "Phone"),
        Email = "email" ("Courriel", "Email"),
        ExternalId = "external_id" ("Identifiant externe", "External identifier"),
        Address = "address" ("Adresse postale", "Postal address"),
        Establishment = "establishment" ("Établissement", "Establishment"),
    }
}

impl DuplicateKey {
    /// What the key adds to a score. An address for electronic mail is often shared by a couple: alone it proves nothing.
    fn weight(self) -> i32 {
        match self {
            Self::Name => 45,
            Self::SimilarName => 35,
            Self::BirthDate | Self::ExternalId => 30,
            Self::Phone | Self::Email => 15,
            Self::Address => 10,
            Self::Establishment => 5,
        }
    }
}

/// The least score of a candidate: a name and an address, a similar name and a date of birth.
pub const THRESHOLD: i32 = 55;
/// Two different dates of birth: one may be mistyped.
const OTHER_BIRTH: i32 = -25;
/// One first name under two last names, as after a marriage; two first names, as of twins and couples.
const SAME_FIRST: i32 = 10;
const OTHER_FIRST: i32 = -20;
/// The least likeness of two names that a slip of the keyboard makes of one.
const SIMILAR: f64 = 0.84;

/// What is compared of a record; texts are folded.
#[derive(Debug, Clone, Default)]
pub struct Traits {
    pub last_name: String,
    pub first_name: String,
    pub birth_name: Option<String>,
    pub birth_date: Option<Day>,
    pub phone: Option<Phone>,
    pub email_key: Option<String>,
    pub external_ids: Vec<ExternalId>,
    /// Street and postal code.
    pub address: Option<(String, String)>,
    pub establishment_id: Option<Id>,
}

impl Traits {
    /// The names under which somebody may have been recorded: also by the name at birth.
    pub fn names(&self) -> Vec<String> {
        let last_names = [Some(&self.last_name), self.birth_name.as_ref()];
        last_names.into_iter().flatten().map(|last| format!("{last} {}", self.first_name)).collect()
    }

    /// The same, first and last name taken for each other.
    pub fn swapped(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

/// How alike two records are, and in what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    /// From 0 to 100.
    pub score: i32,
    pub keys: Vec<DuplicateKey>,
}

fn name_key(one: &Traits, other: &Traits) -> Option<DuplicateKey> {
    let others: Vec<String> = other.names().into_iter().chain([other.swapped()]).collect();
    let mut similar = false;
    for name in one.names() {
        for other in &others {
            if name == *other {
                return Some(DuplicateKey::Name);
            }
            similar = similar || normalized_damerau_levenshtein(&name, other) >= SIMILAR || within(&name, other) || within(other, &name);
        }
    }
    similar.then_some(DuplicateKey::SimilarName)
}

/// Whether every word of a name of several is one of the other, as of `dupont claire` and `dupont martin claire`.
fn within(name: &str, other: &str) -> bool {
    let words: Vec<&str> = other.split(' ').collect();
    name.contains(' ') && name.split(' ').all(|word| words.contains(&word))
}

fn same<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
    one.is_some() && one == other
}

/// Compares two records; none where there are too few reasons to take them for one person's.
pub fn compare(one: &Traits, other: &Traits) -> Option<Likeness> {
    let name = name_key(one, other);
    let named = |id: &ExternalId| other.external_ids.iter().any(|theirs| theirs.system == id.system && theirs.value == id.value);
    let found = [
        (DuplicateKey::BirthDate, same(&one.birth_date, &other.birth_date)),
        (DuplicateKey::Phone, same(&one.phone, &other.phone)),
        (DuplicateKey::Email, same(&one.email_key, &other.email_key)),
        (DuplicateKey::ExternalId, one.external_ids.iter().any(named)),
        (DuplicateKey::Address, same(&one.address, &other.address)),
        (DuplicateKey::Establishment, same(&one.establishment_id, &other.establishment_id)),
    ];
    let keys: Vec<DuplicateKey> = name.into_iter().chain(found.into_iter().filter_map(|(key, found)| found.then_some(key))).collect();
    let mut score: i32 = keys.iter().map(|key| key.weight()).sum();
    if one.birth_date.is_some() && other.birth_date.is_some() && one.birth_date != other.birth_date {
        score += OTHER_BIRTH;
    }
    if name.is_none() {
        score += if one.first_name == other.first_name { SAME_FIRST } else { OTHER_FIRST };
    }
    (score >= THRESHOLD).then(|| Likeness { score: score.min(100), keys })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::fold::fold;

    fn somebody(last: &str, first: &str, birth: Option<&str>, phone: Option<&str>, email: Option<&str>) -> Traits {
        Traits {
            last_name: fold(last),
            first_name: fold(first),
            birth_date: birth.map(|day| day.parse().unwrap()),
            phone: phone.map(|phone| phone.parse().unwrap()),
            email_key: email.map(str::to_owned),
            ..Traits::default()
        }
    }

    fn score(one: &Traits, other: &Traits) -> Option<i32> {
        let (there, back) = (compare(one, other), compare(other, one));
        assert_eq!(there, back, "likeness goes both ways");
        there.map(|likeness| likeness.score)
    }

    #[test]
    fn one_person_is_recognised_behind_slips_swaps_and_marriages() {
        let claire = somebody("Dubœuf", "Claire", Some("1980-05-02"), Some("0601020304"), Some("claire@example.org"));
        let born = somebody("DUBOEUF", "Clare", Some("1980-05-02"), None, None);
        assert_eq!(score(&claire, &born), Some(65));
        assert_eq!(score(&claire, &somebody("Claire", "Dubœuf", Some("1980-05-02"), None, None)), Some(75));
        assert_eq!(score(&claire, &somebody("Martin", "Claire", Some("1980-05-02"), Some("0601020304"), None)), Some(55));
        assert_eq!(score(&claire, &somebody("Dubœuf Martin", "Claire", Some("1980-05-02"), None, None)), Some(65));
        let mut married = somebody("Martin", "Claire", None, None, Some("claire@example.org"));
        assert_eq!(score(&claire, &married), None);
        married.birth_name = Some("duboeuf".to_owned());
        assert_eq!(score(&claire, &married), Some(60));
        assert_eq!(score(&claire, &somebody("Dubœuf", "Claire", Some("1980-02-05"), Some("0601020304"), Some("claire@example.org"))), None);
    }

    #[test]
    fn couples_twins_and_namesakes_are_not_taken_for_one() {
        let paul = somebody("Martin", "Paul", Some("1980-05-02"), Some("0601020304"), Some("martin@example.org"));
        for other in [
            somebody("Martin", "Claire", None, Some("0601020304"), Some("martin@example.org")),
            somebody("Martin", "Luc", Some("1980-05-02"), Some("0601020304"), Some("martin@example.org")),
            somebody("Martin", "Paul", Some("1955-01-09"), None, None),
            somebody("Martin", "Paul", None, None, None),
            somebody("Nunez", "Ana", None, None, Some("martin@example.org")),
        ] {
            assert_eq!(score(&paul, &other), None, "{other:?}");
        }
    }
}

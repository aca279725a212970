//! By what one person is recognised in two dossiers: the record of a member, a name with a date of birth, an address, a phone. A name
//! alone is no mark: too many share it.

use super::store::PartyRow;
use crate::auth::RecordKey;
use crate::db::Id;
use crate::members::store::MemberRow;
use crate::values::fold::fold;
use crate::values::{Day, Email, Phone};

/// What somebody is recognised by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    pub members: Vec<Id>,
    /// Names as `name_mark` gives them, each with a date of birth.
    pub names: Vec<(String, Day)>,
    /// In lower case.
    pub emails: Vec<String>,
    pub phones: Vec<String>,
}

/// The words of a name, folded, in an order of their own: some write the first name first.
pub fn name_mark(name: &str) -> String {
    let folded = fold(name);
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    words.sort_unstable();
    words.join(" ")
}

/// The names under which a member may be known.
pub fn names_of(last_name: &str, first_name: &str, birth_name: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = [Some(last_name), birth_name].into_iter().flatten().map(|name| name_mark(&format!("{name} {first_name}"))).collect();
    names.dedup();
    names
}

impl Marks {
    pub fn of_member(row: &MemberRow) -> Self {
        let names = names_of(row.last_name.as_str(), row.first_name.as_str(), row.birth_name.as_ref().map(|name| name.as_str()));
        Self {
            members: vec![row.id],
            names: row.birth_date.map_or_else(Vec::new, |day| names.into_iter().map(|name| (name, day)).collect()),
            emails: row.email_key.iter().cloned().collect(),
            phones: row.phone.iter().map(|phone| phone.as_str().to_owned()).collect(),
        }
    }

    /// What is said of a party, and what the record says of the member that it is.
    pub fn of_party(row: &PartyRow, member: Option<&MemberRow>) -> Self {
        let PartyRow { display_name, birth_date, email, phone, .. } = row;
        let mut marks = member.map(Self::of_member).unwrap_or_default();
        let name = display_name.as_ref().map(|name| name_mark(name.as_str())).filter(|name| !name.is_empty());
        marks.names.extend(name.zip(*birth_date));
        marks.emails.extend(email.as_ref().map(|email: &Email| email.as_str().to_lowercase()));
        marks.phones.extend(phone.as_ref().map(|phone: &Phone| phone.as_str().to_owned()));
        marks
    }

    /// The marks under the key of the house, each once and in one order.
    pub fn digests(&self, key: &RecordKey) -> Vec<Vec<u8>> {
        let digest = |kind: &[u8], parts: &[&[u8]]| key.digest(&[&[b"party".as_slice(), kind], parts].concat());
        let members = self.members.iter().map(|id| digest(b"member", &[id.as_bytes()]));
        let names = self.names.iter().map(|(name, day)| digest(b"name", &[name.as_bytes(), day.to_string().as_bytes()]));
        let emails = self.emails.iter().map(|email| digest(b"email", &[email.as_bytes()]));
        let phones = self.phones.iter().map(|phone| digest(b"phone", &[phone.as_bytes()]));
        let mut digests: Vec<Vec<u8>> = members.chain(names).chain(emails).chain(phones).collect();
        digests.sort_unstable();
        digests.dedup();
        digests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_any_order_case_and_spelling() {
        for name in ["Claire Dubœuf", "DUBOEUF Claire", " dubœuf,  claire "] {
            assert_eq!(name_mark(name), "claire duboeuf", "{name}");
        }
        assert_eq!(names_of("Martin", "Zoé", Some("Dubœuf")), ["martin zoe", "duboeuf zoe"]);
        assert_eq!(names_of("Martin", "Zoé", Some("MARTIN")), ["martin zoe"]);
    }

    #[test]
    fn the_kinds_of_marks_never_meet_and_another_key_gives_other_digests() {
        let emails = Marks { emails: vec!["x".to_owned()], ..Marks::default() };
        let phones = Marks { phones: vec!["x".to_owned()], ..Marks::default() };
        let (key, other) = (RecordKey::new(b"one"), RecordKey::new(b"other"));
        assert_ne!(emails.digests(&key), phones.digests(&key));
        assert_ne!(emails.digests(&key), emails.digests(&other));
        let twice = Marks { emails: vec!["x".to_owned(), "x".to_owned()], ..Marks::default() };
        assert_eq!(twice.digests(&key), emails.digests(&key));
    }
}

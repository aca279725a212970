//! Who may be a correspondent beside whom.

use crate::error::Code;
use crate::values::{Day, query};

query! {
    /// Filters of correspondents.
    pub struct CorrespondentFilters {
        /// Those in office on this day.
        on: Option<Day>,
    }
}

/// What counts when terms of office meet: the folded name, and whether the office is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub name_key: String,
    pub co_correspondent: bool,
}

/// Why a term cannot stand beside others of its establishment that share a day with it: one person holds one term at a
/// time, and an office is shared only by those who are all marked so.
pub fn office_flaw(term: &Term, others: &[Term]) -> Option<Code> {
    if others.iter().any(|other| other.name_key == term.name_key) {
        return Some(Code::CorrespondentPeriodOverlap);
    }
    let shared = term.co_correspondent && others.iter().all(|other| other.co_correspondent);
    (!others.is_empty() && !shared).then_some(Code::CorrespondentInOffice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(name_key: &str, co_correspondent: bool) -> Term {
        Term { name_key: name_key.to_owned(), co_correspondent }
    }

    #[test]
    fn an_office_is_shared_only_by_those_who_are_all_marked_so() {
        let (alone, shared) = (term("zoe", false), term("zoe", true));
        assert_eq!(office_flaw(&alone, &[]), None);
        assert_eq!(office_flaw(&alone, &[term("ali", true)]), Some(Code::CorrespondentInOffice));
        assert_eq!(office_flaw(&shared, &[term("ali", true), term("bea", false)]), Some(Code::CorrespondentInOffice));
        assert_eq!(office_flaw(&shared, &[term("ali", true), term("bea", true)]), None);
    }

    #[test]
    fn one_person_holds_one_term_at_a_time_even_in_a_shared_office() {
        assert_eq!(office_flaw(&term("zoe", true), &[term("zoe", true)]), Some(Code::CorrespondentPeriodOverlap));
    }
}

//! What a lawyer partner is, and when a case can be entrusted to one.

use crate::error::Code;
use crate::values::{Day, DepartmentCode, choice, number, query, text};

choice! {
    /// What a lawyer partner pleads in.
    pub enum Speciality as "speciality" {
        Criminal = "criminal" ("Droit pénal", "Criminal law"),
        Administrative = "administrative" ("Droit administratif", "Administrative law"),
        Disciplinary = "disciplinary" ("Droit disciplinaire", "Disciplinary law"),
        Press = "press" ("Droit de la presse", "Press law"),
        Liability = "liability" ("Responsabilité", "Liability"),
        Family = "family" ("Droit de la famille", "Family law"),
        Digital = "digital" ("Droit du numérique", "Digital law"),
    }
}

text! {
    /// The bar to which a lawyer belongs, by its town.
    pub struct Bar { max: 80, example: "Clermont-Ferrand" }
}

text! {
    /// The firm in which a lawyer works.
    pub struct Firm { max: 160, example: "SCP Lac et associés" }
}

text! {
    /// Beginnings of words of a name.
    pub struct LawyerSearch { max: 80, example: "lac" }
}

number! {
    /// How many mandates a lawyer accepts in a civil year.
    pub struct YearlyCapacity(i32: Integer "int32" as Integer) { 0..=1000, example: 12 }
}

query! {
    /// Filters of lawyer partners.
    pub struct LawyerFilters {
        /// Those who plead in this department.
        department: Option<DepartmentCode>,
        /// Those who plead in this.
        speciality: Option<Speciality>,
        /// Those of this bar.
        bar: Option<Bar>,
        /// Those whose name has words that begin so.
        q: Option<LawyerSearch>,
        /// Those who are under agreement and not away on this day.
        available: Option<Day>,
    }
}

/// What is asked of a lawyer partner before a case is entrusted to them.
#[derive(Debug, Clone)]
pub struct Standing {
    pub departments: Vec<DepartmentCode>,
    pub agreement_from: Day,
    pub agreement_to: Option<Day>,
    pub away: bool,
    /// Whether they plead, or pleaded, for the other side of the dossier, or are a party themselves.
    pub in_conflict: bool,
    pub capacity: Option<YearlyCapacity>,
    /// The mandates of the year that count against it.
    pub taken: i32,
}

impl Standing {
    /// Why a dossier of a department cannot be entrusted to them on a day, if it cannot.
    pub fn flaw(&self, department: &DepartmentCode, day: Day) -> Option<Code> {
        let agreed = self.agreement_from <= day && self.agreement_to.is_none_or(|end| day <= end);
        match () {
            () if self.in_conflict => Some(Code::ConflictBarred),
            () if !agreed => Some(Code::LawyerOutOfAgreement),
            () if !self.departments.contains(department) => Some(Code::LawyerElsewhere),
            () if self.away => Some(Code::LawyerUnavailable),
            () if self.left() == Some(0) => Some(Code::LawyerOutOfCapacity),
            () => None,
        }
    }

    /// How many more mandates they accept this year; none where no number was agreed.
    pub fn left(&self) -> Option<i32> {
        self.capacity.map(|capacity| (capacity.get() - self.taken).max(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::Number;

    fn standing() -> Standing {
        let day = |text: &str| text.parse().unwrap();
        Standing {
            departments: vec!["63".parse().unwrap()],
            agreement_from: day("2026-01-01"),
            agreement_to: Some(day("2026-12-31")),
            away: false,
            in_conflict: false,
            capacity: YearlyCapacity::checked(2).ok(),
            taken: 1,
        }
    }

    fn flaw(standing: &Standing, department: &str, day: &str) -> Option<Code> {
        standing.flaw(&department.parse().unwrap(), day.parse().unwrap())
    }

    #[test]
    fn a_case_is_entrusted_under_agreement_where_the_lawyer_pleads_and_has_room() {
        let able = standing();
        assert_eq!(flaw(&able, "63", "2026-01-01"), None);
        assert_eq!(flaw(&able, "63", "2026-12-31"), None);
        for day in ["2025-12-31", "2027-01-01"] {
            assert_eq!(flaw(&able, "63", day), Some(Code::LawyerOutOfAgreement));
        }
        assert_eq!(flaw(&able, "03", "2026-06-01"), Some(Code::LawyerElsewhere));
        assert_eq!(flaw(&Standing { away: true, ..standing() }, "63", "2026-06-01"), Some(Code::LawyerUnavailable));
        assert_eq!(flaw(&Standing { in_conflict: true, ..standing() }, "63", "2026-06-01"), Some(Code::ConflictBarred));
        assert_eq!(flaw(&Standing { taken: 2, ..standing() }, "63", "2026-06-01"), Some(Code::LawyerOutOfCapacity));
    }

    #[test]
    fn what_is_left_is_never_less_than_nothing_and_has_no_end_without_a_number() {
        assert_eq!((standing().left(), Standing { taken: 5, ..standing() }.left()), (Some(1), Some(0)));
        assert_eq!(Standing { capacity: None, taken: 500, ..standing() }.left(), None);
    }
}

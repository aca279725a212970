//! The main posts of one member in time, and what becomes of them when somebody tells where the member works from a day on.

use super::model::{Employer, EmploymentStatus, Occupation};
use super::store::EmploymentRow;
use crate::db::{Id, Instant};
use crate::values::Day;

/// What is told of a post; what is not told stays as it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub occupation: Option<Occupation>,
    pub employment_status: Option<EmploymentStatus>,
    pub employer: Option<Employer>,
    pub establishment_id: Option<Id>,
}

impl Told {
    fn apply(&self, row: &mut EmploymentRow) {
        row.occupation = self.occupation.unwrap_or(row.occupation);
        row.employment_status = self.employment_status.or(row.employment_status);
        row.employer = self.employer.or(row.employer);
        row.establishment_id = self.establishment_id.or(row.establishment_id);
    }

    fn agrees(&self, row: &EmploymentRow) -> bool {
        let mut told = row.clone();
        self.apply(&mut told);
        told == *row
    }
}

/// Tells that from a day on the member holds this post: what was before ends the day before, what comes later stays. True if that
/// was not known already. The rows are main posts that do not overlap, in any order.
pub fn tell(rows: &mut Vec<EmploymentRow>, member_id: Id, from: Day, told: &Told, now: Instant) -> bool {
    let there = |row: &&mut EmploymentRow| row.starts_on <= from && row.ends_on.is_none_or(|end| from <= end);
    let mut made = EmploymentRow {
        id: Id::new(),
        member_id,
        starts_on: from,
        ends_on: None,
        occupation: Occupation::Other,
        employment_status: None,
        employer: None,
        establishment_id: None,
        secondary: false,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    match rows.iter_mut().find(there) {
        Some(row) if told.agrees(row) => return false,
        Some(row) if row.starts_on == from => {
            told.apply(row);
            return true;
        }
        Some(row) => {
            made.ends_on = row.ends_on;
            row.ends_on = Some(from.previous());
            // Another school is another post: what was true of the old one is not of the new.
            if told.establishment_id.is_none() || told.establishment_id == row.establishment_id {
                (made.employment_status, made.employer, made.establishment_id) = (row.employment_status, row.employer, row.establishment_id);
            }
            made.occupation = row.occupation;
        }
        None => made.ends_on = rows.iter().map(|row| row.starts_on).filter(|start| *start > from).min().map(Day::previous),
    }
    told.apply(&mut made);
    rows.push(made);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Instant {
        Instant::from_micros(0).unwrap()
    }

    proptest! {
        #[test]
        fn posts_never_overlap_and_what_was_told_last_of_a_day_holds(told in prop::collection::vec((0_i64..400, 0_usize..3), 1..12)) {
            let (origin, occupations) = ("2026-01-01".parse::<Day>().unwrap(), [Occupation::Cpe, Occupation::Aed, Occupation::Nurse]);
            let (mut rows, member_id) = (Vec::new(), Id::new());
            for (at, occupation) in told {
                let told = Told { occupation: Some(occupations[occupation]), ..Told::default() };
                let from = origin.plus(at);
                tell(&mut rows, member_id, from, &told, now());
                let there: Vec<_> = rows.iter().filter(|row| row.starts_on <= from && row.ends_on.is_none_or(|end| from <= end)).collect();
                prop_assert_eq!(there.len(), 1);
                prop_assert_eq!(there[0].occupation, occupations[occupation]);
                prop_assert!(!tell(&mut rows.clone(), member_id, from, &told, now()), "told twice, it is known");
                for one in &rows {
                    prop_assert!(one.ends_on.is_none_or(|end| one.starts_on <= end));
                    for other in rows.iter().filter(|other| other.id != one.id) {
                        let apart = one.ends_on.is_some_and(|end| end < other.starts_on) || other.ends_on.is_some_and(|end| end < one.starts_on);
                        prop_assert!(apart, "{:?} {:?}", one, other);
                    }
                }
            }
        }
    }
}

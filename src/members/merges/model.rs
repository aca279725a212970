//! What a merge did, what is left of it, and how long it can be undone.

use crate::auth::Role;
use crate::db::{Id, Instant};
use crate::members::memberships::model::MembershipState;
use crate::values::{Day, choice, commands};
use crate::workflow::{Lifecycle, Reason, step};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

choice! {
    /// Whether a merge still holds.
    pub enum MergeStatus as "member_merge_status" {
        Merged = "merged" ("Fusionnées", "Merged"),
        Undone = "undone" ("Fusion annulée", "Undone"),
    }
}

/// Days for which a merge can be undone: a quarter's letters have come back by then, and less is known by heart later.
pub const UNDO_DAYS: i64 = 30;

pub const LIFECYCLE: Lifecycle<MergeStatus> = Lifecycle {
    resource: "member_merge",
    initial: MergeStatus::Merged,
    transitions: &[step(
        "undo",
        &[MergeStatus::Merged],
        Some(MergeStatus::Undone),
        &[Role::DepartmentHead, Role::DepartmentStaff],
        "Annuler la fusion",
        "Undo the merge",
    )],
};

commands! {
    /// Moves a merge on.
    pub enum MergeCommand {
        /// Makes two records of it again: what was moved goes back, but for what was changed since.
        Undo as "undo" {
            /// Why.
            reason: Reason,
        },
    }
}

/// What a row was before a merge changed more of it than whose it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Was {
    /// The state of a period that is superseded now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<MembershipState>,
    /// A post that was a main one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub main: bool,
    /// The days of a term that was shortened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<(Day, Option<Day>)>,
    /// A term that was taken away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub standing: bool,
}

/// A row that was moved to the record that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedRow {
    pub table: String,
    pub id: Id,
    /// The version at which the merge left it; none where the table has none.
    pub version: Option<i32>,
    #[serde(default, skip_serializing_if = "is_usual")]
    pub was: Was,
}

fn is_usual(was: &Was) -> bool {
    *was == Was::default()
}

/// A field that the record which stays took over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gained {
    pub field: String,
    pub before: Value,
    pub after: Value,
}

/// All that a merge did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub rows: Vec<MovedRow>,
    pub gained: Vec<Gained>,
    /// What undoing it left with the record that stayed, for it was changed since: by table, rows, and fields.
    #[serde(default)]
    pub kept: Vec<MovedRow>,
    #[serde(default)]
    pub kept_fields: Vec<String>,
}

/// Rows by table: how many, and in how many more was changed than whose they are.
pub fn by_table(rows: &[MovedRow]) -> BTreeMap<&str, (i32, i32)> {
    let mut counts = BTreeMap::new();
    for row in rows {
        let (count, altered) = counts.entry(row.table.as_str()).or_insert((0, 0));
        *count += 1;
        *altered += i32::from(!is_usual(&row.was));
    }
    counts
}

/// The last moment at which a merge can be undone.
pub fn undo_until(merged_at: Instant) -> Instant {
    Instant(merged_at.0 + chrono::Duration::days(UNDO_DAYS))
}

/// The part of one term that another leaves free: its later part where it lies on both sides. None where nothing is left.
pub fn apart((starts_on, ends_on): (Day, Option<Day>), (from, to): (Day, Option<Day>)) -> Option<(Day, Option<Day>)> {
    let overlaps = ends_on.is_none_or(|end| from <= end) && to.is_none_or(|to| starts_on <= to);
    if !overlaps {
        return Some((starts_on, ends_on));
    }
    let after = to.map(Day::next).filter(|next| ends_on.is_none_or(|end| *next <= end));
    let before = || (starts_on < from).then(|| (starts_on, Some(from.previous())));
    after.map(|next| (next, ends_on)).or_else(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_gives_way_to_another_and_keeps_what_it_leaves_free() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let term = |from: &str, to: &str| (day(from), (!to.is_empty()).then(|| day(to)));
        let other = term("2026-03-01", "2026-06-30");
        for (own, left) in [
            (term("2026-01-01", "2026-02-28"), Some(term("2026-01-01", "2026-02-28"))),
            (term("2026-01-01", "2026-04-01"), Some(term("2026-01-01", "2026-02-28"))),
            (term("2026-04-01", "2026-05-01"), None),
            (term("2026-04-01", ""), Some(term("2026-07-01", ""))),
            (term("2026-01-01", ""), Some(term("2026-07-01", ""))),
        ] {
            assert_eq!(apart(own, other), left, "{own:?}");
        }
        assert_eq!(apart(term("2026-04-01", ""), term("2026-03-01", "")), None);
        assert_eq!(apart(term("2026-01-01", ""), term("2026-03-01", "")), Some(term("2026-01-01", "2026-02-28")));
    }
}

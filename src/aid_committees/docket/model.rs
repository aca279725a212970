//! What a committee is shown of a request, under which number, and what a majority is.

use crate::audit::Author;
use crate::db::Id;
use crate::error::Flaw;
use crate::financial_aid_requests::checks::Check;
use crate::financial_aid_requests::model::{AidCheckOutcome, AidNature, AidReason, AidRule, AidText};
use crate::financial_aid_requests::sheet::{AidSheetView, HouseholdSize};
use crate::financial_aid_requests::store::AidRequestRow;
use crate::values::{Money, body, choice, query, text};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

choice! {
    /// For what a request is on a docket.
    pub enum DocketKind as "docket_kind" {
        Decision = "decision" ("Décision", "Decision"),
        Ratification = "ratification" ("Ratification d'une aide urgente", "Ratification of urgent aid"),
    }
}

choice! {
    /// What became of what is on a docket.
    pub enum DocketStatus as "docket_status" {
        Listed = "listed" ("Inscrite", "Listed"),
        Granted = "granted" ("Accordée", "Granted"),
        PartlyGranted = "partly_granted" ("Accordée en partie", "Partly granted"),
        Refused = "refused" ("Refusée", "Refused"),
        Adjourned = "adjourned" ("Ajournée", "Adjourned"),
        Ratified = "ratified" ("Ratifiée", "Ratified"),
        NotRatified = "not_ratified" ("Non ratifiée", "Not ratified"),
        TakenBack = "taken_back" ("Retirée", "Taken back"),
    }
}

choice! {
    /// What somebody votes: for the aid or its ratification, against it, or neither.
    pub enum VoteChoice as "vote_choice" {
        For = "for" ("Pour", "For"),
        Against = "against" ("Contre", "Against"),
        Abstain = "abstain" ("Abstention", "Abstention"),
    }
}

text! {
    /// The number that stands for a request in one session.
    pub struct Pseudonym { max: 8, pattern: "^[A-Z]-[0-9]{2}$", example: "A-07" }
}

/// As many numbers as a letter and two digits make.
const NUMBERS: u64 = 26 * 99;

impl Pseudonym {
    /// A number for a request in a session that none of these stands for: drawn by the house's key, so that neither the request nor
    /// the order in which it came can be told from it.
    pub fn drawn(author: &Author, session_id: Id, request_id: Id, taken: &HashSet<String>) -> Result<Self, Flaw> {
        let digest = author.key.digest(&[b"docket", session_id.as_bytes(), request_id.as_bytes()]);
        let first = digest.iter().take(7).fold(0, |number, byte| number * 256 + u64::from(*byte)) % NUMBERS;
        let free = (0..NUMBERS).map(|step| Self::numbered((first + step) % NUMBERS)).find(|name| !taken.contains(name));
        free.unwrap_or_default().parse()
    }

    fn numbered(number: u64) -> String {
        let letter = u8::try_from(number / 99).map_or('A', |letter| char::from(b'A' + letter));
        format!("{letter}-{:02}", number % 99 + 1)
    }
}

/// Most requests on one docket: far fewer than there are numbers, so that each is drawn.
pub const DOCKET_MAX: usize = 500;

/// What a rule says of a request, without what it measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DocketCheck {
    /// The rule.
    pub rule: AidRule,
    /// What it says.
    pub outcome: AidCheckOutcome,
}

/// What a committee is shown of a request: what it needs to decide, and nothing that tells whose it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocketBrief {
    pub nature: AidNature,
    pub reason: AidReason,
    pub asked: Money,
    /// What was granted urgently.
    pub granted_urgently: Option<Money>,
    pub household_size: Option<HouseholdSize>,
    pub resources: Option<Money>,
    pub charges: Option<Money>,
    pub checks: Vec<DocketCheck>,
    pub note: Option<AidText>,
}

impl DocketBrief {
    pub fn of(request: &AidRequestRow, checks: &[Check]) -> Self {
        let sheet = request.sheet.as_ref().map(|sheet| AidSheetView::from(sheet.0.clone()));
        Self {
            nature: request.nature,
            reason: request.reason,
            asked: request.asked_cents,
            granted_urgently: request.granted_cents,
            household_size: sheet.as_ref().map(|sheet| sheet.household_size),
            resources: sheet.as_ref().map(|sheet| sheet.resources_total),
            charges: sheet.as_ref().map(|sheet| sheet.charges_total),
            checks: checks.iter().map(|check| DocketCheck { rule: check.rule, outcome: check.outcome }).collect(),
            note: request.instruction_note.clone(),
        }
    }
}

/// What the votes cast come to: more for than against or the reverse, and where they are equal, as the chair voted.
pub fn majority(votes_for: i32, votes_against: i32, chair: Option<VoteChoice>) -> Option<VoteChoice> {
    match votes_for.cmp(&votes_against) {
        std::cmp::Ordering::Greater => Some(VoteChoice::For),
        std::cmp::Ordering::Less => Some(VoteChoice::Against),
        std::cmp::Ordering::Equal => chair.filter(|choice| *choice != VoteChoice::Abstain),
    }
}

query! {
    /// Filters of a docket.
    pub struct DocketFilters {
        /// What became of them.
        status: Option<Vec<DocketStatus>>,
        /// For what they are there.
        kind: Option<Vec<DocketKind>>,
    }
}

body! {
    /// Puts a request before a session.
    pub struct PutOnDocket {
        /// The request for aid.
        request_id: Id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_majority_of_the_votes_cast_decides_and_the_chair_where_they_are_equal() {
        let (with, against, none) = (VoteChoice::For, VoteChoice::Against, VoteChoice::Abstain);
        assert_eq!((majority(2, 1, Some(against)), majority(1, 2, Some(with))), (Some(with), Some(against)));
        assert_eq!((majority(1, 1, Some(with)), majority(1, 1, Some(against))), (Some(with), Some(against)));
        assert_eq!((majority(1, 1, Some(none)), majority(0, 0, None)), (None, None));
    }

    #[test]
    fn numbers_differ_from_session_to_session_and_in_one_as_long_as_there_are_any() {
        let author = Author::console("test", &crate::auth::RecordKey::new(b"key"));
        let (request, mut taken) = (Id::new(), HashSet::new());
        let drawn: HashSet<String> = (0..20).map(|_| Pseudonym::drawn(&author, Id::new(), request, &taken).unwrap().to_string()).collect();
        assert!(drawn.len() > 15, "{drawn:?}");
        let session = Id::new();
        for _ in 0..NUMBERS {
            assert!(taken.insert(Pseudonym::drawn(&author, session, Id::new(), &taken).unwrap().to_string()));
        }
        assert!(Pseudonym::drawn(&author, session, request, &taken).is_err());
    }
}

//! What a mandate is: for what, to whom, by whose choice.

use crate::db::Id;
use crate::error::{Code, Flaw};
use crate::lawyers::model::Bar;
use crate::values::{Day, DisplayName, body, choice, query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

choice! {
    /// What a lawyer is asked to do.
    pub enum MandateNature as "mandate_nature" {
        OrientationConsultation = "orientation_consultation" ("Consultation d'orientation", "Orientation consultation"),
        Representation = "representation" ("Représentation", "Representation"),
    }
}

choice! {
    /// Why a lawyer is consulted.
    pub enum ConsultationPurpose as "consultation_purpose" {
        Reassurance = "reassurance" ("Rassurer", "Reassurance"),
        LegalNecessity = "legal_necessity" ("Nécessité juridique", "Legal necessity"),
    }
}

choice! {
    /// What a lawyer who was consulted advises.
    pub enum Advice as "mandate_advice" {
        Mediation = "mediation" ("Médiation", "Mediation"),
        Letter = "letter" ("Courrier", "Letter"),
        Complaint = "complaint" ("Plainte", "Complaint"),
        Proceedings = "proceedings" ("Procédure", "Proceedings"),
        None = "none" ("Aucune suite", "None"),
    }
}

choice! {
    /// Why a lawyer declines.
    pub enum DeclineReason as "mandate_decline_reason" {
        ConflictOfInterest = "conflict_of_interest" ("Conflit d'intérêts", "Conflict of interest"),
        Unavailable = "unavailable" ("Indisponible", "Unavailable"),
        OutsideSpeciality = "outside_speciality" ("Hors spécialité", "Outside the speciality"),
        Fees = "fees" ("Honoraires", "Fees"),
        Other = "other" ("Autre", "Other"),
    }
}

choice! {
    /// State of a mandate. A proposal that nobody answered expires by the calendar.
    pub enum MandateStatus as "mandate_status" {
        Proposed = "proposed" ("Proposé", "Proposed"),
        Accepted = "accepted" ("Accepté", "Accepted"),
        Declined = "declined" ("Décliné", "Declined"),
        Expired = "expired" ("Expiré", "Expired"),
        InProgress = "in_progress" ("En cours", "In progress"),
        Completed = "completed" ("Accompli", "Completed"),
        Withdrawn = "withdrawn" ("Retiré", "Withdrawn"),
    }
}

impl MandateStatus {
    /// Those in which the lawyer reads the dossier.
    pub const RUNNING: &'static [Self] = &[Self::Accepted, Self::InProgress];
}

/// A lawyer who is no partner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExternalLawyer {
    /// Name.
    pub name: DisplayName,
    /// Bar.
    pub bar: Bar,
}

body! {
    /// A lawyer who is no partner.
    pub struct ExternalLawyerInput {
        /// Name.
        name: DisplayName,
        /// Bar.
        bar: Bar,
    }
}

body! {
    /// Proposes a dossier to a lawyer. The choice is the member's (C. assur. L127-3): either they chose, or they asked in writing to be
    /// given a name.
    pub struct ProposeMandate {
        /// A lawyer partner.
        lawyer_id: Option<Id>,
        /// A lawyer who is no partner, in the place of `lawyer_id`.
        external_lawyer: Option<ExternalLawyerInput>,
        /// What the lawyer is asked to do.
        nature: MandateNature,
        /// Why a lawyer is consulted: of a consultation, and of nothing else.
        purpose: Option<ConsultationPurpose>,
        /// Whether the member chose the lawyer.
        chosen_by_member: bool,
        /// The day of the written request by which the member asked to be given a name, where they did not choose.
        name_requested_on: Option<Day>,
        /// The last day on which the proposal can be accepted, at most 60 days from now.
        expires_on: Day,
    } check {
        lawyer_id: one_lawyer[lawyer_id, external_lawyer],
        purpose: of_consultation[nature, purpose],
        name_requested_on: free_choice[chosen_by_member, name_requested_on],
    }
}

fn one_lawyer(lawyer_id: &Option<Id>, external: &Option<ExternalLawyerInput>) -> Option<Flaw> {
    (lawyer_id.is_some() == external.is_some()).then(|| Code::MandateLawyer.into())
}

/// What a consultation has, and a representation never.
pub fn of_consultation<T>(nature: &MandateNature, given: &Option<T>) -> Option<Flaw> {
    match (nature, given) {
        (MandateNature::OrientationConsultation, None) => Some(Code::FieldRequired.into()),
        (MandateNature::Representation, Some(_)) => Some(Code::MandateConsultationOnly.into()),
        _ => None,
    }
}

fn free_choice(chosen: &bool, requested_on: &Option<Day>) -> Option<Flaw> {
    (*chosen == requested_on.is_some()).then(|| Code::MandateChoice.into())
}

query! {
    /// Filters of mandates.
    pub struct MandateFilters {
        /// States.
        status: Option<Vec<MandateStatus>>,
    }
}

/// What a mandate says of the lawyer to whom it was proposed.
#[derive(Debug, Clone, Copy)]
pub struct Past {
    pub status: MandateStatus,
    pub accepted_on: Option<Day>,
}

/// What all their mandates say of a lawyer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Record {
    /// Accepted this year, unless withdrawn since: what counts against the yearly capacity.
    pub taken: i32,
    /// Accepted in the last twelve months.
    pub recent: i32,
    /// Accepted, ever.
    pub accepted: i32,
    /// Accepted, declined, or left to expire.
    pub answered: i32,
}

impl Record {
    #[must_use]
    pub fn with(self, past: Past, today: Day) -> Self {
        let Past { status, accepted_on } = past;
        let accepted = i32::from(accepted_on.is_some());
        let taken = accepted_on.is_some_and(|day| day.year() == today.year()) && status != MandateStatus::Withdrawn;
        let recent = accepted_on.is_some_and(|day| today < day.plus_years(1));
        let left = matches!(status, MandateStatus::Declined | MandateStatus::Expired);
        Self {
            taken: self.taken + i32::from(taken),
            recent: self.recent + i32::from(recent),
            accepted: self.accepted + accepted,
            answered: self.answered + accepted + i32::from(left),
        }
    }

    /// Of a hundred proposals that were answered or left to expire, those accepted; none before the first.
    pub fn acceptance(self) -> Option<i32> {
        (self.answered > 0).then(|| self.accepted * 100 / self.answered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_counts_what_was_accepted_and_what_was_left() {
        let today: Day = "2026-11-22".parse().unwrap();
        let past = |status, accepted_on: &str| Past { status, accepted_on: accepted_on.parse().ok() };
        let all = [
            past(MandateStatus::Completed, "2024-05-01"),
            past(MandateStatus::Completed, "2025-11-22"),
            past(MandateStatus::Completed, "2025-11-23"),
            past(MandateStatus::InProgress, "2026-01-01"),
            past(MandateStatus::Withdrawn, "2026-02-01"),
            past(MandateStatus::Declined, ""),
            past(MandateStatus::Expired, ""),
            past(MandateStatus::Proposed, ""),
            past(MandateStatus::Withdrawn, ""),
        ];
        let record = all.into_iter().fold(Record::default(), |record, past| record.with(past, today));
        assert_eq!(record, Record { taken: 1, recent: 3, accepted: 5, answered: 7 });
        assert_eq!((record.acceptance(), Record::default().acceptance()), (Some(71), None));
    }
}

//! What callers send to split a dossier.

use crate::auth::Confidentiality;
use crate::db::{Id, Json};
use crate::dossiers::bodies::{CardOfMember, FactsInput, OpenDossier};
use crate::dossiers::model::{DossierKind, MemberQuality, Urgency};
use crate::dossiers::motives::model::MotiveCode;
use crate::dossiers::store::DossierRow;
use crate::error::{Code, Flaw};
use crate::values::body;
use crate::workflow::Reason;

body! {
    /// Opens a second dossier out of one. What is left out is as in the first.
    pub struct SplitDossier {
        /// Why.
        reason: Reason,
        /// The member whom it concerns, where another one: somebody whom the caller may see.
        member_id: Option<Id>,
        /// The same, where another department's: in the place of `member_id`.
        member_card: Option<CardOfMember>,
        /// What the member is in the facts; needed of another member.
        member_quality: Option<MemberQuality>,
        /// Kind.
        kind: Option<DossierKind>,
        /// The establishment of the facts.
        establishment_id: Option<Id>,
        /// Urgency.
        urgency: Option<Urgency>,
        /// Confidentiality, at most the caller's own; a head alone makes it less than it was.
        confidentiality: Option<Confidentiality>,
        /// The user in charge, who has a grant in the department; nobody where none is named.
        referent_id: Option<Id>,
        /// What happened, as a whole.
        facts: Option<FactsInput>,
        /// Main motive, of the nomenclature in force; with it, further motives are those named here.
        motive_code: Option<MotiveCode>,
        /// Further motives.
        secondary_motive_codes: Option<Vec<MotiveCode>>,
        /// Why it is opened although something is odd about it; needed where something is.
        warning_reason: Option<Reason>,
        /// The parties that have a part in it too, as they are recorded in the first; none where none is named.
        party_ids: Option<Vec<Id>>,
    } check {
        member_id: one_member[member_id, member_card],
        member_quality: of_other_member[member_id, member_card, member_quality],
    }
}

fn one_member(member_id: &Option<Id>, member_card: &Option<CardOfMember>) -> Option<Flaw> {
    (member_id.is_some() && member_card.is_some()).then(|| Code::MemberOrCard.into())
}

fn of_other_member(member_id: &Option<Id>, member_card: &Option<CardOfMember>, quality: &Option<MemberQuality>) -> Option<Flaw> {
    let other = member_id.is_some() || member_card.is_some();
    (other && quality.is_none()).then(|| Code::FieldRequired.into())
}

impl SplitDossier {
    pub fn names_member(&self) -> bool {
        self.member_id.is_some() || self.member_card.is_some()
    }

    /// The opening that it is; why, and the parties, are told apart.
    pub fn opening(self, first: &DossierRow) -> (OpenDossier, Reason, Vec<Id>) {
        let Self { reason, member_id, member_card, member_quality, kind, establishment_id, urgency, confidentiality, referent_id, .. } = self;
        let Self { facts, motive_code, secondary_motive_codes, warning_reason, party_ids, .. } = self;
        let further = if motive_code.is_none() { Some(first.secondary_motive_codes.0.clone()) } else { None };
        let opening = OpenDossier {
            member_id,
            member_card,
            establishment_id: establishment_id.or(first.establishment_id),
            association_id: Some(first.association_id),
            kind: kind.unwrap_or(first.kind),
            member_quality: member_quality.unwrap_or(first.member_quality),
            channel: first.channel,
            urgency: Some(urgency.unwrap_or(first.urgency)),
            confidentiality: Some(confidentiality.unwrap_or(first.confidentiality)),
            referent_id,
            facts: facts.unwrap_or_else(|| facts_of(first)),
            motive_code: motive_code.unwrap_or_else(|| first.motive_code.clone()),
            secondary_motive_codes: secondary_motive_codes.or(further),
            warning_reason,
        };
        (opening, reason, party_ids.unwrap_or_default())
    }
}

fn facts_of(row: &DossierRow) -> FactsInput {
    let DossierRow { facts_on: date, facts_end_on: end_date, place, ref summary, felt_as_aggression, contexts: Json(ref contexts), incident_id, .. } = *row;
    let (summary, felt_as_aggression, contexts) = (summary.clone(), Some(felt_as_aggression), Some(contexts.clone()));
    FactsInput { date, end_date, place, summary, felt_as_aggression, contexts, incident_id }
}

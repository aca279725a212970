//! What callers send to open and correct a dossier.

use super::model::*;
use super::motives::model::MotiveCode;
use crate::auth::Confidentiality;
use crate::db::Id;
use crate::error::{Code, Flaw};
use crate::members::model::MemberNumber;
use crate::values::input::Change;
use crate::values::{Day, body};
use crate::workflow::Reason;

body! {
    /// The exact number and date of birth of a member, of whichever department.
    pub struct CardOfMember {
        /// Number.
        member_number: MemberNumber,
        /// Date of birth.
        birth_date: Day,
    }
}

body! {
    /// What happened, when and where.
    pub struct FactsInput {
        /// The day, or the first of them.
        date: Day,
        /// The last day, where the facts lasted.
        end_date: Option<Day>,
        /// Where.
        place: Option<Place>,
        /// What happened.
        summary: Option<Summary>,
        /// Whether the member felt it as an aggression; `false` by default.
        felt_as_aggression: Option<bool>,
        /// What the facts belong to; those of `GET /reference/contexts` on their days only.
        contexts: Option<Vec<ContextTag>>,
        /// The incident that they are, one that the caller sees.
        incident_id: Option<Id>,
    } check { end_date: crate::values::input::period[date, end_date] }
}

body! {
    /// Opens a dossier.
    pub struct OpenDossier {
        /// The member, one that the caller may see.
        member_id: Option<Id>,
        /// The member, where another department's: in the place of `member_id`.
        member_card: Option<CardOfMember>,
        /// The establishment of the facts.
        establishment_id: Option<Id>,
        /// The association that works it; the one of the caller's only department by default.
        association_id: Option<Id>,
        /// Kind.
        kind: DossierKind,
        /// What the member is in the facts.
        member_quality: MemberQuality,
        /// By which way the request came in.
        channel: ContactChannel,
        /// Urgency; `normal` by default.
        urgency: Option<Urgency>,
        /// Confidentiality, at most the caller's own; `standard` by default.
        confidentiality: Option<Confidentiality>,
        /// The user in charge, who has a grant in the department.
        referent_id: Option<Id>,
        /// What happened.
        facts: FactsInput,
        /// Main motive, of the nomenclature in force.
        motive_code: MotiveCode,
        /// Further motives.
        secondary_motive_codes: Option<Vec<MotiveCode>>,
        /// Why it is opened although something is odd about it; needed where something is.
        warning_reason: Option<Reason>,
    } check {
        member_id: one_member[member_id, member_card],
        secondary_motive_codes: further_motives[motive_code, secondary_motive_codes],
    }
}

fn one_member(member_id: &Option<Id>, member_card: &Option<CardOfMember>) -> Option<Flaw> {
    (member_id.is_some() == member_card.is_some()).then(|| Code::MemberOrCard.into())
}

fn further_motives(main: &MotiveCode, further: &Option<Vec<MotiveCode>>) -> Option<Flaw> {
    further.iter().flatten().any(|code| code == main).then(|| Code::MotiveRepeated.into())
}

body! {
    /// Corrects what happened: absent fields stay, `null` clears.
    pub struct FactsPatch {
        /// The day, or the first of them.
        date: Change<Day>,
        /// The last day, where the facts lasted.
        end_date: Change<Option<Day>>,
        /// Where.
        place: Change<Option<Place>>,
        /// What happened.
        summary: Change<Option<Summary>>,
        /// Whether the member felt it as an aggression.
        felt_as_aggression: Change<bool>,
        /// What the facts belong to, replaced as a whole.
        contexts: Change<Vec<ContextTag>>,
        /// The incident that they are, one that the caller sees.
        incident_id: Change<Option<Id>>,
    } refuse { month: FieldDerived }
}

body! {
    /// Corrects a dossier that is open: absent fields stay, `null` clears. What belongs to its state changes by a transition.
    pub struct UpdateDossier {
        /// The establishment of the facts.
        establishment_id: Change<Option<Id>>,
        /// What the member is in the facts.
        member_quality: Change<MemberQuality>,
        /// By which way the request came in.
        channel: Change<ContactChannel>,
        /// Urgency.
        urgency: Change<Urgency>,
        /// Confidentiality: the referent raises it up to their own, the head lowers it.
        confidentiality: Change<Confidentiality>,
        /// What happened; a corrected day, or another establishment, is looked at anew.
        facts: Change<FactsPatch>,
        /// Main motive, of the nomenclature in force.
        motive_code: Change<MotiveCode>,
        /// Further motives, replaced as a whole.
        secondary_motive_codes: Change<Vec<MotiveCode>>,
        /// Why it was opened although something is odd about it.
        warning_reason: Change<Option<Reason>>,
    } refuse {
        status: FieldState, kind: FieldState, referent_id: FieldState, association_id: FieldState, outcome: FieldState,
        outcome_for_member: FieldState, closed_on: FieldState, first_closed_on: FieldState, review_on: FieldState,
        retention_due_on: FieldState, on_legal_hold: FieldState, unarchived_until: FieldState, derogation: FieldState,
        department_code: FieldDerived, opened_month: FieldDerived, facts_snapshot: FieldDerived, warnings: FieldDerived,
        cover: FieldDerived, solidarity_status: FieldDerived, allowed_commands: FieldDerived, withheld: FieldDerived, complaint_filed: FieldDerived,
        counsel_involved: FieldDerived, judicialised: FieldDerived, path: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, reference: FieldReadOnly, member_id: FieldReadOnly, opened_on: FieldReadOnly,
        created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

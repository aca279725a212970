//! Who decides on the cover of a dossier, how far that has come, and what is asked for it.

use crate::auth::machine::InsurerCode;
use crate::dossiers::model::SolidarityStatus;
use crate::error::{Code, Flaw};
use crate::values::input::Change;
use crate::values::{Day, body, choice, query, text};
use crate::workflow::Reason;

choice! {
    /// Who decides on the cover of a dossier.
    pub enum CoverInstance as "cover_instance" {
        Insurer = "insurer" ("Assureur", "Insurer"),
        NationalSolidarity = "national_solidarity" ("Solidarité nationale", "National solidarity"),
    }
}

choice! {
    /// How far a decision on cover has come.
    pub enum CoverDecisionStatus as "cover_decision_status" {
        Requested = "requested" ("Demandée", "Requested"),
        Granted = "granted" ("Accordée", "Granted"),
        PartlyGranted = "partly_granted" ("Accordée en partie", "Partly granted"),
        Refused = "refused" ("Refusée", "Refused"),
        Withdrawn = "withdrawn" ("Retirée", "Withdrawn"),
    }
}

impl CoverDecisionStatus {
    /// The answers of the insurer after which national solidarity can be asked for.
    pub const LEAVING_A_NEED: [Self; 2] = [Self::PartlyGranted, Self::Refused];

    /// What a dossier says of national solidarity; nothing where the request was withdrawn.
    pub fn of_solidarity(self) -> Option<SolidarityStatus> {
        match self {
            Self::Requested => Some(SolidarityStatus::Requested),
            Self::Granted => Some(SolidarityStatus::Granted),
            Self::PartlyGranted => Some(SolidarityStatus::PartlyGranted),
            Self::Refused => Some(SolidarityStatus::Refused),
            Self::Withdrawn => None,
        }
    }
}

choice! {
    /// By which way an answer came.
    pub enum AnswerSource as "answer_source" {
        Letter = "letter" ("Courrier", "Letter"),
        Email = "email" ("Courriel", "Email"),
        Phone = "phone" ("Téléphone", "Phone"),
        Portal = "portal" ("Espace en ligne", "Portal"),
        Session = "session" ("Séance", "Session"),
    }
}

text! {
    /// The number under which an insurer keeps a claim.
    pub struct ClaimReference { max: 60, pattern: "^[A-Za-z0-9][A-Za-z0-9 ./_-]*$", example: "S-2026-004512", parse: parse_claim }
}

fn parse_claim(text: String) -> Result<String, Flaw> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b" ./_-".contains(&byte);
    let sound = text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.bytes().all(known);
    if sound { Ok(text) } else { Err(Flaw::new(Code::PatternMismatch).with("expected", "S-2026-004512")) }
}

query! {
    /// Filters of cover decisions.
    pub struct CoverDecisionFilters {
        /// Who decides.
        instance: Option<Vec<CoverInstance>>,
        /// States.
        status: Option<Vec<CoverDecisionStatus>>,
    }
}

body! {
    /// Asks for a decision on cover.
    pub struct RequestCover {
        /// Who is asked.
        instance: CoverInstance,
        /// The insurer, where one is asked.
        insurer_code: Option<InsurerCode>,
        /// The number under which the insurer keeps the claim, as soon as it is known.
        claim_reference: Option<ClaimReference>,
        /// The day on which the member was told, or agreed, that the facts leave for whoever is asked; not after the request.
        member_informed_on: Day,
        /// The day of the request, today by default.
        requested_on: Option<Day>,
        /// Why.
        reason: Option<Reason>,
    } check {
        insurer_code: of_insurer[instance, insurer_code],
        claim_reference: claim_of_insurer[instance, claim_reference],
    }
}

fn of_insurer(instance: &CoverInstance, code: &Option<InsurerCode>) -> Option<Flaw> {
    match (instance, code) {
        (CoverInstance::Insurer, None) => Some(Code::InsurerRequired.into()),
        (CoverInstance::NationalSolidarity, Some(_)) => Some(Code::InsurerNotAsked.into()),
        _ => None,
    }
}

fn claim_of_insurer(instance: &CoverInstance, claim: &Option<ClaimReference>) -> Option<Flaw> {
    (*instance == CoverInstance::NationalSolidarity && claim.is_some()).then(|| Code::InsurerNotAsked.into())
}

body! {
    /// Corrects a request for cover: absent fields stay, `null` clears.
    pub struct UpdateCoverDecision {
        /// The number under which the insurer keeps the claim.
        claim_reference: Change<Option<ClaimReference>>,
        /// Why it was asked for.
        reason: Change<Option<Reason>>,
    } refuse {
        status: FieldState, received_on: FieldState, source: FieldState, motivation: FieldState, ceiling: FieldState, decided_by: FieldState,
        allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, dossier_id: FieldReadOnly, instance: FieldReadOnly, insurer_code: FieldReadOnly,
        member_informed_on: FieldReadOnly, requested_on: FieldReadOnly, requested_by: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

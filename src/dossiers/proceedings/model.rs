//! What a proceeding is, which side the member is on, and how it can end.

use crate::values::input::Change;
use crate::values::{Day, body, choice, query, text};

choice! {
    /// Before which kind of authority something is brought.
    pub enum ProceedingNature as "proceeding_nature" {
        Criminal = "criminal" ("Pénale", "Criminal"),
        Civil = "civil" ("Civile", "Civil"),
        Administrative = "administrative" ("Administrative", "Administrative"),
        Disciplinary = "disciplinary" ("Disciplinaire", "Disciplinary"),
    }
}

use ProceedingNature::{Administrative, Civil, Criminal, Disciplinary};

/// All of them.
pub const EVERYWHERE: &[ProceedingNature] = &[Criminal, Civil, Administrative, Disciplinary];

choice! {
    /// On which side of a proceeding the member is.
    pub enum MemberSide as "member_side" {
        Victim = "victim" ("Victime", "Victim"),
        Accused = "accused" ("Mis en cause", "Accused"),
        Claimant = "claimant" ("Demandeur", "Claimant"),
        Defendant = "defendant" ("Défendeur", "Defendant"),
        Other = "other" ("Autre", "Other"),
    }
}

choice! {
    /// Whether a proceeding goes on.
    pub enum ProceedingStatus as "proceeding_status" {
        Open = "open" ("En cours", "Open"),
        Closed = "closed" ("Terminée", "Closed"),
    }
}

choice! {
    /// How a proceeding ended.
    pub enum ProceedingOutcome as "proceeding_outcome" {
        NoFurtherAction = "no_further_action" ("Classement sans suite", "No further action"),
        AlternativeToProsecution = "alternative_to_prosecution" ("Alternative aux poursuites", "Alternative to prosecution"),
        Conviction = "conviction" ("Condamnation", "Conviction"),
        Acquittal = "acquittal" ("Relaxe ou acquittement", "Acquittal"),
        ClaimUpheld = "claim_upheld" ("Demande accueillie", "Claim upheld"),
        ClaimPartlyUpheld = "claim_partly_upheld" ("Demande accueillie en partie", "Claim upheld in part"),
        ClaimDismissed = "claim_dismissed" ("Demande rejetée", "Claim dismissed"),
        Sanction = "sanction" ("Sanction", "Sanction"),
        NoSanction = "no_sanction" ("Aucune sanction", "No sanction"),
        Settled = "settled" ("Accord des parties", "Settled"),
        Withdrawn = "withdrawn" ("Désistement", "Withdrawn"),
        Other = "other" ("Autre", "Other"),
    }
}

impl ProceedingOutcome {
    /// The natures of proceedings that can end so.
    pub fn natures(self) -> &'static [ProceedingNature] {
        match self {
            Self::AlternativeToProsecution | Self::Conviction | Self::Acquittal => &[Criminal],
            Self::Sanction | Self::NoSanction => &[Disciplinary],
            Self::ClaimUpheld | Self::ClaimPartlyUpheld | Self::ClaimDismissed => &[Criminal, Civil, Administrative],
            Self::NoFurtherAction => &[Criminal, Administrative, Disciplinary],
            Self::Settled | Self::Withdrawn | Self::Other => EVERYWHERE,
        }
    }
}

text! {
    /// The court or authority before which a proceeding is.
    pub struct AuthorityName { max: 200, example: "Tribunal judiciaire de Clermont-Ferrand" }
}

text! {
    /// The number under which an authority keeps a proceeding.
    pub struct CaseNumber { max: 60, example: "26/004512" }
}

query! {
    /// Filters of proceedings.
    pub struct ProceedingFilters {
        /// Natures.
        nature: Option<Vec<ProceedingNature>>,
        /// States.
        status: Option<Vec<ProceedingStatus>>,
    }
}

body! {
    /// Opens a proceeding under a dossier.
    pub struct OpenProceeding {
        /// Its nature, which stays.
        nature: ProceedingNature,
        /// The side that the member is on.
        member_side: MemberSide,
        /// The court or authority.
        authority: Option<AuthorityName>,
        /// The number under which it is kept there.
        case_number: Option<CaseNumber>,
        /// The day on which it began, today by default.
        opened_on: Option<Day>,
    }
}

body! {
    /// Corrects a proceeding that is open: absent fields stay, `null` clears.
    pub struct UpdateProceeding {
        /// The side that the member is on.
        member_side: Change<MemberSide>,
        /// The court or authority.
        authority: Change<Option<AuthorityName>>,
        /// The number under which it is kept there.
        case_number: Change<Option<CaseNumber>>,
        /// The day on which it began: not after its steps.
        opened_on: Change<Day>,
    } refuse {
        status: FieldState, outcome: FieldState, closed_on: FieldState, allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, dossier_id: FieldReadOnly, nature: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

//! What can be done in a proceeding, where, and what it says of the case.

use crate::dossiers::proceedings::model::{EVERYWHERE, ProceedingNature};
use crate::dossiers::under::TEAM;
use crate::values::{Day, body, choice, commands, query, text};
use crate::workflow::{Lifecycle, Reason, step};

use ProceedingNature::{Administrative, Civil, Criminal, Disciplinary};

choice! {
    /// What was done in a proceeding.
    pub enum ProceedingStepKind as "proceeding_step_kind" {
        PoliceLog = "police_log" ("Main courante", "Police log"),
        Complaint = "complaint" ("Plainte simple", "Simple complaint"),
        Article40Report = "article_40_report" ("Signalement de l'article 40", "Article 40 report"),
        Hearing = "hearing" ("Audition ou entretien", "Hearing"),
        VoluntaryInterview = "voluntary_interview" ("Audition libre", "Voluntary interview"),
        PoliceCustody = "police_custody" ("Garde à vue", "Police custody"),
        Inquiry = "inquiry" ("Enquête", "Inquiry"),
        Summons = "summons" ("Convocation ou assignation", "Summons"),
        CriminalSettlement = "criminal_settlement" ("Composition pénale", "Criminal settlement"),
        GuiltyPlea = "guilty_plea" ("Reconnaissance préalable de culpabilité", "Guilty plea"),
        FormalWarning = "formal_warning" ("Avertissement pénal", "Formal warning"),
        CriminalMediation = "criminal_mediation" ("Médiation pénale", "Criminal mediation"),
        NoFurtherAction = "no_further_action" ("Classement sans suite", "No further action"),
        Prosecution = "prosecution" ("Poursuites", "Prosecution"),
        CivilParty = "civil_party" ("Constitution de partie civile", "Civil-party complaint"),
        DirectSummons = "direct_summons" ("Citation directe", "Direct summons"),
        QualifiedRequisitions = "qualified_requisitions" ("Réquisitions articulées et qualifiées", "Qualified requisitions"),
        ActOfProcedure = "act_of_procedure" ("Acte de procédure", "Act of procedure"),
        Trial = "trial" ("Audience de jugement", "Trial"),
        Judgment = "judgment" ("Jugement", "Judgment"),
        Appeal = "appeal" ("Appel", "Appeal"),
        Cassation = "cassation" ("Pourvoi en cassation", "Cassation"),
    }
}

impl ProceedingStepKind {
    /// The natures of proceedings in which it is done.
    pub fn natures(self) -> &'static [ProceedingNature] {
        match self {
            Self::Hearing | Self::Summons | Self::Judgment | Self::Appeal => EVERYWHERE,
            Self::Inquiry => &[Criminal, Administrative, Disciplinary],
            Self::NoFurtherAction => &[Criminal, Disciplinary],
            Self::ActOfProcedure | Self::Trial | Self::Cassation => &[Criminal, Civil, Administrative],
            Self::PoliceLog
            | Self::Complaint
            | Self::Article40Report
            | Self::VoluntaryInterview
            | Self::PoliceCustody
            | Self::CriminalSettlement
            | Self::GuiltyPlea
            | Self::FormalWarning
            | Self::CriminalMediation
            | Self::Prosecution
            | Self::CivilParty
            | Self::DirectSummons
            | Self::QualifiedRequisitions => &[Criminal],
        }
    }

    /// Whether it brings the case before a judge. What the police and the prosecutor do alone does not, nor does a disciplinary body,
    /// which is no court; a criminal settlement and a guilty plea do, for a judge confirms them.
    pub fn is_before_judge(self, nature: ProceedingNature) -> bool {
        match nature {
            Criminal => matches!(
                self,
                Self::CriminalSettlement
                    | Self::GuiltyPlea
                    | Self::Prosecution
                    | Self::CivilParty
                    | Self::DirectSummons
                    | Self::Trial
                    | Self::Judgment
                    | Self::Appeal
                    | Self::Cassation
            ),
            Civil => matches!(self, Self::Summons | Self::Hearing | Self::Trial | Self::Judgment | Self::Appeal | Self::Cassation),
            Administrative => matches!(self, Self::Trial | Self::Judgment | Self::Appeal | Self::Cassation),
            Disciplinary => false,
        }
    }

    /// Whether whoever does it complains: simply, or as a civil party.
    pub fn is_complaint(self) -> bool {
        matches!(self, Self::Complaint | Self::CivilParty)
    }
}

choice! {
    /// By whom something was done in a proceeding.
    pub enum ActingSide as "acting_side" {
        Member = "member" ("Adhérent", "Member"),
        Opposing = "opposing" ("Partie adverse", "Opposing party"),
        Authority = "authority" ("Autorité", "Authority"),
    }
}

choice! {
    /// Whether a step counts.
    pub enum ProceedingStepStatus as "proceeding_step_status" {
        Recorded = "recorded" ("Enregistrée", "Recorded"),
        Voided = "voided" ("Annulée", "Voided"),
    }
}

text! {
    /// What else is to be said of a step.
    pub struct StepNote { max: 2000, example: "Convocation remise en main propre par la gendarmerie." }
}

query! {
    /// Filters of steps of proceedings.
    pub struct ProceedingStepFilters {
        /// Kinds.
        kind: Option<Vec<ProceedingStepKind>>,
        /// States.
        status: Option<Vec<ProceedingStepStatus>>,
    }
}

body! {
    /// Records what was done in a proceeding.
    pub struct RecordProceedingStep {
        /// What was done: something that is done in proceedings of this nature.
        kind: ProceedingStepKind,
        /// By whom.
        done_by: ActingSide,
        /// On which day: not before the proceeding began, and not to come.
        occurred_on: Day,
        /// What else is to be said of it.
        note: Option<StepNote>,
    }
}

pub const LIFECYCLE: Lifecycle<ProceedingStepStatus> = Lifecycle {
    resource: "proceeding_step",
    initial: ProceedingStepStatus::Recorded,
    transitions: &[step("void", &[ProceedingStepStatus::Recorded], Some(ProceedingStepStatus::Voided), TEAM, "Annuler", "Void")],
};

commands! {
    /// Moves a step of a proceeding on.
    pub enum ProceedingStepCommand {
        /// It was recorded by error: it counts no more, and stays.
        Void as "void" {
            /// Why.
            reason: Reason,
        },
    }
}

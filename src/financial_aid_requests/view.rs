//! What is shown of a request for aid.

use super::checks::{Check, Measure};
use super::lifecycle::LIFECYCLE;
use super::model::{AidCheckOutcome, AidNature, AidNumber, AidReason, AidRequestStatus, AidRule, AidText, AidWaiver};
use super::sheet::AidSheetView;
use super::store::AidRequestRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::dossiers::model::ContextTag;
use crate::error::Language;
use crate::members::memberships::model::MembershipStatus;
use crate::values::{Day, DepartmentCode, Money};
use crate::workflow::{AllowedCommandView, Reason};
use serde::Serialize;
use utoipa::ToSchema;

/// What a member asks for, and how far that has come.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FinancialAidRequestView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change but those that payments make.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Number.
    pub number: AidNumber,
    /// The association of the member when it was made.
    pub association_id: Id,
    /// Its department.
    pub department_code: DepartmentCode,
    /// The member; `null` once it is anonymised, as are the sheet and all texts.
    pub member_id: Option<Id>,
    /// The dossier that it belongs to.
    pub dossier_id: Option<Id>,
    /// In which form aid is asked for.
    pub nature: AidNature,
    /// Whether it is to be paid back.
    pub repayable: bool,
    /// Why.
    pub reason: AidReason,
    /// How much is asked for.
    pub amount: Money,
    /// What the household has and owes each month.
    pub sheet: Option<AidSheetView>,
    /// What it belongs to.
    pub context: Option<ContextTag>,
    /// Whether it cannot wait for a committee.
    pub urgent: bool,
    /// What the aid is for.
    pub purpose: Option<AidText>,
    /// State.
    pub status: AidRequestStatus,
    /// The day on which it was submitted.
    pub submitted_on: Option<Day>,
    /// What was asked besides.
    pub question: Option<AidText>,
    /// What was answered.
    pub information: Option<AidText>,
    /// What the instructor says to the committee.
    pub instruction_note: Option<AidText>,
    /// Who instructed it.
    pub instructed_by: Option<Id>,
    /// The rules that do not stand in its way although they fail.
    #[schema(max_items = 20)]
    pub waivers: Vec<AidWaiver>,
    /// The session of a committee before which it stands, or stood last.
    pub session_id: Option<Id>,
    /// How much was granted.
    pub granted_amount: Option<Money>,
    /// Why it was decided so.
    pub motivation: Option<Reason>,
    /// The day of the decision.
    pub decided_on: Option<Day>,
    /// The day by which a committee is to ratify what was granted urgently.
    pub ratify_by: Option<Day>,
    /// The day from which on it is anonymised, known once it is over; later where a legal hold keeps its dossier.
    pub retention_due_on: Option<Day>,
    /// The envelope from which it was granted.
    pub envelope_id: Option<Id>,
    /// What it holds of the envelope.
    pub committed_amount: Money,
    /// What of that is ordered to be paid.
    pub ordered_amount: Money,
    /// What of that is paid.
    pub paid_amount: Money,
    /// Who recorded it.
    pub created_by: Option<Id>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("number", "Numéro"), ("association_id", "Association"), ("department_code", "Département"),
    ("member_id", "Adhérent"), ("dossier_id", "Dossier"), ("nature", "Nature"), ("repayable", "Remboursable"), ("reason", "Motif"),
    ("amount.amount", "Montant demandé"), ("amount.currency", "Devise : montant demandé"), ("sheet.household_size", "Personnes au foyer"),
    ("sheet.resources", "Ressources"), ("sheet.charges", "Charges"), ("sheet.resources_total.amount", "Total des ressources"),
    ("sheet.resources_total.currency", "Devise : total des ressources"), ("sheet.charges_total.amount", "Total des charges"),
    ("sheet.charges_total.currency", "Devise : total des charges"), ("sheet.remainder.amount", "Reste à vivre"),
    ("sheet.remainder.currency", "Devise : reste à vivre"), ("sheet.shortfall.amount", "Manque"), ("sheet.shortfall.currency", "Devise : manque"),
    ("context", "Contexte"), ("urgent", "Urgente"), ("purpose", "Objet"), ("status", "État"), ("submitted_on", "Déposée le"),
    ("question", "Complément demandé"), ("information", "Complément donné"), ("instruction_note", "Note d'instruction"),
    ("instructed_by", "Instruite par"), ("waivers", "Dérogations"), ("session_id", "Séance"), ("granted_amount.amount", "Montant accordé"),
    ("granted_amount.currency", "Devise : montant accordé"), ("motivation", "Motivation"), ("decided_on", "Décidée le"),
    ("ratify_by", "À ratifier avant le"), ("retention_due_on", "Anonymisée à partir du"), ("envelope_id", "Enveloppe"), ("committed_amount.amount", "Montant engagé"),
    ("committed_amount.currency", "Devise : montant engagé"), ("ordered_amount.amount", "Montant ordonné"),
    ("ordered_amount.currency", "Devise : montant ordonné"), ("paid_amount.amount", "Montant versé"),
    ("paid_amount.currency", "Devise : montant versé"), ("created_by", "Enregistrée par"), ("allowed_commands", "Commandes possibles"),
    ("created_at", "Créée le"), ("updated_at", "Modifiée le"),
];

impl Resource for FinancialAidRequestView {
    const KIND: &'static str = "financial_aid_request";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<AidRequestRow> for FinancialAidRequestView {
    fn from(row: AidRequestRow) -> Self {
        let AidRequestRow { id, number, association_id, department_code, member_id, dossier_id, nature, repayable, reason, asked_cents, .. } = row;
        let AidRequestRow { sheet, context, urgent, purpose, status, submitted_on, question, information, instruction_note, instructed_by, .. } = row;
        let AidRequestRow { waivers, session_id, granted_cents, motivation, decided_on, ratify_by, retention_due_on, envelope_id, committed_cents, .. } = row;
        let AidRequestRow { ordered_cents, paid_cents, created_by, version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            number,
            association_id,
            department_code,
            member_id,
            dossier_id,
            nature,
            repayable,
            reason,
            amount: asked_cents,
            sheet: sheet.map(|sheet| sheet.0.into()),
            context,
            urgent,
            purpose,
            status,
            submitted_on,
            question,
            information,
            instruction_note,
            instructed_by,
            waivers: waivers.0,
            session_id,
            granted_amount: granted_cents,
            motivation,
            decided_on,
            ratify_by,
            retention_due_on,
            envelope_id,
            committed_amount: committed_cents,
            ordered_amount: ordered_cents,
            paid_amount: paid_cents,
            created_by,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

/// A rule that is set, with what it says of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidCheckView {
    /// The rule.
    pub rule: AidRule,
    /// What it says.
    pub outcome: AidCheckOutcome,
    /// Whole months asked for, of a rule that counts months.
    #[schema(minimum = 1, maximum = 600, example = 12)]
    pub months_required: Option<i32>,
    /// Whole months counted; `null` where there is nothing to count from.
    #[schema(minimum = -4000, maximum = 4000, example = 26)]
    pub months_measured: Option<i32>,
    /// The highest amount, of a rule that limits it.
    pub amount_allowed: Option<Money>,
    /// The amount asked for.
    pub amount_measured: Option<Money>,
    /// What the periods of membership say of the day, of the rule on dues.
    pub membership_status: Option<MembershipStatus>,
    /// Who waived it, and why.
    pub waiver: Option<AidWaiver>,
}

/// The rules that a request is held against.
#[derive(Debug, Serialize, ToSchema)]
pub struct AidChecksView {
    /// All items.
    #[schema(max_items = 20)]
    pub items: Vec<AidCheckView>,
}

impl From<Check> for AidCheckView {
    fn from(Check { rule, measure, outcome, waiver }: Check) -> Self {
        let bare =
            Self { rule, outcome, months_required: None, months_measured: None, amount_allowed: None, amount_measured: None, membership_status: None, waiver };
        match measure {
            Measure::Months { measured, threshold } => Self { months_required: Some(threshold), months_measured: measured, ..bare },
            Measure::Dues(status) => Self { membership_status: Some(status), ..bare },
            Measure::Amount { measured, threshold } => Self { amount_allowed: Some(threshold), amount_measured: Some(measured), ..bare },
        }
    }
}

/// With the commands of this caller.
pub fn show(scope: &Scope, language: Language, row: AidRequestRow) -> FinancialAidRequestView {
    let department = row.department_code.clone();
    let allowed_commands = LIFECYCLE.allowed(row.status, scope, Some(department.as_str()), language, |command| row.verdict(command));
    FinancialAidRequestView { allowed_commands, ..row.into() }
}

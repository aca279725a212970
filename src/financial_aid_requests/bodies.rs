//! What callers send to make and correct a request for aid.

use super::lifecycle::LIFECYCLE;
use super::model::{AidNature, AidNumber, AidReason, AidText};
use super::sheet::AidSheetInput;
use super::store::AidRequestRow;
use crate::audit::Tx;
use crate::db::{Id, Json};
use crate::dossiers::model::ContextTag;
use crate::error::{Error, Result};
use crate::members::store::MemberRow;
use crate::values::input::Change;
use crate::values::{Money, body};

body! {
    /// Makes a request for aid, as a draft.
    pub struct CreateFinancialAidRequest {
        /// The member who asks.
        member_id: Id,
        /// A dossier of theirs to which it belongs.
        dossier_id: Option<Id>,
        /// In which form aid is asked for.
        nature: AidNature,
        /// Whether it is to be paid back; loans are, and nothing else by default.
        repayable: Option<bool>,
        /// Why.
        reason: AidReason,
        /// How much is asked for.
        amount: Money,
        /// What the household has and owes each month; needed to submit it.
        sheet: Option<AidSheetInput>,
        /// What it belongs to.
        context: Option<ContextTag>,
        /// Whether it cannot wait for a committee; not so by default.
        urgent: Option<bool>,
        /// What the aid is for.
        purpose: Option<AidText>,
    } check { repayable: AidNature::repayable_flaw[nature, repayable], amount: Money::positive[amount] }
}

body! {
    /// Corrects a request for aid, as a draft or when more information is asked for: absent fields stay, `null` clears.
    pub struct UpdateFinancialAidRequest {
        /// A dossier of the member to which it belongs.
        dossier_id: Change<Option<Id>>,
        /// In which form aid is asked for.
        nature: Change<AidNature>,
        /// Whether it is to be paid back.
        repayable: Change<bool>,
        /// Why.
        reason: Change<AidReason>,
        /// How much is asked for.
        amount: Change<Money>,
        /// What the household has and owes each month.
        sheet: Change<AidSheetInput>,
        /// What it belongs to.
        context: Change<Option<ContextTag>>,
        /// Whether it cannot wait for a committee.
        urgent: Change<bool>,
        /// What the aid is for.
        purpose: Change<Option<AidText>>,
    } check { amount: Money::positive_if_changed[amount] } refuse {
        status: FieldState, submitted_on: FieldState, question: FieldState, information: FieldState, instruction_note: FieldState,
        instructed_by: FieldState, waivers: FieldState, session_id: FieldState, granted_amount: FieldState, motivation: FieldState,
        decided_on: FieldState, ratify_by: FieldState, retention_due_on: FieldState, envelope_id: FieldState,
        committed_amount: FieldDerived, ordered_amount: FieldDerived, paid_amount: FieldDerived, department_code: FieldDerived,
        allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, number: FieldReadOnly, association_id: FieldReadOnly, member_id: FieldReadOnly,
        created_by: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

impl CreateFinancialAidRequest {
    pub fn into_row(self, member: &MemberRow, number: AidNumber, tx: &Tx<'_>) -> AidRequestRow {
        let Self { member_id, dossier_id, nature, repayable, reason, amount, sheet, context, urgent, purpose } = self;
        AidRequestRow {
            id: Id::new(),
            number,
            association_id: member.association_id,
            department_code: member.department_code.clone(),
            member_id: Some(member_id),
            dossier_id,
            nature,
            repayable: repayable.unwrap_or(nature.is_repayable()),
            reason,
            asked_cents: amount,
            sheet: sheet.map(|sheet| Json(sheet.into())),
            context,
            urgent: urgent.unwrap_or(false),
            purpose,
            status: LIFECYCLE.initial,
            submitted_on: None,
            question: None,
            information: None,
            instruction_note: None,
            instructed_by: None,
            waivers: Json(Vec::new()),
            session_id: None,
            granted_cents: None,
            motivation: None,
            decided_on: None,
            ratify_by: None,
            retention_due_on: None,
            envelope_id: None,
            committed_cents: Money::default(),
            ordered_cents: Money::default(),
            paid_cents: Money::default(),
            created_by: tx.author.actor_id,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        }
    }
}

impl UpdateFinancialAidRequest {
    /// Changes the row; whether it is to be paid back must go with its nature in the end.
    pub fn apply(self, row: &mut AidRequestRow) -> Result<()> {
        let Self { dossier_id, nature, repayable, reason, amount, sheet, context, urgent, purpose } = self;
        dossier_id.apply(&mut row.dossier_id);
        if let Change::To(nature) = nature {
            (row.nature, row.repayable) = (nature, nature.is_repayable());
        }
        repayable.apply(&mut row.repayable);
        reason.apply(&mut row.reason);
        amount.apply(&mut row.asked_cents);
        if let Change::To(sheet) = sheet {
            row.sheet = Some(Json(sheet.into()));
        }
        context.apply(&mut row.context);
        urgent.apply(&mut row.urgent);
        purpose.apply(&mut row.purpose);
        let flaw = AidNature::repayable_flaw(&row.nature, &Some(row.repayable));
        flaw.map_or(Ok(()), |flaw| Err(Error::field("/repayable", flaw)))
    }
}

//! What is shown of payments of aid: accounts only masked.

use super::lifecycle::LIFECYCLE;
use super::model::{PayeeKind, PaymentStatus};
use super::store::{Payment, PaymentRow};
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{Id, Instant};
use crate::error::Language;
use crate::financial_aid_requests::model::AidNumber;
use crate::values::{Day, DepartmentCode, DisplayName, Iban, MaskedIban, Money};
use crate::workflow::AllowedCommandView;
use serde::Serialize;
use utoipa::ToSchema;

/// A payment of aid that was granted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PaymentView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The request.
    pub request_id: Id,
    /// Its number.
    pub request_number: AidNumber,
    /// The member whose request it is; `null` once that is anonymised, as are the payee and the account.
    pub member_id: Option<Id>,
    /// The association that pays.
    pub association_id: Id,
    /// Its department.
    pub department_code: DepartmentCode,
    /// To whom it goes.
    pub payee_kind: PayeeKind,
    /// The holder of the account.
    pub payee_name: Option<DisplayName>,
    /// The account, of which the end alone is told.
    pub iban: Option<MaskedIban>,
    /// How much.
    pub amount: Money,
    /// State.
    pub status: PaymentStatus,
    /// The day of the order.
    pub ordered_on: Day,
    /// Who ordered it.
    pub ordered_by: Option<Id>,
    /// The day on which it was executed.
    pub paid_on: Option<Day>,
    /// The batch in which it was handed to the bank.
    pub batch_id: Option<Id>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was ordered.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("request_id", "Demande"), ("request_number", "Numéro de demande"), ("member_id", "Adhérent"),
    ("association_id", "Association"), ("department_code", "Département"), ("payee_kind", "Type de bénéficiaire"), ("payee_name", "Bénéficiaire"),
    ("iban", "IBAN masqué"), ("amount.amount", "Montant"), ("amount.currency", "Devise : montant"), ("status", "État"), ("ordered_on", "Ordonné le"),
    ("ordered_by", "Ordonné par"), ("paid_on", "Versé le"), ("batch_id", "Remise"), ("allowed_commands", "Commandes possibles"),
    ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for PaymentView {
    const KIND: &'static str = "payment";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<Payment> for PaymentView {
    fn from(Payment { row, number, member_id }: Payment) -> Self {
        let PaymentRow { id, request_id, association_id, department_code, payee_kind, payee_name, iban, amount_cents, status, ordered_on, .. } = row;
        let PaymentRow { ordered_by, paid_on, batch_id, version, created_at, updated_at, .. } = row;
        Self {
            id,
            version,
            request_id,
            request_number: number,
            member_id,
            association_id,
            department_code,
            payee_kind,
            payee_name,
            iban: iban.as_ref().and_then(Iban::masked),
            amount: amount_cents,
            status,
            ordered_on,
            ordered_by,
            paid_on,
            batch_id,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

/// With the commands of this caller, who keeps the purses of these associations.
pub fn show(scope: &Scope, language: Language, purses: &[Id], payment: Payment) -> PaymentView {
    let row = &payment.row;
    let mut allowed_commands = LIFECYCLE.allowed(row.status, scope, Some(row.department_code.as_str()), language, |command| row.verdict(command));
    allowed_commands.retain(|allowed| payment.is_moved_by(purses, allowed.command));
    PaymentView { allowed_commands, ..payment.into() }
}

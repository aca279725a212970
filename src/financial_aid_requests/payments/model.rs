//! What a payment of aid is, and which values it accepts.

use crate::db::Id;
use crate::values::{DepartmentCode, DisplayName, Iban, Money, body, choice, query};

choice! {
    /// To whom aid is paid.
    pub enum PayeeKind as "payee_kind" {
        Member = "member" ("Adhérent", "Member"),
        Creditor = "creditor" ("Créancier", "Creditor"),
    }
}

choice! {
    /// How far a payment has come.
    pub enum PaymentStatus as "payment_status" {
        Ordered = "ordered" ("Ordonné", "Ordered"),
        Paid = "paid" ("Versé", "Paid"),
        Rejected = "rejected" ("Rejeté", "Rejected"),
        Cancelled = "cancelled" ("Annulé", "Cancelled"),
    }
}

query! {
    /// Filters of payments.
    pub struct PaymentFilters {
        /// States.
        status: Option<Vec<PaymentStatus>>,
        /// To whom.
        payee: Option<Vec<PayeeKind>>,
        /// Association.
        association: Option<Id>,
        /// Departments.
        department: Option<Vec<DepartmentCode>>,
        /// Whether they were handed to the bank in a batch.
        batched: Option<bool>,
    }
}

body! {
    /// Orders a payment of aid that was granted.
    pub struct OrderPayment {
        /// To whom it goes.
        payee_kind: PayeeKind,
        /// The holder of the account.
        payee_name: DisplayName,
        /// The account.
        iban: Iban,
        /// How much.
        amount: Money,
    } check { amount: Money::positive[amount] }
}

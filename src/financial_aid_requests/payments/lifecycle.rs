//! The life of a payment: each step moves the sums of its request and of the envelope with it.

use super::model::{OrderPayment, PaymentStatus};
use super::store::{self, Payment, PaymentRow};
use super::view::PaymentView;
use crate::aid_envelopes;
use crate::audit::access::{Confided, Part};
use crate::audit::{Action, Tx};
use crate::auth::{Role, Scope};
use crate::db::Id;
use crate::dossiers::under::between;
use crate::error::{Code, Error, Result};
use crate::financial_aid_requests::model::AidRequestStatus;
use crate::financial_aid_requests::store::{self as requests, AidRequestRow};
use crate::financial_aid_requests::view::FinancialAidRequestView;
use crate::values::{Day, Money, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, Verdict, step, take_step};

use PaymentStatus::{Cancelled, Ordered, Paid, Rejected};

const TREASURER: &[Role] = &[Role::Treasurer];
const CANCELLING: &[Role] = &[Role::DepartmentHead, Role::DepartmentStaff, Role::Treasurer];

pub const LIFECYCLE: Lifecycle<PaymentStatus> = Lifecycle {
    resource: "payment",
    initial: Ordered,
    transitions: &[
        step("pay", &[Ordered], Some(Paid), TREASURER, "Verser", "Pay"),
        step("reject", &[Ordered], Some(Rejected), TREASURER, "Rejeter", "Reject"),
        step("cancel", &[Ordered], Some(Cancelled), CANCELLING, "Annuler", "Cancel"),
    ],
};

commands! {
    /// Moves a payment on.
    pub enum PaymentCommand {
        /// It was executed.
        Pay as "pay" {
            /// The day, today by default.
            paid_on: Option<Day>,
        },
        /// The bank does not execute it: the amount can be ordered again.
        Reject as "reject" {
            /// Why.
            reason: Reason,
        },
        /// Takes it back, before it is handed to the bank.
        Cancel as "cancel" {
            /// Why.
            reason: Reason,
        },
    }
}

commands! {
    /// What the last payment does to its request.
    pub enum SettleCommand {
        /// Everything that was granted is paid.
        Settle as "settle" {},
    }
}

impl Part for Payment {
    fn part_of(&self) -> Option<(Confided, Id)> {
        self.member_id.map(|id| (Confided::Member, id))
    }
}

impl Stateful for Payment {
    type Status = PaymentStatus;
    const LIFECYCLE: &'static Lifecycle<PaymentStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> PaymentStatus {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.row.department_code.as_str())
    }
}

impl PaymentRow {
    /// What the row itself says of a command that its state allows.
    pub fn verdict(&self, command: &str) -> Verdict {
        match command {
            "cancel" if self.batch_id.is_some() => Verdict::Blocked(Code::PaymentHandedOver.into()),
            _ => Verdict::Free,
        }
    }
}

impl Payment {
    /// Whether a command is given by whoever keeps these purses: what the treasurer alone does is done by the treasurer of the association.
    pub fn is_moved_by(&self, purses: &[Id], command: &str) -> bool {
        command == "cancel" || purses.contains(&self.row.association_id)
    }

    /// Lets only them give it.
    pub fn moved_by(self, purses: &[Id], command: &str) -> Result<Self> {
        if self.is_moved_by(purses, command) { Ok(self) } else { Err(Error::of(Code::CommandNotGranted)) }
    }
}

/// Orders a payment under a request that was found.
pub fn order(tx: &mut Tx<'_>, scope: &Scope, request_id: Id, body: OrderPayment) -> Result<Payment> {
    let OrderPayment { payee_kind, payee_name, iban, amount } = body;
    let request = requests::lock(tx, scope, request_id)?;
    requests::order(tx, scope, &request, amount)?;
    let row = PaymentRow {
        id: Id::new(),
        request_id,
        association_id: request.association_id,
        department_code: request.department_code.clone(),
        payee_kind,
        payee_name: Some(payee_name),
        iban: Some(iban),
        amount_cents: amount,
        status: LIFECYCLE.initial,
        ordered_on: Day::of(tx.now.0),
        ordered_by: tx.author.actor_id,
        paid_on: None,
        batch_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let payment = Payment::of(store::insert(tx, scope, row)?, &request);
    tx.record(Action::Create, &PaymentView::from(payment.clone()))?;
    Ok(payment)
}

/// Carries out a command that the state allows: the request is locked first, the envelope last.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, step: Step<PaymentStatus>, payment: Payment, command: PaymentCommand) -> Result<PaymentView> {
    let request = requests::lock(tx, scope, payment.row.request_id)?;
    let (view, request) = move_on(tx, scope, step, payment, command, request)?;
    settle_if_paid(tx, scope, request)?;
    Ok(view)
}

fn move_on(
    tx: &mut Tx<'_>,
    scope: &Scope,
    step: Step<PaymentStatus>,
    payment: Payment,
    command: PaymentCommand,
    request: AidRequestRow,
) -> Result<(PaymentView, AidRequestRow)> {
    let mut row = PaymentRow { status: step.to, ..payment.row };
    let amount = row.amount_cents;
    if let PaymentCommand::Pay { paid_on } = &command {
        let today = Day::of(tx.now.0);
        let day = paid_on.unwrap_or(today);
        between(day, row.ordered_on, today, "/paid_on")?;
        row.paid_on = Some(day);
    }
    let cancels = matches!(command, PaymentCommand::Cancel { .. });
    let payment = Payment { row: store::advance(tx, scope, row, step.from, cancels)?, ..payment };
    let paid = payment.row.status == Paid;
    requests::unorder(tx, scope, request.id, amount, paid)?;
    let envelope = request.envelope_id.ok_or_else(|| Error::internal("a payment without an envelope"))?;
    if paid {
        aid_envelopes::store::pay(tx, scope, envelope, amount)?;
    } else if !AidRequestStatus::PAYABLE.contains(&request.status) {
        // Nothing can be ordered again: what was kept for this order goes back.
        requests::hold_less(tx, scope, request.id, amount)?;
        aid_envelopes::store::release(tx, scope, envelope, amount)?;
    }
    let view = PaymentView::from(payment);
    tx.record(Action::Transition, &view)?;
    let request = requests::lock(tx, scope, request.id)?;
    Ok((view, request))
}

/// Cancels what is ordered under a locked request and not yet at the bank.
pub fn cancel_ordered(tx: &mut Tx<'_>, scope: &Scope, request_id: Id) -> Result<()> {
    for row in store::cancellable(tx, scope, request_id)? {
        let request = requests::lock(tx, scope, request_id)?;
        let payment = Payment::of(row, &request);
        let command = PaymentCommand::Cancel { reason: "L'aide n'est pas ratifiée.".parse()? };
        take_step(tx, scope, payment, command, |tx, scope, step, payment, command| move_on(tx, scope, step, payment, command, request).map(|(view, _)| view))?;
    }
    Ok(())
}

/// Settles a locked request of which everything granted is paid, where nobody is still to decide on it.
pub fn settle_if_paid(tx: &mut Tx<'_>, scope: &Scope, row: AidRequestRow) -> Result<AidRequestRow> {
    let line = AidRequestRow::LIFECYCLE.find("settle")?;
    if row.committed_cents == Money::default() || row.paid_cents != row.committed_cents || !line.from.contains(&row.status) {
        return Ok(row);
    }
    let id = row.id;
    take_step(tx, scope, row, SettleCommand::Settle {}, |tx, scope, step, row, _| {
        let row = requests::advance(tx, scope, AidRequestRow { status: step.to, ..row }, step.from)?;
        let view = FinancialAidRequestView::from(row);
        tx.record(Action::Transition, &view)?;
        Ok(view)
    })?;
    requests::lock(tx, scope, id)
}

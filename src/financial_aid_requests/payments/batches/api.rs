//! Routes, bodies and views of batches of payments.

use super::store::{self, PaymentBatchRow};
use crate::audit::access::Confided;
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::financial_aid_requests::model::AidNumber;
use crate::financial_aid_requests::payments::model::{PaymentFilters, PaymentStatus};
use crate::financial_aid_requests::payments::store::{self as payments, Of, Payment};
use crate::financial_aid_requests::payments::view::PaymentView;
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, ListOf, Listed, NoFilters, Page, PathId, Projection, route};
use crate::members::looks::of_member;
use crate::values::{DepartmentCode, DisplayName, Iban, Money, body};
use serde::Serialize;
use utoipa::ToSchema;

/// Payments handed together to a bank.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PaymentBatchView {
    /// Identifier.
    pub id: Id,
    /// Version; a batch does not change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The association that pays.
    pub association_id: Id,
    /// Its department.
    pub department_code: DepartmentCode,
    /// How many payments.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 12)]
    pub payments_count: i32,
    /// How much in all.
    pub total: Money,
    /// Who made it.
    pub created_by: Option<Id>,
    /// When it was made.
    pub created_at: Instant,
}

/// A payment of a batch as the bank needs it, with the whole account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PaymentLineView {
    /// The payment.
    pub id: Id,
    /// The holder of the account; `null` once the request is anonymised.
    pub payee_name: Option<DisplayName>,
    /// The account.
    pub iban: Option<Iban>,
    /// How much.
    pub amount: Money,
    /// What the transfer is told to be for: the number of the request.
    pub reference: AidNumber,
    /// How far it has come.
    pub status: PaymentStatus,
    /// The member whose request it is.
    pub member_id: Option<Id>,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("payee_name", "Bénéficiaire"), ("iban", "IBAN"), ("amount.amount", "Montant"), ("amount.currency", "Devise : montant"),
    ("reference", "Référence"), ("status", "État"), ("member_id", "Adhérent"),
];

impl Resource for PaymentBatchView {
    const KIND: &'static str = "payment_batch";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<PaymentBatchRow> for PaymentBatchView {
    fn from(row: PaymentBatchRow) -> Self {
        let PaymentBatchRow { id, association_id, department_code, payments_count, total_cents, created_by, version, created_at } = row;
        Self { id, version, association_id, department_code, payments_count, total: total_cents, created_by, created_at }
    }
}

impl From<Payment> for PaymentLineView {
    fn from(Payment { row, number, member_id }: Payment) -> Self {
        Self { id: row.id, payee_name: row.payee_name, iban: row.iban, amount: row.amount_cents, reference: number, status: row.status, member_id }
    }
}

body! {
    /// Takes the ordered payments of an association that are in no batch yet.
    pub struct CreatePaymentBatch {
        /// The association, of which the caller is the treasurer.
        association_id: Id,
    }
}

/// The batches as a list.
#[derive(Clone)]
struct PaymentBatches;

impl Listed for PaymentBatches {
    type Filters = NoFilters;
    type View = PaymentBatchView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, PaymentBatchView)>> {
        Ok(store::list(conn, scope, slice)?.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::count(conn, scope)
    }
}

const EVERY: PaymentFilters = PaymentFilters { status: None, payee: None, association: None, department: None, batched: None };

/// The payments of one batch as a list.
#[derive(Clone)]
struct Lines {
    batch_id: Id,
}

impl Listed for Lines {
    type Filters = NoFilters;
    type View = PaymentLineView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, PaymentLineView)>> {
        store::find(conn, scope, self.batch_id)?;
        let found = payments::list(conn, scope, Of::Batch(self.batch_id), &EVERY, slice)?;
        Ok(found.into_iter().map(|payment| (payments::position(&payment.row), payment.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::find(conn, scope, self.batch_id)?;
        payments::count(conn, scope, Of::Batch(self.batch_id), &EVERY)
    }

    fn whole(view: &PaymentLineView) -> Option<(Confided, Id)> {
        view.member_id.map(of_member)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_payment_batches).lists::<PaymentBatchView>(&["created"]),
        route!(create_payment_batch).creates().shows::<PaymentBatchView>(),
        route!(retrieve_payment_batch).shows::<PaymentBatchView>(),
        route!(list_payment_lines).lists::<PaymentLineView>(&["created"]).exports(TITLES),
    ]
}

/// Puts what waits into a batch: from now on it is the bank's, and only the bank's rejection brings it back.
fn hand_over(tx: &mut Tx<'_>, scope: &Scope, association_id: Id) -> Result<PaymentBatchView> {
    if !scope.purses_kept(tx.conn)?.contains(&association_id) {
        return Err(Error::field("/association_id", Code::ReferenceNotFound));
    }
    let waiting = payments::lock_waiting(tx, scope, association_id)?;
    let Some(department_code) = waiting.first().map(|row| row.department_code.clone()) else { return Err(Error::of(Code::PaymentBatchEmpty)) };
    let row = PaymentBatchRow {
        id: Id::new(),
        association_id,
        department_code,
        payments_count: i32::try_from(waiting.len()).map_err(Error::internal)?,
        total_cents: waiting.iter().map(|row| row.amount_cents).sum(),
        created_by: tx.author.actor_id,
        version: 1,
        created_at: tx.now,
    };
    let row = store::insert(tx, scope, row)?;
    let handed: Vec<PaymentView> = payments::hand_over(tx, scope, waiting, row.id)?.into_iter().map(Into::into).collect();
    tx.record_all(handed.iter().map(|view| (Action::Update, view)))?;
    let view = PaymentBatchView::from(row);
    tx.record(Action::Create, &view)?;
    Ok(view)
}

/// List batches of payments
///
/// What was handed to the banks of the associations of which one is the treasurer today, the earliest first.
#[utoipa::path(get, path = "/payment-batches", operation_id = "payment_batches_list", tag = "financial_aid",
    responses((status = 200, description = "A page of batches.", body = Page<PaymentBatchView>)))]
async fn list_payment_batches(actor: Actor, list: ListOf<NoFilters>) -> Answer {
    actor.list(PaymentBatches, list).await
}

/// Make a batch of payments
///
/// Takes the payments of an association that are ordered and in no batch, at most 500, the earliest first; one's own aid never. What is
/// in a batch is not cancelled any more.
#[utoipa::path(post, path = "/payment-batches", operation_id = "payment_batches_create", tag = "financial_aid",
    params(CommandOptions), request_body = CreatePaymentBatch, responses((status = 201, description = "The batch.", body = PaymentBatchView)))]
async fn create_payment_batch(actor: Actor, command: Command<CreatePaymentBatch>) -> Answer {
    actor.create("payment-batches", command, |tx, scope, CreatePaymentBatch { association_id }| hand_over(tx, scope, association_id)).await
}

/// Retrieve a batch of payments
///
/// How many payments, and how much in all.
#[utoipa::path(get, path = "/payment-batches/{id}", operation_id = "payment_batches_retrieve", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "The batch.", body = PaymentBatchView)))]
async fn retrieve_payment_batch(actor: Actor, id: PathId) -> Answer {
    actor.retrieve(Projection::default(), move |conn, scope| store::find(conn, scope, id.0).map(PaymentBatchView::from)).await
}

/// List the payments of a batch for the bank
///
/// With the whole accounts, for the treasurer alone; `Accept: text/csv` gives the file for the bank. Every look is recorded.
#[utoipa::path(get, path = "/payment-batches/{id}/lines", operation_id = "payment_lines_list", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of payments.", body = Page<PaymentLineView>)))]
async fn list_payment_lines(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Lines { batch_id: id.0 }, list).await
}

//! The schedule of a repayment: set once, over when each instalment is paid or remitted.

use super::model::{InstalmentStatus, RepaymentState, divide, state_of};
use super::store::{self, InstalmentRow};
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::financial_aid_requests::store::AidRequestRow;
use crate::values::{Day, Money};
use serde::Serialize;
use utoipa::ToSchema;

/// How far a repayment has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct AidRepaymentView {
    /// The request.
    pub request_id: Id,
    /// What its instalments say together today.
    pub state: RepaymentState,
    /// How much is to be paid back in all.
    pub amount: Money,
    /// How much is paid back.
    pub paid: Money,
    /// How much need not be.
    pub remitted: Money,
    /// How much is left.
    pub left: Money,
    /// How many instalments are late.
    #[schema(minimum = 0, maximum = 120, example = 0)]
    pub late_count: i32,
    /// When the next one is due that is neither paid nor remitted.
    pub next_due_on: Option<Day>,
}

/// Sets the schedule of what was paid out under a locked request, once.
pub fn set(tx: &mut Tx<'_>, scope: &Scope, request: &AidRequestRow, first_due_on: Day, parts: i32) -> Result<()> {
    if !store::of_request(tx.conn, scope, request.id)?.is_empty() {
        return Err(Error::of(Code::AidScheduled));
    }
    if first_due_on < Day::of(tx.now.0) {
        return Err(Error::field("/first_due_on", Code::DayInPast));
    }
    let (now, request_id) = (tx.now, request.id);
    let row = |((due_on, amount_cents), number): ((Day, Money), i32)| InstalmentRow {
        id: Id::new(),
        request_id,
        number,
        due_on,
        amount_cents,
        paid_on: None,
        remitted_on: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let rows: Vec<InstalmentRow> = divide(request.paid_cents, first_due_on, parts).into_iter().zip(1..).map(row).collect();
    store::insert_all(tx, scope, &rows)?;
    let views: Vec<_> = rows.into_iter().map(super::api::InstalmentView::from).collect();
    tx.record_all(views.iter().map(|view| (Action::Create, view)))
}

/// Whether a schedule is set and nothing of it is left.
pub fn is_over(tx: &mut Tx<'_>, locked_in: &Scope, request_id: Id) -> Result<bool> {
    let today = Day::of(tx.now.0);
    Ok(repayment(tx.conn, locked_in, request_id, today)?.state == RepaymentState::Settled)
}

/// How far the repayment of a request that was found has come on a day.
pub fn repayment(conn: &mut DbConn, found_in: &Scope, request_id: Id, today: Day) -> Result<AidRepaymentView> {
    let rows = store::of_request(conn, found_in, request_id)?;
    let statuses: Vec<InstalmentStatus> = rows.iter().map(|row| row.status(today)).collect();
    let sum = |of: &[InstalmentStatus]| rows.iter().zip(&statuses).filter(|(_, status)| of.contains(status)).map(|(row, _)| row.amount_cents).sum::<Money>();
    let open = [InstalmentStatus::Due, InstalmentStatus::Late];
    let late = statuses.iter().filter(|status| **status == InstalmentStatus::Late).count();
    Ok(AidRepaymentView {
        request_id,
        state: state_of(&statuses),
        amount: rows.iter().map(|row| row.amount_cents).sum(),
        paid: sum(&[InstalmentStatus::Paid]),
        remitted: sum(&[InstalmentStatus::Remitted]),
        left: sum(&open),
        late_count: i32::try_from(late).unwrap_or(i32::MAX),
        next_due_on: rows.iter().zip(&statuses).find(|(_, status)| open.contains(status)).map(|(row, _)| row.due_on),
    })
}

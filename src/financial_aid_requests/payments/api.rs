//! Routes of payments of aid.

use super::lifecycle::{self, PaymentCommand};
use super::model::{OrderPayment, PaymentFilters};
use super::store::{self, Of};
use super::view::{PaymentView, TITLES, show};
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Language, Result};
use crate::financial_aid_requests::store as requests;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Order, Page, PartOf, PathId, Projection, route,
};
use crate::values::Commands;
use crate::workflow::{Content, TransitionView, Transitions};

/// Payments as a list: all in scope, or those of one request.
#[derive(Clone)]
struct Payments {
    of: Of,
    language: Language,
}

const SORTS: &[&str] = &["created"];

impl Payments {
    /// What they are payments of is found first.
    fn find(&self, conn: &mut DbConn, scope: &Scope) -> Result<()> {
        if let Of::Request(id) = self.of { requests::find(conn, scope, id).map(drop) } else { Ok(()) }
    }
}

impl Listed for Payments {
    type Filters = PaymentFilters;
    type View = PaymentView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &PaymentFilters, slice: &Slice) -> Result<Vec<(Position, PaymentView)>> {
        self.find(conn, scope)?;
        let found = store::list(conn, scope, self.of, filters, slice)?;
        let purses = scope.purses_kept(conn)?;
        Ok(found.into_iter().map(|payment| (store::position(&payment.row), show(scope, self.language, &purses, payment))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &PaymentFilters) -> Result<i64> {
        self.find(conn, scope)?;
        store::count(conn, scope, self.of, filters)
    }

    fn whole(view: &PaymentView) -> Option<(Confided, Id)> {
        view.member_id.map(|id| (Confided::Member, id))
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_payments).lists::<PaymentView>(SORTS).exports(TITLES),
        route!(list_request_payments).lists::<PaymentView>(SORTS),
        route!(order_payment).creates().shows::<PaymentView>(),
        route!(retrieve_payment).shows::<PaymentView>().sparse(),
        route!(list_payment_history).lists::<HistoryEntryView>(&[]),
        route!(transition_payment).conditional().creates(),
        route!(list_payment_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List payments
///
/// Payments of aid of one's department, or of the associations of which one is the treasurer today, the earliest first.
#[utoipa::path(get, path = "/payments", operation_id = "payments_list", tag = "financial_aid",
    params(PaymentFilters), responses((status = 200, description = "A page of payments.", body = Page<PaymentView>)))]
async fn list_payments(actor: Actor, list: ListOf<PaymentFilters>) -> Answer {
    actor.list(Payments { of: Of::Everything, language: actor.context.language }, list).await
}

/// List the payments of a request for financial aid
///
/// The earliest first, those that came to nothing too.
#[utoipa::path(get, path = "/financial-aid-requests/{id}/payments", operation_id = "financial_aid_request_payments_list", tag = "financial_aid",
    params(("id" = Id, Path), PaymentFilters), responses((status = 200, description = "A page of payments.", body = Page<PaymentView>)))]
async fn list_request_payments(actor: Actor, id: PathId, list: ListOf<PaymentFilters>) -> Answer {
    actor.list(Payments { of: Of::Request(id.0), language: actor.context.language }, list).await
}

/// Order a payment
///
/// Of aid that is granted, to the member or to a creditor; all orders and payments together never go beyond the grant.
#[utoipa::path(post, path = "/financial-aid-requests/{id}/payments", operation_id = "payments_create", tag = "financial_aid",
    params(("id" = Id, Path), CommandOptions), request_body = OrderPayment, responses((status = 201, description = "The payment.", body = PaymentView)))]
async fn order_payment(actor: Actor, id: PathId, command: Command<OrderPayment>) -> Answer {
    let language = actor.context.language;
    actor
        .create_under(
            "payments",
            command,
            move |tx, scope| requests::find(tx.conn, scope, id.0),
            move |tx, scope, request, body| {
                let payment = lifecycle::order(tx, scope, request.id, body)?;
                Ok(show(scope, language, &scope.purses_kept(tx.conn)?, payment))
            },
        )
        .await
}

/// Retrieve a payment
///
/// One payment, its account masked.
#[utoipa::path(get, path = "/payments/{id}", operation_id = "payments_retrieve", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "The payment.", body = PaymentView)))]
async fn retrieve_payment(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let language = actor.context.language;
    actor
        .retrieve_part(projection, move |conn, scope| {
            let payment = store::find(conn, scope, id.0)?;
            let member = payment.part_of();
            Ok((show(scope, language, &scope.purses_kept(conn)?, payment), member))
        })
        .await
}

/// List the versions of a payment
///
/// Who changed what and when, the newest first; accounts are masked.
#[utoipa::path(get, path = "/payments/{id}/history", operation_id = "payments_history", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_payment_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

/// Move a payment on
///
/// The treasurer tells what was paid and what the bank rejected; what is not yet at the bank can be cancelled. At the version the caller
/// has seen. The last payment of all that was granted settles the request.
#[utoipa::path(post, path = "/payments/{id}/transitions", operation_id = "payments_transition", tag = "financial_aid",
    params(("id" = Id, Path), CommandOptions), request_body = PaymentCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_payment(actor: Actor, id: PathId, order: Order<PaymentCommand>) -> Answer {
    let word = order.command.word();
    let find = move |conn: &mut DbConn, scope: &Scope, id| {
        let payment = store::find(conn, scope, id)?;
        payment.moved_by(&scope.purses_kept(conn)?, word)
    };
    actor.transition(id.0, order, find, lifecycle::advance).await
}

/// List the steps of a payment
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/payments/{id}/transitions", operation_id = "payments_transitions_list", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_payment_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

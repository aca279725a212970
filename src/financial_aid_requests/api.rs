//! Routes of requests for aid.

use super::bodies::{CreateFinancialAidRequest, UpdateFinancialAidRequest};
use super::checks;
use super::instalments::schedule::{self, AidRepaymentView};
use super::lifecycle::AidRequestCommand;
use super::model::{AidRequestFilters, AidRequestStatus};
use super::steps::{self, Reach};
use super::store;
use super::view::{AidChecksView, FinancialAidRequestView, TITLES, show};
use crate::audit::Action;
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Language, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Order, Page, PartOf, Patch, PathId, Projection,
    route,
};
use crate::values::Day;
use crate::workflow::{Content, TransitionView, Transitions};

/// The requests as a list.
#[derive(Clone)]
struct FinancialAidRequests {
    today: Day,
    language: Language,
}

const SORTS: &[&str] = &["created", "number"];
const EXPANDS: &[&str] = &["member", "dossier", "association"];

impl Listed for FinancialAidRequests {
    type Filters = AidRequestFilters;
    type View = FinancialAidRequestView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &AidRequestFilters, slice: &Slice) -> Result<Vec<(Position, FinancialAidRequestView)>> {
        let rows = store::list(conn, scope, filters, self.today, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), show(scope, self.language, row))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &AidRequestFilters) -> Result<i64> {
        store::count(conn, scope, filters, self.today)
    }

    fn whole(view: &FinancialAidRequestView) -> Option<(Confided, Id)> {
        view.member_id.map(|id| (Confided::Member, id))
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_financial_aid_requests).lists::<FinancialAidRequestView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_financial_aid_request).creates().shows::<FinancialAidRequestView>(),
        route!(retrieve_financial_aid_request).shows::<FinancialAidRequestView>().sparse().expands(EXPANDS),
        route!(update_financial_aid_request).conditional().shows::<FinancialAidRequestView>(),
        route!(list_financial_aid_request_history).lists::<HistoryEntryView>(&[]),
        route!(transition_financial_aid_request).conditional().creates(),
        route!(list_financial_aid_request_transitions).lists::<TransitionView>(&[]),
        route!(show_aid_checks),
        route!(show_aid_repayment),
    ]
}

/// List requests for financial aid
///
/// What the members of one's department ask for, the earliest first; one's own never. `late=true` are those that were granted urgently and
/// that no committee has ratified in time.
#[utoipa::path(get, path = "/financial-aid-requests", operation_id = "financial_aid_requests_list", tag = "financial_aid",
    params(AidRequestFilters), responses((status = 200, description = "A page of requests.", body = Page<FinancialAidRequestView>)))]
async fn list_financial_aid_requests(actor: Actor, list: ListOf<AidRequestFilters>) -> Answer {
    actor.list(FinancialAidRequests { today: actor.today(), language: actor.context.language }, list).await
}

/// Make a request for financial aid
///
/// As a draft, of a member of one's department: `submit` comes after. Nobody sees to their own.
#[utoipa::path(post, path = "/financial-aid-requests", operation_id = "financial_aid_requests_create", tag = "financial_aid",
    params(CommandOptions), request_body = CreateFinancialAidRequest,
    responses((status = 201, description = "The request.", body = FinancialAidRequestView)))]
async fn create_financial_aid_request(actor: Actor, command: Command<CreateFinancialAidRequest>) -> Answer {
    let (reach, language) = (Reach::of(&actor), actor.context.language);
    actor
        .create("financial-aid-requests", command, move |tx, scope, body| {
            let row = steps::make(tx, scope, &reach, body)?;
            tx.record(Action::Create, &FinancialAidRequestView::from(row.clone()))?;
            Ok(show(scope, language, row))
        })
        .await
}

/// Retrieve a request for financial aid
///
/// What is asked for, and how far that has come.
#[utoipa::path(get, path = "/financial-aid-requests/{id}", operation_id = "financial_aid_requests_retrieve", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "The request.", body = FinancialAidRequestView)))]
async fn retrieve_financial_aid_request(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let language = actor.context.language;
    actor
        .retrieve_part(projection, move |conn, scope| {
            let row = store::find(conn, scope, id.0)?;
            let member = row.part_of();
            Ok((show(scope, language, row), member))
        })
        .await
}

/// Correct a request for financial aid
///
/// Changes the fields given, at the version the caller has seen, as long as it is a draft or more information is asked for.
#[utoipa::path(patch, path = "/financial-aid-requests/{id}", operation_id = "financial_aid_requests_update", tag = "financial_aid",
    params(("id" = Id, Path)), request_body = UpdateFinancialAidRequest,
    responses((status = 200, description = "The request after the change.", body = FinancialAidRequestView)))]
async fn update_financial_aid_request(actor: Actor, id: PathId, patch: Patch<UpdateFinancialAidRequest>) -> Answer {
    let (reach, language) = (Reach::of(&actor), actor.context.language);
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            if !AidRequestStatus::OPEN.contains(&row.status) {
                return Err(Error::of(Code::AidNotOpen));
            }
            changes.apply(&mut row)?;
            reach.check_dossier(tx, &row)?;
            let row = store::advance(tx, scope, row, &AidRequestStatus::OPEN)?;
            tx.record(Action::Update, &FinancialAidRequestView::from(row.clone()))?;
            Ok(show(scope, language, row))
        })
        .await
}

/// List the versions of a request for financial aid
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/financial-aid-requests/{id}/history", operation_id = "financial_aid_requests_history", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_financial_aid_request_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

/// Move a request for financial aid on
///
/// Carries out a command of its team, at the version the caller has seen. What a committee decides comes from its session, and not from
/// here; what the last payment settles is settled by it.
#[utoipa::path(post, path = "/financial-aid-requests/{id}/transitions", operation_id = "financial_aid_requests_transition", tag = "financial_aid",
    params(("id" = Id, Path), CommandOptions), request_body = AidRequestCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_financial_aid_request(actor: Actor, id: PathId, order: Order<AidRequestCommand>) -> Answer {
    actor.transition(id.0, order, store::find, steps::advance).await
}

/// List the steps of a request for financial aid
///
/// Its life so far, the first step first; those of committees and payments too.
#[utoipa::path(get, path = "/financial-aid-requests/{id}/transitions", operation_id = "financial_aid_requests_transitions_list", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_financial_aid_request_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

/// Hold the rules against a request for financial aid
///
/// Each rule of its year that is set, with what it asks for, what was measured on the day of submission, and whether it is met, fails, or
/// was waived, by whom and why. A rule that fails and is not waived stands in the way of the instruction and of every grant.
#[utoipa::path(get, path = "/financial-aid-requests/{id}/checks", operation_id = "financial_aid_requests_checks", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "The rules.", body = AidChecksView)))]
async fn show_aid_checks(actor: Actor, id: PathId) -> Answer {
    let today = actor.today();
    actor
        .show_with(move |conn, scope| {
            let row = store::find(conn, scope, id.0)?;
            let checks = checks::of(conn, scope, &row, row.asked_cents, today)?;
            Ok((AidChecksView { items: checks.into_iter().map(Into::into).collect() }, row.part_of().into_iter().collect()))
        })
        .await
}

/// Tell how far a repayment has come
///
/// What follows today from the instalments of a request: how much is paid back, remitted and left, and what is late.
#[utoipa::path(get, path = "/financial-aid-requests/{id}/repayment", operation_id = "financial_aid_requests_repayment", tag = "financial_aid",
    params(("id" = Id, Path)), responses((status = 200, description = "The repayment.", body = AidRepaymentView)))]
async fn show_aid_repayment(actor: Actor, id: PathId) -> Answer {
    let today = actor.today();
    actor
        .show_with(move |conn, scope| {
            let row = store::find(conn, scope, id.0)?;
            Ok((schedule::repayment(conn, scope, row.id, today)?, row.part_of().into_iter().collect()))
        })
        .await
}

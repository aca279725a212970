//! Routes of mandates.

use super::lifecycle::{self, MandateCommand};
use super::model::*;
use super::standing;
use super::store::{self, Mandate, MandateRow, Of};
use super::suggestions;
use super::view::{MandateView, TITLES};
use crate::audit::access::Confided;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Json};
use crate::dossiers;
use crate::error::{Code, Error, Flaw, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, PathId, Projection,
    route,
};
use crate::lawyers;
use crate::values::{Commands, Day};
use crate::workflow::{Content, TransitionView, Transitions};

/// Longest time for which a proposal stands, in days.
const STANDS_DAYS: i64 = 60;

/// The mandates of one dossier, or of the lawyer who asks, as a list.
#[derive(Clone)]
struct Mandates {
    of: Of,
    lens: Lens,
}

const SORTS: &[&str] = &["proposed"];

impl Mandates {
    fn find_dossier(&self, conn: &mut DbConn, scope: &Scope) -> Result<()> {
        match self.of {
            Of::Dossier(id) => dossiers::store::find(conn, scope, id).map(drop),
            Of::Caller => Ok(()),
        }
    }
}

impl Listed for Mandates {
    type Filters = MandateFilters;
    type View = MandateView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &MandateFilters, slice: &Slice) -> Result<Vec<(Position, MandateView)>> {
        self.find_dossier(conn, scope)?;
        let mandates = store::list(conn, scope, self.of, filters, self.lens.today(), slice)?;
        Ok(mandates.into_iter().map(|found| (store::position(&found.row), MandateView::shown(found, scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &MandateFilters) -> Result<i64> {
        self.find_dossier(conn, scope)?;
        store::count(conn, scope, self.of, filters, self.lens.today())
    }
}

/// The mandate on the day for which the scope was made.
fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Mandate> {
    let now = scope.now().ok_or_else(Error::not_found)?;
    store::find(conn, scope, id, Day::of(now.0))
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_mandates).lists::<MandateView>(SORTS),
        route!(list_mandates_of_dossier).lists::<MandateView>(SORTS).exports(TITLES).discloses(Confided::Dossier),
        route!(propose_mandate).creates().shows::<MandateView>().discloses(Confided::Dossier),
        route!(retrieve_mandate).shows::<MandateView>().sparse(),
        route!(list_mandate_history).lists::<HistoryEntryView>(&[]),
        route!(transition_mandate).conditional().creates(),
        route!(list_mandate_transitions).lists::<TransitionView>(&[]),
        suggestions::route(),
    ]
}

/// List one's mandates
///
/// Every dossier that was proposed to the lawyer who asks, the earliest first. What is in the dossier is read from the acceptance to the
/// end alone.
#[utoipa::path(get, path = "/mandates", operation_id = "mandates_list", tag = "mandates",
    params(MandateFilters), responses((status = 200, description = "A page of mandates.", body = Page<MandateView>)))]
async fn list_mandates(actor: Actor, list: ListOf<MandateFilters>) -> Answer {
    actor.list(Mandates { of: Of::Caller, lens: actor.lens() }, list).await
}

/// List the mandates of a dossier
///
/// Those proposed, under way and over, the earliest first.
#[utoipa::path(get, path = "/dossiers/{id}/mandates", operation_id = "dossier_mandates_list", tag = "mandates",
    params(("id" = Id, Path), MandateFilters), responses((status = 200, description = "A page of mandates.", body = Page<MandateView>)))]
async fn list_mandates_of_dossier(actor: Actor, id: PathId, list: ListOf<MandateFilters>) -> Answer {
    actor.list(Mandates { of: Of::Dossier(id.0), lens: actor.lens() }, list).await
}

/// Propose a mandate
///
/// Proposes the dossier to a lawyer, partner or not, until a day. A partner who is out of agreement, away, out of capacity, of other
/// departments or in conflict is refused with the reason.
#[utoipa::path(post, path = "/dossiers/{id}/mandates", operation_id = "mandates_create", tag = "mandates",
    params(("id" = Id, Path), CommandOptions), request_body = ProposeMandate, responses((status = 201, description = "The mandate.", body = MandateView)))]
async fn propose_mandate(actor: Actor, id: PathId, command: Command<ProposeMandate>) -> Answer {
    let lens = actor.lens();
    let find = move |tx: &mut Tx<'_>, scope: &Scope| dossiers::store::find(tx.conn, scope, id.0);
    actor
        .create_under("mandates", command, find, move |tx, scope, dossier, body| {
            let row = propose(tx, scope, dossier.id, lens.today(), body)?;
            tx.record(Action::Create, &MandateView::of(row.clone(), lens.today()))?;
            let found = store::find(tx.conn, scope, row.id, lens.today())?;
            Ok(MandateView::shown(found, scope, lens))
        })
        .await
}

fn propose(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id, today: Day, body: ProposeMandate) -> Result<MandateRow> {
    let ProposeMandate { lawyer_id, external_lawyer, nature, purpose, chosen_by_member, name_requested_on, expires_on } = body;
    if name_requested_on.is_some_and(|day| today < day) {
        return Err(Error::field("/name_requested_on", Code::DayInFuture));
    }
    let latest = today.plus(STANDS_DAYS);
    if expires_on < today || latest < expires_on {
        return Err(Error::field("/expires_on", Flaw::new(Code::DateOutOfRange).with("min", today).with("max", latest)));
    }
    let department = dossiers::store::lock_open(tx, scope, dossier_id)?.department_code;
    if let Some(id) = lawyer_id {
        let lawyer = lawyers::store::lock(tx, &Scope::everybody(), id).map_err(|error| error.of_reference("/lawyer_id"))?;
        standing::check_standing(tx, scope, dossier_id, &lawyer, &department, today)?;
    }
    let row = MandateRow {
        id: Id::new(),
        dossier_id,
        lawyer_id,
        external_lawyer: external_lawyer.map(|ExternalLawyerInput { name, bar }| Json(ExternalLawyer { name, bar })),
        nature,
        purpose,
        chosen_by_member,
        name_requested_on,
        status: MandateStatus::Proposed,
        proposed_by: tx.author.actor_id,
        proposed_on: today,
        expires_on,
        accepted_on: None,
        decline_reason: None,
        advice: None,
        ended_on: None,
        permit_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::insert(tx, scope, row)
}

/// Retrieve a mandate
///
/// One mandate: to those who read the dossier, and to the lawyer to whom it was proposed.
#[utoipa::path(get, path = "/mandates/{id}", operation_id = "mandates_retrieve", tag = "mandates",
    params(("id" = Id, Path)), responses((status = 200, description = "The mandate.", body = MandateView)))]
async fn retrieve_mandate(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let found = store::find(conn, scope, id.0, lens.today())?;
            let dossier = (Confided::Dossier, found.row.dossier_id);
            Ok((MandateView::shown(found, scope, lens), Some(dossier)))
        })
        .await
}

/// List the versions of a mandate
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/mandates/{id}/history", operation_id = "mandates_history", tag = "mandates",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_mandate_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find }, list).await
}

/// Move a mandate on
///
/// The lawyer accepts, declines, starts and completes by their own account; the team withdraws, and records what a lawyer says who has no
/// account. At the version the caller has seen. A partner who is out of agreement, away, out of capacity, of other departments or in
/// conflict cannot accept.
#[utoipa::path(post, path = "/mandates/{id}/transitions", operation_id = "mandates_transition", tag = "mandates",
    params(("id" = Id, Path), CommandOptions), request_body = MandateCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_mandate(actor: Actor, id: PathId, order: Order<MandateCommand>) -> Answer {
    let (today, word) = (actor.today(), order.command.word());
    let find = move |conn: &mut DbConn, scope: &Scope, id| {
        let found = store::find(conn, scope, id, today)?;
        if found.grants(word) { Ok(found) } else { Err(Error::of(Code::CommandNotGranted)) }
    };
    actor.transition(id.0, order, find, lifecycle::advance).await
}

/// List the steps of a mandate
///
/// Its life so far, the first step first. That a proposal expired is written down by the server, within a minute while one runs.
#[utoipa::path(get, path = "/mandates/{id}/transitions", operation_id = "mandates_transitions_list", tag = "mandates",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_mandate_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find }, list).await
}

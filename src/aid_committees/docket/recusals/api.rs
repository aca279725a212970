//! Routes and views of recusals.

use super::model::{RecordAidRecusal, RecusalKind};
use super::store::{self, RecusalRow};
use crate::aid_committees::docket::lifecycle::{self as docket, Item};
use crate::aid_committees::docket::model::DocketStatus;
use crate::aid_committees::docket::store as items;
use crate::aid_committees::docket::votes::api::AidVoteView;
use crate::aid_committees::docket::votes::store as votes;
use crate::aid_committees::members::model::CommitteeFunction;
use crate::aid_committees::members::store::{CommitteeMemberRow, in_office};
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, ListOf, Listed, NoFilters, Page, PathId, Projection, route};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who has no part in deciding on something. Why is not set down: it would tell whose request it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidRecusalView {
    /// Identifier.
    pub id: Id,
    /// Version; a recusal is not changed.
    #[schema(minimum = 1, maximum = 1, example = 1)]
    pub version: i32,
    /// From what, by its place on the docket.
    pub docket_item_id: Id,
    /// Who, by their term in the committee.
    pub committee_member_id: Id,
    /// Their account.
    pub user_id: Id,
    /// Whose word it is.
    pub kind: RecusalKind,
    /// When.
    pub recorded_at: Instant,
}

impl Resource for AidRecusalView {
    const KIND: &'static str = "aid_recusal";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<RecusalRow> for AidRecusalView {
    fn from(row: RecusalRow) -> Self {
        let RecusalRow { id, item_id, committee_member_id, user_id, kind, recorded_at } = row;
        Self { id, version: 1, docket_item_id: item_id, committee_member_id, user_id, kind, recorded_at }
    }
}

/// The recusals from one place of a docket as a list.
#[derive(Clone)]
struct Recusals {
    item_id: Id,
}

const SORTS: &[&str] = &["recorded"];

impl Listed for Recusals {
    type Filters = NoFilters;
    type View = AidRecusalView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, AidRecusalView)>> {
        items::find(conn, scope, self.item_id)?;
        let rows = store::list(conn, scope, self.item_id, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        items::find(conn, scope, self.item_id)?;
        store::count(conn, scope, self.item_id)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_aid_recusals).lists::<AidRecusalView>(SORTS),
        route!(record_aid_recusal).creates().shows::<AidRecusalView>(),
        route!(retrieve_aid_recusal).shows::<AidRecusalView>().sparse(),
    ]
}

/// List the recusals from what stands on a docket
///
/// Who has no part in deciding on it, the first first.
#[utoipa::path(get, path = "/aid-docket-items/{id}/recusals", operation_id = "aid_recusals_list", tag = "aid_docket",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of recusals.", body = Page<AidRecusalView>)))]
async fn list_aid_recusals(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Recusals { item_id: id.0 }, list).await
}

/// Recuse oneself, or somebody else
///
/// Declared by whoever has an interest, or imposed by department staff and whoever presides, before anything is decided. A vote that was
/// cast is taken back.
#[utoipa::path(post, path = "/aid-docket-items/{id}/recusals", operation_id = "aid_recusals_create", tag = "aid_docket",
    params(("id" = Id, Path), CommandOptions), request_body = RecordAidRecusal,
    responses((status = 201, description = "The recusal.", body = AidRecusalView)))]
async fn record_aid_recusal(actor: Actor, id: PathId, command: Command<RecordAidRecusal>) -> Answer {
    let find = move |tx: &mut Tx<'_>, scope: &Scope| items::find(tx.conn, scope, id.0).map(drop);
    actor.create_under("aid-recusals", command, find, move |tx, scope, (), body| recuse(tx, scope, id.0, body.committee_member_id)).await
}

fn recuse(tx: &mut Tx<'_>, scope: &Scope, item_id: Id, member_id: Option<Id>) -> Result<AidRecusalView> {
    let found = docket::lock(tx, scope, item_id)?;
    let (term, kind) = whom(tx, scope, &found, member_id)?;
    if found.row.status != DocketStatus::Listed {
        return Err(Error::of(Code::DocketItemDecided));
    }
    if let Some(vote) = votes::of_user(tx.conn, scope, item_id, term.user_id)? {
        votes::take_back(tx, scope, &vote, term.function == CommitteeFunction::Chair)?;
        // What is taken back is the next version of what was cast.
        tx.record(Action::Delete, &AidVoteView { version: 2, ..vote.into() })?;
    }
    let row = RecusalRow { id: Id::new(), item_id, committee_member_id: term.id, user_id: term.user_id, kind, recorded_at: tx.now };
    let view = store::insert(tx, scope, row)?.into();
    tx.record(Action::Create, &view)?;
    Ok(view)
}

/// Who is recused, and by whose word: oneself by one's own, others by that of department staff and of whoever presides.
fn whom(tx: &mut Tx<'_>, scope: &Scope, found: &Item, member_id: Option<Id>) -> Result<(CommitteeMemberRow, RecusalKind)> {
    let terms = in_office(tx.conn, scope, found.row.committee_id, found.session.held_on)?;
    let own = |term: &&CommitteeMemberRow| Some(term.user_id) == scope.caller();
    let named = match member_id {
        Some(id) => terms.iter().find(|term| term.id == id),
        None => terms.iter().find(own),
    };
    let missing = if member_id.is_some() { Code::ReferenceNotFound } else { Code::FieldRequired };
    let term = named.filter(|term| term.function.votes()).ok_or_else(|| Error::field("/committee_member_id", missing))?;
    let declared = own(&term);
    if !declared && !found.is_moved_by(scope) {
        return Err(Error::of(Code::CommandNotGranted));
    }
    Ok((term.clone(), if declared { RecusalKind::Declared } else { RecusalKind::Imposed }))
}

/// Retrieve a recusal
///
/// One recusal.
#[utoipa::path(get, path = "/aid-recusals/{id}", operation_id = "aid_recusals_retrieve", tag = "aid_docket",
    params(("id" = Id, Path)), responses((status = 200, description = "The recusal.", body = AidRecusalView)))]
async fn retrieve_aid_recusal(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(AidRecusalView::from)).await
}

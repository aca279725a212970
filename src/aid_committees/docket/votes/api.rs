//! Routes and views of votes.

use super::model::CastAidVote;
use super::store::{self, VoteRow};
use crate::aid_committees::docket::lifecycle::{self as docket, Item};
use crate::aid_committees::docket::model::{DocketStatus, VoteChoice};
use crate::aid_committees::docket::{recusals, store as items};
use crate::aid_committees::members::model::CommitteeFunction;
use crate::aid_committees::sessions::attendances::model::Presence;
use crate::aid_committees::sessions::attendances::store::{self as attendances, AttendanceRow};
use crate::aid_committees::sessions::lifecycle::no_quorum;
use crate::aid_committees::sessions::model::AidSessionStatus;
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::financial_aid_requests::store as requests;
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, ListOf, Listed, NoFilters, Page, PathId, Projection, route};
use serde::Serialize;
use utoipa::ToSchema;

/// What somebody voted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidVoteView {
    /// Identifier.
    pub id: Id,
    /// Version; a vote is not changed.
    #[schema(minimum = 1, maximum = 1, example = 1)]
    pub version: i32,
    /// On what, by its place on the docket.
    pub docket_item_id: Id,
    /// Whose it is, by their term in the committee.
    pub committee_member_id: Id,
    /// Their account.
    pub user_id: Id,
    /// What they voted.
    pub choice: VoteChoice,
    /// When.
    pub cast_at: Instant,
}

impl Resource for AidVoteView {
    const KIND: &'static str = "aid_vote";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<VoteRow> for AidVoteView {
    fn from(row: VoteRow) -> Self {
        let VoteRow { id, item_id, committee_member_id, user_id, choice, cast_at } = row;
        Self { id, version: 1, docket_item_id: item_id, committee_member_id, user_id, choice, cast_at }
    }
}

/// The votes on one place of a docket as a list.
#[derive(Clone)]
struct Votes {
    item_id: Id,
}

const SORTS: &[&str] = &["cast"];

impl Listed for Votes {
    type Filters = NoFilters;
    type View = AidVoteView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, AidVoteView)>> {
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
        route!(list_aid_votes).lists::<AidVoteView>(SORTS),
        route!(cast_aid_vote).creates().shows::<AidVoteView>(),
        route!(retrieve_aid_vote).shows::<AidVoteView>().sparse(),
    ]
}

/// List the votes on what stands on a docket
///
/// Who voted what, as hands are raised, the first first.
#[utoipa::path(get, path = "/aid-docket-items/{id}/votes", operation_id = "aid_votes_list", tag = "aid_docket",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of votes.", body = Page<AidVoteView>)))]
async fn list_aid_votes(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Votes { item_id: id.0 }, list).await
}

/// Vote
///
/// One vote of a chair or member who is there, while the session is open and has its quorum and nothing is decided: 409
/// `aid_session.no_quorum`, `aid_vote.already_cast`, `aid_vote.recused`, `aid_vote.not_present`. Whoever instructed the request has no part
/// in deciding on it.
#[utoipa::path(post, path = "/aid-docket-items/{id}/votes", operation_id = "aid_votes_create", tag = "aid_docket",
    params(("id" = Id, Path), CommandOptions), request_body = CastAidVote, responses((status = 201, description = "The vote.", body = AidVoteView)))]
async fn cast_aid_vote(actor: Actor, id: PathId, command: Command<CastAidVote>) -> Answer {
    let find = move |tx: &mut Tx<'_>, scope: &Scope| {
        let found = docket::find(tx.conn, scope, id.0)?;
        if found.own.is_some_and(|function| function.votes()) { Ok(()) } else { Err(Error::of(Code::CommandNotGranted)) }
    };
    actor.create_under("aid-votes", command, find, move |tx, scope, (), body| cast(tx, scope, id.0, body.choice)).await
}

/// Casts the vote of whose scope it is.
pub fn cast(tx: &mut Tx<'_>, scope: &Scope, item_id: Id, choice: VoteChoice) -> Result<AidVoteView> {
    let found = docket::lock(tx, scope, item_id)?;
    let own = voter(tx, scope, &found)?;
    let by_chair = found.own == Some(CommitteeFunction::Chair);
    let row = VoteRow { id: Id::new(), item_id, committee_member_id: own.committee_member_id, user_id: own.user_id, choice, cast_at: tx.now };
    let view = store::insert(tx, scope, &found.row, row, by_chair)?.into();
    tx.record(Action::Create, &view)?;
    Ok(view)
}

/// How the caller attends a session in which they may vote on something now; else why they may not.
fn voter(tx: &mut Tx<'_>, scope: &Scope, found: &Item) -> Result<AttendanceRow> {
    let Item { row, session, .. } = found;
    if session.status != AidSessionStatus::Open {
        return Err(Error::of(Code::AidSessionNotOpen));
    }
    if !session.has_quorum() {
        return Err(no_quorum(session).into());
    }
    if row.status != DocketStatus::Listed {
        return Err(Error::of(Code::DocketItemDecided));
    }
    let user_id = scope.caller().ok_or_else(|| Error::of(Code::CommandNotGranted))?;
    let attendance = attendances::of_user(tx.conn, scope, session.id, user_id)?.filter(|own| own.presence == Presence::Present);
    let attendance = attendance.ok_or_else(|| Error::of(Code::VoterAbsent))?;
    let instructed = requests::find_by_ids(tx.conn, scope, vec![row.request_id])?.iter().any(|request| request.instructed_by == Some(user_id));
    if instructed || recusals::store::of_user(tx.conn, scope, row.id, user_id)? {
        return Err(Error::of(Code::VoterRecused));
    }
    Ok(attendance)
}

/// Retrieve a vote
///
/// One vote.
#[utoipa::path(get, path = "/aid-votes/{id}", operation_id = "aid_votes_retrieve", tag = "aid_docket",
    params(("id" = Id, Path)), responses((status = 200, description = "The vote.", body = AidVoteView)))]
async fn retrieve_aid_vote(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(AidVoteView::from)).await
}

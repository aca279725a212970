//! Routes and views of the members of committees.

use super::model::{CommitteeFunction, CommitteeMemberFilters, NameCommitteeMember, UpdateCommitteeMember};
use super::store::{self, CommitteeMemberRow};
use crate::aid_committees::store::{self as committees, CommitteeRow};
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::auth::store::holds;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::values::Day;
use crate::values::input::change_period;
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody in a committee, between two days.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidCommitteeMemberView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The committee.
    pub committee_id: Id,
    /// Their account.
    pub user_id: Id,
    /// What they are in the committee.
    pub function: CommitteeFunction,
    /// First day in office.
    pub starts_on: Day,
    /// Last day in office, `null` while it lasts.
    pub ends_on: Option<Day>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("committee_id", "Commission"), ("user_id", "Compte"), ("function", "Fonction"),
    ("starts_on", "Début"), ("ends_on", "Fin"), ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for AidCommitteeMemberView {
    const KIND: &'static str = "aid_committee_member";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<CommitteeMemberRow> for AidCommitteeMemberView {
    fn from(row: CommitteeMemberRow) -> Self {
        let CommitteeMemberRow { id, committee_id, association_id: _, user_id, function, starts_on, ends_on, version, created_at, updated_at } = row;
        Self { id, version, committee_id, user_id, function, starts_on, ends_on, created_at, updated_at }
    }
}

/// The members of one committee as a list.
#[derive(Clone)]
struct CommitteeMembers {
    committee_id: Id,
}

const SORTS: &[&str] = &["starts"];

impl Listed for CommitteeMembers {
    type Filters = CommitteeMemberFilters;
    type View = AidCommitteeMemberView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &CommitteeMemberFilters, slice: &Slice) -> Result<Vec<(Position, AidCommitteeMemberView)>> {
        committees::find(conn, scope, self.committee_id)?;
        let rows = store::list(conn, scope, self.committee_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &CommitteeMemberFilters) -> Result<i64> {
        committees::find(conn, scope, self.committee_id)?;
        store::count(conn, scope, self.committee_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_committee_members).lists::<AidCommitteeMemberView>(SORTS).exports(TITLES),
        route!(name_committee_member).creates().shows::<AidCommitteeMemberView>(),
        route!(retrieve_committee_member).shows::<AidCommitteeMemberView>().sparse(),
        route!(update_committee_member).conditional().shows::<AidCommitteeMemberView>(),
        route!(list_committee_member_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the members of an aid committee
///
/// Everybody who is, was or will be in office, the earliest first; `on` keeps those in office on a day.
#[utoipa::path(get, path = "/aid-committees/{id}/members", operation_id = "aid_committee_members_list", tag = "aid_committees",
    params(("id" = Id, Path), CommitteeMemberFilters),
    responses((status = 200, description = "A page of members.", body = Page<AidCommitteeMemberView>)))]
async fn list_committee_members(actor: Actor, id: PathId, list: ListOf<CommitteeMemberFilters>) -> Answer {
    actor.list(CommitteeMembers { committee_id: id.0 }, list).await
}

/// Name somebody to an aid committee
///
/// Gives an account a function between two days. The account holds the role that goes with it, `treasurer` or `aid_committee_member`;
/// two terms of one person do not overlap (409 `aid_committee.term_overlap`).
#[utoipa::path(post, path = "/aid-committees/{id}/members", operation_id = "aid_committee_members_create", tag = "aid_committees",
    params(("id" = Id, Path), CommandOptions), request_body = NameCommitteeMember,
    responses((status = 201, description = "The term.", body = AidCommitteeMemberView)))]
async fn name_committee_member(actor: Actor, id: PathId, command: Command<NameCommitteeMember>) -> Answer {
    let find = move |tx: &mut Tx<'_>, scope: &Scope| committees::lock(tx, scope, id.0);
    actor.create_under("aid-committee-members", command, find, |tx, scope, committee, body| name(tx, scope, &committee, body)).await
}

/// Gives an account a function in a committee that is locked.
pub fn name(tx: &mut Tx<'_>, scope: &Scope, committee: &CommitteeRow, body: NameCommitteeMember) -> Result<AidCommitteeMemberView> {
    let NameCommitteeMember { user_id, function, starts_on, ends_on } = body;
    if !holds(tx.conn, user_id, function.role(), Day::of(tx.now.0))? {
        return Err(Error::field("/user_id", Code::ReferenceNotFound));
    }
    let CommitteeRow { id: committee_id, association_id, .. } = *committee;
    let (id, now) = (Id::new(), tx.now);
    let row = CommitteeMemberRow { id, committee_id, association_id, user_id, function, starts_on, ends_on, version: 1, created_at: now, updated_at: now };
    let view = store::insert(tx, scope, row)?.into();
    tx.record(Action::Create, &view)?;
    Ok(view)
}

/// Retrieve a member of an aid committee
///
/// One term in a committee.
#[utoipa::path(get, path = "/aid-committee-members/{id}", operation_id = "aid_committee_members_retrieve", tag = "aid_committees",
    params(("id" = Id, Path)), responses((status = 200, description = "The term.", body = AidCommitteeMemberView)))]
async fn retrieve_committee_member(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(AidCommitteeMemberView::from)).await
}

/// Change the term of a member of an aid committee
///
/// Changes the days, at the version the caller has seen; who leaves is given a last day.
#[utoipa::path(patch, path = "/aid-committee-members/{id}", operation_id = "aid_committee_members_update", tag = "aid_committees",
    params(("id" = Id, Path)), request_body = UpdateCommitteeMember,
    responses((status = 200, description = "The term after the change.", body = AidCommitteeMemberView)))]
async fn update_committee_member(actor: Actor, id: PathId, patch: Patch<UpdateCommitteeMember>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            committees::lock(tx, scope, row.committee_id)?;
            change_period(["/starts_on", "/ends_on"], changes.starts_on, changes.ends_on, &mut row.starts_on, &mut row.ends_on)?;
            let view: AidCommitteeMemberView = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// List the versions of a member of an aid committee
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/aid-committee-members/{id}/history", operation_id = "aid_committee_members_history", tag = "aid_committees",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_committee_member_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

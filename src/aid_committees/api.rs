//! Routes of committees.

use super::model::{CommitteeFilters, CreateAidCommittee, UpdateAidCommittee};
use super::store::{self, CommitteeRow};
use super::view::{AidCommitteeView, TITLES};
use crate::associations;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};

/// The committees as a list.
#[derive(Clone)]
struct Committees;

const SORTS: &[&str] = &["created"];

impl Listed for Committees {
    type Filters = CommitteeFilters;
    type View = AidCommitteeView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &CommitteeFilters, slice: &Slice) -> Result<Vec<(Position, AidCommitteeView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &CommitteeFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_aid_committees).lists::<AidCommitteeView>(SORTS).exports(TITLES),
        route!(create_aid_committee).creates().shows::<AidCommitteeView>(),
        route!(retrieve_aid_committee).shows::<AidCommitteeView>().sparse(),
        route!(update_aid_committee).conditional().shows::<AidCommitteeView>(),
        route!(list_aid_committee_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List aid committees
///
/// Those of one's department, and those in which the caller is in office today, the earliest first.
#[utoipa::path(get, path = "/aid-committees", operation_id = "aid_committees_list", tag = "aid_committees",
    params(CommitteeFilters), responses((status = 200, description = "A page of committees.", body = Page<AidCommitteeView>)))]
async fn list_aid_committees(actor: Actor, list: ListOf<CommitteeFilters>) -> Answer {
    actor.list(Committees, list).await
}

/// Set up an aid committee
///
/// A committee that decides on the financial aid of an association.
#[utoipa::path(post, path = "/aid-committees", operation_id = "aid_committees_create", tag = "aid_committees",
    params(CommandOptions), request_body = CreateAidCommittee, responses((status = 201, description = "The committee.", body = AidCommitteeView)))]
async fn create_aid_committee(actor: Actor, command: Command<CreateAidCommittee>) -> Answer {
    actor.create("aid-committees", command, set_up).await
}

/// Sets up a committee of an association in the scope.
pub fn set_up(tx: &mut Tx<'_>, scope: &Scope, body: CreateAidCommittee) -> Result<AidCommitteeView> {
    let CreateAidCommittee { association_id, name, quorum } = body;
    let own = associations::store::find_own(tx.conn, scope, association_id)?;
    let (association, department_code) = own.map_err(|code| Error::field("/association_id", code))?;
    let (id, association_id, now) = (Id::new(), association.id, tx.now);
    let row = CommitteeRow { id, association_id, department_code, name, quorum, version: 1, created_at: now, updated_at: now };
    let view = store::insert(tx, scope, row)?.into();
    tx.record(Action::Create, &view)?;
    Ok(view)
}

/// Retrieve an aid committee
///
/// One committee.
#[utoipa::path(get, path = "/aid-committees/{id}", operation_id = "aid_committees_retrieve", tag = "aid_committees",
    params(("id" = Id, Path)), responses((status = 200, description = "The committee.", body = AidCommitteeView)))]
async fn retrieve_aid_committee(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(AidCommitteeView::from)).await
}

/// Change an aid committee
///
/// Changes the fields given, at the version the caller has seen.
#[utoipa::path(patch, path = "/aid-committees/{id}", operation_id = "aid_committees_update", tag = "aid_committees",
    params(("id" = Id, Path)), request_body = UpdateAidCommittee, responses((status = 200, description = "The committee after the change.", body = AidCommitteeView)))]
async fn update_aid_committee(actor: Actor, id: PathId, patch: Patch<UpdateAidCommittee>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            let UpdateAidCommittee { name, quorum } = changes;
            name.apply(&mut row.name);
            quorum.apply(&mut row.quorum);
            let view: AidCommitteeView = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// List the versions of an aid committee
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/aid-committees/{id}/history", operation_id = "aid_committees_history", tag = "aid_committees",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_aid_committee_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

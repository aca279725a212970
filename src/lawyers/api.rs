//! Routes of lawyer partners.

use super::bodies::{CreateLawyer, UpdateLawyer};
use super::model::LawyerFilters;
use super::store;
use super::view::{LawyerView, TITLES};
use crate::audit::{Action, Tx};
use crate::auth::store::holds;
use crate::auth::{Role, Scope};
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::values::Day;

/// Lawyer partners as a list.
#[derive(Clone)]
struct Lawyers;

const SORTS: &[&str] = &["name", "agreement"];

impl Listed for Lawyers {
    type Filters = LawyerFilters;
    type View = LawyerView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &LawyerFilters, slice: &Slice) -> Result<Vec<(Position, LawyerView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &LawyerFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_lawyers).lists::<LawyerView>(SORTS).exports(TITLES),
        route!(create_lawyer).creates().shows::<LawyerView>(),
        route!(retrieve_lawyer).shows::<LawyerView>().sparse(),
        route!(update_lawyer).conditional().shows::<LawyerView>(),
        route!(list_lawyer_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List lawyer partners
///
/// By name: those of every department for the teams, the own record for a lawyer.
#[utoipa::path(get, path = "/lawyers", operation_id = "lawyers_list", tag = "lawyers",
    params(LawyerFilters), responses((status = 200, description = "A page of lawyers.", body = Page<LawyerView>)))]
async fn list_lawyers(actor: Actor, list: ListOf<LawyerFilters>) -> Answer {
    actor.list(Lawyers, list).await
}

/// Create a lawyer partner
///
/// Records a lawyer with whom there is an agreement. A caller of a department does so for a lawyer who pleads there.
#[utoipa::path(post, path = "/lawyers", operation_id = "lawyers_create", tag = "lawyers",
    params(CommandOptions), request_body = CreateLawyer, responses((status = 201, description = "The lawyer.", body = LawyerView)))]
async fn create_lawyer(actor: Actor, command: Command<CreateLawyer>) -> Answer {
    let (caller, today) = (actor.principal.user_id, actor.today());
    actor
        .create("lawyers", command, move |tx, scope, body| {
            check_account(tx, caller, body.user_id, today)?;
            let row = body.into_row(tx.now);
            let view: LawyerView = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok(view)
        })
        .await
}

/// Refuses an account that is not a lawyer's, or the caller's own: nobody opens dossiers to themselves.
fn check_account(tx: &mut Tx<'_>, caller: Id, user_id: Option<Id>, today: Day) -> Result<()> {
    let Some(user_id) = user_id else { return Ok(()) };
    if user_id == caller {
        return Err(Error::of(Code::AccountOwn).at("/user_id"));
    }
    if holds(tx.conn, user_id, Role::Lawyer, today)? { Ok(()) } else { Err(Error::field("/user_id", Code::ReferenceNotFound)) }
}

/// Retrieve a lawyer partner
///
/// One lawyer partner.
#[utoipa::path(get, path = "/lawyers/{id}", operation_id = "lawyers_retrieve", tag = "lawyers",
    params(("id" = Id, Path)), responses((status = 200, description = "The lawyer.", body = LawyerView)))]
async fn retrieve_lawyer(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(LawyerView::from)).await
}

/// Change a lawyer partner
///
/// Changes the fields given, at the version the caller has seen. Who is no partner any more keeps the record, and the agreement gets a
/// last day. The account stays as long as a mandate is under way.
#[utoipa::path(patch, path = "/lawyers/{id}", operation_id = "lawyers_update", tag = "lawyers",
    params(("id" = Id, Path)), request_body = UpdateLawyer, responses((status = 200, description = "The lawyer after the change.", body = LawyerView)))]
async fn update_lawyer(actor: Actor, id: PathId, patch: Patch<UpdateLawyer>) -> Answer {
    let (caller, today) = (actor.principal.user_id, actor.today());
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::lock(tx, scope, id.0)?;
            expected.check(row.version)?;
            let account = row.user_id;
            changes.apply(&mut row)?;
            if row.user_id != account {
                check_account(tx, caller, row.user_id, today)?;
                if store::has_running_mandates(tx.conn, scope, id.0)? {
                    return Err(Error::of(Code::LawyerMandatesRunning));
                }
            }
            let view: LawyerView = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// List the versions of a lawyer partner
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/lawyers/{id}/history", operation_id = "lawyers_history", tag = "lawyers",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_lawyer_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

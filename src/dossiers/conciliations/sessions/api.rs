//! Routes of sessions.

use super::model::{RecordConciliationSession, UpdateConciliationSession};
use super::store;
use super::view::ConciliationSessionView;
use crate::audit::Tx;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers::conciliations;
use crate::dossiers::under::Under;
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, PartOf, Patch, PathId, Projection, route,
};

/// The sessions of one conciliation as a list.
#[derive(Clone)]
struct Sessions {
    conciliation_id: Id,
}

const SORTS: &[&str] = &["held"];

impl Listed for Sessions {
    type Filters = NoFilters;
    type View = ConciliationSessionView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, ConciliationSessionView)>> {
        conciliations::store::find(conn, scope, self.conciliation_id)?;
        let rows = store::list(conn, scope, self.conciliation_id, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        conciliations::store::find(conn, scope, self.conciliation_id)?;
        store::count(conn, scope, self.conciliation_id)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_sessions).lists::<ConciliationSessionView>(SORTS),
        route!(record_session).creates().shows::<ConciliationSessionView>(),
        route!(retrieve_session).shows::<ConciliationSessionView>().sparse(),
        route!(update_session).conditional().shows::<ConciliationSessionView>(),
        route!(list_session_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the sessions of a conciliation
///
/// When the sides met, the earliest day first.
#[utoipa::path(get, path = "/conciliations/{id}/sessions", operation_id = "conciliation_sessions_list", tag = "conciliations",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of sessions.", body = Page<ConciliationSessionView>)))]
async fn list_sessions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let sessions = Sessions { conciliation_id: id.0 };
    actor.list(PartOf { list: sessions, part_id: id.0, find: conciliations::store::find }, list).await
}

/// Record a session
///
/// Tells of a session of a conciliation that was accepted and is not over, held or to come.
#[utoipa::path(post, path = "/conciliations/{id}/sessions", operation_id = "conciliation_sessions_create", tag = "conciliations",
    params(("id" = Id, Path), CommandOptions), request_body = RecordConciliationSession, responses((status = 201, description = "The session.", body = ConciliationSessionView)))]
async fn record_session(actor: Actor, id: PathId, command: Command<RecordConciliationSession>) -> Answer {
    let find = move |tx: &mut Tx<'_>, scope: &Scope| conciliations::store::find(tx.conn, scope, id.0);
    let record = move |tx: &mut Tx<'_>, scope: &Scope, found: Under<_>, body| Ok(store::record(tx, scope, (id.0, found.dossier.id), body)?.into());
    actor.create_under::<_, _, ConciliationSessionView, _, _>("conciliation-sessions", command, find, record).await
}

/// Retrieve a session
///
/// One session of a conciliation.
#[utoipa::path(get, path = "/conciliation-sessions/{id}", operation_id = "conciliation_sessions_retrieve", tag = "conciliations",
    params(("id" = Id, Path)), responses((status = 200, description = "The session.", body = ConciliationSessionView)))]
async fn retrieve_session(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor
        .retrieve_part(projection, move |conn, scope| {
            let found = store::find(conn, scope, id.0)?;
            Ok((ConciliationSessionView::from(found.row), Some((Confided::Dossier, found.dossier.id))))
        })
        .await
}

/// Change a session
///
/// Corrects the fields given, at the version the caller has seen, while the dossier is open.
#[utoipa::path(patch, path = "/conciliation-sessions/{id}", operation_id = "conciliation_sessions_update", tag = "conciliations",
    params(("id" = Id, Path)), request_body = UpdateConciliationSession, responses((status = 200, description = "The session after the change.", body = ConciliationSessionView)))]
async fn update_session(actor: Actor, id: PathId, patch: Patch<UpdateConciliationSession>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let found = store::find(tx.conn, scope, id.0)?;
            expected.check(found.row.version)?;
            Ok(ConciliationSessionView::from(store::correct(tx, scope, found.row, changes)?))
        })
        .await
}

/// List the versions of a session
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/conciliation-sessions/{id}/history", operation_id = "conciliation_sessions_history", tag = "conciliations",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_session_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let versions = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: versions, part_id: id.0, find: store::find }, list).await
}

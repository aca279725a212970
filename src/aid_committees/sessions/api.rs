//! Routes of sessions.

use super::lifecycle::{self, AidSessionCommand};
use super::minutes;
use super::model::{AidSessionFilters, PlanAidSession, UpdateAidSession};
use super::store;
use super::view::{AidSessionView, TITLES};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, Media, NoFilters, Order, Page, Patch, PathId,
    Projection, route,
};
use crate::workflow::{Content, TransitionView, Transitions};
use actix_web::HttpResponse;
use actix_web::http::header;

/// The sessions as a list.
#[derive(Clone)]
struct Sessions {
    lens: Lens,
}

const SORTS: &[&str] = &["held"];

impl Listed for Sessions {
    type Filters = AidSessionFilters;
    type View = AidSessionView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &AidSessionFilters, slice: &Slice) -> Result<Vec<(Position, AidSessionView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        let sessions = lifecycle::beside(conn, scope, rows)?;
        Ok(sessions.into_iter().map(|session| (store::position(&session.row), session.shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &AidSessionFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_aid_sessions).lists::<AidSessionView>(SORTS).exports(TITLES),
        route!(plan_aid_session).creates().shows::<AidSessionView>(),
        route!(retrieve_aid_session).shows::<AidSessionView>().sparse(),
        route!(update_aid_session).conditional().shows::<AidSessionView>(),
        route!(list_aid_session_history).lists::<HistoryEntryView>(&[]),
        route!(transition_aid_session).conditional().creates(),
        route!(list_aid_session_transitions).lists::<TransitionView>(&[]),
        route!(retrieve_aid_session_minutes).prints(),
    ]
}

/// List sessions of aid committees
///
/// Those of one's department, and those of the committees in which the caller is in office today, by day.
#[utoipa::path(get, path = "/aid-sessions", operation_id = "aid_sessions_list", tag = "aid_sessions",
    params(AidSessionFilters), responses((status = 200, description = "A page of sessions.", body = Page<AidSessionView>)))]
async fn list_aid_sessions(actor: Actor, list: ListOf<AidSessionFilters>) -> Answer {
    actor.list(Sessions { lens: actor.lens() }, list).await
}

/// Plan a session of an aid committee
///
/// A day, from today on, on which a committee meets.
#[utoipa::path(post, path = "/aid-sessions", operation_id = "aid_sessions_create", tag = "aid_sessions",
    params(CommandOptions), request_body = PlanAidSession, responses((status = 201, description = "The session.", body = AidSessionView)))]
async fn plan_aid_session(actor: Actor, command: Command<PlanAidSession>) -> Answer {
    let lens = actor.lens();
    actor.create("aid-sessions", command, move |tx, scope, body| Ok(lifecycle::plan(tx, scope, body)?.shown(scope, lens))).await
}

/// Retrieve a session of an aid committee
///
/// One session.
#[utoipa::path(get, path = "/aid-sessions/{id}", operation_id = "aid_sessions_retrieve", tag = "aid_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "The session.", body = AidSessionView)))]
async fn retrieve_aid_session(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor.retrieve(projection, move |conn, scope| Ok(lifecycle::find(conn, scope, id.0)?.shown(scope, lens))).await
}

/// Change a session of an aid committee
///
/// Changes the fields given, at the version the caller has seen, until it is opened; its day until it is convened.
#[utoipa::path(patch, path = "/aid-sessions/{id}", operation_id = "aid_sessions_update", tag = "aid_sessions",
    params(("id" = Id, Path)), request_body = UpdateAidSession, responses((status = 200, description = "The session after the change.", body = AidSessionView)))]
async fn update_aid_session(actor: Actor, id: PathId, patch: Patch<UpdateAidSession>) -> Answer {
    let lens = actor.lens();
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            Ok(lifecycle::correct(tx, scope, row, changes)?.shown(scope, lens))
        })
        .await
}

/// List the versions of a session of an aid committee
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/aid-sessions/{id}/history", operation_id = "aid_sessions_history", tag = "aid_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_aid_session_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// Move a session of an aid committee on
///
/// From its planning to its end. It opens on its day, once enough members with a vote are there (409 `aid_session.no_quorum`), and
/// closes once its docket is empty of what is undecided (409 `aid_session.undecided` names each); at the version the caller has seen.
#[utoipa::path(post, path = "/aid-sessions/{id}/transitions", operation_id = "aid_sessions_transition", tag = "aid_sessions",
    params(("id" = Id, Path), CommandOptions), request_body = AidSessionCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_aid_session(actor: Actor, id: PathId, order: Order<AidSessionCommand>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| {
        let found = lifecycle::find(conn, scope, id)?;
        if found.is_run_by(scope) { Ok(found) } else { Err(Error::of(Code::CommandNotGranted)) }
    };
    actor.transition(id.0, order, find, lifecycle::advance).await
}

/// List the steps of a session of an aid committee
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/aid-sessions/{id}/transitions", operation_id = "aid_sessions_transitions_list", tag = "aid_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_aid_session_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}

/// Read the minutes of a session of an aid committee
///
/// What a closed session decided, by numbers and without any name, in Markdown or, where `Accept` prefers it, in HTML that prints well.
/// Made from what was set down when it was closed: the same bytes each time.
#[utoipa::path(get, path = "/aid-sessions/{id}/minutes", operation_id = "aid_session_minutes_retrieve", tag = "aid_sessions", params(("id" = Id, Path)),
    responses((status = 200, description = "The minutes.", content((String = "text/markdown"), (String = "text/html"))),
        (status = 409, description = "The session is not closed.")))]
async fn retrieve_aid_session_minutes(actor: Actor, id: PathId) -> Answer {
    let language = actor.context.language;
    let record = actor.read(move |conn, scope| store::find(conn, scope, id.0)?.record.ok_or_else(|| Error::of(Code::AidSessionNotClosed))).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header(actor.context.content_language());
    if actor.context.media == Media::Html {
        // The one thing that the page brings besides its text is its style.
        response.insert_header((header::CONTENT_SECURITY_POLICY, minutes::policy()));
        return Ok(response.content_type("text/html; charset=utf-8").body(minutes::html(&record.0, language)));
    }
    Ok(response.content_type("text/markdown; charset=utf-8").body(minutes::markdown(&record.0, language)))
}

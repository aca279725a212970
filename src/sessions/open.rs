//! Open sessions: from when to when, and ending one's own everywhere.

use super::api::SESSION;
use crate::audit::Action;
use crate::auth::{Scope, store};
use crate::db::paging::{Key, Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::Result;
use crate::http::{Actor, Answer, Endpoint, ListOf, Listed, NoFilters, Page, Reply, route};
use serde::Serialize;
use utoipa::ToSchema;

/// A session that has not ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// Identifier.
    pub id: Id,
    /// Whether this request belongs to it.
    pub current: bool,
    /// When somebody signed in.
    pub created_at: Instant,
    /// When its access token was last refreshed.
    pub refreshed_at: Option<Instant>,
    /// When it ends, however often it is refreshed.
    pub expires_at: Instant,
}

/// The open sessions of one account as a list.
#[derive(Debug, Clone, Copy)]
pub struct OpenSessions {
    pub user_id: Id,
    current: Id,
    now: Instant,
}

pub const SORTS: &[&str] = &["created"];

impl OpenSessions {
    pub fn of(actor: &Actor, user_id: Id) -> Self {
        Self { user_id, current: actor.principal.session_id, now: actor.now() }
    }
}

impl Listed for OpenSessions {
    type Filters = NoFilters;
    type View = SessionView;

    fn page(&self, conn: &mut DbConn, _: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, SessionView)>> {
        let rows = store::open_sessions(conn, self.user_id, self.now, slice)?;
        let view = |row: store::SessionRow| {
            let store::SessionRow { id, created_at, expires_at, refreshed_at } = row;
            (Position { key: Key::from(created_at), id }, SessionView { id, current: id == self.current, created_at, refreshed_at, expires_at })
        };
        Ok(rows.into_iter().map(view).collect())
    }

    fn count(&self, conn: &mut DbConn, _: &Scope, _: &NoFilters) -> Result<i64> {
        store::count_open_sessions(conn, self.user_id, self.now)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_own_sessions).lists::<SessionView>(SORTS), route!(close_own_sessions)]
}

/// List one's own sessions
///
/// Those that have not ended, the oldest first.
#[utoipa::path(get, path = "/me/sessions", operation_id = "me_sessions_list", tag = "sessions",
    responses((status = 200, description = "A page of sessions.", body = Page<SessionView>)))]
async fn list_own_sessions(actor: Actor, list: ListOf<NoFilters>) -> Answer {
    actor.list(OpenSessions::of(&actor, actor.principal.user_id), list).await
}

/// Log out everywhere
///
/// Ends every session of the caller, this one included: their tokens stop counting at the next request.
#[utoipa::path(delete, path = "/me/sessions", operation_id = "me_sessions_delete", tag = "sessions",
    responses((status = 204, description = "The sessions have ended.")))]
async fn close_own_sessions(actor: Actor) -> Answer {
    let user_id = actor.principal.user_id;
    actor
        .write(false, move |tx, _| store::end_sessions(tx.conn, user_id, None, tx.now)?.into_iter().try_for_each(|id| tx.note(Action::Delete, SESSION, id)))
        .await?;
    actor.send(Reply::no_content())
}

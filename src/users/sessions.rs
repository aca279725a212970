//! The sessions of accounts that a caller manages.

use super::reach::Reach;
use super::store;
use crate::audit::Action;
use crate::auth::{Scope, store as auth};
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::{Actor, Answer, Endpoint, ListOf, Listed, NoFilters, Page, PathId, Reply, route};
use crate::sessions::api::SESSION;
use crate::sessions::open::{OpenSessions, SORTS, SessionView};

/// The open sessions of an account, found in the scope and managed by the caller.
#[derive(Clone)]
struct Managed {
    reach: Reach,
    open: OpenSessions,
}

impl Listed for Managed {
    type Filters = NoFilters;
    type View = SessionView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &NoFilters, slice: &Slice) -> Result<Vec<(Position, SessionView)>> {
        store::find(conn, scope, self.open.user_id)?;
        self.reach.check(conn, scope, self.open.user_id)?;
        self.open.page(conn, scope, filters, slice)
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &NoFilters) -> Result<i64> {
        self.open.count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_user_sessions).lists::<SessionView>(SORTS), route!(close_user_sessions), route!(close_one_session)]
}

/// List the sessions of an account
///
/// Those that have not ended, the oldest first.
#[utoipa::path(get, path = "/users/{id}/sessions", operation_id = "user_sessions_list", tag = "users",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of sessions.", body = Page<SessionView>)))]
async fn list_user_sessions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Managed { reach: Reach::of(&actor), open: OpenSessions::of(&actor, id.0) }, list).await
}

/// End the sessions of an account
///
/// All of them: their tokens stop counting at the next request.
#[utoipa::path(delete, path = "/users/{id}/sessions", operation_id = "user_sessions_delete", tag = "users",
    params(("id" = Id, Path)), responses((status = 204, description = "The sessions have ended.")))]
async fn close_user_sessions(actor: Actor, id: PathId) -> Answer {
    let reach = Reach::of(&actor);
    actor
        .write(false, move |tx, scope| {
            store::find(tx.conn, scope, id.0)?;
            reach.check(tx.conn, scope, id.0)?;
            auth::end_sessions(tx.conn, id.0, None, tx.now)?.into_iter().try_for_each(|id| tx.note(Action::Delete, SESSION, id))
        })
        .await?;
    actor.send(Reply::no_content())
}

/// End a session
///
/// One of one's own, or of an account that one manages: its tokens stop counting at the next request.
#[utoipa::path(delete, path = "/auth/sessions/{id}", operation_id = "sessions_delete", tag = "sessions",
    params(("id" = Id, Path)), responses((status = 204, description = "The session has ended.")))]
async fn close_one_session(actor: Actor, id: PathId) -> Answer {
    let (reach, managed) = (Reach::of(&actor), actor.scope_through("user_sessions_delete"));
    actor
        .write(false, move |tx, _| {
            let user_id = auth::user_of_open_session(tx.conn, id.0, tx.now)?;
            if user_id != reach.caller {
                store::find(tx.conn, &managed, user_id)?;
                reach.check(tx.conn, &managed, user_id)?;
            }
            auth::end_session(tx.conn, id.0, tx.now)?;
            tx.note(Action::Delete, SESSION, id.0)
        })
        .await?;
    actor.send(Reply::no_content())
}

//! Routes and bodies of accounts.

use super::grants::bodies::CreateUserGrant;
use super::grants::{self, view::UserGrantView};
use super::model::{LIFECYCLE, UserCommand, UserFilters};
use super::reach::Reach;
use super::store::{self, AccountRow};
use super::view::{TITLES, UserView, show, views};
use crate::audit::Action;
use crate::auth::{Scope, password};
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Order, Page, Patch, PathId, Projection, route,
};
use crate::sessions::model::Login;
use crate::values::input::Change;
use crate::values::{DisplayName, body};
use crate::workflow::{Content, TransitionView, Transitions};

body! {
    /// Opens an account with its first right. Its password is set through a one-time link.
    pub struct CreateUser {
        /// The name under which the user signs in; it never changes.
        login: Login,
        /// Name shown to others.
        display_name: DisplayName,
        /// The same person as a member, whom the caller may see or administers; needed for roles that are held in a department or a
        /// school, once there are members in that department.
        member_id: Option<Id>,
        /// Its first right.
        grant: CreateUserGrant,
    }
}

body! {
    /// Changes an account: absent fields stay.
    pub struct UpdateUser {
        /// Name shown to others.
        display_name: Change<DisplayName>,
        /// The same person as a member: corrected, never cleared.
        member_id: Change<Id>,
    } refuse {
        status: FieldState, allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, login: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

/// The accounts as a list.
#[derive(Clone)]
struct Users {
    reach: Reach,
}

const SORTS: &[&str] = &["login", "created"];
const EXPANDS: &[&str] = &["member"];

impl Listed for Users {
    type Filters = UserFilters;
    type View = UserView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &UserFilters, slice: &Slice) -> Result<Vec<(Position, UserView)>> {
        let rows = store::list(conn, scope, filters, self.reach.lens.today(), slice)?;
        let positions: Vec<Position> = rows.iter().map(|row| store::position(row, slice.sort)).collect();
        Ok(positions.into_iter().zip(views(conn, scope, self.reach, rows)?).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &UserFilters) -> Result<i64> {
        store::count(conn, scope, filters, self.reach.lens.today())
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_users).lists::<UserView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_user).creates().shows::<UserView>(),
        route!(retrieve_user).shows::<UserView>().sparse().expands(EXPANDS),
        route!(update_user).conditional().shows::<UserView>(),
        route!(list_user_history).lists::<HistoryEntryView>(&[]),
        route!(transition_user).conditional().creates(),
        route!(list_user_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List accounts
///
/// By login. A head sees those that have, had or will have a right in the department.
#[utoipa::path(get, path = "/users", operation_id = "users_list", tag = "users",
    params(UserFilters), responses((status = 200, description = "A page of accounts.", body = Page<UserView>)))]
async fn list_users(actor: Actor, list: ListOf<UserFilters>) -> Answer {
    actor.list(Users { reach: Reach::of(&actor) }, list).await
}

/// Open an account
///
/// With its first right: a head makes volunteers and correspondents of the department, an administrator anybody. It has no password until its owner has set
/// one through a one-time link.
#[utoipa::path(post, path = "/users", operation_id = "users_create", tag = "users",
    params(CommandOptions), request_body = CreateUser, responses((status = 201, description = "The account.", body = UserView)))]
async fn create_user(actor: Actor, command: Command<CreateUser>) -> Answer {
    let reach = Reach::of(&actor);
    let hash = password::of_nobody().await?;
    actor
        .create("users", command, move |tx, scope, CreateUser { login, display_name, member_id, grant }| {
            let (id, now) = (Id::new(), tx.now);
            let right = grant.into_row(id, tx, "/grant")?;
            reach.check_right(scope, &right, "/grant")?;
            reach.check_link(tx.conn, &right, member_id, Error::field("/member_id", Code::MemberLinkRequired))?;
            let row = AccountRow { id, login, display_name, enabled: true, member_id: None, version: 1, created_at: now, updated_at: now };
            let mut row = store::insert(tx, scope, row, &hash)?;
            if let Some(member_id) = member_id {
                reach.check_member(tx.conn, scope, row.id, member_id)?;
                row = store::link(tx, scope, row, member_id)?;
            }
            tx.record(Action::Create, &UserView::from(row.clone()))?;
            let right = grants::store::insert(tx, scope, right)?;
            tx.record(Action::Create, &UserGrantView::from(right))?;
            show(tx.conn, scope, reach, row)
        })
        .await
}

/// Retrieve an account
///
/// One account, without what it signs in with.
#[utoipa::path(get, path = "/users/{id}", operation_id = "users_retrieve", tag = "users",
    params(("id" = Id, Path)), responses((status = 200, description = "The account.", body = UserView)))]
async fn retrieve_user(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let reach = Reach::of(&actor);
    actor
        .retrieve(projection, move |conn, scope| {
            let row = store::find(conn, scope, id.0)?;
            show(conn, scope, reach, row)
        })
        .await
}

/// Change an account
///
/// Changes the fields given, at the version the caller has seen; its state changes by transitions.
#[utoipa::path(patch, path = "/users/{id}", operation_id = "users_update", tag = "users",
    params(("id" = Id, Path)), request_body = UpdateUser, responses((status = 200, description = "The account after the change.", body = UserView)))]
async fn update_user(actor: Actor, id: PathId, patch: Patch<UpdateUser>) -> Answer {
    let reach = Reach::of(&actor);
    actor
        .update(patch, move |tx, scope, expected, UpdateUser { display_name, member_id }| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            reach.check(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            display_name.apply(&mut row.display_name);
            if let Change::To(member_id) = member_id {
                reach.check_member(tx.conn, scope, row.id, member_id)?;
                row = store::link(tx, scope, row, member_id)?;
            }
            let status = row.status();
            let row = store::advance(tx, scope, row, status)?;
            tx.record(Action::Update, &UserView::from(row.clone()))?;
            show(tx.conn, scope, reach, row)
        })
        .await
}

/// List the versions of an account
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/users/{id}/history", operation_id = "users_history", tag = "users",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_user_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// Move an account on
///
/// Shuts it or opens it again, at the version the caller has seen. Shutting it ends its sessions at the next request of each.
#[utoipa::path(post, path = "/users/{id}/transitions", operation_id = "users_transition", tag = "users",
    params(("id" = Id, Path), CommandOptions), request_body = UserCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_user(actor: Actor, id: PathId, order: Order<UserCommand>) -> Answer {
    let reach = Reach::of(&actor);
    actor
        .transition(id.0, order, store::find_account, move |tx, scope, step, account, _| {
            reach.check_other(tx.conn, scope, id.0)?;
            let status = account.row.status();
            let row = AccountRow { enabled: step.to == LIFECYCLE.initial, ..account.row };
            let view = UserView::from(store::advance(tx, scope, row, status)?);
            tx.record(Action::Transition, &view)?;
            Ok(view)
        })
        .await
}

/// List the steps of an account
///
/// When it was shut and opened again, by whom and why; the first step first.
#[utoipa::path(get, path = "/users/{id}/transitions", operation_id = "users_transitions_list", tag = "users",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_user_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}

//! Routes of rights.

use super::bodies::CreateUserGrant;
use super::model::{GrantCommand, GrantFilters};
use super::store::{self, GrantRow};
use super::view::{TITLES, UserGrantView, refusal, show};
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, ListOf, Listed, NoFilters, Order, Page, PathId, Projection, route};
use crate::users;
use crate::users::reach::Reach;
use crate::values::Commands;
use crate::values::input::period;
use crate::workflow::{Content, TransitionView, Transitions};

/// The rights of one account as a list.
#[derive(Clone)]
struct Grants {
    user_id: Id,
    reach: Reach,
}

const SORTS: &[&str] = &["starts"];

impl Listed for Grants {
    type Filters = GrantFilters;
    type View = UserGrantView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &GrantFilters, slice: &Slice) -> Result<Vec<(Position, UserGrantView)>> {
        users::store::find(conn, scope, self.user_id)?;
        let rows = store::list(conn, scope, self.user_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), show(scope, self.reach, row))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &GrantFilters) -> Result<i64> {
        store::count(conn, scope, self.user_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_user_grants).lists::<UserGrantView>(SORTS).exports(TITLES),
        route!(create_user_grant).creates().shows::<UserGrantView>(),
        route!(retrieve_user_grant).shows::<UserGrantView>().sparse(),
        route!(transition_user_grant).conditional().creates(),
        route!(list_user_grant_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the rights of an account
///
/// Past, present and to come, the earliest first; a head sees those in the department.
#[utoipa::path(get, path = "/users/{id}/grants", operation_id = "user_grants_list", tag = "users",
    params(("id" = Id, Path), GrantFilters), responses((status = 200, description = "A page of rights.", body = Page<UserGrantView>)))]
async fn list_user_grants(actor: Actor, id: PathId, list: ListOf<GrantFilters>) -> Answer {
    actor.list(Grants { user_id: id.0, reach: Reach::of(&actor) }, list).await
}

/// Give a right
///
/// Rights add up. `admin`, `dpo`, `analyst`, `auditor` and `solidarity_officer` are pending until another administrator, or the console,
/// approves. Nobody gives themselves a right; a head makes volunteers and correspondents of the department. Roles held in a
/// department or a school need an account that is linked to a member, once the register of the department has any.
#[utoipa::path(post, path = "/users/{id}/grants", operation_id = "user_grants_create", tag = "users",
    params(("id" = Id, Path), CommandOptions), request_body = CreateUserGrant, responses((status = 201, description = "The right.", body = UserGrantView)))]
async fn create_user_grant(actor: Actor, id: PathId, command: Command<CreateUserGrant>) -> Answer {
    let reach = Reach::of(&actor);
    let find = move |tx: &mut Tx<'_>, scope: &Scope| users::store::find(tx.conn, scope, id.0);
    actor
        .create_under("grants", command, find, move |tx, scope, account, body| {
            if account.id == reach.caller {
                return Err(Error::of(Code::AccountOwn));
            }
            let row = body.into_row(account.id, tx, "")?;
            reach.check_right(scope, &row, "")?;
            reach.check_link(tx.conn, &row, account.member_id, Error::of(Code::AccountUnlinked))?;
            let row = store::insert(tx, scope, row)?;
            tx.record(Action::Create, &UserGrantView::from(row.clone()))?;
            Ok(show(scope, reach, row))
        })
        .await
}

/// Retrieve a right
///
/// One right of an account.
#[utoipa::path(get, path = "/grants/{id}", operation_id = "user_grants_retrieve", tag = "users",
    params(("id" = Id, Path)), responses((status = 200, description = "The right.", body = UserGrantView)))]
async fn retrieve_user_grant(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let reach = Reach::of(&actor);
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(|row| show(scope, reach, row))).await
}

/// Move a right on
///
/// Approves, refuses, ends or withdraws it, at the version the caller has seen. What changes acts at the next request of the account.
#[utoipa::path(post, path = "/grants/{id}/transitions", operation_id = "user_grants_transition", tag = "users",
    params(("id" = Id, Path), CommandOptions), request_body = GrantCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_user_grant(actor: Actor, id: PathId, order: Order<GrantCommand>) -> Answer {
    let reach = Reach::of(&actor);
    actor
        .transition(id.0, order, store::find, move |tx, scope, step, row: GrantRow, command| {
            if let Some(flaw) = refusal(reach, scope, &row, command.word()) {
                return Err(flaw.into());
            }
            let row = carry_out(reach, row, &command)?;
            let view = UserGrantView::from(store::advance(tx, scope, row, step)?);
            tx.record(Action::Transition, &view)?;
            Ok(view)
        })
        .await
}

/// What a command writes into the right besides its state.
fn carry_out(reach: Reach, mut row: GrantRow, command: &GrantCommand) -> Result<GrantRow> {
    match command {
        GrantCommand::Approve { .. } | GrantCommand::Refuse { .. } => row.decided_by = Some(reach.caller),
        GrantCommand::End { ends_on, .. } => {
            if let Some(flaw) = period(&row.starts_on, &Some(*ends_on)) {
                return Err(Error::field("/ends_on", flaw));
            }
            if *ends_on < reach.lens.today() {
                return Err(Error::field("/ends_on", Code::DayInPast));
            }
            if row.ends_on.is_some_and(|end| end < *ends_on) {
                return Err(Error::field("/ends_on", Code::GrantProlonged));
            }
            row.ends_on = Some(*ends_on);
        }
        GrantCommand::Withdraw { .. } => {}
    }
    Ok(row)
}

/// List the steps of a right
///
/// Who approved, refused, ended or withdrew it, and why; the first step first.
#[utoipa::path(get, path = "/grants/{id}/transitions", operation_id = "user_grants_transitions_list", tag = "users",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_user_grant_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}

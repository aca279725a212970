//! One-time links by which the owner of an account sets a password.

use super::grants::model::GrantStatus;
use super::grants::store::{self as grants, GrantRow};
use super::reach::Reach;
use super::store;
use crate::error::{Code, Error};
use crate::http::{Actor, Answer, Endpoint, PathId, Reply, route};
use crate::sessions::passwords::{PasswordResetView, begin_reset};

pub fn routes() -> Vec<Endpoint> {
    vec![route!(reset_password)]
}

/// Make a one-time link
///
/// With its token the owner of the account sets a password, within a day and once; links made before are no longer good. Who holds
/// a right that needed a second approver gets one from the console: through it one administrator would have the rights of a second.
#[utoipa::path(post, path = "/users/{id}/password-resets", operation_id = "users_reset_password", tag = "users",
    params(("id" = crate::db::Id, Path)), responses((status = 201, description = "The link, shown this once.", body = PasswordResetView)))]
async fn reset_password(actor: Actor, id: PathId) -> Answer {
    let (reach, today) = (Reach::of(&actor), actor.today());
    let made = actor.write(false, move |tx, scope| {
        store::find(tx.conn, scope, id.0)?;
        reach.check_other(tx.conn, scope, id.0)?;
        let held = grants::of_users(tx.conn, scope, vec![id.0])?.remove(&id.0).unwrap_or_default();
        let reaches_far = |right: &GrantRow| right.role.needs_second_approver() && right.status == GrantStatus::Granted && right.is_living(today);
        if held.iter().any(reaches_far) {
            return Err(Error::of(Code::ResetAtConsole));
        }
        begin_reset(tx, id.0)
    });
    let reply = Reply::ok(&made.await?)?;
    actor.send(Reply { status: 201, ..reply })
}

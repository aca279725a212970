//! Passwords: changing one's own, and setting one through a one-time link.

use super::model::{RESET_HOURS, Secret};
use super::throttle::{Confirmed, confirm};
use crate::audit::{Action, Author, Origin, Tx};
use crate::auth::keys::{random, sha256};
use crate::auth::{password, store};
use crate::db::{Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, Endpoint, Plain, Reply, context, route};
use crate::values::body;
use actix_web::HttpRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

body! {
    /// Changes the caller's password.
    pub struct ChangePassword {
        /// The password so far.
        current_password: Secret,
        /// The new one: at least 14 characters, hard to guess.
        password: Secret,
    }
}

body! {
    /// Sets a password through a one-time link.
    pub struct SetPassword {
        /// The token of the link; good once.
        token: Secret,
        /// The new password: at least 14 characters, hard to guess.
        password: Secret,
    }
}

/// A one-time link, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordResetView {
    /// The token with which its owner sets a password; it belongs into the fragment of a link, never into a query.
    #[schema(max_length = 100, pattern = "^[A-Za-z0-9_-]+$", example = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA")]
    pub token: String,
    /// Until when it is good.
    pub expires_at: Instant,
}

/// Makes the one-time link of an account; those made before are no longer good. Only a digest of it is stored.
pub fn begin_reset(tx: &mut Tx<'_>, user_id: Id) -> Result<PasswordResetView> {
    let token = URL_SAFE_NO_PAD.encode(random::<32>()?);
    let expires_at = Instant(tx.now.0 + Duration::hours(RESET_HOURS));
    store::insert_reset(tx.conn, sha256(token.as_bytes()).as_ref(), user_id, (tx.now, expires_at))?;
    tx.note(Action::Create, "password_reset", user_id)?;
    Ok(PasswordResetView { token, expires_at })
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(change_password), route!(set_password)]
}

/// The password, if it is strong enough for somebody with this login and name.
fn strong(password: &Secret, login: &str, name: &str) -> Result<String> {
    match password::flaw(password.reveal(), &[login, name]) {
        Some(flaw) => Err(Error::field("/password", flaw)),
        None => Ok(password.reveal().to_owned()),
    }
}

/// Where the current password stands in a change of it.
const CURRENT: &str = "/current_password";

/// Change one's password
///
/// Needs the current one, and counts failures as logging in does. The other sessions of the caller end.
#[utoipa::path(post, path = "/me/password", operation_id = "me_password_change", tag = "sessions",
    request_body = ChangePassword, responses((status = 204, description = "The password has changed.")))]
async fn change_password(actor: Actor, body: Plain<ChangePassword>) -> Answer {
    let Plain(ChangePassword { current_password, password }) = body;
    let caller = Arc::clone(&actor.principal);
    let password = strong(&password, &caller.login, &caller.display_name)?;
    let (user_id, session_id) = (caller.user_id, caller.session_id);
    let (Confirmed { attempt, hash: known }, ()) = confirm(&actor, (CURRENT, &current_password), |_| Ok(())).await?;
    let hash = password::hash_in_turn(password).await?;
    let changed = actor.write(false, move |tx, _| {
        attempt.succeeded(tx.conn, tx.now)?;
        // Of two changes at once, the second no longer knows the current password.
        if !store::change_password(tx.conn, user_id, (&known, &hash), tx.now)? {
            return Err(Error::field(CURRENT, Code::PasswordWrong));
        }
        store::end_sessions(tx.conn, user_id, Some(session_id), tx.now)?.into_iter().try_for_each(|id| tx.note(Action::Delete, super::api::SESSION, id))?;
        tx.note(Action::Update, "password", user_id)
    });
    changed.await?;
    actor.send(Reply::no_content())
}

/// Set a password
///
/// Through the one-time link that whoever manages the account has made. It is good once; all sessions of the account end.
#[utoipa::path(post, path = "/auth/passwords", operation_id = "passwords_set", tag = "sessions",
    request_body = SetPassword, responses((status = 204, description = "The password is set.")))]
async fn set_password(request: HttpRequest, body: Plain<SetPassword>) -> Answer {
    let context = context(&request)?;
    let Plain(SetPassword { token, password }) = body;
    let digest = sha256(token.reveal().as_bytes()).as_ref().to_vec();
    let (server, wanted) = (Arc::clone(&context.server), digest.clone());
    let now = server.now();
    let refused = || Error::field("/token", Code::ResetRefused);
    let user = server.db.read(move |conn| store::find_user_of_reset(conn, &wanted, now)).await?.ok_or_else(refused)?;
    let hash = password::hash_in_turn(strong(&password, &user.login, &user.display_name)?).await?;
    let author = Author::new(Origin::Api, Some(user.id), context.request_id, &context.route.operation, &context.server.keys.records);
    let set = server.db.write(move |conn| {
        if !store::use_reset(conn, &digest, now)? {
            return Err(refused());
        }
        store::set_password(conn, user.id, &hash, now)?;
        let ended = store::end_sessions(conn, user.id, None, now)?;
        let mut tx = Tx { conn, author: &author, now };
        ended.into_iter().try_for_each(|id| tx.note(Action::Delete, super::api::SESSION, id))?;
        tx.note(Action::Update, "password", user.id)
    });
    set.await?;
    Ok(Reply::no_content().send(&request, &context, false))
}

//! Routes of sessions and of the caller's own account.

use super::factor::{self, Outcome, Proof};
use super::model::{Login, REFRESH_GRACE_SECONDS, RecoveryCode, SESSION_DAYS, Secret, TotpCode};
use super::throttle::Attempt;
use crate::audit::{Action, Author, Origin, Tx};
use crate::auth::keys::{random, sha256};
use crate::auth::principal::Grant;
use crate::auth::store::{self, NewSession, UserRow};
use crate::auth::{Role, password, token};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, Context, Endpoint, Plain, Reply, context, route};
use crate::values::{AcademyCode, Day, DepartmentCode, DisplayName, body};
use actix_web::HttpRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What a session is called in the record of changes.
pub const SESSION: &str = "session";

body! {
    /// Signs in.
    pub struct OpenSession {
        /// The name under which the user signs in.
        login: Secret,
        /// The password.
        password: Secret,
        /// The code of the second factor, where the account has one.
        totp: Option<TotpCode>,
        /// A recovery code in its place.
        recovery_code: Option<RecoveryCode>,
    }
}

body! {
    /// Asks for a fresh access token.
    pub struct RefreshSession {
        /// The refresh token of the last answer; it is good once.
        refresh_token: Secret,
    }
}

/// Tokens of a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionTokensView {
    /// Signed token for the `Authorization` header.
    #[schema(max_length = 4000, pattern = "^[A-Za-z0-9_.-]+$", example = "eyJ0eXAiOiJhdCtqd3QifQ.e30.c2lnbmF0dXJl")]
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(max_length = 10, pattern = "^Bearer$", example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds for which the access token is good.
    #[schema(minimum = 1, maximum = 600, example = 600)]
    pub expires_in: i64,
    /// Token to get the next access token with; good once.
    #[schema(max_length = 100, pattern = "^[A-Za-z0-9_-]+$", example = "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA")]
    pub refresh_token: String,
    /// When the session ends, however often it is refreshed.
    pub session_expires_at: Instant,
}

/// A right of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct GrantView {
    /// Role.
    pub role: Role,
    /// Department, where the role has one, or the one of its establishment.
    pub department_code: Option<DepartmentCode>,
    /// Academy, where the role has one.
    pub academy_code: Option<AcademyCode>,
    /// Establishment, where the role has one.
    pub establishment_id: Option<Id>,
    /// First day.
    pub starts_on: Day,
    /// Last day, `null` while it lasts.
    pub ends_on: Option<Day>,
}

impl From<Grant> for GrantView {
    fn from(Grant { role, department_code, academy_code, establishment_id, starts_on, ends_on }: Grant) -> Self {
        Self { role, department_code, academy_code, establishment_id, starts_on, ends_on }
    }
}

/// The caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeView {
    /// Identifier of the user.
    pub id: Id,
    /// The name under which the user signs in.
    pub login: Login,
    /// Name shown to others.
    pub display_name: DisplayName,
    /// The same person as a member; the dossiers of one's own are not worked by oneself.
    pub member_id: Option<Id>,
    /// Rights in force today.
    #[schema(max_items = 100)]
    pub grants: Vec<GrantView>,
    /// Department to show first; `null` for national users.
    pub default_department_code: Option<DepartmentCode>,
    /// Language that this request was answered in.
    #[schema(max_length = 2, pattern = "^(fr|en)$", example = "fr")]
    pub locale: &'static str,
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(open_session), route!(refresh_session), route!(close_session), route!(retrieve_me)]
}

/// The author of what happens before anybody is known.
fn author(context: &Context, actor_id: Option<Id>) -> Author {
    Author::new(Origin::Api, actor_id, context.request_id, &context.route.operation, &context.server.keys.records)
}

/// Log in
///
/// Opens a session with login and password. Unknown logins take as long as wrong passwords. Where the account has a second factor, `totp`
/// or `recovery_code` comes with them; where it must have one and has none, `second_factor.enrolment_required` brings, in the `params` of
/// its error, a `ticket` of five minutes to enrol with.
#[utoipa::path(post, path = "/auth/sessions", operation_id = "sessions_create", tag = "sessions",
    request_body = OpenSession, responses((status = 201, description = "The tokens of the new session.", body = SessionTokensView),
        (status = 403, description = "A second factor is to be enrolled first.")))]
async fn open_session(request: HttpRequest, body: Plain<OpenSession>) -> Answer {
    let context = context(&request)?;
    let Plain(OpenSession { login, password, totp, recovery_code }) = body;
    let proof = Proof { totp, recovery_code };
    let login = login.reveal().trim().to_lowercase();
    let server = Arc::clone(&context.server);
    let now = server.now();
    let attempt = Attempt::new(&server.keys, &login, context.client);
    let (attempt, user) = server
        .db
        .write(move |conn| {
            attempt.begin(conn, now)?;
            // PostgreSQL takes no NUL; what is no login names nobody.
            let user = if login.parse::<Login>().is_ok() { store::find_user_by_login(conn, &login)? } else { None };
            Ok((attempt, user))
        })
        .await?;
    let user = user.filter(|user| user.enabled);
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let matches = password::verify(password.reveal().to_owned(), hash).await?;
    let user = user.filter(|_| matches).ok_or_else(|| Error::of(Code::LoginRefused))?;
    let (signer, author) = (Arc::clone(&context.server), author(&context, Some(user.id)));
    let opened = server.db.write(move |conn| {
        // A right password alone takes no failure back: codes cannot be guessed between such attempts.
        if let Outcome::Refused(error) = factor::check(conn, &signer, &user, &proof, now)? {
            return Ok(Err(error));
        }
        attempt.succeeded(conn, now)?;
        let session = NewSession { id: Id::new(), user_id: user.id, created_at: now, expires_at: Instant(now.0 + Duration::days(SESSION_DAYS)) };
        store::insert_session(conn, &session)?;
        Tx { conn, author: &author, now }.note(Action::Create, SESSION, session.id)?;
        issue(conn, &signer, &user, (session.id, session.expires_at), FIRST_GENERATION, now).map(Ok)
    });
    let reply = Reply { status: 201, ..Reply::ok(&opened.await??)? };
    Ok(reply.send(&request, &context, false))
}

/// The generation of the tokens that a session begins with.
const FIRST_GENERATION: i32 = 1;

fn issue(
    conn: &mut DbConn,
    server: &crate::http::Server,
    user: &UserRow,
    (session_id, session_expires_at): (Id, Instant),
    generation: i32,
    now: Instant,
) -> Result<SessionTokensView> {
    let refresh_token = URL_SAFE_NO_PAD.encode(random::<32>()?);
    store::insert_refresh_token(conn, sha256(refresh_token.as_bytes()).as_ref(), session_id, generation, now)?;
    let access_token = token::issue(&server.keys, &server.config.public_url, user.id, session_id, user.auth_version, now.0.timestamp())?;
    Ok(SessionTokensView { access_token, token_type: "Bearer", expires_in: token::LIFETIME, refresh_token, session_expires_at })
}

/// Refresh the access token
///
/// Gives new tokens for a refresh token that was not used yet. Using one twice ends the session.
#[utoipa::path(post, path = "/auth/tokens", operation_id = "sessions_refresh", tag = "sessions",
    request_body = RefreshSession, responses((status = 201, description = "New tokens of the same session.", body = SessionTokensView)))]
async fn refresh_session(request: HttpRequest, body: Plain<RefreshSession>) -> Answer {
    let context = context(&request)?;
    let server = Arc::clone(&context.server);
    let digest = sha256(body.0.refresh_token.reveal().as_bytes()).as_ref().to_vec();
    let (now, author) = (server.now(), author(&context, None));
    let tokens = context.server.db.write(move |conn| rotate(conn, &server, &author, &digest, now)).await?;
    let tokens = tokens.ok_or_else(|| Error::of(Code::RefreshRefused))?;
    let reply = Reply { status: 201, ..Reply::ok(&tokens)? };
    Ok(reply.send(&request, &context, false))
}

/// New tokens, or none; a token used when it is not its turn ends the session, which is stored all the same. Each refresh makes a
/// generation: the newest that was used may be repeated for a few seconds, its parents and, after that, its siblings never.
fn rotate(conn: &mut DbConn, server: &crate::http::Server, author: &Author, digest: &[u8], now: Instant) -> Result<Option<SessionTokensView>> {
    let Some(row) = store::find_refresh_token(conn, digest, now)? else { return Ok(None) };
    let Some(user) = store::find_user(conn, row.user_id)?.filter(|user| user.enabled) else { return Ok(None) };
    // Rights that ask for a second factor may have come since the login: whoever has none enrols first.
    if factor::is_missing(conn, server, user.id, Day::of(now.0))? {
        store::end_session(conn, row.session_id, now)?;
        Tx { conn, author, now }.note(Action::Delete, SESSION, row.session_id)?;
        return Ok(None);
    }
    if !store::use_generation(conn, row.session_id, row.generation, now)? {
        let recent = |used: Instant| now.0 - used.0 <= Duration::seconds(REFRESH_GRACE_SECONDS);
        let repeats = |(generation, used): (i32, Option<Instant>)| generation == row.generation && used.is_some_and(recent);
        if !store::last_use(conn, row.session_id)?.is_some_and(repeats) {
            store::end_session(conn, row.session_id, now)?;
            Tx { conn, author, now }.note(Action::Delete, SESSION, row.session_id)?;
            return Ok(None);
        }
    }
    issue(conn, server, &user, (row.session_id, row.expires_at), row.generation + 1, now).map(Some)
}

/// Log out
///
/// Ends the session of the token: its tokens stop counting at the next request.
#[utoipa::path(delete, path = "/auth/sessions/current", operation_id = "sessions_delete_current", tag = "sessions",
    responses((status = 204, description = "The session has ended.")))]
async fn close_session(actor: Actor) -> Answer {
    let session_id = actor.principal.session_id;
    actor
        .write(false, move |tx, _| {
            store::end_session(tx.conn, session_id, tx.now)?;
            tx.note(Action::Delete, SESSION, session_id)
        })
        .await?;
    actor.send(Reply::no_content())
}

/// Retrieve the caller
///
/// Who the token speaks for, and the rights in force today.
#[utoipa::path(get, path = "/me", operation_id = "me_retrieve", tag = "sessions",
    responses((status = 200, description = "The caller.", body = MeView)))]
async fn retrieve_me(actor: Actor) -> Answer {
    let (principal, today, english) = (Arc::clone(&actor.principal), actor.today(), actor.context.english());
    actor
        .show(move |_, _| {
            let grants: Vec<GrantView> = principal.grants.iter().filter(|grant| grant.in_force(today)).cloned().map(GrantView::from).collect();
            let default_department_code = grants.iter().find_map(|grant| grant.department_code.clone());
            let unreadable = |_| Error::internal("a stored login or name is not valid");
            Ok(MeView {
                id: principal.user_id,
                login: principal.login.parse().map_err(unreadable)?,
                display_name: principal.display_name.parse().map_err(unreadable)?,
                member_id: principal.member_id,
                grants,
                default_department_code,
                locale: if english { "en" } else { "fr" },
            })
        })
        .await
}

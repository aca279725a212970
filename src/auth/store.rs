//! Queries on accounts, grants, sessions and failed logins.

use super::principal::Grant;
use super::token::Bearer;
use super::{Principal, Role, Scope, clients, factors};
use crate::db::paging::{Slice, keyset};
use crate::db::schema::{auth_epoch, grants, installation, login_failures, login_places, password_resets, refresh_tokens, sessions, users};
use crate::db::{DbConn, Id, Instant, direct, insert_unless_taken, on_conflict, optional};
use crate::error::{Code, Error, Result};
use crate::values::{AcademyCode, Day, DepartmentCode};
use diesel::prelude::*;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub struct UserRow {
    pub id: Id,
    pub login: String,
    pub display_name: String,
    pub password_hash: String,
    pub enabled: bool,
    pub auth_version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = grants, treat_none_as_default_value = false)]
pub struct NewGrant {
    pub id: Id,
    pub user_id: Id,
    pub role: Role,
    pub department_code: Option<DepartmentCode>,
    pub academy_code: Option<AcademyCode>,
    pub establishment_id: Option<Id>,
    pub starts_on: Day,
    pub ends_on: Option<Day>,
}

pub fn insert_user(conn: &mut DbConn, user: &UserRow, grant: &NewGrant) -> Result<()> {
    on_conflict(diesel::insert_into(users::table).values(user).execute(conn), Code::LoginTaken)?;
    let recorded = (grants::created_at.eq(user.created_at), grants::updated_at.eq(user.created_at));
    diesel::insert_into(grants::table).values((grant, recorded)).execute(conn)?;
    Ok(())
}

/// Says which member a user is, unless another account is that member's; tokens issued before stop counting.
pub fn link_member(conn: &mut DbConn, user_id: Id, member_id: Id, now: Instant) -> Result<()> {
    on_conflict(diesel::update(users::table.find(user_id)).set(users::member_id.eq(member_id)).execute(conn), Code::MemberHasAccount)?;
    raise(conn, user_id, now)
}

/// Makes every token of the user count no more: the rights have changed.
pub fn raise(conn: &mut DbConn, user_id: Id, now: Instant) -> Result<()> {
    let raised = (users::auth_version.eq(users::auth_version + 1), users::updated_at.eq(now));
    diesel::update(users::table.find(user_id)).set(raised).execute(conn)?;
    advance_epoch(conn)
}

pub fn find_user_by_login(conn: &mut DbConn, login: &str) -> Result<Option<UserRow>> {
    optional(users::table.filter(users::login.eq(login)).select(UserRow::as_select()).first(conn))
}

pub fn find_user(conn: &mut DbConn, id: Id) -> Result<Option<UserRow>> {
    optional(users::table.find(id).select(UserRow::as_select()).first(conn))
}

pub fn count_users(conn: &mut DbConn) -> Result<i64> {
    Ok(users::table.count().get_result(conn)?)
}

/// Whether the demo profile made this database.
pub fn is_demo(conn: &mut DbConn) -> Result<bool> {
    Ok(installation::table.find(1).select(installation::demo).first(conn)?)
}

pub fn mark_demo(conn: &mut DbConn) -> Result<()> {
    diesel::update(installation::table.find(1)).set(installation::demo.eq(true)).execute(conn)?;
    Ok(())
}

fn grants_of(conn: &mut DbConn, user_id: Id) -> Result<Vec<Grant>> {
    let granted = grants::table.filter(grants::user_id.eq(user_id).and(grants::status.eq("granted")));
    Ok(granted.select(Grant::as_select()).order(grants::id).load(conn)?)
}

/// The roles that a user holds on a day.
pub fn roles_on(conn: &mut DbConn, user_id: Id, day: Day) -> Result<Vec<Role>> {
    Ok(grants_of(conn, user_id)?.into_iter().filter(|grant| grant.in_force(day)).map(|grant| grant.role).collect())
}

/// The rows that a user may touch now through an operation, for work in the background; none where the user is not enabled or
/// the function not granted.
pub fn scope_of(conn: &mut DbConn, user_id: Id, operation: &str, now: Instant) -> Result<Option<Scope>> {
    let Some(user) = find_user(conn, user_id)?.filter(|user| user.enabled) else { return Ok(None) };
    let (member_id, grants) = (member_of_user(conn, user_id)?, grants_of(conn, user_id)?);
    let no_session = (user_id, Instant(chrono::DateTime::UNIX_EPOCH));
    let principal = Principal::new((user, member_id), no_session, grants, 0);
    Ok(Scope::of_operation(&principal, operation, now))
}

/// Whether an account is enabled and holds, on a day, one of these roles in a department.
pub fn works_in(conn: &mut DbConn, user_id: Id, roles: &[Role], department: &DepartmentCode, day: Day) -> Result<bool> {
    let enabled = find_user(conn, user_id)?.is_some_and(|user| user.enabled);
    let here = |grant: &Grant| roles.contains(&grant.role) && grant.department_code.as_ref() == Some(department) && grant.in_force(day);
    Ok(enabled && grants_of(conn, user_id)?.iter().any(here))
}

/// Whether an account is enabled and holds a role on a day, wherever.
pub fn holds(conn: &mut DbConn, user_id: Id, role: Role, day: Day) -> Result<bool> {
    let enabled = find_user(conn, user_id)?.is_some_and(|user| user.enabled);
    Ok(enabled && grants_of(conn, user_id)?.iter().any(|grant| grant.role == role && grant.in_force(day)))
}

/// Whether an account is enabled and coordinates, on a day, the training of an academy.
pub fn coordinates(conn: &mut DbConn, user_id: Id, academy: &AcademyCode, day: Day) -> Result<bool> {
    let enabled = find_user(conn, user_id)?.is_some_and(|user| user.enabled);
    let here = |grant: &Grant| grant.role == Role::TrainingCoordinator && grant.academy_code.as_ref() == Some(academy) && grant.in_force(day);
    Ok(enabled && grants_of(conn, user_id)?.iter().any(here))
}

/// Everybody who is enabled and has a right in a department, or one of the roles that are bound to none, or is named.
pub fn principals_of(conn: &mut DbConn, department: &DepartmentCode, or_roles: &[Role], or_named: Vec<Id>) -> Result<Vec<Principal>> {
    let here = grants::department_code.is_not_null().and(grants::department_code.assume_not_null().eq(department.as_str()));
    let holders = grants::table.filter(here.or(grants::role.eq_any(or_roles.to_vec()))).select(grants::user_id);
    let asked = users::id.eq_any(holders).or(users::id.eq_any(or_named));
    let rows: Vec<UserRow> = users::table.filter(users::enabled.eq(true).and(asked)).order(users::id).select(UserRow::as_select()).load(conn)?;
    let no_session = |user: &UserRow| (user.id, Instant(chrono::DateTime::UNIX_EPOCH));
    rows.into_iter()
        .map(|user| {
            let (session, member_id, grants) = (no_session(&user), member_of_user(conn, user.id)?, grants_of(conn, user.id)?);
            Ok(Principal::new((user, member_id), session, grants, 0))
        })
        .collect()
}

/// The member that a user is.
pub fn member_of_user(conn: &mut DbConn, user_id: Id) -> Result<Option<Id>> {
    Ok(optional(users::table.find(user_id).select(users::member_id).first::<Option<Id>>(conn))?.flatten())
}

/// The accounts of a member.
pub fn users_of_member(conn: &mut DbConn, member_id: Id) -> Result<Vec<Id>> {
    Ok(users::table.filter(users::member_id.eq(member_id)).order(users::id).select(users::id).load(conn)?)
}

/// Links an account that is one member's to another; tells whether it was that member's.
pub fn relink_member(conn: &mut DbConn, user_id: Id, from: Id, to: Id) -> Result<bool> {
    let linked = users::table.filter(users::id.eq(user_id).and(users::member_id.eq(from)));
    let moved = diesel::update(linked).set(users::member_id.eq(to)).execute(conn)? == 1;
    // Whoever is at work with the account is the other member from the next request on.
    advance_epoch(conn)?;
    Ok(moved)
}

/// The state of all authorisations: as long as it has not moved, what was found true still is.
pub fn epoch(conn: &mut DbConn) -> Result<i64> {
    Ok(direct!(conn, |conn| auth_epoch::table.find(1).select(auth_epoch::value).get_result(conn))?)
}

pub fn advance_epoch(conn: &mut DbConn) -> Result<()> {
    diesel::update(auth_epoch::table.find(1)).set(auth_epoch::value.eq(auth_epoch::value + 1)).execute(conn)?;
    Ok(())
}

/// The caller behind a verified token, if the session is alive, the user or the client enabled and the rights unchanged.
pub fn find_principal(conn: &mut DbConn, token: &Bearer, now: Instant) -> Result<Principal> {
    match token {
        Bearer::User { user_id, session_id, auth_version } => find_user_principal(conn, (*user_id, *session_id, *auth_version), now),
        Bearer::Client { client_id, auth_version, scopes } => clients::find_principal(conn, *client_id, *auth_version, scopes, now),
    }
}

fn find_user_principal(conn: &mut DbConn, (user_id, session_id, auth_version): (Id, Id, i32), now: Instant) -> Result<Principal> {
    let epoch = epoch(conn)?;
    let ended = || Error::of(Code::SessionEnded);
    let alive: Option<(Id, Instant)> = optional(
        sessions::table
            .find(session_id)
            .filter(sessions::ended_at.is_null().and(sessions::expires_at.gt(now)).and(sessions::user_id.eq(user_id)))
            .select((sessions::id, sessions::expires_at))
            .first(conn),
    )?;
    let session = alive.ok_or_else(ended)?;
    let user = find_user(conn, user_id)?.filter(|user| user.enabled).ok_or_else(ended)?;
    if user.auth_version != auth_version {
        return Err(Error::of(Code::TokenExpired));
    }
    let (grants, member_id) = (grants_of(conn, user.id)?, member_of_user(conn, user.id)?);
    Ok(Principal::new((user, member_id), session, grants, epoch))
}

/// Fails unless the caller is still who the token said; costs one look at the epoch while nothing changes.
pub fn confirm(conn: &mut DbConn, principal: &Principal, now: Instant) -> Result<()> {
    if principal.session_expires_at <= now {
        return Err(Error::of(Code::SessionEnded));
    }
    if principal.machine.as_ref().is_some_and(|machine| machine.has_expired(Day::of(now.0))) {
        return Err(Error::of(Code::ClientExpired));
    }
    let epoch = epoch(conn)?;
    if principal.confirmed_at(epoch) {
        return Ok(());
    }
    let found = find_principal(conn, &principal.bearer(), now)?;
    if found.grants != principal.grants || found.member_id != principal.member_id {
        return Err(Error::of(Code::TokenExpired));
    }
    principal.confirm(epoch);
    Ok(())
}

#[derive(Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct NewSession {
    pub id: Id,
    pub user_id: Id,
    pub created_at: Instant,
    pub expires_at: Instant,
}

pub fn insert_session(conn: &mut DbConn, session: &NewSession) -> Result<()> {
    diesel::insert_into(sessions::table).values(session).execute(conn)?;
    Ok(())
}

/// Ends a session; every token of it stops counting at the next request.
pub fn end_session(conn: &mut DbConn, id: Id, now: Instant) -> Result<()> {
    diesel::update(sessions::table.find(id).filter(sessions::ended_at.is_null())).set(sessions::ended_at.eq(now)).execute(conn)?;
    advance_epoch(conn)
}

/// Ends every open session of a user, except perhaps one; gives those that were ended.
pub fn end_sessions(conn: &mut DbConn, user_id: Id, except: Option<Id>, now: Instant) -> Result<Vec<Id>> {
    let ids: Vec<Id> = sessions::table
        .filter(sessions::user_id.eq(user_id).and(sessions::ended_at.is_null()).and(sessions::expires_at.gt(now)))
        .order(sessions::id)
        .select(sessions::id)
        .load(conn)?;
    let ids: Vec<Id> = ids.into_iter().filter(|id| Some(*id) != except).collect();
    let open = sessions::table.filter(sessions::id.eq_any(ids.clone()).and(sessions::ended_at.is_null()));
    diesel::update(open).set(sessions::ended_at.eq(now)).execute(conn)?;
    advance_epoch(conn)?;
    Ok(ids)
}

#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct SessionRow {
    pub id: Id,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub refreshed_at: Option<Instant>,
}

#[diesel::dsl::auto_type(no_type_alias)]
fn open_of(user_id: Id, now: Instant) -> _ {
    sessions::table.filter(sessions::user_id.eq(user_id).and(sessions::ended_at.is_null()).and(sessions::expires_at.gt(now)))
}

pub fn open_sessions(conn: &mut DbConn, user_id: Id, now: Instant, slice: &Slice) -> Result<Vec<SessionRow>> {
    let query = open_of(user_id, now).into_boxed().select(SessionRow::as_select());
    let page = keyset!(query, slice, sessions::id, { "created" => (sessions::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn count_open_sessions(conn: &mut DbConn, user_id: Id, now: Instant) -> Result<i64> {
    Ok(open_of(user_id, now).count().get_result(conn)?)
}

/// Whose session this is; not found once it has ended.
pub fn user_of_open_session(conn: &mut DbConn, id: Id, now: Instant) -> Result<Id> {
    let open = sessions::table.find(id).filter(sessions::ended_at.is_null().and(sessions::expires_at.gt(now)));
    Ok(open.select(sessions::user_id).first(conn)?)
}

pub fn insert_refresh_token(conn: &mut DbConn, digest: &[u8], session_id: Id, generation: i32, now: Instant) -> Result<()> {
    let values = (
        refresh_tokens::digest.eq(digest),
        refresh_tokens::session_id.eq(session_id),
        refresh_tokens::generation.eq(generation),
        refresh_tokens::issued_at.eq(now),
    );
    diesel::insert_into(refresh_tokens::table).values(values).execute(conn)?;
    Ok(())
}

#[derive(Debug, Clone, Copy, Queryable)]
pub struct RefreshRow {
    pub session_id: Id,
    pub user_id: Id,
    pub generation: i32,
    pub expires_at: Instant,
}

/// A refresh token of a session that is open.
pub fn find_refresh_token(conn: &mut DbConn, digest: &[u8], now: Instant) -> Result<Option<RefreshRow>> {
    let columns = (refresh_tokens::session_id, sessions::user_id, refresh_tokens::generation, sessions::expires_at);
    let known = refresh_tokens::table.find(digest).inner_join(sessions::table.on(sessions::id.eq(refresh_tokens::session_id)));
    optional(known.filter(sessions::ended_at.is_null().and(sessions::expires_at.gt(now))).select(columns).first(conn))
}

/// Marks a generation of a session used, unless it or a later one was: the condition and the mark are one statement.
pub fn use_generation(conn: &mut DbConn, session_id: Id, generation: i32, now: Instant) -> Result<bool> {
    let fresh = sessions::table.find(session_id).filter(sessions::ended_at.is_null().and(sessions::used_generation.lt(generation)));
    Ok(diesel::update(fresh).set((sessions::used_generation.eq(generation), sessions::refreshed_at.eq(now))).execute(conn)? == 1)
}

/// The last generation of an open session that was used, and when it was used first.
pub fn last_use(conn: &mut DbConn, session_id: Id) -> Result<Option<(i32, Option<Instant>)>> {
    let open = sessions::table.find(session_id).filter(sessions::ended_at.is_null());
    optional(open.select((sessions::used_generation, sessions::refreshed_at)).first(conn))
}

/// Stores a one-time link in the place of those made for the account before.
pub fn insert_reset(conn: &mut DbConn, digest: &[u8], user_id: Id, (now, expires_at): (Instant, Instant)) -> Result<()> {
    forget_resets(conn, user_id)?;
    let values = (
        password_resets::digest.eq(digest),
        password_resets::user_id.eq(user_id),
        password_resets::created_at.eq(now),
        password_resets::expires_at.eq(expires_at),
    );
    diesel::insert_into(password_resets::table).values(values).execute(conn)?;
    Ok(())
}

fn forget_resets(conn: &mut DbConn, user_id: Id) -> Result<()> {
    diesel::delete(password_resets::table.filter(password_resets::user_id.eq(user_id))).execute(conn)?;
    Ok(())
}

/// The enabled account of a one-time link that still is good.
pub fn find_user_of_reset(conn: &mut DbConn, digest: &[u8], now: Instant) -> Result<Option<UserRow>> {
    let good = password_resets::table.find(digest).filter(password_resets::used_at.is_null().and(password_resets::expires_at.gt(now)));
    let Some(user_id) = optional(good.select(password_resets::user_id).first::<Id>(conn))? else { return Ok(None) };
    Ok(find_user(conn, user_id)?.filter(|user| user.enabled))
}

/// Uses a one-time link up, unless it was: the condition and the mark are one statement.
pub fn use_reset(conn: &mut DbConn, digest: &[u8], now: Instant) -> Result<bool> {
    let good = password_resets::table.find(digest).filter(password_resets::used_at.is_null().and(password_resets::expires_at.gt(now)));
    Ok(diesel::update(good).set(password_resets::used_at.eq(now)).execute(conn)? == 1)
}

/// Sets a password; every token of the account stops counting.
pub fn set_password(conn: &mut DbConn, user_id: Id, hash: &str, now: Instant) -> Result<()> {
    diesel::update(users::table.find(user_id)).set(users::password_hash.eq(hash)).execute(conn)?;
    raise(conn, user_id, now)
}

/// Puts a new password in the place of the one that was shown to be known, if it still is the current one; links made for the
/// account are no longer good.
pub fn change_password(conn: &mut DbConn, user_id: Id, (known, hash): (&str, &str), now: Instant) -> Result<bool> {
    let current = users::table.find(user_id).filter(users::password_hash.eq(known));
    let changed = diesel::update(current).set((users::password_hash.eq(hash), users::updated_at.eq(now))).execute(conn)? == 1;
    forget_resets(conn, user_id)?;
    Ok(changed)
}

pub fn failures(conn: &mut DbConn, bucket: &[u8], since: Instant) -> Result<(i32, Option<Instant>)> {
    let row: Option<(i32, Instant)> = optional(
        login_failures::table
            .find(bucket)
            .filter(login_failures::window_started_at.gt(since))
            .select((login_failures::failures, login_failures::window_started_at))
            .first(conn),
    )?;
    Ok(row.map_or((0, None), |(failures, started)| (failures, Some(started))))
}

/// Counts one more failure in the current window, or opens a window; of two that open it at once, one counts in the other's.
pub fn add_failure(conn: &mut DbConn, bucket: &[u8], since: Instant, now: Instant) -> Result<()> {
    let count = |conn: &mut DbConn| {
        let current = login_failures::table.find(bucket).filter(login_failures::window_started_at.gt(since));
        diesel::update(current).set(login_failures::failures.eq(login_failures::failures + 1)).execute(conn)
    };
    if count(conn)? == 1 {
        return Ok(());
    }
    diesel::delete(login_failures::table.find(bucket).filter(login_failures::window_started_at.le(since))).execute(conn)?;
    let first = (login_failures::bucket.eq(bucket), login_failures::failures.eq(1), login_failures::window_started_at.eq(now));
    if insert_unless_taken!(conn, login_failures::table, first)? == 0 {
        count(conn)?;
    }
    Ok(())
}

/// One failure less; a bucket of one is forgotten.
pub fn take_back_failure(conn: &mut DbConn, bucket: &[u8]) -> Result<()> {
    let many = login_failures::table.find(bucket).filter(login_failures::failures.gt(1));
    if diesel::update(many).set(login_failures::failures.eq(login_failures::failures - 1)).execute(conn)? == 0 {
        forget_failures(conn, bucket)?;
    }
    Ok(())
}

pub fn forget_failures(conn: &mut DbConn, bucket: &[u8]) -> Result<()> {
    diesel::delete(login_failures::table.find(bucket)).execute(conn)?;
    Ok(())
}

pub fn is_known_place(conn: &mut DbConn, place: &[u8]) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(login_places::table.find(place))).get_result(conn)?)
}

pub fn remember_place(conn: &mut DbConn, place: &[u8], now: Instant) -> Result<()> {
    let seen = diesel::update(login_places::table.find(place)).set(login_places::seen_at.eq(now)).execute(conn)?;
    if seen == 0 {
        insert_unless_taken!(conn, login_places::table, (login_places::place.eq(place), login_places::seen_at.eq(now)))?;
    }
    Ok(())
}

/// Forgets sessions, tokens and failures that are past their time.
pub fn sweep(conn: &mut DbConn, now: Instant) -> Result<()> {
    let day_ago = Instant(now.0 - chrono::Duration::days(1));
    let month_ago = Instant(now.0 - chrono::Duration::days(30));
    let over = sessions::table.filter(sessions::expires_at.lt(month_ago)).select(sessions::id);
    diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(over))).execute(conn)?;
    diesel::delete(sessions::table.filter(sessions::expires_at.lt(month_ago))).execute(conn)?;
    diesel::delete(password_resets::table.filter(password_resets::expires_at.lt(day_ago))).execute(conn)?;
    factors::sweep(conn, now)?;
    clients::sweep(conn, now)?;
    diesel::delete(login_failures::table.filter(login_failures::window_started_at.lt(day_ago))).execute(conn)?;
    Ok(())
}

//! `entraide user`.

use super::{NewUser, Outcome, open};
use entraide::audit::{Action, Author, Tx};
use entraide::auth::keys::random;
use entraide::auth::store::{self, NewGrant, UserRow};
use entraide::auth::{Keys, RecordKey, Role, Scope, factors, password};
use entraide::clock::Clock;
use entraide::config::Config;
use entraide::db::{Db, DbConn, Id, Instant};
use entraide::error::{Code, Error};
use entraide::establishments::store as establishments;
use entraide::members::model::MemberNumber;
use entraide::members::store as members;
use entraide::sessions::model::{Login, RESET_HOURS};
use entraide::sessions::passwords::begin_reset;
use entraide::users::grants::model::{Place, academy, department, establishment, offered};
use entraide::users::grants::store::{self as grants, GrantRow};
use entraide::users::grants::view::UserGrantView;
use entraide::values::{Day, DisplayName};
use std::io::BufRead;
use std::process::ExitCode;

pub fn create(config: &Config, user: NewUser) -> Outcome {
    let NewUser { login, role, place, name, password_stdin } = user;
    let login: Login = login.parse().map_err(|flaw| format!("--login: {flaw}"))?;
    let name: DisplayName = name.unwrap_or_else(|| login.to_string()).parse().map_err(|flaw| format!("--name: {flaw}"))?;
    check_place(role, &place)?;
    let password = if password_stdin { Some(first_line()?) } else { None };
    if let Some(flaw) = password.as_ref().and_then(|password| password::flaw(password, &[login.as_str(), name.as_str()])) {
        return Err(format!("password: {flaw}").into());
    }
    let db = open(config)?;
    let place = db.read_now(move |conn| find_place(conn, place))?;
    let grant = FirstGrant { role, place, since: Day(Clock::default().today()) };
    let made = insert(&db, &Keys::load(&config.keys)?.records, &login, &name, grant, password)?;
    match made {
        Some(password) => println!("user {login} created; password, shown this once: {password}"),
        None => println!("user {login} created"),
    }
    Ok(ExitCode::SUCCESS)
}

/// A role is held in the place that it asks for, and only there.
fn check_place(role: Role, place: &super::Place) -> Outcome<()> {
    let super::Place { department: code, academy: academy_code, establishment: uai } = place;
    let checked = [
        ("role", offered(&role)),
        ("department", department(&role, code)),
        ("academy", academy(&role, academy_code)),
        ("establishment", establishment(&role, uai)),
    ];
    let flaw = checked.into_iter().find_map(|(option, flaw)| flaw.map(|flaw| format!("--{option}: {flaw}")));
    flaw.map_or(Ok(()), |flaw| Err(flaw.into()))
}

/// The place of a role, with its establishment found by its UAI.
fn find_place(conn: &mut DbConn, place: super::Place) -> Result<Place, Error> {
    let super::Place { department, academy, establishment } = place;
    let id = match establishment {
        Some(uai) => {
            let found = establishments::find_by_uais(conn, &Scope::console(), vec![uai.to_string()])?.pop();
            Some(found.ok_or_else(|| Error::of(Code::EstablishmentUnknown).with("uai", uai))?.id)
        }
        None => None,
    };
    Ok(grants::place(conn, &Scope::console(), department, academy, id)??)
}

pub fn grant(config: &Config, grant: super::NewGrant) -> Outcome {
    let super::NewGrant { login, role, place } = grant;
    check_place(role, &place)?;
    let today = Day(Clock::default().today());
    let granted = on_account(config, "user grant", &login, move |tx, user| {
        let right = GrantRow::granted(user.id, role, find_place(tx.conn, place)?, today, tx.now);
        let (action, right) = grants::grant(tx, &Scope::console(), right)?;
        tx.record(action, &UserGrantView::from(right))?;
        Ok(Some(()))
    })?;
    granted.ok_or_else(|| format!("no account has the login {login}"))?;
    println!("user {login} is {} from today", role.as_str());
    Ok(ExitCode::SUCCESS)
}

pub fn link(config: &Config, login: &str, number: &MemberNumber) -> Outcome {
    let numbers = vec![number.to_string()];
    let linked = on_account(config, "user link", login, move |tx, user| {
        let Some(member) = members::find_by_numbers(tx.conn, &Scope::console(), numbers)?.pop() else { return Ok(None) };
        store::link_member(tx.conn, user.id, member.id, tx.now)?;
        tx.note(Action::Update, "user", user.id).map(Some)
    })?;
    linked.ok_or_else(|| format!("no account has the login {login}, or no member the number {number}"))?;
    println!("user {login} is member {number}");
    Ok(ExitCode::SUCCESS)
}

pub fn reset_password(config: &Config, login: &str) -> Outcome {
    let made = on_account(config, "user reset-password", login, |tx, user| begin_reset(tx, user.id).map(Some))?;
    let link = made.ok_or_else(|| format!("no account has the login {login}"))?;
    println!("one-time token of {login}, good for {RESET_HOURS} hours, shown this once: {}", link.token);
    Ok(ExitCode::SUCCESS)
}

pub fn reset_factor(config: &Config, login: &str) -> Outcome {
    let forgotten = on_account(config, "user reset-factor", login, |tx, user| {
        if !factors::forget_factor(tx.conn, user.id)? {
            return Ok(None);
        }
        store::end_sessions(tx.conn, user.id, None, tx.now)?;
        tx.note(Action::Delete, "second_factor", user.id).map(Some)
    })?;
    forgotten.ok_or_else(|| format!("no account has the login {login}, or it has no second factor"))?;
    println!("user {login} has no second factor any more");
    Ok(ExitCode::SUCCESS)
}

/// Acts on the account with this login; none where there is no such account or nothing to act on.
fn on_account<T: Send + 'static>(
    config: &Config,
    operation: &str,
    login: &str,
    act: impl FnOnce(&mut Tx<'_>, UserRow) -> Result<Option<T>, Error> + Send + 'static,
) -> Outcome<Option<T>> {
    let author = Author::console(operation, &Keys::load(&config.keys)?.records);
    let (now, login) = (Instant(Clock::default().now()), login.to_owned());
    let done = open(config)?.write_now(move |conn| match store::find_user_by_login(conn, &login)? {
        Some(user) => act(&mut Tx { conn, author: &author, now }, user),
        None => Ok(None),
    });
    Ok(done?)
}

fn first_line() -> std::io::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A right that an account begins with.
pub struct FirstGrant {
    pub role: Role,
    pub place: Place,
    pub since: Day,
}

/// Stores the account with its grant; gives the password where one was made.
pub fn insert(db: &Db, key: &RecordKey, login: &Login, name: &DisplayName, grant: FirstGrant, password: Option<String>) -> Result<Option<String>, Error> {
    let generated = if password.is_none() { Some(generated_password()?) } else { None };
    let hash = password::hash(password.as_ref().or(generated.as_ref()).map_or("", String::as_str))?;
    let (id, now) = (Id::new(), Instant(Clock::default().now()));
    let user = UserRow {
        id,
        login: login.to_string(),
        display_name: name.to_string(),
        password_hash: hash,
        enabled: true,
        auth_version: 1,
        created_at: now,
        updated_at: now,
    };
    let FirstGrant { role, place: Place { department_code, academy_code, establishment_id }, since } = grant;
    let grant = NewGrant { id: Id::new(), user_id: id, role, department_code, academy_code, establishment_id, starts_on: since, ends_on: None };
    let author = Author::console("user create", key);
    db.write_now(move |conn| {
        store::insert_user(conn, &user, &grant)?;
        Tx { conn, author: &author, now }.note(Action::Create, "user", id)
    })?;
    Ok(generated)
}

/// Five groups of five signs that cannot be taken for each other: 119 bits.
pub fn generated_password() -> Result<String, Error> {
    const SIGNS: &[u8; 28] = b"abcdefghjkmnpqrstuvwxyz23456";
    let bytes = random::<25>()?;
    let signs: Option<Vec<u8>> = bytes.iter().map(|byte| SIGNS.get(usize::from(*byte) % SIGNS.len()).copied()).collect();
    let signs = signs.ok_or_else(|| Error::of(Code::Internal))?;
    Ok(signs.chunks(5).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-"))
}

//! Queries on accounts, apart from what signing in asks of them.

use super::model::{LIFECYCLE, UserFilters, UserStatus};
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::{Role, Scope, store as auth};
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{grants, users};
use crate::db::search::Condition;
use crate::db::{DbConn, Id, Instant, MultiBackend, on_conflict};
use crate::error::{Code, Error, Result};
use crate::sessions::model::Login;
use crate::values::{Choice, Day, DepartmentCode, DisplayName};
use crate::workflow::{Lifecycle, Stateful};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = users)]
pub struct AccountRow {
    pub id: Id,
    pub login: Login,
    pub display_name: DisplayName,
    pub enabled: bool,
    pub member_id: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl AccountRow {
    pub fn status(&self) -> UserStatus {
        if self.enabled { UserStatus::Active } else { UserStatus::Disabled }
    }
}

/// An account with a department in which the caller's roles hold, where they are departmental.
#[derive(Debug, Clone)]
pub struct Account {
    pub row: AccountRow,
    place: Option<String>,
}

impl Part for Account {}
impl Part for AccountRow {}

impl Stateful for Account {
    type Status = UserStatus;
    const LIFECYCLE: &'static Lifecycle<UserStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> UserStatus {
        self.row.status()
    }

    fn department(&self) -> Option<&str> {
        self.place.as_deref()
    }
}

type Boxed<'a> = users::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let every = users::table.into_boxed();
    if scope.is_all() { every } else { every.filter(scope.users()) }
}

fn filtered<'a>(scope: &Scope, filters: &UserFilters, today: Day) -> Boxed<'a> {
    let UserFilters { status, role, department, member, pending } = filters;
    let mut query = visible(scope);
    if let Some([status]) = status.as_deref() {
        query = query.filter(users::enabled.eq(*status == UserStatus::Active));
    }
    if let Some(member_id) = member {
        query = query.filter(users::member_id.is_not_null().and(users::member_id.assume_not_null().eq(*member_id)));
    }
    if role.is_some() || department.is_some() {
        let roles = role.as_ref().map(|roles| roles.iter().map(|role| role.as_str()).collect());
        query = query.filter(holders(scope, "granted", roles, department.as_deref(), today));
    }
    match pending {
        Some(true) => query.filter(holders(scope, "pending", None, None, today)),
        Some(false) => query.filter(diesel::dsl::not(holders(scope, "pending", None, None, today))),
        None => query,
    }
}

/// Accounts with a right in this state, on this day or later. Only rights in the scope are asked about: a filter must not tell what is
/// hidden.
fn holders(
    scope: &Scope,
    status: &'static str,
    roles: Option<Vec<&'static str>>,
    departments: Option<&[DepartmentCode]>,
    today: Day,
) -> Condition<users::table> {
    let roles = roles.unwrap_or_else(|| Role::ENUMERATION.values.iter().map(|role| role.code).collect());
    let seen = |code: &&DepartmentCode| scope.covers_department(Some(code.as_str()));
    let within = if scope.is_all() { departments } else { departments.or(Some(scope.departments())) };
    let lasting = grants::ends_on.is_null().or(grants::ends_on.assume_not_null().ge(today));
    let held = grants::table.filter(grants::status.eq(status).and(lasting).and(grants::role.eq_any(roles)));
    let Some(within) = within else { return Box::new(users::id.eq_any(held.select(grants::user_id))) };
    let codes: Vec<String> = within.iter().filter(seen).map(ToString::to_string).collect();
    let there = grants::department_code.is_not_null().and(grants::department_code.assume_not_null().eq_any(codes));
    Box::new(users::id.eq_any(held.filter(there).select(grants::user_id)))
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &UserFilters, today: Day, slice: &Slice) -> Result<Vec<AccountRow>> {
    let query = filtered(scope, filters, today).select(AccountRow::as_select());
    let page = keyset!(query, slice, users::id, {
        "login" => (users::login, text),
        "created" => (users::created_at, instant),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &AccountRow, sort: &str) -> Position {
    let key = match sort {
        "created" => Key::from(row.created_at),
        _ => Key::from(row.login.as_str()),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &UserFilters, today: Day) -> Result<i64> {
    Ok(filtered(scope, filters, today).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<AccountRow> {
    Ok(visible(scope).filter(users::id.eq(id)).select(AccountRow::as_select()).first(conn)?)
}

/// An account that is to be moved on.
pub fn find_account(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Account> {
    let row = find(conn, scope, id)?;
    Ok(Account { row, place: scope.departments().first().map(ToString::to_string) })
}

/// Stores an account with a password that nobody has.
pub fn insert(tx: &mut Tx<'_>, _checked_in: &Scope, row: AccountRow, password_hash: &str) -> Result<AccountRow> {
    let values = (
        users::id.eq(row.id),
        users::login.eq(&row.login),
        users::display_name.eq(&row.display_name),
        users::password_hash.eq(password_hash),
        users::enabled.eq(row.enabled),
        users::auth_version.eq(1),
        users::version.eq(row.version),
        users::created_at.eq(row.created_at),
        users::updated_at.eq(row.updated_at),
    );
    on_conflict(diesel::insert_into(users::table).values(values).execute(tx.conn), Code::LoginTaken).map_err(|error| match error.code() {
        Code::LoginTaken => error.at("/login"),
        _ => error,
    })?;
    Ok(row)
}

/// Says which member an account is; tokens issued before stop counting.
pub fn link(tx: &mut Tx<'_>, _checked_in: &Scope, row: AccountRow, member_id: Id) -> Result<AccountRow> {
    let linked = auth::link_member(tx.conn, row.id, member_id, tx.now);
    linked.map_err(|error| if error.code() == Code::MemberHasAccount { error.at("/member_id") } else { error })?;
    Ok(AccountRow { member_id: Some(member_id), ..row })
}

/// Stores the name and the state as the next version, if version and state still are those it was made from. An account that is shut
/// loses its sessions in the same breath.
pub fn advance(tx: &mut Tx<'_>, _found_in: &Scope, mut row: AccountRow, from: UserStatus) -> Result<AccountRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let current = users::table.find(row.id).filter(users::version.eq(seen).and(users::enabled.eq(from == UserStatus::Active)));
    let values =
        (users::display_name.eq(&row.display_name), users::enabled.eq(row.enabled), users::version.eq(row.version), users::updated_at.eq(row.updated_at));
    if diesel::update(current).set(values).execute(tx.conn)? != 1 {
        return Err(Error::of(Code::VersionStale));
    }
    if !row.enabled {
        auth::end_sessions(tx.conn, row.id, None, tx.now)?;
    }
    Ok(row)
}

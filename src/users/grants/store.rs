//! Queries on rights, apart from what signing in asks of them.

use super::model::{GrantFilters, GrantStatus, LIFECYCLE, Place};
use crate::audit::access::Part;
use crate::audit::{Action, Tx};
use crate::auth::rows::department_of_establishment;
use crate::auth::{Role, Scope, store as auth};
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::grants;
use crate::db::{DbConn, Id, Instant, MultiBackend, optional};
use crate::error::{Code, Error, Flaw, Result};
use crate::values::{AcademyCode, Day, DepartmentCode};
use crate::workflow::{Lifecycle, Stateful, Step};
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = grants, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct GrantRow {
    pub id: Id,
    pub user_id: Id,
    pub role: Role,
    pub department_code: Option<DepartmentCode>,
    pub starts_on: Day,
    pub ends_on: Option<Day>,
    pub status: GrantStatus,
    pub requested_by: Option<Id>,
    pub decided_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub academy_code: Option<AcademyCode>,
    pub establishment_id: Option<Id>,
}

impl GrantRow {
    /// A right as the console gives it: granted at once, since whoever runs the console is the second approver.
    pub fn granted(user_id: Id, role: Role, place: Place, starts_on: Day, now: Instant) -> Self {
        let Place { department_code, academy_code, establishment_id } = place;
        Self {
            id: Id::new(),
            user_id,
            role,
            department_code,
            starts_on,
            ends_on: None,
            status: GrantStatus::Granted,
            requested_by: None,
            decided_by: None,
            version: 1,
            created_at: now,
            updated_at: now,
            academy_code,
            establishment_id,
        }
    }

    /// Whether it gives its role on some day from this one on, or may come to do so.
    pub fn is_living(&self, today: Day) -> bool {
        matches!(self.status, GrantStatus::Pending | GrantStatus::Granted) && self.ends_on.is_none_or(|end| end >= today)
    }
}

impl Part for GrantRow {}

impl Stateful for GrantRow {
    type Status = GrantStatus;
    const LIFECYCLE: &'static Lifecycle<GrantStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn status(&self) -> GrantStatus {
        self.status
    }

    fn department(&self) -> Option<&str> {
        self.department_code.as_ref().map(|code| code.as_str())
    }
}

/// The place of a right, or what is wrong with the establishment that it names, whose department is its own.
pub fn place(
    conn: &mut DbConn,
    _directory: &Scope,
    department_code: Option<DepartmentCode>,
    academy_code: Option<AcademyCode>,
    establishment_id: Option<Id>,
) -> Result<Result<Place, Flaw>> {
    let Some(id) = establishment_id else { return Ok(Ok(Place { department_code, academy_code, establishment_id })) };
    let department = department_of_establishment(conn, id)?;
    Ok(department.map(|code| Place { department_code: Some(code), academy_code, establishment_id }))
}

type Boxed<'a> = grants::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    let every = grants::table.into_boxed();
    if scope.is_all() { every } else { every.filter(scope.grants()) }
}

fn filtered<'a>(scope: &Scope, user_id: Id, filters: &GrantFilters) -> Boxed<'a> {
    let GrantFilters { status, on } = filters;
    let mut query = visible(scope).filter(grants::user_id.eq(user_id));
    if let Some(statuses) = status {
        query = query.filter(grants::status.eq_any(statuses.clone()));
    }
    if let Some(day) = on {
        query = query.filter(grants::starts_on.le(*day).and(grants::ends_on.is_null().or(grants::ends_on.assume_not_null().ge(*day))));
    }
    query
}

/// The rights of an account that was found in the scope, as far as they are in it themselves.
pub fn list(conn: &mut DbConn, scope: &Scope, user_id: Id, filters: &GrantFilters, slice: &Slice) -> Result<Vec<GrantRow>> {
    let query = filtered(scope, user_id, filters).select(GrantRow::as_select());
    let page = keyset!(query, slice, grants::id, { "starts" => (grants::starts_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &GrantRow) -> Position {
    Position { key: Key::from(row.starts_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, user_id: Id, filters: &GrantFilters) -> Result<i64> {
    Ok(filtered(scope, user_id, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<GrantRow> {
    Ok(visible(scope).filter(grants::id.eq(id)).select(GrantRow::as_select()).first(conn)?)
}

/// Every right of accounts that were found in the scope, by account: what else somebody may do decides who manages the account.
pub fn of_users(conn: &mut DbConn, _found_in: &Scope, user_ids: Vec<Id>) -> Result<HashMap<Id, Vec<GrantRow>>> {
    let mut by_user: HashMap<Id, Vec<GrantRow>> = HashMap::new();
    for row in grants::table.filter(grants::user_id.eq_any(user_ids)).select(GrantRow::as_select()).load::<GrantRow>(conn)? {
        by_user.entry(row.user_id).or_default().push(row);
    }
    Ok(by_user)
}

/// Stores a right; once granted, it counts at the next request.
pub fn insert(tx: &mut Tx<'_>, _checked_in: &Scope, row: GrantRow) -> Result<GrantRow> {
    diesel::insert_into(grants::table).values(&row).execute(tx.conn)?;
    if row.status == GrantStatus::Granted {
        auth::raise(tx.conn, row.user_id, tx.now)?;
    }
    Ok(row)
}

/// Stores the row as its next version, if version and state still are among those the step starts from. Where that changes what the
/// account may do, tokens issued before stop counting.
pub fn advance(tx: &mut Tx<'_>, _found_in: &Scope, mut row: GrantRow, step: Step<GrantStatus>) -> Result<GrantRow> {
    let counts = [row.status, step.to].contains(&GrantStatus::Granted);
    (row.status, row.version, row.updated_at) = (step.to, step.seen + 1, tx.now);
    let current = grants::table.find(row.id).filter(grants::version.eq(step.seen).and(grants::status.eq_any(step.states())));
    if diesel::update(current).set(&row).execute(tx.conn)? != 1 {
        return Err(Error::of(Code::VersionStale));
    }
    if counts {
        auth::raise(tx.conn, row.user_id, tx.now)?;
    }
    Ok(row)
}

/// Gives a right at the console, by approving the one of its kind that waits, if one does; tells which.
pub fn grant(tx: &mut Tx<'_>, scope: &Scope, row: GrantRow) -> Result<(Action, GrantRow)> {
    // Rights that wait are national: their role is their kind.
    let alike = grants::user_id.eq(row.user_id).and(grants::role.eq(row.role)).and(grants::status.eq(GrantStatus::Pending));
    let waiting = optional(visible(scope).filter(alike).order(grants::id).select(GrantRow::as_select()).first(tx.conn))?;
    let Some(waiting): Option<GrantRow> = waiting else { return Ok((Action::Create, insert(tx, scope, row)?)) };
    let step = Step { from: &[GrantStatus::Pending], to: GrantStatus::Granted, seen: waiting.version };
    Ok((Action::Transition, advance(tx, scope, waiting, step)?))
}

//! Queries on contact requests.

use super::model::{CallAnswer, CallNote, ContactRequestFilters, ContactRequestStatus, DropReason, LIFECYCLE};
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::contact_requests;
use crate::db::{DbConn, Id, Instant, MultiBackend, among};
use crate::dossiers::model::{ContactChannel, Urgency};
use crate::error::{Code, Error, Result};
use crate::members::model::{ContactInstructions, SafeContact};
use crate::values::{DepartmentCode, DisplayName, Phone};
use crate::workflow::{Lifecycle, Stateful};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = contact_requests, treat_none_as_null = true)]
pub struct ContactRequestRow {
    pub id: Id,
    pub association_id: Id,
    pub department_code: DepartmentCode,
    pub establishment_id: Option<Id>,
    pub member_id: Option<Id>,
    pub channel: ContactChannel,
    pub caller_name: Option<DisplayName>,
    pub caller_phone: Option<Phone>,
    pub safe_contact: SafeContact,
    pub safe_contact_instructions: Option<ContactInstructions>,
    pub urgency: Urgency,
    pub note: Option<CallNote>,
    pub status: ContactRequestStatus,
    pub drop_reason: Option<DropReason>,
    pub answer: Option<CallAnswer>,
    pub dossier_id: Option<Id>,
    pub created_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl Part for ContactRequestRow {}

impl Stateful for ContactRequestRow {
    type Status = ContactRequestStatus;
    const LIFECYCLE: &'static Lifecycle<ContactRequestStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn status(&self) -> ContactRequestStatus {
        self.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.department_code.as_str())
    }
}

type Boxed<'a> = contact_requests::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    contact_requests::table.into_boxed().filter(scope.contact_requests())
}

fn filtered<'a>(scope: &Scope, filters: &ContactRequestFilters) -> Boxed<'a> {
    let ContactRequestFilters { status, urgency, department, establishment, created } = filters;
    let mut query = visible(scope);
    if let Some(statuses) = status {
        query = among!(query, contact_requests::status, statuses.clone());
    }
    if let Some(urgencies) = urgency {
        query = among!(query, contact_requests::urgency, urgencies.clone());
    }
    if let Some(codes) = department {
        query = among!(query, contact_requests::department_code, codes.iter().map(ToString::to_string).collect());
    }
    if let Some(id) = establishment {
        query = query.filter(contact_requests::establishment_id.eq(*id));
    }
    let (from, until) = created.map_or((None, None), |interval| interval.instants());
    if let Some(from) = from {
        query = query.filter(contact_requests::created_at.ge(Instant(from)));
    }
    if let Some(until) = until {
        query = query.filter(contact_requests::created_at.lt(Instant(until)));
    }
    query
}

/// By urgency, the most urgent come first: their words happen to be in that order.
pub fn list(conn: &mut DbConn, scope: &Scope, filters: &ContactRequestFilters, slice: &Slice) -> Result<Vec<ContactRequestRow>> {
    let query = filtered(scope, filters).select(ContactRequestRow::as_select());
    let page = keyset!(query, slice, contact_requests::id, {
        "created" => (contact_requests::created_at, instant),
        "urgency" => (contact_requests::urgency, text),
    });
    Ok(page.load(conn)?)
}

pub fn position(row: &ContactRequestRow, sort: &str) -> Position {
    let key = match sort {
        "urgency" => Key::from(row.urgency.as_str()),
        _ => Key::from(row.created_at),
    };
    Position { key, id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &ContactRequestFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<ContactRequestRow> {
    Ok(visible(scope).filter(contact_requests::id.eq(id)).select(ContactRequestRow::as_select()).first(conn)?)
}

/// Stores a new request of a department, or for a school, in the scope.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: ContactRequestRow) -> Result<ContactRequestRow> {
    let for_school = row.establishment_id.is_some_and(|id| scope.schools().contains(&id));
    if !for_school && !scope.covers_department(Some(row.department_code.as_str())) {
        return Err(Error::of(Code::OutOfPerimeter));
    }
    diesel::insert_into(contact_requests::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are among those it was made from.
pub fn advance(tx: &mut Tx<'_>, _found_in: &Scope, mut row: ContactRequestRow, from: &[ContactRequestStatus]) -> Result<ContactRequestRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let states: Vec<&str> = from.iter().map(|state| state.as_str()).collect();
    let current = contact_requests::table.find(row.id).filter(contact_requests::version.eq(seen).and(contact_requests::status.eq_any(states)));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Takes the people out of the requests that became a dossier; gives the ids of these.
pub fn forget(tx: &mut Tx<'_>, _found_in: &Scope, dossier_id: Id) -> Result<Vec<Id>> {
    let of = || contact_requests::table.filter(contact_requests::dossier_id.eq(dossier_id));
    let nobody = (
        contact_requests::establishment_id.eq(None::<Id>),
        contact_requests::member_id.eq(None::<Id>),
        contact_requests::caller_name.eq(None::<String>),
        contact_requests::caller_phone.eq(None::<String>),
        contact_requests::safe_contact_instructions.eq(None::<String>),
        contact_requests::note.eq(None::<String>),
        contact_requests::answer.eq(None::<String>),
    );
    diesel::update(of()).set(nobody).execute(tx.conn)?;
    Ok(of().select(contact_requests::id).load(tx.conn)?)
}

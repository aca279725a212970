//! Queries on registrations.

use super::model::*;
use crate::auth::Scope;
use crate::db::schema::training_registrations;
use crate::db::{DbConn, Id, Instant, MultiBackend};
use crate::error::Result;
use crate::training_sessions::store as sessions;
use crate::values::{DisplayName, Email};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = training_registrations, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct RegistrationRow {
    pub id: Id,
    pub session_id: Id,
    pub member_id: Option<Id>,
    pub name: Option<DisplayName>,
    pub email: Option<Email>,
    pub organisation: Option<Organisation>,
    pub outsider_key: Option<String>,
    pub status: RegistrationStatus,
    pub queue_number: Option<i64>,
    pub created_by: Option<Id>,
    pub anonymised_at: Option<Instant>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = training_registrations::BoxedQuery<'a, MultiBackend>;

fn of<'a>(session_id: Id) -> Boxed<'a> {
    training_registrations::table.filter(training_registrations::session_id.eq(session_id)).into_boxed()
}

/// One of a session in the scope.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<RegistrationRow> {
    let row: RegistrationRow = training_registrations::table.find(id).select(RegistrationRow::as_select()).first(conn)?;
    sessions::find(conn, scope, row.session_id)?;
    Ok(row)
}

/// The confirmed ones of a session that was found in the scope, in the order in which they came in.
pub fn confirmed(conn: &mut DbConn, _found_in: &Scope, session_id: Id) -> Result<Vec<RegistrationRow>> {
    let seated = of(session_id).filter(training_registrations::status.eq(RegistrationStatus::Confirmed));
    Ok(seated.order((training_registrations::created_at, training_registrations::id)).select(RegistrationRow::as_select()).load(conn)?)
}

//! Queries on protection requests.

use super::model::{ProtectionRequestFilters, ProtectionStage, ProtectionStatus};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{dossiers, protection_requests};
use crate::db::{DbConn, Id, Instant, MultiBackend, among, on_conflict};
use crate::dossiers::erasure::scrub_under;
use crate::dossiers::model::DossierStatus;
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use crate::members::employments::model::Employer;
use crate::values::Day;
use crate::workflow::Reason;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = protection_requests, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ProtectionRequestRow {
    pub id: Id,
    pub dossier_id: Id,
    pub stage: ProtectionStage,
    pub status: ProtectionStatus,
    pub addressed_to: Employer,
    pub requested_on: Option<Day>,
    pub received_on: Option<Day>,
    pub received_estimated: bool,
    pub decided_on: Option<Day>,
    pub appealed_on: Option<Day>,
    pub silence_due_on: Option<Day>,
    pub suit_due_on: Option<Day>,
    pub reason: Option<Reason>,
    pub motivation: Option<Reason>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = protection_requests::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(dossier_id: Id, filters: &ProtectionRequestFilters) -> Boxed<'a> {
    let ProtectionRequestFilters { stage, status } = filters;
    let mut query = protection_requests::table.filter(protection_requests::dossier_id.eq(dossier_id)).into_boxed();
    if let Some(stages) = stage {
        query = among!(query, protection_requests::stage, stages.clone());
    }
    if let Some(statuses) = status {
        query = among!(query, protection_requests::status, statuses.clone());
    }
    query
}

/// The requests under a dossier that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &ProtectionRequestFilters, slice: &Slice) -> Result<Vec<ProtectionRequestRow>> {
    let query = filtered(dossier_id, filters).select(ProtectionRequestRow::as_select());
    let page = keyset!(query, slice, protection_requests::id, { "created" => (protection_requests::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &ProtectionRequestRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &ProtectionRequestFilters) -> Result<i64> {
    Ok(filtered(dossier_id, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Under<ProtectionRequestRow>> {
    let row: ProtectionRequestRow = protection_requests::table.find(id).select(ProtectionRequestRow::as_select()).first(conn)?;
    let dossier_id = row.dossier_id;
    Under::find(conn, scope, row, dossier_id)
}

/// What is still to come under a dossier that was found in the scope.
pub fn open_under(tx: &mut Tx<'_>, _found_in: &Scope, dossier_id: Id) -> Result<Vec<Id>> {
    let open = protection_requests::dossier_id.eq(dossier_id).and(protection_requests::status.eq_any(ProtectionStatus::OPEN));
    Ok(protection_requests::table.filter(open).order(protection_requests::id).select(protection_requests::id).load(tx.conn)?)
}

/// Requests after an id on which silence has been kept long enough by a day, in dossiers that are open.
pub fn silenced(conn: &mut DbConn, _everywhere: &Scope, today: Day, after: Option<Id>, limit: i64) -> Result<Vec<Id>> {
    let worked = dossiers::table.filter(dossiers::status.eq_any(DossierStatus::OPEN)).select(dossiers::id);
    let mut query = protection_requests::table
        .filter(protection_requests::status.eq(ProtectionStatus::Requested))
        .filter(protection_requests::silence_due_on.is_not_null().and(protection_requests::silence_due_on.assume_not_null().le(today)))
        .filter(protection_requests::dossier_id.eq_any(worked))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(protection_requests::id.gt(after));
    }
    Ok(query.order(protection_requests::id).limit(limit).select(protection_requests::id).load(conn)?)
}

/// Plans a request under a locked dossier: one for each stage, those that were withdrawn apart.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: ProtectionRequestRow) -> Result<ProtectionRequestRow> {
    on_conflict(diesel::insert_into(protection_requests::table).values(&row).execute(tx.conn), Code::ProtectionPlannedAlready)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are those it was made from.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: ProtectionRequestRow, from: &[ProtectionStatus]) -> Result<ProtectionRequestRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = protection_requests::table.find(row.id);
    let current = current.filter(protection_requests::version.eq(seen).and(protection_requests::status.eq_any(from.to_vec())));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Takes the words out of the requests of a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || protection_requests::table.filter(protection_requests::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(protection_requests::id).load(tx.conn)?;
    let wordless = (protection_requests::reason.eq(None::<String>), protection_requests::motivation.eq(None::<String>));
    diesel::update(of()).set(wordless).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_under(tx, scope, id))
}

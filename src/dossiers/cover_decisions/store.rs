//! Queries on cover decisions.

use super::model::{AnswerSource, ClaimReference, CoverDecisionFilters, CoverDecisionStatus, CoverInstance};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::auth::machine::InsurerCode;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{cover_decisions, dossiers};
use crate::db::{DbConn, Id, Instant, MultiBackend, among, on_conflict};
use crate::dossiers::erasure::scrub_under;
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use crate::values::{Day, Money};
use crate::workflow::Reason;
use diesel::dsl::exists;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = cover_decisions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct CoverDecisionRow {
    pub id: Id,
    pub dossier_id: Id,
    pub instance: CoverInstance,
    pub status: CoverDecisionStatus,
    pub insurer_code: Option<InsurerCode>,
    pub claim_reference: Option<ClaimReference>,
    pub member_informed_on: Day,
    pub requested_on: Day,
    pub requested_by: Option<Id>,
    pub reason: Option<Reason>,
    pub received_on: Option<Day>,
    pub source: Option<AnswerSource>,
    pub motivation: Option<Reason>,
    pub ceiling_cents: Option<Money>,
    pub decided_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = cover_decisions::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(dossier_id: Id, filters: &CoverDecisionFilters) -> Boxed<'a> {
    let CoverDecisionFilters { instance, status } = filters;
    let mut query = cover_decisions::table.filter(cover_decisions::dossier_id.eq(dossier_id)).into_boxed();
    if let Some(instances) = instance {
        query = among!(query, cover_decisions::instance, instances.clone());
    }
    if let Some(statuses) = status {
        query = among!(query, cover_decisions::status, statuses.clone());
    }
    query
}

/// The decisions on a dossier that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &CoverDecisionFilters, slice: &Slice) -> Result<Vec<CoverDecisionRow>> {
    let query = filtered(dossier_id, filters).select(CoverDecisionRow::as_select());
    let page = keyset!(query, slice, cover_decisions::id, { "requested" => (cover_decisions::requested_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &CoverDecisionRow) -> Position {
    Position { key: Key::from(row.requested_on), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &CoverDecisionFilters) -> Result<i64> {
    Ok(filtered(dossier_id, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Under<CoverDecisionRow>> {
    let row: CoverDecisionRow = cover_decisions::table.find(id).select(CoverDecisionRow::as_select()).first(conn)?;
    let dossier_id = row.dossier_id;
    Under::find(conn, scope, row, dossier_id)
}

/// What still waits for an answer under a dossier that was found in the scope.
pub fn open_under(tx: &mut Tx<'_>, _found_in: &Scope, dossier_id: Id) -> Result<Vec<Id>> {
    let open = cover_decisions::dossier_id.eq(dossier_id).and(cover_decisions::status.eq(CoverDecisionStatus::Requested));
    Ok(cover_decisions::table.filter(open).order(cover_decisions::id).select(cover_decisions::id).load(tx.conn)?)
}

/// Asks for a decision on a locked dossier, once each instance; the national association only after the insurer has left a need.
pub fn insert(tx: &mut Tx<'_>, locked_in: &Scope, row: CoverDecisionRow) -> Result<CoverDecisionRow> {
    let standing = cover_decisions::dossier_id.eq(row.dossier_id).and(cover_decisions::status.ne(CoverDecisionStatus::Withdrawn));
    let same = cover_decisions::table.filter(standing.and(cover_decisions::instance.eq(row.instance)));
    if diesel::select(exists(same)).get_result(tx.conn)? {
        return Err(Error::of(Code::CoverRequestedAlready));
    }
    tell_dossier(tx, locked_in, &row)?;
    on_conflict(diesel::insert_into(cover_decisions::table).values(&row).execute(tx.conn), Code::ClaimReferenceTaken)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are those it was made from.
pub fn advance(tx: &mut Tx<'_>, locked_in: &Scope, mut row: CoverDecisionRow, from: &[CoverDecisionStatus]) -> Result<CoverDecisionRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = cover_decisions::table.find(row.id).filter(cover_decisions::version.eq(seen).and(cover_decisions::status.eq_any(from.to_vec())));
    if on_conflict(diesel::update(current).set(&row).execute(tx.conn), Code::ClaimReferenceTaken)? != 1 {
        return Err(Error::of(Code::VersionStale));
    }
    tell_dossier(tx, locked_in, &row)?;
    Ok(row)
}

/// Keeps in the dossier how far national solidarity has come: whoever decides on it finds dossiers by that. A dossier without the
/// insurer's refusal, or its partial grant, never says so: the condition stands in the statement.
fn tell_dossier(tx: &mut Tx<'_>, _locked_in: &Scope, row: &CoverDecisionRow) -> Result<()> {
    if row.instance != CoverInstance::NationalSolidarity {
        return Ok(());
    }
    let answered = cover_decisions::table
        .filter(cover_decisions::dossier_id.eq(dossiers::id).and(cover_decisions::instance.eq(CoverInstance::Insurer)))
        .filter(cover_decisions::status.eq_any(CoverDecisionStatus::LEAVING_A_NEED));
    let told = diesel::update(dossiers::table.filter(dossiers::id.eq(row.dossier_id)).filter(exists(answered)))
        .set(dossiers::solidarity_status.eq(row.status.of_solidarity()))
        .execute(tx.conn)?;
    if told == 1 { Ok(()) } else { Err(Error::of(Code::SolidarityBeforeInsurer)) }
}

/// Takes the words out of the decisions on a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || cover_decisions::table.filter(cover_decisions::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(cover_decisions::id).load(tx.conn)?;
    let none = None::<String>;
    let wordless = (cover_decisions::claim_reference.eq(&none), cover_decisions::reason.eq(&none), cover_decisions::motivation.eq(&none));
    diesel::update(of()).set(wordless).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_under(tx, scope, id))
}

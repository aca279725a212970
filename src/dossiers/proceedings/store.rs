//! Queries on proceedings.

use super::model::*;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::proceedings;
use crate::db::{DbConn, Id, Instant, MultiBackend, among};
use crate::dossiers::erasure::scrub_under;
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use crate::values::Day;
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = proceedings, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ProceedingRow {
    pub id: Id,
    pub dossier_id: Id,
    pub nature: ProceedingNature,
    pub member_side: MemberSide,
    pub authority: Option<AuthorityName>,
    pub case_number: Option<CaseNumber>,
    pub opened_on: Day,
    pub status: ProceedingStatus,
    pub outcome: Option<ProceedingOutcome>,
    pub closed_on: Option<Day>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

type Boxed<'a> = proceedings::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(dossier_id: Id, filters: &ProceedingFilters) -> Boxed<'a> {
    let ProceedingFilters { nature, status } = filters;
    let mut query = proceedings::table.filter(proceedings::dossier_id.eq(dossier_id)).into_boxed();
    if let Some(natures) = nature {
        query = among!(query, proceedings::nature, natures.clone());
    }
    if let Some(statuses) = status {
        query = among!(query, proceedings::status, statuses.clone());
    }
    query
}

/// The proceedings under a dossier that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &ProceedingFilters, slice: &Slice) -> Result<Vec<ProceedingRow>> {
    let query = filtered(dossier_id, filters).select(ProceedingRow::as_select());
    let page = keyset!(query, slice, proceedings::id, { "opened" => (proceedings::opened_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &ProceedingRow) -> Position {
    Position { key: Key::from(row.opened_on), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &ProceedingFilters) -> Result<i64> {
    Ok(filtered(dossier_id, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Under<ProceedingRow>> {
    let row: ProceedingRow = proceedings::table.find(id).select(ProceedingRow::as_select()).first(conn)?;
    let dossier_id = row.dossier_id;
    Under::find(conn, scope, row, dossier_id)
}

/// What goes on under a dossier that is locked.
pub fn open_under(tx: &mut Tx<'_>, _locked_in: &Scope, dossier_id: Id) -> Result<Vec<Id>> {
    let open = proceedings::dossier_id.eq(dossier_id).and(proceedings::status.eq(ProceedingStatus::Open));
    Ok(proceedings::table.filter(open).order(proceedings::id).select(proceedings::id).load(tx.conn)?)
}

/// Opens a proceeding under a dossier that is locked.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: ProceedingRow) -> Result<ProceedingRow> {
    diesel::insert_into(proceedings::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores the row as its next version, if its current version and state still are those it was made from.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: ProceedingRow, from: &[ProceedingStatus]) -> Result<ProceedingRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = proceedings::table.find(row.id).filter(proceedings::version.eq(seen).and(proceedings::status.eq_any(from.to_vec())));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Takes the words out of the proceedings of a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || proceedings::table.filter(proceedings::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(proceedings::id).load(tx.conn)?;
    diesel::update(of()).set((proceedings::authority.eq(None::<String>), proceedings::case_number.eq(None::<String>))).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_under(tx, scope, id))
}

//! Queries on legal holds.

use super::model::{LIFECYCLE, LegalHoldFilters, LegalHoldStatus};
use crate::audit::Tx;
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::legal_holds;
use crate::db::{DbConn, Id, Instant, MultiBackend};
use crate::dossiers;
use crate::dossiers::erasure::scrub_under;
use crate::dossiers::model::DossierStatus;
use crate::dossiers::store::{lock, set_hold};
use crate::error::{Code, Error, Result};
use crate::values::Day;
use crate::workflow::{Lifecycle, Reason, Stateful};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = legal_holds, treat_none_as_null = true)]
pub struct LegalHoldRow {
    pub id: Id,
    pub dossier_id: Id,
    pub reason: Option<Reason>,
    pub placed_on: Day,
    pub placed_by: Option<Id>,
    pub lifted_on: Option<Day>,
    pub lifted_by: Option<Id>,
    pub lift_reason: Option<Reason>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// A hold with the department of its dossier, where the roles of the caller count.
#[derive(Debug, Clone)]
pub struct HoldOf {
    pub row: LegalHoldRow,
    pub department_code: String,
}

impl Part for HoldOf {
    fn part_of(&self) -> Option<(Confided, Id)> {
        Some((Confided::Dossier, self.row.dossier_id))
    }
}

impl Stateful for HoldOf {
    type Status = LegalHoldStatus;
    const LIFECYCLE: &'static Lifecycle<LegalHoldStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> LegalHoldStatus {
        self.row.status()
    }

    fn department(&self) -> Option<&str> {
        Some(&self.department_code)
    }
}

impl LegalHoldRow {
    pub fn status(&self) -> LegalHoldStatus {
        if self.lifted_on.is_some() { LegalHoldStatus::Lifted } else { LegalHoldStatus::Placed }
    }
}

type Boxed<'a> = legal_holds::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(dossier_id: Id, filters: &LegalHoldFilters) -> Boxed<'a> {
    let query = legal_holds::table.filter(legal_holds::dossier_id.eq(dossier_id)).into_boxed();
    match filters.status.as_deref() {
        Some([LegalHoldStatus::Placed]) => query.filter(legal_holds::lifted_on.is_null()),
        Some([LegalHoldStatus::Lifted]) => query.filter(legal_holds::lifted_on.is_not_null()),
        _ => query,
    }
}

/// The holds of a dossier that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &LegalHoldFilters, slice: &Slice) -> Result<Vec<LegalHoldRow>> {
    let query = filtered(dossier_id, filters).select(LegalHoldRow::as_select());
    let page = keyset!(query, slice, legal_holds::id, { "placed" => (legal_holds::placed_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &LegalHoldRow) -> Position {
    Position { key: Key::from(row.placed_on), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, dossier_id: Id, filters: &LegalHoldFilters) -> Result<i64> {
    Ok(filtered(dossier_id, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<HoldOf> {
    let row: LegalHoldRow = legal_holds::table.find(id).select(LegalHoldRow::as_select()).first(conn)?;
    let dossier = dossiers::store::find(conn, scope, row.dossier_id)?;
    Ok(HoldOf { row, department_code: dossier.department_code.to_string() })
}

/// Places a hold on a dossier in the scope; nothing is left to keep of one that is anonymised.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: LegalHoldRow) -> Result<LegalHoldRow> {
    let dossier = lock(tx, scope, row.dossier_id)?;
    if dossier.status == DossierStatus::Anonymised {
        return Err(Error::of(Code::DossierAnonymised));
    }
    diesel::insert_into(legal_holds::table).values(&row).execute(tx.conn)?;
    set_hold(tx, scope, row.dossier_id, true)?;
    Ok(row)
}

/// Lifts a hold that still is in force at the version seen; the dossier is free once none is left.
pub fn lift(tx: &mut Tx<'_>, scope: &Scope, mut row: LegalHoldRow) -> Result<LegalHoldRow> {
    lock(tx, scope, row.dossier_id)?;
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = legal_holds::table.find(row.id).filter(legal_holds::version.eq(seen).and(legal_holds::lifted_on.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? != 1 {
        return Err(Error::of(Code::VersionStale));
    }
    let left = legal_holds::table.filter(legal_holds::dossier_id.eq(row.dossier_id).and(legal_holds::lifted_on.is_null()));
    let held: bool = diesel::select(diesel::dsl::exists(left)).get_result(tx.conn)?;
    set_hold(tx, scope, row.dossier_id, held)?;
    Ok(row)
}

/// Takes the words out of the holds of a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || legal_holds::table.filter(legal_holds::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(legal_holds::id).load(tx.conn)?;
    let wordless = (legal_holds::reason.eq(None::<String>), legal_holds::lift_reason.eq(None::<String>));
    diesel::update(of()).set(wordless).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_under(tx, scope, id))
}

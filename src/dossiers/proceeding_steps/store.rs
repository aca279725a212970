//! Queries on steps of proceedings.

use super::model::*;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{proceeding_steps, proceedings};
use crate::db::{DbConn, Id, Instant, MultiBackend, among};
use crate::dossiers::derived;
use crate::dossiers::erasure::scrub_under;
use crate::dossiers::proceedings::model::ProceedingNature;
use crate::dossiers::under::Under;
use crate::error::{Code, Error, Result};
use crate::values::Day;
use crate::workflow::Reason;
use diesel::dsl::{max, min};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = proceeding_steps, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ProceedingStepRow {
    pub id: Id,
    pub proceeding_id: Id,
    pub dossier_id: Id,
    pub kind: ProceedingStepKind,
    pub done_by: ActingSide,
    pub occurred_on: Day,
    pub note: Option<StepNote>,
    pub recorded_by: Option<Id>,
    pub voided_at: Option<Instant>,
    pub voided_by: Option<Id>,
    pub void_reason: Option<Reason>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl ProceedingStepRow {
    pub fn status(&self) -> ProceedingStepStatus {
        if self.voided_at.is_some() { ProceedingStepStatus::Voided } else { ProceedingStepStatus::Recorded }
    }
}

/// Which steps are listed: of a proceeding that was found, or of all proceedings of a dossier.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    Proceeding(Id),
    Dossier(Id),
}

type Boxed<'a> = proceeding_steps::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(of: Of, filters: &ProceedingStepFilters) -> Boxed<'a> {
    let ProceedingStepFilters { kind, status } = filters;
    let mut query = match of {
        Of::Proceeding(id) => proceeding_steps::table.filter(proceeding_steps::proceeding_id.eq(id)).into_boxed(),
        Of::Dossier(id) => proceeding_steps::table.filter(proceeding_steps::dossier_id.eq(id)).into_boxed(),
    };
    if let Some(kinds) = kind {
        query = among!(query, proceeding_steps::kind, kinds.clone());
    }
    match status.as_deref() {
        Some([ProceedingStepStatus::Recorded]) => query.filter(proceeding_steps::voided_at.is_null()),
        Some([ProceedingStepStatus::Voided]) => query.filter(proceeding_steps::voided_at.is_not_null()),
        _ => query,
    }
}

/// The steps under something that was found in the scope.
pub fn list(conn: &mut DbConn, _found_in: &Scope, of: Of, filters: &ProceedingStepFilters, slice: &Slice) -> Result<Vec<ProceedingStepRow>> {
    let query = filtered(of, filters).select(ProceedingStepRow::as_select());
    let page = keyset!(query, slice, proceeding_steps::id, { "occurred" => (proceeding_steps::occurred_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &ProceedingStepRow) -> Position {
    Position { key: Key::from(row.occurred_on), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, of: Of, filters: &ProceedingStepFilters) -> Result<i64> {
    Ok(filtered(of, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Under<ProceedingStepRow>> {
    let row: ProceedingStepRow = proceeding_steps::table.find(id).select(ProceedingStepRow::as_select()).first(conn)?;
    let dossier_id = row.dossier_id;
    Under::find(conn, scope, row, dossier_id)
}

/// The days of the first and the last step of a proceeding that count.
pub fn days_of(tx: &mut Tx<'_>, _locked_in: &Scope, proceeding_id: Id) -> Result<(Option<Day>, Option<Day>)> {
    let counting = proceeding_steps::table.filter(proceeding_steps::proceeding_id.eq(proceeding_id).and(proceeding_steps::voided_at.is_null()));
    Ok(counting.select((min(proceeding_steps::occurred_on), max(proceeding_steps::occurred_on))).first(tx.conn)?)
}

/// What was done in the proceedings of these dossiers, in which nature of them, and by whom, as far as it counts.
pub fn acts_of(conn: &mut DbConn, _found_in: &Scope, dossier_ids: &[Id]) -> Result<Vec<(ProceedingNature, ProceedingStepKind, ActingSide)>> {
    let counting = proceeding_steps::table.inner_join(proceedings::table).filter(proceeding_steps::dossier_id.eq_any(dossier_ids));
    let columns = (proceedings::nature, proceeding_steps::kind, proceeding_steps::done_by);
    Ok(counting.filter(proceeding_steps::voided_at.is_null()).select(columns).load(conn)?)
}

/// Adds a step under a dossier that is locked.
pub fn insert(tx: &mut Tx<'_>, locked_in: &Scope, row: ProceedingStepRow) -> Result<ProceedingStepRow> {
    diesel::insert_into(proceeding_steps::table).values(&row).execute(tx.conn)?;
    derived::tell(tx, locked_in, row.dossier_id)?;
    Ok(row)
}

/// Stores that a step counts no more, if it still does at the version seen.
pub fn void(tx: &mut Tx<'_>, locked_in: &Scope, mut row: ProceedingStepRow) -> Result<ProceedingStepRow> {
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = proceeding_steps::table.find(row.id).filter(proceeding_steps::version.eq(seen).and(proceeding_steps::voided_at.is_null()));
    if diesel::update(current).set(&row).execute(tx.conn)? != 1 {
        return Err(Error::of(Code::VersionStale));
    }
    derived::tell(tx, locked_in, row.dossier_id)?;
    Ok(row)
}

/// Takes the words out of the steps of a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || proceeding_steps::table.filter(proceeding_steps::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(proceeding_steps::id).load(tx.conn)?;
    diesel::update(of()).set((proceeding_steps::note.eq(None::<String>), proceeding_steps::void_reason.eq(None::<String>))).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_under(tx, scope, id))
}

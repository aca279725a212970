//! Queries on mandates.

use super::lifecycle::{LIFECYCLE, TEAM};
use super::model::*;
use crate::audit::Tx;
use crate::audit::access::{Confided, Part};
use crate::auth::{PermitKind, Role, Scope};
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{dossier_permits, dossiers, lawyer_mandates, lawyer_partners};
use crate::db::search::{Condition, Written, no_row};
use crate::db::{DbConn, Id, Instant, Json, MultiBackend};
use crate::dossiers::break_glass::store::{BreakGlassRow, insert as insert_permit};
use crate::dossiers::derived;
use crate::dossiers::erasure::scrub_under;
use crate::dossiers::store as cases;
use crate::error::{Code, Error, Result};
use crate::values::Day;
use crate::workflow::{Lifecycle, Stateful, Step};
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = lawyer_mandates, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct MandateRow {
    pub id: Id,
    pub dossier_id: Id,
    pub lawyer_id: Option<Id>,
    pub external_lawyer: Option<Json<ExternalLawyer>>,
    pub nature: MandateNature,
    pub purpose: Option<ConsultationPurpose>,
    pub chosen_by_member: bool,
    pub name_requested_on: Option<Day>,
    /// As it was last written; time goes on without it.
    pub status: MandateStatus,
    pub proposed_by: Option<Id>,
    pub proposed_on: Day,
    pub expires_on: Day,
    pub accepted_on: Option<Day>,
    pub decline_reason: Option<DeclineReason>,
    pub advice: Option<Advice>,
    pub ended_on: Option<Day>,
    pub permit_id: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The state on a day of what was last written.
pub fn status_on(written: MandateStatus, expires_on: Day, today: Day) -> MandateStatus {
    if written == MandateStatus::Proposed && expires_on < today { MandateStatus::Expired } else { written }
}

impl MandateRow {
    pub fn status(&self, today: Day) -> MandateStatus {
        status_on(self.status, self.expires_on, today)
    }

    /// The day of its end; a proposal that expires has one before that is written down.
    pub fn ended_on(&self, today: Day) -> Option<Day> {
        let expired = self.status(today) == MandateStatus::Expired;
        if expired { Some(self.expires_on.next()) } else { self.ended_on }
    }
}

/// A mandate on a day, with what decides on who moves it.
#[derive(Debug, Clone)]
pub struct Mandate {
    pub row: MandateRow,
    pub today: Day,
    pub department_code: String,
    /// The account of its lawyer, where there is one.
    pub account: Option<Id>,
    /// Whether the caller is that lawyer.
    pub own: bool,
    /// Whether the caller works the dossier.
    pub worked: bool,
}

impl Part for Mandate {
    fn part_of(&self) -> Option<(Confided, Id)> {
        Some((Confided::Dossier, self.row.dossier_id))
    }
}

impl Stateful for Mandate {
    type Status = MandateStatus;
    const LIFECYCLE: &'static Lifecycle<MandateStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> MandateStatus {
        self.row.status(self.today)
    }

    fn department(&self) -> Option<&str> {
        Some(&self.department_code)
    }

    fn whole(&self) -> Option<Id> {
        Some(self.row.dossier_id)
    }
}

/// Which mandates are listed: of a dossier that was found, or of the lawyer who asks.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    Dossier(Id),
    Caller,
}

type Boxed<'a> = lawyer_mandates::BoxedQuery<'a, MultiBackend>;

fn in_state(status: MandateStatus, today: Day) -> Condition<lawyer_mandates::table> {
    let proposed = lawyer_mandates::status.eq(MandateStatus::Proposed.as_str());
    match status {
        MandateStatus::Proposed => Box::new(proposed.and(lawyer_mandates::expires_on.ge(today))),
        MandateStatus::Expired => Box::new(proposed.and(lawyer_mandates::expires_on.lt(today)).or(lawyer_mandates::status.eq(status.as_str()))),
        status => Box::new(lawyer_mandates::status.eq(status.as_str())),
    }
}

fn filtered<'a>(scope: &Scope, of: Of, filters: &MandateFilters, today: Day) -> Boxed<'a> {
    let query = lawyer_mandates::table.into_boxed();
    let query = match of {
        Of::Dossier(id) => query.filter(lawyer_mandates::dossier_id.eq(id)),
        Of::Caller => {
            let own = lawyer_partners::table.filter(lawyer_partners::user_id.eq(scope.caller())).select(lawyer_partners::id.nullable());
            query.filter(lawyer_mandates::lawyer_id.eq_any(own))
        }
    };
    match &filters.status {
        Some(statuses) => {
            query.filter(statuses.iter().fold(no_row(), |any, status| -> Condition<lawyer_mandates::table> { Box::new(any.or(in_state(*status, today))) }))
        }
        None => query,
    }
}

pub fn list(conn: &mut DbConn, scope: &Scope, of: Of, filters: &MandateFilters, today: Day, slice: &Slice) -> Result<Vec<Mandate>> {
    let query = filtered(scope, of, filters, today).select(MandateRow::as_select());
    let page = keyset!(query, slice, lawyer_mandates::id, { "proposed" => (lawyer_mandates::proposed_on, day) });
    let rows: Vec<MandateRow> = page.load(conn)?;
    beside(conn, scope, rows, today)
}

pub fn position(row: &MandateRow) -> Position {
    Position { key: Key::from(row.proposed_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, of: Of, filters: &MandateFilters, today: Day) -> Result<i64> {
    Ok(filtered(scope, of, filters, today).count().get_result(conn)?)
}

/// One of a dossier that the caller reads, or one that was proposed to the caller.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id, today: Day) -> Result<Mandate> {
    let row: MandateRow = lawyer_mandates::table.find(id).select(MandateRow::as_select()).first(conn)?;
    beside(conn, scope, vec![row], today)?.pop().ok_or_else(Error::not_found)
}

/// Proposals after an id that have expired by a day, without a step that says so. The state is written out, as the partial index has it.
pub fn lapsed(conn: &mut DbConn, _everywhere: &Scope, today: Day, after: Option<Id>, limit: i64) -> Result<Vec<Id>> {
    let proposed = Written::default().sql("lawyer_mandates.status = 'proposed'");
    let mut query = lawyer_mandates::table.filter(proposed).filter(lawyer_mandates::expires_on.lt(today)).into_boxed();
    if let Some(after) = after {
        query = query.filter(lawyer_mandates::id.gt(after));
    }
    Ok(query.order(lawyer_mandates::id).limit(limit).select(lawyer_mandates::id).load(conn)?)
}

/// The mandates among these that the caller may see, with what stands beside them.
fn beside(conn: &mut DbConn, scope: &Scope, rows: Vec<MandateRow>, today: Day) -> Result<Vec<Mandate>> {
    let lawyers: Vec<Id> = rows.iter().filter_map(|row| row.lawyer_id).collect();
    let accounts = lawyer_partners::table.filter(lawyer_partners::id.eq_any(lawyers)).select((lawyer_partners::id, lawyer_partners::user_id));
    let accounts: HashMap<Id, Option<Id>> = accounts.load::<(Id, Option<Id>)>(conn)?.into_iter().collect();
    let mut ids: Vec<Id> = rows.iter().map(|row| row.dossier_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let codes = dossiers::table.filter(dossiers::id.eq_any(ids.clone())).select((dossiers::id, dossiers::department_code));
    let codes: HashMap<Id, String> = codes.load::<(Id, String)>(conn)?.into_iter().collect();
    let read = cases::find_by_ids(conn, scope, ids.clone())?;
    let facts = cases::facts_beside(conn, scope, ids)?;
    let none = cases::Facts::default();
    let works = |case: &cases::DossierRow| {
        let case = case.case(facts.get(&case.id).unwrap_or(&none));
        scope.commanding(&case).holds(TEAM, Some(case.department.as_str()))
    };
    let worked: HashMap<Id, bool> = read.iter().map(|case| (case.id, works(case))).collect();
    let mandate = |row: MandateRow| {
        let account = row.lawyer_id.and_then(|id| accounts.get(&id).copied().flatten());
        let own = account.is_some() && account == scope.caller() && scope.holds(&[Role::Lawyer], None);
        let seen = worked.get(&row.dossier_id).copied();
        let department_code = codes.get(&row.dossier_id).cloned().unwrap_or_default();
        (own || seen.is_some()).then(|| Mandate { row, today, department_code, account, own, worked: seen.unwrap_or(false) })
    };
    Ok(rows.into_iter().filter_map(mandate).collect())
}

/// Stores a proposal under a dossier that is locked.
pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: MandateRow) -> Result<MandateRow> {
    diesel::insert_into(lawyer_mandates::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// That its lawyer has accepted fewer mandates in a year than they take.
fn has_room(year: i32) -> Written {
    Written::default().sql(format!(
        "(SELECT count(*) FROM lawyer_mandates AS taken WHERE taken.lawyer_id = lawyer_mandates.lawyer_id AND taken.status <> 'withdrawn' \
         AND taken.accepted_on >= '{year:04}-01-01' AND taken.accepted_on <= '{year:04}-12-31') < coalesce(\
         (SELECT yearly_capacity FROM lawyer_partners WHERE lawyer_partners.id = lawyer_mandates.lawyer_id), 2147483647)"
    ))
}

/// Stores the row as its next version, if its current version and state still are those it was made from: a proposal has not expired,
/// and who accepts it has room.
pub fn update(tx: &mut Tx<'_>, locked_in: &Scope, mut row: MandateRow, step: Step<MandateStatus>, today: Day) -> Result<MandateRow> {
    (row.version, row.updated_at) = (step.seen + 1, tx.now);
    let alive = lawyer_mandates::status.ne(MandateStatus::Proposed.as_str()).or(lawyer_mandates::expires_on.ge(today));
    let current = lawyer_mandates::table.find(row.id).filter(lawyer_mandates::version.eq(step.seen).and(lawyer_mandates::status.eq_any(step.states())));
    let updated = if row.status == MandateStatus::Accepted {
        diesel::update(current.filter(alive).filter(has_room(today.year()))).set(&row).execute(tx.conn)?
    } else {
        diesel::update(current.filter(alive)).set(&row).execute(tx.conn)?
    };
    if updated != 1 {
        return Err(Error::of(Code::VersionStale));
    }
    if row.status == MandateStatus::Accepted {
        derived::tell(tx, locked_in, row.dossier_id)?;
    }
    Ok(row)
}

/// Opens a dossier that was found to the account of its lawyer.
pub fn permit(tx: &mut Tx<'_>, found_in: &Scope, dossier_id: Id, user_id: Id) -> Result<Id> {
    let (id, kind, now) = (Id::new(), PermitKind::Mandate, tx.now);
    let row = BreakGlassRow { id, dossier_id, user_id, kind, reason: None, expires_at: None, ended_at: None, version: 1, created_at: now, updated_at: now };
    insert_permit(tx, found_in, row).map(|row| row.id)
}

/// Shuts the dossier that a mandate had opened.
pub fn end_permit(tx: &mut Tx<'_>, _found_in: &Scope, id: Option<Id>) -> Result<()> {
    let Some(id) = id else { return Ok(()) };
    let ended = (dossier_permits::ended_at.eq(Some(tx.now)), dossier_permits::updated_at.eq(tx.now));
    diesel::update(dossier_permits::table.find(id)).set((ended, dossier_permits::version.eq(dossier_permits::version + 1))).execute(tx.conn)?;
    Ok(())
}

/// Whether a dossier that is locked has a mandate that is proposed or under way.
pub fn open_under(tx: &mut Tx<'_>, _locked_in: &Scope, dossier_id: Id) -> Result<Vec<Id>> {
    let today = Day::of(tx.now.0);
    let mut open = in_state(MandateStatus::Proposed, today);
    for status in MandateStatus::RUNNING {
        open = Box::new(open.or(in_state(*status, today)));
    }
    let open = lawyer_mandates::table.into_boxed().filter(open).filter(lawyer_mandates::dossier_id.eq(dossier_id)).select(lawyer_mandates::id);
    Ok(open.order(lawyer_mandates::id).load(tx.conn)?)
}

/// Takes the names out of the mandates of a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || lawyer_mandates::table.filter(lawyer_mandates::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(lawyer_mandates::id).load(tx.conn)?;
    diesel::update(of()).set(lawyer_mandates::external_lawyer.eq(None::<Json<ExternalLawyer>>)).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_under(tx, scope, id))
}

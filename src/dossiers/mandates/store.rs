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
use crate::dossiers::conflicts;
use crate::dossiers::derived;
use crate::dossiers::erasure::scrub_under;
use crate::dossiers::store as cases;
use crate::error::{Code, Error, Result};
use crate::lawyers::model::Standing;
use crate::lawyers::store::{LawyerRow, away_on};
use crate::values::{Day, DepartmentCode};
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
fn status_on(written: MandateStatus, expires_on: Day, today: Day) -> MandateStatus {
    if written == MandateStatus::Proposed && expires_on < today { MandateStatus::Expired } else { written }
}

impl MandateRow {
    pub fn status(&self, today: Day) -> MandateStatus {
        status_on(self.status, self.expires_on, today)
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
        MandateStatus::Expired => Box::new(proposed.and(lawyer_mandates::expires_on.lt(today))),
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

/// What lawyers answered so far, by lawyer.
pub fn records_of(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>, today: Day) -> Result<HashMap<Id, Record>> {
    let all = lawyer_mandates::table.filter(lawyer_mandates::lawyer_id.assume_not_null().eq_any(ids).and(lawyer_mandates::lawyer_id.is_not_null()));
    let columns = (lawyer_mandates::lawyer_id.assume_not_null(), lawyer_mandates::status, lawyer_mandates::expires_on, lawyer_mandates::accepted_on);
    let mut records: HashMap<Id, Record> = HashMap::new();
    for (id, status, expires_on, accepted_on) in all.select(columns).load::<(Id, MandateStatus, Day, Option<Day>)>(conn)? {
        let record = records.entry(id).or_default();
        *record = record.with(Past { status: status_on(status, expires_on, today), accepted_on }, today);
    }
    Ok(records)
}

/// What decides whether a dossier can be entrusted to lawyers on a day, with what they answered so far.
pub fn standings(conn: &mut DbConn, scope: &Scope, dossier_id: Id, lawyers: &[LawyerRow], today: Day) -> Result<Vec<(Standing, Record)>> {
    let (ids, accounts): (Vec<Id>, Vec<(Id, Option<Id>)>) = lawyers.iter().map(|lawyer| (lawyer.id, (lawyer.id, lawyer.user_id))).unzip();
    let barred = conflicts::store::barred_lawyers(conn, scope, dossier_id, &accounts)?;
    let (away, records) = (away_on(conn, scope, ids.clone(), today)?, records_of(conn, scope, ids, today)?);
    let standing = |lawyer: &LawyerRow| {
        let record = records.get(&lawyer.id).copied().unwrap_or_default();
        let LawyerRow { departments, agreement_from, agreement_to, yearly_capacity, .. } = lawyer;
        let (departments, capacity, away) = (departments.0.clone(), *yearly_capacity, away.contains(&lawyer.id));
        let (agreement_from, agreement_to, in_conflict) = (*agreement_from, *agreement_to, barred.contains(&lawyer.id));
        (Standing { departments, agreement_from, agreement_to, away, in_conflict, capacity, taken: record.taken }, record)
    };
    Ok(lawyers.iter().map(standing).collect())
}

/// Refuses a lawyer, who is locked, to whom a dossier of a department cannot be entrusted today.
pub fn check_standing(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id, lawyer: &LawyerRow, department: &DepartmentCode, today: Day) -> Result<()> {
    conflicts::store::hold(tx, scope, dossier_id)?;
    let standing = standings(tx.conn, scope, dossier_id, std::slice::from_ref(lawyer), today)?.pop();
    standing.and_then(|(standing, _)| standing.flaw(department, today)).map_or(Ok(()), |code| Err(Error::of(code)))
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

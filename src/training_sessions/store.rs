//! Queries on training sessions and their trainers.

use super::lifecycle::LIFECYCLE;
use super::model::*;
use crate::audit::Tx;
use crate::audit::access::Part;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::{lawyer_partners, training_sessions, training_slots, training_trainers, users};
use crate::db::search::{Condition, no_row};
use crate::db::{DbConn, Id, Instant, Json, MultiBackend, among, insert_all, lock_in_order, optional};
use crate::error::{Code, Error, Result};
use crate::training_modules::model::TrainingAudience;
use crate::values::{AcademyCode, Day, DepartmentCode, DisplayName, WebAddress};
use crate::workflow::{Lifecycle, Stateful};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = training_sessions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct TrainingSessionRow {
    pub id: Id,
    pub module_id: Id,
    pub organiser_level: OrganiserLevel,
    pub association_id: Option<Id>,
    pub department_code: Option<DepartmentCode>,
    pub academy_code: Option<AcademyCode>,
    pub format: TrainingFormat,
    pub delivery: Delivery,
    pub audiences: Json<Vec<TrainingAudience>>,
    pub venue: Option<TrainingVenue>,
    pub meeting_url: Option<WebAddress>,
    pub capacity: Capacity,
    pub opens_on: Option<Day>,
    pub closes_on: Option<Day>,
    pub on_approval: bool,
    pub starts_on: Day,
    pub ends_on: Day,
    pub agreement_reference: Option<AgreementReference>,
    pub agreement_signed_on: Option<Day>,
    pub agreement_partner: Option<DisplayName>,
    /// As it is stored, never `full`.
    pub status: TrainingSessionStatus,
    pub scheduled_on: Option<Day>,
    pub confirmed_count: i32,
    pub waiting_count: i32,
    pub last_queued: i64,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl TrainingSessionRow {
    pub fn seats_left(&self) -> i32 {
        self.capacity.get() - self.confirmed_count
    }
}

impl Part for TrainingSessionRow {}

impl Stateful for TrainingSessionRow {
    type Status = TrainingSessionStatus;
    const LIFECYCLE: &'static Lifecycle<TrainingSessionStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn status(&self) -> TrainingSessionStatus {
        let full = self.status == TrainingSessionStatus::RegistrationOpen && self.seats_left() == 0;
        if full { TrainingSessionStatus::Full } else { self.status }
    }

    fn department(&self) -> Option<&str> {
        self.department_code.as_ref().map(DepartmentCode::as_str)
    }
}

/// One of those who train in a session, in their order from 1 on.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = training_trainers, treat_none_as_default_value = false)]
pub struct TrainerRow {
    pub session_id: Id,
    pub place: i32,
    pub lawyer_id: Option<Id>,
    pub user_id: Option<Id>,
    pub name: Option<DisplayName>,
}

type Boxed<'a> = training_sessions::BoxedQuery<'a, MultiBackend>;

fn visible<'a>(scope: &Scope) -> Boxed<'a> {
    training_sessions::table.into_boxed().filter(scope.training_sessions())
}

/// Sessions in one of some states.
fn in_states(statuses: &[TrainingSessionStatus]) -> Condition<training_sessions::table> {
    use TrainingSessionStatus::{Full, RegistrationOpen};
    let open = || training_sessions::status.eq(RegistrationOpen);
    let state = |status: &TrainingSessionStatus| -> Condition<training_sessions::table> {
        match status {
            Full => Box::new(open().and(training_sessions::confirmed_count.ge(training_sessions::capacity))),
            RegistrationOpen => Box::new(open().and(training_sessions::confirmed_count.lt(training_sessions::capacity))),
            other => Box::new(training_sessions::status.eq(*other)),
        }
    };
    statuses.iter().fold(no_row(), |any, status| Box::new(any.or(state(status))))
}

fn filtered<'a>(scope: &Scope, filters: &TrainingSessionFilters) -> Boxed<'a> {
    let TrainingSessionFilters { status, organiser, department, academy, module, format, delivery, starts } = filters;
    let mut query = visible(scope);
    if let Some(statuses) = status {
        query = query.filter(in_states(statuses));
    }
    if let Some(levels) = organiser {
        query = among!(query, training_sessions::organiser_level, levels.clone());
    }
    if let Some(codes) = department {
        query = among!(query, training_sessions::department_code.assume_not_null(), codes.iter().map(ToString::to_string).collect());
    }
    if let Some(codes) = academy {
        query = among!(query, training_sessions::academy_code.assume_not_null(), codes.iter().map(ToString::to_string).collect());
    }
    if let Some(id) = module {
        query = query.filter(training_sessions::module_id.eq(*id));
    }
    if let Some(formats) = format {
        query = among!(query, training_sessions::format, formats.clone());
    }
    if let Some(deliveries) = delivery {
        query = among!(query, training_sessions::delivery, deliveries.clone());
    }
    let (from, until) = starts.map_or((None, None), |interval| (interval.from, interval.to));
    if let Some(from) = from {
        query = query.filter(training_sessions::starts_on.ge(from));
    }
    if let Some(until) = until {
        query = query.filter(training_sessions::starts_on.le(until));
    }
    query
}

pub fn list(conn: &mut DbConn, scope: &Scope, filters: &TrainingSessionFilters, slice: &Slice) -> Result<Vec<TrainingSessionRow>> {
    let query = filtered(scope, filters).select(TrainingSessionRow::as_select());
    let page = keyset!(query, slice, training_sessions::id, { "starts" => (training_sessions::starts_on, day) });
    Ok(page.load(conn)?)
}

pub fn position(row: &TrainingSessionRow) -> Position {
    Position { key: Key::from(row.starts_on), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, filters: &TrainingSessionFilters) -> Result<i64> {
    Ok(filtered(scope, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<TrainingSessionRow> {
    Ok(visible(scope).filter(training_sessions::id.eq(id)).select(TrainingSessionRow::as_select()).first(conn)?)
}

pub fn find_by_ids(conn: &mut DbConn, scope: &Scope, ids: Vec<Id>) -> Result<Vec<TrainingSessionRow>> {
    Ok(among!(visible(scope), training_sessions::id, ids).select(TrainingSessionRow::as_select()).load(conn)?)
}

/// Makes those take turns who change a session or what lies under it, until the end of their transaction; the row is read once it is
/// locked.
pub fn lock(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<TrainingSessionRow> {
    lock_in_order(conn, "training_sessions", &[id])?;
    find(conn, scope, id)
}

/// Refuses a session that the caller does not organise.
fn check_perimeter(scope: &Scope, row: &TrainingSessionRow) -> Result<()> {
    if scope.organises(row.department_code.as_ref(), row.academy_code.as_ref()) { Ok(()) } else { Err(Error::of(Code::OutOfPerimeter)) }
}

pub fn insert(tx: &mut Tx<'_>, scope: &Scope, row: TrainingSessionRow) -> Result<TrainingSessionRow> {
    check_perimeter(scope, &row)?;
    diesel::insert_into(training_sessions::table).values(&row).execute(tx.conn)?;
    Ok(row)
}

/// Stores a locked row as its next version, if its current version and state still are among those it was made from.
pub fn advance(tx: &mut Tx<'_>, _locked_in: &Scope, mut row: TrainingSessionRow, from: &[TrainingSessionStatus]) -> Result<TrainingSessionRow> {
    let seen = row.version;
    (row.version, row.updated_at) = (seen + 1, tx.now);
    let stands = training_sessions::table.find(row.id).filter(training_sessions::version.eq(seen));
    let current = stands.filter(training_sessions::status.eq_any(from.to_vec()));
    if diesel::update(current).set(&row).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Those who train in sessions that were found in the scope, by session, in their order.
pub fn trainers_of(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>) -> Result<HashMap<Id, Vec<TrainerRow>>> {
    let rows = training_trainers::table.filter(training_trainers::session_id.eq_any(ids));
    let mut by_session: HashMap<Id, Vec<TrainerRow>> = HashMap::new();
    for row in rows.order((training_trainers::session_id, training_trainers::place)).select(TrainerRow::as_select()).load::<TrainerRow>(conn)? {
        by_session.entry(row.session_id).or_default().push(row);
    }
    Ok(by_session)
}

/// The names of those who train and are known by their ids.
pub fn names_of_trainers<'t>(conn: &mut DbConn, _found_in: &Scope, trainers: impl Iterator<Item = &'t TrainerRow>) -> Result<HashMap<Id, String>> {
    let (lawyers, users): (Vec<Option<Id>>, Vec<Option<Id>>) = trainers.map(|trainer| (trainer.lawyer_id, trainer.user_id)).unzip();
    let mut names = known_lawyers(conn, lawyers.into_iter().flatten().collect())?;
    names.extend(known_users(conn, users.into_iter().flatten().collect())?);
    Ok(names)
}

fn known_lawyers(conn: &mut DbConn, ids: Vec<Id>) -> Result<HashMap<Id, String>> {
    let lawyers = lawyer_partners::table.filter(lawyer_partners::id.eq_any(ids)).select((lawyer_partners::id, lawyer_partners::name));
    Ok(lawyers.load::<(Id, String)>(conn)?.into_iter().collect())
}

fn known_users(conn: &mut DbConn, ids: Vec<Id>) -> Result<HashMap<Id, String>> {
    let users = users::table.filter(users::id.eq_any(ids)).select((users::id, users::display_name));
    Ok(users.load::<(Id, String)>(conn)?.into_iter().collect())
}

/// Which of these trainers, by their places, are nobody's account and no lawyer in the scope.
pub fn unknown_trainers(conn: &mut DbConn, lawyers: &Scope, trainers: &[TrainerRow]) -> Result<Vec<i32>> {
    let known = known_users(conn, trainers.iter().filter_map(|trainer| trainer.user_id).collect())?;
    let ids: Vec<Id> = trainers.iter().filter_map(|trainer| trainer.lawyer_id).collect();
    let seen = lawyer_partners::table.into_boxed().filter(lawyers.lawyers()).filter(lawyer_partners::id.eq_any(ids));
    let seen: HashSet<Id> = seen.select(lawyer_partners::id).load::<Id>(conn)?.into_iter().collect();
    let unknown = |trainer: &&TrainerRow| trainer.user_id.is_some_and(|id| !known.contains_key(&id)) || trainer.lawyer_id.is_some_and(|id| !seen.contains(&id));
    Ok(trainers.iter().filter(unknown).map(|trainer| trainer.place).collect())
}

/// Forgets those who train in a locked session and are known by their names alone.
pub fn forget_outsiders(tx: &mut Tx<'_>, _locked_in: &Scope, session_id: Id) -> Result<()> {
    let outsiders = training_trainers::table.filter(training_trainers::session_id.eq(session_id).and(training_trainers::name.is_not_null()));
    diesel::delete(outsiders).execute(tx.conn)?;
    Ok(())
}

/// Which of these sessions have slots.
pub fn with_slots(conn: &mut DbConn, _found_in: &Scope, ids: Vec<Id>) -> Result<HashSet<Id>> {
    let living = training_slots::table.filter(training_slots::session_id.eq_any(ids).and(training_slots::deleted_at.is_null()));
    Ok(living.select(training_slots::session_id).distinct().load::<Id>(conn)?.into_iter().collect())
}

/// What a participant is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Seat,
    /// The number on the waiting list, and how many wait now.
    Waiting {
        number: i64,
        rank: i32,
    },
}

/// How often a place is looked for: what one statement finds taken may be given back before the next one looks.
const TRIES: usize = 5;

/// Takes the last seats one after the other, and then numbers on the waiting list. The condition stands in the statement: whoever comes at
/// the same moment waits for its end, and is told what is left then.
pub fn take_place(tx: &mut Tx<'_>, found_in: &Scope, id: Id) -> Result<Place> {
    let open = [TrainingSessionStatus::RegistrationOpen];
    for _ in 0..TRIES {
        if take_seats(tx, found_in, id, 1, &open)? {
            return Ok(Place::Seat);
        }
        if let Some((number, rank)) = queue_up(tx, found_in, id, &open)? {
            return Ok(Place::Waiting { number, rank });
        }
    }
    Err(Error::of(Code::RegistrationClosed))
}

/// Takes seats in a session in one of some states, if there are as many left.
pub fn take_seats(tx: &mut Tx<'_>, _found_in: &Scope, id: Id, seats: i32, states: &[TrainingSessionStatus]) -> Result<bool> {
    let left = training_sessions::table.find(id).filter((training_sessions::confirmed_count + seats).le(training_sessions::capacity));
    let open = left.filter(training_sessions::status.eq_any(states.to_vec()));
    Ok(diesel::update(open).set(training_sessions::confirmed_count.eq(training_sessions::confirmed_count + seats)).execute(tx.conn)? == 1)
}

/// Takes the next number on the waiting list of a session in one of some states, if there is no seat left.
pub fn queue_up(tx: &mut Tx<'_>, _found_in: &Scope, id: Id, states: &[TrainingSessionStatus]) -> Result<Option<(i64, i32)>> {
    let full = training_sessions::table.find(id).filter(training_sessions::confirmed_count.eq(training_sessions::capacity));
    let next =
        (training_sessions::last_queued.eq(training_sessions::last_queued + 1), training_sessions::waiting_count.eq(training_sessions::waiting_count + 1));
    let update = diesel::update(full.filter(training_sessions::status.eq_any(states.to_vec()))).set(next);
    optional(update.returning((training_sessions::last_queued, training_sessions::waiting_count)).get_result(tx.conn))
}

/// Changes how many are confirmed in a locked session, how many wait, and the last number that was given out.
pub fn count_on(tx: &mut Tx<'_>, _locked_in: &Scope, id: Id, confirmed: i32, waiting: i32, queued: i64) -> Result<()> {
    let counts = (
        training_sessions::confirmed_count.eq(training_sessions::confirmed_count + confirmed),
        training_sessions::waiting_count.eq(training_sessions::waiting_count + waiting),
        training_sessions::last_queued.eq(training_sessions::last_queued + queued),
    );
    diesel::update(training_sessions::table.find(id)).set(counts).execute(tx.conn)?;
    Ok(())
}

/// Puts others in the place of those who train in a locked session.
pub fn set_trainers(tx: &mut Tx<'_>, _locked_in: &Scope, session_id: Id, trainers: &[TrainerRow]) -> Result<()> {
    diesel::delete(training_trainers::table.filter(training_trainers::session_id.eq(session_id))).execute(tx.conn)?;
    insert_all!(tx.conn, training_trainers::table, trainers);
    Ok(())
}

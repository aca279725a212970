//! Queries of the renewal, and of the run of a year that servers share.

use super::Figures;
use crate::auth::Scope;
use crate::db::schema::{memberships, yearly_runs};
use crate::db::{DbConn, Id, Instant, Json, insert_unless_taken};
use crate::error::{Code, Error, Result};
use crate::members::memberships::model::{Dues, MembershipState, Year};
use crate::members::memberships::store::MembershipRow;
use crate::values::Day;
use diesel::prelude::*;
use std::collections::HashSet;

/// Periods of a year that have come no further than pending, or ended early.
pub fn count_unconfirmed(conn: &mut DbConn, _everywhere: &Scope, year: i32) -> Result<i64> {
    let states = [MembershipState::Pending, MembershipState::Ended];
    Ok(memberships::table.filter(memberships::year.eq(year).and(memberships::status.eq_any(states))).count().get_result(conn)?)
}

/// Confirmed periods of a year in the order of their ids, each with its member.
pub fn confirmed_after(conn: &mut DbConn, _everywhere: &Scope, year: i32, after: Option<Id>, limit: i64) -> Result<Vec<(Id, Id)>> {
    let mut query = memberships::table.filter(memberships::year.eq(year).and(memberships::status.eq(MembershipState::Confirmed))).into_boxed();
    if let Some(after) = after {
        query = query.filter(memberships::id.gt(after));
    }
    Ok(query.order(memberships::id).limit(limit).select((memberships::id, memberships::member_id)).load(conn)?)
}

/// What a batch has to know, read once its members are locked.
pub struct Candidates {
    /// The periods that still are confirmed.
    pub confirmed: Vec<MembershipRow>,
    /// Those that another continues, even if that one was declared void: somebody has decided already.
    pub continued: HashSet<Id>,
    /// Members with a period in force in the new year.
    pub provided: HashSet<Id>,
}

pub fn candidates(conn: &mut DbConn, _locked_in: &Scope, year: Year, ids: Vec<Id>) -> Result<Candidates> {
    let still = memberships::table.filter(memberships::id.eq_any(ids.clone()).and(memberships::status.eq(MembershipState::Confirmed)));
    let confirmed: Vec<MembershipRow> = still.order(memberships::id).select(MembershipRow::as_select()).load(conn)?;
    let successors = memberships::table.filter(memberships::predecessor_id.is_not_null().and(memberships::predecessor_id.assume_not_null().eq_any(ids)));
    let continued: Vec<Id> = successors.select(memberships::predecessor_id.assume_not_null()).load(conn)?;
    let members: Vec<Id> = confirmed.iter().map(|row| row.member_id).collect();
    let provided: Vec<Id> = memberships::table
        .filter(memberships::member_id.eq_any(members).and(memberships::status.eq_any(MembershipState::IN_FORCE)))
        .filter(memberships::starts_on.le(Day::last_of(year.get())).and(memberships::ends_on.ge(Day::first_of(year.get()))))
        .select(memberships::member_id)
        .load(conn)?;
    Ok(Candidates { confirmed, continued: continued.into_iter().collect(), provided: provided.into_iter().collect() })
}

impl MembershipRow {
    pub fn is_whole_to_the_end(&self) -> bool {
        self.ends_on == Day::last_of(self.year.get())
    }

    /// The period of the year after: the whole of it, with the registration inherited, for cover must not lapse on 1 January.
    pub fn successor(&self, year: Year, dues: Dues, now: Instant) -> Self {
        Self {
            id: Id::new(),
            year,
            starts_on: Day::first_of(year.get()),
            ends_on: Day::last_of(year.get()),
            predecessor_id: Some(self.id),
            replaces_id: None,
            association_cents: dues.association,
            insurance_cents: dues.insurance,
            external_ids: Json(Vec::new()),
            status_reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
            ..self.clone()
        }
    }
}

/// The name of the renewal among the works of a year.
const NAME: &str = "membership_renewal";

type Claimed = diesel::dsl::Eq<yearly_runs::leased_until, Option<Instant>>;

fn held(until: Instant) -> Claimed {
    yearly_runs::leased_until.eq(Some(until))
}

/// Takes the renewal of a year, unless it is done or another server holds it.
pub fn claim(conn: &mut DbConn, _runner: &Scope, year: Year, now: Instant, until: Instant) -> Result<bool> {
    let row = (yearly_runs::name.eq(NAME), yearly_runs::year.eq(year.get()), held(until), yearly_runs::figures.eq(Json(Figures::default())));
    if insert_unless_taken!(&mut *conn, yearly_runs::table, row)? == 1 {
        return Ok(true);
    }
    let free = yearly_runs::finished_at.is_null().and(yearly_runs::leased_until.is_null().or(yearly_runs::leased_until.assume_not_null().le(now)));
    let unclaimed = yearly_runs::table.filter(yearly_runs::name.eq(NAME).and(yearly_runs::year.eq(year.get()))).filter(free);
    Ok(diesel::update(unclaimed).set(held(until)).execute(conn)? == 1)
}

/// Whether the renewal of a year is done.
pub fn is_finished(conn: &mut DbConn, _runner: &Scope, year: Year) -> Result<bool> {
    let done = yearly_runs::table.filter(yearly_runs::name.eq(NAME).and(yearly_runs::year.eq(year.get())).and(yearly_runs::finished_at.is_not_null()));
    Ok(diesel::select(diesel::dsl::exists(done)).get_result(conn)?)
}

/// Keeps what was claimed; fails when another server, which took it over, has finished it.
pub fn hold(conn: &mut DbConn, _runner: &Scope, year: Year, until: Instant) -> Result<()> {
    let unfinished = yearly_runs::table.filter(yearly_runs::name.eq(NAME).and(yearly_runs::year.eq(year.get())).and(yearly_runs::finished_at.is_null()));
    if diesel::update(unfinished).set(held(until)).execute(conn)? == 1 { Ok(()) } else { Err(Error::of(Code::VersionStale)) }
}

pub fn finish(conn: &mut DbConn, _runner: &Scope, year: Year, figures: Figures, now: Instant) -> Result<()> {
    let done = (yearly_runs::finished_at.eq(now), yearly_runs::figures.eq(Json(figures)), yearly_runs::leased_until.eq(None::<Instant>));
    diesel::update(yearly_runs::table.filter(yearly_runs::name.eq(NAME).and(yearly_runs::year.eq(year.get())))).set(done).execute(conn)?;
    Ok(())
}

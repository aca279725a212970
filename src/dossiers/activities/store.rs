//! Queries on activities.

use super::model::{ActivityFilters, ActivityKind, ActivityMedium, ActivitySummary, SpentMinutes, Visibility};
use crate::audit::Tx;
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::activities;
use crate::db::{DbConn, Id, Instant, Kept, MultiBackend, Prepared, among, columns_of, direct};
use crate::dossiers::erasure::scrub_under;
use crate::dossiers::store::lock_open;
use crate::error::{Code, Error, Result};
use diesel::prelude::*;

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset, Identifiable)]
#[diesel(table_name = activities, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ActivityRow {
    pub id: Id,
    pub dossier_id: Id,
    pub kind: ActivityKind,
    pub medium: Option<ActivityMedium>,
    pub started_at: Instant,
    pub minutes: Option<SpentMinutes>,
    pub author_id: Id,
    pub summary: Option<ActivitySummary>,
    pub for_team: bool,
    pub for_lawyer: bool,
    pub for_member: bool,
    pub for_insurer: bool,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The referent for whom it is meant: whoever was in charge when it was so meant, and reads it as long as they are.
    pub referent_id: Option<Id>,
}

impl Part for ActivityRow {
    fn part_of(&self) -> Option<(Confided, Id)> {
        Some((Confided::Dossier, self.dossier_id))
    }
}

impl ActivityRow {
    pub fn visibility(&self) -> Visibility {
        let Self { referent_id, for_team: team, for_lawyer: lawyer, for_member: member, for_insurer: insurer, .. } = *self;
        Visibility { referent: referent_id.is_some(), team, lawyer, member, insurer }
    }

    /// Says for whom it is meant, in a dossier of which somebody may be in charge.
    fn means(&mut self, meant: Visibility, in_charge: Option<Id>) -> Result<()> {
        let Visibility { referent, team, lawyer, member, insurer } = meant;
        if referent && in_charge.is_none() {
            return Err(Error::of(Code::ReferentMissing).at("/visibility"));
        }
        self.referent_id = in_charge.filter(|_| referent);
        (self.for_team, self.for_lawyer, self.for_member, self.for_insurer) = (team, lawyer, member, insurer);
        Ok(())
    }
}

type Boxed<'a> = activities::BoxedQuery<'a, MultiBackend>;

fn filtered<'a>(scope: &Scope, dossier_id: Id, filters: &ActivityFilters) -> Boxed<'a> {
    let ActivityFilters { kind, started } = filters;
    let mut query = activities::table.filter(activities::dossier_id.eq(dossier_id)).into_boxed().filter(scope.meant());
    if let Some(kinds) = kind {
        query = among!(query, activities::kind, kinds.clone());
    }
    let (from, until) = started.map_or((None, None), |interval| interval.instants());
    if let Some(from) = from {
        query = query.filter(activities::started_at.ge(Instant(from)));
    }
    if let Some(until) = until {
        query = query.filter(activities::started_at.lt(Instant(until)));
    }
    query
}

/// The activities of a dossier that was found in the scope, as far as they are meant for the caller.
pub fn list(conn: &mut DbConn, scope: &Scope, dossier_id: Id, filters: &ActivityFilters, slice: &Slice) -> Result<Vec<ActivityRow>> {
    let query = filtered(scope, dossier_id, filters).select(columns_of::<ActivityRow>());
    let page = keyset!(query, slice, activities::id, { "started" => (activities::started_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &ActivityRow) -> Position {
    Position { key: Key::from(row.started_at), id: row.id }
}

pub fn count(conn: &mut DbConn, scope: &Scope, dossier_id: Id, filters: &ActivityFilters) -> Result<i64> {
    Ok(filtered(scope, dossier_id, filters).count().get_result(conn)?)
}

pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<ActivityRow> {
    let query = activities::table.into_boxed().filter(scope.activities()).filter(activities::id.eq(id)).select(columns_of::<ActivityRow>());
    Ok(Kept::new(query).get_result(conn)?)
}

/// Stores what was done in an open dossier, which is still in the scope once it is locked: a mandate may have ended.
pub fn insert(tx: &mut Tx<'_>, scope: &Scope, (mut row, meant): (ActivityRow, Visibility)) -> Result<ActivityRow> {
    let in_charge = lock_open(tx, scope, row.dossier_id)?.referent_id;
    row.means(meant, in_charge)?;
    direct!(&mut *tx.conn, |conn| diesel::insert_into(activities::table).values(&row).execute(conn))?;
    Ok(row)
}

/// Stores the row as its next version, if its current version still is the one it was made from and its dossier is open.
pub fn update(tx: &mut Tx<'_>, scope: &Scope, (mut row, meant): (ActivityRow, Option<Visibility>)) -> Result<ActivityRow> {
    let in_charge = lock_open(tx, scope, row.dossier_id)?.referent_id;
    if let Some(meant) = meant {
        row.means(meant, in_charge)?;
    }
    let seen = row.version;
    row.version = seen + 1;
    row.updated_at = tx.now;
    let current = activities::table.find(row.id).filter(activities::version.eq(seen));
    let updated = direct!(&mut *tx.conn, |conn| Prepared(diesel::update(current).set(&row).returning(activities::id)).load::<Id>(conn))?;
    if updated.len() == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Takes the words out of the activities of a dossier that is anonymised, and of all that is remembered of them.
pub fn erase(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id) -> Result<()> {
    let of = || activities::table.filter(activities::dossier_id.eq(dossier_id));
    let ids: Vec<Id> = of().select(activities::id).load(tx.conn)?;
    diesel::update(of()).set(activities::summary.eq(None::<String>)).execute(tx.conn)?;
    ids.into_iter().try_for_each(|id| scrub_under(tx, scope, id))
}

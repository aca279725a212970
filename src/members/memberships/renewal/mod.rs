//! The yearly renewal: each period that was confirmed to the end of a year goes on in the next by tacit agreement, once.
//!
//! It goes through the periods of the year before in batches, each a transaction of its own: killed in the middle and begun
//! again, or run by two at once, it leaves exactly one successor to each.

pub mod runner;
pub mod store;

use super::model::{Dues, Product, Year};
use super::tariffs;
use super::view::record_all;
use crate::audit::{Action, Author, Tx};
use crate::auth::Scope;
use crate::db::{Db, DbConn, Id, Instant, again};
use crate::error::{Code, Error, Result};
use crate::members::aliases::lock_many;
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// Periods that share a transaction, so that other writers get their turn.
const BATCH: i64 = 500;

/// Periods of the year before, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub renewed: i64,
    pub already_renewed: i64,
    /// Pending or ended early, not to the end of the year, or beside another period; or the member's record is gone.
    pub not_renewed: i64,
}

impl AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.renewed += other.renewed;
        self.already_renewed += other.already_renewed;
        self.not_renewed += other.not_renewed;
    }
}

/// One renewal: into which year, in whose name, and what is to be done in the transaction of each batch besides.
pub struct Renewal<'a, K> {
    pub db: &'a Db,
    pub year: Year,
    pub author: &'a Author,
    pub now: Instant,
    pub keep: K,
}

impl<K> Renewal<'_, K>
where
    K: Fn(&mut DbConn) -> Result<()> + Clone + Send + 'static,
{
    /// Renews what is left to be renewed. Fails with `tariff.missing` before anything is written where the year has no tariff.
    pub fn run(&self) -> Result<Figures> {
        let year = self.year;
        let mut figures = self.db.read_now(move |conn| {
            let not_renewed = store::count_unconfirmed(conn, &Scope::console(), before(year))?;
            dues(conn, year).map(|_| Figures { not_renewed, ..Figures::default() })
        })?;
        let mut after = None;
        while let Some((done, last)) = again(|| self.batch(after))? {
            figures += done;
            after = Some(last);
        }
        Ok(figures)
    }

    fn batch(&self, after: Option<Id>) -> Result<Option<(Figures, Id)>> {
        let (year, author, now, keep) = (self.year, self.author.clone(), self.now, self.keep.clone());
        self.db.write_now(move |conn| {
            keep(conn)?;
            renew_batch(&mut Tx { conn, author: &author, now }, &Scope::console(), year, after)
        })
    }
}

/// The year before.
fn before(year: Year) -> i32 {
    year.get() - 1
}

fn dues(conn: &mut DbConn, year: Year) -> Result<Dues> {
    let found = tariffs::store::dues_of(conn, &Scope::everybody(), Product::Ome, year.get())?;
    found.ok_or_else(|| Error::of(Code::TariffMissing).with("year", year.get()))
}

/// The batch after an id; none when there is none. The members are locked before their periods are looked at.
fn renew_batch(tx: &mut Tx<'_>, scope: &Scope, year: Year, after: Option<Id>) -> Result<Option<(Figures, Id)>> {
    let found = store::confirmed_after(tx.conn, scope, before(year), after, BATCH)?;
    let Some((last, _)) = found.last().copied() else { return Ok(None) };
    let members = lock_many(tx, scope, found.iter().map(|(_, member_id)| *member_id).collect())?;
    let dues = dues(tx.conn, year)?;
    let looked_at = store::candidates(tx.conn, scope, year, found.iter().map(|(id, _)| *id).collect())?;
    let mut figures = Figures { not_renewed: i64::try_from(found.len()).unwrap_or(0), ..Figures::default() };
    let mut successors = Vec::new();
    for candidate in looked_at.confirmed {
        let member = members.get(&candidate.member_id);
        if looked_at.continued.contains(&candidate.id) {
            figures.already_renewed += 1;
        } else if let Some(member) = member.filter(|_| candidate.is_whole_to_the_end() && !looked_at.provided.contains(&candidate.member_id)) {
            successors.push((candidate.successor(year, dues, tx.now), member));
            figures.renewed += 1;
        } else {
            continue;
        }
        figures.not_renewed -= 1;
    }
    let rows: Vec<_> = successors.iter().map(|(row, _)| row.clone()).collect();
    super::store::insert_many(tx, scope, &rows)?;
    record_all(tx, scope, Action::Create, successors)?;
    Ok(Some((figures, last)))
}

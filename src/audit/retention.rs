//! Retention: the oldest months of the record are dropped, changes and looks alike, and what is left is still proved.
//!
//! Of the segment that goes, the place and the seal of its last event stay, under a seal of their own: the walk along the chain
//! begins there. Whoever has no key can therefore not pass off a cut of theirs as retention.

use super::chain::{Fault, Head, Walk, encoded};
use super::store::{first_since, last_up_to, looks_up_to};
use super::{Action, Author, access, put_in_order, store};
use crate::auth::RecordKey;
use crate::db::schema::{audit_cuts, audit_events};
use crate::db::{DbConn, Id, Instant, optional, take_time};
use crate::error::Result;
use crate::values::{Day, Interval};
use diesel::prelude::*;

/// Where the chain was cut off.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_cuts)]
struct Cut {
    sequence: i64,
    seal: Vec<u8>,
    kept_from: String,
    cut_at: Instant,
    cut_seal: Vec<u8>,
}

impl Cut {
    fn sealed(&self, key: &RecordKey) -> Vec<u8> {
        let Self { sequence, seal, kept_from, cut_at, cut_seal: _ } = self;
        let (sequence, cut_at) = (sequence.to_be_bytes(), cut_at.micros().to_be_bytes());
        key.digest(&[b"cut", &encoded(&[Some(&sequence), Some(seal), Some(kept_from.as_bytes()), Some(&cut_at)])])
    }
}

/// What went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    pub events: usize,
    pub looks: usize,
    /// The last event that went: a checkpoint of it belongs with what is archived elsewhere.
    pub end: Head,
}

/// Begins a walk where the chain was last cut off.
pub(super) fn begin(conn: &mut DbConn, walk: &mut Walk<'_>) -> Result<Result<(), Fault>> {
    let last = optional(audit_cuts::table.order(audit_cuts::sequence.desc()).select(Cut::as_select()).first(conn))?;
    Ok(match last {
        None => Ok(()),
        Some(cut) if cut.cut_seal != cut.sealed(walk.key) => Err(Fault::Forged { sequence: cut.sequence }),
        Some(cut) => {
            let first_kept: Option<Day> = format!("{}-01", cut.kept_from).parse().ok();
            walk.begin(Head { sequence: cut.sequence, seal: cut.seal }, first_kept.and_then(midnight))
        }
    })
}

/// The first moment of a day.
fn midnight(day: Day) -> Option<Instant> {
    let (midnight, _) = Interval { from: Some(day), to: None }.instants();
    midnight.map(Instant)
}

/// Drops what was recorded before a month, of a record that was found whole. The record tells of it, so that it never ends up empty;
/// none where there was nothing to drop.
pub fn drop_before(conn: &mut DbConn, author: &Author, now: Instant, first_kept: Day) -> Result<Option<Dropped>> {
    take_time(conn)?;
    let key = &author.key;
    store::insert_event(conn, author, now, Action::Delete, "audit_segment", Id::new())?;
    put_in_order(conn, key)?;
    let kept = first_since(conn, midnight(first_kept).unwrap_or(now))?;
    let Some(end) = last_up_to(conn, kept - 1)? else { return Ok(None) };
    let batches = looks_up_to(conn, end.sequence)?;
    let looks = access::drop_batches(conn, &batches)?;
    let dropped = diesel::delete(audit_events::table.filter(audit_events::sequence.le(end.sequence))).execute(conn)?;
    let kept_from = first_kept.to_string().get(..7).unwrap_or_default().to_owned();
    let mut cut = Cut { sequence: end.sequence, seal: end.seal.clone(), kept_from, cut_at: now, cut_seal: Vec::new() };
    cut.cut_seal = cut.sealed(key);
    diesel::insert_into(audit_cuts::table).values(&cut).execute(conn)?;
    Ok(Some(Dropped { events: dropped, looks, end }))
}

//! Whether a member was covered on a day, or on the days of an interval, and which periods prove it.

use super::model::{CoverStatus, MembershipStatus, Period, Stretch, cover_status, gaps, status_on};
use super::store::{self, ProofRow};
use crate::auth::Scope;
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::values::Day;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The answer for the days from one to another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CoverView {
    /// Member.
    pub member_id: Id,
    /// First day asked about.
    pub from: Day,
    /// Last day asked about.
    pub to: Day,
    /// Whether all, some or none of the days are covered.
    pub status: CoverStatus,
    /// What the member is on the first day.
    pub membership_status: MembershipStatus,
    /// The periods that prove it, the earliest first.
    #[schema(max_items = 200)]
    pub proofs: Vec<CoverProof>,
    /// The days that no period covers.
    #[schema(max_items = 200)]
    pub gaps: Vec<CoverGap>,
}

/// A period that covers some of the days, at the version that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CoverProof {
    /// Membership.
    pub membership_id: Id,
    /// Its version.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub membership_version: i32,
    /// First of the days asked about that it covers.
    pub from: Day,
    /// Last of the days asked about that it covers.
    pub to: Day,
}

/// Days that no period covers.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CoverGap {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

/// Holds the periods of a member, found in the scope, against the days asked about.
pub fn cover(conn: &mut DbConn, scope: &Scope, member_id: Id, from: Day, to: Day) -> Result<CoverView> {
    let rows = store::proofs_of(conn, scope, member_id)?;
    let periods: Vec<Period> = rows.iter().map(ProofRow::period).collect();
    let missing = gaps(&periods, from, to);
    let proofs = rows.iter().zip(&periods).filter_map(|(row, period)| {
        let (first, last) = period.cover().filter(|(first, last)| *first <= to && from <= *last)?;
        Some(CoverProof { membership_id: row.id, membership_version: row.version, from: first.max(from), to: last.min(to) })
    });
    Ok(CoverView {
        member_id,
        from,
        to,
        status: cover_status(&missing, from, to),
        membership_status: status_on(&periods, from),
        proofs: proofs.collect(),
        gaps: missing.into_iter().map(|Stretch { from, to }| CoverGap { from, to }).collect(),
    })
}

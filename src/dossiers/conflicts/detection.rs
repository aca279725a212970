//! Finding who opposes whom.
//!
//! Who looks for one person takes turns with whoever else does, so that of two dossiers that come to oppose each other at once the
//! later one finds the other; then both dossiers are locked, in the order in which all lock them, so that nobody is put in charge of one
//! meanwhile.

use super::pairing::{self, Opposed, Recognised};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::{Id, lock_in_order, take_turns_in_order};
use crate::dossiers::parties::identity::Marks;
use crate::dossiers::parties::model::Side;
use crate::error::{Error, Result};

/// Where somebody stands who is recorded now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    For {
        dossier_id: Id,
    },
    /// As a party, for whose sake walls stand.
    Against {
        dossier_id: Id,
        party_id: Id,
    },
}

impl Standing {
    pub fn dossier_id(self) -> Id {
        match self {
            Self::For { dossier_id } | Self::Against { dossier_id, .. } => dossier_id,
        }
    }

    pub fn side(self) -> Side {
        match self {
            Self::For { .. } => Side::For,
            Self::Against { .. } => Side::Against,
        }
    }
}

/// Whom somebody was recognised as, and the dossiers that this sets against theirs.
#[derive(Debug)]
pub struct Found {
    /// None of whoever stands on no side.
    standing: Option<Standing>,
    digests: Vec<Vec<u8>>,
    recognised: Vec<Recognised>,
    opposed: Vec<Opposed>,
}

impl Found {
    pub fn nobody() -> Self {
        Self { standing: None, digests: Vec::new(), recognised: Vec::new(), opposed: Vec::new() }
    }

    /// By what they will be recognised.
    pub fn digests(&self) -> &[Vec<u8>] {
        &self.digests
    }

    /// Whether somebody who stands against a dossier is this member beyond doubt: an address or a phone may be shared.
    pub fn is_surely(&self, member_id: Id) -> bool {
        self.recognised.iter().any(|recognised| recognised.surely && recognised.member_id == member_id)
    }
}

/// Looks for the dossiers, in any department, that somebody's standing in one sets against it; locks all of them.
pub fn look(tx: &mut Tx<'_>, scope: &Scope, standing: Standing, marks: &Marks) -> Result<Found> {
    look_for_all(tx, scope, &[(Some(standing), marks)])?.pop().ok_or_else(|| Error::internal("nobody was looked for"))
}

/// The same for several who are recorded at once, told in their order, nobody for whoever stands nowhere: all turns come before all locks.
pub fn look_for_all(tx: &mut Tx<'_>, scope: &Scope, all: &[(Option<Standing>, &Marks)]) -> Result<Vec<Found>> {
    let digests = |(standing, marks): &(Option<Standing>, &Marks)| standing.map_or_else(Vec::new, |_| marks.digests(&tx.author.key));
    let digests: Vec<Vec<Vec<u8>>> = all.iter().map(digests).collect();
    let turn = |digest: &Vec<u8>| digest.first_chunk().map(|bytes| i32::from_be_bytes(*bytes));
    take_turns_in_order(tx.conn, digests.iter().flatten().filter_map(turn).collect())?;
    let mut found = Vec::new();
    for ((standing, marks), digests) in all.iter().zip(digests) {
        found.push(match standing {
            Some(standing) => find(tx, scope, *standing, marks, digests)?,
            None => Found::nobody(),
        });
    }
    let opposed = found.iter().flat_map(|found| &found.opposed).map(|opposed| opposed.dossier_id);
    let mut dossiers: Vec<Id> = opposed.chain(all.iter().filter_map(|(standing, _)| standing.map(Standing::dossier_id))).collect();
    dossiers.sort_unstable();
    dossiers.dedup();
    lock_in_order(tx.conn, "dossiers", &dossiers)?;
    Ok(found)
}

fn find(tx: &mut Tx<'_>, scope: &Scope, standing: Standing, marks: &Marks, digests: Vec<Vec<u8>>) -> Result<Found> {
    let recognised = match standing.side() {
        Side::For => Vec::new(),
        Side::Against => pairing::recognised(tx.conn, scope, marks)?,
    };
    let opposed = pairing::opposed(tx.conn, scope, standing, &digests, &marks.members, &recognised)?;
    Ok(Found { standing: Some(standing), digests, recognised, opposed })
}

/// Stores what was found: the pairs, and the walls against those in conflict. Where nobody was found the same statements are run for
/// nobody, so that their number tells nothing.
pub fn settle(tx: &mut Tx<'_>, scope: &Scope, found: &Found) -> Result<()> {
    let Some(standing) = found.standing else { return Ok(()) };
    if let Standing::Against { dossier_id, party_id } = standing {
        let members: Vec<Id> = found.recognised.iter().map(|recognised| recognised.member_id).collect();
        for member_id in if members.is_empty() { vec![Id::new()] } else { members } {
            pairing::wall_off(tx, scope, dossier_id, member_id, party_id)?;
        }
    }
    let nobody = [Opposed { dossier_id: Id::new(), party_id: Id::new() }];
    for opposed in if found.opposed.is_empty() { nobody.as_slice() } else { &found.opposed } {
        pairing::pair(tx, scope, standing.dossier_id(), *opposed)?;
    }
    Ok(())
}

//! Taking parties over into a dossier that is split off another.

use super::identity::Marks;
use super::recording::People;
use super::store::{self, PartyRow};
use super::view::PartyView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::conflicts::detection::{self, Found, Standing};
use crate::dossiers::parties::model::Side;
use crate::error::{Code, Error, Issue, Place, Result};

/// A party as it will be in the new dossier, and what it is recognised by.
pub struct Taken {
    row: PartyRow,
    pub marks: Marks,
}

fn pointer(place: usize) -> String {
    format!("/party_ids/{place}")
}

/// The parties of a first dossier that a body names; those that it does not have are reported.
pub fn take(tx: &mut Tx<'_>, scope: &Scope, people: &People, first_id: Id, ids: &[Id], issues: &mut Vec<Issue>) -> Result<Vec<Taken>> {
    let rows = store::of_dossier(tx.conn, scope, first_id, ids.to_vec())?;
    let mut taken = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        match rows.iter().find(|row| row.id == *id) {
            Some(row) => taken.push(Taken { marks: Marks::of_party(row, people.record(tx.conn, row)?.as_ref()), row: row.clone() }),
            None => issues.push(crate::error::Flaw::from(Code::ReferenceNotFound).at(Place::Pointer(pointer(place)))),
        }
    }
    Ok(taken)
}

impl Taken {
    /// As it stands in the new dossier.
    pub fn into(self, dossier_id: Id, tx: &Tx<'_>) -> Self {
        let row = PartyRow { id: Id::new(), dossier_id, version: 1, created_at: tx.now, updated_at: tx.now, ..self.row };
        Self { row, ..self }
    }

    /// None of whoever stands on no side.
    pub fn standing(&self) -> Option<Standing> {
        let PartyRow { id: party_id, dossier_id, .. } = self.row;
        self.row.role.side().map(|side| match side {
            Side::For => Standing::For { dossier_id },
            Side::Against => Standing::Against { dossier_id, party_id },
        })
    }

    /// Stores the one at a place of the body, as `recording` does: the member of the dossier is no opponent in it, and a trial does not look
    /// whose dossiers oppose each other.
    pub fn store(self, tx: &mut Tx<'_>, scope: &Scope, (place, member_id): (usize, Id), found: &Found, trial: bool) -> Result<()> {
        if found.is_surely(member_id) {
            return Err(Error::of(Code::PartyIsMember).at(&pointer(place)));
        }
        let row = store::insert(tx, scope, self.row, found)?;
        if !trial {
            detection::settle(tx, scope, found)?;
        }
        tx.record(Action::Create, &PartyView::from(row))
    }
}

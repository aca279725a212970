//! Recording a party: whoever it may be elsewhere, the answer is the same.

use super::bodies::{CreateParty, UpdateParty, check_birth};
use super::identity::Marks;
use super::model::Side;
use super::store::{self, PartyRow};
use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::{DbConn, Id};
use crate::dossiers;
use crate::dossiers::conflicts::detection::{self, Found, Standing};
use crate::dossiers::model::DossierStatus;
use crate::error::{Code, Error, Result};
use crate::http::Actor;
use crate::members;
use crate::members::store::MemberRow;
use crate::values::Day;
use crate::values::input::Change;

/// Whom a body may refer to, and whose records count.
pub struct People {
    visible: Scope,
    anybody: Scope,
    today: Day,
}

impl People {
    pub fn of(actor: &Actor) -> Self {
        Self { visible: actor.scope_through("members_retrieve"), anybody: actor.scope_through("members_card"), today: actor.today() }
    }

    fn check(&self, conn: &mut DbConn, member_id: Option<Id>) -> Result<()> {
        let Some(id) = member_id else { return Ok(()) };
        if self.visible.sees_member(conn, id)? { Ok(()) } else { Err(Error::field("/member_id", Code::ReferenceNotFound)) }
    }

    /// The record of the member that a party is, in whichever department it is by now.
    pub fn record(&self, conn: &mut DbConn, row: &PartyRow) -> Result<Option<MemberRow>> {
        row.member_id.map_or(Ok(None), |id| Ok(members::store::find_by_ids(conn, &self.anybody, vec![id])?.pop()))
    }
}

/// Adds a party to a dossier. A trial tells nobody's dossiers apart, not even by its time: it could be repeated for ever.
pub fn add(tx: &mut Tx<'_>, scope: &Scope, people: &People, dossier_id: Id, body: CreateParty, trial: bool) -> Result<PartyRow> {
    check_birth(body.birth_date, people.today)?;
    people.check(tx.conn, body.member_id)?;
    let row = body.into_row(dossier_id, tx.now);
    let found = look(tx, scope, people, &row)?;
    let row = store::insert(tx, scope, row, &found)?;
    if !trial {
        detection::settle(tx, scope, &found)?;
    }
    Ok(row)
}

/// Corrects a party at the version that was seen.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, people: &People, mut row: PartyRow, changes: UpdateParty) -> Result<PartyRow> {
    if let Change::To(member_id) = changes.member_id {
        people.check(tx.conn, member_id)?;
    }
    changes.apply(&mut row);
    check_birth(row.birth_date, people.today)?;
    let found = look(tx, scope, people, &row)?;
    let row = store::advance(tx, scope, row, &found)?;
    detection::settle(tx, scope, &found)?;
    Ok(row)
}

/// Whom a party opposes. Its dossier is locked with those, and found open; its own member is no opponent in it.
fn look(tx: &mut Tx<'_>, scope: &Scope, people: &People, row: &PartyRow) -> Result<Found> {
    let marks = Marks::of_party(row, people.record(tx.conn, row)?.as_ref());
    let PartyRow { id: party_id, dossier_id, .. } = *row;
    let found = match row.role.side() {
        Some(Side::For) => detection::look(tx, scope, Standing::For { dossier_id }, &marks)?,
        Some(Side::Against) => detection::look(tx, scope, Standing::Against { dossier_id, party_id }, &marks)?,
        None => Found::nobody(),
    };
    let dossier = dossiers::store::lock(tx, scope, dossier_id)?;
    if !DossierStatus::OPEN.contains(&dossier.status) {
        return Err(Error::of(Code::DossierNotOpen));
    }
    if dossier.member_id.is_some_and(|own| found.is_surely(own)) {
        return Err(Error::of(Code::PartyIsMember).at("/role"));
    }
    Ok(found)
}

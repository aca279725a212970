//! How requests come on a docket, each under a number of its own, and off it.

use super::lifecycle::{Item, LIFECYCLE, find};
use super::model::{DOCKET_MAX, DocketBrief, DocketKind, DocketStatus, Pseudonym, PutOnDocket};
use super::store::{self, ItemRow};
use super::view::AidDocketItemView;
use crate::aid_committees::sessions::model::AidSessionStatus;
use crate::aid_committees::sessions::store::{self as sessions, SessionRow};
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::auth::keys::random;
use crate::db::{Id, Json};
use crate::error::{Code, Error, Result};
use crate::financial_aid_requests::committee::put_before;
use crate::financial_aid_requests::model::AidRequestStatus;
use crate::financial_aid_requests::{checks, store as requests};
use crate::values::Day;
use std::collections::HashSet;

use DocketStatus::{Listed, TakenBack};

/// Puts a request, which the caller instructs, before a session that has not ended.
pub fn put(tx: &mut Tx<'_>, scope: &Scope, session_id: Id, body: &PutOnDocket) -> Result<Item> {
    let session = sessions::lock(tx, scope, session_id)?;
    if !AidSessionStatus::GATHERING.contains(&session.status) {
        return Err(Error::of(Code::AidSessionOver));
    }
    let request = requests::find(tx.conn, scope, body.request_id).map_err(|error| error.of_reference("/request_id"))?;
    if request.department_code != session.department_code {
        return Err(Error::field("/request_id", Code::ReferenceNotFound));
    }
    let row = list_all(tx, scope, &session, vec![request.id])?.remove(0);
    find(tx.conn, scope, row.id)
}

/// Puts the urgent grants that wait for their ratification on the docket of a session that is locked.
pub fn place_urgent(tx: &mut Tx<'_>, scope: &Scope, session: &SessionRow) -> Result<()> {
    let waiting = store::unratified(tx.conn, scope, &session.department_code)?;
    list_all(tx, scope, session, waiting).map(drop)
}

/// Puts requests on a docket that has room for them.
fn list_all(tx: &mut Tx<'_>, scope: &Scope, session: &SessionRow, ids: Vec<Id>) -> Result<Vec<ItemRow>> {
    let before = store::of_session(tx.conn, scope, session.id)?;
    if before.iter().any(|item| item.status == Listed && ids.contains(&item.request_id)) {
        return Err(Error::of(Code::DocketListed));
    }
    if before.len() + ids.len() > DOCKET_MAX {
        return Err(Error::of(Code::DocketFull).with("max", DOCKET_MAX));
    }
    let mut taken: HashSet<String> = before.iter().map(|item| item.pseudonym.to_string()).collect();
    let rows: Result<Vec<ItemRow>> = ids.into_iter().map(|id| list_one(tx, scope, session, id, &mut taken)).collect();
    let rows = rows?;
    store::insert(tx, scope, rows.clone())?;
    let views: Vec<AidDocketItemView> = rows.iter().cloned().map(Into::into).collect();
    tx.record_all(views.iter().map(|view| (Action::Create, view)))?;
    Ok(rows)
}

/// Puts one request before the committee, and takes a number for it. Neither the number nor the id tells when it came.
fn list_one(tx: &mut Tx<'_>, scope: &Scope, session: &SessionRow, id: Id, taken: &mut HashSet<String>) -> Result<ItemRow> {
    let request = put_before(tx, scope, id, session.id)?;
    let pseudonym = Pseudonym::drawn(tx.author, session.id, id, taken)?;
    taken.insert(pseudonym.to_string());
    let urgent = request.status == AidRequestStatus::GrantedUrgently;
    let held = checks::of(tx.conn, scope, &request, request.asked_cents, Day::of(tx.now.0))?;
    Ok(ItemRow {
        id: Id::from_bytes(unordered(random()?)),
        session_id: session.id,
        committee_id: session.committee_id,
        department_code: session.department_code.clone(),
        request_id: id,
        pseudonym,
        kind: if urgent { DocketKind::Ratification } else { DocketKind::Decision },
        status: LIFECYCLE.initial,
        brief: Some(Json(DocketBrief::of(&request, &held))),
        votes_for: 0,
        votes_against: 0,
        abstentions: 0,
        chair_choice: None,
        granted_cents: None,
        motivation: None,
        decided_on: None,
        decided_by: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    })
}

/// Random bytes as a UUID of version 8.
fn unordered(mut bytes: [u8; 16]) -> [u8; 16] {
    (bytes[6], bytes[8]) = (0x80 | (bytes[6] & 0x0f), 0x80 | (bytes[8] & 0x3f));
    bytes
}

/// Takes off the docket of a session that is cancelled what is to be ratified: it comes on that of the next one.
pub fn take_off(tx: &mut Tx<'_>, scope: &Scope, session_id: Id) -> Result<()> {
    for row in store::of_session(tx.conn, scope, session_id)?.into_iter().filter(|row| row.status == Listed) {
        let view = AidDocketItemView::from(store::advance(tx, scope, ItemRow { status: TakenBack, ..row }, &[Listed])?);
        tx.record(Action::Transition, &view)?;
    }
    Ok(())
}

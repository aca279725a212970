//! What is set down of a session when it is closed. The minutes are made from nothing else, so that they never change.

use super::attendances;
use super::attendances::model::Presence;
use super::model::{SessionAgenda, SessionPlace};
use super::store::SessionRow;
use crate::aid_committees::docket;
use crate::aid_committees::docket::model::{DocketKind, DocketStatus};
use crate::aid_committees::docket::store::ItemRow;
use crate::aid_committees::members::model::CommitteeFunction;
use crate::aid_committees::model::CommitteeName;
use crate::aid_committees::store as committees;
use crate::associations;
use crate::audit::Tx;
use crate::auth::Scope;
use crate::error::Result;
use crate::financial_aid_requests::model::{AidNature, AidReason};
use crate::values::{Day, Money};
use crate::workflow::Reason;
use serde::{Deserialize, Serialize};

/// A closed session, without a name of anybody.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRecord {
    pub association: String,
    pub committee: CommitteeName,
    pub held_on: Day,
    pub place: Option<SessionPlace>,
    pub remote: bool,
    pub agenda: Option<SessionAgenda>,
    pub quorum: i32,
    /// How many were so there, by function.
    pub presence: Vec<(CommitteeFunction, Presence, usize)>,
    pub items: Vec<RecordedItem>,
}

/// What became of a number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedItem {
    pub pseudonym: String,
    pub kind: DocketKind,
    pub status: DocketStatus,
    pub nature: Option<AidNature>,
    pub reason: Option<AidReason>,
    pub asked: Option<Money>,
    pub granted: Option<Money>,
    /// For, against, neither.
    pub votes: (i32, i32, i32),
    pub recusals: usize,
    pub motivation: Option<Reason>,
}

/// What a session that is being closed leaves behind; it is locked.
pub fn of(tx: &mut Tx<'_>, scope: &Scope, row: &SessionRow) -> Result<SessionRecord> {
    let committee = committees::find(tx.conn, scope, row.committee_id)?;
    let association = associations::store::find(tx.conn, &Scope::everybody(), committee.association_id)?;
    let here = attendances::store::of_session(tx.conn, scope, row.id)?;
    let mut presence: Vec<(CommitteeFunction, Presence, usize)> = Vec::new();
    for (function, as_what) in here.iter().map(|attendance| (attendance.function, attendance.presence)) {
        match presence.iter_mut().find(|(of, how, _)| (*of, *how) == (function, as_what)) {
            Some((.., count)) => *count += 1,
            None => presence.push((function, as_what, 1)),
        }
    }
    presence.sort_unstable();
    let items = docket::store::of_session(tx.conn, scope, row.id)?;
    let recused = docket::recusals::store::of_items(tx.conn, scope, items.iter().map(|item| item.id).collect())?;
    let recusals = |item: &ItemRow| recused.iter().filter(|recusal| recusal.item_id == item.id).count();
    Ok(SessionRecord {
        association: association.name.to_string(),
        committee: committee.name,
        held_on: row.held_on,
        place: row.place.clone(),
        remote: row.remote,
        agenda: row.agenda.clone(),
        quorum: row.quorum.get(),
        presence,
        items: items.iter().map(|item| recorded(item, recusals(item))).collect(),
    })
}

fn recorded(item: &ItemRow, recusals: usize) -> RecordedItem {
    let brief = item.brief.as_ref().map(|brief| &brief.0);
    RecordedItem {
        pseudonym: item.pseudonym.to_string(),
        kind: item.kind,
        status: item.status,
        nature: brief.map(|brief| brief.nature),
        reason: brief.map(|brief| brief.reason),
        asked: brief.map(|brief| brief.asked),
        granted: item.granted_cents,
        votes: (item.votes_for, item.votes_against, item.abstentions),
        recusals,
        motivation: item.motivation.clone(),
    }
}

//! How requests come on a docket, and what is decided on them.

use super::model::{DOCKET_MAX, DocketBrief, DocketKind, DocketStatus, Pseudonym, PutOnDocket, VoteChoice, majority};
use super::store::{self, ItemRow};
use super::view::AidDocketItemView;
use crate::aid_committees::members::model::CommitteeFunction;
use crate::aid_committees::members::store::own_functions;
use crate::aid_committees::sessions::lifecycle::{RUNNING, STAFF, no_quorum};
use crate::aid_committees::sessions::model::AidSessionStatus;
use crate::aid_committees::sessions::store::{self as sessions, SessionRow};
use crate::audit::access::Part;
use crate::audit::{Action, Tx};
use crate::auth::keys::random;
use crate::auth::{Role, Scope};
use crate::db::{DbConn, Id, Json};
use crate::error::{Code, Error, Flaw, Result};
use crate::financial_aid_requests::committee::{CommitteeCommand, decide, put_before};
use crate::financial_aid_requests::model::AidRequestStatus;
use crate::financial_aid_requests::{checks, store as requests};
use crate::values::{Commands, Day, Money, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, Verdict, step};
use std::collections::{HashMap, HashSet};

use DocketStatus::{Adjourned, Granted, Listed, NotRatified, PartlyGranted, Ratified, Refused, TakenBack};

/// Decisions are set down by whoever presides or keeps the record of the session.
const DECIDERS: &[Role] = &[Role::AidCommitteeMember];

pub const LIFECYCLE: Lifecycle<DocketStatus> = Lifecycle {
    resource: "aid_docket_item",
    initial: Listed,
    transitions: &[
        step("grant", &[Listed], Some(Granted), DECIDERS, "Accorder", "Grant"),
        step("partly_grant", &[Listed], Some(PartlyGranted), DECIDERS, "Accorder en partie", "Grant in part"),
        step("refuse", &[Listed], Some(Refused), DECIDERS, "Refuser", "Refuse"),
        step("ratify", &[Listed], Some(Ratified), DECIDERS, "Ratifier", "Ratify"),
        step("refuse_ratification", &[Listed], Some(NotRatified), DECIDERS, "Refuser la ratification", "Refuse ratification"),
        step("adjourn", &[Listed], Some(Adjourned), RUNNING, "Ajourner", "Adjourn"),
        step("take_back", &[Listed], Some(TakenBack), STAFF, "Retirer", "Take back"),
    ],
};

commands! {
    /// Decides on what is on the docket of an open session, or takes it off.
    pub enum DocketCommand {
        /// Grants all that is asked for: the majority is for it.
        Grant as "grant" {
            /// Why.
            motivation: Reason,
        },
        /// Grants a part of it: the majority is for it.
        PartlyGrant as "partly_grant" {
            /// How much.
            amount: Money,
            /// Why not all.
            motivation: Reason,
        } check { amount: Money::positive[amount] },
        /// Grants nothing: the majority is against it.
        Refuse as "refuse" {
            /// Why.
            motivation: Reason,
        },
        /// Agrees to what was granted urgently: the majority is for it.
        Ratify as "ratify" {
            /// Why.
            motivation: Reason,
        },
        /// Does not: the majority is against it.
        RefuseRatification as "refuse_ratification" {
            /// Why.
            motivation: Reason,
        },
        /// Leaves it to a later session, however the votes are.
        Adjourn as "adjourn" {
            /// Why.
            motivation: Reason,
        },
        /// Takes it off the docket before anybody has voted.
        TakeBack as "take_back" {
            /// Why.
            reason: Reason,
        },
    }
}

/// Something on a docket, with what its commands depend on.
#[derive(Debug, Clone)]
pub struct Item {
    pub row: ItemRow,
    pub session: SessionRow,
    /// What the caller is in the committee.
    pub own: Option<CommitteeFunction>,
}

impl Part for Item {}

impl Stateful for Item {
    type Status = DocketStatus;
    const LIFECYCLE: &'static Lifecycle<DocketStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> DocketStatus {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.row.department_code.as_str())
    }
}

impl Item {
    /// Whether the caller may give a command that their role may: department staff take back and adjourn, the committee decides by
    /// whoever presides or keeps the record.
    pub fn is_moved_by(&self, scope: &Scope) -> bool {
        scope.covers_department(self.department()) || self.own.is_some_and(CommitteeFunction::presides)
    }

    /// What keeps a command that the state allows from being carried out.
    fn obstacle(&self, command: &str) -> Option<Flaw> {
        let ItemRow { kind, votes_for, votes_against, abstentions, chair_choice, .. } = self.row;
        if command == "take_back" {
            let open = AidSessionStatus::GATHERING.contains(&self.session.status);
            return if !open {
                Some(Code::AidSessionNotOpen.into())
            } else if kind == DocketKind::Ratification {
                Some(Code::DocketOtherKind.into())
            } else {
                (votes_for + votes_against + abstentions > 0).then(|| Code::DocketVoted.into())
            };
        }
        let asked = match command {
            "grant" | "partly_grant" | "ratify" => Some(VoteChoice::For),
            "refuse" | "refuse_ratification" => Some(VoteChoice::Against),
            _ => None,
        };
        let ratifies = command.ends_with("ratify") || command == "refuse_ratification";
        let of_kind = asked.is_none() || ratifies == (kind == DocketKind::Ratification);
        let carried = asked.is_none() || asked == majority(votes_for, votes_against, chair_choice);
        match () {
            () if self.session.status != AidSessionStatus::Open => Some(Code::AidSessionNotOpen.into()),
            () if !self.session.has_quorum() => Some(no_quorum(&self.session)),
            () if !of_kind => Some(Code::DocketOtherKind.into()),
            () if !carried => Some(Flaw::new(Code::DocketMajority).with("for", votes_for).with("against", votes_against)),
            () => None,
        }
    }

    pub fn verdict(&self, command: &str) -> Verdict {
        self.obstacle(command).map_or(Verdict::Free, Verdict::Blocked)
    }
}

/// Something on a docket in the scope, with its session.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Item> {
    let row = store::find(conn, scope, id)?;
    let session = sessions::find(conn, scope, row.session_id)?;
    let own = own_functions(conn, scope)?.get(&row.committee_id).copied();
    Ok(Item { row, session, own })
}

/// The same, with a session in which nothing else moves until the end of the transaction.
pub fn lock(tx: &mut Tx<'_>, scope: &Scope, id: Id) -> Result<Item> {
    let session_id = store::find(tx.conn, scope, id)?.session_id;
    sessions::lock(tx, scope, session_id)?;
    find(tx.conn, scope, id)
}

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

/// Puts requests on a docket, each under a number of its own. Their ids tell nothing of when they came.
fn list_all(tx: &mut Tx<'_>, scope: &Scope, session: &SessionRow, ids: Vec<Id>) -> Result<Vec<ItemRow>> {
    let before = store::of_session(tx.conn, scope, session.id)?;
    if before.iter().any(|item| item.status == Listed && ids.contains(&item.request_id)) {
        return Err(Error::of(Code::DocketListed));
    }
    if before.len() + ids.len() > DOCKET_MAX {
        return Err(Error::of(Code::DocketFull).with("max", DOCKET_MAX));
    }
    let mut taken: HashSet<String> = before.iter().map(|item| item.pseudonym.to_string()).collect();
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        let request = put_before(tx, scope, id, session.id)?;
        let pseudonym = Pseudonym::drawn(tx.author, session.id, id, &taken)?;
        taken.insert(pseudonym.to_string());
        let kind = if request.status == AidRequestStatus::GrantedUrgently { DocketKind::Ratification } else { DocketKind::Decision };
        let held = checks::of(tx.conn, scope, &request, request.asked_cents, Day::of(tx.now.0))?;
        rows.push(ItemRow {
            id: Id::from_bytes(unordered(random()?)),
            session_id: session.id,
            committee_id: session.committee_id,
            department_code: session.department_code.clone(),
            request_id: id,
            pseudonym,
            kind,
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
        });
    }
    store::insert(tx, scope, rows.clone())?;
    let views: Vec<AidDocketItemView> = rows.iter().cloned().map(Into::into).collect();
    tx.record_all(views.iter().map(|view| (Action::Create, view)))?;
    Ok(rows)
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

/// Carries out a command that the caller may give and the state allows, on the votes as they are once the session is locked: what is
/// decided, and what follows for the request and the envelope, or nothing.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, step: Step<DocketStatus>, seen: Item, command: DocketCommand) -> Result<AidDocketItemView> {
    let found = lock(tx, scope, seen.row.id)?;
    if found.row.version != seen.row.version {
        return Err(Error::of(Code::VersionStale));
    }
    if let Some(flaw) = found.obstacle(command.word()) {
        return Err(flaw.into());
    }
    let ratification = found.row.kind == DocketKind::Ratification;
    let mut row = ItemRow { status: step.to, decided_on: Some(Day::of(tx.now.0)), decided_by: tx.author.actor_id, ..found.row };
    let (decision, motivation) = match command {
        DocketCommand::Grant { motivation } => (Some(CommitteeCommand::Grant { motivation: Some(motivation.clone()) }), Some(motivation)),
        DocketCommand::PartlyGrant { amount, motivation } => (Some(CommitteeCommand::PartlyGrant { amount, motivation: motivation.clone() }), Some(motivation)),
        DocketCommand::Refuse { motivation } => (Some(CommitteeCommand::Refuse { motivation: motivation.clone() }), Some(motivation)),
        DocketCommand::Ratify { motivation } => (Some(CommitteeCommand::Ratify { motivation: Some(motivation.clone()) }), Some(motivation)),
        DocketCommand::RefuseRatification { motivation } => (Some(CommitteeCommand::RefuseRatification { motivation: motivation.clone() }), Some(motivation)),
        // What was granted urgently stands as it is until a later session ratifies it.
        DocketCommand::Adjourn { motivation } if ratification => (None, Some(motivation)),
        DocketCommand::Adjourn { motivation } => (Some(CommitteeCommand::Adjourn { motivation: motivation.clone() }), Some(motivation)),
        DocketCommand::TakeBack { reason } => (Some(CommitteeCommand::TakeBack { reason: Some(reason) }), None),
    };
    if let Some(decision) = decision {
        let request = decide(tx, scope, row.request_id, decision)?;
        row.granted_cents = request.granted_cents;
    }
    row.motivation = motivation;
    let view = AidDocketItemView::from(store::advance(tx, scope, row, step.from)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

/// Several things on one docket, with their session and what the caller is in its committee.
pub fn beside(conn: &mut DbConn, scope: &Scope, session: &SessionRow, rows: Vec<ItemRow>) -> Result<Vec<Item>> {
    let functions: HashMap<Id, CommitteeFunction> = own_functions(conn, scope)?;
    let own = functions.get(&session.committee_id).copied();
    Ok(rows.into_iter().map(|row| Item { row, session: session.clone(), own }).collect())
}

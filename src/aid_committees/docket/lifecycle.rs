//! What is decided on what stands on a docket.

use super::model::{DocketKind, DocketStatus, VoteChoice, majority};
use super::store::{self, ItemRow};
use super::view::AidDocketItemView;
use crate::aid_committees::members::model::CommitteeFunction;
use crate::aid_committees::members::store::own_functions;
use crate::aid_committees::sessions::lifecycle::{RUNNING, STAFF, no_quorum};
use crate::aid_committees::sessions::model::AidSessionStatus;
use crate::aid_committees::sessions::store::{self as sessions, SessionRow};
use crate::audit::access::Part;
use crate::audit::{Action, Tx};
use crate::auth::{Role, Scope};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Flaw, Result};
use crate::financial_aid_requests::committee::{CommitteeCommand, decide};
use crate::values::{Commands, Day, Money, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, Verdict, step};

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
        match command {
            "take_back" => self.obstacle_to_take_back(),
            _ if self.session.status != AidSessionStatus::Open => Some(Code::AidSessionNotOpen.into()),
            _ if !self.session.has_quorum() => Some(no_quorum(&self.session)),
            "grant" | "partly_grant" => self.unless_carried(DocketKind::Decision, VoteChoice::For),
            "refuse" => self.unless_carried(DocketKind::Decision, VoteChoice::Against),
            "ratify" => self.unless_carried(DocketKind::Ratification, VoteChoice::For),
            "refuse_ratification" => self.unless_carried(DocketKind::Ratification, VoteChoice::Against),
            _ => None,
        }
    }

    /// It is taken back before anybody has voted; what is to be ratified stays until it is.
    fn obstacle_to_take_back(&self) -> Option<Flaw> {
        let ItemRow { kind, votes_for, votes_against, abstentions, .. } = self.row;
        match kind {
            _ if !AidSessionStatus::GATHERING.contains(&self.session.status) => Some(Code::AidSessionNotOpen.into()),
            DocketKind::Ratification => Some(Code::DocketOtherKind.into()),
            DocketKind::Decision => (votes_for + votes_against + abstentions > 0).then(|| Code::DocketVoted.into()),
        }
    }

    /// Why something is not decided so, unless it is of this kind and the majority says so.
    fn unless_carried(&self, of: DocketKind, wanted: VoteChoice) -> Option<Flaw> {
        let ItemRow { kind, votes_for, votes_against, chair_choice, .. } = self.row;
        if kind != of {
            return Some(Code::DocketOtherKind.into());
        }
        let carried = majority(votes_for, votes_against, chair_choice) == Some(wanted);
        (!carried).then(|| Flaw::new(Code::DocketMajority).with("for", votes_for).with("against", votes_against))
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
    let (decision, motivation) = decision(command, found.row.kind);
    let mut row = ItemRow { status: step.to, motivation, decided_on: Some(Day::of(tx.now.0)), decided_by: tx.author.actor_id, ..found.row };
    if let Some(decision) = decision {
        row.granted_cents = decide(tx, scope, row.request_id, decision)?.granted_cents;
    }
    let view = AidDocketItemView::from(store::advance(tx, scope, row, step.from)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

/// What a command decides on the request, and why. What was granted urgently and is adjourned stands as it is until a later session
/// ratifies it.
fn decision(command: DocketCommand, kind: DocketKind) -> (Option<CommitteeCommand>, Option<Reason>) {
    match command {
        DocketCommand::Grant { motivation } => (Some(CommitteeCommand::Grant { motivation: Some(motivation.clone()) }), Some(motivation)),
        DocketCommand::PartlyGrant { amount, motivation } => (Some(CommitteeCommand::PartlyGrant { amount, motivation: motivation.clone() }), Some(motivation)),
        DocketCommand::Refuse { motivation } => (Some(CommitteeCommand::Refuse { motivation: motivation.clone() }), Some(motivation)),
        DocketCommand::Ratify { motivation } => (Some(CommitteeCommand::Ratify { motivation: Some(motivation.clone()) }), Some(motivation)),
        DocketCommand::RefuseRatification { motivation } => (Some(CommitteeCommand::RefuseRatification { motivation: motivation.clone() }), Some(motivation)),
        DocketCommand::Adjourn { motivation } if kind == DocketKind::Ratification => (None, Some(motivation)),
        DocketCommand::Adjourn { motivation } => (Some(CommitteeCommand::Adjourn { motivation: motivation.clone() }), Some(motivation)),
        DocketCommand::TakeBack { reason } => (Some(CommitteeCommand::TakeBack { reason: Some(reason) }), None),
    }
}

/// Several things on one docket, with their session and what the caller is in its committee.
pub fn beside(conn: &mut DbConn, scope: &Scope, session: &SessionRow, rows: Vec<ItemRow>) -> Result<Vec<Item>> {
    let own = own_functions(conn, scope)?.get(&session.committee_id).copied();
    Ok(rows.into_iter().map(|row| Item { row, session: session.clone(), own }).collect())
}

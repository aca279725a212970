//! The life of a decision on cover: asked for by the team, answered by the insurer or decided by whoever is in charge of solidarity.

use super::model::{AnswerSource, CoverDecisionStatus, CoverInstance, RequestCover, UpdateCoverDecision};
use super::store::{self, CoverDecisionRow};
use super::view::CoverDecisionView;
use crate::audit::{Action, Tx};
use crate::auth::{Role, Scope};
use crate::db::Id;
use crate::dossiers::store::lock_open;
use crate::dossiers::under::{TEAM, Under, between};
use crate::error::{Code, Error, Result};
use crate::values::input::Change;
use crate::values::{Day, Money, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, step};

use CoverDecisionStatus::{Granted, PartlyGranted, Refused, Requested, Withdrawn};
use Role::{DepartmentHead, DepartmentStaff, SolidarityOfficer, Volunteer};

/// Who may answer at all; who answers for which instance is told by `givers`.
const ANSWERING: &[Role] = &[DepartmentHead, DepartmentStaff, Volunteer, SolidarityOfficer];

/// Whoever gives a command to a decision of an instance: the team writes down what the insurer answers, and never decides for the
/// national association.
pub fn givers(instance: CoverInstance, command: &str) -> &'static [Role] {
    match instance {
        CoverInstance::NationalSolidarity if command != "withdraw" => &[SolidarityOfficer],
        _ => TEAM,
    }
}

pub const LIFECYCLE: Lifecycle<CoverDecisionStatus> = Lifecycle {
    resource: "cover_decision",
    initial: Requested,
    transitions: &[
        step("grant", &[Requested], Some(Granted), ANSWERING, "Accorder", "Grant"),
        step("partly_grant", &[Requested], Some(PartlyGranted), ANSWERING, "Accorder en partie", "Grant in part"),
        step("refuse", &[Requested], Some(Refused), ANSWERING, "Refuser", "Refuse"),
        step("withdraw", &[Requested], Some(Withdrawn), TEAM, "Retirer", "Withdraw"),
    ],
};

commands! {
    /// Moves a decision on cover on.
    pub enum CoverDecisionCommand {
        /// Cover is granted.
        Grant as "grant" {
            /// The day of the answer, today by default.
            received_on: Option<Day>,
            /// By which way it came.
            source: Option<AnswerSource>,
            /// Up to which amount.
            ceiling: Option<Money>,
            /// What is said of it.
            motivation: Option<Reason>,
        },
        /// Cover is granted in part.
        PartlyGrant as "partly_grant" {
            /// The day of the answer, today by default.
            received_on: Option<Day>,
            /// By which way it came.
            source: Option<AnswerSource>,
            /// Up to which amount.
            ceiling: Option<Money>,
            /// What is left out, and why.
            motivation: Reason,
        },
        /// Cover is refused.
        Refuse as "refuse" {
            /// The day of the answer, today by default.
            received_on: Option<Day>,
            /// By which way it came.
            source: Option<AnswerSource>,
            /// Why.
            motivation: Reason,
        },
        /// Takes the request back, before any answer.
        Withdraw as "withdraw" {
            /// Why.
            reason: Reason,
        },
    }
}

impl Stateful for Under<CoverDecisionRow> {
    type Status = CoverDecisionStatus;
    const LIFECYCLE: &'static Lifecycle<CoverDecisionStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> CoverDecisionStatus {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.dossier.department_code.as_str())
    }

    fn whole(&self) -> Option<Id> {
        Some(self.dossier.id)
    }
}

/// Asks for a decision under a dossier that was found.
pub fn request(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id, body: RequestCover) -> Result<CoverDecisionRow> {
    let RequestCover { instance, insurer_code, claim_reference, member_informed_on, requested_on, reason } = body;
    let today = Day::of(tx.now.0);
    let requested_on = requested_on.unwrap_or(today);
    if requested_on > today {
        return Err(Error::field("/requested_on", Code::DayInFuture));
    }
    if member_informed_on > requested_on {
        return Err(Error::field("/member_informed_on", Code::InformedAfterwards));
    }
    lock_open(tx, scope, dossier_id)?;
    let row = CoverDecisionRow {
        id: Id::new(),
        dossier_id,
        instance,
        status: Requested,
        insurer_code,
        claim_reference,
        member_informed_on,
        requested_on,
        requested_by: tx.author.actor_id,
        reason,
        received_on: None,
        source: None,
        motivation: None,
        ceiling_cents: None,
        decided_by: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &CoverDecisionView::from(row.clone()))?;
    Ok(row)
}

/// Corrects a request while its dossier is open.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, mut row: CoverDecisionRow, changes: UpdateCoverDecision) -> Result<CoverDecisionRow> {
    let UpdateCoverDecision { claim_reference, reason } = changes;
    if row.instance == CoverInstance::NationalSolidarity && matches!(claim_reference, Change::To(Some(_))) {
        return Err(Error::field("/claim_reference", Code::InsurerNotAsked));
    }
    lock_open(tx, scope, row.dossier_id)?;
    claim_reference.apply(&mut row.claim_reference);
    reason.apply(&mut row.reason);
    let status = row.status;
    let row = store::advance(tx, scope, row, &[status])?;
    tx.record(Action::Update, &CoverDecisionView::from(row.clone()))?;
    Ok(row)
}

/// Carries out a command that the caller may give and the state allows.
pub fn advance(
    tx: &mut Tx<'_>,
    scope: &Scope,
    step: Step<CoverDecisionStatus>,
    found: Under<CoverDecisionRow>,
    command: CoverDecisionCommand,
) -> Result<CoverDecisionView> {
    let today = Day::of(tx.now.0);
    let mut row = CoverDecisionRow { status: step.to, ..found.row };
    lock_open(tx, scope, row.dossier_id)?;
    let answer = match command {
        CoverDecisionCommand::Grant { received_on, source, ceiling, motivation } => Some((received_on, source, ceiling, motivation)),
        CoverDecisionCommand::PartlyGrant { received_on, source, ceiling, motivation } => Some((received_on, source, ceiling, Some(motivation))),
        CoverDecisionCommand::Refuse { received_on, source, motivation } => Some((received_on, source, None, Some(motivation))),
        CoverDecisionCommand::Withdraw { .. } => None,
    };
    if let Some((received_on, source, ceiling, motivation)) = answer {
        let received_on = received_on.unwrap_or(today);
        between(received_on, row.requested_on, today, "/received_on")?;
        (row.received_on, row.source, row.ceiling_cents, row.motivation) = (Some(received_on), source, ceiling, motivation);
        row.decided_by = tx.author.actor_id;
    }
    let row = store::advance(tx, scope, row, step.from)?;
    let view = CoverDecisionView::from(row);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

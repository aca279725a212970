//! The life of a mandate: its table, its commands, who gives them, and what each does.

use super::model::{Advice, DeclineReason, MandateStatus, of_consultation};
use super::standing;
use super::store::{self, Mandate, MandateRow};
use super::view::MandateView;
use crate::audit::{Action, Tx};
use crate::auth::{Role, Scope};
use crate::dossiers::store::lock_open_unseen;
use crate::error::{Code, Error, Result};
use crate::lawyers;
use crate::values::{Day, commands};
use crate::workflow::{Lifecycle, Reason, Step, server_step, step};

use MandateStatus::{Accepted, Completed, Declined, Expired, InProgress, Proposed, Withdrawn};

/// Who proposes a dossier and takes the proposal back.
pub const TEAM: &[Role] = &[Role::DepartmentHead, Role::DepartmentStaff, Role::Volunteer];
/// The lawyer; the team for a lawyer who has no account.
const ANSWERING: &[Role] = &[Role::Lawyer, Role::DepartmentHead, Role::DepartmentStaff, Role::Volunteer];

pub const LIFECYCLE: Lifecycle<MandateStatus> = Lifecycle {
    resource: "mandate",
    initial: Proposed,
    transitions: &[
        step("accept", &[Proposed], Some(Accepted), ANSWERING, "Accepter", "Accept"),
        step("decline", &[Proposed], Some(Declined), ANSWERING, "Décliner", "Decline"),
        step("start", &[Accepted], Some(InProgress), ANSWERING, "Commencer", "Start"),
        step("complete", &[InProgress], Some(Completed), ANSWERING, "Accomplir", "Complete"),
        server_step("expire", &[Proposed], Some(Expired), "Constater l'expiration", "Note the expiry"),
        step("withdraw", &[Proposed, Accepted, InProgress], Some(Withdrawn), TEAM, "Retirer", "Withdraw"),
    ],
};

commands! {
    /// Moves a mandate on.
    pub enum MandateCommand {
        /// Takes the case: from now on the lawyer reads the dossier.
        Accept as "accept" {},
        /// Does not take it.
        Decline as "decline" {
            /// Why.
            decline_reason: DeclineReason,
        },
        /// Begins the work.
        Start as "start" {},
        /// Ends the work: the lawyer reads the dossier no more.
        Complete as "complete" {
            /// What the lawyer advises: of a consultation, and of nothing else.
            advice: Option<Advice>,
        },
        /// Takes it back: the lawyer reads the dossier no more.
        Withdraw as "withdraw" {
            /// Why.
            reason: Reason,
        },
    }
}

commands! {
    /// What the calendar does to a mandate.
    pub enum MandateExpiry {
        /// Nobody answered in time.
        Expire as "expire" {
            /// The day from which it cannot be accepted any more.
            expired_on: Day,
        },
    }
}

impl Mandate {
    /// Whether a command is the caller's to give: the lawyer answers by their own account, and the team for a lawyer who has none.
    pub fn grants(&self, command: &str) -> bool {
        let answers = command != "withdraw";
        if answers && self.account.is_some() { self.own } else { self.worked }
    }
}

/// Writes down that a proposal has expired, under a dossier that is locked. It is read as expired before, and told with the day, not the hour
/// at which a server came to it.
pub fn expire(tx: &mut Tx<'_>, scope: &Scope, step: Step<MandateStatus>, found: Mandate, expiry: MandateExpiry) -> Result<MandateView> {
    let MandateExpiry::Expire { expired_on } = expiry;
    let row = MandateRow { status: step.to, ended_on: Some(expired_on), ..found.row };
    let view = MandateView::of(store::update(tx, scope, row, step, found.today)?, found.today);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

/// Carries out a command that the caller may give and the state allows, under a dossier that is open.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, step: Step<MandateStatus>, found: Mandate, command: MandateCommand) -> Result<MandateView> {
    let department = lock_open_unseen(tx, scope, found.row.dossier_id)?;
    let Mandate { mut row, today, account, .. } = found;
    row.status = step.to;
    match command {
        MandateCommand::Accept {} => {
            if let Some(lawyer_id) = row.lawyer_id {
                let everybody = Scope::everybody();
                let lawyer = lawyers::store::lock(tx, &everybody, lawyer_id)?;
                if lawyer.user_id != account {
                    return Err(Error::of(Code::VersionStale));
                }
                standing::check_standing(tx, scope, row.dossier_id, &lawyer, &department, today)?;
            }
            row.accepted_on = Some(today);
            row.permit_id = account.map(|user_id| store::permit(tx, scope, row.dossier_id, user_id)).transpose()?;
        }
        MandateCommand::Decline { decline_reason } => (row.decline_reason, row.ended_on) = (Some(decline_reason), Some(today)),
        MandateCommand::Start {} => {}
        MandateCommand::Complete { advice } => {
            if let Some(flaw) = of_consultation(&row.nature, &advice) {
                return Err(Error::field("/advice", flaw));
            }
            (row.advice, row.ended_on) = (advice, Some(today));
            store::end_permit(tx, scope, row.permit_id)?;
        }
        MandateCommand::Withdraw { .. } => {
            row.ended_on = Some(today);
            store::end_permit(tx, scope, row.permit_id)?;
        }
    }
    let view = MandateView::of(store::update(tx, scope, row, step, today)?, today);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

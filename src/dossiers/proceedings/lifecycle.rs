//! The life of a proceeding: open until its outcome is known, and open again where it was not the last.

use super::model::{OpenProceeding, ProceedingOutcome, ProceedingStatus, UpdateProceeding};
use super::store::{self, ProceedingRow};
use super::view::ProceedingView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::deadlines::recompute::recompute;
use crate::dossiers::proceeding_steps::store::days_of;
use crate::dossiers::store::lock_open;
use crate::dossiers::under::{TEAM, Under, between};
use crate::error::{Code, Error, Result};
use crate::values::input::Change;
use crate::values::{Day, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, step};

use ProceedingStatus::{Closed, Open};

pub const LIFECYCLE: Lifecycle<ProceedingStatus> = Lifecycle {
    resource: "proceeding",
    initial: Open,
    transitions: &[step("close", &[Open], Some(Closed), TEAM, "Clore", "Close"), step("reopen", &[Closed], Some(Open), TEAM, "Rouvrir", "Reopen")],
};

commands! {
    /// Moves a proceeding on.
    pub enum ProceedingCommand {
        /// It is over.
        Close as "close" {
            /// How it ended: an end that its nature knows.
            outcome: ProceedingOutcome,
            /// The day on which it ended, today by default; not before its steps.
            closed_on: Option<Day>,
            /// What else is to be said of it.
            reason: Option<Reason>,
        },
        /// It goes on after all.
        Reopen as "reopen" {
            /// Why.
            reason: Reason,
        },
    }
}

impl Stateful for Under<ProceedingRow> {
    type Status = ProceedingStatus;
    const LIFECYCLE: &'static Lifecycle<ProceedingStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> ProceedingStatus {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.dossier.department_code.as_str())
    }

    fn whole(&self) -> Option<Id> {
        Some(self.dossier.id)
    }
}

/// Opens a proceeding under a dossier that was found.
pub fn open(tx: &mut Tx<'_>, scope: &Scope, dossier_id: Id, body: OpenProceeding) -> Result<ProceedingRow> {
    let OpenProceeding { nature, member_side, authority, case_number, opened_on } = body;
    let today = Day::of(tx.now.0);
    let opened_on = opened_on.unwrap_or(today);
    if opened_on > today {
        return Err(Error::field("/opened_on", Code::DayInFuture));
    }
    lock_open(tx, scope, dossier_id)?;
    let row = ProceedingRow {
        id: Id::new(),
        dossier_id,
        nature,
        member_side,
        authority,
        case_number,
        opened_on,
        status: Open,
        outcome: None,
        closed_on: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &ProceedingView::from(row.clone()))?;
    Ok(row)
}

/// Corrects a proceeding while it and its dossier are open.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, mut row: ProceedingRow, changes: UpdateProceeding) -> Result<ProceedingRow> {
    let UpdateProceeding { member_side, authority, case_number, opened_on } = changes;
    let dossier = lock_open(tx, scope, row.dossier_id)?;
    if row.status != Open {
        return Err(Error::of(Code::ProceedingNotOpen));
    }
    if let Change::To(day) = opened_on {
        let today = Day::of(tx.now.0);
        if day > today {
            return Err(Error::field("/opened_on", Code::DayInFuture));
        }
        let (first, _) = days_of(tx, scope, row.id)?;
        between(day, day, first.unwrap_or(day), "/opened_on")?;
    }
    member_side.apply(&mut row.member_side);
    authority.apply(&mut row.authority);
    case_number.apply(&mut row.case_number);
    opened_on.apply(&mut row.opened_on);
    let row = store::advance(tx, scope, row, &[Open])?;
    tx.record(Action::Update, &ProceedingView::from(row.clone()))?;
    recompute(tx, scope, &dossier)?;
    Ok(row)
}

/// Carries out a command that the caller may give and the state allows.
pub fn advance(
    tx: &mut Tx<'_>,
    scope: &Scope,
    step: Step<ProceedingStatus>,
    found: Under<ProceedingRow>,
    command: ProceedingCommand,
) -> Result<ProceedingView> {
    let mut row = ProceedingRow { status: step.to, ..found.row };
    lock_open(tx, scope, row.dossier_id)?;
    match command {
        ProceedingCommand::Close { outcome, closed_on, .. } => {
            if !outcome.natures().contains(&row.nature) {
                return Err(Error::field("/outcome", Code::OutcomeOfOtherNature));
            }
            let today = Day::of(tx.now.0);
            let (_, last) = days_of(tx, scope, row.id)?;
            let closed_on = closed_on.unwrap_or(today);
            between(closed_on, last.unwrap_or(row.opened_on), today, "/closed_on")?;
            (row.outcome, row.closed_on) = (Some(outcome), Some(closed_on));
        }
        ProceedingCommand::Reopen { .. } => (row.outcome, row.closed_on) = (None, None),
    }
    let view = ProceedingView::from(store::advance(tx, scope, row, step.from)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

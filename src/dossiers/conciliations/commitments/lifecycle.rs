//! The life of a commitment, and the task that its check is.

use super::model::{CommitmentStatus, MakeCommitment, UpdateCommitment};
use super::store::{self, Commitment, CommitmentRow};
use super::view::CommitmentView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::conciliations;
use crate::dossiers::conciliations::model::ConciliationStatus;
use crate::dossiers::store::{DossierRow, lock_open};
use crate::dossiers::tasks;
use crate::dossiers::tasks::bodies::CreateTask;
use crate::dossiers::under::{TEAM, Under, between};
use crate::error::{Code, Error, Result};
use crate::values::input::Change;
use crate::values::{Day, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, Verdict, step};

use CommitmentStatus::{Kept, NotKept, Pending};

/// What was found is found anew as long as nobody has verified the conciliation: promises are kept late, and broken later.
pub const LIFECYCLE: Lifecycle<CommitmentStatus> = Lifecycle {
    resource: "commitment",
    initial: Pending,
    transitions: &[
        step("mark_kept", &[Pending, NotKept], Some(Kept), TEAM, "Constater qu'il est tenu", "Mark as kept"),
        step("mark_not_kept", &[Pending, Kept], Some(NotKept), TEAM, "Constater qu'il n'est pas tenu", "Mark as not kept"),
    ],
};

commands! {
    /// Tells what became of a commitment.
    pub enum CommitmentCommand {
        /// It was kept.
        MarkKept as "mark_kept" {
            /// The day on which that was found, today by default.
            checked_on: Option<Day>,
            /// What was found.
            reason: Option<Reason>,
        },
        /// It was not kept.
        MarkNotKept as "mark_not_kept" {
            /// The day on which that was found, today by default.
            checked_on: Option<Day>,
            /// What was found.
            reason: Option<Reason>,
        },
    }
}

impl CommitmentCommand {
    fn checked_on(&self) -> Option<Day> {
        match self {
            Self::MarkKept { checked_on, .. } | Self::MarkNotKept { checked_on, .. } => *checked_on,
        }
    }
}

impl Stateful for Under<Commitment> {
    type Status = CommitmentStatus;
    const LIFECYCLE: &'static Lifecycle<CommitmentStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.row.id
    }

    fn version(&self) -> i32 {
        self.row.row.version
    }

    fn status(&self) -> CommitmentStatus {
        self.row.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.dossier.department_code.as_str())
    }

    fn whole(&self) -> Option<Id> {
        Some(self.dossier.id)
    }
}

impl Commitment {
    /// Nothing is checked before the sides agreed, nor once the agreement is verified.
    pub fn verdict(&self) -> Verdict {
        if self.stage == ConciliationStatus::Agreed { Verdict::Free } else { Verdict::Blocked(Code::ConciliationNotAgreed.into()) }
    }
}

/// Writes a commitment down while the sides commit themselves, with the task to check it.
pub fn make(tx: &mut Tx<'_>, scope: &Scope, conciliation_id: Id, dossier_id: Id, body: MakeCommitment) -> Result<CommitmentRow> {
    let MakeCommitment { side, promise, due_on, check_on } = body;
    let dossier = lock_open(tx, scope, dossier_id)?;
    if !ConciliationStatus::COMMITTING.contains(&conciliations::store::status_of(tx, scope, conciliation_id)?) {
        return Err(Error::of(Code::ConciliationNotUnderWay));
    }
    let mut row = CommitmentRow {
        id: Id::new(),
        conciliation_id,
        dossier_id,
        side,
        promise: Some(promise),
        due_on,
        check_on,
        status: LIFECYCLE.initial,
        checked_on: None,
        checked_by: None,
        task_id: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    row.task_id = raise(tx, scope, &dossier, &row)?;
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &CommitmentView::from(row.clone()))?;
    Ok(row)
}

/// Sets the task to check a commitment, if it is to be checked on a day.
fn raise(tx: &mut Tx<'_>, scope: &Scope, dossier: &DossierRow, row: &CommitmentRow) -> Result<Option<Id>> {
    let Some(check_on) = row.check_on else { return Ok(None) };
    let (title, note) = ("Vérifier un engagement de conciliation".parse()?, row.promise.as_ref().map(|promise| promise.as_str().parse()).transpose()?);
    let body = CreateTask { title, note, due_on: Some(check_on), assignee_id: None };
    Ok(Some(tasks::lifecycle::raise(tx, scope, dossier, body)?.id))
}

/// Corrects a commitment that nobody has checked, while its dossier is open; its task follows.
pub fn correct(tx: &mut Tx<'_>, scope: &Scope, mut row: CommitmentRow, changes: UpdateCommitment) -> Result<CommitmentRow> {
    let UpdateCommitment { side, promise, due_on, check_on } = changes;
    let dossier = lock_open(tx, scope, row.dossier_id)?;
    if row.status != Pending {
        return Err(Error::of(Code::CommitmentChecked));
    }
    side.apply(&mut row.side);
    if let Change::To(promise) = promise {
        row.promise = Some(promise);
    }
    due_on.apply(&mut row.due_on);
    let before = row.check_on;
    check_on.apply(&mut row.check_on);
    if row.check_on != before {
        let moved = match row.task_id {
            Some(task_id) => tasks::lifecycle::put_off(tx, scope, task_id, row.check_on)?,
            None => false,
        };
        if !moved {
            row.task_id = raise(tx, scope, &dossier, &row)?;
        }
    }
    let row = store::advance(tx, scope, row, &[Pending])?;
    tx.record(Action::Update, &CommitmentView::from(row.clone()))?;
    Ok(row)
}

/// Tells what became of a commitment; the task to check it is done. How far the conciliation is is looked at once the dossier is locked.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, step: Step<CommitmentStatus>, found: Under<Commitment>, command: &CommitmentCommand) -> Result<CommitmentView> {
    lock_open(tx, scope, found.dossier.id)?;
    let Commitment { row, agreed_on, .. } = found.row;
    let stage = conciliations::store::status_of(tx, scope, row.conciliation_id)?;
    if stage != ConciliationStatus::Agreed {
        return Err(Error::of(Code::ConciliationNotAgreed));
    }
    let today = Day::of(tx.now.0);
    let checked_on = command.checked_on().unwrap_or(today);
    between(checked_on, agreed_on.unwrap_or(checked_on), today, "/checked_on")?;
    let row = CommitmentRow { status: step.to, checked_on: Some(checked_on), checked_by: tx.author.actor_id, ..row };
    if let Some(task_id) = row.task_id {
        tasks::lifecycle::finish(tx, scope, task_id)?;
    }
    let view = CommitmentView::from(store::advance(tx, scope, row, step.from)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

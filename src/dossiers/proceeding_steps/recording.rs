//! Recording a step of a proceeding, and voiding one that was recorded by error.

use super::model::{LIFECYCLE, ProceedingStepCommand, ProceedingStepStatus, RecordProceedingStep};
use super::store::{self, ProceedingStepRow};
use super::view::ProceedingStepView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::dossiers::deadlines::recompute::recompute;
use crate::dossiers::proceedings;
use crate::dossiers::proceedings::model::ProceedingStatus;
use crate::dossiers::store::lock_open;
use crate::dossiers::under::{Under, between};
use crate::error::{Code, Error, Result};
use crate::values::Day;
use crate::workflow::{Lifecycle, Stateful, Step};

impl Stateful for Under<ProceedingStepRow> {
    type Status = ProceedingStepStatus;
    const LIFECYCLE: &'static Lifecycle<ProceedingStepStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> ProceedingStepStatus {
        self.row.status()
    }

    fn department(&self) -> Option<&str> {
        Some(self.dossier.department_code.as_str())
    }

    fn whole(&self) -> Option<Id> {
        Some(self.dossier.id)
    }
}

/// Records a step of a proceeding, which is looked at once its dossier is locked: whoever ends it has finished, or waits.
pub fn record(tx: &mut Tx<'_>, scope: &Scope, proceeding_id: Id, dossier_id: Id, body: RecordProceedingStep) -> Result<ProceedingStepRow> {
    let RecordProceedingStep { kind, done_by, occurred_on, note } = body;
    let dossier = lock_open(tx, scope, dossier_id)?;
    let proceeding = proceedings::store::find(tx.conn, scope, proceeding_id)?.row;
    if proceeding.status != ProceedingStatus::Open {
        return Err(Error::of(Code::ProceedingNotOpen));
    }
    if !kind.natures().contains(&proceeding.nature) {
        return Err(Error::field("/kind", Code::StepOfOtherNature));
    }
    between(occurred_on, proceeding.opened_on, Day::of(tx.now.0), "/occurred_on")?;
    let row = ProceedingStepRow {
        id: Id::new(),
        proceeding_id,
        dossier_id,
        kind,
        done_by,
        occurred_on,
        note,
        recorded_by: tx.author.actor_id,
        voided_at: None,
        voided_by: None,
        void_reason: None,
        version: 1,
        created_at: tx.now,
        updated_at: tx.now,
    };
    let row = store::insert(tx, scope, row)?;
    tx.record(Action::Create, &ProceedingStepView::from(row.clone()))?;
    recompute(tx, scope, &dossier)?;
    Ok(row)
}

/// Carries out a command that the caller may give and the state allows, under a dossier that is open.
pub fn advance(
    tx: &mut Tx<'_>,
    scope: &Scope,
    _: Step<ProceedingStepStatus>,
    found: Under<ProceedingStepRow>,
    ProceedingStepCommand::Void { reason }: ProceedingStepCommand,
) -> Result<ProceedingStepView> {
    let dossier = lock_open(tx, scope, found.row.dossier_id)?;
    let row = ProceedingStepRow { voided_at: Some(tx.now), voided_by: tx.author.actor_id, void_reason: Some(reason), ..found.row };
    let view = ProceedingStepView::from(store::void(tx, scope, row)?);
    tx.record(Action::Transition, &view)?;
    recompute(tx, scope, &dossier)?;
    Ok(view)
}

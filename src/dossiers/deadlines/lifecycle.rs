//! What the team says of a deadline: that it was met, or missed, or that this was said in error. All else the facts and the calendar
//! tell.

use super::model::DeadlineStatus;
use super::recompute::{call_off, recompute};
use super::store::{self, DeadlineRow};
use super::view::DeadlineView;
use crate::audit::{Action, Tx};
use crate::auth::Scope;
use crate::db::Id;
use crate::deadlines::rules::{DeadlineEffect, in_force};
use crate::dossiers::store::lock_open;
use crate::dossiers::under::{TEAM, Under, between};
use crate::error::{Code, Flaw, Result};
use crate::values::{Commands, Day, commands};
use crate::workflow::{Lifecycle, Reason, Stateful, Step, Verdict, step};

use DeadlineStatus::{Met, Missed, Reached, Running};

pub const LIFECYCLE: Lifecycle<DeadlineStatus> = Lifecycle {
    resource: "deadline",
    initial: Running,
    transitions: &[
        step("meet", &[Running, Reached, Missed], Some(Met), TEAM, "Tenir", "Meet"),
        step("miss", &[Running], Some(Missed), TEAM, "Constater qu'elle est manquée", "Note that it is missed"),
        step("reopen", &[Met, Missed], Some(Running), TEAM, "Rouvrir", "Reopen"),
    ],
};

commands! {
    /// Says what became of a deadline.
    pub enum DeadlineCommand {
        /// What it is for was done.
        Meet as "meet" {
            /// The day on which it was, today by default; where a right is lost with the deadline, not after its last day.
            met_on: Option<Day>,
            /// What was done.
            done: Reason,
        },
        /// It is over, and nothing was done.
        Miss as "miss" {
            /// Why.
            reason: Option<Reason>,
        },
        /// What was said of it was an error: it runs, and whoever is in charge is told of it again.
        Reopen as "reopen" {
            /// Why.
            reason: Reason,
        },
    }
}

impl Stateful for Under<DeadlineRow> {
    type Status = DeadlineStatus;
    const LIFECYCLE: &'static Lifecycle<DeadlineStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> DeadlineStatus {
        self.row.status
    }

    fn department(&self) -> Option<&str> {
        Some(self.dossier.department_code.as_str())
    }

    fn whole(&self) -> Option<Id> {
        Some(self.dossier.id)
    }
}

impl DeadlineRow {
    /// What the row itself says of a command that its state allows.
    pub fn verdict(&self, command: &str, today: Day) -> Verdict {
        match command {
            "miss" if today <= self.due_on => Verdict::Blocked(Flaw::new(Code::DeadlineNotOver).with("due", self.due_on)),
            "reopen" if self.status == Met && self.done.is_none() => Verdict::Blocked(Code::DeadlineDerived.into()),
            _ => Verdict::Free,
        }
    }

    /// The last day on which it can have been met.
    fn last_day(&self, today: Day) -> Day {
        let loses = in_force(self.code, self.starts_on).is_some_and(|rule| rule.effect == DeadlineEffect::RightLost);
        if loses { today.min(self.due_on) } else { today }
    }
}

/// Carries out a command that the caller may give and the state allows, in an open dossier.
pub fn advance(tx: &mut Tx<'_>, scope: &Scope, step: Step<DeadlineStatus>, found: Under<DeadlineRow>, command: DeadlineCommand) -> Result<DeadlineView> {
    let (today, mut row) = (Day::of(tx.now.0), found.row);
    if let Verdict::Blocked(flaw) = row.verdict(command.word(), today) {
        return Err(flaw.into());
    }
    let dossier = lock_open(tx, scope, row.dossier_id)?;
    match command {
        DeadlineCommand::Meet { met_on, done } => {
            let met_on = met_on.unwrap_or(today);
            between(met_on, row.starts_on, row.last_day(today), "/met_on")?;
            row.end(step.to, Some(met_on), Some(done));
        }
        DeadlineCommand::Miss { .. } => row.end(step.to, None, None),
        DeadlineCommand::Reopen { .. } => row.begin_again(),
    }
    let view = DeadlineView::from(store::advance(tx, scope, row)?);
    tx.record(Action::Transition, &view)?;
    call_off(tx, scope, view.id)?;
    // What is reopened may have its effect already.
    recompute(tx, scope, &dossier)?;
    Ok(view)
}

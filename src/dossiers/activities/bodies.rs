//! What callers send to record and change an activity.

use super::model::{ActivityKind, ActivityMedium, ActivitySummary, Audience, SpentMinutes, Visibility};
use super::store::ActivityRow;
use crate::audit::Tx;
use crate::db::{Id, Instant};
use crate::error::{Code, Error, Flaw, Issue, Place, Result};
use crate::values::input::Change;
use crate::values::{Day, body};

body! {
    /// Records what was done in a case.
    pub struct CreateActivity {
        /// What was done; `system` is kept for the server.
        kind: ActivityKind,
        /// By which way.
        medium: Option<ActivityMedium>,
        /// When it began; not on a day to come.
        started_at: Instant,
        /// How many minutes it took.
        minutes: Option<SpentMinutes>,
        /// What was said and done.
        summary: ActivitySummary,
        /// For whom it is meant, its author always among them; `author` alone keeps it to its author.
        visibility: Vec<Audience>,
    }
}

body! {
    /// Changes an activity: absent fields stay, `null` clears.
    pub struct UpdateActivity {
        /// What was done; `system` is kept for the server.
        kind: Change<ActivityKind>,
        /// By which way.
        medium: Change<Option<ActivityMedium>>,
        /// When it began; not on a day to come.
        started_at: Change<Instant>,
        /// How many minutes it took.
        minutes: Change<Option<SpentMinutes>>,
        /// What was said and done.
        summary: Change<ActivitySummary>,
        /// For whom it is meant, its author always among them.
        visibility: Change<Vec<Audience>>,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, dossier_id: FieldReadOnly, author_id: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

/// What was found wrong while the fields went into the row, and what is wrong with the row.
fn checked(mut issues: Vec<Issue>, row: ActivityRow, now: Instant) -> Result<ActivityRow> {
    let mut at = |pointer: &str, code: Code| issues.push(Flaw::from(code).at(Place::Pointer(pointer.to_owned())));
    if row.kind == ActivityKind::System {
        at("/kind", Code::ActivityOfHouse);
    }
    if Day::of(row.started_at.0) > Day::of(now.0) {
        at("/started_at", Code::DayInFuture);
    }
    if issues.is_empty() { Ok(row) } else { Err(Error::invalid(issues)) }
}

fn read(audiences: &[Audience], issues: &mut Vec<Issue>) -> Option<Visibility> {
    Visibility::of(audiences).map_err(|flaw| issues.push(flaw.at(Place::Pointer("/visibility".to_owned())))).ok()
}

impl CreateActivity {
    pub fn into_row(self, dossier_id: Id, tx: &Tx<'_>) -> Result<ActivityRow> {
        let Self { kind, medium, started_at, minutes, summary, visibility } = self;
        let mut issues = Vec::new();
        let meant = read(&visibility, &mut issues).unwrap_or_default();
        let row = ActivityRow {
            id: Id::new(),
            dossier_id,
            kind,
            medium,
            started_at,
            minutes,
            author_id: tx.author.actor_id,
            summary: Some(summary),
            for_team: meant.team,
            for_lawyer: meant.lawyer,
            for_member: meant.member,
            for_insurer: meant.insurer,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
        };
        checked(issues, row, tx.now)
    }
}

impl UpdateActivity {
    pub fn apply(self, mut row: ActivityRow, now: Instant) -> Result<ActivityRow> {
        let Self { kind, medium, started_at, minutes, summary, visibility } = self;
        let mut issues = Vec::new();
        kind.apply(&mut row.kind);
        medium.apply(&mut row.medium);
        started_at.apply(&mut row.started_at);
        minutes.apply(&mut row.minutes);
        if let Change::To(summary) = summary {
            row.summary = Some(summary);
        }
        if let Change::To(audiences) = visibility
            && let Some(meant) = read(&audiences, &mut issues)
        {
            row.means(meant);
        }
        checked(issues, row, now)
    }
}

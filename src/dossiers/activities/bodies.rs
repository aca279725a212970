//! What callers send to record and change an activity.

use super::model::{ActivityKind, ActivityMedium, ActivitySummary, Audience, Author, SpentMinutes, Visibility};
use super::store::ActivityRow;
use crate::audit::Tx;
use crate::db::{Id, Instant};
use crate::error::{Code, Error, Flaw, Issue, Place, Result};
use crate::values::input::Change;
use crate::values::{Day, body};

body! {
    /// Records what was done in a case.
    pub struct CreateActivity {
        /// What was done.
        kind: ActivityKind,
        /// By which way.
        medium: Option<ActivityMedium>,
        /// When it began; not on a day to come.
        started_at: Instant,
        /// How many minutes it took.
        minutes: Option<SpentMinutes>,
        /// What was said and done.
        summary: ActivitySummary,
        /// For whom it is meant, its author always among them; `author` alone keeps it to its author, `referent` names whoever is in charge
        /// now. What a lawyer writes is for these two at most.
        visibility: Vec<Audience>,
    }
}

body! {
    /// Changes an activity: absent fields stay, `null` clears.
    pub struct UpdateActivity {
        /// What was done.
        kind: Change<ActivityKind>,
        /// By which way.
        medium: Change<Option<ActivityMedium>>,
        /// When it began; not on a day to come.
        started_at: Change<Instant>,
        /// How many minutes it took.
        minutes: Change<Option<SpentMinutes>>,
        /// What was said and done.
        summary: Change<ActivitySummary>,
        /// For whom it is meant, its author always among them; `referent` names anew whoever is in charge now.
        visibility: Change<Vec<Audience>>,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, dossier_id: FieldReadOnly, author_id: FieldReadOnly, referent_id: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

/// What was found wrong while the fields went into the row, and what is wrong with the row.
fn checked(mut issues: Vec<Issue>, row: ActivityRow, now: Instant) -> Result<ActivityRow> {
    if Day::of(row.started_at.0) > Day::of(now.0) {
        issues.push(Flaw::from(Code::DayInFuture).at(Place::Pointer("/started_at".to_owned())));
    }
    if issues.is_empty() { Ok(row) } else { Err(Error::invalid(issues)) }
}

/// For whom it is meant; whoever writes under a mandate means nobody but the referent.
fn read(audiences: &[Audience], by: Author, issues: &mut Vec<Issue>) -> Option<Visibility> {
    let meant = Visibility::of(audiences).and_then(|meant| {
        let kept = by == Author::Team || meant.is_privileged();
        if kept { Ok(meant) } else { Err(Code::VisibilityPrivileged.into()) }
    });
    meant.map_err(|flaw| issues.push(flaw.at(Place::Pointer("/visibility".to_owned())))).ok()
}

impl CreateActivity {
    /// The row, and for whom it is meant.
    pub fn into_row(self, dossier_id: Id, by: Author, tx: &Tx<'_>) -> Result<(ActivityRow, Visibility)> {
        let Self { kind, medium, started_at, minutes, summary, visibility } = self;
        let mut issues = Vec::new();
        let meant = read(&visibility, by, &mut issues).unwrap_or_default();
        let row = ActivityRow {
            id: Id::new(),
            dossier_id,
            kind,
            medium,
            started_at,
            minutes,
            author_id: tx.author.actor_id.ok_or_else(|| Error::internal("nobody writes"))?,
            summary: Some(summary),
            for_team: meant.team,
            for_lawyer: meant.lawyer,
            for_member: meant.member,
            for_insurer: meant.insurer,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
            referent_id: None,
        };
        Ok((checked(issues, row, tx.now)?, meant))
    }
}

impl UpdateActivity {
    /// The row, and for whom it is meant from now on, where that changes.
    pub fn apply(self, mut row: ActivityRow, by: Author, now: Instant) -> Result<(ActivityRow, Option<Visibility>)> {
        let Self { kind, medium, started_at, minutes, summary, visibility } = self;
        let mut issues = Vec::new();
        kind.apply(&mut row.kind);
        medium.apply(&mut row.medium);
        started_at.apply(&mut row.started_at);
        minutes.apply(&mut row.minutes);
        if let Change::To(summary) = summary {
            row.summary = Some(summary);
        }
        let meant = if let Change::To(audiences) = visibility { read(&audiences, by, &mut issues) } else { None };
        Ok((checked(issues, row, now)?, meant))
    }
}

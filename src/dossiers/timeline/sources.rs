//! Where the entries of a timeline come from.

use super::store;
use super::view::{CreationView, TimelineEntryView, TimelineFilters, TimelineKind};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice};
use crate::db::{DbConn, Id};
use crate::documents;
use crate::documents::store::HolderKind;
use crate::dossiers::documents::view::DocumentView;
use crate::dossiers::proceeding_steps::store::Of;
use crate::dossiers::store::{DossierRow, Facts};
use crate::dossiers::under::Under;
use crate::dossiers::{activities, conciliations, proceeding_steps, proceedings, tasks};
use crate::error::Result;
use crate::http::Lens;
use crate::values::Day;
use crate::workflow;

/// A dossier that was found in the caller's scope, and how it is shown.
pub struct Seen {
    pub dossier: DossierRow,
    pub facts: Facts,
    pub lens: Lens,
}

impl Seen {
    /// A row that lies under it.
    fn under<R>(&self, row: R) -> Under<R> {
        Under { row, dossier: self.dossier.clone(), facts: self.facts.clone() }
    }
}

/// What a room has to tell of a dossier, as far as the caller may know of it.
pub struct Source {
    pub kind: TimelineKind,
    /// A slice in order of time, whatever its sort word.
    pub slice: fn(&mut DbConn, &Scope, &Seen, &Slice) -> Result<Vec<TimelineEntryView>>,
    pub count: fn(&mut DbConn, &Scope, Id) -> Result<i64>,
}

pub const SOURCES: &[Source] = &[
    Source { kind: TimelineKind::Activity, slice: slice_activities, count: |conn, scope, id| activities::store::count(conn, scope, id, &ALL_ACTIVITIES) },
    Source { kind: TimelineKind::Task, slice: slice_tasks, count: |conn, scope, id| tasks::store::count(conn, scope, Some(id), &ALL_TASKS) },
    Source { kind: TimelineKind::Proceeding, slice: slice_proceedings, count: |conn, scope, id| proceedings::store::count(conn, scope, id, &ALL_PROCEEDINGS) },
    Source {
        kind: TimelineKind::ProceedingStep,
        slice: slice_proceeding_steps,
        count: |conn, scope, id| proceeding_steps::store::count(conn, scope, Of::Dossier(id), &ALL_PROCEEDING_STEPS),
    },
    Source {
        kind: TimelineKind::Conciliation,
        slice: slice_conciliations,
        count: |conn, scope, id| conciliations::store::count(conn, scope, id, &ALL_CONCILIATIONS),
    },
    Source {
        kind: TimelineKind::Document,
        slice: slice_documents,
        count: |conn, scope, id| documents::store::count(conn, scope, (HolderKind::Dossier, id), &ALL_DOCUMENTS),
    },
    Source { kind: TimelineKind::Creation, slice: slice_creations, count: store::count_creations },
    Source { kind: TimelineKind::Transition, slice: slice_steps, count: workflow::count_in_time },
];

/// The sources that a caller asks for.
pub fn chosen(filters: &TimelineFilters) -> impl Iterator<Item = &'static Source> {
    SOURCES.iter().filter(|source| filters.kind.as_ref().is_none_or(|kinds| kinds.contains(&source.kind)))
}

const ALL_ACTIVITIES: activities::model::ActivityFilters = activities::model::ActivityFilters { kind: None, started: None };
const ALL_TASKS: tasks::model::TaskFilters = tasks::model::TaskFilters { assignee: None, due: None, status: None };
const ALL_PROCEEDINGS: proceedings::model::ProceedingFilters = proceedings::model::ProceedingFilters { nature: None, status: None };
const ALL_PROCEEDING_STEPS: proceeding_steps::model::ProceedingStepFilters = proceeding_steps::model::ProceedingStepFilters { kind: None, status: None };
const ALL_CONCILIATIONS: conciliations::model::ConciliationFilters = conciliations::model::ConciliationFilters { status: None };

const ALL_DOCUMENTS: documents::model::DocumentFilters = documents::model::DocumentFilters { kind: None };

fn slice_activities(conn: &mut DbConn, scope: &Scope, seen: &Seen, slice: &Slice) -> Result<Vec<TimelineEntryView>> {
    let slice = Slice { sort: "started", ..slice.clone() };
    let rows = activities::store::list(conn, scope, seen.dossier.id, &ALL_ACTIVITIES, &slice)?;
    Ok(rows.into_iter().map(|row| activities::view::ActivityView::from(row).into()).collect())
}

fn slice_tasks(conn: &mut DbConn, scope: &Scope, seen: &Seen, slice: &Slice) -> Result<Vec<TimelineEntryView>> {
    let slice = Slice { sort: "created", ..slice.clone() };
    let rows = tasks::store::list(conn, scope, Some(seen.dossier.id), &ALL_TASKS, &slice)?;
    Ok(rows.into_iter().map(|row| tasks::view::show(scope, seen.lens, row, &seen.dossier, &seen.facts).into()).collect())
}

fn slice_documents(conn: &mut DbConn, scope: &Scope, seen: &Seen, slice: &Slice) -> Result<Vec<TimelineEntryView>> {
    let slice = Slice { sort: "created", ..slice.clone() };
    let found = documents::store::list(conn, scope, (HolderKind::Dossier, seen.dossier.id), &ALL_DOCUMENTS, &slice)?;
    Ok(found.into_iter().map(|document| DocumentView::from((seen.dossier.id, document)).into()).collect())
}

fn slice_proceedings(conn: &mut DbConn, scope: &Scope, seen: &Seen, slice: &Slice) -> Result<Vec<TimelineEntryView>> {
    let rows = proceedings::store::list(conn, scope, seen.dossier.id, &ALL_PROCEEDINGS, &by_day("opened", slice))?;
    Ok(rows.into_iter().map(|row| seen.under(row).shown(scope, seen.lens).into()).collect())
}

fn slice_proceeding_steps(conn: &mut DbConn, scope: &Scope, seen: &Seen, slice: &Slice) -> Result<Vec<TimelineEntryView>> {
    let rows = proceeding_steps::store::list(conn, scope, Of::Dossier(seen.dossier.id), &ALL_PROCEEDING_STEPS, &by_day("occurred", slice))?;
    Ok(rows.into_iter().map(|row| seen.under(row).shown(scope, seen.lens).into()).collect())
}

/// The same slice of what has a day and no moment, and stands where its day begins: after a moment within a day nothing of that day
/// is left, and before it everything.
fn by_day(sort: &'static str, slice: &Slice) -> Slice {
    let day = |key: &Key| Day::of(key.instant().0);
    let of_day = |Position { key, id }: &Position| {
        let begins = day(key).begins() == key.instant().0;
        Position { id: if begins { *id } else { Id::LAST }, key: Key::from(day(key)) }
    };
    Slice { sort, after: slice.after.as_ref().map(of_day), until: slice.until.as_ref().map(|key| Key::from(day(key))), ..slice.clone() }
}

fn slice_conciliations(conn: &mut DbConn, scope: &Scope, seen: &Seen, slice: &Slice) -> Result<Vec<TimelineEntryView>> {
    let slice = Slice { sort: "created", ..slice.clone() };
    let rows = conciliations::store::list(conn, scope, seen.dossier.id, &ALL_CONCILIATIONS, &slice)?;
    Ok(rows.into_iter().map(|found| seen.under(found).shown(scope, seen.lens).into()).collect())
}

fn slice_creations(conn: &mut DbConn, scope: &Scope, seen: &Seen, slice: &Slice) -> Result<Vec<TimelineEntryView>> {
    Ok(store::creations(conn, scope, seen.dossier.id, slice)?.into_iter().map(|row| CreationView::from(row).into()).collect())
}

fn slice_steps(conn: &mut DbConn, scope: &Scope, seen: &Seen, slice: &Slice) -> Result<Vec<TimelineEntryView>> {
    Ok(workflow::in_time(conn, scope, seen.dossier.id, slice)?.into_iter().map(Into::into).collect())
}

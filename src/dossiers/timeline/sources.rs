//! Where the entries of a timeline come from.

use super::view::{TimelineEntryView, TimelineFilters, TimelineKind};
use crate::auth::Scope;
use crate::db::paging::Slice;
use crate::db::{DbConn, Id};
use crate::dossiers::store::{DossierRow, Facts};
use crate::dossiers::{activities, documents, tasks};
use crate::error::Result;
use crate::http::Lens;
use crate::workflow;

/// A dossier that was found in the caller's scope, and how it is shown.
pub struct Seen {
    pub dossier: DossierRow,
    pub facts: Facts,
    pub lens: Lens,
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
    Source { kind: TimelineKind::Document, slice: slice_documents, count: |conn, scope, id| documents::store::count(conn, scope, id, &ALL_DOCUMENTS) },
    Source { kind: TimelineKind::Transition, slice: slice_steps, count: workflow::count },
];

/// The sources that a caller asks for.
pub fn chosen(filters: &TimelineFilters) -> impl Iterator<Item = &'static Source> {
    SOURCES.iter().filter(|source| filters.kind.as_ref().is_none_or(|kinds| kinds.contains(&source.kind)))
}

const ALL_ACTIVITIES: activities::model::ActivityFilters = activities::model::ActivityFilters { kind: None, started: None };
const ALL_TASKS: tasks::model::TaskFilters = tasks::model::TaskFilters { assignee: None, due: None, status: None };

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
    let found = documents::store::list(conn, scope, seen.dossier.id, &ALL_DOCUMENTS, &slice)?;
    Ok(found.into_iter().map(|document| documents::view::DocumentView::from(document).into()).collect())
}

fn slice_steps(conn: &mut DbConn, scope: &Scope, seen: &Seen, slice: &Slice) -> Result<Vec<TimelineEntryView>> {
    Ok(workflow::in_time(conn, scope, seen.dossier.id, slice)?.into_iter().map(Into::into).collect())
}

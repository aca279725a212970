//! What is shown of a task.

use super::model::{LIFECYCLE, TaskNote, TaskStatus, TaskTitle};
use super::store::TaskRow;
use crate::audit::Resource;
use crate::auth::Scope;
use crate::db::{DbConn, Id, Instant};
use crate::dossiers::model::DossierStatus;
use crate::dossiers::store::{self as dossiers, DossierRow, Facts};
use crate::error::{Code, Error, Result};
use crate::http::Lens;
use crate::values::Day;
use crate::workflow::{AllowedCommandView, Verdict};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Something to be done in a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TaskView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dossier.
    pub dossier_id: Id,
    /// The conflict of which it tells; `null` of all other tasks.
    pub conflict_id: Option<Id>,
    /// What is to be done; `null` once the dossier is anonymised.
    pub title: Option<TaskTitle>,
    /// What else is to be known of it.
    pub note: Option<TaskNote>,
    /// Until when.
    pub due_on: Option<Day>,
    /// Who is to do it; `null` where it is nobody's yet.
    pub assignee_id: Option<Id>,
    /// State.
    pub status: TaskStatus,
    /// Who set it.
    pub created_by: Option<Id>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
pub const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("dossier_id", "Dossier"), ("conflict_id", "Conflit"), ("title", "Intitulé"),
    ("note", "Note"), ("due_on", "Échéance"), ("assignee_id", "Chargé de la tâche"), ("status", "État"), ("created_by", "Créée par"),
    ("allowed_commands", "Commandes possibles"), ("created_at", "Créée le"), ("updated_at", "Modifiée le"),
];

impl Resource for TaskView {
    const KIND: &'static str = "task";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// Without what depends on who looks at it.
impl From<TaskRow> for TaskView {
    fn from(row: TaskRow) -> Self {
        let TaskRow { id, dossier_id, department_code: _, title, note, due_on, order_on: _, assignee_id, status, created_by, .. } = row;
        let TaskRow { version, created_at, updated_at, conflict_id, .. } = row;
        let allowed_commands = Vec::new();
        Self { id, version, dossier_id, conflict_id, title, note, due_on, assignee_id, status, created_by, allowed_commands, created_at, updated_at }
    }
}

/// A task of a dossier as this caller sees it: commands are for who works the dossier, while it is open; a conflict outlives that.
pub fn show(scope: &Scope, lens: Lens, row: TaskRow, dossier: &DossierRow, facts: &Facts) -> TaskView {
    let open = row.conflict_id.is_some() || DossierStatus::OPEN.contains(&dossier.status);
    let verdict = |_: &'static str| if open { Verdict::Free } else { Verdict::Blocked(Code::DossierNotOpen.into()) };
    let commanding = scope.commanding(&dossier.case(facts));
    let allowed_commands = LIFECYCLE.allowed(row.status, &commanding, Some(dossier.department_code.as_str()), lens.language, verdict);
    TaskView { allowed_commands, ..row.into() }
}

/// The same of several that were found in the scope.
pub fn show_all(conn: &mut DbConn, scope: &Scope, lens: Lens, rows: Vec<TaskRow>) -> Result<Vec<TaskView>> {
    let mut ids: Vec<Id> = rows.iter().map(|row| row.dossier_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let (found, beside) = (dossiers::find_by_ids(conn, scope, ids.clone())?, dossiers::facts_beside(conn, scope, ids)?);
    let (found, none): (HashMap<Id, DossierRow>, _) = (found.into_iter().map(|row| (row.id, row)).collect(), Facts::default());
    let shown = |row: TaskRow| match found.get(&row.dossier_id) {
        Some(dossier) => show(scope, lens, row, dossier, beside.get(&dossier.id).unwrap_or(&none)),
        // Hidden in between: nobody gives a command there.
        None => row.into(),
    };
    Ok(rows.into_iter().map(shown).collect())
}

/// The same of one.
pub fn show_one(conn: &mut DbConn, scope: &Scope, lens: Lens, row: TaskRow) -> Result<TaskView> {
    show_all(conn, scope, lens, vec![row])?.pop().ok_or_else(Error::not_found)
}

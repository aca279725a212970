//! What callers send to set and change a task.

use super::model::{LIFECYCLE, TaskNote, TaskTitle, order_of};
use super::store::TaskRow;
use crate::audit::Tx;
use crate::db::Id;
use crate::dossiers::store::DossierRow;
use crate::values::input::Change;
use crate::values::{Day, body};

body! {
    /// Sets a task in a case.
    pub struct CreateTask {
        /// What is to be done.
        title: TaskTitle,
        /// What else is to be known of it.
        note: Option<TaskNote>,
        /// Until when.
        due_on: Option<Day>,
        /// Who is to do it: a user who reads the dossier. What is nobody's goes to the head of the department.
        assignee_id: Option<Id>,
    }
}

body! {
    /// Changes a task that is open: absent fields stay, `null` clears.
    pub struct UpdateTask {
        /// What is to be done.
        title: Change<TaskTitle>,
        /// What else is to be known of it.
        note: Change<Option<TaskNote>>,
        /// Until when.
        due_on: Change<Option<Day>>,
        /// Who is to do it: a user who reads the dossier.
        assignee_id: Change<Option<Id>>,
    } refuse {
        status: FieldState,
        allowed_commands: FieldDerived,
        id: FieldReadOnly, version: FieldReadOnly, dossier_id: FieldReadOnly, conflict_id: FieldReadOnly, created_by: FieldReadOnly,
        created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

impl CreateTask {
    pub fn into_row(self, dossier: &DossierRow, tx: &Tx<'_>) -> TaskRow {
        let Self { title, note, due_on, assignee_id } = self;
        TaskRow {
            id: Id::new(),
            dossier_id: dossier.id,
            department_code: dossier.department_code.clone(),
            title: Some(title),
            note,
            due_on,
            order_on: order_of(due_on),
            assignee_id,
            status: LIFECYCLE.initial,
            created_by: tx.author.actor_id,
            version: 1,
            created_at: tx.now,
            updated_at: tx.now,
            conflict_id: None,
        }
    }
}

impl UpdateTask {
    pub fn apply(self, row: &mut TaskRow) {
        let Self { title, note, due_on, assignee_id } = self;
        if let Change::To(title) = title {
            row.title = Some(title);
        }
        note.apply(&mut row.note);
        due_on.apply(&mut row.due_on);
        row.order_on = order_of(row.due_on);
        assignee_id.apply(&mut row.assignee_id);
    }
}

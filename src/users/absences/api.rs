//! Routes and bodies of absences.

use super::model::AbsenceFilters;
use super::store::{self, AbsenceRow};
use super::view::{AbsenceView, TITLES};
use crate::audit::Action;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, IfMatch, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::values::input::{Change, change_days, days};
use crate::values::{Day, body};

body! {
    /// Says that somebody is away for a while. Nobody is asked why.
    pub struct CreateAbsence {
        /// Who: one's own account by default; another one of the department for its head.
        user_id: Option<Id>,
        /// First day.
        starts_on: Day,
        /// Last day.
        ends_on: Day,
    } check { ends_on: days[starts_on, ends_on] }
}

body! {
    /// Changes the days: absent fields stay.
    pub struct UpdateAbsence {
        /// First day.
        starts_on: Change<Day>,
        /// Last day.
        ends_on: Change<Day>,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, user_id: FieldReadOnly, created_by: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

/// The absences in scope as a list.
#[derive(Clone)]
struct Absences;

const SORTS: &[&str] = &["starts"];

impl Listed for Absences {
    type Filters = AbsenceFilters;
    type View = AbsenceView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &AbsenceFilters, slice: &Slice) -> Result<Vec<(Position, AbsenceView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &AbsenceFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_absences).lists::<AbsenceView>(SORTS).exports(TITLES),
        route!(create_absence).creates().shows::<AbsenceView>(),
        route!(retrieve_absence).shows::<AbsenceView>().sparse(),
        route!(update_absence).conditional().shows::<AbsenceView>(),
        route!(delete_absence).conditional(),
        route!(list_absence_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List absences
///
/// One's own, and to the head of a department those of whoever holds a right there; the earliest first.
#[utoipa::path(get, path = "/absences", operation_id = "absences_list", tag = "users",
    params(AbsenceFilters), responses((status = 200, description = "A page of absences.", body = Page<AbsenceView>)))]
async fn list_absences(actor: Actor, list: ListOf<AbsenceFilters>) -> Answer {
    actor.list(Absences, list).await
}

/// Create an absence
///
/// On its days the open tasks of whoever is away, and those of the dossiers whose referent they are, come to the heads of their
/// departments by `GET /tasks?assignee=me`.
#[utoipa::path(post, path = "/absences", operation_id = "absences_create", tag = "users",
    params(CommandOptions), request_body = CreateAbsence, responses((status = 201, description = "The absence.", body = AbsenceView)))]
async fn create_absence(actor: Actor, command: Command<CreateAbsence>) -> Answer {
    let caller = actor.principal.user_id;
    actor
        .create("absences", command, move |tx, scope, CreateAbsence { user_id, starts_on, ends_on }| {
            let user_id = user_id.unwrap_or(caller);
            if !store::keeps(tx.conn, scope, user_id)? {
                return Err(Error::field("/user_id", Code::ReferenceNotFound));
            }
            let (created_by, created_at, updated_at) = (tx.author.actor_id, tx.now, tx.now);
            let row = AbsenceRow { id: Id::new(), user_id, starts_on, ends_on, created_by, version: 1, created_at, updated_at, deleted_at: None };
            let view: AbsenceView = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok(view)
        })
        .await
}

/// Retrieve an absence
///
/// One absence.
#[utoipa::path(get, path = "/absences/{id}", operation_id = "absences_retrieve", tag = "users",
    params(("id" = Id, Path)), responses((status = 200, description = "The absence.", body = AbsenceView)))]
async fn retrieve_absence(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(AbsenceView::from)).await
}

/// Change an absence
///
/// Changes the days given, at the version the caller has seen.
#[utoipa::path(patch, path = "/absences/{id}", operation_id = "absences_update", tag = "users",
    params(("id" = Id, Path)), request_body = UpdateAbsence, responses((status = 200, description = "The absence after the change.", body = AbsenceView)))]
async fn update_absence(actor: Actor, id: PathId, patch: Patch<UpdateAbsence>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, UpdateAbsence { starts_on, ends_on }| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            change_days(["/starts_on", "/ends_on"], starts_on, ends_on, &mut row.starts_on, &mut row.ends_on)?;
            let view: AbsenceView = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// Delete an absence
///
/// Takes it back: they are there on its days.
#[utoipa::path(delete, path = "/absences/{id}", operation_id = "absences_delete", tag = "users",
    params(("id" = Id, Path)), responses((status = 204, description = "The absence is taken back.")))]
async fn delete_absence(actor: Actor, id: PathId, expected: IfMatch) -> Answer {
    actor
        .delete(expected, move |tx, scope, expected| {
            let row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            let view = store::delete(tx, scope, row)?.into();
            tx.record::<AbsenceView>(Action::Delete, &view)
        })
        .await
}

/// List the versions of an absence
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/absences/{id}/history", operation_id = "absences_history", tag = "users",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_absence_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

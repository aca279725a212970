//! Routes, bodies and views of training commissions.

use super::model::TrainingCommissionFilters;
use super::store::{self, TrainingCommissionRow};
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::auth::store::coordinates;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::values::input::Change;
use crate::values::{AcademyCode, Day, body};
use serde::Serialize;
use utoipa::ToSchema;

/// The training commission of an academy.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrainingCommissionView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Academy.
    pub academy_code: AcademyCode,
    /// The user who coordinates training in the academy.
    pub coordinator_id: Option<Id>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("academy_code", "Académie"), ("coordinator_id", "Responsable"), ("created_at", "Créé le"),
    ("updated_at", "Modifié le"),
];

impl Resource for TrainingCommissionView {
    const KIND: &'static str = "training_commission";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<TrainingCommissionRow> for TrainingCommissionView {
    fn from(row: TrainingCommissionRow) -> Self {
        let TrainingCommissionRow { id, academy_code, coordinator_id, version, created_at, updated_at } = row;
        Self { id, version, academy_code, coordinator_id, created_at, updated_at }
    }
}

body! {
    /// Sets up the training commission of an academy.
    pub struct CreateTrainingCommission {
        /// Academy.
        academy_code: AcademyCode,
        /// The user who coordinates training in the academy.
        coordinator_id: Option<Id>,
    }
}

body! {
    /// Changes a training commission: absent fields stay, `null` clears.
    pub struct UpdateTrainingCommission {
        /// The user who coordinates training in the academy.
        coordinator_id: Change<Option<Id>>,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, academy_code: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

/// The training commissions as a list.
#[derive(Clone)]
struct TrainingCommissions;

const SORTS: &[&str] = &["academy"];

impl Listed for TrainingCommissions {
    type Filters = TrainingCommissionFilters;
    type View = TrainingCommissionView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &TrainingCommissionFilters, slice: &Slice) -> Result<Vec<(Position, TrainingCommissionView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &TrainingCommissionFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_training_commissions).lists::<TrainingCommissionView>(SORTS).exports(TITLES),
        route!(create_training_commission).creates().shows::<TrainingCommissionView>(),
        route!(retrieve_training_commission).shows::<TrainingCommissionView>().sparse(),
        route!(update_training_commission).conditional().shows::<TrainingCommissionView>(),
        route!(list_training_commission_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// Fails unless the coordinator named holds that right in the academy today; an unknown account is told the same.
fn check_coordinator(tx: &mut Tx<'_>, row: &TrainingCommissionRow) -> Result<()> {
    match row.coordinator_id {
        Some(id) if !coordinates(tx.conn, id, &row.academy_code, Day::of(tx.now.0))? => Err(Error::field("/coordinator_id", Code::CoordinatorUnfit)),
        _ => Ok(()),
    }
}

/// List training commissions
///
/// One for each academy that has set it up, in the order of their codes.
#[utoipa::path(get, path = "/training-commissions", operation_id = "training_commissions_list", tag = "training_commissions",
    params(TrainingCommissionFilters), responses((status = 200, description = "A page of training commissions.", body = Page<TrainingCommissionView>)))]
async fn list_training_commissions(actor: Actor, list: ListOf<TrainingCommissionFilters>) -> Answer {
    actor.list(TrainingCommissions, list).await
}

/// Create a training commission
///
/// Sets up the commission of an academy; each academy has one. Its coordinator holds the role of that name in the academy.
#[utoipa::path(post, path = "/training-commissions", operation_id = "training_commissions_create", tag = "training_commissions", params(CommandOptions),
    request_body = CreateTrainingCommission, responses((status = 201, description = "The training commission.", body = TrainingCommissionView)))]
async fn create_training_commission(actor: Actor, command: Command<CreateTrainingCommission>) -> Answer {
    actor
        .create("training-commissions", command, move |tx, scope, CreateTrainingCommission { academy_code, coordinator_id }| {
            let row = TrainingCommissionRow { id: Id::new(), academy_code, coordinator_id, version: 1, created_at: tx.now, updated_at: tx.now };
            if scope.covers_academy(&row.academy_code) {
                check_coordinator(tx, &row)?;
            }
            let view = TrainingCommissionView::from(store::insert(tx, scope, row)?);
            tx.record(Action::Create, &view)?;
            Ok(view)
        })
        .await
}

/// Retrieve a training commission
///
/// The commission of one academy.
#[utoipa::path(get, path = "/training-commissions/{id}", operation_id = "training_commissions_retrieve", tag = "training_commissions",
    params(("id" = Id, Path)), responses((status = 200, description = "The training commission.", body = TrainingCommissionView)))]
async fn retrieve_training_commission(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(TrainingCommissionView::from)).await
}

/// Change a training commission
///
/// Names another coordinator, or none, at the version the caller has seen.
#[utoipa::path(patch, path = "/training-commissions/{id}", operation_id = "training_commissions_update", tag = "training_commissions",
    params(("id" = Id, Path)), request_body = UpdateTrainingCommission, responses((status = 200, description = "The training commission after the change.", body = TrainingCommissionView)))]
async fn update_training_commission(actor: Actor, id: PathId, patch: Patch<UpdateTrainingCommission>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, UpdateTrainingCommission { coordinator_id }| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            coordinator_id.apply(&mut row.coordinator_id);
            check_coordinator(tx, &row)?;
            let view = TrainingCommissionView::from(store::update(tx, scope, row)?);
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// List the versions of a training commission
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/training-commissions/{id}/history", operation_id = "training_commissions_history", tag = "training_commissions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_training_commission_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

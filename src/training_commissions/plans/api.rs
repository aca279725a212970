//! Routes, bodies and views of training plans.

use super::model::{Objective, ObjectiveInput, Orientation, TrainingPlanFilters, planned};
use super::store::{self, TrainingPlanRow};
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant, Json};
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::training_commissions::store as commissions;
use crate::values::input::Change;
use crate::values::{SchoolYear, body};
use serde::Serialize;
use utoipa::ToSchema;

/// What an academy plans for a school year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrainingPlanView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Training commission.
    pub commission_id: Id,
    /// School year.
    pub school_year: SchoolYear,
    /// What the training of the year is to bring about.
    pub orientation: Orientation,
    /// What is to be reached, in the order given.
    #[schema(max_items = 100)]
    pub objectives: Vec<Objective>,
    /// Sessions planned for all objectives together.
    #[schema(minimum = 0, maximum = 50_000, example = 12)]
    pub planned_sessions: i32,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("commission_id", "Commission"), ("school_year", "Année scolaire"), ("orientation", "Orientation"),
    ("objectives", "Objectifs"), ("planned_sessions", "Sessions prévues"), ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for TrainingPlanView {
    const KIND: &'static str = "training_plan";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<TrainingPlanRow> for TrainingPlanView {
    fn from(row: TrainingPlanRow) -> Self {
        let TrainingPlanRow { id, commission_id, school_year, orientation, objectives: Json(objectives), version, created_at, updated_at } = row;
        let planned_sessions = planned(&objectives);
        Self { id, version, commission_id, school_year, orientation, objectives, planned_sessions, created_at, updated_at }
    }
}

body! {
    /// Makes the plan of a school year.
    pub struct CreateTrainingPlan {
        /// School year.
        school_year: SchoolYear,
        /// What the training of the year is to bring about.
        orientation: Orientation,
        /// What is to be reached; nothing named by default.
        objectives: Option<Vec<ObjectiveInput>>,
    }
}

body! {
    /// Changes a training plan: absent fields stay.
    pub struct UpdateTrainingPlan {
        /// What the training of the year is to bring about.
        orientation: Change<Orientation>,
        /// What is to be reached, replaced as a whole.
        objectives: Change<Vec<ObjectiveInput>>,
    } refuse {
        planned_sessions: FieldDerived, id: FieldReadOnly, version: FieldReadOnly, commission_id: FieldReadOnly, school_year: FieldReadOnly,
        created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

fn stored(objectives: Vec<ObjectiveInput>) -> Json<Vec<Objective>> {
    Json(objectives.into_iter().map(Objective::from).collect())
}

impl CreateTrainingPlan {
    fn into_row(self, commission_id: Id, now: Instant) -> TrainingPlanRow {
        let Self { school_year, orientation, objectives } = self;
        let (id, objectives) = (Id::new(), stored(objectives.unwrap_or_default()));
        TrainingPlanRow { id, commission_id, school_year, orientation, objectives, version: 1, created_at: now, updated_at: now }
    }
}

impl UpdateTrainingPlan {
    fn apply(self, row: &mut TrainingPlanRow) {
        let Self { orientation, objectives } = self;
        orientation.apply(&mut row.orientation);
        if let Change::To(objectives) = objectives {
            row.objectives = stored(objectives);
        }
    }
}

/// The plans of one commission as a list.
#[derive(Clone)]
struct TrainingPlans {
    commission_id: Id,
}

const SORTS: &[&str] = &["year"];

impl Listed for TrainingPlans {
    type Filters = TrainingPlanFilters;
    type View = TrainingPlanView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &TrainingPlanFilters, slice: &Slice) -> Result<Vec<(Position, TrainingPlanView)>> {
        commissions::find(conn, scope, self.commission_id)?;
        let rows = store::list(conn, scope, self.commission_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &TrainingPlanFilters) -> Result<i64> {
        commissions::find(conn, scope, self.commission_id)?;
        store::count(conn, scope, self.commission_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_training_plans).lists::<TrainingPlanView>(SORTS).exports(TITLES),
        route!(create_training_plan).creates().shows::<TrainingPlanView>(),
        route!(retrieve_training_plan).shows::<TrainingPlanView>().sparse(),
        route!(update_training_plan).conditional().shows::<TrainingPlanView>(),
        route!(list_training_plan_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the plans of a training commission
///
/// One for each school year, the earliest first.
#[utoipa::path(get, path = "/training-commissions/{id}/plans", operation_id = "training_plans_list", tag = "training_commissions",
    params(("id" = Id, Path), TrainingPlanFilters), responses((status = 200, description = "A page of plans.", body = Page<TrainingPlanView>)))]
async fn list_training_plans(actor: Actor, id: PathId, list: ListOf<TrainingPlanFilters>) -> Answer {
    actor.list(TrainingPlans { commission_id: id.0 }, list).await
}

/// Create a training plan
///
/// Makes the plan of a school year; a commission has one for each.
#[utoipa::path(post, path = "/training-commissions/{id}/plans", operation_id = "training_plans_create", tag = "training_commissions",
    params(("id" = Id, Path), CommandOptions), request_body = CreateTrainingPlan, responses((status = 201, description = "The plan.", body = TrainingPlanView)))]
async fn create_training_plan(actor: Actor, id: PathId, command: Command<CreateTrainingPlan>) -> Answer {
    let find = move |tx: &mut Tx<'_>, scope: &Scope| commissions::lock(tx, scope, id.0);
    actor
        .create_under("training-plans", command, find, move |tx, scope, commission, body| {
            let row = body.into_row(commission.id, tx.now);
            let view = TrainingPlanView::from(store::insert(tx, scope, row)?);
            tx.record(Action::Create, &view)?;
            Ok(view)
        })
        .await
}

/// Retrieve a training plan
///
/// What one academy plans for one school year.
#[utoipa::path(get, path = "/training-plans/{id}", operation_id = "training_plans_retrieve", tag = "training_commissions",
    params(("id" = Id, Path)), responses((status = 200, description = "The plan.", body = TrainingPlanView)))]
async fn retrieve_training_plan(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(|(row, _)| TrainingPlanView::from(row))).await
}

/// Change a training plan
///
/// Changes the fields given, at the version the caller has seen.
#[utoipa::path(patch, path = "/training-plans/{id}", operation_id = "training_plans_update", tag = "training_commissions",
    params(("id" = Id, Path)), request_body = UpdateTrainingPlan, responses((status = 200, description = "The plan after the change.", body = TrainingPlanView)))]
async fn update_training_plan(actor: Actor, id: PathId, patch: Patch<UpdateTrainingPlan>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let (mut row, _) = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row);
            let view = TrainingPlanView::from(store::update(tx, scope, row)?);
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// List the versions of a training plan
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/training-plans/{id}/history", operation_id = "training_plans_history", tag = "training_commissions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_training_plan_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

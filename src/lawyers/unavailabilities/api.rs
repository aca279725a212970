//! Routes, bodies and views of unavailabilities.

use super::store::{self, UnavailabilityRow};
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::Result;
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, IfMatch, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route};
use crate::lawyers::store as lawyers;
use crate::values::input::{Change, change_days, days};
use crate::values::{Day, body};
use serde::Serialize;
use utoipa::ToSchema;

/// Days on which a lawyer partner takes no case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnavailabilityView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The lawyer.
    pub lawyer_id: Id,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Day,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for UnavailabilityView {
    const KIND: &'static str = "unavailability";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<UnavailabilityRow> for UnavailabilityView {
    fn from(row: UnavailabilityRow) -> Self {
        let UnavailabilityRow { id, lawyer_id, starts_on, ends_on, version, created_at, updated_at, deleted_at: _ } = row;
        Self { id, version, lawyer_id, starts_on, ends_on, created_at, updated_at }
    }
}

body! {
    /// Says that a lawyer takes no case for a while.
    pub struct CreateUnavailability {
        /// First day.
        starts_on: Day,
        /// Last day.
        ends_on: Day,
    } check { ends_on: days[starts_on, ends_on] }
}

body! {
    /// Changes the days: absent fields stay.
    pub struct UpdateUnavailability {
        /// First day.
        starts_on: Change<Day>,
        /// Last day.
        ends_on: Change<Day>,
    }
}

/// The unavailabilities of one lawyer as a list.
#[derive(Clone)]
struct Unavailabilities {
    lawyer_id: Id,
}

const SORTS: &[&str] = &["starts"];

impl Listed for Unavailabilities {
    type Filters = NoFilters;
    type View = UnavailabilityView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, UnavailabilityView)>> {
        lawyers::find(conn, scope, self.lawyer_id)?;
        let rows = store::list(conn, scope, self.lawyer_id, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::count(conn, scope, self.lawyer_id)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_unavailabilities).lists::<UnavailabilityView>(SORTS),
        route!(create_unavailability).creates().shows::<UnavailabilityView>(),
        route!(retrieve_unavailability).shows::<UnavailabilityView>().sparse(),
        route!(update_unavailability).conditional().shows::<UnavailabilityView>(),
        route!(delete_unavailability).conditional(),
    ]
}

/// List the unavailabilities of a lawyer
///
/// Those past and to come, the earliest first.
#[utoipa::path(get, path = "/lawyers/{id}/unavailabilities", operation_id = "unavailabilities_list", tag = "lawyers",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of unavailabilities.", body = Page<UnavailabilityView>)))]
async fn list_unavailabilities(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Unavailabilities { lawyer_id: id.0 }, list).await
}

/// Create an unavailability
///
/// On its days no case is entrusted to the lawyer; mandates under way go on.
#[utoipa::path(post, path = "/lawyers/{id}/unavailabilities", operation_id = "unavailabilities_create", tag = "lawyers",
    params(("id" = Id, Path), CommandOptions), request_body = CreateUnavailability, responses((status = 201, description = "The unavailability.", body = UnavailabilityView)))]
async fn create_unavailability(actor: Actor, id: PathId, command: Command<CreateUnavailability>) -> Answer {
    let find = move |tx: &mut Tx<'_>, scope: &Scope| lawyers::lock(tx, scope, id.0);
    actor
        .create_under("unavailabilities", command, find, move |tx, scope, lawyer, CreateUnavailability { starts_on, ends_on }| {
            let (created_at, updated_at) = (tx.now, tx.now);
            let row = UnavailabilityRow { id: Id::new(), lawyer_id: lawyer.id, starts_on, ends_on, version: 1, created_at, updated_at, deleted_at: None };
            let view: UnavailabilityView = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok(view)
        })
        .await
}

/// Retrieve an unavailability
///
/// One unavailability of a lawyer.
#[utoipa::path(get, path = "/unavailabilities/{id}", operation_id = "unavailabilities_retrieve", tag = "lawyers",
    params(("id" = Id, Path)), responses((status = 200, description = "The unavailability.", body = UnavailabilityView)))]
async fn retrieve_unavailability(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(UnavailabilityView::from)).await
}

/// Change an unavailability
///
/// Changes the days given, at the version the caller has seen.
#[utoipa::path(patch, path = "/unavailabilities/{id}", operation_id = "unavailabilities_update", tag = "lawyers",
    params(("id" = Id, Path)), request_body = UpdateUnavailability, responses((status = 200, description = "The unavailability after the change.", body = UnavailabilityView)))]
async fn update_unavailability(actor: Actor, id: PathId, patch: Patch<UpdateUnavailability>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, UpdateUnavailability { starts_on, ends_on }| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            change_days(["/starts_on", "/ends_on"], starts_on, ends_on, &mut row.starts_on, &mut row.ends_on)?;
            let view: UnavailabilityView = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// Delete an unavailability
///
/// Takes it back: cases can be entrusted to the lawyer on its days again.
#[utoipa::path(delete, path = "/unavailabilities/{id}", operation_id = "unavailabilities_delete", tag = "lawyers",
    params(("id" = Id, Path)), responses((status = 204, description = "The unavailability is taken back.")))]
async fn delete_unavailability(actor: Actor, id: PathId, expected: IfMatch) -> Answer {
    actor
        .delete(expected, move |tx, scope, expected| {
            let row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            let view = store::update(tx, scope, UnavailabilityRow { deleted_at: Some(tx.now), ..row })?.into();
            tx.record::<UnavailabilityView>(Action::Delete, &view)
        })
        .await
}

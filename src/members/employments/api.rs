//! Routes, bodies and views of employments.

use super::model::{Employer, EmploymentFilters, EmploymentStatus, Occupation};
use super::store::{self, EmploymentRow};
use crate::audit::access::Confided;
use crate::audit::{Action, Resource};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, IfMatch, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::members;
use crate::values::input::{Change, change_period, period};
use crate::values::{Day, body};
use serde::Serialize;
use utoipa::ToSchema;

/// Where and as what a member worked, between two days.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EmploymentView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Member.
    pub member_id: Id,
    /// First day.
    pub starts_on: Day,
    /// Last day, `null` while it lasts.
    pub ends_on: Option<Day>,
    /// What the member works as.
    pub occupation: Occupation,
    /// Under which status.
    pub employment_status: Option<EmploymentStatus>,
    /// For whom.
    pub employer: Option<Employer>,
    /// Where.
    pub establishment_id: Option<Id>,
    /// Whether it is a second post beside the main one.
    pub secondary: bool,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for EmploymentView {
    const KIND: &'static str = "employment";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<EmploymentRow> for EmploymentView {
    fn from(row: EmploymentRow) -> Self {
        let EmploymentRow { id, member_id, starts_on, ends_on, occupation, employment_status, employer, establishment_id, secondary, .. } = row;
        let EmploymentRow { version, created_at, updated_at, .. } = row;
        Self { id, version, member_id, starts_on, ends_on, occupation, employment_status, employer, establishment_id, secondary, created_at, updated_at }
    }
}

body! {
    /// Records where and as what a member works.
    pub struct CreateEmployment {
        /// First day.
        starts_on: Day,
        /// Last day, `null` while it lasts.
        ends_on: Option<Day>,
        /// What the member works as.
        occupation: Occupation,
        /// Under which status.
        employment_status: Option<EmploymentStatus>,
        /// For whom.
        employer: Option<Employer>,
        /// Where.
        establishment_id: Option<Id>,
        /// Whether it is a second post beside the main one; `false` by default. Main ones do not overlap.
        secondary: Option<bool>,
    } check { ends_on: period[starts_on, ends_on] }
}

body! {
    /// Changes an employment: absent fields stay, `null` clears.
    pub struct UpdateEmployment {
        /// First day.
        starts_on: Change<Day>,
        /// Last day, `null` while it lasts.
        ends_on: Change<Option<Day>>,
        /// What the member works as.
        occupation: Change<Occupation>,
        /// Under which status.
        employment_status: Change<Option<EmploymentStatus>>,
        /// For whom.
        employer: Change<Option<Employer>>,
        /// Where.
        establishment_id: Change<Option<Id>>,
        /// Whether it is a second post beside the main one.
        secondary: Change<bool>,
    }
}

impl CreateEmployment {
    fn into_row(self, member_id: Id, now: Instant) -> EmploymentRow {
        let Self { starts_on, ends_on, occupation, employment_status, employer, establishment_id, secondary } = self;
        EmploymentRow {
            id: Id::new(),
            member_id,
            starts_on,
            ends_on,
            occupation,
            employment_status,
            employer,
            establishment_id,
            secondary: secondary.unwrap_or(false),
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }
}

impl UpdateEmployment {
    fn apply(self, row: &mut EmploymentRow) -> Result<()> {
        let Self { starts_on, ends_on, occupation, employment_status, employer, establishment_id, secondary } = self;
        occupation.apply(&mut row.occupation);
        employment_status.apply(&mut row.employment_status);
        employer.apply(&mut row.employer);
        establishment_id.apply(&mut row.establishment_id);
        secondary.apply(&mut row.secondary);
        change_period(["/starts_on", "/ends_on"], starts_on, ends_on, &mut row.starts_on, &mut row.ends_on)
    }
}

/// The employments of one member as a list.
#[derive(Clone)]
struct Employments {
    member_id: Id,
}

const SORTS: &[&str] = &["starts"];
const EXPANDS: &[&str] = &["establishment"];

impl Listed for Employments {
    type Filters = EmploymentFilters;
    type View = EmploymentView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &EmploymentFilters, slice: &Slice) -> Result<Vec<(Position, EmploymentView)>> {
        members::store::find(conn, scope, self.member_id)?;
        let rows = store::list(conn, scope, self.member_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &EmploymentFilters) -> Result<i64> {
        store::count(conn, scope, self.member_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_employments).follows().lists::<EmploymentView>(SORTS).expands(EXPANDS).discloses(Confided::Member),
        route!(create_employment).creates().shows::<EmploymentView>().discloses(Confided::Member),
        route!(retrieve_employment).shows::<EmploymentView>().sparse().expands(EXPANDS),
        route!(update_employment).conditional().shows::<EmploymentView>(),
        route!(delete_employment).conditional(),
        route!(list_employment_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the employments of a member
///
/// Every post the member held, holds or will hold, the earliest first; `on` keeps those of a day.
#[utoipa::path(get, path = "/members/{id}/employments", operation_id = "employments_list", tag = "members",
    params(("id" = Id, Path), EmploymentFilters), responses((status = 200, description = "A page of employments.", body = Page<EmploymentView>)))]
async fn list_employments(actor: Actor, id: PathId, list: ListOf<EmploymentFilters>) -> Answer {
    actor.list(Employments { member_id: id.0 }, list).await
}

/// Record an employment
///
/// Where and as what a member works. Main posts do not overlap: one that ended is given its last day first, a second one is marked.
#[utoipa::path(post, path = "/members/{id}/employments", operation_id = "employments_create", tag = "members",
    params(("id" = Id, Path), CommandOptions), request_body = CreateEmployment, responses((status = 201, description = "The employment.", body = EmploymentView)))]
async fn create_employment(actor: Actor, id: PathId, command: Command<CreateEmployment>) -> Answer {
    actor
        .create("employments", command, move |tx, scope, body| {
            let row = body.into_row(id.0, tx.now);
            let view = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok::<EmploymentView, Error>(view)
        })
        .await
}

/// Retrieve an employment
///
/// One post of a member.
#[utoipa::path(get, path = "/employments/{id}", operation_id = "employments_retrieve", tag = "members",
    params(("id" = Id, Path)), responses((status = 200, description = "The employment.", body = EmploymentView)))]
async fn retrieve_employment(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = EmploymentView::from(store::find(conn, scope, id.0)?);
            let member = (Confided::Member, view.member_id);
            Ok((view, Some(member)))
        })
        .await
}

/// Change an employment
///
/// Changes the fields given, at the version the caller has seen; one that ended is given its last day.
#[utoipa::path(patch, path = "/employments/{id}", operation_id = "employments_update", tag = "members",
    params(("id" = Id, Path)), request_body = UpdateEmployment, responses((status = 200, description = "The employment after the change.", body = EmploymentView)))]
async fn update_employment(actor: Actor, id: PathId, patch: Patch<UpdateEmployment>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row)?;
            let view = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok::<EmploymentView, Error>(view)
        })
        .await
}

/// Delete an employment
///
/// Removes a post that should never have been recorded. One that ended keeps its record and gets a last day instead.
#[utoipa::path(delete, path = "/employments/{id}", operation_id = "employments_delete", tag = "members",
    params(("id" = Id, Path)), responses((status = 204, description = "The employment is gone.")))]
async fn delete_employment(actor: Actor, id: PathId, expected: IfMatch) -> Answer {
    actor
        .delete(expected, move |tx, scope, expected| {
            let view: EmploymentView = store::delete(tx, scope, id.0, expected)?.into();
            tx.record(Action::Delete, &view)
        })
        .await
}

/// List the versions of an employment
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/employments/{id}/history", operation_id = "employments_history", tag = "members",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_employment_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

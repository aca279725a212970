//! Routes, bodies and views of associations.

use super::model::{AssociationFilters, AssociationLevel, AssociationName, OnCallPeriod, TimeOfDay, TimeZone, Weekday, in_week_order, overlap};
use super::store::{self, AssociationRow};
use crate::audit::{Action, Resource};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant, Json};
use crate::error::{Code, Error, Flaw, Result};
use crate::http::{
    Actor, Answer, Endpoint, Expansion, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, Shown, route,
};
use crate::values::input::Change;
use crate::values::{DepartmentCode, Email, Phone, body};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// The association of a department, or the national one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssociationView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Whether it covers a department or the country.
    pub level: AssociationLevel,
    /// Its department; `null` for the national one.
    pub department_code: Option<DepartmentCode>,
    /// Name.
    pub name: AssociationName,
    /// Phone.
    pub phone: Option<Phone>,
    /// Electronic address.
    pub email: Option<Email>,
    /// Time zone of its hours.
    pub time_zone: TimeZone,
    /// When it can be called, in the order of the week.
    #[schema(max_items = 100)]
    pub on_call_hours: Vec<OnCallPeriod>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("level", "Niveau"), ("department_code", "Département"), ("name", "Nom"), ("phone", "Téléphone"),
    ("email", "Courriel"), ("time_zone", "Fuseau horaire"), ("on_call_hours", "Permanences"), ("created_at", "Créée le"), ("updated_at", "Modifiée le"),
];

impl Resource for AssociationView {
    const KIND: &'static str = "association";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<AssociationRow> for AssociationView {
    fn from(row: AssociationRow) -> Self {
        let AssociationRow { id, level, department_code, name, name_key: _, phone, email, time_zone, on_call_hours, version, created_at, updated_at } = row;
        Self { id, version, level, department_code, name, phone, email, time_zone, on_call_hours: on_call_hours.0, created_at, updated_at }
    }
}

body! {
    /// A stretch of a weekday during which the association can be called.
    pub struct OnCallPeriodInput {
        /// Day of the week.
        weekday: Weekday,
        /// From this time on.
        opens_at: TimeOfDay,
        /// Until this time, no longer included; later than `opens_at`.
        closes_at: TimeOfDay,
    } check { closes_at: closes_after_opening[opens_at, closes_at] }
}

body! {
    /// Changes an association: absent fields stay, `null` clears.
    pub struct UpdateAssociation {
        /// Name.
        name: Change<AssociationName>,
        /// Phone.
        phone: Change<Option<Phone>>,
        /// Electronic address.
        email: Change<Option<Email>>,
        /// Time zone of its hours.
        time_zone: Change<TimeZone>,
        /// When it can be called, replaced as a whole; stretches of one day do not overlap.
        on_call_hours: Change<Vec<OnCallPeriodInput>>,
    } check { on_call_hours: distinct_hours[on_call_hours] }
}

fn closes_after_opening(opens_at: &TimeOfDay, closes_at: &TimeOfDay) -> Option<Flaw> {
    (closes_at <= opens_at).then(|| Code::PeriodReversed.into())
}

fn distinct_hours(change: &Change<Vec<OnCallPeriodInput>>) -> Option<Flaw> {
    match change {
        Change::Keep => None,
        Change::To(hours) => overlap(&periods(hours.clone())).then(|| Code::PeriodOverlap.into()),
    }
}

fn periods(hours: Vec<OnCallPeriodInput>) -> Vec<OnCallPeriod> {
    hours.into_iter().map(|OnCallPeriodInput { weekday, opens_at, closes_at }| OnCallPeriod { weekday, opens_at, closes_at }).collect()
}

impl UpdateAssociation {
    fn apply(self, row: &mut AssociationRow) {
        let Self { name, phone, email, time_zone, on_call_hours } = self;
        name.apply(&mut row.name);
        phone.apply(&mut row.phone);
        email.apply(&mut row.email);
        time_zone.apply(&mut row.time_zone);
        if let Change::To(hours) = on_call_hours {
            row.on_call_hours = Json(in_week_order(periods(hours)));
        }
    }
}

/// The associations as a list.
#[derive(Clone)]
struct Associations;

const SORTS: &[&str] = &["department", "name"];

impl Listed for Associations {
    type Filters = AssociationFilters;
    type View = AssociationView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &AssociationFilters, slice: &Slice) -> Result<Vec<(Position, AssociationView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &AssociationFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

/// What other resources can show of associations.
pub const EXPANSIONS: [Expansion; 1] =
    [Expansion { name: "association", reference: "association_id", operation: "associations_retrieve", discloses: None, load: load_by_id }];

fn load_by_id(conn: &mut DbConn, scope: &Scope, _: Lens, ids: &[String]) -> Result<HashMap<String, Shown>> {
    let rows = store::find_by_ids(conn, scope, ids.iter().filter_map(|id| Id::parse(id)).collect())?;
    rows.into_iter().map(|row| Ok((row.id.to_string(), Shown::of(&AssociationView::from(row))?))).collect()
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_associations).lists::<AssociationView>(SORTS).exports(TITLES),
        route!(retrieve_association).shows::<AssociationView>().sparse(),
        route!(update_association).conditional().shows::<AssociationView>(),
        route!(list_association_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List associations
///
/// The national association, then those of the departments by code. They are part of the system: none is created or deleted.
#[utoipa::path(get, path = "/associations", operation_id = "associations_list", tag = "associations",
    params(AssociationFilters), responses((status = 200, description = "A page of associations.", body = Page<AssociationView>)))]
async fn list_associations(actor: Actor, list: ListOf<AssociationFilters>) -> Answer {
    actor.list(Associations, list).await
}

/// Retrieve an association
///
/// One association, with the ways and the hours to reach it.
#[utoipa::path(get, path = "/associations/{id}", operation_id = "associations_retrieve", tag = "associations",
    params(("id" = Id, Path)), responses((status = 200, description = "The association.", body = AssociationView)))]
async fn retrieve_association(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(AssociationView::from)).await
}

/// Change an association
///
/// Changes the fields given, at the version the caller has seen. A caller of a department changes only its own association.
#[utoipa::path(patch, path = "/associations/{id}", operation_id = "associations_update", tag = "associations",
    params(("id" = Id, Path)), request_body = UpdateAssociation, responses((status = 200, description = "The association after the change.", body = AssociationView)))]
async fn update_association(actor: Actor, id: PathId, patch: Patch<UpdateAssociation>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row);
            let view = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok::<AssociationView, Error>(view)
        })
        .await
}

/// List the versions of an association
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/associations/{id}/history", operation_id = "associations_history", tag = "associations",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_association_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

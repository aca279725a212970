//! Routes, bodies and views of correspondents.

use super::model::CorrespondentFilters;
use super::store::{self, CorrespondentRow};
use crate::audit::{Action, Resource};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Error, Result};
use crate::establishments;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, IfMatch, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::values::fold::fold;
use crate::values::input::{Change, change_period};
use crate::values::{Day, DisplayName, Email, Phone, TerritoryCode, body};
use serde::Serialize;
use utoipa::ToSchema;

/// The first contact of members in an establishment, between two days.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CorrespondentView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Establishment.
    pub establishment_id: Id,
    /// Name.
    pub display_name: DisplayName,
    /// The same person as a member.
    pub member_id: Option<Id>,
    /// Phone.
    pub phone: Option<Phone>,
    /// Electronic address.
    pub email: Option<Email>,
    /// First day in office.
    pub starts_on: Day,
    /// Last day in office, `null` while it lasts.
    pub ends_on: Option<Day>,
    /// Whether the office is shared with others who are marked so.
    pub co_correspondent: bool,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("establishment_id", "Établissement"), ("display_name", "Nom"), ("member_id", "Adhérent"),
    ("phone", "Téléphone"), ("email", "Courriel"), ("starts_on", "Début"), ("ends_on", "Fin"), ("co_correspondent", "Co-correspondant"),
    ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for CorrespondentView {
    const KIND: &'static str = "correspondent";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<CorrespondentRow> for CorrespondentView {
    fn from(row: CorrespondentRow) -> Self {
        let CorrespondentRow {
            id,
            establishment_id,
            department_code: _,
            display_name,
            name_key: _,
            member_id,
            phone,
            email,
            starts_on,
            ends_on,
            co_correspondent,
            version,
            created_at,
            updated_at,
            deleted_at: _,
        } = row;
        Self { id, version, establishment_id, display_name, member_id, phone, email, starts_on, ends_on, co_correspondent, created_at, updated_at }
    }
}

body! {
    /// Names a correspondent of an establishment.
    pub struct CreateCorrespondent {
        /// Name.
        display_name: DisplayName,
        /// The same person as a member whom the caller may see.
        member_id: Option<Id>,
        /// Phone.
        phone: Option<Phone>,
        /// Electronic address.
        email: Option<Email>,
        /// First day in office.
        starts_on: Day,
        /// Last day in office, `null` while it lasts.
        ends_on: Option<Day>,
        /// Whether the office is shared with others who are marked so; `false` by default.
        co_correspondent: Option<bool>,
    } check { ends_on: crate::values::input::period[starts_on, ends_on] }
}

body! {
    /// Changes a correspondent: absent fields stay, `null` clears.
    pub struct UpdateCorrespondent {
        /// Name.
        display_name: Change<DisplayName>,
        /// The same person as a member whom the caller may see.
        member_id: Change<Option<Id>>,
        /// Phone.
        phone: Change<Option<Phone>>,
        /// Electronic address.
        email: Change<Option<Email>>,
        /// First day in office.
        starts_on: Change<Day>,
        /// Last day in office, `null` while it lasts.
        ends_on: Change<Option<Day>>,
        /// Whether the office is shared with others who are marked so.
        co_correspondent: Change<bool>,
    }
}

impl CreateCorrespondent {
    fn into_row(self, establishment_id: Id, department_code: TerritoryCode, now: Instant) -> CorrespondentRow {
        let Self { display_name, member_id, phone, email, starts_on, ends_on, co_correspondent } = self;
        let (name_key, co_correspondent) = (fold(display_name.as_str()), co_correspondent.unwrap_or(false));
        CorrespondentRow {
            id: Id::new(),
            establishment_id,
            department_code,
            display_name,
            name_key,
            member_id,
            phone,
            email,
            starts_on,
            ends_on,
            co_correspondent,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }
}

impl UpdateCorrespondent {
    fn apply(self, row: &mut CorrespondentRow) -> Result<()> {
        let Self { display_name, member_id, phone, email, starts_on, ends_on, co_correspondent } = self;
        display_name.apply(&mut row.display_name);
        member_id.apply(&mut row.member_id);
        phone.apply(&mut row.phone);
        email.apply(&mut row.email);
        co_correspondent.apply(&mut row.co_correspondent);
        change_period(["/starts_on", "/ends_on"], starts_on, ends_on, &mut row.starts_on, &mut row.ends_on)
    }
}

/// The correspondents of one establishment as a list.
#[derive(Clone)]
struct Correspondents {
    establishment_id: Id,
}

const SORTS: &[&str] = &["starts", "name"];
const EXPANDS: &[&str] = &["establishment", "establishment.parent", "establishment.successor"];

impl Listed for Correspondents {
    type Filters = CorrespondentFilters;
    type View = CorrespondentView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &CorrespondentFilters, slice: &Slice) -> Result<Vec<(Position, CorrespondentView)>> {
        establishments::store::find(conn, scope, self.establishment_id)?;
        let rows = store::list(conn, scope, self.establishment_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &CorrespondentFilters) -> Result<i64> {
        store::count(conn, scope, self.establishment_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_correspondents).lists::<CorrespondentView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_correspondent).creates().shows::<CorrespondentView>(),
        route!(retrieve_correspondent).shows::<CorrespondentView>().sparse().expands(EXPANDS),
        route!(update_correspondent).conditional().shows::<CorrespondentView>(),
        route!(delete_correspondent).conditional(),
        route!(list_correspondent_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the correspondents of an establishment
///
/// Everybody who is, was or will be its correspondent, the earliest first; `on` keeps those in office on a day.
#[utoipa::path(get, path = "/establishments/{id}/correspondents", operation_id = "correspondents_list", tag = "correspondents",
    params(("id" = Id, Path), CorrespondentFilters), responses((status = 200, description = "A page of correspondents.", body = Page<CorrespondentView>)))]
async fn list_correspondents(actor: Actor, id: PathId, list: ListOf<CorrespondentFilters>) -> Answer {
    actor.list(Correspondents { establishment_id: id.0 }, list).await
}

/// Create a correspondent
///
/// Names a correspondent of an establishment. Refused where another is in office in the same period, unless all are marked
/// as sharing the office, and where the same person is. A caller of a department does so only in its own.
#[utoipa::path(post, path = "/establishments/{id}/correspondents", operation_id = "correspondents_create", tag = "correspondents",
    params(("id" = Id, Path), CommandOptions), request_body = CreateCorrespondent, responses((status = 201, description = "The correspondent.", body = CorrespondentView)))]
async fn create_correspondent(actor: Actor, id: PathId, command: Command<CreateCorrespondent>) -> Answer {
    let people = actor.scope_through("members_retrieve");
    actor
        .create("correspondents", command, move |tx, scope, body| {
            store::check_member(tx, &people, body.member_id)?;
            let establishment = establishments::store::find(tx.conn, scope, id.0)?;
            let row = body.into_row(establishment.id, establishment.department_code, tx.now);
            let view = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok::<CorrespondentView, Error>(view)
        })
        .await
}

/// Retrieve a correspondent
///
/// One correspondent of an establishment.
#[utoipa::path(get, path = "/correspondents/{id}", operation_id = "correspondents_retrieve", tag = "correspondents",
    params(("id" = Id, Path)), responses((status = 200, description = "The correspondent.", body = CorrespondentView)))]
async fn retrieve_correspondent(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(CorrespondentView::from)).await
}

/// Change a correspondent
///
/// Changes the fields given, at the version the caller has seen; who leaves office is given a last day.
#[utoipa::path(patch, path = "/correspondents/{id}", operation_id = "correspondents_update", tag = "correspondents",
    params(("id" = Id, Path)), request_body = UpdateCorrespondent, responses((status = 200, description = "The correspondent after the change.", body = CorrespondentView)))]
async fn update_correspondent(actor: Actor, id: PathId, patch: Patch<UpdateCorrespondent>) -> Answer {
    let people = actor.scope_through("members_retrieve");
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            if let Change::To(member_id) = changes.member_id {
                store::check_member(tx, &people, member_id)?;
            }
            changes.apply(&mut row)?;
            let view = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok::<CorrespondentView, Error>(view)
        })
        .await
}

/// Delete a correspondent
///
/// Removes somebody who should never have been recorded. Who leaves office keeps the record and gets a last day instead.
#[utoipa::path(delete, path = "/correspondents/{id}", operation_id = "correspondents_delete", tag = "correspondents",
    params(("id" = Id, Path)), responses((status = 204, description = "The person is no longer a correspondent.")))]
async fn delete_correspondent(actor: Actor, id: PathId, expected: IfMatch) -> Answer {
    actor
        .delete(expected, move |tx, scope, expected| {
            let view: CorrespondentView = store::delete(tx, scope, id.0, expected)?.into();
            tx.record(Action::Delete, &view)
        })
        .await
}

/// List the versions of a correspondent
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/correspondents/{id}/history", operation_id = "correspondents_history", tag = "correspondents",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_correspondent_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

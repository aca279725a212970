//! Routes, bodies and views of team members.

use super::model::{TeamFunction, TeamMemberFilters};
use super::store::{self, TeamMemberRow};
use crate::associations;
use crate::audit::{Action, Resource};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, IfMatch, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::values::fold::fold;
use crate::values::input::{Change, change_period};
use crate::values::{Day, DisplayName, Email, Phone, body};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody in the team of an association.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TeamMemberView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Association.
    pub association_id: Id,
    /// Name.
    pub display_name: DisplayName,
    /// Function in the team.
    pub function: TeamFunction,
    /// Phone.
    pub phone: Option<Phone>,
    /// Electronic address.
    pub email: Option<Email>,
    /// First day in office.
    pub starts_on: Day,
    /// Last day in office, `null` while it lasts.
    pub ends_on: Option<Day>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("association_id", "Association"), ("display_name", "Nom"), ("function", "Fonction"),
    ("phone", "Téléphone"), ("email", "Courriel"), ("starts_on", "Début"), ("ends_on", "Fin"), ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for TeamMemberView {
    const KIND: &'static str = "team_member";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<TeamMemberRow> for TeamMemberView {
    fn from(row: TeamMemberRow) -> Self {
        let TeamMemberRow {
            id,
            association_id,
            display_name,
            name_key: _,
            team_function: function,
            phone,
            email,
            starts_on,
            ends_on,
            version,
            created_at,
            updated_at,
            deleted_at: _,
        } = row;
        Self { id, version, association_id, display_name, function, phone, email, starts_on, ends_on, created_at, updated_at }
    }
}

body! {
    /// Puts somebody into the team of an association.
    pub struct CreateTeamMember {
        /// Name.
        display_name: DisplayName,
        /// Function in the team.
        function: TeamFunction,
        /// Phone.
        phone: Option<Phone>,
        /// Electronic address.
        email: Option<Email>,
        /// First day in office.
        starts_on: Day,
        /// Last day in office, `null` while it lasts.
        ends_on: Option<Day>,
    } check { ends_on: crate::values::input::period[starts_on, ends_on] }
}

body! {
    /// Changes a team member: absent fields stay, `null` clears.
    pub struct UpdateTeamMember {
        /// Name.
        display_name: Change<DisplayName>,
        /// Function in the team.
        function: Change<TeamFunction>,
        /// Phone.
        phone: Change<Option<Phone>>,
        /// Electronic address.
        email: Change<Option<Email>>,
        /// First day in office.
        starts_on: Change<Day>,
        /// Last day in office, `null` while it lasts.
        ends_on: Change<Option<Day>>,
    }
}

impl CreateTeamMember {
    fn into_row(self, association_id: Id, now: Instant) -> TeamMemberRow {
        let Self { display_name, function, phone, email, starts_on, ends_on } = self;
        let name_key = fold(display_name.as_str());
        TeamMemberRow {
            id: Id::new(),
            association_id,
            display_name,
            name_key,
            team_function: function,
            phone,
            email,
            starts_on,
            ends_on,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }
}

impl UpdateTeamMember {
    fn apply(self, row: &mut TeamMemberRow) -> Result<()> {
        let Self { display_name, function, phone, email, starts_on, ends_on } = self;
        display_name.apply(&mut row.display_name);
        function.apply(&mut row.team_function);
        phone.apply(&mut row.phone);
        email.apply(&mut row.email);
        change_period(["/starts_on", "/ends_on"], starts_on, ends_on, &mut row.starts_on, &mut row.ends_on)
    }
}

/// The team of one association as a list.
#[derive(Clone)]
struct Team {
    association_id: Id,
}

const SORTS: &[&str] = &["name", "starts"];
const EXPANDS: &[&str] = &["association"];

impl Listed for Team {
    type Filters = TeamMemberFilters;
    type View = TeamMemberView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &TeamMemberFilters, slice: &Slice) -> Result<Vec<(Position, TeamMemberView)>> {
        associations::store::find(conn, scope, self.association_id)?;
        let rows = store::list(conn, scope, self.association_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &TeamMemberFilters) -> Result<i64> {
        store::count(conn, scope, self.association_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_team_members).lists::<TeamMemberView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_team_member).creates().shows::<TeamMemberView>(),
        route!(retrieve_team_member).shows::<TeamMemberView>().sparse().expands(EXPANDS),
        route!(update_team_member).conditional().shows::<TeamMemberView>(),
        route!(delete_team_member).conditional(),
        route!(list_team_member_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the team of an association
///
/// Everybody who is, was or will be in the team, by name; `on` keeps those in office on a day.
#[utoipa::path(get, path = "/associations/{id}/team-members", operation_id = "team_members_list", tag = "team_members",
    params(("id" = Id, Path), TeamMemberFilters), responses((status = 200, description = "A page of team members.", body = Page<TeamMemberView>)))]
async fn list_team_members(actor: Actor, id: PathId, list: ListOf<TeamMemberFilters>) -> Answer {
    actor.list(Team { association_id: id.0 }, list).await
}

/// Create a team member
///
/// Puts somebody into the team of an association. A caller of a department does so only in its own association.
#[utoipa::path(post, path = "/associations/{id}/team-members", operation_id = "team_members_create", tag = "team_members",
    params(("id" = Id, Path), CommandOptions), request_body = CreateTeamMember, responses((status = 201, description = "The team member.", body = TeamMemberView)))]
async fn create_team_member(actor: Actor, id: PathId, command: Command<CreateTeamMember>) -> Answer {
    actor
        .create("team-members", command, move |tx, scope, body| {
            let association = associations::store::find(tx.conn, scope, id.0)?;
            let row = body.into_row(association.id, tx.now);
            let view = store::insert(tx, scope, row)?.into();
            tx.record(Action::Create, &view)?;
            Ok::<TeamMemberView, Error>(view)
        })
        .await
}

/// Retrieve a team member
///
/// One person in the team of an association.
#[utoipa::path(get, path = "/team-members/{id}", operation_id = "team_members_retrieve", tag = "team_members",
    params(("id" = Id, Path)), responses((status = 200, description = "The team member.", body = TeamMemberView)))]
async fn retrieve_team_member(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(TeamMemberView::from)).await
}

/// Change a team member
///
/// Changes the fields given, at the version the caller has seen; who leaves the team is given a last day.
#[utoipa::path(patch, path = "/team-members/{id}", operation_id = "team_members_update", tag = "team_members",
    params(("id" = Id, Path)), request_body = UpdateTeamMember, responses((status = 200, description = "The team member after the change.", body = TeamMemberView)))]
async fn update_team_member(actor: Actor, id: PathId, patch: Patch<UpdateTeamMember>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row)?;
            let view = store::update(tx, scope, row)?.into();
            tx.record(Action::Update, &view)?;
            Ok::<TeamMemberView, Error>(view)
        })
        .await
}

/// Delete a team member
///
/// Removes somebody who should never have been recorded. Who leaves the team keeps the record and gets a last day instead.
#[utoipa::path(delete, path = "/team-members/{id}", operation_id = "team_members_delete", tag = "team_members",
    params(("id" = Id, Path)), responses((status = 204, description = "The person is no longer in the team.")))]
async fn delete_team_member(actor: Actor, id: PathId, expected: IfMatch) -> Answer {
    actor
        .delete(expected, move |tx, scope, expected| {
            let view: TeamMemberView = store::delete(tx, scope, id.0, expected)?.into();
            tx.record(Action::Delete, &view)
        })
        .await
}

/// List the versions of a team member
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/team-members/{id}/history", operation_id = "team_members_history", tag = "team_members",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_team_member_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

//! Routes, bodies and views of members of training commissions.

use super::model::CommissionMemberFilters;
use super::store::{self, CommissionMemberRow};
use crate::associations;
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Code, Error, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, IfMatch, ListOf, Listed, NoFilters, Page, Patch, PathId, Projection, route,
};
use crate::training_commissions::store as commissions;
use crate::values::fold::fold;
use crate::values::input::{Change, change_period};
use crate::values::{Day, DisplayName, body};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody in a training commission.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CommissionMemberView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// Training commission.
    pub commission_id: Id,
    /// The association that the person comes from.
    pub association_id: Option<Id>,
    /// Name.
    pub display_name: DisplayName,
    /// First day of the term.
    pub starts_on: Day,
    /// Last day of the term, `null` while it lasts.
    pub ends_on: Option<Day>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("commission_id", "Commission"), ("association_id", "Association"), ("display_name", "Nom"),
    ("starts_on", "Début"), ("ends_on", "Fin"), ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for CommissionMemberView {
    const KIND: &'static str = "commission_member";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

impl From<CommissionMemberRow> for CommissionMemberView {
    fn from(row: CommissionMemberRow) -> Self {
        let CommissionMemberRow { id, commission_id, association_id, display_name, name_key: _, starts_on, ends_on, version, .. } = row;
        let CommissionMemberRow { created_at, updated_at, deleted_at: _, .. } = row;
        Self { id, version, commission_id, association_id, display_name, starts_on, ends_on, created_at, updated_at }
    }
}

body! {
    /// Puts somebody into a training commission.
    pub struct CreateCommissionMember {
        /// The association that the person comes from.
        association_id: Option<Id>,
        /// Name.
        display_name: DisplayName,
        /// First day of the term.
        starts_on: Day,
        /// Last day of the term, `null` while it lasts.
        ends_on: Option<Day>,
    } check { ends_on: crate::values::input::period[starts_on, ends_on] }
}

body! {
    /// Changes a member of a training commission: absent fields stay, `null` clears.
    pub struct UpdateCommissionMember {
        /// The association that the person comes from.
        association_id: Change<Option<Id>>,
        /// Name.
        display_name: Change<DisplayName>,
        /// First day of the term.
        starts_on: Change<Day>,
        /// Last day of the term, `null` while it lasts.
        ends_on: Change<Option<Day>>,
    } refuse {
        id: FieldReadOnly, version: FieldReadOnly, commission_id: FieldReadOnly, created_at: FieldReadOnly, updated_at: FieldReadOnly,
    }
}

impl CreateCommissionMember {
    fn into_row(self, commission_id: Id, now: Instant) -> CommissionMemberRow {
        let Self { association_id, display_name, starts_on, ends_on } = self;
        let (id, name_key) = (Id::new(), fold(display_name.as_str()));
        let (created_at, updated_at, deleted_at) = (now, now, None);
        CommissionMemberRow { id, commission_id, association_id, display_name, name_key, starts_on, ends_on, version: 1, created_at, updated_at, deleted_at }
    }
}

impl UpdateCommissionMember {
    fn apply(self, row: &mut CommissionMemberRow) -> Result<()> {
        let Self { association_id, display_name, starts_on, ends_on } = self;
        association_id.apply(&mut row.association_id);
        display_name.apply(&mut row.display_name);
        change_period(["/starts_on", "/ends_on"], starts_on, ends_on, &mut row.starts_on, &mut row.ends_on)
    }
}

/// Fails unless the association named is one: all are everybody's to see.
fn check_association(tx: &mut Tx<'_>, row: &CommissionMemberRow) -> Result<()> {
    let Some(id) = row.association_id else { return Ok(()) };
    let found = associations::store::find_by_ids(tx.conn, &Scope::everybody(), vec![id])?;
    if found.is_empty() { Err(Error::field("/association_id", Code::ReferenceNotFound)) } else { Ok(()) }
}

/// The members of one commission as a list.
#[derive(Clone)]
struct CommissionMembers {
    commission_id: Id,
}

const SORTS: &[&str] = &["name", "starts"];
const EXPANDS: &[&str] = &["association"];

impl Listed for CommissionMembers {
    type Filters = CommissionMemberFilters;
    type View = CommissionMemberView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &CommissionMemberFilters, slice: &Slice) -> Result<Vec<(Position, CommissionMemberView)>> {
        commissions::find(conn, scope, self.commission_id)?;
        let rows = store::list(conn, scope, self.commission_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &CommissionMemberFilters) -> Result<i64> {
        commissions::find(conn, scope, self.commission_id)?;
        store::count(conn, scope, self.commission_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_commission_members).lists::<CommissionMemberView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_commission_member).creates().shows::<CommissionMemberView>(),
        route!(retrieve_commission_member).shows::<CommissionMemberView>().sparse().expands(EXPANDS),
        route!(update_commission_member).conditional().shows::<CommissionMemberView>(),
        route!(delete_commission_member).conditional(),
        route!(list_commission_member_history).lists::<HistoryEntryView>(&[]),
    ]
}

/// List the members of a training commission
///
/// Everybody who is, was or will be in it, by name; `on` keeps those whose term runs on a day.
#[utoipa::path(get, path = "/training-commissions/{id}/members", operation_id = "commission_members_list", tag = "training_commissions",
    params(("id" = Id, Path), CommissionMemberFilters), responses((status = 200, description = "A page of members.", body = Page<CommissionMemberView>)))]
async fn list_commission_members(actor: Actor, id: PathId, list: ListOf<CommissionMemberFilters>) -> Answer {
    actor.list(CommissionMembers { commission_id: id.0 }, list).await
}

/// Create a member of a training commission
///
/// Puts somebody into the commission for a term.
#[utoipa::path(post, path = "/training-commissions/{id}/members", operation_id = "commission_members_create", tag = "training_commissions",
    params(("id" = Id, Path), CommandOptions), request_body = CreateCommissionMember, responses((status = 201, description = "The member.", body = CommissionMemberView)))]
async fn create_commission_member(actor: Actor, id: PathId, command: Command<CreateCommissionMember>) -> Answer {
    let find = move |tx: &mut Tx<'_>, scope: &Scope| commissions::lock(tx, scope, id.0);
    actor
        .create_under("commission-members", command, find, move |tx, scope, commission, body| {
            let row = body.into_row(commission.id, tx.now);
            check_association(tx, &row)?;
            let view = CommissionMemberView::from(store::insert(tx, scope, row)?);
            tx.record(Action::Create, &view)?;
            Ok(view)
        })
        .await
}

/// Retrieve a member of a training commission
///
/// One person in a commission.
#[utoipa::path(get, path = "/commission-members/{id}", operation_id = "commission_members_retrieve", tag = "training_commissions",
    params(("id" = Id, Path)), responses((status = 200, description = "The member.", body = CommissionMemberView)))]
async fn retrieve_commission_member(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(CommissionMemberView::from)).await
}

/// Change a member of a training commission
///
/// Changes the fields given, at the version the caller has seen; who leaves the commission is given a last day.
#[utoipa::path(patch, path = "/commission-members/{id}", operation_id = "commission_members_update", tag = "training_commissions",
    params(("id" = Id, Path)), request_body = UpdateCommissionMember, responses((status = 200, description = "The member after the change.", body = CommissionMemberView)))]
async fn update_commission_member(actor: Actor, id: PathId, patch: Patch<UpdateCommissionMember>) -> Answer {
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            changes.apply(&mut row)?;
            check_association(tx, &row)?;
            let view = CommissionMemberView::from(store::update(tx, scope, row)?);
            tx.record(Action::Update, &view)?;
            Ok(view)
        })
        .await
}

/// Delete a member of a training commission
///
/// Removes somebody who should never have been recorded. Who leaves the commission keeps the record and gets a last day instead.
#[utoipa::path(delete, path = "/commission-members/{id}", operation_id = "commission_members_delete", tag = "training_commissions",
    params(("id" = Id, Path)), responses((status = 204, description = "The person is no longer in the commission.")))]
async fn delete_commission_member(actor: Actor, id: PathId, expected: IfMatch) -> Answer {
    actor
        .delete(expected, move |tx, scope, expected| {
            let row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            let view = CommissionMemberView::from(store::update(tx, scope, CommissionMemberRow { deleted_at: Some(tx.now), ..row })?);
            tx.record(Action::Delete, &view)
        })
        .await
}

/// List the versions of a member of a training commission
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/commission-members/{id}/history", operation_id = "commission_members_history", tag = "training_commissions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_commission_member_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

//! Routes of memberships.

use super::bodies::CreateMembership;
use super::lifecycle::{Membership, MembershipCommand, advance};
use super::store;
use super::view::{MembershipView, record};
use crate::audit::Action;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Order, Page, PathId, Projection, route,
};
use crate::members::store as members;
use crate::workflow::{Content, TransitionView, Transitions};

#[derive(Clone)]
struct Memberships {
    member_id: Id,
}

impl Listed for Memberships {
    type Filters = NoFilters;
    type View = MembershipView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, MembershipView)>> {
        let member = members::find(conn, scope, self.member_id)?;
        let rows = store::list(conn, scope, self.member_id, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), MembershipView::of(row, scope, &member))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        store::count(conn, scope, self.member_id)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_memberships).follows().lists::<MembershipView>(&["starts"]).discloses(Confided::Member),
        route!(create_membership).creates().shows::<MembershipView>().discloses(Confided::Member),
        route!(retrieve_membership).shows::<MembershipView>().sparse(),
        route!(list_membership_history).lists::<HistoryEntryView>(&[]),
        route!(transition_membership).creates().conditional(),
        route!(list_membership_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the memberships of a member
///
/// Every period, void ones too, the earliest first: gaps stay visible.
#[utoipa::path(get, path = "/members/{id}/memberships", operation_id = "memberships_list", tag = "memberships",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of memberships.", body = Page<MembershipView>)))]
async fn list_memberships(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Memberships { member_id: id.0 }, list).await
}

/// Record a membership
///
/// A period within one calendar year, to 31 December by default, priced pro rata by the tariff. It covers from the day on which the
/// insurer has registered it. Two periods in force of one member never share a day.
#[utoipa::path(post, path = "/members/{id}/memberships", operation_id = "memberships_create", tag = "memberships",
    params(("id" = Id, Path), CommandOptions), request_body = CreateMembership, responses((status = 201, description = "The membership.", body = MembershipView)))]
async fn create_membership(actor: Actor, id: PathId, command: Command<CreateMembership>) -> Answer {
    actor
        .create("memberships", command, move |tx, scope, body| {
            let member = members::lock_references(tx, scope, id.0)?;
            let row = body.into_row(tx, scope, &member)?;
            let row = store::insert(tx, scope, row)?;
            record(tx, scope, &member, Action::Create, row)
        })
        .await
}

/// Retrieve a membership
///
/// One period of a member of one's department.
#[utoipa::path(get, path = "/memberships/{id}", operation_id = "memberships_retrieve", tag = "memberships",
    params(("id" = Id, Path)), responses((status = 200, description = "The membership.", body = MembershipView)))]
async fn retrieve_membership(actor: Actor, id: PathId, projection: Projection) -> Answer {
    actor
        .retrieve_part(projection, move |conn, scope| {
            let view = Membership::find(conn, scope, id.0)?.view(scope);
            let member = (Confided::Member, view.member_id);
            Ok((view, Some(member)))
        })
        .await
}

/// List the versions of a membership
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/memberships/{id}/history", operation_id = "memberships_history", tag = "memberships",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_membership_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// Move a membership on
///
/// Confirms, ends, cancels, voids or replaces a period, at the version the caller has seen.
#[utoipa::path(post, path = "/memberships/{id}/transitions", operation_id = "memberships_transition", tag = "memberships",
    params(("id" = Id, Path), CommandOptions), request_body = MembershipCommand, responses((status = 201, description = "The transition.", body = TransitionView)))]
async fn transition_membership(actor: Actor, id: PathId, order: Order<MembershipCommand>) -> Answer {
    actor.transition(id.0, order, Membership::find, advance).await
}

/// List the transitions of a membership
///
/// Every step of its life, the first one first.
#[utoipa::path(get, path = "/memberships/{id}/transitions", operation_id = "memberships_transitions_list", tag = "memberships",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of transitions.", body = Page<TransitionView>)))]
async fn list_membership_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}

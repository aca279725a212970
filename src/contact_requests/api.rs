//! Routes of contact requests.

use super::bodies::{CreateContactRequest, UpdateContactRequest};
use super::model::{ContactRequestCommand, ContactRequestFilters, LIFECYCLE};
use super::steps::{Reach, perform, seat};
use super::store;
use super::view::{ContactRequestView, TITLES, look, show};
use crate::audit::Action;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Language, Result};
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, ListOf, Listed, NoFilters, Order, Page, Patch, PathId, Projection, route,
};
use crate::workflow::{Content, TransitionView, Transitions};

/// The contact requests as a list.
#[derive(Clone)]
struct ContactRequests {
    scope: Scope,
    language: Language,
}

const SORTS: &[&str] = &["created", "urgency"];
const EXPANDS: &[&str] = &["member", "establishment", "association", "dossier"];

impl Listed for ContactRequests {
    type Filters = ContactRequestFilters;
    type View = ContactRequestView;

    fn page(&self, conn: &mut DbConn, _: &Scope, filters: &ContactRequestFilters, slice: &Slice) -> Result<Vec<(Position, ContactRequestView)>> {
        let rows = store::list(conn, &self.scope, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), show(&self.scope, self.language, row))).collect())
    }

    fn count(&self, conn: &mut DbConn, _: &Scope, filters: &ContactRequestFilters) -> Result<i64> {
        store::count(conn, &self.scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_contact_requests).lists::<ContactRequestView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_contact_request).creates().shows::<ContactRequestView>(),
        route!(retrieve_contact_request).shows::<ContactRequestView>().sparse().expands(EXPANDS),
        route!(update_contact_request).conditional().shows::<ContactRequestView>(),
        route!(list_contact_request_history).lists::<HistoryEntryView>(&[]),
        route!(transition_contact_request).conditional().creates(),
        route!(list_contact_request_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List contact requests
///
/// The first calls of one's department, in the order in which they came in. A correspondent sees the state of those they opened.
#[utoipa::path(get, path = "/contact-requests", operation_id = "contact_requests_list", tag = "contact_requests",
    params(ContactRequestFilters), responses((status = 200, description = "A page of contact requests.", body = Page<ContactRequestView>)))]
async fn list_contact_requests(actor: Actor, list: ListOf<ContactRequestFilters>) -> Answer {
    let scope = look(&actor, &list)?;
    actor.list(ContactRequests { scope, language: actor.context.language }, list).await
}

/// Record a contact request
///
/// Records a first call, before it is known whether there will be a dossier. A correspondent records one for their school, and is shown
/// its state and not its content.
#[utoipa::path(post, path = "/contact-requests", operation_id = "contact_requests_create", tag = "contact_requests",
    params(CommandOptions), request_body = CreateContactRequest, responses((status = 201, description = "The contact request.", body = ContactRequestView)))]
async fn create_contact_request(actor: Actor, command: Command<CreateContactRequest>) -> Answer {
    let (reach, language) = (Reach::of(&actor), actor.context.language);
    actor
        .create("contact-requests", command, move |tx, scope, mut body| {
            let (association_id, department_code) = seat(tx, scope, &reach, &mut body)?;
            let row = body.into_row(association_id, department_code, tx);
            reach.check(tx, &row, None)?;
            let row = store::insert(tx, scope, row)?;
            tx.record(Action::Create, &ContactRequestView::from(row.clone()))?;
            Ok(show(scope, language, row))
        })
        .await
}

/// Retrieve a contact request
///
/// One first call.
#[utoipa::path(get, path = "/contact-requests/{id}", operation_id = "contact_requests_retrieve", tag = "contact_requests",
    params(("id" = Id, Path)), responses((status = 200, description = "The contact request.", body = ContactRequestView)))]
async fn retrieve_contact_request(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let language = actor.context.language;
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(|row| show(scope, language, row))).await
}

/// Change a contact request
///
/// Changes the fields given, at the version the caller has seen, as long as nobody has seen to it.
#[utoipa::path(patch, path = "/contact-requests/{id}", operation_id = "contact_requests_update", tag = "contact_requests",
    params(("id" = Id, Path)), request_body = UpdateContactRequest, responses((status = 200, description = "The contact request after the change.", body = ContactRequestView)))]
async fn update_contact_request(actor: Actor, id: PathId, patch: Patch<UpdateContactRequest>) -> Answer {
    let (reach, language) = (Reach::of(&actor), actor.context.language);
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let mut row = store::find(tx.conn, scope, id.0)?;
            expected.check(row.version)?;
            if row.status != LIFECYCLE.initial {
                return Err(Error::of(Code::ContactRequestSettled));
            }
            let before = row.clone();
            changes.apply(&mut row);
            reach.check(tx, &row, Some(&before))?;
            let row = store::advance(tx, scope, row, &[LIFECYCLE.initial])?;
            tx.record(Action::Update, &ContactRequestView::from(row.clone()))?;
            Ok(show(scope, language, row))
        })
        .await
}

/// List the versions of a contact request
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/contact-requests/{id}/history", operation_id = "contact_requests_history", tag = "contact_requests",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_contact_request_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) }, list).await
}

/// Move a contact request on
///
/// Carries out a command at the version the caller has seen; `allowed_commands` of the request tells which are possible now.
#[utoipa::path(post, path = "/contact-requests/{id}/transitions", operation_id = "contact_requests_transition", tag = "contact_requests",
    params(("id" = Id, Path), CommandOptions), request_body = ContactRequestCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_contact_request(actor: Actor, id: PathId, order: Order<ContactRequestCommand>) -> Answer {
    let reach = Reach::of(&actor);
    actor
        .transition(id.0, order, store::find, move |tx, scope, step, row, command| {
            let view = ContactRequestView::from(perform(tx, scope, &reach, step, row, command)?);
            tx.record(Action::Transition, &view)?;
            Ok(view)
        })
        .await
}

/// List the steps of a contact request
///
/// Its life so far, the first step first.
#[utoipa::path(get, path = "/contact-requests/{id}/transitions", operation_id = "contact_requests_transitions_list", tag = "contact_requests",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_contact_request_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}

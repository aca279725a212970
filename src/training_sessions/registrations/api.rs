//! Routes of registrations.

use super::bodies::{CreateTrainingRegistration, CreateTrainingRegistrations, UpdateTrainingRegistration};
use super::bulk::register_all;
use super::correcting::correct;
use super::lifecycle::{TrainingRegistrationCommand, advance};
use super::model::RegistrationFilters;
use super::registering::{Reach, register};
use super::store::{self, Registration};
use super::view::{BulkRegistrationsView, TITLES, TrainingRegistrationView, show, show_all};
use crate::audit::Tx;
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::http::{
    Actor, Answer, Command, CommandOptions, Endpoint, History, HistoryEntryView, Lens, ListOf, Listed, NoFilters, Order, Page, PartOf, Patch, PathId,
    Projection, Reply, route,
};
use crate::training_sessions::store as sessions;
use crate::workflow::{Content, TransitionView, Transitions};

/// The registrations to one session as a list.
#[derive(Clone)]
struct Registrations {
    session_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["created"];
const EXPANDS: &[&str] = &["member"];

impl Listed for Registrations {
    type Filters = RegistrationFilters;
    type View = TrainingRegistrationView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &RegistrationFilters, slice: &Slice) -> Result<Vec<(Position, TrainingRegistrationView)>> {
        let session = sessions::find(conn, scope, self.session_id)?;
        let rows = store::list(conn, scope, session.id, filters, slice)?;
        let positions: Vec<Position> = rows.iter().map(store::position).collect();
        Ok(positions.into_iter().zip(show_all(conn, scope, self.lens, &session, rows)?).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &RegistrationFilters) -> Result<i64> {
        store::count(conn, scope, self.session_id, filters)
    }

    /// A member's name and training are theirs, whichever department they are of.
    fn whole(view: &TrainingRegistrationView) -> Option<(Confided, Id)> {
        view.member_id.map(|id| (Confided::Member, id))
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_training_registrations).lists::<TrainingRegistrationView>(SORTS).exports(TITLES).expands(EXPANDS),
        route!(create_training_registration).creates().shows::<TrainingRegistrationView>(),
        route!(create_training_registrations).creates(),
        route!(retrieve_training_registration).shows::<TrainingRegistrationView>().sparse().expands(EXPANDS),
        route!(update_training_registration).conditional().shows::<TrainingRegistrationView>(),
        route!(list_training_registration_history).lists::<HistoryEntryView>(&[]),
        route!(transition_training_registration).conditional().creates(),
        route!(list_training_registration_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List registrations
///
/// Who takes part in a session, who waits and who is none of these any more, in the order in which they came in; for its organisers.
#[utoipa::path(get, path = "/training-sessions/{id}/registrations", operation_id = "training_registrations_list", tag = "training_registrations",
    params(("id" = Id, Path), RegistrationFilters), responses((status = 200, description = "A page of registrations.", body = Page<TrainingRegistrationView>)))]
async fn list_training_registrations(actor: Actor, id: PathId, list: ListOf<RegistrationFilters>) -> Answer {
    let lens = actor.lens();
    actor.list(Registrations { session_id: id.0, lens }, list).await
}

/// Register a participant
///
/// A member or somebody from outside, while registration is open: confirmed as long as there are seats, on the waiting list afterwards, or
/// as a request where the organiser decides on each.
#[utoipa::path(post, path = "/training-sessions/{id}/registrations", operation_id = "training_registrations_create", tag = "training_registrations",
    params(("id" = Id, Path), CommandOptions), request_body = CreateTrainingRegistration,
    responses((status = 201, description = "The registration.", body = TrainingRegistrationView)))]
async fn create_training_registration(actor: Actor, id: PathId, command: Command<CreateTrainingRegistration>) -> Answer {
    let (reach, lens) = (Reach::of(&actor), actor.lens());
    let find = move |tx: &mut Tx<'_>, scope: &Scope| sessions::find(tx.conn, scope, id.0);
    actor
        .create_under("training-registrations", command, find, move |tx, scope, session, body| {
            let (row, rank) = register(tx, scope, &reach, &session, body)?;
            let session = sessions::find(tx.conn, scope, session.id)?;
            show(tx.conn, scope, lens, Registration { row, session }, rank)
        })
        .await
}

/// Register many members
///
/// Those named, or those of the caller's departments with a post at an establishment today, all in one transaction: each gets a row that
/// tells what became of them, and who cannot be registered stands in the way of nobody else.
#[utoipa::path(post, path = "/training-sessions/{id}/registrations/bulk", operation_id = "training_registrations_create_many", tag = "training_registrations",
    params(("id" = Id, Path), CommandOptions), request_body = CreateTrainingRegistrations,
    responses((status = 201, description = "What became of each.", body = BulkRegistrationsView)))]
async fn create_training_registrations(actor: Actor, id: PathId, command: Command<CreateTrainingRegistrations>) -> Answer {
    let Command { body, digest, key, validate } = command;
    let find = move |tx: &mut Tx<'_>, scope: &Scope| sessions::find(tx.conn, scope, id.0).map(drop);
    actor
        .once_found(Some(key.as_str()), digest, validate, find, move |tx, scope, ()| {
            let view = register_all(tx, scope, id.0, body)?;
            Ok(Reply { status: 201, ..Reply::ok(&view)? }.about(id.0))
        })
        .await
}

/// Retrieve a registration
///
/// One registration, for the organisers of its session.
#[utoipa::path(get, path = "/training-registrations/{id}", operation_id = "training_registrations_retrieve", tag = "training_registrations",
    params(("id" = Id, Path)), responses((status = 200, description = "The registration.", body = TrainingRegistrationView)))]
async fn retrieve_training_registration(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor
        .retrieve_part(projection, move |conn, scope| {
            let found = store::find(conn, scope, id.0)?;
            let member = found.part_of();
            Ok((show(conn, scope, lens, found, None)?, member))
        })
        .await
}

/// Correct a registration
///
/// Changes the fields given of somebody from outside, at the version the caller has seen; a member's name is corrected in the member's own
/// record. As long as a certificate stands the name stays: revoke it, correct the name, and issue another one.
#[utoipa::path(patch, path = "/training-registrations/{id}", operation_id = "training_registrations_update", tag = "training_registrations",
    params(("id" = Id, Path)), request_body = UpdateTrainingRegistration,
    responses((status = 200, description = "The registration after the change.", body = TrainingRegistrationView)))]
async fn update_training_registration(actor: Actor, id: PathId, patch: Patch<UpdateTrainingRegistration>) -> Answer {
    let lens = actor.lens();
    actor
        .update(patch, move |tx, scope, expected, changes| {
            let found = store::lock(tx.conn, scope, id.0)?;
            expected.check(found.row.version)?;
            let found = correct(tx, scope, found, changes)?;
            show(tx.conn, scope, lens, found, None)
        })
        .await
}

/// List the versions of a registration
///
/// Who changed what and when, the newest first.
#[utoipa::path(get, path = "/training-registrations/{id}/history", operation_id = "training_registrations_history", tag = "training_registrations",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of versions.", body = Page<HistoryEntryView>)))]
async fn list_training_registration_history(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let history = History { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(drop) };
    actor.list(PartOf { list: history, part_id: id.0, find: store::find }, list).await
}

/// Move a registration on
///
/// Carries out a command at the version the caller has seen. A seat that is left goes to the first on the waiting list in the same breath.
#[utoipa::path(post, path = "/training-registrations/{id}/transitions", operation_id = "training_registrations_transition", tag = "training_registrations",
    params(("id" = Id, Path), CommandOptions), request_body = TrainingRegistrationCommand,
    responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_training_registration(actor: Actor, id: PathId, order: Order<TrainingRegistrationCommand>) -> Answer {
    actor.transition(id.0, order, store::lock, advance).await
}

/// List the steps of a registration
///
/// Its life so far, the first step first; `promote` is the server's.
#[utoipa::path(get, path = "/training-registrations/{id}/transitions", operation_id = "training_registrations_transitions_list", tag = "training_registrations",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_training_registration_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let steps = Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) };
    actor.list(PartOf { list: steps, part_id: id.0, find: store::find }, list).await
}

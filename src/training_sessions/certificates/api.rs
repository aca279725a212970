//! Routes of certificates.

use super::issuing::{Blank, advance, code_of, issue};
use super::model::{CertificateCommand, CertificateFilters, CertificateStatus, IssueCertificate};
use super::sheet::{POLICY, Sheet};
use super::store::{self, Certificate, CertificateRow};
use super::view::{CertificateView, TITLES, show};
use crate::audit::Tx;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::{Code, Error, Language, Result};
use crate::http::{Actor, Answer, Command, CommandOptions, Document, Endpoint, ListOf, Listed, NoFilters, Order, Page, PathId, Projection, Server, route};
use crate::training_modules::store as modules;
use crate::training_sessions::registrations::store::{self as registrations, RegistrationRow};
use crate::training_sessions::store::{self as sessions, TrainingSessionRow};
use crate::values::Choice;
use crate::workflow::{Content, TransitionView, Transitions};
use std::sync::Arc;

/// The certificates of one session as a list.
#[derive(Clone)]
struct Certificates {
    session_id: Id,
    language: Language,
}

const SORTS: &[&str] = &["number", "created"];

impl Listed for Certificates {
    type Filters = CertificateFilters;
    type View = CertificateView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &CertificateFilters, slice: &Slice) -> Result<Vec<(Position, CertificateView)>> {
        let session = sessions::find(conn, scope, self.session_id)?;
        let rows = store::list(conn, scope, self.session_id, filters, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row, slice.sort), show(scope, self.language, row, &session))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &CertificateFilters) -> Result<i64> {
        sessions::find(conn, scope, self.session_id)?;
        store::count(conn, scope, self.session_id, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_certificates).lists::<CertificateView>(SORTS).exports(TITLES),
        route!(issue_certificate).creates().shows::<CertificateView>(),
        route!(retrieve_certificate).shows::<CertificateView>().sparse(),
        route!(retrieve_certificate_sheet).tagged().answers("text/html"),
        route!(transition_certificate).conditional().creates(),
        route!(list_certificate_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the certificates of a training session
///
/// Those that stand and those that were revoked, in the order of their numbers.
#[utoipa::path(get, path = "/training-sessions/{id}/certificates", operation_id = "training_certificates_list", tag = "training_sessions",
    params(("id" = Id, Path), CertificateFilters), responses((status = 200, description = "A page of certificates.", body = Page<CertificateView>)))]
async fn list_certificates(actor: Actor, id: PathId, list: ListOf<CertificateFilters>) -> Answer {
    actor.list(Certificates { session_id: id.0, language: actor.context.language }, list).await
}

/// Issue a certificate
///
/// Certifies that somebody took part in a session that is over, with the minutes of the slots in which they were. It is given to whoever
/// was in the share of slots that the module asks for, and once: another one is given when the first was revoked.
#[utoipa::path(post, path = "/training-sessions/{id}/certificates", operation_id = "training_certificates_issue", tag = "training_sessions",
    params(("id" = Id, Path), CommandOptions), request_body = IssueCertificate, responses((status = 201, description = "The certificate.", body = CertificateView)))]
async fn issue_certificate(actor: Actor, id: PathId, command: Command<IssueCertificate>) -> Answer {
    let (language, blank) = (actor.context.language, Blank::new(&actor.context.server.keys)?);
    let find = move |tx: &mut Tx<'_>, scope: &Scope| sessions::lock(tx.conn, scope, id.0);
    actor
        .create_under("training-certificates", command, find, move |tx, scope, session, IssueCertificate { registration_id }| {
            let row = issue(tx, scope, &session, registration_id, blank)?;
            Ok(show(scope, language, row, &session))
        })
        .await
}

/// Retrieve a certificate
///
/// What it certifies and whether it stands.
#[utoipa::path(get, path = "/training-certificates/{id}", operation_id = "training_certificates_retrieve", tag = "training_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "The certificate.", body = CertificateView)))]
async fn retrieve_certificate(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let language = actor.context.language;
    actor.retrieve(projection, move |conn, scope| store::find(conn, scope, id.0).map(|found| show(scope, language, found.row, &found.session))).await
}

/// Retrieve the sheet of a certificate
///
/// A page to print, in French: who took part in what, how long, and the code by which anybody can check it.
#[utoipa::path(get, path = "/training-certificates/{id}/sheet", operation_id = "training_certificates_sheet", tag = "training_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "The sheet.", body = String, content_type = "text/html"),
        (status = 409, description = "Whose it was is forgotten.")))]
async fn retrieve_certificate_sheet(actor: Actor, id: PathId) -> Answer {
    let server = Arc::clone(&actor.context.server);
    actor
        .show_document(move |conn, scope| {
            let Certificate { row, session } = store::find(conn, scope, id.0)?;
            let registration = registrations::find(conn, scope, row.registration_id)?.row;
            let confided = registration.member_id.map(|id| (Confided::Member, id)).into_iter().collect();
            let text = sheet(conn, scope, &server, row, &session, registration)?.html();
            Ok((Document { media_type: "text/html; charset=utf-8", text, policy: Some(POLICY) }, confided))
        })
        .await
}

fn sheet(conn: &mut DbConn, scope: &Scope, server: &Server, row: CertificateRow, session: &TrainingSessionRow, registration: RegistrationRow) -> Result<Sheet> {
    let holder = holder(conn, scope, registration)?.ok_or_else(|| Error::of(Code::CertificateHolderForgotten))?;
    let module = modules::find(conn, &Scope::everybody(), session.module_id)?;
    Ok(Sheet {
        code: code_of(&server.keys, row.id)?.to_string(),
        number: row.number.to_string(),
        holder,
        organiser: store::organiser(conn, scope, session)?,
        module: module.title.to_string(),
        format: label(session.format),
        starts_on: session.starts_on,
        ends_on: session.ends_on,
        slots_attended: row.slots_attended,
        slots_held: row.slots_held,
        minutes: row.minutes_attended,
        issued_at: row.created_at,
        check_at: format!("{}/api/v1/certificate-checks", server.config.public_url),
        revoked: row.status == CertificateStatus::Revoked,
    })
}

/// Whose a registration is; none once that was forgotten.
fn holder(conn: &mut DbConn, scope: &Scope, registration: RegistrationRow) -> Result<Option<String>> {
    match registration.member_id {
        Some(id) => Ok(registrations::names(conn, scope, vec![id])?.remove(&id)),
        None => Ok(registration.name.map(|name| name.to_string())),
    }
}

fn label<C: Choice>(choice: C) -> String {
    C::ENUMERATION.values.iter().find(|value| value.code == choice.code()).map_or(choice.code(), |value| value.fr).to_owned()
}

/// Move a certificate on
///
/// Revokes it: its code is no longer valid, and another one can be given.
#[utoipa::path(post, path = "/training-certificates/{id}/transitions", operation_id = "training_certificates_transition", tag = "training_sessions",
    params(("id" = Id, Path), CommandOptions), request_body = CertificateCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_certificate(actor: Actor, id: PathId, order: Order<CertificateCommand>) -> Answer {
    actor.transition(id.0, order, store::find, advance).await
}

/// List the steps of a certificate
///
/// Its one step, once it was revoked.
#[utoipa::path(get, path = "/training-certificates/{id}/transitions", operation_id = "training_certificates_transitions_list", tag = "training_sessions",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_certificate_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}

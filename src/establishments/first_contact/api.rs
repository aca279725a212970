//! Route and view of the first contact.

use super::model::{ContactLevel, ContactPerson, ContactReason};
use super::store::{self, FirstContact};
use crate::associations::model::{OnCallPeriod, TimeZone, is_open};
use crate::associations::store::AssociationRow;
use crate::db::{Id, Instant};
use crate::http::{Actor, Answer, Endpoint, PathId, route};
use crate::values::{Email, Phone};
use serde::Serialize;
use utoipa::ToSchema;

/// Whom to call for somebody of an establishment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FirstContactView {
    /// Who answers.
    pub level: ContactLevel,
    /// Why this level answers.
    pub reason: ContactReason,
    /// Establishment.
    pub establishment_id: Id,
    /// The association behind those who answer: the department's, or the national one.
    pub association_id: Id,
    /// People to call, the first first; none where the association itself answers.
    #[schema(max_items = 100)]
    pub contacts: Vec<ContactPerson>,
    /// Phone of the association.
    pub phone: Option<Phone>,
    /// Electronic address of the association.
    pub email: Option<Email>,
    /// When the association can be called, in the order of the week.
    #[schema(max_items = 100)]
    pub on_call_hours: Vec<OnCallPeriod>,
    /// Time zone of these hours.
    pub time_zone: TimeZone,
    /// Whether these hours hold the present moment; public holidays are not known.
    pub open_now: bool,
}

impl FirstContactView {
    fn new(establishment_id: Id, found: FirstContact, now: Instant) -> Self {
        let FirstContact { level, reason, association, contacts } = found;
        let AssociationRow { id: association_id, phone, email, on_call_hours, time_zone, .. } = association;
        let open_now = is_open(&on_call_hours.0, &time_zone, now.0);
        Self { level, reason, establishment_id, association_id, contacts, phone, email, on_call_hours: on_call_hours.0, time_zone, open_now }
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(show_first_contact)]
}

/// Find the first contact of an establishment
///
/// Whom to call today (Europe/Paris) for somebody of this establishment: the correspondents in office, else the team of the
/// department, head first, else the departmental association if it has a phone or an electronic address, else the federation.
#[utoipa::path(get, path = "/establishments/{id}/first-contact", operation_id = "establishments_first_contact", tag = "establishments",
    params(("id" = Id, Path)), responses((status = 200, description = "Whom to call, and why.", body = FirstContactView)))]
async fn show_first_contact(actor: Actor, id: PathId) -> Answer {
    let (now, today) = (actor.now(), actor.today());
    actor.show(move |conn, scope| Ok(FirstContactView::new(id.0, store::find(conn, scope, id.0, today)?, now))).await
}

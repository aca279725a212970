//! Routes of the record of changes.

use super::model::AuditEventFilters;
use super::store;
use crate::audit::EventRow;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::Result;
use crate::http::{Actor, Answer, Endpoint, FieldName, ListOf, Listed, Page, route};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;

/// A change: who made it, when, through what, by which right. What the resource was stands in its history; here are keyed digests
/// of it, which tell whether two states are the same and nothing else.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEventView {
    /// Identifier.
    pub id: Id,
    /// The place in the chain of events; `null` for the moment until it has one.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64, example = 120_431)]
    pub sequence: Option<i64>,
    /// When.
    pub recorded_at: Instant,
    /// By which door: `api`, `console` or `import`.
    #[schema(max_length = 20, pattern = "^[a-z_]+$", example = "api")]
    pub origin: String,
    /// Who did it; `null` for the console and for machines.
    pub actor_id: Option<Id>,
    /// The machine that carried the request, where it was one.
    pub client_id: Option<Id>,
    /// Whom the actor stood in for: `null` as long as no operation lets anybody do so.
    pub on_behalf_of_id: Option<Id>,
    /// The request, or the long operation.
    pub request_id: Id,
    /// The operation of this contract, or the command of the console.
    #[schema(max_length = 80, pattern = "^[a-z_ ]+$", example = "dossiers_update")]
    pub operation: String,
    /// The roles by which the operation was granted, each with its department, or the scope of a machine; `null` for the console.
    #[schema(max_length = 2000, pattern = "^[a-z_.0-9AB: ]+$", example = "department_staff:63")]
    pub rule: Option<String>,
    /// What was done, a word of the enumeration `action`.
    #[schema(max_length = 20, pattern = "^[a-z_]+$", example = "update")]
    pub action: String,
    /// What it was done to.
    #[schema(max_length = 60, pattern = "^[a-z_]+$", example = "dossier")]
    pub resource: String,
    /// The resource.
    pub resource_id: Id,
    /// The version that the change made, of what has versions.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 2)]
    pub version: Option<i32>,
    /// Keyed digest of the resource before.
    #[schema(max_length = 43, pattern = "^[A-Za-z0-9_-]+$", example = "w1pD3v0gYzq3o0cX0xwTtq0dDk4gq9mQm1mQnq4mJ5s")]
    pub before_digest: Option<String>,
    /// Keyed digest of the resource after.
    #[schema(max_length = 43, pattern = "^[A-Za-z0-9_-]+$", example = "w1pD3v0gYzq3o0cX0xwTtq0dDk4gq9mQm1mQnq4mJ5s")]
    pub after_digest: Option<String>,
    /// The fields that are hidden from the caller.
    #[schema(max_items = 10, value_type = Vec<FieldName>)]
    pub withheld: Vec<&'static str>,
}

/// What whoever runs the house does not need to know of what was changed.
const CONTENT: [&str; 2] = ["before_digest", "after_digest"];

impl AuditEventView {
    /// The event as somebody sees it who may know all of it, or all but what tells of content.
    fn seen(row: EventRow, whole: bool) -> Self {
        let EventRow { id, recorded_at, origin, actor_id, client_id, on_behalf_of, request_id, operation, rule, .. } = row;
        let EventRow { action, resource, resource_id, version, before_digest, after_digest, sequence, seal: _, .. } = row;
        let digest = |digest: Option<Vec<u8>>| digest.filter(|_| whole).map(|digest| URL_SAFE_NO_PAD.encode(digest));
        Self {
            id,
            sequence,
            recorded_at,
            origin,
            actor_id,
            client_id,
            on_behalf_of_id: on_behalf_of,
            request_id,
            operation,
            rule,
            action,
            resource,
            resource_id,
            version,
            before_digest: digest(before_digest),
            after_digest: digest(after_digest),
            withheld: if whole { Vec::new() } else { CONTENT.to_vec() },
        }
    }
}

#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("sequence", "Rang"), ("recorded_at", "Date"), ("origin", "Origine"), ("actor_id", "Auteur"), ("client_id", "Client"),
    ("on_behalf_of_id", "Pour le compte de"), ("request_id", "Demande"), ("operation", "Opération"), ("rule", "Droit"), ("action", "Action"),
    ("resource", "Objet"), ("resource_id", "Identifiant de l'objet"), ("version", "Version"), ("before_digest", "Empreinte avant"),
    ("after_digest", "Empreinte après"), ("withheld", "Champs masqués"),
];

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_audit_events).lists::<AuditEventView>(&["recorded"]).exports(TITLES)]
}

#[derive(Clone)]
struct AuditEvents;

impl Listed for AuditEvents {
    type Filters = AuditEventFilters;
    type View = AuditEventView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &AuditEventFilters, slice: &Slice) -> Result<Vec<(Position, AuditEventView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        Ok(rows.into_iter().map(|(position, row)| (position, AuditEventView::seen(row, scope.is_all()))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &AuditEventFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

/// List audit events
///
/// Every change that was made, the oldest first. Who watches over personal data sees all of it, administrators all but the digests
/// of what was changed.
#[utoipa::path(get, path = "/audit-events", operation_id = "audit_events_list", tag = "records",
    params(AuditEventFilters), responses((status = 200, description = "A page of events.", body = Page<AuditEventView>)))]
async fn list_audit_events(actor: Actor, list: ListOf<AuditEventFilters>) -> Answer {
    actor.list(AuditEvents, list).await
}

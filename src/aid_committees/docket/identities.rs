//! Whose request each number of a session stands for: the one place that tells, and each look at it is recorded.

use super::model::{DocketFilters, Pseudonym};
use super::store::{self, ItemRow};
use crate::aid_committees::sessions::store as sessions;
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id};
use crate::error::Result;
use crate::financial_aid_requests::model::AidNumber;
use crate::financial_aid_requests::store::{self as requests, AidRequestRow};
use crate::http::{Actor, Answer, Endpoint, ListOf, Listed, Page, PathId, route};
use crate::members::model::{MemberNumber, PersonName};
use crate::members::store::{self as members, MemberRow};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Whose request a number stands for. The member is `null` once the request is anonymised.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AidIdentityView {
    /// Its place on the docket.
    pub docket_item_id: Id,
    /// The number.
    pub pseudonym: Pseudonym,
    /// The request.
    pub request_id: Id,
    /// Its own number.
    pub request_number: Option<AidNumber>,
    /// The member who asks.
    pub member_id: Option<Id>,
    /// Their number.
    pub member_number: Option<MemberNumber>,
    /// Their last name.
    pub last_name: Option<PersonName>,
    /// Their first name.
    pub first_name: Option<PersonName>,
}

/// The map of one session as a list.
#[derive(Clone)]
struct Identities {
    session_id: Id,
}

const SORTS: &[&str] = &["number"];

impl Listed for Identities {
    type Filters = DocketFilters;
    type View = AidIdentityView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &DocketFilters, slice: &Slice) -> Result<Vec<(Position, AidIdentityView)>> {
        sessions::find(conn, scope, self.session_id)?;
        let rows = store::list(conn, scope, self.session_id, filters, slice)?;
        let asked = requests::find_by_ids(conn, scope, rows.iter().map(|row| row.request_id).collect())?;
        // Whoever reads the map is told who asks, wherever they are a member today.
        let people = members::find_by_ids(conn, &Scope::everybody(), asked.iter().filter_map(|request| request.member_id).collect())?;
        let asked: HashMap<Id, AidRequestRow> = asked.into_iter().map(|request| (request.id, request)).collect();
        let people: HashMap<Id, MemberRow> = people.into_iter().map(|member| (member.id, member)).collect();
        let told = |row: ItemRow| {
            let position = store::position(&row);
            let request = asked.get(&row.request_id);
            (position, identity(row, request, request.and_then(|request| people.get(&request.member_id?))))
        };
        Ok(rows.into_iter().map(told).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &DocketFilters) -> Result<i64> {
        sessions::find(conn, scope, self.session_id)?;
        store::count(conn, scope, self.session_id, filters)
    }

    fn whole(view: &AidIdentityView) -> Option<(Confided, Id)> {
        view.member_id.map(|id| (Confided::Member, id))
    }
}

fn identity(row: ItemRow, request: Option<&AidRequestRow>, member: Option<&MemberRow>) -> AidIdentityView {
    AidIdentityView {
        docket_item_id: row.id,
        pseudonym: row.pseudonym,
        request_id: row.request_id,
        request_number: request.map(|request| request.number.clone()),
        member_id: request.and_then(|request| request.member_id),
        member_number: member.map(|member| member.member_number.clone()),
        last_name: member.map(|member| member.last_name.clone()),
        first_name: member.map(|member| member.first_name.clone()),
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_aid_identities).lists::<AidIdentityView>(SORTS)]
}

/// List whose requests stand on a docket
///
/// Which request, and which member, each number of a session stands for: for the department staff who instruct and the treasurer of the
/// committee. Each look is recorded at each member before it is answered.
#[utoipa::path(get, path = "/aid-sessions/{id}/identities", operation_id = "aid_identities_list", tag = "aid_docket",
    params(("id" = Id, Path), DocketFilters), responses((status = 200, description = "A page of the map.", body = Page<AidIdentityView>)))]
async fn list_aid_identities(actor: Actor, id: PathId, list: ListOf<DocketFilters>) -> Answer {
    actor.list(Identities { session_id: id.0 }, list).await
}

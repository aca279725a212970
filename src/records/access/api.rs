//! Routes of the record of looks.

use super::model::AccessFilters;
use super::store;
use super::view::{AccessEntryView, DossierAccessView, DossierReaderView, LookView, RuleName, TITLES};
use crate::audit::access::AccessRow;
use crate::auth::store::principals_of;
use crate::auth::{Principal, Role, Scope};
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::dossiers::store::{self as dossiers, DossierRow, Facts};
use crate::error::{Code, Error, Result};
use crate::http::{Actor, Answer, Endpoint, ListOf, Listed, NoFilters, Page, PathId, route};
use crate::members::store as members;

const SORTS: &[&str] = &["recorded"];
/// Looks told with those who can look.
const LATEST: i64 = 100;

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_access_log).lists::<AccessEntryView>(SORTS).exports(TITLES),
        route!(retrieve_dossier_access),
        route!(list_member_access_log).follows().lists::<LookView>(SORTS),
    ]
}

#[derive(Clone)]
struct Looks;

impl Listed for Looks {
    type Filters = AccessFilters;
    type View = AccessEntryView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &AccessFilters, slice: &Slice) -> Result<Vec<(Position, AccessEntryView)>> {
        let rows = store::list(conn, scope, filters, slice)?;
        let mut subjects = store::subjects_of(conn, scope, &rows)?;
        let mut seen = |row: AccessRow| AccessEntryView::seen(subjects.remove(&row.id).unwrap_or_default(), row, scope.is_all());
        Ok(rows.into_iter().map(|row| (store::position(&row), seen(row))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &AccessFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

/// List looks at what is confidential
///
/// Who looked at which dossiers and members, when, through what and by which right, the oldest first. What was searched for is told
/// as a keyed digest, and not at all to administrators.
#[utoipa::path(get, path = "/access-log", operation_id = "access_log_list", tag = "records",
    params(AccessFilters), responses((status = 200, description = "A page of looks.", body = Page<AccessEntryView>)))]
async fn list_access_log(actor: Actor, list: ListOf<AccessFilters>) -> Answer {
    actor.list(Looks, list).await
}

/// The looks at one member's file.
#[derive(Clone)]
struct LooksAtMember(Id);

impl Listed for LooksAtMember {
    type Filters = NoFilters;
    type View = LookView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, LookView)>> {
        members::find(conn, scope, self.0)?;
        let rows = store::list_at(conn, scope, self.0, slice)?;
        Ok(rows.into_iter().map(|row| (store::position(&row), row.into())).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        members::find(conn, scope, self.0)?;
        store::count_at(conn, scope, self.0)
    }
}

/// List looks at a member
///
/// Who looked at the member's file, the oldest first.
#[utoipa::path(get, path = "/members/{id}/access-log", operation_id = "members_access_log_list", tag = "records",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of looks.", body = Page<LookView>)))]
async fn list_member_access_log(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(LooksAtMember(id.0), list).await
}

/// Explain who can see a dossier
///
/// Those who can see it now and why, from their rights, the levels these reach, the referent and what opens it to single persons, and
/// the latest looks at it. The head of its department, its referent and who watches over personal data may ask.
#[utoipa::path(get, path = "/dossiers/{id}/access", operation_id = "dossiers_access_retrieve", tag = "records",
    params(("id" = Id, Path)), responses((status = 200, description = "Who can see it and who looked at it.", body = DossierAccessView)))]
async fn retrieve_dossier_access(actor: Actor, id: PathId) -> Answer {
    let (now, user_id) = (actor.now(), actor.principal.user_id);
    actor
        .show(move |conn, scope| {
            let row = dossiers::find(conn, scope, id.0)?;
            let leads = scope.holds(&[Role::DepartmentHead, Role::Dpo], Some(row.department_code.as_str()));
            if !leads && row.referent_id != Some(user_id) {
                return Err(Error::of(Code::FunctionNotGranted));
            }
            let facts = dossiers::facts(conn, scope, vec![row.id])?.remove(&row.id).unwrap_or_default();
            let named = facts.permits.iter().map(|permit| permit.user_id).collect();
            let principals = principals_of(conn, &row.department_code, &[Role::Dpo, Role::SolidarityOfficer], named)?;
            let readers = principals.iter().filter_map(|principal| reader(principal, &row, &facts, now)).collect();
            let latest = Slice { sort: "recorded", descending: true, limit: LATEST, ..Slice::default() };
            let looks = store::list_at(conn, scope, row.id, &latest)?.into_iter().map(LookView::from).collect();
            Ok(DossierAccessView { dossier_id: row.id, readers, looks })
        })
        .await
}

/// What the policy lets somebody see of a dossier; none where that is nothing.
fn reader(principal: &Principal, row: &DossierRow, facts: &Facts, now: Instant) -> Option<DossierReaderView> {
    let scope = Scope::of_operation(principal, "dossiers_retrieve", now)?;
    let rules = scope.reasons(&row.case(facts));
    let display_name = principal.display_name.parse().ok()?;
    let rules: Vec<RuleName> = rules.into_iter().map(RuleName).collect();
    (!rules.is_empty()).then(|| DossierReaderView { user_id: principal.user_id, display_name, reads_content: row.is_read_by(&scope, facts), rules })
}

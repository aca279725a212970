//! Routes and views of duplicates.

use super::model::DuplicateKey;
use super::store::{self, Candidate};
use crate::audit::access::Confided;
use crate::db::Id;
use crate::error::Result;
use crate::http::{Actor, Answer, Endpoint, PathId, route};
use crate::members::api::show;
use crate::members::store::find;
use crate::members::view::MemberView;
use serde::Serialize;
use utoipa::ToSchema;

/// A record that may be of the same person.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateView {
    /// How likely it is, from 0 to 100; nothing under 55 is told.
    #[schema(minimum = 0, maximum = 100, example = 75)]
    pub score: i32,
    /// What both have in common.
    #[schema(max_items = 10)]
    pub keys: Vec<DuplicateKey>,
    /// The record.
    pub member: MemberView,
}

/// The records that may be of the same person.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicatesView {
    /// All of them, the likeliest first.
    #[schema(max_items = 50)]
    pub items: Vec<DuplicateView>,
}

/// Most records told of.
const CANDIDATES_MAX: usize = 50;

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_duplicates).follows().discloses(Confided::Member)]
}

/// List the likely duplicates of a member
///
/// Records in one's perimeter that may be of the same person, compared on names (slips, first and last name swapped, name at
/// birth), date of birth, phone, addresses, external identifiers and establishment. An electronic address alone is no reason.
/// Nothing is ever merged without somebody who decides it.
#[utoipa::path(get, path = "/members/{id}/duplicates", operation_id = "member_duplicates_list", tag = "member_merges",
    params(("id" = Id, Path)), responses((status = 200, description = "The likely duplicates.", body = DuplicatesView)))]
async fn list_duplicates(actor: Actor, id: PathId) -> Answer {
    let today = actor.today();
    actor
        .show_with(move |conn, scope| {
            let row = find(conn, scope, id.0)?;
            let candidates = store::of(conn, scope, &row, today)?.into_iter().take(CANDIDATES_MAX);
            let view = |Candidate { row, likeness }| Ok(DuplicateView { score: likeness.score, keys: likeness.keys, member: show(conn, scope, row, today)? });
            let items: Vec<DuplicateView> = candidates.map(view).collect::<Result<_>>()?;
            let shown = items.iter().map(|item| (Confided::Member, item.member.id)).collect();
            Ok((DuplicatesView { items }, shown))
        })
        .await
}

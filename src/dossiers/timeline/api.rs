//! The route of timelines.

use super::sources::{Seen, chosen};
use super::view::{TimelineEntryView, TimelineFilters};
use crate::audit::access::Confided;
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice};
use crate::db::{DbConn, Id};
use crate::dossiers;
use crate::error::Result;
use crate::http::{Actor, Answer, Endpoint, Lens, ListOf, Listed, Page, PathId, route};

/// The timeline of one dossier as a list.
#[derive(Clone)]
struct Timeline {
    dossier_id: Id,
    lens: Lens,
}

const SORTS: &[&str] = &["at"];

impl Listed for Timeline {
    type Filters = TimelineFilters;
    type View = TimelineEntryView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &TimelineFilters, slice: &Slice) -> Result<Vec<(Position, TimelineEntryView)>> {
        let (dossier, facts) = (dossiers::store::find(conn, scope, self.dossier_id)?, dossiers::store::facts_of(conn, scope, self.dossier_id)?);
        let seen = Seen { dossier, facts, lens: self.lens };
        let limit = usize::try_from(slice.limit).unwrap_or(usize::MAX);
        let (mut entries, mut slice) = (Vec::new(), slice.clone());
        for source in chosen(filters) {
            entries.extend((source.slice)(conn, scope, &seen, &slice)?);
            entries.sort_unstable_by_key(|entry: &TimelineEntryView| (entry.at, entry.id));
            if slice.descending {
                entries.reverse();
            }
            entries.truncate(limit);
            // A full page: of the next room only what comes before its last entry can still stand on it.
            slice.until = entries.last().filter(|_| entries.len() == limit).map(|last| Key::from(last.at));
        }
        Ok(entries.into_iter().map(|entry| (Position { key: Key::from(entry.at), id: entry.id }, entry)).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &TimelineFilters) -> Result<i64> {
        dossiers::store::find(conn, scope, self.dossier_id)?;
        chosen(filters).map(|source| (source.count)(conn, scope, self.dossier_id)).sum()
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![route!(list_timeline).lists::<TimelineEntryView>(SORTS).discloses(Confided::Dossier)]
}

/// List the timeline of a dossier
///
/// What was done, what is to be done, what was sent in, what was tried to settle it, what else came to be in it and the steps of the dossier
/// and of all that lies under it, as far as the caller may know of them, in order of time: the oldest first, or by `sort=-at` the newest.
/// What the server does by itself is told by these steps and tasks, of which nobody is the author: a silence that became a refusal, a proposal
/// that expired, a deadline that comes near.
#[utoipa::path(get, path = "/dossiers/{id}/timeline", operation_id = "dossier_timeline_list", tag = "dossiers",
    params(("id" = Id, Path), TimelineFilters), responses((status = 200, description = "A page of entries.", body = Page<TimelineEntryView>)))]
async fn list_timeline(actor: Actor, id: PathId, list: ListOf<TimelineFilters>) -> Answer {
    actor.list(Timeline { dossier_id: id.0, lens: actor.lens() }, list).await
}

//! Routes and views of conflicts.

use super::model::{ConflictCommand, ConflictFilters, ConflictStatus, LIFECYCLE};
use super::notices;
use super::store::{self, ConflictOf, ConflictRow};
use crate::audit::{Action, Resource};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::Result;
use crate::http::{Actor, Answer, CommandOptions, Endpoint, FieldName, Lens, ListOf, Listed, NoFilters, Order, Page, PathId, Projection, route};
use crate::values::Day;
use crate::workflow::{AllowedCommandView, Content, Reason, TransitionView, Transitions, Verdict};
use serde::Serialize;
use utoipa::ToSchema;

/// Two dossiers that oppose each other, as seen from one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ConflictView {
    /// Identifier.
    pub id: Id,
    /// Version, raised by every change.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// A dossier that the caller sees.
    pub dossier_id: Id,
    /// The other one, if the caller sees it too.
    pub opposing_dossier_id: Option<Id>,
    /// State.
    pub status: ConflictStatus,
    /// The day on which it was found.
    pub found_on: Day,
    /// The day on which it was waived.
    pub waived_on: Option<Day>,
    /// Who waived it.
    pub waived_by: Option<Id>,
    /// Why it was waived.
    pub waive_reason: Option<Reason>,
    /// The commands that its state allows and this caller may give.
    #[schema(max_items = 50)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// The fields that are hidden from this caller.
    #[schema(max_items = 20, value_type = Vec<FieldName>)]
    pub withheld: Vec<&'static str>,
    /// When it was first recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// The columns of the export as a French spreadsheet titles them.
#[rustfmt::skip]
const TITLES: &[(&str, &str)] = &[
    ("id", "Identifiant"), ("version", "Version"), ("dossier_id", "Dossier"), ("opposing_dossier_id", "Dossier opposé"), ("status", "État"),
    ("found_on", "Trouvé le"), ("waived_on", "Levé le"), ("waived_by", "Levé par"), ("waive_reason", "Motif de la levée"),
    ("allowed_commands", "Commandes possibles"), ("withheld", "Champs masqués"), ("created_at", "Créé le"), ("updated_at", "Modifié le"),
];

impl Resource for ConflictView {
    const KIND: &'static str = "conflict";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

/// The whole row, without what depends on who looks at it.
impl From<ConflictRow> for ConflictView {
    fn from(row: ConflictRow) -> Self {
        let status = row.status();
        let ConflictRow { id, low_id: dossier_id, high_id, found_on, waived_on, waived_by, waive_reason, version, created_at, updated_at, told_on: _ } = row;
        let (opposing_dossier_id, allowed_commands, withheld) = (Some(high_id), Vec::new(), Vec::new());
        Self {
            id,
            version,
            dossier_id,
            opposing_dossier_id,
            status,
            found_on,
            waived_on,
            waived_by,
            waive_reason,
            allowed_commands,
            withheld,
            created_at,
            updated_at,
        }
    }
}

impl ConflictOf {
    /// Who does not see both dossiers reads neither which the other is nor what was said where it is.
    fn content(&self, scope: &Scope) -> Content {
        let own = self.row.waived_by.is_some() && self.row.waived_by == scope.caller();
        if self.seen.len() > 1 || own { Content::Shown } else { Content::Withheld }
    }

    fn shown(self, scope: &Scope, lens: Lens) -> ConflictView {
        let allowed_commands = LIFECYCLE.allowed(self.row.status(), scope, self.seen.first().map(|(_, code)| code.as_str()), lens.language, |_| Verdict::Free);
        let reason = self.content(scope) == Content::Shown;
        let mut seen = self.seen.iter().map(|(id, _)| *id);
        let (dossier_id, opposing_dossier_id) = (seen.next().unwrap_or(self.row.low_id), seen.next());
        let hidden = [("opposing_dossier_id", opposing_dossier_id.is_none()), ("waive_reason", !reason)];
        let withheld = hidden.into_iter().filter(|(_, hidden)| *hidden).map(|(name, _)| name).collect();
        let view = ConflictView::from(self.row);
        let waive_reason = view.waive_reason.clone().filter(|_| reason);
        ConflictView { dossier_id, opposing_dossier_id, waive_reason, allowed_commands, withheld, ..view }
    }
}

/// The conflicts as a list, for one caller.
#[derive(Clone)]
struct Conflicts {
    lens: Lens,
}

const SORTS: &[&str] = &["found"];

impl Listed for Conflicts {
    type Filters = ConflictFilters;
    type View = ConflictView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, filters: &ConflictFilters, slice: &Slice) -> Result<Vec<(Position, ConflictView)>> {
        let found = store::list(conn, scope, filters, slice)?;
        Ok(found.into_iter().map(|found| (store::position(&found.row), found.shown(scope, self.lens))).collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, filters: &ConflictFilters) -> Result<i64> {
        store::count(conn, scope, filters)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_conflicts).lists::<ConflictView>(SORTS).exports(TITLES),
        route!(retrieve_conflict).shows::<ConflictView>().sparse(),
        route!(transition_conflict).conditional().creates(),
        route!(list_conflict_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List conflicts
///
/// Dossiers that oppose each other, the earliest found first. A head sees those of the dossiers of the department, and of the other
/// dossier only what they see anyway; the data protection officer sees all. A task tells them of each (`conflict_id` in `GET /tasks`).
#[utoipa::path(get, path = "/conflicts", operation_id = "conflicts_list", tag = "conflicts",
    params(ConflictFilters), responses((status = 200, description = "A page of conflicts.", body = Page<ConflictView>)))]
async fn list_conflicts(actor: Actor, list: ListOf<ConflictFilters>) -> Answer {
    actor.list(Conflicts { lens: actor.lens() }, list).await
}

/// Retrieve a conflict
///
/// Two dossiers that oppose each other.
#[utoipa::path(get, path = "/conflicts/{id}", operation_id = "conflicts_retrieve", tag = "conflicts",
    params(("id" = Id, Path)), responses((status = 200, description = "The conflict.", body = ConflictView)))]
async fn retrieve_conflict(actor: Actor, id: PathId, projection: Projection) -> Answer {
    let lens = actor.lens();
    actor.retrieve(projection, move |conn, scope| Ok(store::find(conn, scope, id.0)?.shown(scope, lens))).await
}

/// Move a conflict on
///
/// Waives it, at the version the caller has seen: one person can then be put in charge of both dossiers, and the tasks that told of it are
/// done. Whoever is in conflict still reads neither.
#[utoipa::path(post, path = "/conflicts/{id}/transitions", operation_id = "conflicts_transition", tag = "conflicts",
    params(("id" = Id, Path), CommandOptions), request_body = ConflictCommand, responses((status = 201, description = "The step.", body = TransitionView)))]
async fn transition_conflict(actor: Actor, id: PathId, order: Order<ConflictCommand>) -> Answer {
    actor
        .transition(id.0, order, store::find, move |tx, scope, step, found: ConflictOf, ConflictCommand::Waive { reason }| {
            store::lock(tx, scope, &found.row)?;
            let view = ConflictView::from(store::waive(tx, scope, found.row, step, reason)?);
            tx.record(Action::Transition, &view)?;
            notices::settle(tx, view.id)?;
            Ok(view)
        })
        .await
}

/// List the steps of a conflict
///
/// Who waived it, if anybody did.
#[utoipa::path(get, path = "/conflicts/{id}/transitions", operation_id = "conflicts_transitions_list", tag = "conflicts",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of steps.", body = Page<TransitionView>)))]
async fn list_conflict_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    let find = |conn: &mut DbConn, scope: &Scope, id| Ok(store::find(conn, scope, id)?.content(scope));
    actor.list(Transitions { id: id.0, find }, list).await
}

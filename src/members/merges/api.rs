//! Routes, bodies and views of merges.

use super::merging::merge;
use super::model::{LIFECYCLE, MergeCommand, MergeStatus, MovedRow, by_table, undo_until};
use super::store::{self, Merge, MergeRow};
use super::undoing::{obstacle, undo};
use crate::audit::access::{Confided, Part};
use crate::audit::{Action, Resource, Tx};
use crate::auth::Scope;
use crate::db::paging::{Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::{Language, Result};
use crate::http::{Actor, Answer, Command, CommandOptions, Endpoint, ListOf, Listed, NoFilters, Order, Page, PathId, Projection, route};
use crate::members::aliases;
use crate::members::store as members;
use crate::values::body;
use crate::workflow::{AllowedCommandView, Content, Reason, Step, TransitionView, Transitions, Verdict, Word};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Rows of one table that went from one record to the other.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MovedRowsView {
    /// The table.
    #[schema(value_type = Word)]
    pub table: String,
    /// How many of its rows.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 3)]
    pub count: i32,
    /// In how many of them more was changed: periods that are superseded, posts that are second ones, terms that were shortened.
    #[schema(minimum = 0, maximum = 2_147_483_647, example = 1)]
    pub altered: i32,
}

/// Two records of one person made one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberMergeView {
    /// Identifier.
    pub id: Id,
    /// Version, raised when it is undone.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The record that stays.
    pub survivor_id: Id,
    /// The record that was absorbed; its address leads to the other.
    pub absorbed_id: Id,
    /// Whether it still holds.
    pub status: MergeStatus,
    /// Why they were merged.
    pub reason: Reason,
    /// What was moved, by table.
    #[schema(max_items = 50)]
    pub moved: Vec<MovedRowsView>,
    /// The fields that the record which stays lacked and took over.
    #[schema(max_items = 20, value_type = Vec<Word>)]
    pub gained: Vec<String>,
    /// What stayed when it was undone, for it was changed since, by table.
    #[schema(max_items = 50)]
    pub not_moved_back: Vec<MovedRowsView>,
    /// The fields that stayed so.
    #[schema(max_items = 20, value_type = Vec<Word>)]
    pub not_given_back: Vec<String>,
    /// Until when it can be undone.
    pub undo_until: Instant,
    /// Who merged them.
    pub merged_by: Option<Id>,
    /// When it was undone.
    pub undone_at: Option<Instant>,
    /// Who undid it.
    pub undone_by: Option<Id>,
    /// What this caller may do with it now.
    #[schema(max_items = 20)]
    pub allowed_commands: Vec<AllowedCommandView>,
    /// When they were merged.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

impl Resource for MemberMergeView {
    const KIND: &'static str = "member_merge";

    fn id(&self) -> Id {
        self.id
    }

    fn version(&self) -> i32 {
        self.version
    }
}

fn tables(rows: &[MovedRow]) -> Vec<MovedRowsView> {
    by_table(rows).into_iter().map(|(table, (count, altered))| MovedRowsView { table: table.to_owned(), count, altered }).collect()
}

/// Without what depends on who looks at it.
impl From<MergeRow> for MemberMergeView {
    fn from(row: MergeRow) -> Self {
        let status = row.status();
        let MergeRow { id, survivor_id, absorbed_id, reason, moved, merged_by, undone_at, undone_by, version, created_at, updated_at } = row;
        let gained = moved.0.gained.iter().map(|gained| gained.field.clone()).collect();
        Self {
            id,
            version,
            survivor_id,
            absorbed_id,
            status,
            reason,
            moved: tables(&moved.0.rows),
            gained,
            not_moved_back: tables(&moved.0.kept),
            not_given_back: moved.0.kept_fields,
            undo_until: undo_until(created_at),
            merged_by,
            undone_at,
            undone_by,
            allowed_commands: Vec::new(),
            created_at,
            updated_at,
        }
    }
}

fn show(scope: &Scope, merge: Merge, now: Instant, language: Language) -> MemberMergeView {
    let verdict = |_| obstacle(&merge, now).map_or(Verdict::Free, Verdict::Blocked);
    let department = Some(merge.holder.department_code.as_str());
    let allowed_commands = LIFECYCLE.allowed(merge.row.status(), scope, department, language, verdict);
    MemberMergeView { allowed_commands, ..merge.row.into() }
}

body! {
    /// Merges another record of the same person into this one.
    pub struct CreateMemberMerge {
        /// The record that is absorbed.
        absorbed_id: Id,
        /// Why both are of one person.
        reason: Reason,
    }
}

/// The merges of one member as a list.
#[derive(Clone)]
struct Merges {
    member_id: Id,
    now: Instant,
    language: Language,
}

impl Listed for Merges {
    type Filters = NoFilters;
    type View = MemberMergeView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, MemberMergeView)>> {
        members::find(conn, scope, self.member_id)?;
        let rows = store::list(conn, scope, self.member_id, slice)?;
        let view = |row: MergeRow| {
            let holder = aliases::find_final(conn, scope, row.survivor_id)?;
            Ok((store::position(&row), show(scope, Merge { row, holder }, self.now, self.language)))
        };
        rows.into_iter().map(view).collect()
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        members::find(conn, scope, self.member_id)?;
        store::count(conn, scope, self.member_id)
    }
}

pub fn routes() -> Vec<Endpoint> {
    vec![
        route!(list_merges).follows().lists::<MemberMergeView>(&["created"]).discloses(Confided::Member),
        route!(create_merge).creates().shows::<MemberMergeView>().discloses(Confided::Member),
        route!(retrieve_merge).shows::<MemberMergeView>(),
        route!(transition_merge).conditional().creates(),
        route!(list_merge_transitions).lists::<TransitionView>(&[]),
    ]
}

/// List the merges of a member
///
/// Every record that was merged into this one, undone merges too, and those that took this one apart again, the earliest first.
#[utoipa::path(get, path = "/members/{id}/merges", operation_id = "member_merges_list", tag = "member_merges",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of merges.", body = Page<MemberMergeView>)))]
async fn list_merges(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Merges { member_id: id.0, now: actor.now(), language: actor.context.language }, list).await
}

/// Merge two members
///
/// Makes one record of two that are of one person: every reference moves to the record in the address, which also takes over what it
/// lacked, and the address of the other leads to it. Periods in force that share days with those of the record that stays are kept
/// as superseded. It can be undone for 30 days.
#[utoipa::path(post, path = "/members/{id}/merges", operation_id = "member_merges_create", tag = "member_merges",
    params(("id" = Id, Path), CommandOptions), request_body = CreateMemberMerge, responses((status = 201, description = "The merge.", body = MemberMergeView)))]
async fn create_merge(actor: Actor, id: PathId, command: Command<CreateMemberMerge>) -> Answer {
    let (language, server) = (actor.context.language, Arc::clone(&actor.context.server));
    actor
        .create("member-merges", command, move |tx, scope, CreateMemberMerge { absorbed_id, reason }| {
            let row = merge(tx, scope, (id.0, absorbed_id), reason, &server.reconcilers)?;
            tx.record(Action::Create, &MemberMergeView::from(row.clone()))?;
            let merge = store::find(tx.conn, scope, row.id)?;
            Ok(show(scope, merge, tx.now, language))
        })
        .await
}

/// Retrieve a merge
///
/// What was moved, and what was left when it was undone.
#[utoipa::path(get, path = "/member-merges/{id}", operation_id = "member_merges_retrieve", tag = "member_merges",
    params(("id" = Id, Path)), responses((status = 200, description = "The merge.", body = MemberMergeView)))]
async fn retrieve_merge(actor: Actor, id: PathId) -> Answer {
    let (now, language) = (actor.now(), actor.context.language);
    actor
        .retrieve_part(Projection::default(), move |conn, scope| {
            let merge = store::find(conn, scope, id.0)?;
            let file = merge.part_of();
            Ok((show(scope, merge, now, language), file))
        })
        .await
}

/// Move a merge on
///
/// `undo` makes two records of one again, within 30 days: every row that still is as the merge left it goes back, superseded periods count
/// again, and fields that were taken over are given back. What was changed since stays, and the merge tells it.
#[utoipa::path(post, path = "/member-merges/{id}/transitions", operation_id = "member_merges_transition", tag = "member_merges",
    params(("id" = Id, Path), CommandOptions), request_body = MergeCommand, responses((status = 201, description = "The transition.", body = TransitionView)))]
async fn transition_merge(actor: Actor, id: PathId, order: Order<MergeCommand>) -> Answer {
    actor.transition(id.0, order, store::find, advance).await
}

fn advance(tx: &mut Tx<'_>, scope: &Scope, _: Step<MergeStatus>, merge: Merge, command: MergeCommand) -> Result<MemberMergeView> {
    let MergeCommand::Undo { .. } = command;
    let view = MemberMergeView::from(undo(tx, scope, merge)?);
    tx.record(Action::Transition, &view)?;
    Ok(view)
}

/// List the transitions of a merge
///
/// Its one step, once it was undone.
#[utoipa::path(get, path = "/member-merges/{id}/transitions", operation_id = "member_merges_transitions_list", tag = "member_merges",
    params(("id" = Id, Path)), responses((status = 200, description = "A page of transitions.", body = Page<TransitionView>)))]
async fn list_merge_transitions(actor: Actor, id: PathId, list: ListOf<NoFilters>) -> Answer {
    actor.list(Transitions { id: id.0, find: |conn, scope, id| store::find(conn, scope, id).map(|_| Content::Shown) }, list).await
}

//! Queries on merges.

use super::model::{LIFECYCLE, MergeStatus, Moved};
use crate::audit::Tx;
use crate::audit::access::{Confided, Part};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice, keyset};
use crate::db::schema::member_merges;
use crate::db::{DbConn, Id, Instant, Json, MultiBackend};
use crate::error::{Code, Error, Result};
use crate::members::aliases::find_final;
use crate::members::store::MemberRow;
use crate::workflow::{Lifecycle, Reason, Stateful};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = member_merges, treat_none_as_default_value = false)]
pub struct MergeRow {
    pub id: Id,
    pub survivor_id: Id,
    pub absorbed_id: Id,
    pub reason: Reason,
    pub moved: Json<Moved>,
    pub merged_by: Option<Id>,
    pub undone_at: Option<Instant>,
    pub undone_by: Option<Id>,
    pub version: i32,
    pub created_at: Instant,
    pub updated_at: Instant,
}

impl MergeRow {
    pub fn status(&self) -> MergeStatus {
        if self.undone_at.is_some() { MergeStatus::Undone } else { MergeStatus::Merged }
    }
}

/// A merge with the record in which what it merged is found today.
#[derive(Debug, Clone)]
pub struct Merge {
    pub row: MergeRow,
    pub holder: MemberRow,
}

impl Part for Merge {
    fn part_of(&self) -> Option<(Confided, Id)> {
        Some((Confided::Member, self.holder.id))
    }
}

impl Stateful for Merge {
    type Status = MergeStatus;
    const LIFECYCLE: &'static Lifecycle<MergeStatus> = &LIFECYCLE;

    fn id(&self) -> Id {
        self.row.id
    }

    fn version(&self) -> i32 {
        self.row.version
    }

    fn status(&self) -> MergeStatus {
        self.row.status()
    }

    fn department(&self) -> Option<&str> {
        Some(self.holder.department_code.as_str())
    }
}

pub fn insert(tx: &mut Tx<'_>, _locked_in: &Scope, row: &MergeRow) -> Result<()> {
    diesel::insert_into(member_merges::table).values(row).execute(tx.conn)?;
    Ok(())
}

/// A merge of which the caller may see the record that stayed, or the one into which that was merged in its turn.
pub fn find(conn: &mut DbConn, scope: &Scope, id: Id) -> Result<Merge> {
    let row: MergeRow = member_merges::table.find(id).select(MergeRow::as_select()).first(conn)?;
    let holder = find_final(conn, scope, row.survivor_id)?;
    Ok(Merge { row, holder })
}

type Boxed<'a> = member_merges::BoxedQuery<'a, MultiBackend>;

fn of_member<'a>(member_id: Id) -> Boxed<'a> {
    member_merges::table.filter(member_merges::survivor_id.eq(member_id).or(member_merges::absorbed_id.eq(member_id))).into_boxed()
}

/// The merges of a member that was found in the scope, the earliest first.
pub fn list(conn: &mut DbConn, _found_in: &Scope, member_id: Id, slice: &Slice) -> Result<Vec<MergeRow>> {
    let query = of_member(member_id).select(MergeRow::as_select());
    let page = keyset!(query, slice, member_merges::id, { "created" => (member_merges::created_at, instant) });
    Ok(page.load(conn)?)
}

pub fn position(row: &MergeRow) -> Position {
    Position { key: Key::from(row.created_at), id: row.id }
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, member_id: Id) -> Result<i64> {
    Ok(of_member(member_id).count().get_result(conn)?)
}

/// Marks a merge as undone, unless it was: the condition and the mark are one statement.
pub fn undo(tx: &mut Tx<'_>, _locked_in: &Scope, row: MergeRow) -> Result<MergeRow> {
    let seen = row.version;
    let row = MergeRow { undone_at: Some(tx.now), undone_by: tx.author.actor_id, version: seen + 1, updated_at: tx.now, ..row };
    let standing = member_merges::table.filter(member_merges::id.eq(row.id).and(member_merges::version.eq(seen)).and(member_merges::undone_at.is_null()));
    let changes = (
        member_merges::undone_at.eq(row.undone_at),
        member_merges::undone_by.eq(row.undone_by),
        member_merges::moved.eq(row.moved.clone()),
        member_merges::version.eq(row.version),
        member_merges::updated_at.eq(row.updated_at),
    );
    if diesel::update(standing).set(changes).execute(tx.conn)? == 1 { Ok(row) } else { Err(Error::of(Code::VersionStale)) }
}

/// Forgets that merges moved a row, for they tell whose it was: it stays counted, under an id that leads nowhere.
pub fn forget(tx: &mut Tx<'_>, _found_in: &Scope, row_id: Id) -> Result<()> {
    let names_it = sql::<Bool>("CAST(moved AS TEXT) LIKE ").bind::<Text, _>(format!("%{row_id}%"));
    let merges = member_merges::table.filter(names_it).select((member_merges::id, member_merges::moved));
    for (id, Json(mut moved)) in merges.load::<(Id, Json<Moved>)>(tx.conn)? {
        let rows = moved.rows.iter_mut().chain(moved.kept.iter_mut());
        rows.filter(|row| row.id == row_id).for_each(|row| row.id = Id::new());
        diesel::update(member_merges::table.find(id)).set(member_merges::moved.eq(Json(moved))).execute(tx.conn)?;
    }
    Ok(())
}

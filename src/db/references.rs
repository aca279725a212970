//! Which columns refer to rows that can be taken away or merged: a deletion is refused, and a merge moves them.

use super::columns::sql::Uuid;
use super::{DbConn, Id};
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer};

/// What becomes of the references to a member whose record is merged into another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moving {
    /// They follow to the record that stays: nothing else in the row depends on it.
    Plain,
    /// The room of the table has a way of its own, for its rows must fit together.
    Room,
    /// They stay: an alias leads on from the record that is gone.
    Alias,
    /// They stay: they tell what was done, and keep no row from being taken away.
    Record,
}

/// A column that holds the id of a row of another table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    pub table: &'static str,
    pub column: &'static str,
    /// Whether rows of the table may be deleted softly; such rows refer to nothing any more.
    pub soft: bool,
    pub moving: Moving,
}

const fn hard(table: &'static str, column: &'static str) -> Reference {
    Reference { table, column, soft: false, moving: Moving::Plain }
}

const fn soft(table: &'static str, column: &'static str) -> Reference {
    Reference { table, column, soft: true, moving: Moving::Plain }
}

impl Reference {
    const fn moved(self, moving: Moving) -> Self {
        Self { moving, ..self }
    }
}

pub const TO_ESTABLISHMENTS: &[Reference] = &[
    soft("establishments", "successor_id"),
    soft("correspondents", "establishment_id"),
    soft("employments", "establishment_id"),
    hard("dossiers", "establishment_id"),
    hard("contact_requests", "establishment_id"),
    hard("incidents", "establishment_id"),
    hard("grants", "establishment_id"),
];

/// Every column that refers to a member: a room that adds one adds it here, and a test reads the schema to see that it did. Tables
/// whose references move plainly have a version, by which an undone merge knows what was changed since.
pub const TO_MEMBERS: &[Reference] = &[
    hard("users", "member_id").moved(Moving::Room),
    soft("correspondents", "member_id").moved(Moving::Room),
    soft("employments", "member_id").moved(Moving::Room),
    hard("memberships", "member_id").moved(Moving::Room),
    hard("member_transfers", "member_id"),
    hard("dossiers", "member_id"),
    hard("dossier_walls", "member_id"),
    hard("dossier_parties", "member_id"),
    hard("contact_requests", "member_id"),
    hard("training_registrations", "member_id"),
    hard("financial_aid_requests", "member_id"),
    hard("members", "merged_into_id").moved(Moving::Alias),
    hard("member_merges", "survivor_id").moved(Moving::Record),
    hard("member_merges", "absorbed_id").moved(Moving::Record),
];

/// Whether any living row refers to this one.
pub fn referenced(conn: &mut DbConn, references: &[Reference], id: Id) -> QueryResult<bool> {
    for Reference { table, column, soft, .. } in references.iter().filter(|reference| reference.moving != Moving::Record) {
        let living = if *soft { " AND deleted_at IS NULL" } else { "" };
        let question = sql::<Bool>(&format!("EXISTS (SELECT 1 FROM {table} WHERE {column} = ")).bind::<Uuid, _>(id).sql(&format!("{living})"));
        if diesel::select(question).get_result(conn)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes the rows that refer to one row refer to another; gives their ids and versions, which stay as they are: what a row says
/// of itself has not changed.
pub fn move_all(conn: &mut DbConn, Reference { table, column, .. }: &Reference, from: Id, to: Id) -> QueryResult<Vec<(Id, i32)>> {
    let select = sql::<(Uuid, Integer)>(&format!("SELECT id, version FROM {table} WHERE {column} = ")).bind::<Uuid, _>(from).sql(" ORDER BY id");
    let rows: Vec<(Id, i32)> = select.load(conn)?;
    let update = sql::<Bool>(&format!("UPDATE {table} SET {column} = ")).bind::<Uuid, _>(to).sql(&format!(" WHERE {column} = ")).bind::<Uuid, _>(from);
    update.execute(conn)?;
    Ok(rows)
}

/// Makes one row refer to another row again, if it still refers to `from` at the version given; tells whether it did.
pub fn move_back(conn: &mut DbConn, Reference { table, column, .. }: &Reference, row: (Id, i32), from: Id, to: Id) -> QueryResult<bool> {
    let (id, version) = row;
    let update = sql::<Bool>(&format!("UPDATE {table} SET {column} = "))
        .bind::<Uuid, _>(to)
        .sql(" WHERE id = ")
        .bind::<Uuid, _>(id)
        .sql(" AND version = ")
        .bind::<Integer, _>(version)
        .sql(&format!(" AND {column} = "))
        .bind::<Uuid, _>(from);
    Ok(update.execute(conn)? == 1)
}

//! Which columns refer to rows that can be taken away or merged: a deletion is refused, and a merge moves them.

use super::columns::sql::Uuid;
use super::{DbConn, Id};
use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// A column that holds the id of a row of another table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference {
    pub table: &'static str,
    pub column: &'static str,
    /// Whether rows of the table may be deleted softly; such rows refer to nothing any more.
    pub soft: bool,
}

const fn hard(table: &'static str, column: &'static str) -> Reference {
    Reference { table, column, soft: false }
}

const fn soft(table: &'static str, column: &'static str) -> Reference {
    Reference { table, column, soft: true }
}

pub const TO_ESTABLISHMENTS: &[Reference] = &[
    soft("establishments", "successor_id"),
    soft("correspondents", "establishment_id"),
    soft("employments", "establishment_id"),
    hard("dossiers", "establishment_id"),
    hard("contact_requests", "establishment_id"),
];

pub const TO_MEMBERS: &[Reference] = &[
    hard("users", "member_id"),
    soft("correspondents", "member_id"),
    soft("employments", "member_id"),
    hard("memberships", "member_id"),
    hard("member_transfers", "member_id"),
    hard("dossiers", "member_id"),
    hard("contact_requests", "member_id"),
];

/// Whether any living row refers to this one.
pub fn referenced(conn: &mut DbConn, references: &[Reference], id: Id) -> QueryResult<bool> {
    for Reference { table, column, soft } in references {
        let living = if *soft { " AND deleted_at IS NULL" } else { "" };
        let question = sql::<Bool>(&format!("EXISTS (SELECT 1 FROM {table} WHERE {column} = ")).bind::<Uuid, _>(id).sql(&format!("{living})"));
        if diesel::select(question).get_result(conn)? {
            return Ok(true);
        }
    }
    Ok(false)
}

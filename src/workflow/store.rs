//! Queries on the steps of lifecycles.

use crate::audit::Tx;
use crate::auth::Scope;
use crate::db::paging::{Slice, keyset};
use crate::db::schema::status_transitions;
use crate::db::{DbConn, Id, Instant, Json, columns_of, direct, insert_all};
use crate::error::Result;
use diesel::prelude::*;
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = status_transitions, treat_none_as_default_value = false)]
pub struct TransitionRow {
    pub id: Id,
    pub resource: String,
    pub resource_id: Id,
    pub resource_version: i32,
    pub command: String,
    pub from_status: String,
    pub to_status: String,
    pub reason: Option<String>,
    pub details: Json<Map<String, Value>>,
    pub recorded_at: Instant,
    pub actor_id: Option<Id>,
    pub request_id: Id,
    /// What the resource lies under, where it is told there too; of what nothing lies over that is told so, its own id.
    pub whole_id: Option<Id>,
}

pub fn insert(tx: &mut Tx<'_>, _found_in: &Scope, row: &TransitionRow) -> Result<()> {
    direct!(&mut *tx.conn, |conn| diesel::insert_into(status_transitions::table).values(row).execute(conn))?;
    Ok(())
}

pub fn insert_many(tx: &mut Tx<'_>, _found_in: &Scope, rows: &[TransitionRow]) -> Result<()> {
    insert_all!(tx.conn, status_transitions::table, rows);
    Ok(())
}

/// The steps of a resource, the first one first. The room has looked for the resource in the caller's scope already.
pub fn list(conn: &mut DbConn, _found_in: &Scope, resource_id: Id, slice: &Slice) -> Result<Vec<TransitionRow>> {
    let after = slice.after.as_ref().map_or(0, |position| i32::try_from(position.key.number()).unwrap_or(i32::MAX));
    Ok(status_transitions::table
        .filter(status_transitions::resource_id.eq(resource_id).and(status_transitions::resource_version.gt(after)))
        .order(status_transitions::resource_version.asc())
        .limit(slice.limit)
        .select(TransitionRow::as_select())
        .load(conn)?)
}

/// The steps of a resource and of all that lies under it, in order of time.
pub fn list_in_time(conn: &mut DbConn, _found_in: &Scope, whole_id: Id, slice: &Slice) -> Result<Vec<TransitionRow>> {
    let query = status_transitions::table.filter(status_transitions::whole_id.eq(whole_id)).into_boxed().select(columns_of::<TransitionRow>());
    let page = keyset!(query, slice, status_transitions::id, { "at" => (status_transitions::recorded_at, instant) });
    Ok(page.load(conn)?)
}

pub fn count(conn: &mut DbConn, _found_in: &Scope, resource_id: Id) -> Result<i64> {
    Ok(status_transitions::table.filter(status_transitions::resource_id.eq(resource_id)).count().get_result(conn)?)
}

pub fn count_in_time(conn: &mut DbConn, _found_in: &Scope, whole_id: Id) -> Result<i64> {
    Ok(status_transitions::table.filter(status_transitions::whole_id.eq(whole_id)).count().get_result(conn)?)
}

/// Takes the words out of the steps of a resource: which ones there were, when and by whom stays.
pub fn scrub(tx: &mut Tx<'_>, _found_in: &Scope, resource_id: Id) -> Result<()> {
    let wordless = (status_transitions::reason.eq(None::<String>), status_transitions::details.eq(Json(Map::new())));
    diesel::update(status_transitions::table.filter(status_transitions::resource_id.eq(resource_id))).set(wordless).execute(tx.conn)?;
    Ok(())
}

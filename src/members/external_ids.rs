//! By which names other systems know a member or a membership.

use super::model::ExternalId;
use crate::db::schema::external_ids;
use crate::db::{DbConn, Id, insert_all};
use crate::error::{Code, Error, Result};
use diesel::prelude::*;

#[derive(Insertable)]
#[diesel(table_name = external_ids)]
struct NewExternalId<'a> {
    resource: &'static str,
    system: &'static str,
    kind: &'a str,
    value: &'a str,
    owner_id: Id,
}

/// Makes the identifiers name this row; each names one row of its kind.
pub fn name_externally(conn: &mut DbConn, resource: &'static str, owner_id: Id, ids: &[ExternalId]) -> Result<()> {
    let rows: Vec<NewExternalId<'_>> = ids
        .iter()
        .map(|ExternalId { system, kind, value }| NewExternalId { resource, system: system.as_str(), kind: kind.as_str(), value: value.as_str(), owner_id })
        .collect();
    let stored = (|| -> Result<()> {
        insert_all!(conn, external_ids::table, rows);
        Ok(())
    })();
    stored.map_err(|error| if error.code() == Code::ConstraintViolated { Error::of(Code::ExternalIdTaken) } else { error })
}

/// Makes these identifiers, and no others, name this row.
pub fn rename_externally(conn: &mut DbConn, resource: &'static str, owner_id: Id, ids: &[ExternalId]) -> Result<()> {
    diesel::delete(external_ids::table.filter(external_ids::owner_id.eq(owner_id).and(external_ids::resource.eq(resource)))).execute(conn)?;
    name_externally(conn, resource, owner_id, ids)
}

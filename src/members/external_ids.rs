//! By which names other systems know a member or a membership.

use super::model::{ExternalId, ExternalKind, ExternalSystem, ExternalValue};
use crate::db::schema::external_ids;
use crate::db::{DbConn, Id, insert_all};
use crate::error::{Code, Error, Result};
use diesel::prelude::*;
use std::collections::HashMap;

#[derive(Insertable)]
#[diesel(table_name = external_ids)]
struct NewExternalId<'a> {
    resource: &'static str,
    system: &'static str,
    kind: &'a str,
    value: &'a str,
    owner_id: Id,
}

/// The rows that the identifiers name.
pub fn owners_of(conn: &mut DbConn, resource: &'static str, ids: &[ExternalId]) -> Result<HashMap<ExternalId, Id>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let values: Vec<&str> = ids.iter().map(|id| id.value.as_str()).collect();
    let named = external_ids::table.filter(external_ids::value.eq_any(values).and(external_ids::resource.eq(resource)));
    let rows: Vec<(ExternalSystem, ExternalKind, ExternalValue, Id)> =
        named.select((external_ids::system, external_ids::kind, external_ids::value, external_ids::owner_id)).load(conn)?;
    Ok(rows.into_iter().map(|(system, kind, value, owner_id)| (ExternalId { system, kind, value }, owner_id)).filter(|(id, _)| ids.contains(id)).collect())
}

/// Makes the identifiers name the rows they stand with; each names one row of its kind.
pub fn name_externally<'a>(conn: &mut DbConn, resource: &'static str, owners: impl IntoIterator<Item = (Id, &'a [ExternalId])>) -> Result<()> {
    let row = |owner_id, ExternalId { system, kind, value }: &'a ExternalId| {
        let (system, kind, value) = (system.as_str(), kind.as_str(), value.as_str());
        NewExternalId { resource, system, kind, value, owner_id }
    };
    let rows: Vec<NewExternalId<'_>> = owners.into_iter().flat_map(|(owner_id, ids)| ids.iter().map(move |id| row(owner_id, id))).collect();
    let stored = (|| -> Result<()> {
        insert_all!(conn, external_ids::table, rows);
        Ok(())
    })();
    stored.map_err(|error| if error.code() == Code::ConstraintViolated { Error::of(Code::ExternalIdTaken) } else { error })
}

/// Makes these identifiers, and no others, name this row.
pub fn rename_externally(conn: &mut DbConn, resource: &'static str, owner_id: Id, ids: &[ExternalId]) -> Result<()> {
    diesel::delete(external_ids::table.filter(external_ids::owner_id.eq(owner_id).and(external_ids::resource.eq(resource)))).execute(conn)?;
    name_externally(conn, resource, [(owner_id, ids)])
}

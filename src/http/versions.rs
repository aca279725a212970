//! `/history`: the versions of a resource, who made each, and what was before and after.

use super::list::{Listed, NoFilters};
use crate::audit::{self, Action};
use crate::auth::Scope;
use crate::db::paging::{Key, Position, Slice};
use crate::db::{DbConn, Id, Instant};
use crate::error::Result;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One version of a resource.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryEntryView {
    /// The version that the change made.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 2)]
    pub version: i32,
    /// What was done.
    pub action: Action,
    /// When.
    pub recorded_at: Instant,
    /// Who did it; `null` when the console did.
    pub actor_id: Option<Id>,
    /// The request, or the import, that did it.
    pub request_id: Id,
    /// The resource before; `null` when it was created.
    #[schema(schema_with = snapshot)]
    pub before: Option<Value>,
    /// The resource after; `null` when it was deleted.
    #[schema(schema_with = snapshot)]
    pub after: Option<Value>,
}

fn snapshot() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
    use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, SchemaType, Type};
    ObjectBuilder::new()
        .schema_type(SchemaType::Array(vec![Type::Object, Type::Null]))
        .description(Some("The fields of the resource as they were served at that version."))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .into()
}

/// Makes sure that the resource is the caller's to see.
pub type Find = fn(&mut DbConn, &Scope, Id) -> Result<()>;

/// The history of one resource, found first in the caller's scope.
#[derive(Clone)]
pub struct History {
    pub id: Id,
    pub find: Find,
}

impl Listed for History {
    type Filters = NoFilters;
    type View = HistoryEntryView;

    fn page(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters, slice: &Slice) -> Result<Vec<(Position, HistoryEntryView)>> {
        (self.find)(conn, scope, self.id)?;
        let rows = audit::history(conn, scope, self.id, slice)?;
        let before = rows.iter().skip(1).map(|row| row.snapshot.clone()).chain(std::iter::once(None));
        let entries = rows.iter().zip(before).take(usize::try_from(slice.limit).unwrap_or(usize::MAX));
        Ok(entries
            .map(|(row, before)| {
                let audit::HistoryRow { resource_id, version, action, recorded_at, actor_id, request_id, snapshot } = row.clone();
                let position = Position { key: Key::from(version), id: resource_id };
                let (before, after) = (before.map(|json| json.0), snapshot.map(|json| json.0));
                (position, HistoryEntryView { version, action, recorded_at, actor_id, request_id, before, after })
            })
            .collect())
    }

    fn count(&self, conn: &mut DbConn, scope: &Scope, _: &NoFilters) -> Result<i64> {
        (self.find)(conn, scope, self.id)?;
        audit::count(conn, scope, self.id)
    }
}

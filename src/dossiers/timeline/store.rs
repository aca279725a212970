//! Queries on what was opened, proposed or recorded under a dossier: one statement over all rooms whose rows the timeline does not show
//! by themselves.

use crate::auth::Scope;
use crate::db::columns::sql::{Instant as InstantColumn, Uuid};
use crate::db::paging::{Key, Position, Slice};
use crate::db::schema::dossier_links;
use crate::db::search::Condition;
use crate::db::{DbConn, Id, Instant, Kept, MultiBackend};
use crate::error::Result;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Nullable, Text};

/// A row that came to be under a dossier, or the dossier itself.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct CreationRow {
    pub resource: String,
    pub id: Id,
    pub recorded_at: Instant,
    pub actor_id: Option<Id>,
}

/// The rooms: what a row is called, its table, and the column that says of which dossier it is. Whoever reads the content of a dossier
/// reads all of these.
pub const ROOMS: [(&str, &str, &str); 9] = [
    ("dossier", "dossiers", "id"),
    ("party", "dossier_parties", "dossier_id"),
    ("mandate", "lawyer_mandates", "dossier_id"),
    ("cover_decision", "cover_decisions", "dossier_id"),
    ("protection_request", "protection_requests", "dossier_id"),
    ("deadline", "deadlines", "dossier_id"),
    ("deadline_event", "deadline_events", "dossier_id"),
    ("conciliation_session", "conciliation_sessions", "dossier_id"),
    ("commitment", "commitments", "dossier_id"),
];

/// All of them of one dossier, with its links to dossiers that the caller reads too.
struct Creations {
    dossier_id: Id,
    links: Condition<dossier_links::table>,
}

impl Creations {
    fn of(dossier_id: Id, scope: &Scope) -> Self {
        let own = dossier_links::from_id.eq(dossier_id).or(dossier_links::to_id.eq(dossier_id));
        Self { dossier_id, links: Box::new(own.and(scope.dossier_links())) }
    }

    fn walk<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for (resource, table, whole) in ROOMS {
            out.push_sql("SELECT '");
            out.push_sql(resource);
            out.push_sql("' AS resource, id, created_at FROM ");
            out.push_sql(table);
            out.push_sql(" WHERE ");
            out.push_sql(whole);
            out.push_sql(" = ");
            out.push_bind_param::<Uuid, Id>(&self.dossier_id)?;
            out.push_sql(" UNION ALL ");
        }
        out.push_sql("SELECT 'link' AS resource, id, created_at FROM dossier_links WHERE ");
        self.links.walk_ast(out)
    }
}

/// A page of them, in order of time.
struct Page {
    of: Creations,
    after: Option<(Instant, Id)>,
    until: Option<Instant>,
    descending: bool,
    limit: i64,
}

impl QueryFragment<MultiBackend> for Page {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let (beyond, order) = if self.descending { ("<", " DESC") } else { (">", "") };
        let sorted = |table: &str| format!(" ORDER BY {table}.created_at{order}, {table}.id{order}");
        // Who made it stands with its first version, and is looked up for the rows of the page alone.
        out.push_sql("SELECT page.resource, page.id, page.created_at, made.actor_id FROM (SELECT * FROM (");
        self.of.walk(out.reborrow())?;
        out.push_sql(") AS beneath");
        if let Some((at, id)) = &self.after {
            out.push_sql(&format!(" WHERE (beneath.created_at {beyond} "));
            out.push_bind_param::<InstantColumn, Instant>(at)?;
            out.push_sql(" OR (beneath.created_at = ");
            out.push_bind_param::<InstantColumn, Instant>(at)?;
            out.push_sql(&format!(" AND beneath.id {beyond} "));
            out.push_bind_param::<Uuid, Id>(id)?;
            out.push_sql("))");
        }
        if let Some(until) = &self.until {
            let (joined, within) = (if self.after.is_some() { "AND" } else { "WHERE" }, if self.descending { ">=" } else { "<=" });
            out.push_sql(&format!(" {joined} beneath.created_at {within} "));
            out.push_bind_param::<InstantColumn, Instant>(until)?;
        }
        out.push_sql(&sorted("beneath"));
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, i64>(&self.limit)?;
        out.push_sql(") AS page LEFT JOIN resource_versions made ON made.resource_id = page.id AND made.version = 1");
        out.push_sql(&sorted("page"));
        Ok(())
    }
}

impl QueryId for Page {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Page {
    type SqlType = (Text, Uuid, InstantColumn, Nullable<Uuid>);
}

/// How many there are.
struct Count(Creations);

impl QueryFragment<MultiBackend> for Count {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("SELECT count(*) FROM (");
        self.0.walk(out.reborrow())?;
        out.push_sql(") AS beneath");
        Ok(())
    }
}

impl QueryId for Count {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Count {
    type SqlType = BigInt;
}

/// What was opened, proposed or recorded in a dossier that was found in the scope with its content.
pub fn creations(conn: &mut DbConn, scope: &Scope, dossier_id: Id, slice: &Slice) -> Result<Vec<CreationRow>> {
    let after = slice.after.as_ref().map(|Position { key, id }| (key.instant(), *id));
    let until = slice.until.as_ref().map(Key::instant);
    let page = Page { of: Creations::of(dossier_id, scope), after, until, descending: slice.descending, limit: slice.limit };
    Ok(Kept::new(page).load(conn)?)
}

pub fn count_creations(conn: &mut DbConn, scope: &Scope, dossier_id: Id) -> Result<i64> {
    Ok(Kept::new(Count(Creations::of(dossier_id, scope))).get_result(conn)?)
}

//! Statements that the common connection cannot build, or diesel does not keep prepared.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

/// Rows in one statement: few enough for the limit of bound values on either engine (32 766 on SQLite).
pub const ROWS_AT_ONCE: usize = 200;

/// Inserts all rows of a vector, in as few round trips as the engines allow. SQLite has none: there a row's statement, prepared
/// once, is faster than one of many rows, which is parsed anew each time.
macro_rules! insert_all {
    ($conn:expr, $table:path, $rows:expr) => {{
        let rows = &$rows;
        match &mut *$conn {
            $crate::db::DbConn::Sqlite(conn) => {
                for row in rows.iter() {
                    diesel::insert_into($table).values(row).execute(conn)?;
                }
            }
            $crate::db::DbConn::Postgres(conn) => {
                for chunk in rows.chunks($crate::db::ROWS_AT_ONCE) {
                    match chunk {
                        // One row is the common case, and its statement is prepared once.
                        [row] => diesel::insert_into($table).values(row).execute(conn)?,
                        rows => diesel::insert_into($table).values(rows).execute(conn)?,
                    };
                }
            }
        }
    }};
}

/// Inserts a row unless its key is taken; tells how many were inserted. On PostgreSQL it waits for a transaction that is
/// inserting the same key.
macro_rules! insert_unless_taken {
    ($conn:expr, $table:path, $row:expr) => {
        match $conn {
            $crate::db::DbConn::Sqlite(conn) => diesel::insert_into($table).values($row).on_conflict_do_nothing().execute(conn),
            $crate::db::DbConn::Postgres(conn) => diesel::insert_into($table).values($row).on_conflict_do_nothing().execute(conn),
        }
    };
}

/// A statement whose text does not depend on its values, which diesel cannot see of an UPDATE: it is prepared once a connection.
pub struct Prepared<Q>(pub Q);

impl<Q, DB> QueryFragment<DB> for Prepared<Q>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q, C> RunQueryDsl<C> for Prepared<Q> {}

/// Runs a query on the engine's own connection, which keeps what never changes prepared by its type; on the common connection
/// the text of a query is built anew each time. For what runs at every request.
macro_rules! direct {
    ($conn:expr, |$own:ident| $run:expr) => {
        match $conn {
            $crate::db::DbConn::Sqlite($own) => $run,
            $crate::db::DbConn::Postgres($own) => $run,
        }
    };
}

/// Filters a boxed query by the values of a list; a list of one keeps the text that is prepared already.
macro_rules! among {
    ($query:expr, $column:expr, $values:expr) => {{
        let mut values: Vec<_> = $values;
        match (values.len(), values.pop()) {
            (1, Some(value)) => $query.filter($column.eq(value)),
            (_, last) => $query.filter($column.eq_any(values.into_iter().chain(last).collect::<Vec<_>>())),
        }
    }};
}

pub(crate) use {among, direct, insert_all, insert_unless_taken};

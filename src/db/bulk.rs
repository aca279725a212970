//! Statements that the common connection cannot build, or diesel does not keep prepared.

use super::MultiBackend;
use diesel::backend::Backend;
use diesel::dsl::AsSelect;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, SelectableHelper, ValidGrouping};
use diesel::pg::PgQueryBuilder;
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;
use diesel::sqlite::SqliteQueryBuilder;
use diesel::{QueryResult, RunQueryDsl, Selectable};
use std::any::TypeId;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

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
/// It must return something: diesel borrows what it only executes, and forgets what this says of it.
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

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Prepared<Q> {}

/// A query that builds its text once: the common connection asks for it three times in every run.
pub struct Kept<Q> {
    query: Q,
    text: OnceCell<String>,
}

impl<Q> Kept<Q> {
    pub fn new(query: Q) -> Self {
        Self { query, text: OnceCell::new() }
    }
}

type CommonBuilder = <MultiBackend as Backend>::QueryBuilder;

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for Kept<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        self.query.walk_ast(out)
    }

    fn to_sql(&self, out: &mut CommonBuilder, backend: &MultiBackend) -> QueryResult<()> {
        if let Some(text) = self.text.get() {
            out.push_sql(text);
            return Ok(());
        }
        let mut builder = match out {
            CommonBuilder::Sqlite(_) => CommonBuilder::Sqlite(SqliteQueryBuilder::default()),
            CommonBuilder::Postgres(_) => CommonBuilder::Postgres(PgQueryBuilder::default()),
        };
        self.query.to_sql(&mut builder, backend)?;
        out.push_sql(self.text.get_or_init(|| builder.finish()));
        Ok(())
    }
}

impl<Q: Query> Query for Kept<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> QueryId for Kept<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q, C> RunQueryDsl<C> for Kept<Q> {}

/// The columns of a row, whose text is built once in a thread: a name is quoted at some cost, and rows have dozens of them.
pub struct Columns<S>(S);

/// What a row is read from, on the common connection.
pub fn columns<R: Selectable<MultiBackend>>() -> Columns<AsSelect<R, MultiBackend>> {
    Columns(R::as_select())
}

thread_local! {
    static TEXTS: RefCell<HashMap<TypeId, Rc<str>>> = RefCell::default();
}

impl<S: QueryFragment<MultiBackend> + 'static> Columns<S> {
    fn text(&self) -> QueryResult<Rc<str>> {
        if let Some(text) = TEXTS.with_borrow(|texts| texts.get(&TypeId::of::<S>()).cloned()) {
            return Ok(text);
        }
        let mut builder = CommonBuilder::Sqlite(SqliteQueryBuilder::default());
        self.0.to_sql(&mut builder, &MultiBackend::Sqlite(Sqlite))?;
        // Either engine takes names between double quotes.
        let text: Rc<str> = builder.finish().replace('`', "\"").into();
        TEXTS.with_borrow_mut(|texts| texts.insert(TypeId::of::<S>(), Rc::clone(&text)));
        Ok(text)
    }
}

impl<S: QueryFragment<MultiBackend> + 'static> QueryFragment<MultiBackend> for Columns<S> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(&self.text()?);
        Ok(())
    }
}

impl<S> QueryId for Columns<S> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S: Expression> Expression for Columns<S> {
    type SqlType = S::SqlType;
}

impl<S: AppearsOnTable<T>, T> AppearsOnTable<T> for Columns<S> {}

impl<S: SelectableExpression<T>, T> SelectableExpression<T> for Columns<S> {}

impl<S: ValidGrouping<G>, G> ValidGrouping<G> for Columns<S> {
    type IsAggregate = S::IsAggregate;
}

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

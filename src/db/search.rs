//! Conditions that each engine writes its own way: words in a name, periods in a JSON column.

use super::{Engine, MultiBackend};
use crate::values::Day;
use crate::values::fold::fold;
use diesel::QueryResult;
use diesel::expression::{AppearsOnTable, BoxableExpression, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use std::fmt::Display;

/// A condition on one table.
pub type Condition<T> = Box<dyn BoxableExpression<T, MultiBackend, SqlType = Bool>>;

/// A condition in SQL of our own. Its text is made of constants of this program, never of input, so that a statement with it is
/// prepared once, which diesel does not do for its own literals.
#[derive(Debug, Clone, Default)]
pub struct Written(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Sql(String),
    Value(String),
}

impl Written {
    pub fn sql(self, text: impl Into<String>) -> Self {
        self.with(Piece::Sql(text.into()))
    }

    pub fn value(self, value: impl Into<String>) -> Self {
        self.with(Piece::Value(value.into()))
    }

    /// That an expression has a value somewhere in its text.
    pub fn containing(self, engine: Engine, expression: &str, value: impl Into<String>) -> Self {
        let place = match engine {
            Engine::Sqlite => "instr",
            Engine::Postgres => "strpos",
        };
        self.sql(format!("{place}({expression}, ")).value(value).sql(") > 0")
    }

    fn with(mut self, piece: Piece) -> Self {
        self.0.push(piece);
        self
    }
}

impl QueryFragment<MultiBackend> for Written {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        for piece in &self.0 {
            match piece {
                Piece::Sql(text) => out.push_sql(text),
                Piece::Value(value) => out.push_bind_param::<Text, String>(value)?,
            }
        }
        Ok(())
    }
}

impl QueryId for Written {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Written {
    type SqlType = Bool;
}

impl<T> AppearsOnTable<T> for Written {}

impl<T> SelectableExpression<T> for Written {}

impl ValidGrouping<()> for Written {
    type IsAggregate = is_aggregate::No;
}

/// That a column holds one of the ids that a query brings, which diesel cannot say of a query with conditions in boxes. The column is a
/// constant of this program, never input.
#[derive(Debug, Clone)]
pub struct AmongRows<Q> {
    pub column: &'static str,
    pub query: Q,
}

impl<Q: QueryFragment<MultiBackend>> QueryFragment<MultiBackend> for AmongRows<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(self.column);
        out.push_sql(" IN (");
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(")");
        Ok(())
    }
}

impl<Q> QueryId for AmongRows<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Expression for AmongRows<Q> {
    type SqlType = Bool;
}

impl<Q, T> AppearsOnTable<T> for AmongRows<Q> {}

impl<Q, T> SelectableExpression<T> for AmongRows<Q> {}

impl<Q> ValidGrouping<()> for AmongRows<Q> {
    type IsAggregate = is_aggregate::No;
}

/// That a row of another table stands beside one. `link` is made of constants of this program, as in `Written`: the table, and what
/// joins the two.
struct Beside<T: 'static> {
    link: &'static str,
    condition: Condition<T>,
}

impl<T> QueryFragment<MultiBackend> for Beside<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql("EXISTS (SELECT 1 FROM ");
        out.push_sql(self.link);
        out.push_sql(" AND (");
        self.condition.walk_ast(out.reborrow())?;
        out.push_sql("))");
        Ok(())
    }
}

impl<T> QueryId for Beside<T> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> Expression for Beside<T> {
    type SqlType = Bool;
}

impl<T, U> AppearsOnTable<U> for Beside<T> {}

impl<T, U> SelectableExpression<U> for Beside<T> {}

impl<T> ValidGrouping<()> for Beside<T> {
    type IsAggregate = is_aggregate::No;
}

/// Rows beside which one of another table stands, which meets a condition of its own: `beside("dossiers WHERE dossiers.id =
/// tasks.dossier_id", scope.dossiers())`. It is looked for row by row, so that a page keeps to its index.
pub fn beside<T: 'static, U: 'static>(link: &'static str, condition: Condition<U>) -> Condition<T> {
    Box::new(Beside { link, condition })
}

/// No condition.
pub fn every_row<T: 'static>() -> Condition<T> {
    Box::new(Written::default().sql("1 = 1"))
}

pub fn no_row<T: 'static>() -> Condition<T> {
    Box::new(Written::default().sql("1 = 0"))
}

/// The words of a folded text.
pub fn split(searched: &str) -> Vec<String> {
    fold(searched).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Rows of `table` whose search key has, for each word searched, a word that starts with it.
pub fn words<T: 'static>(engine: Engine, table: &'static str, searched: &str) -> Condition<T> {
    let words = split(searched);
    if words.is_empty() {
        return no_row();
    }
    let joined = |form: fn(&String) -> String, and: &str| words.iter().map(form).collect::<Vec<_>>().join(and);
    let condition = match engine {
        Engine::Sqlite => Written::default()
            .sql(format!("{table}.seq IN (SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH "))
            .value(joined(|word| format!("\"{word}\"*"), " AND ")),
        Engine::Postgres => {
            Written::default().sql(format!("{table}.search_vector @@ to_tsquery('simple', ")).value(joined(|word| format!("'{word}':*"), " & "))
        }
    };
    Box::new(condition.sql(")"))
}

/// Rows of `table` with a period of the JSON column `column` in force on a day, at one of some levels or at any.
pub fn period_on<T: 'static>(engine: Engine, table: &'static str, column: &'static str, levels: &[&'static str], day: Day) -> Condition<T> {
    let (each, none) = match engine {
        Engine::Sqlite => ("json_each", "'[]'"),
        Engine::Postgres => ("jsonb_array_elements", "'[]'::jsonb"),
    };
    let item = "period.value";
    let known: Vec<String> = levels.iter().map(|level| format!("'{level}'")).collect();
    let at_level = if known.is_empty() { String::new() } else { format!(" AND {item}->>'level' IN ({})", known.join(", ")) };
    let condition = Written::default()
        .sql(format!("({table}.{column} <> {none} AND EXISTS (SELECT 1 FROM {each}({table}.{column}) AS period WHERE {item}->>'starts_on' <= "))
        .value(day.to_string())
        .sql(format!(" AND ({item}->>'ends_on' IS NULL OR {item}->>'ends_on' >= "))
        .value(day.to_string())
        .sql(format!("){at_level}))"));
    Box::new(condition)
}

/// Rows of `table` whose JSON column `column`, a list of words that JSON writes as they are, has one of some.
pub fn listing<T: 'static, W: Display>(engine: Engine, table: &'static str, column: &'static str, words: &[W]) -> Condition<T> {
    let (list, empty) = match engine {
        Engine::Sqlite => (format!("{table}.{column}"), "'[]'"),
        Engine::Postgres => (format!("{table}.{column}::text"), "'[]'::jsonb"),
    };
    // A list that has a word is not empty: said so, it is found by an index of those.
    let none = Written::default().sql(format!("({table}.{column} <> {empty} AND (1 = 0"));
    let any = words.iter().fold(none, |any, word| any.sql(" OR ").containing(engine, &list, format!("\"{word}\"")));
    Box::new(any.sql("))"))
}

/// Rows of a feed whose transaction, and every one before it, has ended. A sequence is no commit order: two transactions commit
/// in the opposite order of their numbers. SQLite has one writer.
pub fn settled<T: 'static>(engine: Engine, table: &'static str) -> Condition<T> {
    match engine {
        Engine::Sqlite => every_row(),
        Engine::Postgres => Box::new(Written::default().sql(format!("{table}.transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))),
    }
}

//! Conditions that each engine writes its own way: words in a name, periods in a JSON column.

use super::{Engine, MultiBackend};
use crate::values::Day;
use crate::values::fold::fold;
use diesel::dsl::sql;
use diesel::expression::BoxableExpression;
use diesel::sql_types::{Bool, Text};

/// A condition on one table.
pub type Condition<T> = Box<dyn BoxableExpression<T, MultiBackend, SqlType = Bool>>;

/// Rows of `table` whose search key has, for each word searched, a word that starts with it.
/// The names are constants of this program, never input.
pub fn words<T: 'static>(engine: Engine, table: &'static str, searched: &str) -> Condition<T> {
    let folded = fold(searched);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Box::new(sql::<Bool>("1 = 0"));
    }
    match engine {
        Engine::Sqlite => {
            let query = words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" AND ");
            Box::new(sql::<Bool>(&format!("{table}.seq IN (SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH ")).bind::<Text, _>(query).sql(")"))
        }
        Engine::Postgres => {
            let query = words.iter().map(|word| format!("'{word}':*")).collect::<Vec<_>>().join(" & ");
            Box::new(sql::<Bool>(&format!("{table}.search_vector @@ to_tsquery('simple', ")).bind::<Text, _>(query).sql(")"))
        }
    }
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
    Box::new(
        sql::<Bool>(&format!("({table}.{column} <> {none} AND EXISTS (SELECT 1 FROM {each}({table}.{column}) AS period WHERE {item}->>'starts_on' <= "))
            .bind::<Text, _>(day.to_string())
            .sql(&format!(" AND ({item}->>'ends_on' IS NULL OR {item}->>'ends_on' >= "))
            .bind::<Text, _>(day.to_string())
            .sql(&format!("){at_level}))")),
    )
}

/// Rows of a feed whose transaction, and every one before it, has ended. A sequence is no commit order: two transactions commit
/// in the opposite order of their numbers. SQLite has one writer.
pub fn settled<T: 'static>(engine: Engine, table: &'static str) -> Condition<T> {
    match engine {
        Engine::Sqlite => Box::new(sql::<Bool>("1 = 1")),
        Engine::Postgres => Box::new(sql::<Bool>(&format!("{table}.transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))),
    }
}

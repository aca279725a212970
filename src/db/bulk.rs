//! Statements that the common connection cannot build: many rows at once, rows unless they are there.

/// Rows in one statement: few enough for the limit of bound values on either engine (32 766 on SQLite).
pub const ROWS_AT_ONCE: usize = 200;

/// Inserts all rows of a vector, in as few statements as the engines allow.
macro_rules! insert_all {
    ($conn:expr, $table:path, $rows:expr) => {{
        let rows = &$rows;
        for chunk in rows.chunks($crate::db::ROWS_AT_ONCE) {
            match (&mut *$conn, chunk) {
                // One row is the common case, and its statement is prepared once.
                ($crate::db::DbConn::Sqlite(conn), [row]) => diesel::insert_into($table).values(row).execute(conn)?,
                ($crate::db::DbConn::Sqlite(conn), rows) => diesel::insert_into($table).values(rows).execute(conn)?,
                ($crate::db::DbConn::Postgres(conn), [row]) => diesel::insert_into($table).values(row).execute(conn)?,
                ($crate::db::DbConn::Postgres(conn), rows) => diesel::insert_into($table).values(rows).execute(conn)?,
            };
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

pub(crate) use {insert_all, insert_unless_taken};

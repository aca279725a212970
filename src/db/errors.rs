//! What the engines report, as domain errors.

use crate::error::{Code, Error, Result};
use diesel::result::{DatabaseErrorKind, Error as DieselError};

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::NotFound => Self::not_found(),
            DieselError::DatabaseError(kind, info) => {
                let message = info.message().to_owned();
                match kind {
                    DatabaseErrorKind::UniqueViolation
                    | DatabaseErrorKind::ForeignKeyViolation
                    | DatabaseErrorKind::CheckViolation
                    | DatabaseErrorKind::NotNullViolation
                    | DatabaseErrorKind::ExclusionViolation
                    | DatabaseErrorKind::RestrictViolation => Self::of(Code::ConstraintViolated).because(message),
                    DatabaseErrorKind::SerializationFailure => Self::busy(Code::Overloaded, 1).because(message),
                    DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => Self::busy(Code::DatabaseUnavailable, 1).because(message),
                    _ => from_message(message),
                }
            }
            DieselError::BrokenTransactionManager => Self::busy(Code::DatabaseUnavailable, 1).because("broken transaction"),
            _ => Self::internal(error),
        }
    }
}

/// Kinds that diesel does not tell apart, by the engine's words (SQLite's are fixed, PostgreSQL runs with `lc_messages=C`).
fn from_message(message: String) -> Error {
    const BUSY: [&str; 5] = ["database is locked", "lock timeout", "statement timeout", "deadlock detected", "too many connections"];
    const GONE: [&str; 7] = [
        "server closed the connection",
        "connection to server",
        "terminating connection",
        "no connection to the server",
        "shutting down",
        "starting up",
        "disk I/O error",
    ];
    if BUSY.iter().any(|words| message.contains(words)) {
        Error::busy(Code::Overloaded, 1).because(message)
    } else if GONE.iter().any(|words| message.contains(words)) {
        Error::busy(Code::DatabaseUnavailable, 1).because(message)
    } else {
        Error::internal(message)
    }
}

/// The same result, a violated constraint told as `code`.
pub fn on_conflict<T>(result: diesel::QueryResult<T>, code: Code) -> Result<T> {
    result.map_err(|error| {
        let error = Error::from(error);
        if error.code() == Code::ConstraintViolated { Error::of(code) } else { error }
    })
}

/// The row, or none where there is none.
pub fn optional<T>(result: diesel::QueryResult<T>) -> Result<Option<T>> {
    match result {
        Ok(row) => Ok(Some(row)),
        Err(DieselError::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

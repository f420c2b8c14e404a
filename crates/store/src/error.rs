//! What can go wrong in the store, sorted by what the caller can do about it.

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlErr, SqlxError};

/// The store's result.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the store did not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database refused a statement for a reason that repeating will not change. A bug or a broken database.
    #[error("database: {0}")]
    Database(String),
    /// A unique rule was broken; names the constraint or the columns, as the database calls them.
    #[error("already exists: {0}")]
    Conflict(String),
    /// The row that was asked for by its id does not exist in this workspace.
    #[error("not found: {0}")]
    NotFound(&'static str),
    /// The lease or version the caller relied on has passed to somebody else; its work must be thrown away.
    #[error("stale: {0}")]
    Stale(String),
    /// The database cannot be reached, is busy or asked to try again (deadlock, serialisation, time-out).
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// The disk is full.
    #[error("disk full: {0}")]
    Full(String),
    /// The schema was written by a newer version of the program than this one.
    #[error(
        "the database was written by a newer version of Rapport (it has {found}, this program knows up to {known}); install that version or restore a backup"
    )]
    TooNew {
        /// The newest migration found in the database.
        found: String,
        /// The newest migration this program knows.
        known: String,
    },
    /// Stored bytes cannot be read back.
    #[error("damaged data: {0}")]
    Damaged(String),
    /// The settings or the request make no sense.
    #[error("{0}")]
    Invalid(String),
}

impl Error {
    /// Whether the same call may succeed if it is simply repeated a little later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Full(_))
    }

    /// Whether a unique rule was broken.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Conflict(_))
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        if let Some(SqlErr::UniqueConstraintViolation(what)) = error.sql_err() {
            return Self::Conflict(constraint(&error).unwrap_or(what));
        }
        match &error {
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => {
                Self::Unavailable("every connection is in use".to_owned())
            }
            DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => {
                Self::Unavailable("the store is closed".to_owned())
            }
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => classify(inner, &error),
            _ => Self::Database(error.to_string()),
        }
    }
}

impl From<SqlxError> for Error {
    fn from(error: SqlxError) -> Self {
        let wrapped = DbErr::Query(RuntimeErr::SqlxError(std::sync::Arc::new(error)));
        Self::from(wrapped)
    }
}

fn constraint(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) = error else {
        return None;
    };
    let database = inner.as_database_error()?;
    match database.constraint() {
        Some(name) => Some(name.to_owned()),
        // SQLite names the columns: "UNIQUE constraint failed: team.workspace_id, team.name".
        None => database.message().split_once(": ").map(|(_, columns)| columns.to_owned()),
    }
}

fn classify(inner: &SqlxError, error: &DbErr) -> Error {
    match inner {
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed
        | SqlxError::Protocol(_) => Error::Unavailable(error.to_string()),
        SqlxError::Database(database) => {
            let code = database.code().unwrap_or_default();
            let text = database.message().to_owned();
            if is_full(&code, &text) {
                Error::Full(text)
            } else if is_transient(&code) {
                Error::Unavailable(text)
            } else {
                Error::Database(error.to_string())
            }
        }
        _ => Error::Database(error.to_string()),
    }
}

/// PostgreSQL: 53100 disk full. SQLite: SQLITE_FULL (13).
fn is_full(code: &str, text: &str) -> bool {
    code == "53100" || code == "13" || text.contains("No space left on device")
}

/// PostgreSQL: connection (08), resources (53), shutdown (57P), serialisation and deadlock (40), lock time-out (55P03),
/// cancelled by time-out (57014), idle in transaction (25P03), read-only after a failover (25006).
/// SQLite: BUSY (5), LOCKED (6), IOERR (10) with their extended codes (low byte).
fn is_transient(code: &str) -> bool {
    if code.len() == 5 {
        let class = &code[..2];
        return matches!(class, "08" | "53" | "40")
            || matches!(code, "55P03" | "57014" | "25P03" | "25006" | "57P01" | "57P02" | "57P03" | "57P05");
    }
    code.parse::<i64>().is_ok_and(|number| matches!(number & 0xff, 5 | 6 | 10))
}

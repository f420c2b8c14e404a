//! Opening SQLite and PostgreSQL with the settings that durability and latency need.

use crate::error::{Error, Result};
use crate::ids::{RandomSource, random_id};
use sea_orm::sqlx::Connection;
use sea_orm::sqlx::postgres::PgPoolOptions;
use sea_orm::sqlx::sqlite::{SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, SqlxPostgresConnector, Statement,
};
use std::path::{Path, PathBuf};
use std::time::Duration;
use uuid::Uuid;

/// How to open the store.
#[derive(Clone)]
pub struct Options {
    /// `sqlite:///absolute/path.db` or `postgres://user:password@host:port/database`.
    pub url: String,
    /// SQLite: read-only connections beside the one writer (at most 8).
    pub max_readers: u32,
    /// PostgreSQL: connections in the pool.
    pub max_connections: u32,
    /// How long a call waits for a free connection before it is refused as unavailable.
    pub acquire_timeout: Duration,
    /// The identity of this process among those that share the database.
    pub node_id: Uuid,
    /// What operators call this process.
    pub node_name: String,
    /// Source of the random part of ids; `None` = the operating system.
    pub random: Option<RandomSource>,
}

impl Options {
    /// The usual settings for a database, with a fresh node identity.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_readers: 8,
            max_connections: 16,
            acquire_timeout: Duration::from_secs(10),
            node_id: random_id(),
            node_name: String::new(),
            random: None,
        }
    }
}

/// The connections behind a store.
pub(crate) struct Handles {
    /// Every write goes here. SQLite: exactly one connection.
    pub writer: DatabaseConnection,
    /// Reads. PostgreSQL: the same pool.
    pub readers: DatabaseConnection,
    /// What acknowledgements wait for. SQLite: the writer. PostgreSQL: connections that belong to whoever uses them first,
    /// so that their answers are not read by threads that are busy with requests.
    pub accept: DatabaseConnection,
    /// What is done again if it is forgotten. SQLite: the writer. PostgreSQL: connections whose commits do not wait for
    /// the disk; a crash of the database may undo the last moments of them, never without what came after.
    pub relaxed: DatabaseConnection,
    /// SQLite only: moves the log into the file beside the writer.
    pub checkpointer: Option<DatabaseConnection>,
    /// SQLite only: where the file is.
    pub path: Option<PathBuf>,
}

/// The oldest SQLite that is trusted: before it, a rare race could damage a WAL database (`stack.md`).
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

/// Opens the database an URL names.
pub(crate) async fn open(options: &Options) -> Result<Handles> {
    if options.url.starts_with("sqlite:") {
        open_sqlite(options).await
    } else if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
        open_postgres(options).await
    } else {
        Err(Error::Invalid("the database URL must begin with sqlite:// or postgres://".to_owned()))
    }
}

/// The file a SQLite URL names; it must be absolute and must be a file.
pub(crate) fn sqlite_path(url: &str) -> Result<PathBuf> {
    let rest = url.strip_prefix("sqlite://").unwrap_or_default();
    let rest = rest.split_once('?').map_or(rest, |(path, _)| path);
    if !rest.starts_with('/') {
        return Err(Error::Invalid(
            "a SQLite URL names an absolute file: sqlite:///var/lib/rapport/rapport.db".to_owned(),
        ));
    }
    Ok(PathBuf::from(rest))
}

async fn open_sqlite(options: &Options) -> Result<Handles> {
    let path = sqlite_path(&options.url)?;
    create_private(&path)?;
    let writer = sqlite_handle(options, &path, Role::Writer).await?;
    check_sqlite_version(&writer).await?;
    let readers = sqlite_handle(options, &path, Role::Reader).await?;
    let checkpointer = sqlite_handle(options, &path, Role::Checkpointer).await?;
    Ok(Handles {
        accept: writer.clone(),
        relaxed: writer.clone(),
        writer,
        readers,
        checkpointer: Some(checkpointer),
        path: Some(path),
    })
}

/// The file holds customers' words: only its owner may read it. SQLite gives the log the same mode.
fn create_private(path: &Path) -> Result<()> {
    let mut open = std::fs::OpenOptions::new();
    open.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path).map(drop).map_err(|error| Error::Unavailable(format!("cannot open {}: {error}", path.display())))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Writer,
    Reader,
    Checkpointer,
}

async fn sqlite_handle(options: &Options, path: &Path, role: Role) -> Result<DatabaseConnection> {
    let mut connect = ConnectOptions::new("sqlite://rapport.db");
    let connections = if role == Role::Reader { options.max_readers.clamp(1, 8) } else { 1 };
    connect
        .max_connections(connections)
        .min_connections(u32::from(role == Role::Writer))
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(if role == Role::Reader { Some(Duration::from_secs(300)) } else { None })
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    if role == Role::Writer {
        connect.map_sqlx_sqlite_pool_opts(|pool| pool.after_release(|connection, _| Box::pin(is_clean(connection))));
    }
    let path = path.to_owned();
    connect.map_sqlx_sqlite_opts(move |sqlite| {
        let cache = if role == Role::Writer { "-65536" } else { "-16384" };
        let sqlite = sqlite
            .filename(&path)
            .create_if_missing(false)
            .busy_timeout(Duration::from_secs(5))
            .foreign_keys(true)
            .statement_cache_capacity(512)
            .pragma("cache_size", cache)
            .pragma("temp_store", "MEMORY")
            .pragma("wal_autocheckpoint", "0");
        if role == Role::Reader {
            return sqlite.read_only(true);
        }
        sqlite
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .pragma("journal_size_limit", "67108864")
    });
    Ok(Database::connect(connect).await?)
}

/// Whether a released writer may be used again. When SQLite has ended a transaction by itself (disk full, I/O error),
/// the driver's `ROLLBACK` fails and it goes on believing that one is open: what follows would be savepoints inside a
/// transaction that nobody commits. Such a connection is closed and the pool opens a fresh one.
async fn is_clean(connection: &mut SqliteConnection) -> sea_orm::sqlx::Result<bool> {
    if !connection.is_in_transaction() {
        return Ok(true);
    }
    // Lets the worker thread do what was only asked of it: the rollback of a dropped transaction.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

async fn check_sqlite_version(connection: &DatabaseConnection) -> Result<()> {
    let statement = Statement::from_string(DbBackend::Sqlite, "SELECT sqlite_version()");
    let row = connection.query_one_raw(statement).await?;
    let text: String = match row {
        Some(row) => row.try_get_by_index(0)?,
        None => String::new(),
    };
    let mut found = [0; 3];
    for (place, part) in found.iter_mut().zip(text.split('.')) {
        *place = part.parse().unwrap_or(0);
    }
    if found < OLDEST_SQLITE {
        return Err(Error::Invalid(format!("SQLite {text} is too old; 3.51.3 or newer is needed")));
    }
    Ok(())
}

async fn open_postgres(options: &Options) -> Result<Handles> {
    // A plan made once for all parameters is wrong for a table that was empty then, for the one large workspace among
    // small ones, and for partial indexes. Planning costs a tenth of a millisecond.
    let pool = Database::connect(postgres_options(options, "force_custom_plan", false)).await?;
    // What stores events has no plan to choose, and a commit that everyone waits for.
    let mut apart = postgres_options(options, "force_generic_plan", false);
    apart
        .max_connections(2)
        .min_connections(0)
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .connect_lazy(true);
    let accept = Database::connect(apart).await?;
    let mut relaxed = postgres_options(options, "force_custom_plan", true);
    relaxed.max_connections(2).min_connections(0).connect_lazy(true);
    let relaxed = Database::connect(relaxed).await?;
    Ok(Handles { writer: pool.clone(), readers: pool, accept, relaxed, checkpointer: None, path: None })
}

fn postgres_options(options: &Options, plans: &'static str, relaxed: bool) -> ConnectOptions {
    let url = options.url.replacen("postgresql:", "postgres:", 1);
    let mut connect = ConnectOptions::new(url);
    connect
        .max_connections(options.max_connections.max(2))
        .min_connections(1)
        .acquire_timeout(options.acquire_timeout)
        .idle_timeout(Some(Duration::from_secs(300)))
        .max_lifetime(Some(Duration::from_secs(3_600)))
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .sqlx_logging(false)
        .record_stmt_in_spans(false);
    connect.map_sqlx_postgres_opts(move |postgres| {
        let postgres = postgres.application_name("rapport").statement_cache_capacity(512).options([
            // A stopped process must not hold locks or keep old rows alive.
            ("idle_in_transaction_session_timeout", "10s"),
            ("lock_timeout", "10s"),
            ("statement_timeout", "60s"),
            ("plan_cache_mode", plans),
            // What is worked with is in memory or on a disk without heads: looking up is not dear.
            ("random_page_cost", "1.1"),
        ]);
        // Else it is what the server says: an operator may ask for more than its own disk.
        if relaxed { postgres.options([("synchronous_commit", "off")]) } else { postgres }
    });
    connect
}

/// Connections for changing the schema, beside those of a PostgreSQL pool: going over a large table may take longer than
/// any request may. One changes, the other holds the lock.
pub(crate) async fn patient(pool: &DatabaseConnection) -> Result<DatabaseConnection> {
    let options = pool.get_postgres_connection_pool().connect_options();
    // Of two settings of one name the server takes the later.
    let options = options.as_ref().clone().options([("statement_timeout", "0")]);
    let pool = PgPoolOptions::new().max_connections(2).idle_timeout(None).connect_with(options).await?;
    Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(pool))
}

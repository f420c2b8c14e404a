//! The handle on the database.

use crate::connect::{self, Handles, Options};
use crate::error::{Error, Result};
use crate::ids::{IdSource, system_random};
use crate::scope::Scope;
use crate::{migration, sql, statistics, wal};
use rapport_core::{Ms, WorkspaceId};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Which database is behind the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Embedded SQLite: one process, one writer.
    Sqlite,
    /// PostgreSQL: any number of processes.
    Postgres,
}

impl From<Backend> for DbBackend {
    fn from(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::Sqlite,
            Backend::Postgres => Self::Postgres,
        }
    }
}

/// An open database. Cheap to clone; the last clone closes the background work.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    handles: Handles,
    backend: Backend,
    node: Uuid,
    node_name: String,
    ids: IdSource,
    place: Arc<Semaphore>,
    patience: Duration,
    stop: CancellationToken,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Store {
    /// Opens the database and refuses one that a newer program has changed. Does not migrate: see [`Store::migrate`].
    ///
    /// # Errors
    /// `Invalid` for a bad URL or a too old SQLite, `Unavailable` when it cannot be reached, `TooNew`.
    pub async fn open(options: &Options) -> Result<Self> {
        let handles = connect::open(options).await?;
        let backend = if handles.path.is_some() { Backend::Sqlite } else { Backend::Postgres };
        migration::check(&handles.writer, backend).await?;
        let stop = CancellationToken::new();
        wal::spawn(&handles, stop.clone());
        statistics::spawn(&handles.writer, backend, stop.clone());
        let random = options.random.clone().unwrap_or_else(system_random);
        let inner = Inner {
            handles,
            backend,
            node: options.node_id,
            node_name: options.node_name.clone(),
            ids: IdSource::new(random),
            place: Arc::new(Semaphore::new(1)),
            patience: options.acquire_timeout,
            stop,
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Brings the schema up to date. May be interrupted and repeated; several nodes may call it at once.
    ///
    /// # Errors
    /// `TooNew`, or what the database said.
    pub async fn migrate(&self) -> Result<()> {
        migration::run(&self.inner.handles.writer, self.inner.backend).await?;
        crate::feed::reanchor(self).await
    }

    /// Whether every migration this program knows has been applied.
    ///
    /// # Errors
    /// What the database said.
    pub async fn is_migrated(&self) -> Result<bool> {
        let applied = migration::applied(&self.inner.handles.readers, self.inner.backend).await?;
        Ok(migration::known().iter().all(|name| applied.contains(name)))
    }

    /// The only door to a workspace's data.
    #[must_use]
    pub fn workspace(&self, workspace: WorkspaceId) -> Scope {
        Scope::new(self.clone(), workspace)
    }

    /// Which database this is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.inner.backend
    }

    /// The identity of this process among those that share the database.
    #[must_use]
    pub fn node_id(&self) -> Uuid {
        self.inner.node
    }

    /// What operators call this process.
    #[must_use]
    pub fn node_name(&self) -> &str {
        &self.inner.node_name
    }

    /// The database file, when it is SQLite.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&Path> {
        self.inner.handles.path.as_deref()
    }

    /// A new id (UUIDv7); ids asked for one after another ascend, also within a millisecond.
    #[must_use]
    pub fn new_id(&self, now: Ms) -> Uuid {
        self.inner.ids.next(now)
    }

    /// Whether the database answers; for readiness checks.
    ///
    /// # Errors
    /// `Unavailable` when it does not.
    pub async fn ping(&self) -> Result<()> {
        let statement = sql::plain(self.inner.backend, "SELECT 1");
        self.inner.handles.readers.query_one_raw(statement).await?;
        Ok(())
    }

    /// Finishes background work and closes every connection. SQLite: the log is moved into the file first.
    ///
    /// # Errors
    /// What the database said while closing.
    pub async fn close(self) -> Result<()> {
        self.inner.stop.cancel();
        let handles = &self.inner.handles;
        if self.inner.backend == Backend::Sqlite {
            handles.readers.close_by_ref().await?;
            if let Some(checkpointer) = &handles.checkpointer {
                checkpointer.close_by_ref().await?;
            }
            wal::truncate(&handles.writer).await?;
        }
        handles.accept.close_by_ref().await?;
        handles.relaxed.close_by_ref().await?;
        handles.writer.close_by_ref().await?;
        Ok(())
    }

    pub(crate) fn readers(&self) -> &DatabaseConnection {
        &self.inner.handles.readers
    }

    pub(crate) fn writer(&self) -> &DatabaseConnection {
        &self.inner.handles.writer
    }

    /// What acknowledgements wait for: see [`Handles::accept`].
    pub(crate) fn accept(&self) -> &DatabaseConnection {
        &self.inner.handles.accept
    }

    /// For what is done again if it is forgotten: see [`Handles::relaxed`].
    pub(crate) fn relaxed(&self) -> &DatabaseConnection {
        &self.inner.handles.relaxed
    }

    /// A writing transaction. SQLite takes the write lock at once, so it can never fail half-way for a stale snapshot.
    ///
    /// On SQLite those who write queue here for a place, of which there is one: so at most one of them stands before an
    /// acknowledgement ([`Store::begin_first`]), however many there are.
    pub(crate) async fn begin(&self) -> Result<Tx> {
        let place = match self.inner.backend {
            Backend::Sqlite => Some(self.place().await?),
            Backend::Postgres => None,
        };
        Ok(Tx { tx: self.begin_first().await?, _place: place })
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit> {
        let queue = Arc::clone(&self.inner.place).acquire_owned();
        match tokio::time::timeout(self.inner.patience, queue).await {
            Ok(Ok(place)) => Ok(place),
            _ => Err(Error::Unavailable(format!("nobody could write for {} s", self.inner.patience.as_secs()))),
        }
    }

    /// A writing transaction that goes before the others: for what a provider waits for.
    pub(crate) async fn begin_first(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: (self.inner.backend == Backend::Sqlite)
                .then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.inner.handles.writer.begin_with_options(options).await.map_err(Error::from)
    }
}

/// A writing transaction with its place in the queue, which passes to the next when it has ended.
pub(crate) struct Tx {
    tx: DatabaseTransaction,
    _place: Option<OwnedSemaphorePermit>,
}

impl Tx {
    /// Makes everything durable.
    pub(crate) async fn commit(self) -> Result<()> {
        self.tx.commit().await.map_err(Error::from)
    }

    /// Undoes everything.
    pub(crate) async fn rollback(self) -> Result<()> {
        self.tx.rollback().await.map_err(Error::from)
    }
}

impl std::ops::Deref for Tx {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.tx
    }
}

//! The door to a workspace's data: a scope, its reads and its writing transactions.

use crate::error::Result;
use crate::sql;
use crate::store::{Backend, Store, Tx};
use rapport_core::{Ms, WorkspaceId};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, IsolationLevel,
    TransactionTrait,
};
use uuid::Uuid;

/// Sets our advisory locks apart from those of others in the same database ("Rapp").
const LANE_LOCKS: i32 = 0x5261_7070;

/// One workspace of the store. Cheap to clone.
#[derive(Clone)]
pub struct Scope {
    store: Store,
    workspace: WorkspaceId,
}

impl Scope {
    pub(crate) fn new(store: Store, workspace: WorkspaceId) -> Self {
        Self { store, workspace }
    }

    /// The workspace every query through this scope carries.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// The store it belongs to.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Reads that need not agree with each other: each statement sees what is committed at that moment.
    #[must_use]
    pub fn read(&self) -> Read {
        Read { inner: Reader::Pool(self.store.readers().clone()), store: self.store.clone(), workspace: self.workspace }
    }

    /// Reads that all see the same moment. Keep it short: a snapshot keeps old rows alive.
    ///
    /// # Errors
    /// `Unavailable` when no connection is free.
    pub async fn snapshot(&self) -> Result<Read> {
        let isolation = (self.store.backend() == Backend::Postgres).then_some(IsolationLevel::RepeatableRead);
        let access = (self.store.backend() == Backend::Postgres).then_some(AccessMode::ReadOnly);
        let tx = self.store.readers().begin_with_config(isolation, access).await?;
        Ok(Read { inner: Reader::Snapshot(tx), store: self.store.clone(), workspace: self.workspace })
    }

    /// A writing transaction. On SQLite it is the only one in the installation, so do all thinking before or inside
    /// it in memory, never a network call, and never ask for a second one while holding it.
    ///
    /// # Errors
    /// `Unavailable` when no connection became free in time.
    pub async fn write(&self) -> Result<WriteTx> {
        let tx = self.store.begin().await?;
        Ok(WriteTx { tx, store: self.store.clone(), workspace: self.workspace })
    }
}

enum Reader {
    Pool(DatabaseConnection),
    Snapshot(DatabaseTransaction),
}

/// Reads within one workspace.
pub struct Read {
    inner: Reader,
    store: Store,
    workspace: WorkspaceId,
}

impl Read {
    /// The workspace every query carries.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// The store it belongs to.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn backend(&self) -> Backend {
        self.store.backend()
    }

    /// What queries run on: `Entity::find().all(&read.conn())`.
    pub(crate) fn conn(&self) -> DatabaseExecutor<'_> {
        match &self.inner {
            Reader::Pool(pool) => pool.into(),
            Reader::Snapshot(tx) => tx.into(),
        }
    }
}

/// A writing transaction within one workspace; dropped without [`WriteTx::commit`] it leaves no trace.
pub struct WriteTx {
    tx: Tx,
    store: Store,
    workspace: WorkspaceId,
}

impl WriteTx {
    /// The workspace every query carries.
    #[must_use]
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// The store it belongs to.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// A new id, as [`Store::new_id`].
    #[must_use]
    pub fn new_id(&self, now: Ms) -> Uuid {
        self.store.new_id(now)
    }

    pub(crate) fn backend(&self) -> Backend {
        self.store.backend()
    }

    /// What queries run on: `Entity::insert(row).exec(tx.conn())`.
    pub(crate) fn conn(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// What the database said; `Unavailable` may mean that it is not known whether the commit happened, so repeat
    /// only what is idempotent.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await
    }

    /// Undoes everything.
    ///
    /// # Errors
    /// What the database said; the transaction is gone in any case.
    pub async fn rollback(self) -> Result<()> {
        self.tx.rollback().await
    }

    /// Waits until nobody else writes state of this lane's customers, and keeps others out until the commit.
    ///
    /// # Errors
    /// `Unavailable` when the lane is held for longer than the lock time-out.
    pub async fn lock_lane(&self, lane: u16) -> Result<()> {
        self.lock_lanes(&[lane]).await
    }

    /// [`WriteTx::lock_lane`] for several lanes, always in ascending order so that two transactions cannot wait for
    /// each other. SQLite's one writer is the lock.
    ///
    /// Take it before the transaction writes or locks anything else: PostgreSQL then numbers transactions that share a
    /// lane in the order in which they commit, and the event log, which goes by that number, tells of a customer in the
    /// order in which it happened. That is why the lock is an advisory one of the transaction: locking a row would
    /// number the transaction while it still waits.
    ///
    /// # Errors
    /// As [`WriteTx::lock_lane`].
    pub async fn lock_lanes(&self, lanes: &[u16]) -> Result<()> {
        if self.backend() == Backend::Sqlite || lanes.is_empty() {
            return Ok(());
        }
        let ids = sql::smallints(lanes.iter().map(|lane| i16::try_from(*lane).unwrap_or(i16::MAX)));
        let statement = "SELECT pg_advisory_xact_lock($2, lane) FROM \
                         (SELECT DISTINCT unnest($1::smallint[])::int AS lane ORDER BY 1) AS wanted";
        let values = [ids, LANE_LOCKS.into()];
        self.tx.execute_raw(sql::with(self.backend(), statement, values)).await?;
        Ok(())
    }

    /// One transaction of the workspace at a time among those that name the same `class`. SQLite's one writer is the lock.
    pub(crate) async fn lock_workspace(&self, class: i32) -> Result<()> {
        if self.backend() == Backend::Postgres {
            let text = "SELECT pg_advisory_xact_lock($1, hashtext($2))";
            let values = [class.into(), self.workspace.0.to_string().into()];
            self.tx.execute_raw(sql::with(self.backend(), text, values)).await?;
        }
        Ok(())
    }

    /// Locks the lanes and checks that `owner` still holds each at the given epoch.
    ///
    /// # Errors
    /// `Stale` when a lane has passed to somebody else: the caller must throw its work away.
    pub async fn fence_lanes(&self, owner: Uuid, held: &[crate::lane::Held]) -> Result<()> {
        crate::lane::fence(self, owner, held).await
    }
}

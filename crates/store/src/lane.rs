//! Who works on which lane.
//!
//! A customer's lane and a number's send lane are leased by nodes through the database. A lease only saves work: what
//! keeps two nodes from writing the same customer's state is the fence, which checks owner and epoch under the lane's
//! row lock in the transaction that writes.

use crate::error::{Error, Result};
use crate::scope::WriteTx;
use crate::sql;
use crate::store::{Backend, Store};
use rapport_core::{Ms, id::LANES};
use sea_orm::{ConnectionTrait, DatabaseTransaction, QueryResult, Value};
use uuid::Uuid;

/// A customer lane that this node holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Held {
    /// The lane.
    pub lane: u16,
    /// Rises with each new owner; proves that nobody else had it in between.
    pub epoch: i64,
}

/// A send lane that this node holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HeldSend {
    /// What shares the sending limit.
    pub portfolio_key: String,
    /// Rises with each new owner.
    pub epoch: i64,
}

/// The installation-wide door to lanes.
#[derive(Clone)]
pub struct Lanes {
    store: Store,
}

impl Store {
    /// Leases of customer lanes and send lanes.
    #[must_use]
    pub fn lanes(&self) -> Lanes {
        Lanes { store: self.clone() }
    }
}

struct Table {
    name: &'static str,
    key: &'static str,
}

const CUSTOMER: Table = Table { name: "lane", key: "id" };
const SEND: Table = Table { name: "send_lane", key: "portfolio_key" };

impl Lanes {
    /// Says that this node is alive, renews what it holds, gives back what is more than its fair share and takes
    /// free lanes up to it. Returns all lanes held now. To be called every third of the lease time.
    ///
    /// # Errors
    /// What the database said; the lanes held so far are then held until their lease ends.
    pub async fn lease(&self, now: Ms, lease_ms: i64) -> Result<Vec<Held>> {
        let tx = self.store.begin().await?;
        let now = sql::lease_clock(&*tx, self.store.backend(), now).await?;
        let nodes = self.heartbeat(&tx, now, lease_ms).await?;
        let rows = self.turn(&tx, &CUSTOMER, now, lease_ms, nodes, i64::from(LANES)).await?;
        tx.commit().await?;
        rows.iter().map(held).collect()
    }

    /// The same for send lanes. Every portfolio that a channel names has one.
    ///
    /// # Errors
    /// As [`Lanes::lease`].
    pub async fn lease_send(&self, now: Ms, lease_ms: i64) -> Result<Vec<HeldSend>> {
        let tx = self.store.begin().await?;
        let now = sql::lease_clock(&*tx, self.store.backend(), now).await?;
        let nodes = self.heartbeat(&tx, now, lease_ms).await?;
        let seed = "INSERT INTO send_lane (portfolio_key, owner, epoch, lease_until) \
                    SELECT portfolio_key, NULL, 0, 0 FROM channel GROUP BY portfolio_key ORDER BY portfolio_key \
                    ON CONFLICT DO NOTHING";
        tx.execute_raw(sql::plain(self.store.backend(), seed)).await?;
        let count = tx.query_one_raw(sql::plain(self.store.backend(), "SELECT count(*) FROM send_lane")).await?;
        let lanes: i64 = count.map_or(Ok(0), |row| row.try_get_by_index(0))?;
        let rows = self.turn(&tx, &SEND, now, lease_ms, nodes, lanes).await?;
        tx.commit().await?;
        rows.iter().map(held_send).collect()
    }

    /// Takes every lane at once, whoever holds it, and makes the jobs ready again that were being run. Only for SQLite,
    /// where a starting process knows that the one before it is gone, and need not wait for its leases to end.
    ///
    /// # Errors
    /// `Invalid` on PostgreSQL.
    pub async fn seize(&self, now: Ms, lease_ms: i64) -> Result<Vec<Held>> {
        if self.store.backend() != Backend::Sqlite {
            return Err(Error::Invalid("lanes can only be seized on SQLite".to_owned()));
        }
        let me = self.store.node_id();
        let tx = self.store.begin().await?;
        for table in [&CUSTOMER, &SEND] {
            let text = format!("UPDATE {} SET lease_until = 0 WHERE owner IS NOT NULL AND owner <> $1", table.name);
            tx.execute_raw(sql::with(Backend::Sqlite, text, [me.into()])).await?;
        }
        tx.execute_raw(sql::with(Backend::Sqlite, crate::job::again_text("locked_by <> $1"), [me.into()])).await?;
        tx.execute_raw(sql::with(Backend::Sqlite, "DELETE FROM node WHERE id <> $1", [me.into()])).await?;
        tx.commit().await?;
        self.lease(now, lease_ms).await
    }

    /// Gives everything back, for a clean stop: others need not wait for the leases to end, neither of lanes nor of
    /// jobs that did not finish in time.
    ///
    /// # Errors
    /// What the database said.
    pub async fn release_all(&self) -> Result<()> {
        let me = self.store.node_id();
        let tx = self.store.begin().await?;
        for table in [&CUSTOMER, &SEND] {
            self.lock_own(&tx, table).await?;
            let text = format!("UPDATE {} SET owner = NULL, lease_until = 0 WHERE owner = $1", table.name);
            tx.execute_raw(sql::with(self.store.backend(), text, [me.into()])).await?;
        }
        let (backend, jobs) = (self.store.backend(), crate::job::again_text("locked_by = $1"));
        tx.execute_raw(sql::with(backend, jobs, [me.into()])).await?;
        tx.execute_raw(sql::with(backend, "DELETE FROM node WHERE id = $1", [me.into()])).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Notes that this node lives, forgets those silent for a day, and counts the living.
    async fn heartbeat(&self, tx: &DatabaseTransaction, now: Ms, lease_ms: i64) -> Result<i64> {
        let backend = self.store.backend();
        let text = "INSERT INTO node (id, name, started_at, seen_at, version) VALUES ($1, $2, $3, $3, $4) \
                    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at";
        let version = env!("CARGO_PKG_VERSION");
        let values = [self.store.node_id().into(), self.store.node_name().into(), now.0.into(), version.into()];
        tx.execute_raw(sql::with(backend, text, values)).await?;
        let day_ago = now.plus(-rapport_core::time::DAY);
        tx.execute_raw(sql::with(backend, "DELETE FROM node WHERE seen_at < $1", [day_ago.0.into()])).await?;
        let alive = sql::with(backend, "SELECT count(*) FROM node WHERE seen_at > $1", [now.plus(-lease_ms).0.into()]);
        let row = tx.query_one_raw(alive).await?;
        let count: i64 = row.map_or(Ok(1), |row| row.try_get_by_index(0))?;
        Ok(count.max(1))
    }

    /// Rows are always locked in the order of their keys, here and in the fence, so that nobody waits in a circle.
    async fn lock_own(&self, tx: &DatabaseTransaction, table: &Table) -> Result<()> {
        if self.store.backend() == Backend::Postgres {
            let text = format!("SELECT 1 FROM {} WHERE owner = $1 ORDER BY {} FOR UPDATE", table.name, table.key);
            tx.execute_raw(sql::with(Backend::Postgres, text, [self.store.node_id().into()])).await?;
        }
        Ok(())
    }

    async fn turn(
        &self,
        tx: &DatabaseTransaction,
        table: &Table,
        now: Ms,
        lease_ms: i64,
        nodes: i64,
        lanes: i64,
    ) -> Result<Vec<QueryResult>> {
        let (backend, me, until) = (self.store.backend(), self.store.node_id(), now.plus(lease_ms));
        let Table { name, key } = table;
        self.lock_own(tx, table).await?;
        let renew = format!("UPDATE {name} SET lease_until = $2 WHERE owner = $1");
        let held = tx.execute_raw(sql::with(backend, renew, [me.into(), until.0.into()])).await?.rows_affected();
        let held = i64::try_from(held).unwrap_or(i64::MAX);
        let share = (lanes + nodes - 1) / nodes;
        if held > share {
            let text = format!(
                "UPDATE {name} SET owner = NULL, lease_until = 0 WHERE {key} IN \
                 (SELECT {key} FROM {name} WHERE owner = $1 ORDER BY {key} DESC LIMIT $2)"
            );
            tx.execute_raw(sql::with(backend, text, [me.into(), (held - share).into()])).await?;
        } else if held < share {
            let skip = if backend == Backend::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
            let text = format!(
                "UPDATE {name} SET owner = $1, epoch = epoch + 1, lease_until = $2 WHERE {key} IN (SELECT {key} FROM {name} \
                 WHERE owner IS NULL OR (owner <> $1 AND lease_until <= $3) ORDER BY {key} LIMIT $4 {skip})"
            );
            let values: [Value; 4] = [me.into(), until.0.into(), now.0.into(), (share - held).into()];
            tx.execute_raw(sql::with(backend, text, values)).await?;
        }
        let text = format!("SELECT {key}, epoch FROM {name} WHERE owner = $1 ORDER BY {key}");
        Ok(tx.query_all_raw(sql::with(backend, text, [me.into()])).await?)
    }
}

fn held(row: &QueryResult) -> Result<Held> {
    let lane: i16 = row.try_get_by_index(0)?;
    Ok(Held { lane: u16::try_from(lane).unwrap_or(0), epoch: row.try_get_by_index(1)? })
}

fn held_send(row: &QueryResult) -> Result<HeldSend> {
    Ok(HeldSend { portfolio_key: row.try_get_by_index(0)?, epoch: row.try_get_by_index(1)? })
}

/// Locks lanes in ascending order and compares owner and epoch.
pub(crate) async fn fence(tx: &WriteTx, owner: Uuid, held: &[Held]) -> Result<()> {
    let lanes: Vec<u16> = held.iter().map(|held| held.lane).collect();
    tx.lock_lanes(&lanes).await?;
    let ids = held.iter().map(|held| i16::try_from(held.lane).unwrap_or(i16::MAX));
    let statement = match tx.backend() {
        Backend::Postgres => {
            let text = "SELECT id, epoch, owner FROM lane WHERE id = ANY($1) ORDER BY id FOR UPDATE";
            sql::with(Backend::Postgres, text, [sql::smallints(ids)])
        }
        Backend::Sqlite => {
            let text = "SELECT id, epoch, owner FROM lane WHERE id IN (SELECT value FROM json_each($1))";
            let list: Vec<String> = lanes.iter().map(ToString::to_string).collect();
            sql::with(Backend::Sqlite, text, [format!("[{}]", list.join(",")).into()])
        }
    };
    let rows = tx.conn().query_all_raw(statement).await?;
    let mut valid = std::collections::HashSet::with_capacity(rows.len());
    for row in &rows {
        if row.try_get_by_index::<Option<Uuid>>(2)? == Some(owner) {
            valid.insert(self::held(row)?);
        }
    }
    match held.iter().find(|held| !valid.contains(held)) {
        None => Ok(()),
        Some(lost) => Err(Error::Stale(format!("lane {} is not held at epoch {}", lost.lane, lost.epoch))),
    }
}

/// Locks a send lane and compares owner and epoch: whatever this transaction writes, it writes as its only owner.
///
/// # Errors
/// `Stale` when it has passed to somebody else.
pub async fn fence_send(tx: &WriteTx, owner: Uuid, held: &HeldSend) -> Result<()> {
    let lock = if tx.backend() == Backend::Postgres { "FOR UPDATE" } else { "" };
    let text = format!("SELECT epoch, owner FROM send_lane WHERE portfolio_key = $1 {lock}");
    let row = tx.conn().query_one_raw(sql::with(tx.backend(), text, [held.portfolio_key.as_str().into()])).await?;
    if let Some(row) = row
        && row.try_get_by_index::<i64>(0)? == held.epoch
        && row.try_get_by_index::<Option<Uuid>>(1)? == Some(owner)
    {
        return Ok(());
    }
    Err(Error::Stale(format!("send lane {} is not held at epoch {}", held.portfolio_key, held.epoch)))
}

//! Codes for customers: pools, and what became of each code.

use crate::batch::{self, Col, Kind, Rows, col};
use crate::entity::coupon::{Column, Entity, Model};
use crate::entity::coupon_pool;
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::{sql, whole};
use rapport_core::{ContactId, Ms};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::BTreeMap;
use uuid::Uuid;

pub use crate::entity::coupon::Model as CouponRow;
pub use crate::entity::coupon_pool::Model as PoolRow;

/// Most codes in one statement.
const PIECE: usize = 500;

/// How many codes of a pool stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All of them.
    pub total: u64,
    /// Nobody has them.
    pub free: u64,
    /// Customers have them, and they are still good.
    pub issued: u64,
    /// They were used.
    pub redeemed: u64,
    /// Customers had them and did not use them in time.
    pub expired: u64,
}

/// Adds a pool.
///
/// # Errors
/// `Conflict` when its name is taken.
pub async fn insert_pool(tx: &WriteTx, row: coupon_pool::Model) -> Result<()> {
    whole::insert::<coupon_pool::Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of a pool.
///
/// # Errors
/// `NotFound`.
pub async fn update_pool(tx: &WriteTx, row: coupon_pool::Model) -> Result<()> {
    whole::update::<coupon_pool::Entity>(tx, row.workspace_id, row, "coupon pool").await
}

/// Removes a pool with its codes.
///
/// # Errors
/// `NotFound`.
pub async fn delete_pool(tx: &WriteTx, id: Uuid) -> Result<()> {
    let of_pool = Condition::all().add(Column::WorkspaceId.eq(tx.workspace().0)).add(Column::PoolId.eq(id));
    Entity::delete_many().filter(of_pool).exec(tx.conn()).await?;
    whole::delete::<coupon_pool::Entity>(tx, id, "coupon pool").await
}

/// The workspace's pools, oldest first. There are few; there is no paging.
///
/// # Errors
/// What the database said.
pub async fn pools(read: &Read) -> Result<Vec<coupon_pool::Model>> {
    let query = coupon_pool::Entity::find().filter(coupon_pool::Column::WorkspaceId.eq(read.workspace().0));
    Ok(query.order_by_asc(coupon_pool::Column::Id).all(&read.conn()).await?)
}

/// One pool.
///
/// # Errors
/// What the database said.
pub async fn pool(read: &Read, id: Uuid) -> Result<Option<coupon_pool::Model>> {
    Ok(coupon_pool::Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// [`pool`] inside a writing transaction: nobody else issues or adds codes of it before its end.
///
/// # Errors
/// What the database said.
pub async fn pool_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<coupon_pool::Model>> {
    Ok(coupon_pool::Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?)
}

/// The same by its name.
///
/// # Errors
/// What the database said.
pub async fn pool_named(tx: &WriteTx, name: &str) -> Result<Option<coupon_pool::Model>> {
    let query = coupon_pool::Entity::find()
        .filter(coupon_pool::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(coupon_pool::Column::Name.eq(name))
        .lock_exclusive();
    Ok(query.one(tx.conn()).await?)
}

/// How the codes of every pool stand at `now`.
///
/// # Errors
/// What the database said.
pub async fn counts(read: &Read, now: Ms) -> Result<BTreeMap<Uuid, Counts>> {
    let text = "SELECT pool_id, CASE WHEN redeemed_at IS NOT NULL THEN 2 WHEN issued_at IS NULL THEN 0 \
                WHEN valid_until IS NOT NULL AND valid_until <= $2 THEN 3 ELSE 1 END AS stands, count(*) \
                FROM coupon WHERE workspace_id = $1 GROUP BY 1, 2";
    let statement = sql::with(read.backend(), text, [read.workspace().0.into(), now.0.into()]);
    let mut found: BTreeMap<Uuid, Counts> = BTreeMap::new();
    for row in read.conn().query_all_raw(statement).await? {
        let (pool, stands): (Uuid, i32) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let count = u64::try_from(row.try_get_by_index::<i64>(2)?).unwrap_or(0);
        let counts = found.entry(pool).or_default();
        counts.total += count;
        *match stands {
            0 => &mut counts.free,
            1 => &mut counts.issued,
            2 => &mut counts.redeemed,
            _ => &mut counts.expired,
        } += count;
    }
    Ok(found)
}

/// How many codes a pool has.
///
/// # Errors
/// What the database said.
pub async fn size(tx: &WriteTx, pool: Uuid) -> Result<u64> {
    let of_pool = Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).filter(Column::PoolId.eq(pool));
    Ok(of_pool.count(tx.conn()).await?)
}

/// Whether any code of a pool was given to somebody or used.
///
/// # Errors
/// What the database said.
pub async fn is_used(tx: &WriteTx, pool: Uuid) -> Result<bool> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::PoolId.eq(pool))
        .filter(Condition::any().add(Column::IssuedAt.is_not_null()).add(Column::RedeemedAt.is_not_null()))
        .limit(1);
    Ok(query.one(tx.conn()).await?.is_some())
}

/// Adds codes, in their order; those that the workspace has already, in whichever pool, are left out. Gives how many
/// are new.
///
/// # Errors
/// What the database said.
pub async fn add(tx: &WriteTx, pool: Uuid, codes: &[String], now: Ms) -> Result<u64> {
    const COLS: &[Col] = &[
        col("workspace_id", Kind::Uuid),
        col("id", Kind::Uuid),
        col("pool_id", Kind::Uuid),
        col("code", Kind::Text),
        col("created_at", Kind::Big),
    ];
    let mut added = 0;
    for piece in codes.chunks(PIECE) {
        let mut rows = Rows::new(COLS);
        for code in piece {
            let (workspace, id) = (tx.workspace().0, tx.new_id(now));
            rows.push([workspace.into(), id.into(), pool.into(), code.as_str().into(), now.0.into()]);
        }
        let once = "ON CONFLICT (workspace_id, code) DO NOTHING";
        added += batch::insert(tx.conn(), tx.backend(), "coupon", once, rows).await?;
    }
    Ok(added)
}

/// The code that a giving gave before.
///
/// # Errors
/// What the database said.
pub async fn given(tx: &WriteTx, issue_key: &str) -> Result<Option<Model>> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).filter(Column::IssueKey.eq(issue_key));
    Ok(query.one(tx.conn()).await?)
}

/// How many codes of a pool a customer was given.
///
/// # Errors
/// What the database said.
pub async fn had(tx: &WriteTx, pool: Uuid, contact: ContactId) -> Result<u64> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::ContactId.eq(contact.0))
        .filter(Column::PoolId.eq(pool));
    Ok(query.count(tx.conn()).await?)
}

/// The code of a pool that was added first and that nobody has. The pool must be locked.
///
/// # Errors
/// What the database said.
pub async fn next_free(tx: &WriteTx, pool: Uuid) -> Result<Option<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::PoolId.eq(pool))
        .filter(Column::IssuedAt.is_null())
        .filter(Column::RedeemedAt.is_null())
        .order_by_asc(Column::Id)
        .limit(1)
        .lock_exclusive();
    Ok(query.one(tx.conn()).await?)
}

/// Writes every column of a code.
///
/// # Errors
/// `NotFound`; `Conflict` when its giving gave another code.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "coupon").await
}

/// A code by what people type; nobody else changes it before the end of the transaction.
///
/// # Errors
/// What the database said.
pub async fn by_code(tx: &WriteTx, code: &str) -> Result<Option<Model>> {
    let query =
        Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).filter(Column::Code.eq(code)).lock_exclusive();
    Ok(query.one(tx.conn()).await?)
}

/// Notes that codes were used for an order, each once: the first order stays. Gives how many are.
///
/// # Errors
/// What the database said.
pub async fn redeem(tx: &WriteTx, codes: &[String], order: Option<&str>, now: Ms) -> Result<u64> {
    if codes.is_empty() {
        return Ok(0);
    }
    let done = Entity::update_many()
        .col_expr(Column::RedeemedAt, Expr::value(now.0))
        .col_expr(Column::OrderNumber, Expr::value(order.map(str::to_owned)))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Code.is_in(codes.iter().map(String::as_str)))
        .filter(Column::RedeemedAt.is_null())
        .exec(tx.conn())
        .await?;
    Ok(done.rows_affected)
}

/// Which codes are listed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter {
    /// Of this pool.
    pub pool: Option<Uuid>,
    /// Of this customer.
    pub contact: Option<ContactId>,
    /// Those that somebody was given or used.
    pub used: bool,
}

/// One page of codes, the newest first: those before `before`.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, filter: &Filter, before: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(pool) = filter.pool {
        query = query.filter(Column::PoolId.eq(pool));
    }
    if let Some(contact) = filter.contact {
        query = query.filter(Column::ContactId.eq(contact.0));
    }
    if filter.used {
        query =
            query.filter(Condition::any().add(Column::IssuedAt.is_not_null()).add(Column::RedeemedAt.is_not_null()));
    }
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// Every code of a pool, in the order in which they were added.
///
/// # Errors
/// What the database said.
pub async fn codes(read: &Read, pool: Uuid) -> Result<Vec<String>> {
    let query = Entity::find()
        .select_only()
        .column(Column::Code)
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::PoolId.eq(pool))
        .order_by_asc(Column::Id);
    Ok(query.into_tuple().all(&read.conn()).await?)
}

/// The code that a run gave last.
///
/// # Errors
/// What the database said.
pub async fn of_run(read: &Read, contact: ContactId, run: Uuid) -> Result<Option<Model>> {
    last(read, contact, Condition::all().add(Column::RunId.eq(run))).await
}

/// The code that a customer was given last and can still use at `now`.
///
/// # Errors
/// What the database said.
pub async fn good(read: &Read, contact: ContactId, now: Ms) -> Result<Option<Model>> {
    let in_time = Condition::any().add(Column::ValidUntil.is_null()).add(Column::ValidUntil.gt(now.0));
    last(read, contact, Condition::all().add(Column::RedeemedAt.is_null()).add(in_time)).await
}

async fn last(read: &Read, contact: ContactId, which: Condition) -> Result<Option<Model>> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::ContactId.eq(contact.0))
        .filter(which)
        .order_by_desc(Column::IssuedAt)
        .order_by_desc(Column::Id)
        .limit(1);
    Ok(query.one(&read.conn()).await?)
}

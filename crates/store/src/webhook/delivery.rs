//! What is on its way to webhooks, and what became of it.

use super::DeliveryRow;
use crate::entity::webhook_delivery::{Column, Entity};
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::whole;
use crate::workspace::same;
use rapport_core::Ms;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select,
};
use std::collections::HashMap;
use uuid::Uuid;

/// It is tried until it is taken.
pub const WAITING: &str = "waiting";
/// It was taken.
pub const DELIVERED: &str = "delivered";
/// It was tried often enough.
pub const DEAD: &str = "dead";
/// Rows of one statement.
const PIECE: usize = 200;

/// Adds deliveries; one whose webhook was told of the event already is left out.
///
/// # Errors
/// What the database said; `Invalid` for another workspace's row.
pub async fn insert(tx: &WriteTx, rows: Vec<DeliveryRow>) -> Result<()> {
    for row in &rows {
        same(tx.workspace(), row.workspace_id)?;
    }
    let once = OnConflict::columns([Column::WorkspaceId, Column::WebhookId, Column::EventKey]).do_nothing().to_owned();
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    loop {
        // Databases bind so many values to a statement and no more.
        let piece: Vec<_> = rows.by_ref().take(PIECE).collect();
        if piece.is_empty() {
            return Ok(());
        }
        Entity::insert_many(piece).on_conflict(once.clone()).exec_without_returning(tx.conn()).await?;
    }
}

fn of(read: &Read, webhook: Uuid) -> Select<Entity> {
    Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).filter(Column::WebhookId.eq(webhook))
}

/// One delivery of a webhook.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, webhook: Uuid, id: Uuid) -> Result<Option<DeliveryRow>> {
    Ok(of(read, webhook).filter(Column::Id.eq(id)).one(&read.conn()).await?)
}

/// A webhook's deliveries, newest first: in a state or in any, of a kind or of any, those before `before`.
///
/// # Errors
/// What the database said.
pub async fn page(
    read: &Read,
    webhook: Uuid,
    (state, kind): (Option<&str>, Option<&str>),
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<DeliveryRow>> {
    let mut query = of(read, webhook);
    for (column, wanted) in [(Column::State, state), (Column::Kind, kind)] {
        if let Some(wanted) = wanted {
            query = query.filter(column.eq(wanted));
        }
    }
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// A webhook's deliveries that are due, the oldest events first.
///
/// # Errors
/// What the database said.
pub async fn due(read: &Read, webhook: Uuid, now: Ms, limit: u64) -> Result<Vec<DeliveryRow>> {
    let query = of(read, webhook).filter(Column::State.eq(WAITING)).filter(Column::DueAt.lte(now.0));
    Ok(query.order_by_asc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// A delivery that will be tried again soon: what came after it about the same subject waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Which.
    pub id: Uuid,
    /// What it is about.
    pub subject: Uuid,
    /// When it is tried again.
    pub due_at: Ms,
}

/// A webhook's deliveries about these subjects that were tried, and are tried again after `now` and no later than
/// `until`, the oldest events first.
///
/// # Errors
/// What the database said.
pub async fn held(read: &Read, webhook: Uuid, subjects: &[Uuid], (now, until): (Ms, Ms)) -> Result<Vec<Held>> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let query = of(read, webhook)
        .filter(Column::State.eq(WAITING))
        .filter(Column::DueAt.gt(now.0))
        .filter(Column::DueAt.lte(until.0))
        .filter(Column::Attempts.gt(0))
        .filter(Column::Subject.is_in(subjects.iter().copied()))
        .order_by_asc(Column::Id)
        .select_only()
        .columns([Column::Id, Column::Subject, Column::DueAt]);
    let rows: Vec<(Uuid, Uuid, i64)> = query.into_tuple().all(&read.conn()).await?;
    Ok(rows.into_iter().map(|(id, subject, due_at)| Held { id, subject, due_at: Ms(due_at) }).collect())
}

/// When the next of a webhook's deliveries is due.
///
/// # Errors
/// What the database said.
pub async fn next_due(read: &Read, webhook: Uuid) -> Result<Option<Ms>> {
    let query = of(read, webhook).filter(Column::State.eq(WAITING)).order_by_asc(Column::DueAt);
    let row: Option<i64> = query.select_only().column(Column::DueAt).into_tuple().one(&read.conn()).await?;
    Ok(row.map(Ms))
}

/// How many deliveries of a webhook wait.
///
/// # Errors
/// What the database said.
pub async fn waiting(tx: &WriteTx, webhook: Uuid) -> Result<u64> {
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::WebhookId.eq(webhook))
        .filter(Column::State.eq(WAITING));
    Ok(query.count(tx.conn()).await?)
}

/// How many deliveries of each webhook wait and were given up.
///
/// # Errors
/// What the database said.
pub async fn counts(read: &Read) -> Result<HashMap<Uuid, (i64, i64)>> {
    let mut found: HashMap<Uuid, (i64, i64)> = HashMap::new();
    for state in [WAITING, DEAD] {
        // A query for each state, which it names itself: so each is answered from the small index of that state.
        let text = format!(
            "SELECT webhook_id, count(*) FROM webhook_delivery WHERE workspace_id = $1 AND state = '{state}' \
             GROUP BY webhook_id"
        );
        let rows = read.conn().query_all_raw(sql::with(read.backend(), text, [read.workspace().0.into()])).await?;
        for row in &rows {
            let counts = found.entry(row.try_get_by_index(0)?).or_default();
            *(if state == DEAD { &mut counts.1 } else { &mut counts.0 }) = row.try_get_by_index(1)?;
        }
    }
    Ok(found)
}

/// One delivery inside a writing transaction; nobody else changes the row before its end.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<DeliveryRow>> {
    Ok(Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?)
}

/// Writes every column.
///
/// # Errors
/// `NotFound`.
pub async fn update(tx: &WriteTx, row: DeliveryRow) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "delivery").await
}

/// Puts deliveries off: they follow one that is tried again.
///
/// # Errors
/// What the database said.
pub async fn put_off(tx: &WriteTx, ids: &[Uuid], until: Ms) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(until.0))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::State.eq(WAITING))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Gives what waits for a webhook all its tries again, from now on: its target was repaired.
///
/// # Errors
/// What the database said.
pub async fn rouse(tx: &WriteTx, webhook: Uuid, now: Ms) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::DueAt, Expr::value(now.0))
        .col_expr(Column::FirstFailedAt, Expr::value(Option::<i64>::None))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::WebhookId.eq(webhook))
        .filter(Column::State.eq(WAITING))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Gives deliveries all their tries again, from now on: one of them, or those that were given up, the oldest first and at
/// most `limit`. How many there were.
///
/// # Errors
/// What the database said.
pub async fn replay(tx: &WriteTx, webhook: Uuid, one: Option<Uuid>, limit: u64, now: Ms) -> Result<u64> {
    let mut query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::WebhookId.eq(webhook));
    query = match one {
        Some(id) => query.filter(Column::Id.eq(id)),
        None => query.filter(Column::State.eq(DEAD)),
    };
    let ids: Vec<Uuid> = query.order_by_asc(Column::Id).limit(limit).into_tuple().all(tx.conn()).await?;
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(WAITING))
        .col_expr(Column::Attempts, Expr::value(0))
        .col_expr(Column::DueAt, Expr::value(now.0))
        .col_expr(Column::FirstFailedAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::SettledAt, Expr::value(Option::<i64>::None))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.is_in(ids))
        .exec(tx.conn())
        .await?;
    Ok(done.rows_affected)
}

/// Removes deliveries: those that were taken before one moment, and whatever is older than another. At most `limit` of
/// each.
///
/// # Errors
/// What the database said.
pub async fn purge(tx: &WriteTx, taken: Ms, all: Ms, limit: u64) -> Result<u64> {
    let mut gone = 0;
    for (before, state) in [(taken, Some(DELIVERED)), (all, None)] {
        let mut query = Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::WorkspaceId.eq(tx.workspace().0))
            .filter(Column::CreatedAt.lt(before.0));
        if let Some(state) = state {
            query = query.filter(Column::State.eq(state));
        }
        let ids: Vec<Uuid> = query.order_by_asc(Column::CreatedAt).limit(limit).into_tuple().all(tx.conn()).await?;
        let removed = Entity::delete_many()
            .filter(Column::WorkspaceId.eq(tx.workspace().0))
            .filter(Column::Id.is_in(ids))
            .exec(tx.conn())
            .await?;
        gone += removed.rows_affected;
    }
    Ok(gone)
}

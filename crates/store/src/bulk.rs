//! Changes to many conversations at once: what is asked for, and how far it is.

use crate::batch::{self, Col, Kind, Rows, col, opt};
use crate::entity::bulk::{Column, Entity, Model};
use crate::entity::bulk_item;
use crate::error::Result;
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::workspace::same;
use rapport_core::Ms;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::Value as Json;
use uuid::Uuid;

pub use crate::entity::bulk::Model as BulkRow;

/// How one conversation's turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It changed.
    Changed,
    /// It was like that already.
    Same,
    /// It could not be changed.
    Refused,
}

impl Turn {
    fn code(self) -> i16 {
        match self {
            Self::Changed => 1,
            Self::Same => 2,
            Self::Refused => 3,
        }
    }
}

/// One conversation's turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The conversation.
    pub conversation: Uuid,
    /// How it ended.
    pub turn: Turn,
    /// What it was before.
    pub before: Option<Json>,
}

const NEW: &[Col] = &[
    col("workspace_id", Kind::Uuid),
    col("bulk_id", Kind::Uuid),
    col("conversation_id", Kind::Uuid),
    col("state", Kind::Small),
];

/// Stores a change with the conversations it is about.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &WriteTx, row: Model, conversations: &[Uuid]) -> Result<()> {
    same(tx.workspace(), row.workspace_id)?;
    let id = row.id;
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx.conn()).await?;
    let mut rows = Rows::new(NEW);
    for conversation in conversations {
        rows.push([tx.workspace().0.into(), id.into(), (*conversation).into(), 0_i16.into()]);
    }
    batch::insert(tx.conn(), tx.backend(), "bulk_item", "", rows).await?;
    Ok(())
}

/// Stores a change that takes another one back: about everything that changed, with what it was. Returns how many.
///
/// # Errors
/// What the database said.
pub async fn insert_undo(tx: &WriteTx, mut row: Model, of: Uuid) -> Result<u64> {
    same(tx.workspace(), row.workspace_id)?;
    let text = "INSERT INTO bulk_item (workspace_id, bulk_id, conversation_id, state, before) \
        SELECT workspace_id, $1, conversation_id, 0, before FROM bulk_item \
        WHERE workspace_id = $2 AND bulk_id = $3 AND state = 1 AND before IS NOT NULL";
    let values = [row.id.into(), tx.workspace().0.into(), of.into()];
    let count = tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected();
    row.total = i32::try_from(count).unwrap_or(i32::MAX);
    Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx.conn()).await?;
    Ok(count)
}

/// One change.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id)).one(&read.conn()).await?)
}

/// [`get`] inside a writing transaction; nobody else changes the row before its end.
///
/// # Errors
/// What the database said.
pub async fn get_for_write(tx: &WriteTx, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((tx.workspace().0, id)).lock_exclusive().one(tx.conn()).await?)
}

/// Changes, the newest first; `before` is the last id of the page before.
///
/// # Errors
/// What the database said.
pub async fn page(read: &Read, before: Option<Uuid>, limit: u64) -> Result<Vec<Model>> {
    let mut query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(before) = before {
        query = query.filter(Column::Id.lt(before));
    }
    Ok(query.order_by_desc(Column::Id).limit(limit).all(&read.conn()).await?)
}

/// Writes every column of a change.
///
/// # Errors
/// What the database said.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    same(tx.workspace(), row.workspace_id)?;
    Entity::update(row.into_active_model().reset_all()).exec(tx.conn()).await?;
    Ok(())
}

/// Conversations that wait for their turn, with what they were before (for taking back) and their lane, at most `limit`.
/// Those that are gone (joined into another one) have no lane.
///
/// # Errors
/// What the database said.
pub async fn waiting(read: &Read, id: Uuid, limit: u64) -> Result<Vec<(Uuid, Option<Json>, Option<u16>)>> {
    let text = "SELECT i.conversation_id, i.before, c.lane FROM bulk_item AS i LEFT JOIN conversation AS c \
        ON c.workspace_id = i.workspace_id AND c.id = i.conversation_id WHERE i.workspace_id = $1 AND i.bulk_id = $2 \
        AND i.state = 0 ORDER BY i.conversation_id LIMIT $3";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [read.workspace().0.into(), id.into(), limit.into()];
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let one = |row: &sea_orm::QueryResult| {
        let lane: Option<i16> = row.try_get_by_index(2)?;
        Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?, lane.and_then(|lane| u16::try_from(lane).ok())))
    };
    rows.iter().map(one).collect()
}

const DONE: &[Col] = &[col("conversation_id", Kind::Uuid), col("state", Kind::Small), opt("before", Kind::Json)];

/// Notes how turns ended, and what the conversations were before. A turn that was noted stays as it is.
///
/// # Errors
/// What the database said.
pub async fn mark(tx: &WriteTx, id: Uuid, items: &[Item]) -> Result<()> {
    let mut rows = Rows::new(DONE);
    for item in items {
        rows.push([item.conversation.into(), item.turn.code().into(), item.before.clone().into()]);
    }
    let text = "UPDATE bulk_item SET state = v.column2, before = v.column3 FROM {rows} WHERE bulk_item.workspace_id = $1 \
        AND bulk_item.bulk_id = $2 AND bulk_item.conversation_id = v.column1 AND bulk_item.state = 0";
    let fixed = [tx.workspace().0.into(), id.into()];
    batch::execute(tx.conn(), tx.backend(), text, &fixed, rows).await?;
    Ok(())
}

/// Forgets what conversations were before changes that ended before a moment, at most `limit` of them: they can no
/// longer be taken back.
///
/// # Errors
/// What the database said.
pub async fn forget(tx: &WriteTx, before: Ms, limit: u64) -> Result<()> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ended = "SELECT id FROM bulk WHERE workspace_id = $1 AND state <> 'running' AND updated_at < $2 \
        AND EXISTS (SELECT 1 FROM bulk_item AS i WHERE i.workspace_id = bulk.workspace_id AND i.bulk_id = bulk.id) \
        ORDER BY id LIMIT $3";
    let values = [tx.workspace().0.into(), before.0.into(), limit.into()];
    let rows = tx.conn().query_all_raw(sql::with(tx.backend(), ended, values)).await?;
    let ids = rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect::<Result<Vec<Uuid>>>()?;
    if ids.is_empty() {
        return Ok(());
    }
    bulk_item::Entity::delete_many()
        .filter(bulk_item::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(bulk_item::Column::BulkId.is_in(ids))
        .exec(tx.conn())
        .await?;
    Ok(())
}

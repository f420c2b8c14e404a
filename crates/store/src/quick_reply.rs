//! Quick replies and how often they are used.

use crate::entity::quick_reply::{Column, Entity, Model};
use crate::entity::{quick_reply_file, quick_reply_use};
use crate::error::Result;
use crate::media::{self, MediaRow};
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::whole;
use rapport_core::{MediaId, Ms};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryResult,
    QuerySelect, Value,
};
use std::collections::HashMap;
use uuid::Uuid;

pub use crate::entity::quick_reply::Model as QuickReplyRow;

/// Most ids in one question.
const PIECE: usize = 500;

/// How much a reply is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Uses {
    /// By everybody.
    pub all: i64,
    /// By the one who asks.
    pub own: i64,
    /// When last by the one who asks.
    pub own_last: Option<Ms>,
}

/// Every reply of the workspace, by short code.
///
/// # Errors
/// What the database said.
pub async fn all(read: &Read) -> Result<Vec<Model>> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0)).order_by_asc(Column::Shortcut);
    Ok(query.all(&read.conn()).await?)
}

/// How much each reply is used, as `user` sees it. Those that are not are left out.
///
/// # Errors
/// What the database said.
pub async fn uses(read: &Read, user: Option<Uuid>) -> Result<HashMap<Uuid, Uses>> {
    counted(read, user, None).await
}

/// How much one reply is used, as `user` sees it.
///
/// # Errors
/// What the database said.
pub async fn uses_of(read: &Read, user: Option<Uuid>, reply: Uuid) -> Result<Uses> {
    Ok(counted(read, user, Some(reply)).await?.remove(&reply).unwrap_or_default())
}

/// Added up where the rows are: there is one of every reply and everybody who ever used it.
async fn counted(read: &Read, user: Option<Uuid>, reply: Option<Uuid>) -> Result<HashMap<Uuid, Uses>> {
    let one = if reply.is_some() { " AND reply_id = $3" } else { "" };
    let text = format!(
        "SELECT reply_id, CAST(SUM(uses) AS bigint), \
         CAST(SUM(CASE WHEN user_id = $2 THEN uses ELSE 0 END) AS bigint), MAX(CASE WHEN user_id = $2 THEN last_at END) \
         FROM quick_reply_use WHERE workspace_id = $1{one} GROUP BY reply_id"
    );
    let mut values = vec![read.workspace().0.into(), user.into()];
    values.extend(reply.map(Value::from));
    let rows = read.conn().query_all_raw(sql::with(read.backend(), text, values)).await?;
    let own_last = |row: &QueryResult| Ok::<_, DbErr>(row.try_get_by_index::<Option<i64>>(3)?.map(Ms));
    rows.iter()
        .map(|row| {
            let uses = Uses { all: row.try_get_by_index(1)?, own: row.try_get_by_index(2)?, own_last: own_last(row)? };
            Ok((row.try_get_by_index(0)?, uses))
        })
        .collect()
}

/// One reply.
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

/// Every reply of the workspace, inside a writing transaction.
///
/// # Errors
/// What the database said.
pub async fn all_for_write(tx: &WriteTx) -> Result<Vec<Model>> {
    let query = Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).order_by_asc(Column::Shortcut);
    Ok(query.all(tx.conn()).await?)
}

/// How many replies the workspace has.
///
/// # Errors
/// What the database said.
pub async fn count(tx: &WriteTx) -> Result<u64> {
    Ok(Entity::find().filter(Column::WorkspaceId.eq(tx.workspace().0)).count(tx.conn()).await?)
}

/// Adds a reply.
///
/// # Errors
/// `Conflict` when its short code is taken.
pub async fn insert(tx: &WriteTx, row: Model) -> Result<()> {
    whole::insert::<Entity>(tx, row.workspace_id, row).await
}

/// Writes every column of a reply.
///
/// # Errors
/// `NotFound`, or `Conflict` when its short code is taken.
pub async fn update(tx: &WriteTx, row: Model) -> Result<()> {
    whole::update::<Entity>(tx, row.workspace_id, row, "quick reply").await
}

/// The files of these replies (of all when none), in their order.
///
/// # Errors
/// What the database said.
pub async fn files(read: &Read, replies: Option<&[Uuid]>) -> Result<HashMap<Uuid, Vec<MediaRow>>> {
    use quick_reply_file::Column;
    let mut query = quick_reply_file::Entity::find().filter(Column::WorkspaceId.eq(read.workspace().0));
    if let Some(replies) = replies {
        query = query.filter(Column::ReplyId.is_in(replies.iter().copied()));
    }
    let rows = query.order_by_asc(Column::ReplyId).order_by_asc(Column::Place).all(&read.conn()).await?;
    let ids: Vec<MediaId> = rows.iter().map(|row| MediaId(row.media_id)).collect();
    let mut known: HashMap<Uuid, MediaRow> = HashMap::with_capacity(ids.len());
    for piece in ids.chunks(PIECE) {
        known.extend(media::of_ids(read, piece).await?.into_iter().map(|row| (row.id, row)));
    }
    let mut found: HashMap<Uuid, Vec<MediaRow>> = HashMap::new();
    for row in rows {
        found.entry(row.reply_id).or_default().extend(known.get(&row.media_id).cloned());
    }
    Ok(found)
}

/// Gives a reply its files, in place of those it had.
///
/// # Errors
/// What the database said.
pub async fn put_files(tx: &WriteTx, reply: Uuid, files: &[Uuid]) -> Result<()> {
    drop_files(tx, reply).await?;
    for (place, media_id) in files.iter().enumerate() {
        let place = i16::try_from(place).unwrap_or(i16::MAX);
        let row =
            quick_reply_file::Model { workspace_id: tx.workspace().0, reply_id: reply, place, media_id: *media_id };
        whole::insert::<quick_reply_file::Entity>(tx, row.workspace_id, row).await?;
    }
    Ok(())
}

async fn drop_files(tx: &WriteTx, reply: Uuid) -> Result<()> {
    quick_reply_file::Entity::delete_many()
        .filter(quick_reply_file::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(quick_reply_file::Column::ReplyId.eq(reply))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Removes a reply, its counts and its hold on files.
///
/// # Errors
/// `NotFound`.
pub async fn delete(tx: &WriteTx, id: Uuid) -> Result<()> {
    drop_files(tx, id).await?;
    quick_reply_use::Entity::delete_many()
        .filter(quick_reply_use::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(quick_reply_use::Column::ReplyId.eq(id))
        .exec(tx.conn())
        .await?;
    whole::delete::<Entity>(tx, id, "quick reply").await
}

/// Counts one use.
///
/// # Errors
/// What the database said.
pub async fn used(tx: &WriteTx, id: Uuid, user: Uuid, now: Ms) -> Result<()> {
    let text = "INSERT INTO quick_reply_use (workspace_id, reply_id, user_id, uses, last_at) VALUES ($1, $2, $3, 1, $4) \
                ON CONFLICT (workspace_id, reply_id, user_id) \
                DO UPDATE SET uses = quick_reply_use.uses + 1, last_at = excluded.last_at";
    let values = [tx.workspace().0.into(), id.into(), user.into(), now.0.into()];
    tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?;
    Ok(())
}

/// Forgets what only a removed user had: their private replies and their counts.
///
/// # Errors
/// What the database said.
pub(crate) async fn forget_user(tx: &WriteTx, user: Uuid) -> Result<()> {
    let own = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::OwnerId.eq(user))
        .filter(Column::Audience.eq("private"))
        .all(tx.conn())
        .await?;
    for row in own {
        delete(tx, row.id).await?;
    }
    quick_reply_use::Entity::delete_many()
        .filter(quick_reply_use::Column::WorkspaceId.eq(tx.workspace().0))
        .filter(quick_reply_use::Column::UserId.eq(user))
        .exec(tx.conn())
        .await?;
    Ok(())
}

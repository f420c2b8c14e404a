//! Files of messages: what is known about them and where their content is. The bytes stand outside the database, under
//! the name of their SHA-256.

use crate::entity::media::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use crate::sql;
use crate::store::Store;
use rapport_core::{ChannelId, MediaId, MessageId, Ms};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use crate::entity::media::Model as MediaRow;

/// A file that is to be fetched or was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMedia {
    /// Id.
    pub id: MediaId,
    /// `image`, `video`, ...
    pub kind: String,
    /// MIME type as told.
    pub mime: String,
    /// Name, for documents.
    pub filename: Option<String>,
    /// SHA-256 in hexadecimal, when told.
    pub sha256: Option<String>,
    /// The provider's id.
    pub provider_media_id: Option<String>,
    /// The channel whose token may fetch it.
    pub channel_id: Option<ChannelId>,
    /// The message that carries it.
    pub message_id: Option<MessageId>,
}

/// Adds files that wait to be fetched.
///
/// # Errors
/// What the database said.
pub async fn insert(tx: &WriteTx, files: &[NewMedia], now: Ms) -> Result<()> {
    for part in files.chunks(100) {
        let rows = part.iter().map(|file| ActiveModel {
            workspace_id: Set(tx.workspace().0),
            id: Set(file.id.0),
            sha256: Set(file.sha256.clone()),
            mime: Set(file.mime.clone()),
            size: Set(0),
            filename: Set(file.filename.clone()),
            kind: Set(file.kind.clone()),
            state: Set("pending".to_owned()),
            provider_media_id: Set(file.provider_media_id.clone()),
            channel_id: Set(file.channel_id.map(|id| id.0)),
            message_id: Set(file.message_id.map(|id| id.0)),
            attempts: Set(0),
            error: Set(None),
            expires_at: Set(None),
            created_at: Set(now.0),
            used_at: Set(None),
            kept_days: Set(None),
        });
        Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    }
    Ok(())
}

/// One file.
///
/// # Errors
/// What the database said.
pub async fn get(read: &Read, id: MediaId) -> Result<Option<Model>> {
    Ok(Entity::find_by_id((read.workspace().0, id.0)).one(&read.conn()).await?)
}

/// The files of several messages.
///
/// # Errors
/// What the database said.
pub async fn of_ids(read: &Read, ids: &[MediaId]) -> Result<Vec<Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
    Ok(query.all(&read.conn()).await?)
}

/// [`of_ids`] inside a writing transaction; nobody deletes them before its end.
///
/// # Errors
/// What the database said.
pub async fn of_ids_for_write(tx: &WriteTx, ids: &[MediaId]) -> Result<Vec<Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let query = Entity::find()
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
        .order_by_asc(Column::Id)
        .lock_exclusive();
    Ok(query.all(tx.conn()).await?)
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// Its bytes are kept.
    Here {
        /// SHA-256 in hexadecimal: the name of the bytes.
        sha256: String,
        /// MIME type found by looking at the bytes.
        mime: String,
        /// Size in bytes.
        size: i64,
    },
    /// This try failed.
    Failed {
        /// Why, in a sentence.
        error: String,
        /// No further try will be made.
        final_try: bool,
    },
    /// The provider's id of our upload.
    Uploaded {
        /// The id.
        provider_media_id: String,
        /// When it stops being valid.
        expires_at: Ms,
    },
}

/// Notes what became of a file.
///
/// # Errors
/// `NotFound` when the row is gone.
pub async fn note(tx: &WriteTx, id: MediaId, stored: &Stored) -> Result<()> {
    let update = Entity::update_many().filter(Column::WorkspaceId.eq(tx.workspace().0)).filter(Column::Id.eq(id.0));
    let update = match stored {
        Stored::Here { sha256, mime, size } => update
            .col_expr(Column::Sha256, Expr::value(sha256.clone()))
            .col_expr(Column::Mime, Expr::value(mime.clone()))
            .col_expr(Column::Size, Expr::value(*size))
            .col_expr(Column::Error, Expr::value(None::<String>))
            .col_expr(Column::State, Expr::value("stored")),
        Stored::Failed { error, final_try } => update
            .col_expr(Column::Error, Expr::value(error.clone()))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .col_expr(Column::State, Expr::value(if *final_try { "failed" } else { "pending" })),
        Stored::Uploaded { provider_media_id, expires_at } => update
            .col_expr(Column::ProviderMediaId, Expr::value(provider_media_id.clone()))
            .col_expr(Column::ExpiresAt, Expr::value(expires_at.0)),
    };
    let changed = update.exec(tx.conn()).await?;
    if changed.rows_affected == 0 { Err(Error::NotFound("media")) } else { Ok(()) }
}

/// What a workspace's stored files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Volume {
    /// How many.
    pub files: i64,
    /// Their bytes, equal contents counted once a file.
    pub bytes: i64,
}

/// Files that are stored; `before` limits them to those last used before a moment.
///
/// # Errors
/// What the database said.
pub async fn volume(read: &Read, before: Option<Ms>) -> Result<Volume> {
    let text = "SELECT count(*), CAST(COALESCE(sum(size), 0) AS bigint) FROM media \
                WHERE workspace_id = $1 AND state = 'stored' AND COALESCE(used_at, created_at) < $2";
    let values = [read.workspace().0.into(), before.map_or(i64::MAX, |before| before.0).into()];
    let row = read.conn().query_one_raw(sql::with(read.backend(), text, values)).await?;
    row.map_or(Ok(Volume::default()), |row| {
        Ok(Volume { files: row.try_get_by_index(0)?, bytes: row.try_get_by_index(1)? })
    })
}

/// Notes that files go out with a message, now or at the moment it is planned for: their age counts from then, unless
/// something takes them along still later.
///
/// # Errors
/// What the database said.
pub async fn used(tx: &WriteTx, ids: &[MediaId], at: Ms) -> Result<()> {
    for part in ids.chunks(500) {
        Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(at.0))
            .filter(Column::WorkspaceId.eq(tx.workspace().0))
            .filter(Column::Id.is_in(part.iter().map(|id| id.0)))
            .filter(Column::UsedAt.is_null().or(Column::UsedAt.lt(at.0)))
            .exec(tx.conn())
            .await?;
    }
    Ok(())
}

/// Marks files that were last used before a moment as deleted, at most `limit`; what waits to be sent or belongs to a quick
/// reply stays. Returns
/// how many. Their bytes are still there: see [`doomed`].
///
/// # Errors
/// What the database said.
pub async fn retire(tx: &WriteTx, before: Ms, days: u32, limit: u64) -> Result<u64> {
    let text = "UPDATE media SET state = 'deleted', kept_days = $3, provider_media_id = NULL, expires_at = NULL \
                WHERE workspace_id = $1 AND id IN (SELECT f.id FROM media AS f WHERE f.workspace_id = $1 \
                AND f.state = 'stored' AND f.created_at < $2 AND COALESCE(f.used_at, f.created_at) < $2 \
                AND NOT EXISTS (SELECT 1 FROM send_queue AS q JOIN message AS m ON m.workspace_id = q.workspace_id \
                AND m.id = q.message_id WHERE q.workspace_id = $1 AND m.media_id = f.id) \
                AND NOT EXISTS (SELECT 1 FROM quick_reply_file AS r WHERE r.workspace_id = $1 AND r.media_id = f.id) \
                ORDER BY f.created_at LIMIT $4)";
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [tx.workspace().0.into(), before.0.into(), days.into(), limit.into()];
    Ok(tx.conn().execute_raw(sql::with(tx.backend(), text, values)).await?.rows_affected())
}

/// Hashes of files that were marked as deleted and whose bytes have not been dealt with yet.
///
/// # Errors
/// What the database said.
pub async fn doomed(read: &Read, limit: u64) -> Result<Vec<String>> {
    let query = Entity::find()
        .select_only()
        .column(Column::Sha256)
        .distinct()
        .filter(Column::WorkspaceId.eq(read.workspace().0))
        .filter(Column::State.eq("deleted"))
        .filter(Column::Sha256.is_not_null())
        .limit(limit);
    Ok(query.into_tuple::<String>().all(&read.conn()).await?)
}

/// The bytes of deleted files with this hash have been dealt with.
///
/// # Errors
/// What the database said.
pub async fn forget_content(tx: &WriteTx, sha256: &str) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Sha256, Expr::value(None::<String>))
        .filter(Column::WorkspaceId.eq(tx.workspace().0))
        .filter(Column::State.eq("deleted"))
        .filter(Column::Sha256.eq(sha256))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Whether a file of any workspace still needs the bytes with this hash: equal contents are kept once.
///
/// # Errors
/// What the database said.
pub async fn is_needed(store: &Store, sha256: &str) -> Result<bool> {
    let query = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Sha256.eq(sha256))
        .filter(Column::State.is_in(["stored", "pending"]))
        .limit(1);
    Ok(query.into_tuple::<uuid::Uuid>().one(store.readers()).await?.is_some())
}

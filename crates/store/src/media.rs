//! Files of messages: what is known about them and where their content is. The bytes stand outside the database, under
//! the name of their SHA-256.

use crate::entity::media::{ActiveModel, Column, Entity, Model};
use crate::error::{Error, Result};
use crate::scope::{Read, WriteTx};
use rapport_core::{ChannelId, MediaId, MessageId, Ms};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

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

//! The files of a quick reply. They were uploaded before, and are kept as long as the reply has them.

use crate::error::{Error, Result};
use rapport_core::{MediaId, Ms};
use rapport_store::WriteTx;
use rapport_store::media::{self, MediaRow};
use rapport_store::quick_reply;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Most files of a reply.
pub(crate) const FILES: usize = 5;

/// A file that goes with a quick reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = QuickReplyFile)]
pub struct FileView {
    /// The stored file.
    pub media_id: Uuid,
    /// As what it is sent: `image`, `video`, `audio`, `voice`, `document` or `sticker`.
    pub kind: String,
    /// Its type.
    pub mime: String,
    /// Its name.
    pub filename: String,
    /// Bytes.
    pub size: i64,
    /// Whether its content is still here; one that is not cannot be sent.
    pub stored: bool,
}

impl From<MediaRow> for FileView {
    fn from(row: MediaRow) -> Self {
        Self {
            media_id: row.id,
            kind: row.kind,
            mime: row.mime,
            filename: row.filename.unwrap_or_default(),
            size: row.size,
            stored: row.state == "stored",
        }
    }
}

/// Gives a reply its files, in place of those it had. Each was checked against its kind's limits when it was uploaded.
///
/// # Errors
/// `Invalid` (`files`), `Store`.
pub(super) async fn put(tx: &WriteTx, reply: Uuid, given: &[Uuid], now: Ms) -> Result<Vec<FileView>> {
    if given.len() > FILES {
        return Err(Error::invalid("files", format!("must be at most {FILES}")));
    }
    let ids: Vec<MediaId> = given.iter().map(|id| MediaId(*id)).collect();
    let known = media::of_ids_for_write(tx, &ids).await?;
    let mut files = Vec::with_capacity(given.len());
    for (at, id) in given.iter().enumerate() {
        let row = known.iter().find(|row| row.id == *id);
        let row = row.ok_or_else(|| Error::invalid(format!("files.{at}"), "names a file that does not exist"))?;
        if row.state != "stored" {
            return Err(Error::invalid(format!("files.{at}"), "names a file that is not stored"));
        }
        if given[..at].contains(id) {
            return Err(Error::invalid(format!("files.{at}"), "is there twice"));
        }
        files.push(FileView::from(row.clone()));
    }
    quick_reply::put_files(tx, reply, given).await?;
    media::used(tx, &ids, now).await?;
    Ok(files)
}

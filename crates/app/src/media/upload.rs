//! Files that people and programs bring: streamed to disk, measured, looked at, named by their content.

use super::{path, sniff};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_connectors::whatsapp::media as limits;
use rapport_core::message::MediaKind;
use rapport_core::{ChannelId, MediaId};
use rapport_store::media::{MediaRow, NewMedia, Stored};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Bytes kept from the beginning, to see what the file is.
const HEAD: usize = 8_192;
/// Longest file name, in characters.
const NAME: usize = 240;

/// Where a file is going to be used.
#[derive(Debug, Clone, Copy, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// The channel it will be sent over.
    pub channel_id: Option<Uuid>,
    /// As what it will be sent; left out = what its type suggests.
    #[param(inline)]
    pub kind: Option<UploadKind>,
}

/// As what a file is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadKind {
    /// JPEG or PNG picture, up to 5 MB.
    Image,
    /// MP4 or 3GPP film, up to 16 MB.
    Video,
    /// Sound file, up to 16 MB.
    Audio,
    /// Voice note (Ogg Opus), up to 16 MB.
    Voice,
    /// Any file, up to 100 MB.
    Document,
    /// WebP sticker, up to 500 KB.
    Sticker,
}

impl From<UploadKind> for MediaKind {
    fn from(kind: UploadKind) -> Self {
        match kind {
            UploadKind::Image => Self::Image,
            UploadKind::Video => Self::Video,
            UploadKind::Audio => Self::Audio,
            UploadKind::Voice => Self::Voice,
            UploadKind::Document => Self::Document,
            UploadKind::Sticker => Self::Sticker,
        }
    }
}

/// A stored file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Upload)]
pub struct UploadView {
    /// The file.
    pub id: Uuid,
    /// What its bytes say it is.
    pub mime: String,
    /// Bytes.
    pub size: i64,
    /// Its name.
    pub filename: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}

/// A file on its way in; dropped unfinished it leaves nothing behind.
pub struct Upload {
    file: File,
    place: Temporary,
    hash: Sha256,
    head: Vec<u8>,
    size: u64,
    most: u64,
}

/// A file that is removed unless it was moved away.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // Moved away already, or nothing can be done about it here.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn disk(error: &std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return Error::Store(rapport_store::Error::Full("the disk for files".to_owned()));
    }
    Error::Internal(format!("a file cannot be written: {error}"))
}

impl Upload {
    /// Begins to take a file.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid` (`channel_id`), `Store`, `Internal` when the disk cannot be written.
    pub async fn begin(app: &App, caller: &Caller, query: UploadQuery) -> Result<Self> {
        caller.require(Permission::InboxWrite)?;
        if let Some(channel) = query.channel_id {
            let read = app.store.workspace(caller.workspace).read();
            let found = rapport_store::channel::get(&read, ChannelId(channel)).await?;
            found.ok_or_else(|| Error::invalid("channel_id", "names a channel that does not exist"))?;
        }
        let folder = app.settings.data_dir.join("media").join("incoming");
        tokio::fs::create_dir_all(&folder).await.map_err(|error| disk(&error))?;
        let place = Temporary(folder.join(app.ids.uuid(app.now()).to_string()));
        let file = File::create(&place.0).await.map_err(|error| disk(&error))?;
        Ok(Self { file, place, hash: Sha256::new(), head: Vec::new(), size: 0, most: app.settings.max_media_bytes })
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// `Refused` (`file_too_large`) beyond the installation's limit, else what the disk said.
    pub async fn write(&mut self, piece: &[u8]) -> Result<()> {
        self.size = self.size.saturating_add(piece.len() as u64);
        if self.size > self.most {
            return Err(Error::refused("file_too_large", format!("A file may have at most {} bytes.", self.most)));
        }
        let missing = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..missing]);
        self.hash.update(piece);
        self.file.write_all(piece).await.map_err(|error| disk(&error))
    }

    /// Checks the whole file against the provider's limits and keeps it. `told`: the sender's MIME type.
    ///
    /// # Errors
    /// `Invalid` (`file`) naming type or size and what is allowed, `Store`, `Internal` when the disk cannot be written.
    pub async fn finish(
        self,
        app: &App,
        caller: &Caller,
        query: UploadQuery,
        filename: &str,
        told: &str,
    ) -> Result<UploadView> {
        let Self { file, place, hash, head, size, .. } = self;
        let mime = usual(&sniff(&head, told));
        let kind = query.kind.map_or_else(|| limits::kind_of(&mime), MediaKind::from);
        // Whether a sticker moves is looked at when it is sent.
        limits::check(kind, &mime, size, true).map_err(|invalid| {
            let what = invalid.field.trim_start_matches("media.").to_owned();
            let detail = format!(
                "has a {what} that cannot be sent as {}: {} allowed, not {}",
                kind.code(),
                invalid.limit,
                invalid.actual
            );
            Error::invalid("file", detail)
        })?;
        file.sync_all().await.map_err(|error| disk(&error))?;
        drop(file);
        let sha256 = hex::encode(hash.finalize());
        let home = path(&app.settings.data_dir, &sha256);
        if let Some(folder) = home.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(|error| disk(&error))?;
        }
        tokio::fs::rename(&place.0, &home).await.map_err(|error| disk(&error))?;
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let filename = plain_name(filename, &mime);
        let view = UploadView { id: app.store.new_id(app.now()), mime, size, filename, sha256 };
        keep(app, caller, query, kind, &view).await?;
        Ok(view)
    }
}

async fn keep(app: &App, caller: &Caller, query: UploadQuery, kind: MediaKind, view: &UploadView) -> Result<()> {
    let row = NewMedia {
        id: MediaId(view.id),
        kind: kind.code().to_owned(),
        mime: view.mime.clone(),
        filename: Some(view.filename.clone()),
        sha256: Some(view.sha256.clone()),
        provider_media_id: None,
        channel_id: query.channel_id.map(ChannelId),
        message_id: None,
    };
    let stored = Stored::Here { sha256: view.sha256.clone(), mime: view.mime.clone(), size: view.size };
    let tx = app.store.workspace(caller.workspace).write().await?;
    rapport_store::media::insert(&tx, &[row], app.now()).await?;
    rapport_store::media::note(&tx, MediaId(view.id), &stored).await?;
    tx.commit().await?;
    Ok(())
}

/// Names that programs use for types the provider knows under another one.
fn usual(mime: &str) -> String {
    match mime {
        "audio/m4a" | "audio/x-m4a" => "audio/mp4",
        "audio/opus" | "application/ogg" => "audio/ogg",
        other => other,
    }
    .to_owned()
}

/// A file name without folders and control characters.
fn plain_name(given: &str, mime: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !is_bidi_control(*c)).take(NAME).collect();
    let clean = clean.trim().trim_start_matches('.').to_owned();
    if clean.is_empty() {
        return format!(
            "file.{}",
            mime.split_once('/').map_or("bin", |(_, sub)| sub).split(['+', '.']).next_back().unwrap_or("bin")
        );
    }
    clean
}

/// Marks that make `exe.fdp` look like `pdf.exe`.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A stored file of the caller's workspace, and where its bytes are.
///
/// # Errors
/// `Forbidden`, `NotFound` (also while it is not stored yet), `Store`.
pub async fn get(app: &App, caller: &Caller, id: MediaId) -> Result<(MediaRow, PathBuf)> {
    caller.require(Permission::InboxRead)?;
    let row = rapport_store::media::get(&app.store.workspace(caller.workspace).read(), id).await?;
    let row = row.filter(|row| row.state == "stored").ok_or(Error::NotFound("file"))?;
    let sha256 = row.sha256.clone().ok_or(Error::NotFound("file"))?;
    Ok((row, path(&app.settings.data_dir, &sha256)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_could_deceive() {
        for (given, name) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\a.pdf", "a.pdf"),
            ("\u{202E}fdp.exe", "fdp.exe"),
            (" فاتورة.pdf ", "فاتورة.pdf"),
            ("", "file.png"),
            ("..", "file.png"),
        ] {
            assert_eq!(plain_name(given, "image/png"), name, "{given:?}");
        }
        assert_eq!(usual("audio/x-m4a"), "audio/mp4");
    }
}

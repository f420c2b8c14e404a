//! Files that people and programs bring: streamed to disk, measured, looked at, named by their content.

use super::{declared, look, path, voice};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::message::MediaKind;
use rapport_core::message::check::{Code, Problem, file as limits};
use rapport_core::{ChannelId, MediaId};
use rapport_store::media::{MediaRow, NewMedia, Stored};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
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
    /// The provider's limit on the kind it is sent as, when that is known before it has come.
    of_kind: Option<u64>,
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
        let most = app.settings.max_media_bytes;
        let of_kind = query.kind.map(|kind| limits::max_size(kind.into(), true));
        Ok(Self { file, place, hash: Sha256::new(), head: Vec::new(), size: 0, most, of_kind })
    }

    /// Takes the next piece.
    ///
    /// # Errors
    /// `Limits` (`file`) beyond what the kind, or any file, may have; else what the disk said.
    pub async fn write(&mut self, piece: &[u8]) -> Result<()> {
        self.size = self.size.saturating_add(piece.len() as u64);
        let beyond = self.of_kind.filter(|most| self.size > *most);
        if let Some(most) = beyond.or_else(|| (self.size > self.most).then_some(self.most)) {
            let code = Code::FileTooLarge;
            let (limit, actual) = (most.to_string(), self.size.to_string());
            return Err(Error::Limits(vec![Problem { code, field: "file".to_owned(), limit, actual }]));
        }
        let missing = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..missing]);
        self.hash.update(piece);
        self.file.write_all(piece).await.map_err(|error| disk(&error))
    }

    /// Looks into the whole file, makes a voice note of it where one is wanted, checks it against the provider's limits
    /// and keeps it. `told`: the sender's MIME type.
    ///
    /// # Errors
    /// `Limits` (`file`) naming type or size and what is allowed, `Refused` (`not_a_voice_note`), `Store`, `Internal`
    /// when the disk cannot be written.
    pub async fn finish(
        self,
        app: &App,
        caller: &Caller,
        query: UploadQuery,
        filename: &str,
        told: &str,
    ) -> Result<UploadView> {
        let Self { mut file, place, hash, head, size, .. } = self;
        file.flush().await.map_err(|error| disk(&error))?;
        let mut found = Found { place, sha256: hex::encode(hash.finalize()), size, mime: String::new() };
        if query.kind == Some(UploadKind::Voice) {
            file = found.become_voice().await?;
        } else {
            let mime = looked(&found.place.0, head.clone(), told).await;
            declared::shown(&head, &mime).clone_into(&mut found.mime);
        }
        let kind = query.kind.map_or_else(|| limits::kind_of(&found.mime), MediaKind::from);
        let differs = declared::problem(query.kind.map(MediaKind::from), told, &found.mime);
        let differs = differs.filter(|_| query.kind != Some(UploadKind::Voice) && found.size > 0);
        let beyond = limits::check(kind, &found.mime, found.size, look::moves(&head));
        if let Some(problem) = differs.or(beyond) {
            return Err(Error::Limits(vec![Problem { field: "file".to_owned(), ..problem }]));
        }
        file.sync_all().await.map_err(|error| disk(&error))?;
        drop(file);
        let home = path(&app.settings.data_dir, &found.sha256);
        if let Some(folder) = home.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(|error| disk(&error))?;
        }
        tokio::fs::rename(&found.place.0, &home).await.map_err(|error| disk(&error))?;
        let size = i64::try_from(found.size).unwrap_or(i64::MAX);
        let filename = plain_name(filename, &found.mime);
        let view =
            UploadView { id: app.store.new_id(app.now()), mime: found.mime, size, filename, sha256: found.sha256 };
        keep(app, caller, query, kind, &view).await?;
        Ok(view)
    }
}

/// A file that has come whole.
struct Found {
    place: Temporary,
    sha256: String,
    size: u64,
    mime: String,
}

impl Found {
    /// Puts the recording's packets into the container that is played as a voice note. The new file is open for syncing.
    async fn become_voice(&mut self) -> Result<File> {
        let made = Temporary(self.place.0.with_extension("ogg"));
        let (from, to) = (self.place.0.clone(), made.0.clone());
        let worked = tokio::task::spawn_blocking(move || voice::convert(&from, &to).and_then(|()| measured(&to)));
        let (sha256, size) = match worked.await {
            Ok(Ok(measured)) => measured,
            Ok(Err(why)) => {
                return Err(Error::refused("not_a_voice_note", format!("This cannot be sent as a voice note: {why}.")));
            }
            Err(error) => {
                tracing::error!(%error, "a recording broke its reader");
                return Err(Error::refused("not_a_voice_note", "This recording cannot be read."));
            }
        };
        // The recording as it came is removed with the old value.
        self.place = made;
        (self.sha256, self.size, self.mime) = (sha256, size, "audio/ogg".to_owned());
        File::open(&self.place.0).await.map_err(|error| disk(&error))
    }
}

/// Hash and size of a made file.
fn measured(file: &Path) -> std::result::Result<(String, u64), voice::NoVoice> {
    let bytes = std::fs::read(file).map_err(|error| voice::NoVoice::Damaged(error.to_string()))?;
    Ok((hex::encode(Sha256::digest(&bytes)), bytes.len() as u64))
}

/// The type of a file that has come. One that breaks whoever looks at it is kept as what nobody shows.
async fn looked(file: &Path, head: Vec<u8>, told: &str) -> String {
    let (file, told) = (file.to_owned(), told.to_owned());
    let worked = tokio::task::spawn_blocking(move || look::look(&file, &head, &told)).await;
    worked.unwrap_or_else(|_| "application/octet-stream".to_owned())
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
    }
}

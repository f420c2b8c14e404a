//! What is made of stored files on demand: thumbnails, and copies for a CRM. Kept beside the originals under the same
//! hash, so that each is made once; they can be thrown away at any time.

use super::picture::{self, CRM_BYTES, NoPicture};
use super::upload;
use crate::auth::Caller;
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::MediaId;
use rapport_core::message::MediaKind;
use rapport_core::message::check::file::max_size;
use std::path::{Path, PathBuf};
use tokio::sync::Semaphore;

/// Pictures that are unpacked at once in this process: each may take a quarter of a gigabyte.
static WORKBENCH: Semaphore = Semaphore::const_new(2);

/// A file to be handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Where its bytes are.
    pub path: PathBuf,
    /// What they are.
    pub mime: String,
    /// Its name.
    pub filename: Option<String>,
    /// Changes when the bytes do.
    pub tag: String,
}

/// What is made of a picture.
type Make = fn(&Path) -> std::result::Result<Vec<u8>, NoPicture>;

/// A small copy of a picture, at most 640 pixels wide and high.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` (`no_thumbnail` for what is no picture, `picture_unreadable`), `Store`.
pub async fn thumbnail(app: &App, caller: &Caller, id: MediaId) -> Result<Copy> {
    let (row, original) = upload::get(app, caller, id).await?;
    if !row.mime.starts_with("image/") || row.size > largest() {
        return Err(Error::refused("no_thumbnail", "Only pictures have a thumbnail."));
    }
    let tag = format!("{}-small", row.sha256.unwrap_or_default());
    let path = made(app, &original, &tag, picture::thumbnail).await?;
    let head = tokio::fs::read(&path).await.map_err(|error| disk(&error))?;
    let mime = if head.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    Ok(Copy { path, mime: mime.to_owned(), filename: row.filename, tag })
}

/// The copy a CRM gets: JPEG where it is a picture, in any case fewer than 5 MB (`product.md` S11). Small files that are
/// no readable pictures go as they are.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Refused` (`crm_too_large`: the original has to be linked instead), `Store`.
pub async fn for_crm(app: &App, caller: &Caller, id: MediaId) -> Result<Copy> {
    let (row, original) = upload::get(app, caller, id).await?;
    let small = usize::try_from(row.size).is_ok_and(|size| size < CRM_BYTES);
    let sha256 = row.sha256.unwrap_or_default();
    let as_it_is =
        Copy { path: original.clone(), mime: row.mime.clone(), filename: row.filename.clone(), tag: sha256.clone() };
    if row.mime == "image/jpeg" && small {
        return Ok(as_it_is);
    }
    if row.mime.starts_with("image/") && row.size <= largest() {
        let tag = format!("{sha256}-crm");
        match made(app, &original, &tag, picture::for_crm).await {
            Ok(path) => {
                let stem = row.filename.as_deref().and_then(|name| Path::new(name).file_stem()?.to_str());
                let filename = Some(format!("{}.jpg", stem.unwrap_or("picture")));
                return Ok(Copy { path, mime: "image/jpeg".to_owned(), filename, tag });
            }
            // It is kept as it came: a picture nobody can read is still the customer's file.
            Err(Error::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    if small {
        return Ok(as_it_is);
    }
    let detail = format!("The file has {} bytes; a CRM takes fewer than {CRM_BYTES}. Link it instead.", row.size);
    Err(Error::refused("crm_too_large", detail))
}

/// Where what is made of the bytes with this hash is kept.
fn folder(data_dir: &Path, sha256: &str) -> PathBuf {
    let part = |range: std::ops::Range<usize>| sha256.get(range).unwrap_or("__").to_owned();
    data_dir.join("media").join("derived").join(part(0..2)).join(part(2..4))
}

/// Removes what was made of the bytes with this hash.
pub(super) async fn forget(data_dir: &Path, sha256: &str) -> std::io::Result<()> {
    for kind in ["small", "crm"] {
        match tokio::fs::remove_file(folder(data_dir, sha256).join(format!("{sha256}-{kind}"))).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The largest file that is unpacked.
fn largest() -> i64 {
    i64::try_from(max_size(MediaKind::Document, false)).unwrap_or(i64::MAX)
}

/// Where the made copy is; made now if it never was.
async fn made(app: &App, original: &Path, tag: &str, make: Make) -> Result<PathBuf> {
    let folder = folder(&app.settings.data_dir, tag);
    let place = folder.join(tag);
    if tokio::fs::try_exists(&place).await.map_err(|error| disk(&error))? {
        return Ok(place);
    }
    let permit = WORKBENCH.acquire().await.map_err(|_| Error::Overloaded("pictures"))?;
    let source = original.to_owned();
    let worked = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        make(&source)
    });
    let bytes = match worked.await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(why)) => return Err(Error::refused("picture_unreadable", sentence(&why))),
        Err(error) => {
            tracing::error!(%error, "a picture broke its decoder");
            return Err(Error::refused("picture_unreadable", "The picture cannot be read."));
        }
    };
    tokio::fs::create_dir_all(&folder).await.map_err(|error| disk(&error))?;
    // Two may make it at once; each renames a whole file into place.
    let draft = folder.join(app.ids.uuid(app.now()).to_string());
    tokio::fs::write(&draft, bytes).await.map_err(|error| disk(&error))?;
    tokio::fs::rename(&draft, &place).await.map_err(|error| disk(&error))?;
    Ok(place)
}

fn sentence(why: &NoPicture) -> String {
    let text = why.to_string();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

fn disk(error: &std::io::Error) -> Error {
    Error::Internal(format!("a made copy cannot be read or written: {error}"))
}

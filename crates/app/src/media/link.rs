//! Links to our files for providers that fetch what they send: whoever has the link has the file, for a day.

use super::derived::Copy;
use crate::channel::Channel;
use crate::channel::receive::{self, Rejected};
use crate::error::{Error, Result};
use crate::state::{App, Settings};
use rapport_connectors::provider::{link_fits, sign_link};
use rapport_core::time::DAY;
use rapport_core::{ChannelId, MediaId, Ms};

/// How long a link leads somewhere. Providers fetch within minutes; a queue may stand for hours. Milliseconds.
pub(crate) const VALID_MS: i64 = DAY;
/// How long a link to a template's sample leads somewhere: longer than any review takes. Milliseconds.
const SAMPLE_MS: i64 = 7 * DAY;

/// What is signed.
fn name(channel: ChannelId, media: MediaId, expires: Ms) -> String {
    format!("{}/{}/{}", channel.0, media.0, expires.0)
}

/// The address of a file, signed with the channel's newest secret; `None` for a channel without one.
pub(crate) fn to(settings: &Settings, channel: &Channel, media: MediaId, expires: Ms) -> Option<String> {
    let secret = channel.secrets.app_secrets.first()?;
    let name = name(channel.id, media, expires);
    Some(format!("{}/files/{name}/{}", settings.public_url, sign_link(secret.expose(), &name)))
}

/// The address of a file that reviewers look at; its ending says what it is, as those ask who judge by addresses.
pub(crate) fn sample(settings: &Settings, channel: &Channel, media: MediaId, mime: &str, now: Ms) -> Option<String> {
    let ending = match mime.split(';').next().unwrap_or_default().trim() {
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "video/mp4" => ".mp4",
        "video/3gpp" => ".3gp",
        "application/pdf" => ".pdf",
        _ => "",
    };
    to(settings, channel, media, now.plus(SAMPLE_MS)).map(|link| link + ending)
}

/// The file behind a link.
///
/// # Errors
/// `NotFound` for whatever is not exactly a link of ours that still holds; `Store`.
pub async fn open(app: &App, channel: ChannelId, media: MediaId, expires: Ms, signature: &str) -> Result<Copy> {
    let gone = || Error::NotFound("file");
    let found = match receive::door(app, channel).await {
        Ok(found) => found,
        Err(Rejected::NotNow(_)) => return Err(Error::Overloaded("files")),
        Err(_) => return Err(gone()),
    };
    let name = name(channel, media, expires);
    // An ending may follow.
    let signature = signature.split('.').next().unwrap_or_default();
    let mut fits = false;
    for secret in &found.secrets.app_secrets {
        fits |= link_fits(secret.expose(), &name, signature);
    }
    if !fits || app.now().0 > expires.0 {
        return Err(gone());
    }
    let read = app.store.workspace(found.workspace).read();
    let row = rapport_store::media::get(&read, media).await?.filter(|row| row.state == "stored").ok_or_else(gone)?;
    let sha256 = row.sha256.ok_or_else(gone)?;
    let path = super::path(&app.settings.data_dir, &sha256);
    Ok(Copy { path, mime: row.mime, filename: row.filename, tag: sha256 })
}

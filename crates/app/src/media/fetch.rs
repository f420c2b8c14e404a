//! Fetching an inbound file: ask where it is, stream it to disk, check it, give it its name.

use super::{look, path};
use crate::channel::{Channel, calls};
use crate::error::{Error, Result};
use crate::jobs::Outcome;
use crate::state::App;
use rapport_connectors::http::{Failure, Streamed};
use rapport_connectors::provider::{ApiError, MediaInfo, Provider, RetryClass};
use rapport_core::guard::Priority;
use rapport_core::inbox::FeedEvent;
use rapport_core::time::{HOUR, SECOND};
use rapport_core::{ChannelId, ContactId, ConversationId, MediaId, MessageId, Ms, WorkspaceId};
use rapport_store::media::{MediaRow, Stored};
use std::path::PathBuf;
use tokio::io::AsyncReadExt;

/// Fetches a file; a failure that may pass is repeated until the provider's id has surely expired (7 days).
///
/// # Errors
/// What the store said.
pub async fn run(app: &App, workspace: WorkspaceId, id: MediaId, attempt: i32) -> Result<Outcome> {
    let read = app.store.workspace(workspace).read();
    let Some(row) = rapport_store::media::get(&read, id).await? else { return Ok(Outcome::Done) };
    if matches!(row.state.as_str(), "stored" | "deleted") {
        return Ok(Outcome::Done);
    }
    let channel = match row.channel_id {
        Some(channel) => app.channels.get(ChannelId(channel)).await?,
        None => None,
    };
    let Some(channel) = channel else {
        return give_up(app, workspace, &row, "the channel it came over was removed").await;
    };
    match fetch(app, &channel, &row).await {
        Ok(stored) => {
            note(app, workspace, &row, &stored).await?;
            Ok(Outcome::Done)
        }
        Err(Trouble::Lasting(why)) => give_up(app, workspace, &row, &why).await,
        Err(Trouble::Passing(why)) => {
            note(app, workspace, &row, &Stored::Failed { error: why.clone(), final_try: false }).await?;
            let steps = u32::try_from(attempt.clamp(1, 14) - 1).unwrap_or(0);
            Ok(Outcome::Retry { at: app.now().plus((SECOND << steps).min(6 * HOUR)), error: why })
        }
    }
}

enum Trouble {
    /// May pass.
    Passing(String),
    /// Will not.
    Lasting(String),
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        let detail = error.failure().detail;
        match error.class {
            RetryClass::Never | RetryClass::NeedsTemplate | RetryClass::MarkNumber => Self::Lasting(detail),
            _ => Self::Passing(detail),
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Blocked(why) => Self::Lasting(why),
            other => Self::Passing(other.to_string()),
        }
    }
}

fn disk(error: std::io::Error) -> Trouble {
    Trouble::Passing(format!("the file cannot be written: {error}"))
}

async fn fetch(app: &App, channel: &Channel, row: &MediaRow) -> std::result::Result<Stored, Trouble> {
    let provider = channel.access(&app.settings);
    let provider_id = row.provider_media_id.as_deref().ok_or_else(|| Trouble::Lasting("no file id".to_owned()))?;
    let info = match provider.media_info(provider_id) {
        Some(request) => provider.read_media_info(&calls::run(app, channel, Priority::Reply, request).await?)?,
        // The id is the address.
        None => MediaInfo { id: String::new(), url: provider_id.to_owned(), mime: None, sha256: None, size: None },
    };
    let request = provider.download(&info.url, app.now()).map_err(|invalid| Trouble::Lasting(invalid.to_string()))?;
    let folder = app.settings.data_dir.join("media").join("incoming");
    tokio::fs::create_dir_all(&folder).await.map_err(disk)?;
    let incoming = folder.join(row.id.to_string());
    let cap = cap(app.settings.max_media_bytes, info.size);
    calls::take(app, channel, Priority::Reply).await?;
    let streamed = stream(app, &provider, request, &incoming, cap).await;
    let finished = match streamed {
        Ok(streamed) => keep(app, row, &info, &incoming, &streamed).await,
        Err(trouble) => Err(trouble),
    };
    if finished.is_err() {
        let _ = tokio::fs::remove_file(&incoming).await;
    }
    finished
}

/// A file that is more than twice what was told of it is not the file: it is cut off long before the largest size.
fn cap(most: u64, told: Option<u64>) -> u64 {
    told.map_or(most, |told| most.min(told.saturating_mul(2).saturating_add(1 << 20)))
}

async fn stream(
    app: &App,
    provider: &Provider,
    request: rapport_connectors::http::Request,
    incoming: &PathBuf,
    cap: u64,
) -> std::result::Result<Streamed, Trouble> {
    let mut file = tokio::fs::File::create(incoming).await.map_err(disk)?;
    let mut streamed = app.http.stream(request, &mut file, cap).await?;
    // Some send on to where the file lies: once, and without our credentials.
    if let Some(next) = provider.redirected(&streamed.response) {
        streamed = app.http.stream(next, &mut file, cap).await?;
    }
    if !streamed.response.ok() {
        // 404: the address has expired; the next try asks for a new one.
        return Err(Trouble::Passing(format!("the provider answered {}", streamed.response.status)));
    }
    file.sync_all().await.map_err(disk)?;
    Ok(streamed)
}

async fn keep(
    app: &App,
    row: &MediaRow,
    info: &MediaInfo,
    incoming: &PathBuf,
    streamed: &Streamed,
) -> std::result::Result<Stored, Trouble> {
    if info.sha256.as_deref().is_some_and(|told| told != streamed.sha256) {
        return Err(Trouble::Passing("the file arrived damaged: its checksum differs".to_owned()));
    }
    let mut head = vec![0; 8_192];
    let mut file = tokio::fs::File::open(incoming).await.map_err(disk)?;
    let read = file.read(&mut head).await.map_err(disk)?;
    head.truncate(read);
    let told = info.mime.clone().unwrap_or_else(|| row.mime.clone());
    let looked_at = incoming.clone();
    let mime = tokio::task::spawn_blocking(move || look::look(&looked_at, &head, &told)).await;
    // A file that breaks whoever looks at it is kept, and never shown.
    let mime = mime.unwrap_or_else(|_| "application/octet-stream".to_owned());
    let place = path(&app.settings.data_dir, &streamed.sha256);
    if let Some(folder) = place.parent() {
        tokio::fs::create_dir_all(folder).await.map_err(disk)?;
    }
    tokio::fs::rename(incoming, &place).await.map_err(disk)?;
    let size = i64::try_from(streamed.size).unwrap_or(i64::MAX);
    Ok(Stored::Here { sha256: streamed.sha256.clone(), mime, size })
}

async fn give_up(app: &App, workspace: WorkspaceId, row: &MediaRow, why: &str) -> Result<Outcome> {
    note(app, workspace, row, &Stored::Failed { error: why.to_owned(), final_try: true }).await?;
    Ok(Outcome::Dead { error: why.to_owned() })
}

/// Notes what became of the file and tells whoever looks at its message.
async fn note(app: &App, workspace: WorkspaceId, row: &MediaRow, stored: &Stored) -> Result<()> {
    let scope = app.store.workspace(workspace);
    let message = match row.message_id {
        Some(id) => rapport_store::outgoing::get(&scope.read(), &[MessageId(id)]).await?.into_iter().next(),
        None => None,
    };
    let tx = scope.write().await?;
    match rapport_store::media::note(&tx, MediaId(row.id), stored).await {
        Ok(()) => {}
        Err(rapport_store::Error::NotFound(_)) => return Ok(()),
        Err(error) => return Err(Error::Store(error)),
    }
    if let Some(message) = message {
        let told = told(app.now(), message.id, message.conversation, message.contact);
        rapport_store::feed::append(&tx, &[told]).await?;
    }
    tx.commit().await?;
    app.feeds.wake();
    Ok(())
}

fn told(at: Ms, message: MessageId, conversation: ConversationId, contact: ContactId) -> FeedEvent {
    FeedEvent {
        kind: "message.updated",
        at,
        conversation_id: Some(conversation),
        contact_id: Some(contact),
        message_id: Some(message),
        data: serde_json::json!({ "media": true }),
    }
}

#[cfg(test)]
mod tests {
    use super::cap;

    #[test]
    fn what_was_told_bounds_what_is_taken() {
        assert_eq!(cap(100 << 20, None), 100 << 20);
        assert_eq!(cap(100 << 20, Some(5 << 20)), 11 << 20);
        assert_eq!(cap(100 << 20, Some(90 << 20)), 100 << 20);
        assert_eq!(cap(100 << 20, Some(0)), 1 << 20);
        assert_eq!(cap(100 << 20, Some(u64::MAX)), 100 << 20);
    }
}

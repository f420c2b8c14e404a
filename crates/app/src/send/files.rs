//! Files on their way out: the provider takes its own id of an upload, so each file is uploaded once and its id kept
//! for as long as it is valid. A second upload does no harm, so every failure is safe.

use super::hand::{again, never};
use crate::channel::Channel;
use crate::media::inside;
use crate::state::App;
use rapport_connectors::http::Failure;
use rapport_connectors::whatsapp::media::{self, Source};
use rapport_connectors::whatsapp::{RetryClass, SendOutcome};
use rapport_core::message::Content;
use rapport_core::time::DAY;
use rapport_core::{MediaId, Ms, WorkspaceId};
use std::collections::HashMap;
use uuid::Uuid;

/// Valid for 30 days (`whatsapp-cloud-api.md` §7); one day less for safety. Milliseconds.
const VALID_MS: i64 = 29 * DAY;

/// A file that was uploaded on the way: our id, the provider's, and when that expires.
pub(super) type Uploaded = (MediaId, String, Ms);

/// Puts the provider's ids in place of ours, uploading what the provider does not have.
pub(super) async fn exchange(
    app: &App,
    workspace: WorkspaceId,
    channel: &Channel,
    content: &mut Content,
) -> Result<Vec<Uploaded>, SendOutcome> {
    let wanted: Vec<Uuid> = match content {
        Content::Media(file) => file.media_id.filter(|_| file.provider_media_id.is_none()).into_iter().collect(),
        Content::Template { components, .. } => inside::files(components).into_iter().map(|(id, _)| id).collect(),
        _ => Vec::new(),
    };
    let mut known: HashMap<Uuid, String> = HashMap::new();
    let mut uploaded = Vec::new();
    for id in wanted {
        if known.contains_key(&id) {
            continue;
        }
        let (theirs, expires) = bring(app, workspace, channel, MediaId(id)).await?;
        uploaded.extend(expires.map(|at| (MediaId(id), theirs.clone(), at)));
        known.insert(id, theirs);
    }
    match content {
        Content::Media(file) if file.provider_media_id.is_none() => {
            file.provider_media_id = file.media_id.and_then(|id| known.remove(&id));
        }
        Content::Template { components, .. } => inside::exchange(components, &|id| known.get(&id).cloned()),
        _ => {}
    }
    Ok(uploaded)
}

/// The provider's id of a file, and when it expires if it was uploaded just now.
async fn bring(
    app: &App,
    workspace: WorkspaceId,
    channel: &Channel,
    id: MediaId,
) -> Result<(String, Option<Ms>), SendOutcome> {
    let read = app.store.workspace(workspace).read();
    let row = match rapport_store::media::get(&read, id).await {
        Ok(Some(row)) => row,
        Ok(None) => return Err(never("the file was removed")),
        Err(error) => return Err(again(&error.to_string())),
    };
    if let (Some(known), Some(expires)) = (&row.provider_media_id, row.expires_at)
        && app.now().0 < expires
    {
        return Ok((known.clone(), None));
    }
    let path = crate::media::path(&app.settings.data_dir, row.sha256.as_deref().unwrap_or_default());
    let name = row.filename.clone().unwrap_or_else(|| "file".to_owned());
    let boundary = app.ids.uuid(app.now()).simple().to_string();
    let (api, number) = (channel.api(), &channel.phone_number_id);
    let request = media::upload(&api, number, &row.mime, &name, Source::File(path), &boundary)
        .map_err(|invalid| never(&invalid.to_string()))?;
    let response = match app.http.run(request).await {
        Ok(response) => response,
        Err(Failure::Blocked(why)) => return Err(never(&why)),
        Err(failure) => return Err(again(&failure.to_string())),
    };
    let theirs = media::read_upload(&response).map_err(|error| SendOutcome::Rejected {
        failure: error.failure(),
        class: if error.class == RetryClass::WaitStatus { RetryClass::SafeRetry } else { error.class },
        retry_after: error.retry_after,
    })?;
    Ok((theirs, Some(app.now().plus(VALID_MS))))
}

//! Files on their way out: the provider takes its own id of an upload, so each file is uploaded once and its id kept
//! for as long as it is valid. A second upload does no harm, so every failure is safe. Some providers take a link
//! instead and fetch the file from us.

use super::hand::{Halt, again, ask, hopeless, never, unsent};
use crate::channel::Channel;
use crate::media::{inside, link};
use crate::state::App;
use rapport_connectors::provider::Source;
use rapport_core::guard::Priority;
use rapport_core::message::Content;
use rapport_core::time::DAY;
use rapport_core::{MediaId, Ms, WorkspaceId};
use std::collections::HashMap;
use uuid::Uuid;

/// Valid for 30 days (`whatsapp-cloud-api.md` §7); one day less for safety. Milliseconds.
const VALID_MS: i64 = 29 * DAY;

/// A file that was uploaded on the way: our id, the provider's, and when that expires.
pub(super) type Uploaded = (MediaId, String, Ms);

/// Puts the provider's ids in place of ours, uploading what the provider does not have. `away`: the message goes over
/// another channel than its own, which knows the file by another id. `uploaded` gets what was uploaded, also when it halts.
pub(super) async fn exchange(
    app: &App,
    workspace: WorkspaceId,
    (channel, priority): (&Channel, Priority),
    (content, uploaded): (&mut Content, &mut Vec<Uploaded>),
    away: bool,
) -> Result<(), Halt> {
    let wanted: Vec<Uuid> = match &*content {
        Content::Media(file) => file.media_id.filter(|_| file.provider_media_id.is_none()).into_iter().collect(),
        other => inside::files(other).into_iter().map(|(id, _)| id).collect(),
    };
    let mut known: HashMap<Uuid, String> = HashMap::new();
    for id in wanted {
        if known.contains_key(&id) {
            continue;
        }
        let (theirs, expires) = bring(app, workspace, (channel, priority), MediaId(id), away).await?;
        uploaded.extend(expires.map(|at| (MediaId(id), theirs.clone(), at)));
        known.insert(id, theirs);
    }
    match content {
        Content::Media(file) if file.provider_media_id.is_none() => {
            file.provider_media_id = file.media_id.and_then(|id| known.remove(&id));
        }
        other => inside::exchange(other, &|id| known.get(&id).cloned()),
    }
    Ok(())
}

/// The provider's id of a file, and when it expires if it was uploaded just now.
async fn bring(
    app: &App,
    workspace: WorkspaceId,
    (channel, priority): (&Channel, Priority),
    id: MediaId,
    away: bool,
) -> Result<(String, Option<Ms>), Halt> {
    let read = app.store.workspace(workspace).read();
    let row = match rapport_store::media::get(&read, id).await {
        Ok(Some(row)) if row.state == "deleted" => return Err(hopeless("the file was deleted after its time").into()),
        Ok(Some(row)) => row,
        Ok(None) => return Err(hopeless("the file was removed").into()),
        Err(error) => return Err(again(&error.to_string()).into()),
    };
    if channel.provider.takes_links() {
        let expires = app.now().plus(link::VALID_MS);
        let link = link::to(&app.settings, channel, id, expires);
        let unsigned = || never("the channel has no secret to sign a link with").into();
        return link.map(|link| (link, None)).ok_or_else(unsigned);
    }
    if away {
        if let Some(known) = app.routes.upload(id, channel.id, app.now()) {
            return Ok((known, None));
        }
    } else if let (Some(known), Some(expires)) = (&row.provider_media_id, row.expires_at)
        && app.now().0 < expires
    {
        return Ok((known.clone(), None));
    }
    let path = crate::media::path(&app.settings.data_dir, row.sha256.as_deref().unwrap_or_default());
    let name = row.filename.clone().unwrap_or_else(|| "file".to_owned());
    let boundary = app.ids.uuid(app.now()).simple().to_string();
    let provider = channel.access(&app.settings);
    let request = provider
        .upload(&row.mime, &name, Source::File(path), &boundary)
        .map_err(|invalid| hopeless(&invalid.to_string()))?
        .ok_or_else(|| hopeless("the provider takes no uploads"))?;
    let response = ask(app, channel, priority, request).await?;
    let theirs = provider.read_upload(&response).map_err(|error| unsent(&error))?;
    let expires = app.now().plus(VALID_MS);
    if away {
        // The file's row knows the id of its own channel's upload.
        app.routes.uploaded(id, channel.id, &theirs, expires);
        return Ok((theirs, None));
    }
    Ok((theirs, Some(expires)))
}

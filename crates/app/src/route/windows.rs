//! Conversations from the time before two channels were one number show the window of the whole chat. What is heard
//! afterwards opens all of them at once (`core::inbox`).

use crate::error::Result;
use crate::state::App;
use rapport_core::inbox::{Change, open_until};
use rapport_core::{ChannelId, ConversationId, WorkspaceId};
use rapport_store::conversation::{Behind, behind};
use rapport_store::ingest;

/// Conversations that are written at once, in their lanes.
const BATCH: u64 = 100;

/// Looks for conversations of a channel's chat whose window is behind, and shows them as open as they are. Repeating it
/// changes nothing.
///
/// # Errors
/// `Store`.
pub(crate) async fn level(app: &App, workspace: WorkspaceId, channel: ChannelId) -> Result<()> {
    let scope = app.store.workspace(workspace);
    let chats = super::chats(&scope.read()).await?;
    let Some(members) = chats.several(channel) else { return Ok(()) };
    loop {
        let found = behind(&scope.read(), members, app.now(), BATCH).await?;
        if found.is_empty() || !write(app, workspace, &found).await? {
            return Ok(());
        }
        app.feeds.wake();
    }
}

/// Writes what is still so once nobody else writes; false when nothing was.
async fn write(app: &App, workspace: WorkspaceId, found: &[Behind]) -> Result<bool> {
    let lanes: Vec<u16> = found.iter().map(|row| row.lane).collect();
    let ids: Vec<ConversationId> = found.iter().map(|row| row.id).collect();
    let now = app.now();
    let tx = app.store.workspace(workspace).write().await?;
    tx.lock_lanes(&lanes).await?;
    let mut book = ingest::load_conversations(&tx, &ids).await?;
    let mut changes: Vec<Change> = Vec::new();
    for row in found {
        // One whose contact was merged meanwhile has another lane now, which is not held.
        if let Some(known) = book.conversation(row.id).filter(|known| known.lane == row.lane) {
            changes.extend(open_until(known, row.until, now));
        }
    }
    if changes.is_empty() {
        return Ok(false);
    }
    book.apply(changes);
    ingest::save(&tx, &book.drain(), now).await?;
    tx.commit().await?;
    Ok(true)
}

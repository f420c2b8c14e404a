//! Read marks and "typing": courtesies that are tried, never insisted on.

use crate::channel::calls;
use crate::error::Result;
use crate::jobs::Outcome;
use crate::state::App;
use rapport_connectors::http::Failure;
use rapport_core::channel::ChannelStatus;
use rapport_core::guard::Priority;
use rapport_core::{ChannelId, ConversationId, WorkspaceId};

/// Tells the customer that their last message, and all before it, was read. A failure is not repeated: the next
/// look at the conversation marks again.
///
/// # Errors
/// What the store said.
pub async fn run(app: &App, workspace: WorkspaceId, id: ConversationId, typing: bool) -> Result<Outcome> {
    let read = app.store.workspace(workspace).read();
    let Some(row) = rapport_store::conversation::get(&read, id).await? else { return Ok(Outcome::Done) };
    let Some(message_id) = row.last_inbound_provider_id else { return Ok(Outcome::Done) };
    let home = ChannelId(row.channel_id);
    let chats = app.channels.chats(workspace).await?;
    // Each provider knows the messages that it delivered itself.
    let over = match chats.members(&home) {
        [_] => home,
        members => rapport_store::conversation::heard_over(&read, members, &message_id).await?.unwrap_or(home),
    };
    let Some(channel) = app.channels.get(over).await? else { return Ok(Outcome::Done) };
    if channel.status != ChannelStatus::Active {
        return Ok(Outcome::Done);
    }
    let provider = channel.access(&app.settings);
    let Some(request) = provider.read_mark(&message_id, typing, app.now()) else { return Ok(Outcome::Done) };
    match calls::run(app, &channel, Priority::Promotion, request).await {
        Ok(response) if response.ok() => {}
        Ok(response) => tracing::debug!(status = response.status, "a read mark was refused"),
        Err(Failure::NotSent(why) | Failure::Ambiguous(why) | Failure::Blocked(why)) => {
            tracing::debug!(%why, "a read mark was not delivered");
        }
    }
    Ok(Outcome::Done)
}

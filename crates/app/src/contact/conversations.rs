//! A contact's conversations, and the one to write to them in.

use super::{NOUN, enter};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::inbox::list::get;
use crate::inbox::view::{self, ConversationView};
use crate::state::App;
use rapport_core::inbox::{self, Change, Context};
use rapport_core::{ChannelId, ContactId, ConversationId};
use rapport_store::query::{contact_page, conversation_list};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A page of a contact's conversations, the newest line first, and where the next one begins.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn list(
    app: &App,
    caller: &Caller,
    id: ContactId,
    after: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<(Vec<ConversationView>, Option<(i64, Uuid)>)> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    contact_page::get(&read, id).await?.ok_or(Error::NotFound(NOUN))?;
    let mut rows = conversation_list::of_contact(&read, id, after, limit + 1).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let next = rows.last().filter(|_| more).map(|row| (row.conversation.last_message_at, row.conversation.id));
    Ok((view::conversations(&read, rows).await?, next))
}

/// Over which channel to write.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenConversation {
    /// The channel.
    pub channel_id: Uuid,
}

/// The contact's unresolved conversation on a channel, or on another one with its number, made when there is none. True
/// when it was made.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`channel_id`), `Store`.
pub async fn open(
    app: &App,
    caller: &Caller,
    id: ContactId,
    wanted: OpenConversation,
) -> Result<(ConversationView, bool)> {
    caller.require(Permission::InboxWrite)?;
    let scope = app.store.workspace(caller.workspace);
    let channel = ChannelId(wanted.channel_id);
    let policy = app.channels.policy(caller.workspace).await?;
    let chats = app.channels.chats(caller.workspace).await?;
    let (tx, row) = enter(&scope, id).await?;
    rapport_store::channel::get_for_write(&tx, channel)
        .await?
        .ok_or_else(|| Error::invalid("channel_id", "names a channel that does not exist"))?;
    let mut book = rapport_store::ingest::load_contacts(&tx, &[id], &[]).await?;
    book.know_chats(chats);
    let contact = book.contact(id).cloned().ok_or(Error::NotFound(NOUN))?;
    let (known, home) = (book.place(id, channel).cloned(), book.chats().home(channel));
    let now = app.now();
    let decision = {
        // The context may not live across a wait.
        let context = Context {
            channel_id: home,
            workspace_id: caller.workspace,
            lane: contact.lane,
            locked: &|_| true,
            received_at: now,
            wait_until: None,
            now,
            policy: &policy,
        };
        inbox::open(&contact, known.as_ref(), &context, &mut || tx.new_id(now))
    };
    let Some(decision) = decision else {
        let known = known.map(|known| known.id).ok_or_else(|| Error::Internal("no conversation".to_owned()))?;
        tx.rollback().await?;
        return Ok((get(app, caller, known).await?, false));
    };
    let made = decision.changes.iter().find_map(|change| match change {
        Change::CreateConversation(made) => Some(made.id),
        _ => None,
    });
    let made: ConversationId = made.ok_or_else(|| Error::Internal("no conversation was made".to_owned()))?;
    book.apply(decision.changes);
    rapport_store::ingest::save(&tx, &book.drain(), now).await?;
    let after = serde_json::json!({ "contact_id": row.id, "channel_id": home });
    let change = crate::audit::Change { before: None, after: Some(after) };
    crate::audit::record(&tx, now, caller, "conversation.created", ("conversation", made.0), change).await?;
    tx.commit().await?;
    app.feeds.wake();
    Ok((get(app, caller, made).await?, true))
}

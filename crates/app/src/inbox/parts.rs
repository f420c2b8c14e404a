//! Conversations are split and merged: a thread that was about two things becomes two, two that were about one become one.

use super::list::get;
use super::room::actor;
use super::view::ConversationView;
use super::{Room, Rooms, update};
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::routing::assign;
use crate::state::App;
use rapport_core::inbox::{self, ConversationState, ConversationStatus, MergeError};
use rapport_core::{ConversationId, MessageId};
use rapport_store::{Read, ingest};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Where a conversation is split.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SplitRequest {
    /// The first message of the new conversation.
    pub message_id: Uuid,
}

/// What a conversation is merged with.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeRequest {
    /// The other one, of the same customer in the same chat. Which of the two ids stays is not up to the request: that of
    /// the one being worked on, else of the newer.
    pub into: Uuid,
}

/// Makes a conversation of a message and everything after it. It goes on as this one was; this one is resolved, without a
/// closing note and without a survey, because nobody's matter has come to its end.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`message_id`), `Store`.
pub async fn split(app: &App, caller: &Caller, id: ConversationId, request: SplitRequest) -> Result<ConversationView> {
    caller.require(Permission::InboxWrite)?;
    let message = MessageId(request.message_id);
    let mut room = Rooms::enter(app, caller.workspace, id, None).await?;
    let (known, who) = (room.conversation.clone(), actor(caller));
    let cut = rapport_store::split::cut(&room.tx, known.id, message).await?;
    let cut = cut.ok_or_else(|| Error::invalid("message_id", "names a message that is not in this conversation"))?;
    let (older, newer) = rapport_store::split::parts(&room.tx, known.id, cut).await?;
    let done = room
        .decide(|context, fresh| inbox::split(&known, (&older, &newer), cut.0, &who, context, fresh))
        .map_err(|refused| Error::invalid("message_id", refused.to_string()))?;
    rapport_store::split::lines(&room.tx, known.id, done.made, cut).await?;
    room.write(done.changes).await?;
    let made = room.book.conversation(done.made).cloned();
    let made = made.ok_or_else(|| Error::Internal("no conversation was made".to_owned()))?;
    update::wake_later(&room, &made).await?;
    let after = json!({ "split_to": made.id, "message_id": message });
    note(&room, caller, "conversation.split", known.id, after).await?;
    note(&room, caller, "conversation.created", made.id, json!({ "split_from": known.id })).await?;
    room.tx.commit().await?;
    rang(app);
    if made.status != ConversationStatus::Resolved && made.assignee_id.is_none() {
        assign::call(app, caller.workspace).await?;
    }
    get(app, caller, made.id).await
}

/// Makes one conversation of two; the id that goes leads to the one that stays. Repeating it changes nothing.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`into`), `Store`.
pub async fn merge(app: &App, caller: &Caller, id: ConversationId, request: MergeRequest) -> Result<ConversationView> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let one = there(&read, id).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    if id.0 == request.into {
        return Err(Error::invalid("into", MergeError::Same.to_string()));
    }
    let other = there(&read, request.into.into()).await?;
    let other = other.ok_or_else(|| Error::invalid("into", "names a conversation that does not exist"))?;
    if one == other {
        // They were merged before.
        return get(app, caller, one).await;
    }
    let mut room = Rooms::enter(app, caller.workspace, one, None).await?;
    let (known, who) = (room.conversation.clone(), actor(caller));
    let beside = beside(&mut room, other).await?;
    let Some(beside) = beside else {
        room.tx.rollback().await?;
        return merged_meanwhile(app, caller, one, other).await;
    };
    let done = room
        .decide(|context, fresh| inbox::merge(&known, &beside, &room.chats, &who, context, fresh))
        .map_err(|refused| Error::invalid("into", refused.to_string()))?;
    rapport_store::merge::join_conversation(&room.tx, done.keep, done.gone).await?;
    room.write(done.changes).await?;
    note(&room, caller, "conversation.merged", done.keep, json!({ "merged": done.gone })).await?;
    room.tx.commit().await?;
    rang(app);
    get(app, caller, done.keep).await
}

/// The id that a conversation has now.
async fn there(read: &Read, id: ConversationId) -> Result<Option<ConversationId>> {
    Ok(rapport_store::conversation::get(read, id).await?.map(|row| ConversationId(row.id)))
}

/// The other conversation as it is in the same lane; `None` when it is there no more. One of another customer is given as
/// well: that it does not belong here is decided elsewhere.
async fn beside(room: &mut Room, id: ConversationId) -> Result<Option<ConversationState>> {
    let book = ingest::load_conversations(&room.tx, &[id]).await?;
    Ok(book.conversation(id).cloned())
}

/// Somebody else was quicker with one of the two.
async fn merged_meanwhile(
    app: &App,
    caller: &Caller,
    one: ConversationId,
    other: ConversationId,
) -> Result<ConversationView> {
    let read = app.store.workspace(caller.workspace).read();
    match (there(&read, one).await?, there(&read, other).await?) {
        (Some(one), Some(other)) if one == other => get(app, caller, one).await,
        _ => Err(Error::Store(rapport_store::Error::Stale("the conversation moves".to_owned()))),
    }
}

async fn note(room: &Room, caller: &Caller, action: &str, id: ConversationId, after: serde_json::Value) -> Result<()> {
    let change = Audited { before: None, after: Some(after) };
    crate::audit::record(&room.tx, room.now, caller, action, (Rooms::NOUN, id.0), change).await
}

/// Lines moved: search and browsers follow.
fn rang(app: &App) {
    app.bells.search.ring();
    app.bells.jobs.ring();
    app.feeds.wake();
}

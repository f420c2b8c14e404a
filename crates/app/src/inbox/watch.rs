//! Who is told what happens in a conversation: people mentioned in notes, and collaborators.

use super::Rooms;
use super::room::actor;
use crate::audit::Change as Audited;
use crate::auth::{Actor, Caller, Permission};
use crate::error::{Error, Result};
use crate::state::App;
use rapport_core::inbox::{FeedEvent, remark};
use rapport_core::{ContactId, ConversationId, Ms, UserId};
use rapport_store::conversation::ConversationRow;
use rapport_store::watch::{self, News, WatchRow};
use rapport_store::{Read, WriteTx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// Most collaborators of one conversation.
const MOST: usize = 50;

/// Somebody who is told what happens in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Collaborator)]
pub struct WatcherView {
    /// Who.
    pub user_id: Uuid,
    /// A collaborator: told of every note and of what the customer writes. Else only mentioned in a note.
    pub joined: bool,
    /// When they were last told, milliseconds UTC.
    pub told_at: i64,
    /// By whom.
    pub told_by: Option<Uuid>,
    /// Up to when they have looked.
    pub seen_at: i64,
}

impl From<WatchRow> for WatcherView {
    fn from(row: WatchRow) -> Self {
        let WatchRow { user_id, joined, told_at, told_by, seen_at, .. } = row;
        Self { user_id, joined, told_at, told_by, seen_at }
    }
}

/// A collaborator to be added.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCollaborator {
    /// Who.
    pub user_id: Uuid,
}

/// Everybody who is told of a conversation, the longest there first.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn list(app: &App, caller: &Caller, id: ConversationId) -> Result<Vec<WatcherView>> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::conversation::get(&read, id).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    let id = ConversationId(row.id);
    Ok(watch::of_conversation(&read, id).await?.into_iter().map(WatcherView::from).collect())
}

/// Makes somebody a collaborator; they are told. Repeating it changes nothing.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (`user_id`), `Store`.
pub async fn add(app: &App, caller: &Caller, id: ConversationId, user: UserId) -> Result<Vec<WatcherView>> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::conversation::get(&read, id).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    let id = ConversationId(row.id);
    let name = name_of(&read, "user_id", user).await?;
    let there = watch::of_conversation(&read, id).await?;
    if there.iter().any(|row| row.joined && row.user_id == user.0) {
        return Ok(there.into_iter().map(WatcherView::from).collect());
    }
    if there.iter().filter(|row| row.joined).count() >= MOST {
        return Err(Error::invalid("user_id", format!("a conversation has at most {MOST} collaborators")));
    }
    let mut room = Rooms::enter(app, caller.workspace, id, None).await?;
    let (known, who) = (room.conversation.clone(), actor(caller));
    let data = json!({ "to": user, "name": name });
    let line = room.decide(|context, fresh| remark(&known, "collaborator_added", data, &who, context, fresh));
    room.write(line).await?;
    let news = News { at: room.now, by: caller.actor_id(), message: None, join: true };
    tell(&room.tx, (id, known.contact_id), &[user.0], news, caller, "added").await?;
    let change = Audited { before: None, after: Some(json!({ "collaborator_id": user })) };
    crate::audit::record(&room.tx, room.now, caller, "conversation.collaborator_added", (Rooms::NOUN, id.0), change)
        .await?;
    room.tx.commit().await?;
    app.feeds.wake();
    list(app, caller, id).await
}

/// Somebody is no longer told of a conversation.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn remove(app: &App, caller: &Caller, id: ConversationId, user: UserId) -> Result<()> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::conversation::get(&read, id).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    let id = ConversationId(row.id);
    let there = watch::get(&read, user, id).await?.ok_or(Error::NotFound("collaborator"))?;
    let name = rapport_store::user::get(&read, user).await?.map(|row| row.name);
    let mut room = Rooms::enter(app, caller.workspace, id, None).await?;
    let (known, who) = (room.conversation.clone(), actor(caller));
    if there.joined {
        let data = json!({ "to": user, "name": name });
        let line = room.decide(|context, fresh| remark(&known, "collaborator_removed", data, &who, context, fresh));
        room.write(line).await?;
    }
    watch::leave(&room.tx, user, id).await?;
    let change = Audited { before: Some(json!({ "collaborator_id": user })), after: None };
    crate::audit::record(&room.tx, room.now, caller, "conversation.collaborator_removed", (Rooms::NOUN, id.0), change)
        .await?;
    room.tx.commit().await?;
    app.feeds.wake();
    Ok(())
}

/// The users that a note mentions, each once.
///
/// # Errors
/// `Invalid` when one of them is not there, `Store`.
pub(super) async fn mentioned(read: &Read, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let once: BTreeSet<Uuid> = ids.iter().copied().collect();
    for id in &once {
        name_of(read, "mentions", UserId(*id)).await?;
    }
    Ok(once.into_iter().collect())
}

async fn name_of(read: &Read, field: &'static str, id: UserId) -> Result<String> {
    match rapport_store::user::get(read, id).await? {
        Some(row) if row.disabled_at.is_none() => Ok(row.name),
        Some(_) => Err(Error::invalid(field, "names a user who is switched off")),
        None => Err(Error::invalid(field, "names a user who does not exist")),
    }
}

/// A note was written: those it mentions and the collaborators are told.
pub(super) async fn noted(
    tx: &WriteTx,
    (id, contact): (ConversationId, ContactId),
    mentions: &[Uuid],
    message: Uuid,
    caller: &Caller,
    at: Ms,
) -> Result<()> {
    let news = News { at, by: caller.actor_id(), message: Some(message), join: false };
    tell(tx, (id, contact), mentions, news, caller, "mentioned").await?;
    let others: Vec<Uuid> = watch::joined(tx, id).await?.into_iter().filter(|user| !mentions.contains(user)).collect();
    tell(tx, (id, contact), &others, news, caller, "noted").await
}

/// Stores it for each, and tells browsers at once whom it concerns and why (`mentioned`, `added`, `noted`).
async fn tell(
    tx: &WriteTx,
    (id, contact): (ConversationId, ContactId),
    users: &[Uuid],
    news: News,
    caller: &Caller,
    why: &str,
) -> Result<()> {
    if users.is_empty() {
        return Ok(());
    }
    watch::tell(tx, id, users, news).await?;
    let event = FeedEvent {
        kind: "conversation.mentioned",
        at: news.at,
        conversation_id: Some(id),
        contact_id: Some(contact),
        message_id: news.message.map(Into::into),
        data: json!({ "user_ids": users, "by": news.by, "name": caller.name, "why": why }),
    };
    Ok(rapport_store::feed::append(tx, &[event]).await?)
}

/// A person looks at a conversation: what was new to them is no longer.
pub(super) async fn seen(app: &App, caller: &Caller, row: &ConversationRow) -> Result<()> {
    let Actor::User { user, .. } = caller.actor else { return Ok(()) };
    let (scope, id) = (app.store.workspace(caller.workspace), ConversationId(row.id));
    let Some(known) = watch::get(&scope.read(), user, id).await? else { return Ok(()) };
    let heard = if known.joined { watch::heard(&scope.read(), id).await? } else { None };
    let later = heard > known.heard_at.map(Ms);
    if known.seen_at >= known.told_at && !later {
        return Ok(());
    }
    let tx = scope.write().await?;
    watch::seen(&tx, user, id, app.now().max(Ms(known.told_at)), heard).await?;
    tx.commit().await?;
    Ok(())
}

//! Messages that did not simply go out: tried again, or settled by somebody who knows what became of them.

use super::Rooms;
use super::room::{Room, actor};
use super::thread::message;
use super::view::MessageView;
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::send::preview::{self, Said, Scene};
use crate::state::App;
use rapport_core::inbox::{Step, step};
use rapport_core::message::{Content, Failure};
use rapport_core::{ConversationId, MessageId};
use rapport_store::Read;
use rapport_store::query::person;
use rapport_store::query::thread::{self, Line};
use rapport_store::send::{self, NewSend};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

/// What became of a message whose answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// The customer has it.
    Sent,
    /// The customer does not have it.
    NotSent,
}

/// Somebody found out what became of a message.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settlement {
    /// What became of it.
    pub outcome: Settled,
}

async fn outgoing(read: &Read, id: MessageId) -> Result<Line> {
    let found = thread::by_id(read, &[id]).await?.pop();
    found.ok_or(Error::NotFound("message"))
}

/// Tries a failed or refused message again; the guard judges it afresh when its turn comes, and at once where it would
/// refuse it again.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` (`not_retryable`), `Judged`, `Refused` (`channel_gone`), `Store`.
pub async fn retry(app: &App, caller: &Caller, id: MessageId) -> Result<MessageView> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let line = outgoing(&read, id).await?;
    if !matches!(line.row.status.as_str(), "failed" | "refused") {
        return Err(not_retryable());
    }
    let conversation = ConversationId(line.row.conversation_id);
    let row = rapport_store::conversation::get(&read, conversation).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    let scene = Scene::of(app, &read, person::state(&row)?).await?;
    let target_at = match &line.content {
        Content::Reaction { .. } => target_at(&read, &line).await?,
        _ => None,
    };
    let said = Said { content: &line.content, target_at, event: line.row.event_key.as_deref() };
    let judged = preview::judge(app, &read, &scene, &line.row.author_kind, said).await?.or_refuse()?;
    let mut room = Rooms::enter_of(app, caller.workspace, conversation, id).await?;
    advance(&mut room, id, &Step::Retried).await?.then_some(()).ok_or_else(not_retryable)?;
    let again = NewSend {
        message: id,
        channel: scene.channel.id,
        contact: room.conversation.contact_id,
        portfolio_key: scene.channel.portfolio_key.clone(),
        priority: judged.priority,
        run_at: room.now,
    };
    send::enqueue_again(&room.tx, again, room.now).await?;
    note(&room, caller, "message.retried", id, json!({ "status": "queued" })).await?;
    room.tx.commit().await?;
    app.bells.send.ring();
    app.feeds.wake();
    message(&read, id).await
}

async fn target_at(read: &Read, line: &Line) -> Result<Option<rapport_core::Ms>> {
    let Some(target) = line.row.reply_to_id else { return Ok(None) };
    let found = thread::by_id(read, &[MessageId(target)]).await?.pop();
    Ok(found.map(|target| rapport_core::Ms(target.row.at)))
}

fn not_retryable() -> Error {
    Error::conflict("not_retryable", "Only a message that failed or was refused can be tried again.")
}

fn not_unknown() -> Error {
    Error::conflict("not_unknown", "Only a message whose answer was lost can be settled.")
}

/// Somebody says what became of a message whose answer was lost. One that was not sent counts as failed, and can be
/// tried again.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Conflict` (`not_unknown`), `Store`.
pub async fn settle(app: &App, caller: &Caller, id: MessageId, settlement: Settlement) -> Result<MessageView> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let line = outgoing(&read, id).await?;
    if line.row.status != "unknown" {
        return Err(not_unknown());
    }
    let conversation = ConversationId(line.row.conversation_id);
    let mut room = Rooms::enter_of(app, caller.workspace, conversation, id).await?;
    let said = match settlement.outcome {
        Settled::Sent => Step::SettledSent,
        Settled::NotSent => {
            let name = actor(caller).name.unwrap_or_default();
            Step::Failed(Failure { code: 0, detail: format!("{name} found that it was not sent") })
        }
    };
    advance(&mut room, id, &said).await?.then_some(()).ok_or_else(not_unknown)?;
    match settlement.outcome {
        Settled::Sent => {
            send::settle(&room.tx, id, Some(""), room.now).await?;
        }
        Settled::NotSent => {
            send::settle(&room.tx, id, None, room.now).await?;
            send::remove(&room.tx, id).await?;
            rapport_store::reach::forget(&room.tx, &[id]).await?;
        }
    }
    note(&room, caller, "message.settled", id, json!({ "outcome": settlement.outcome })).await?;
    room.tx.commit().await?;
    app.feeds.wake();
    message(&read, id).await
}

/// Moves the message a step on; false when it stands where the step means nothing any more.
async fn advance(room: &mut Room, id: MessageId, said: &Step) -> Result<bool> {
    let known = room.book.message(id).cloned().ok_or(Error::NotFound("message"))?;
    let before = known.status;
    let changes = step(&known, Some(&room.conversation), said, room.now);
    room.write(changes).await?;
    Ok(room.book.message(id).is_some_and(|now| now.status != before))
}

async fn note(room: &Room, caller: &Caller, action: &str, id: MessageId, after: serde_json::Value) -> Result<()> {
    let change = Audited { before: None, after: Some(after) };
    crate::audit::record(&room.tx, room.now, caller, action, ("message", id.0), change).await
}

//! Threads: messages, one message, and why it went or did not go.

use super::Rooms;
use super::view::{self, MessageView};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::send::words::{VerdictView, stored};
use crate::state::App;
use rapport_core::{ConversationId, MessageId};
use rapport_store::Read;
use rapport_store::query::thread;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A page of a thread, newest first, and where the next, older one begins (time and id of the last line).
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn page(
    app: &App,
    caller: &Caller,
    id: ConversationId,
    before: Option<(i64, Uuid)>,
    limit: u64,
) -> Result<(Vec<MessageView>, Option<(i64, Uuid)>)> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::conversation::get(&read, id).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    let id = ConversationId(row.id);
    let mut lines = thread::page(&read, id, before, limit + 1).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = lines.len() > wanted;
    lines.truncate(wanted);
    let next = lines.last().filter(|_| more).map(|line| (line.row.at, line.row.id));
    Ok((view::messages(&read, lines).await?, next))
}

/// One message.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn get(app: &App, caller: &Caller, id: MessageId) -> Result<MessageView> {
    caller.require(Permission::InboxRead)?;
    message(&app.store.workspace(caller.workspace).read(), id).await
}

/// One message, for whoever may see it already.
pub(super) async fn message(read: &Read, id: MessageId) -> Result<MessageView> {
    let found = thread::by_id(read, &[id]).await?;
    view::messages(read, found).await?.pop().ok_or(Error::NotFound("message"))
}

/// Why a message went, waits or was refused, and every try to hand it over.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Why {
    /// What the guard last said; null when it was not asked yet.
    pub verdict: Option<VerdictView>,
    /// The tries, first to last.
    pub attempts: Vec<Attempt>,
}

/// One try to hand a message over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Attempt {
    /// Its number, from 1.
    pub n: i32,
    /// When it began, milliseconds UTC.
    pub at: i64,
    /// `in_flight`, `sent`, `retry`, `failed` or `unknown`.
    pub outcome: String,
    /// The provider's code.
    pub code: Option<i64>,
    /// What was said.
    pub detail: Option<String>,
    /// The channel it went over; null for tries of old.
    pub channel_id: Option<Uuid>,
}

/// Explains one message.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn why(app: &App, caller: &Caller, id: MessageId) -> Result<Why> {
    caller.require(Permission::InboxRead)?;
    let read = app.store.workspace(caller.workspace).read();
    let line = thread::by_id(&read, &[id]).await?.pop().ok_or(Error::NotFound("message"))?;
    let attempt = |row: thread::AttemptRow| Attempt {
        n: row.n,
        at: row.started_at,
        outcome: row.outcome,
        code: row.code,
        detail: row.detail,
        channel_id: row.channel_id,
    };
    Ok(Why {
        verdict: line.row.verdict.as_ref().and_then(stored),
        attempts: thread::attempts(&read, id).await?.into_iter().map(attempt).collect(),
    })
}

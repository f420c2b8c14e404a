//! What people say that customers want: at the desk, where the model's doubts come first, and in the thread.

use super::reading::written;
use super::{Reader, learn};
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_core::MessageId;
use rapport_core::time::{DAY, MINUTE};
use rapport_core::understanding::name;
use rapport_store::query::thread;
use rapport_store::understanding::label::{self, Label};
use rapport_store::understanding::reading::{self, Doubtful};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How far back messages are offered. Milliseconds.
const BACK_MS: i64 = 60 * DAY;
/// Of so many of the newest that nobody has said a word on.
const AMONG: u64 = 2_000;
/// How long after a word the model learns: several words are one lesson. Milliseconds.
const GATHER_MS: i64 = MINUTE;

/// Which messages are offered.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeskQuery {
    /// Those in this language.
    pub language: Option<String>,
    /// Those that are most likely of this intent.
    pub intent: Option<String>,
}

/// A message to say a word on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DeskMessage {
    /// The message.
    pub message_id: Uuid,
    /// Its conversation.
    pub conversation_id: Uuid,
    /// When it was said, milliseconds UTC.
    pub at: i64,
    /// What was said.
    pub text: String,
    /// The language it shows.
    pub language: Option<String>,
    /// What is most likely wanted.
    pub intent: Option<String>,
    /// How likely it is, 0 to 1.
    pub probability: f64,
    /// Whether that is enough to name it.
    pub sure: bool,
}

/// A person's word on a message.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntentWord {
    /// What the customer wants; empty = none of the intents. A new name makes a new intent.
    pub intent: String,
}

/// Messages that most would be learned from, at most 50.
///
/// # Errors
/// `Forbidden`, `Store`.
pub async fn desk(app: &App, caller: &Caller, query: DeskQuery, limit: u64) -> Result<Vec<DeskMessage>> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let since = app.now().plus(-BACK_MS);
    let narrow = (query.language.as_deref(), query.intent.as_deref());
    let found = reading::doubtful(&read, since, narrow, (AMONG, limit.min(50))).await?;
    let ids: Vec<MessageId> = found.iter().map(|one| one.message).collect();
    let lines = thread::by_id(&read, &ids).await?;
    let lines: HashMap<Uuid, thread::Line> = lines.into_iter().map(|line| (line.row.id, line)).collect();
    let offered = |one: Doubtful| {
        let line = lines.get(&one.message.0)?;
        Some(DeskMessage {
            message_id: line.row.id,
            conversation_id: line.row.conversation_id,
            at: line.row.at,
            text: line.content.text(),
            language: one.language,
            intent: one.intent,
            probability: f64::from(one.probability) / 1000.0,
            sure: one.sure,
        })
    };
    Ok(found.into_iter().filter_map(offered).collect())
}

/// Keeps a person's word on a message; the model learns from it a minute later.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Refused` (`too_many`) for too many intents, `Store`.
pub async fn say(app: &App, caller: &Caller, id: MessageId, word: IntentWord) -> Result<()> {
    caller.require(Permission::InboxWrite)?;
    let intent = match word.intent.trim() {
        "" => String::new(),
        given => name(given).ok_or_else(|| Error::invalid("intent", "must have 1 to 40 letters, digits, - or _"))?,
    };
    let scope = app.store.workspace(caller.workspace);
    let read = scope.read();
    let text = written(&read, id).await?.content.text();
    if text.trim().is_empty() {
        return Err(Error::invalid("intent", "cannot be said of a message without words"));
    }
    let intents = learn::intents(app, caller.workspace).await?;
    if !intent.is_empty() && !intents.contains(&intent) && intents.len() >= learn::INTENTS {
        let detail = format!("A workspace has at most {} intents.", learn::INTENTS);
        return Err(Error::refused("too_many", detail));
    }
    let reader = app.channels.reader(caller.workspace).await?;
    let predicted = reader.wanted(&text).intent;
    let language = Reader::language(&text).map(str::to_owned);
    let now = app.now();
    let label = Label { message: id, intent, language, predicted, at: now, user: caller.actor_id() };
    let tx = scope.write().await?;
    label::put(&tx, &label).await?;
    let lesson = Job::LearnIntents { by: None };
    rapport_store::job::enqueue(&tx, vec![lesson.row_at(now.plus(GATHER_MS))], now).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a person's word back.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Store`.
pub async fn take_back(app: &App, caller: &Caller, id: MessageId) -> Result<()> {
    caller.require(Permission::InboxWrite)?;
    let tx = app.store.workspace(caller.workspace).write().await?;
    if !label::remove(&tx, id).await? {
        return Err(Error::NotFound("label"));
    }
    tx.commit().await?;
    Ok(())
}

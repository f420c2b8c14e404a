//! Private notes: for the team only.

use super::Rooms;
use super::room::actor;
use super::send::{Written, repeated};
use super::thread::message;
use super::watch;
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::jobs::Job;
use crate::state::App;
use rapport_core::inbox::{self, Draft, Outcome};
use rapport_core::message::Content;
use rapport_core::{ConversationId, MessageId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest note, in characters.
const LONGEST: usize = 10_000;
/// Most users mentioned in one.
const MENTIONS: usize = 50;

/// A note to be written.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// The text, 1 to 10,000 characters.
    pub body: String,
    /// The client's own id: the same one again gives the note that it made before.
    pub client_id: Option<String>,
    /// Users mentioned: each is told, and finds the conversation among their mentions.
    #[serde(default)]
    pub mentions: Vec<Uuid>,
}

/// Writes a note into a thread.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Store`.
pub async fn create(app: &App, caller: &Caller, id: ConversationId, new: NewNote) -> Result<Written> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::conversation::get(&read, id).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    let id = ConversationId(row.id);
    if let Some(known) = repeated(app, caller, id, new.client_id.as_deref()).await? {
        return Ok(known);
    }
    if new.body.trim().is_empty() || new.body.chars().count() > LONGEST {
        return Err(Error::invalid("body", format!("must have 1 to {LONGEST} characters")));
    }
    if new.mentions.len() > MENTIONS {
        return Err(Error::invalid("mentions", format!("names more than {MENTIONS} users")));
    }
    let client_id = new.client_id.clone();
    match store(app, caller, id, new).await {
        Ok(made) => Ok(Written { message: message(&read, made).await?, is_new: true }),
        Err(Error::Store(error)) if error.is_conflict() && client_id.is_some() => {
            repeated(app, caller, id, client_id.as_deref()).await?.ok_or(Error::Store(error))
        }
        Err(error) => Err(error),
    }
}

async fn store(app: &App, caller: &Caller, id: ConversationId, mut new: NewNote) -> Result<MessageId> {
    let read = app.store.workspace(caller.workspace).read();
    new.mentions = watch::mentioned(&read, &new.mentions).await?;
    let mentions = new.mentions.clone();
    let mut room = Rooms::enter(app, caller.workspace, id, None).await?;
    let (known, who) = (room.conversation.clone(), actor(caller));
    let content = Content::Note { body: new.body, mentions: new.mentions };
    let draft = Draft { client_id: new.client_id, content, reply_to: None, media_id: None };
    let decision = room.decide(|context, fresh| inbox::note(&known, draft, &who, context, fresh));
    let Outcome::Message(made) = decision.outcome else {
        return Err(Error::Internal("a note was not made".to_owned()));
    };
    room.write(decision.changes).await?;
    watch::noted(&room.tx, (id, known.contact_id), &mentions, made.0, caller, room.now).await?;
    let told = !mentions.is_empty() && app.channels.care(caller.workspace).await?.notices;
    if told {
        let job = Job::Notice { conversation_id: id, note_id: Some(made) };
        rapport_store::job::enqueue(&room.tx, vec![job.row(room.now)], room.now).await?;
    }
    let change = Audited { before: None, after: Some(json!({ "conversation_id": id, "kind": "note" })) };
    crate::audit::record(&room.tx, room.now, caller, "note.created", ("message", made.0), change).await?;
    room.tx.commit().await?;
    app.bells.search.ring();
    if told {
        app.bells.jobs.ring();
    }
    app.feeds.wake();
    Ok(made)
}

//! Writing to a customer: checked, judged at once for whoever waits, and stored with its place in the send queue.

use super::content::ContentView;
use super::prepare::{Prepared, To, event, prepare, prepare_loosely};
use super::room::actor;
use super::thread::message;
use super::view::MessageView;
use super::{Room, Rooms, unsent};
use crate::audit::Change as Audited;
use crate::auth::{Caller, Permission};
use crate::error::{Error, Result};
use crate::media::inside;
use crate::send::preview::{self, Judged, Said, Scene};
use crate::send::words::VerdictView;
use crate::state::App;
use rapport_core::inbox::{self, Change, ConversationState, ConversationStatus, Draft, Outcome, react_by_business};
use rapport_core::message::{Content, Direction, Status};
use rapport_core::rule::What;
use rapport_core::{ChannelId, ContactId, ConversationId, MediaId, MessageId, Ms};
use rapport_store::query::{person, thread};
use rapport_store::send::{NewSend, Plan};
use rapport_store::template_use::Named;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

/// Longest id a client may give a message.
const CLIENT_ID: usize = 100;

/// A message to be sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendRequest {
    /// The client's own id, 1 to 100 characters: the same one again gives the message that it made before.
    pub client_id: Option<String>,
    /// What is said.
    #[schema(value_type = ContentView)]
    pub content: Content,
    /// The message it answers.
    pub reply_to: Option<Uuid>,
    /// The event it tells of, 1 to 100 characters: `order_shipped:1234`. A second notice about the same event waits for
    /// the guard's time between two of them; what names an event is a notice, not an answer.
    pub event: Option<String>,
    /// Not before this moment, milliseconds UTC, at most a year ahead; left out, as soon as the guard lets it. The guard
    /// judges it now, and again when its moment has come.
    pub send_at: Option<i64>,
    /// Takes it back when the customer writes before its moment. Needs `send_at`.
    #[serde(default)]
    pub cancel_on_reply: bool,
    /// What happened that a rule tells of: its order fills the blanks of a template.
    #[serde(skip)]
    pub about: Option<What>,
    /// The run of a rule whose code fills the blanks of a template.
    #[serde(skip)]
    pub run: Option<Uuid>,
}

impl SendRequest {
    /// A message to go as soon as it may.
    #[must_use]
    pub fn plain(client_id: Option<String>, content: Content) -> Self {
        Self {
            client_id,
            content,
            reply_to: None,
            event: None,
            send_at: None,
            cancel_on_reply: false,
            about: None,
            run: None,
        }
    }
}

/// A message, and whether this request made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The message.
    pub message: MessageView,
    /// False when the client's id named one that was there already.
    pub is_new: bool,
}

/// Why a message that was meant for a conversation as it was is not written.
pub(crate) const MOVED_ON: &str = "moved_on";

/// Stores a message to the customer and queues it. What the guard would refuse is refused at once; what it would delay
/// is taken and held.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid` (naming the field), `Judged` (`window_closed`, `guard_refused`), `Refused`
/// (`channel_gone`), `Store`.
pub async fn send(app: &App, caller: &Caller, id: ConversationId, request: SendRequest) -> Result<Written> {
    send_while(app, caller, id, request, &|_| true).await
}

/// As [`send`], if the conversation still is as it must be: that is looked at in its lane, where nothing else changes it.
/// A message that was made before is given whatever became of the conversation.
///
/// # Errors
/// As [`send`]; `Conflict` ([`MOVED_ON`]).
pub(crate) async fn send_while(
    app: &App,
    caller: &Caller,
    id: ConversationId,
    request: SendRequest,
    still: &(dyn Fn(&ConversationState) -> bool + Sync),
) -> Result<Written> {
    caller.require(Permission::InboxWrite)?;
    let read = app.store.workspace(caller.workspace).read();
    let row = rapport_store::conversation::get(&read, id).await?.ok_or(Error::NotFound(Rooms::NOUN))?;
    let id = ConversationId(row.id);
    if let Some(known) = repeated(app, caller, id, request.client_id.as_deref()).await? {
        return Ok(known);
    }
    let event = event(request.event)?;
    let scene = Scene::of(app, &read, person::state(&row)?).await?;
    let about = request.about.as_ref();
    let place = To { conversation: id, contact: scene.contact.id, now: app.now(), about, run: request.run };
    let prepared = prepare(&read, &scene.channel, place, request.content, request.reply_to).await?;
    let prepared = Prepared { event, ..prepared };
    let judged = preview::judge(app, &read, &scene, caller.actor_kind(), said(&prepared)).await?.or_refuse()?;
    let plan = unsent::moment(app, request.send_at, request.cancel_on_reply, &prepared.content)?;
    let stored = store(app, caller, &scene, prepared, (judged, plan), request.client_id.clone(), still).await;
    match stored {
        Ok(made) => Ok(Written { message: message(&read, made).await?, is_new: true }),
        // The same request at the same moment was a little faster.
        Err(Error::Store(error)) if error.is_conflict() && request.client_id.is_some() => {
            let known = repeated(app, caller, id, request.client_id.as_deref()).await?;
            known.ok_or(Error::Store(error))
        }
        Err(error) => Err(error),
    }
}

/// The message that the client's id made before.
pub(super) async fn repeated(
    app: &App,
    caller: &Caller,
    id: ConversationId,
    client_id: Option<&str>,
) -> Result<Option<Written>> {
    let Some(client_id) = client_id else { return Ok(None) };
    if client_id.trim().is_empty() || client_id.chars().count() > CLIENT_ID || client_id.chars().any(char::is_control) {
        return Err(Error::invalid("client_id", format!("must have 1 to {CLIENT_ID} characters")));
    }
    let read = app.store.workspace(caller.workspace).read();
    match thread::by_client_id(&read, id, client_id).await? {
        Some(known) => Ok(Some(Written { message: message(&read, known).await?, is_new: false })),
        None => Ok(None),
    }
}

/// What the guard is asked about.
pub(crate) fn said(prepared: &Prepared) -> Said<'_> {
    Said { content: &prepared.content, target_at: prepared.target_at, event: prepared.event.as_deref() }
}

async fn store(
    app: &App,
    caller: &Caller,
    scene: &Scene,
    prepared: Prepared,
    (judged, plan): (Judged, Option<Plan>),
    client_id: Option<String>,
    still: &(dyn Fn(&ConversationState) -> bool + Sync),
) -> Result<MessageId> {
    let reacted = reaction(&prepared);
    let mut room =
        Rooms::enter(app, caller.workspace, scene.conversation.id, reacted.as_ref().map(|(id, _)| *id)).await?;
    if !still(&room.conversation) {
        return Err(Error::conflict(MOVED_ON, "The conversation went on meanwhile."));
    }
    let (known, who) = (room.conversation.clone(), actor(caller));
    let plan = match plan {
        Some(Plan { at, heed_since: Some(_) }) => {
            Some(Plan { at, heed_since: Some(inbox::unsent::heeds(room.last_said().await?)) })
        }
        other => other,
    };
    let kind = prepared.content.kind();
    let files = files(&prepared);
    let named = named(scene, &prepared.content);
    let event = prepared.event;
    let draft = Draft { client_id, content: prepared.content, reply_to: prepared.target, media_id: prepared.media };
    let mut decision = room.decide(|context, fresh| match plan {
        Some(plan) => inbox::unsent::plan(&known, draft, plan.at, &who, context, fresh),
        None => inbox::outbound(&known, draft, &who, context, fresh),
    });
    let Outcome::Message(made) = decision.outcome else {
        return Err(Error::Internal("a message was not made".to_owned()));
    };
    if let Some((target, emoji)) = reacted {
        decision.changes.extend(shown(&room, target, emoji.as_deref(), made));
    }
    room.write(decision.changes).await?;
    if let Some(event) = &event {
        rapport_store::outgoing::about(&room.tx, made, event).await?;
    }
    let queued = NewSend {
        message: made,
        channel: scene.channel.id,
        contact: room.conversation.contact_id,
        portfolio_key: scene.channel.portfolio_key.clone(),
        priority: judged.priority,
        run_at: plan.map_or(room.now, |plan| plan.at),
    };
    rapport_store::send::enqueue(&room.tx, &[queued], room.now).await?;
    if let Some(plan) = plan {
        rapport_store::send::plan(&room.tx, made, plan).await?;
    }
    rapport_store::media::used(&room.tx, &files, plan.map_or(room.now, |plan| plan.at)).await?;
    if let Some(named) = named {
        rapport_store::template_use::note(&room.tx, made, &named, room.now).await?;
    }
    let after = json!({ "conversation_id": known.id, "kind": kind });
    let change = Audited { before: None, after: Some(after) };
    crate::audit::record(&room.tx, room.now, caller, "message.created", ("message", made.0), change).await?;
    room.tx.commit().await?;
    app.bells.send.ring();
    app.bells.search.ring();
    app.feeds.wake();
    Ok(made)
}

/// Every file the message takes along: its own, and those in headers.
fn files(prepared: &Prepared) -> Vec<MediaId> {
    let inner = inside::files(&prepared.content).into_iter().map(|(id, _)| MediaId(id));
    prepared.media.into_iter().chain(inner).collect()
}

/// The template it is made from.
fn named(scene: &Scene, content: &Content) -> Option<Named> {
    let Content::Template { name, language, .. } = content else { return None };
    Some(Named { waba_id: scene.channel.waba_id.clone(), name: name.clone(), language: language.clone() })
}

/// The message a reaction is about, and the emoji.
fn reaction(prepared: &Prepared) -> Option<(MessageId, Option<String>)> {
    match (&prepared.content, &prepared.target) {
        (Content::Reaction { emoji, .. }, Some((target, _))) => Some((*target, emoji.clone())),
        _ => None,
    }
}

/// The emoji stands on its message from now on.
fn shown(room: &Room, target: MessageId, emoji: Option<&str>, made: MessageId) -> Vec<Change> {
    room.book
        .message(target)
        .map_or_else(Vec::new, |known| react_by_business(known, emoji, &made.to_string(), room.now))
}

/// Asks what the guard would say.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// The conversation; or `contact_id` with `channel_id`.
    pub conversation_id: Option<Uuid>,
    /// The customer, when there is no conversation yet.
    pub contact_id: Option<Uuid>,
    /// Over which channel.
    pub channel_id: Option<Uuid>,
    /// What would be said. Blanks of a template that are left out are filled as they would be on sending.
    #[schema(value_type = ContentView)]
    pub content: Content,
    /// The event it would tell of, as in a message.
    pub event: Option<String>,
}

/// What the guard would say about a message now.
///
/// # Errors
/// `Forbidden`, `NotFound`, `Invalid`, `Refused` (`channel_gone`), `Store`.
pub async fn preview(app: &App, caller: &Caller, request: PreviewRequest) -> Result<VerdictView> {
    caller.require(Permission::InboxWrite)?;
    let event = event(request.event)?;
    let read = app.store.workspace(caller.workspace).read();
    let scene = match (request.conversation_id, request.contact_id, request.channel_id) {
        (Some(id), None, None) => {
            let row = rapport_store::conversation::get(&read, ConversationId(id)).await?;
            let row = row.ok_or(Error::NotFound(Rooms::NOUN))?;
            Scene::of(app, &read, person::state(&row)?).await?
        }
        (None, Some(contact), Some(channel)) => {
            let channel =
                rapport_store::channel::get(&read, ChannelId(channel)).await?.ok_or(Error::NotFound("channel"))?;
            let contact = preview::contact(&read, ContactId(contact)).await?;
            let known = person::conversation(&read, contact.id, ChannelId(channel.id)).await?;
            let conversation = known.unwrap_or_else(|| blank(contact.id, ChannelId(channel.id), app.now()));
            Scene { channel: preview::channel(app, &read, ChannelId(channel.id)).await?, contact, conversation }
        }
        _ => {
            let detail = "must be given, or contact_id together with channel_id";
            return Err(Error::invalid("conversation_id", detail));
        }
    };
    let place =
        To { conversation: scene.conversation.id, contact: scene.contact.id, now: app.now(), about: None, run: None };
    let prepared = prepare_loosely(&read, &scene.channel, place, request.content).await?;
    let prepared = Prepared { event, ..prepared };
    let judged = preview::judge(app, &read, &scene, caller.actor_kind(), said(&prepared)).await?;
    Ok(VerdictView::from(&judged.verdict))
}

/// A conversation that has not begun: it has no window.
pub(crate) fn blank(contact_id: ContactId, channel_id: ChannelId, now: Ms) -> ConversationState {
    ConversationState {
        id: ConversationId(Uuid::nil()),
        contact_id,
        channel_id,
        lane: 0,
        status: ConversationStatus::Open,
        priority: inbox::Priority::None,
        assignee_id: None,
        team_id: None,
        snoozed_until: None,
        unread: 0,
        last_message_at: now,
        last_message_id: None,
        last_direction: Direction::Event,
        last_kind: String::new(),
        last_preview: String::new(),
        last_status: Status::Event,
        last_inbound_at: None,
        last_inbound_provider_id: None,
        window_expires_at: None,
        waiting_since: None,
        first_response_at: None,
        resolved_at: None,
        created_at: now,
        updated_at: now,
    }
}

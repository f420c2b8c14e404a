//! A message arrives: from the customer, from the owner's phone, or as a system line.

use super::Book;
use super::beside::open_beside;
use super::needs::message_key;
use super::people::{Found, Person, consent_changes, consent_line, feed, find_or_create};
use super::quiet::event_line;
use super::state::{
    Change, ConsentRecord, ContactState, Context, ConversationState, ConversationStatus, Decision, Effect, FeedEvent,
    NewMessage, Outcome, Priority,
};
use crate::contact::Consent;
use crate::contact::stop::stop_content;
use crate::inbound::InboundMessage;
use crate::message::{Content, Direction, Status};
use crate::routing::is_answer;
use crate::time::DAY;
use crate::{ContactId, ConversationId, MediaId, MessageId, Ms};
use serde_json::json;
use uuid::Uuid;

/// Length of a stored preview, in characters.
pub(super) const PREVIEW_CHARS: usize = 200;

/// One line without control characters, at most `limit` characters: safe for lists and for PostgreSQL text.
pub(super) fn one_line(text: &str, limit: usize) -> String {
    let words = text.split(char::is_whitespace).map(|word| word.chars().filter(|c| !c.is_control()));
    let mut line = String::with_capacity(text.len().min(limit * 4));
    let mut length = 0;
    for word in words {
        let mut word = word.peekable();
        if word.peek().is_none() {
            continue;
        }
        let gap = usize::from(length > 0);
        if length + gap >= limit {
            break;
        }
        if gap == 1 {
            line.push(' ');
        }
        length += gap;
        for character in word.take(limit - length) {
            line.push(character);
            length += 1;
        }
    }
    line
}

/// A customer's message, or an echo of the owner's (`echo`), takes its place in the thread.
pub(super) fn receive(
    book: &Book,
    context: &Context<'_>,
    at: Option<Ms>,
    inbound: &InboundMessage,
    echo: bool,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Decision {
    if book.message_of(context.channel_id, &inbound.id).is_some() {
        return Decision::nothing(Outcome::Duplicate);
    }
    // A provider clock that runs ahead must not hold a window open longer than it is.
    let at = at.map_or(context.received_at, |at| at.min(context.received_at));
    let mut person = match find_or_create(book, context, &inbound.customer, at, fresh) {
        Found::Person(person) => *person,
        Found::Elsewhere(outcome) => return Decision::nothing(outcome),
    };
    if !echo {
        note_contact(&mut person, inbound, at, context.now);
    }
    let answer = !echo && is_answer(&inbound.content);
    let place = Place::find(book, context, &person.contact, at, answer, fresh);
    let line = line_of(book, context, &person, &place.conversation, at, inbound, echo, fresh);
    let agreed = if echo { None } else { agreed(context, &person, &place.conversation, &line, fresh) };
    let key = message_key(&inbound.id);
    let beside = if echo {
        Vec::new()
    } else {
        open_beside(book, context, person.contact.id, place.conversation.id, window_of(at))
    };
    let mut decision = finish(context, person, place, line, inbound, echo, fresh);
    decision.changes.extend(beside);
    // What is about this message may wait at any channel of the chat.
    let members = book.chats().members(&context.channel_id);
    decision.effects.extend(members.iter().map(|member| Effect::Release { channel_id: *member, key }));
    if let Some(Agreed { changes, contact_id }) = agreed {
        decision.changes.extend(changes);
        decision.effects.push(Effect::PushContact(contact_id));
    }
    decision
}

/// What a stop or start word changes.
struct Agreed {
    changes: Vec<Change>,
    contact_id: ContactId,
}

/// "STOP" and its like, honoured in the same commit as the message that says it (`product.md` D9).
fn agreed(
    context: &Context<'_>,
    person: &Person,
    conversation: &ConversationState,
    line: &NewMessage,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Option<Agreed> {
    let (word, _) = stop_content(&line.content, &context.policy.words)?;
    let state = word.consent(Consent::parse(&person.contact.marketing_consent))?;
    let record = ConsentRecord {
        contact_id: person.contact.id,
        purpose: "marketing".to_owned(),
        state: state.code().to_owned(),
        source: "keyword".to_owned(),
        proof: line.id.to_string(),
        at: line.at,
    };
    let mut changes = vec![Change::InsertMessage(consent_line(context.now, conversation, &record, fresh))];
    changes.extend(consent_changes(&person.contact, record, context.now));
    Some(Agreed { changes, contact_id: person.contact.id })
}

/// A system notice (number changed, ...) as a line that neither opens the window nor counts as unread.
pub(super) fn system_line(
    book: &Book,
    context: &Context<'_>,
    at: Ms,
    mut person: Person,
    notice: &InboundMessage,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Decision {
    let place = Place::find(book, context, &person.contact, at, false, fresh);
    let mut line = line_of(book, context, &person, &place.conversation, at, notice, false, fresh);
    line.direction = Direction::Event;
    line.status = Status::Event;
    line.author_kind = "system".to_owned();
    person.contact.updated_at = context.now;
    person.changes.push(Change::UpdateContact(person.contact.clone()));
    let outcome = Outcome::Message(line.id);
    let told = created(&line);
    let mut changes = person.changes;
    let mut conversation = place.conversation;
    conversation.updated_at = context.now;
    changes.push(if place.is_new {
        Change::CreateConversation(conversation)
    } else {
        Change::UpdateConversation(conversation)
    });
    changes.push(Change::InsertMessage(line));
    changes.push(Change::Feed(told));
    Decision { changes, effects: person.effects, outcome }
}

fn note_contact(person: &mut Person, inbound: &InboundMessage, at: Ms, now: Ms) {
    let contact = &mut person.contact;
    contact.first_inbound_at = Some(contact.first_inbound_at.map_or(at, |first| first.min(at)));
    contact.last_inbound_at = contact.last_inbound_at.max(Some(at));
    if contact.source.is_none() {
        contact.source = inbound.referral.clone();
    }
    contact.updated_at = now;
    person.changes.push(Change::UpdateContact(contact.clone()));
}

/// The conversation a line goes into.
struct Place {
    conversation: ConversationState,
    is_new: bool,
    reopened: bool,
}

impl Place {
    /// `answer` says that the line only answers a survey: it joins the conversation that is over, and leaves it so.
    fn find(
        book: &Book,
        context: &Context<'_>,
        contact: &ContactState,
        at: Ms,
        answer: bool,
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Self {
        if let Some(known) = book.place(contact.id, context.channel_id) {
            let resolved = known.status == ConversationStatus::Resolved;
            // What was said afterwards counts too: a reply to a campaign belongs under it.
            let end = known.resolved_at.map(|end| end.max(known.last_message_at));
            let recent = end.is_some_and(|end| at.since(end) <= context.policy.reopen_within_ms);
            if !resolved || recent || answer {
                return Self { conversation: known.clone(), is_new: false, reopened: resolved && !answer };
            }
        }
        let mut conversation = fresh_conversation(ConversationId(fresh()), contact.id, context, contact.lane, at);
        conversation.channel_id = book.chats().home(context.channel_id);
        let beside = book.beside(contact.id, context.channel_id);
        conversation.window_expires_at = beside.filter_map(|known| known.window_expires_at).max();
        Self { conversation, is_new: true, reopened: false }
    }
}

pub(super) fn fresh_conversation(
    id: ConversationId,
    contact_id: ContactId,
    context: &Context<'_>,
    lane: u16,
    at: Ms,
) -> ConversationState {
    ConversationState {
        id,
        contact_id,
        channel_id: context.channel_id,
        lane,
        status: ConversationStatus::Open,
        priority: Priority::None,
        assignee_id: None,
        team_id: None,
        snoozed_until: None,
        unread: 0,
        last_message_at: at,
        last_message_id: None,
        last_direction: Direction::Event,
        last_kind: "event".to_owned(),
        last_preview: String::new(),
        last_status: Status::Event,
        last_inbound_at: None,
        last_inbound_provider_id: None,
        window_expires_at: None,
        waiting_since: None,
        first_response_at: None,
        resolved_at: None,
        created_at: context.now,
        updated_at: context.now,
    }
}

#[expect(clippy::too_many_arguments, reason = "one row is made of what the event, the person and the place say")]
fn line_of(
    book: &Book,
    context: &Context<'_>,
    person: &Person,
    conversation: &ConversationState,
    at: Ms,
    inbound: &InboundMessage,
    echo: bool,
    fresh: &mut dyn FnMut() -> Uuid,
) -> NewMessage {
    let id = MessageId(fresh());
    let mut content = inbound.content.clone();
    let media_id = match &mut content {
        Content::Media(media) if media.provider_media_id.is_some() => {
            let media_id = fresh();
            media.media_id = Some(media_id);
            Some(MediaId(media_id))
        }
        _ => None,
    };
    let target = inbound.reply_to.as_deref().and_then(|target| book.message_of(context.channel_id, target));
    NewMessage {
        id,
        conversation_id: conversation.id,
        contact_id: person.contact.id,
        channel_id: context.channel_id,
        direction: if echo { Direction::Out } else { Direction::In },
        at,
        created_at: context.now,
        author_kind: if echo { "phone_app" } else { "contact" }.to_owned(),
        author_id: None,
        author_name: None,
        provider_id: Some(inbound.id.clone()),
        client_id: None,
        preview: one_line(&content.text(), PREVIEW_CHARS),
        status: if echo { Status::Sent } else { Status::Received },
        reply_to_provider_id: inbound.reply_to.clone(),
        reply_to_id: target.map(|message| message.id),
        media_id,
        content,
    }
}

fn finish(
    context: &Context<'_>,
    person: Person,
    place: Place,
    line: NewMessage,
    inbound: &InboundMessage,
    echo: bool,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Decision {
    let Person { mut changes, mut effects, .. } = person;
    let mut conversation = place.conversation;
    let back = if echo { None } else { comes_back(&conversation, place.reopened) };
    if echo {
        answered(&mut conversation, line.at);
    } else {
        let closed = conversation.status == ConversationStatus::Resolved && is_answer(&line.content);
        heard(&mut conversation, line.at, &inbound.id, closed);
    }
    show(&mut conversation, &line);
    conversation.updated_at = context.now;
    let (conversation_id, contact_id) = (conversation.id, conversation.contact_id);
    if place.is_new {
        changes.push(Change::CreateConversation(conversation));
        let told =
            FeedEvent { conversation_id: Some(conversation_id), ..feed("conversation.created", line.at, contact_id) };
        changes.push(Change::Feed(told));
    } else {
        changes.push(Change::UpdateConversation(conversation));
    }
    if let Some((event, data)) = back {
        let quiet = event_line(&line, event, data, context.now, fresh());
        changes.push(Change::Feed(created(&quiet)));
        changes.push(Change::InsertMessage(quiet));
    }
    if let (Some(media_id), Some(media)) = (line.media_id, line.content.media()) {
        let media = media.clone();
        effects.push(Effect::FetchMedia { media_id, message_id: line.id, channel_id: line.channel_id, media });
    }
    let outcome = Outcome::Message(line.id);
    changes.push(Change::Feed(created(&line)));
    changes.push(Change::InsertMessage(line));
    Decision { changes, effects, outcome }
}

/// What the thread says when a customer's message brings a conversation back to the team. Whoever had it has it again:
/// neither the assignee nor the team changes.
fn comes_back(conversation: &ConversationState, reopened: bool) -> Option<(&'static str, serde_json::Value)> {
    if reopened {
        return Some(("reopened", json!({})));
    }
    matches!(conversation.status, ConversationStatus::Snoozed | ConversationStatus::Pending)
        .then(|| ("woken", json!({ "from": conversation.status })))
}

/// The customer spoke: the window opens for 24 h from then (`whatsapp-cloud-api.md` §9). A conversation that stays
/// `closed` asks for nobody's attention.
pub(crate) fn heard(conversation: &mut ConversationState, at: Ms, provider_id: &str, closed: bool) {
    if !closed {
        called(conversation, at);
    }
    if conversation.last_inbound_at.is_none_or(|last| at >= last) {
        conversation.last_inbound_at = Some(at);
        conversation.last_inbound_provider_id = Some(provider_id.to_owned());
    }
    conversation.window_expires_at = conversation.window_expires_at.max(Some(window_of(at)));
}

/// When the window closes that what the customer said then opens.
pub(super) fn window_of(said: Ms) -> Ms {
    said.plus(DAY)
}

/// Somebody is to look at the conversation.
fn called(conversation: &mut ConversationState, at: Ms) {
    if conversation.status != ConversationStatus::Open {
        conversation.status = ConversationStatus::Open;
        conversation.snoozed_until = None;
        conversation.resolved_at = None;
    }
    conversation.unread = conversation.unread.saturating_add(1);
    // A message that the business has already answered arrives late: nobody waits for it.
    let answered_later = conversation.last_direction == Direction::Out && conversation.last_message_at > at;
    if !answered_later {
        conversation.waiting_since = Some(conversation.waiting_since.map_or(at, |since| since.min(at)));
    }
}

/// The business spoke: nobody waits any more for what was asked before.
///
/// Unread is what nobody here has looked at, so an answer from the phone app leaves it alone; it would otherwise
/// depend on the order in which events arrive.
pub(crate) fn answered(conversation: &mut ConversationState, at: Ms) {
    if conversation.last_inbound_at.is_none_or(|asked| at >= asked) {
        conversation.waiting_since = None;
    }
    conversation.first_response_at = conversation.first_response_at.or(Some(at));
}

/// The list shows the newest line; an older one that arrives late does not replace it.
pub(super) fn show(conversation: &mut ConversationState, line: &NewMessage) {
    if line.at < conversation.last_message_at && conversation.last_message_id.is_some() {
        return;
    }
    conversation.last_message_at = line.at;
    conversation.last_message_id = Some(line.id);
    conversation.last_direction = line.direction;
    conversation.last_kind = line.content.kind().to_owned();
    conversation.last_preview.clone_from(&line.preview);
    conversation.last_status = line.status;
}

/// Tells listeners of a new line.
pub(super) fn created(line: &NewMessage) -> FeedEvent {
    FeedEvent {
        conversation_id: Some(line.conversation_id),
        message_id: Some(line.id),
        data: json!({ "direction": line.direction, "kind": line.content.kind() }),
        ..feed("message.created", line.at, line.contact_id)
    }
}

//! A message we sent moves on: sent, delivered, read, failed - in any order, any number of times.

use super::needs::message_key;
use super::people::{consent_changes, consent_line, feed};
use super::state::{Change, ConsentRecord, Context, Decision, Effect, FeedEvent, MessageState, Outcome};
use super::{Book, parse_callback};
use crate::Ms;
use crate::inbound::StatusUpdate;
use crate::message::{Direction, Status};
use serde_json::json;
use uuid::Uuid;

/// The provider's code for "the user stopped marketing messages" (`whatsapp-cloud-api.md` §11).
const STOPPED_MARKETING: i64 = 131_050;

/// Joins a delivery report into its message. The result does not depend on the order of reports.
pub(super) fn advance(
    book: &Book,
    context: &Context<'_>,
    at: Option<Ms>,
    update: &StatusUpdate,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Decision {
    let echoed = update.callback.as_deref().and_then(parse_callback).and_then(|(id, _)| book.message(id));
    let Some(known) = book.message_of(context.channel_id, &update.id).or(echoed) else {
        return wait(context, &update.id);
    };
    if known.direction != Direction::Out || !book.chats().share(known.channel_id, context.channel_id) {
        return Decision::nothing(Outcome::Ignored("a status for a message we did not send".to_owned()));
    }
    let lane = book.conversation(known.conversation_id).map_or(context.lane, |conversation| conversation.lane);
    if !(context.locked)(lane) {
        return Decision::nothing(Outcome::Relane(lane));
    }
    let at = at.unwrap_or(context.received_at);
    let adopted = match reported(known, update, at) {
        Try::Earlier => return Decision::nothing(Outcome::Stale),
        Try::Current => false,
        Try::New => true,
    };
    let mut message = known.clone();
    let mut effects = Vec::new();
    if adopted {
        message.provider_id = Some(update.id.clone());
        effects.push(Effect::SettleSend { message_id: message.id, provider_id: update.id.clone() });
        let key = message_key(&update.id);
        let members = book.chats().members(&context.channel_id).iter();
        effects.extend(members.map(|member| Effect::Release { channel_id: *member, key }));
    }
    merge(&mut message, update, at);
    if message == *known {
        return Decision::nothing(Outcome::Stale);
    }
    let outcome = Outcome::Updated(message.id);
    let mut changes = vec![Change::UpdateMessage(message.clone())];
    if let Some(conversation) = book.conversation(message.conversation_id)
        && conversation.last_message_id == Some(message.id)
        && conversation.last_status != message.status
    {
        let mut conversation = conversation.clone();
        conversation.last_status = message.status;
        conversation.updated_at = context.now;
        changes.push(Change::UpdateConversation(conversation));
    }
    if update.failure.as_ref().is_some_and(|failure| failure.code == STOPPED_MARKETING)
        && let Some(contact) = book.contact(message.contact_id)
    {
        let record = opt_out(&message, at);
        if let Some(conversation) = book.conversation(message.conversation_id) {
            changes.push(Change::InsertMessage(consent_line(context.now, conversation, &record, fresh)));
        }
        effects.push(Effect::PushContact(contact.id));
        changes.extend(consent_changes(contact, record, context.now));
    }
    changes.push(Change::Feed(updated(&message, at)));
    Decision { changes, effects, outcome }
}

/// The try at a message that a report is about.
enum Try {
    /// The one whose provider id the message has.
    Current,
    /// One whose provider id is not known yet: the answer to it was lost, or is still on its way.
    New,
    /// One that failed, after which somebody tried again: what is reported about it says nothing any more.
    Earlier,
}

/// The provider's report and the start of the try are told by two clocks, one of them in whole seconds. Milliseconds.
const CLOCKS_APART: i64 = 2_000;

/// A message that failed keeps the id of its failed try until the next one has its own. Reports are repeated for days, so
/// the failure of an old try must not be taken for that of the new one. Proof of delivery counts whichever try it is of.
fn reported(known: &MessageState, update: &StatusUpdate, at: Ms) -> Try {
    let Some(ours) = known.provider_id.as_deref() else { return Try::New };
    let proof = matches!(update.status, Status::Delivered | Status::Read);
    let under_way = known.status.is_under_way();
    if ours == update.id {
        return if under_way && !proof { Try::Earlier } else { Try::Current };
    }
    let of_this_try = known.status_at.is_none_or(|began| at.plus(CLOCKS_APART) >= began);
    match known.status {
        _ if under_way && (proof || of_this_try) => Try::New,
        Status::Failed if update.status != Status::Failed => Try::New,
        _ if proof => Try::Current,
        _ => Try::Earlier,
    }
}

fn merge(message: &mut MessageState, update: &StatusUpdate, at: Ms) {
    let mark = match update.status {
        Status::Sent => &mut message.sent_at,
        Status::Delivered => &mut message.delivered_at,
        Status::Read => &mut message.read_at,
        Status::Failed => &mut message.failed_at,
        _ => return,
    };
    // The earliest report of each step counts: repeats and late copies change nothing.
    *mark = Some(mark.map_or(at, |known| known.min(at)));
    message.price = crate::cost::told(message.price.as_ref(), update.status, update.pricing.as_ref());
    if update.status == Status::Failed && message.failure.is_none() {
        message.failure.clone_from(&update.failure);
    }
    message.status = message.status.join(update.status);
    message.status_at = match message.status {
        Status::Sent => message.sent_at,
        Status::Delivered => message.delivered_at,
        Status::Read => message.read_at,
        Status::Failed => message.failed_at,
        _ => message.status_at,
    };
    // What became of an earlier doubt is known now: whoever reads the message must not be told to try again.
    message.failure = message.failure.take().filter(|_| message.status == Status::Failed);
}

fn opt_out(message: &MessageState, at: Ms) -> ConsentRecord {
    ConsentRecord {
        contact_id: message.contact_id,
        purpose: "marketing".to_owned(),
        state: "opted_out".to_owned(),
        source: "error_131050".to_owned(),
        proof: "The provider reports that the customer stopped marketing messages.".to_owned(),
        at,
    }
}

/// The target is not here: wait for it, or give up when the wait is over.
pub(super) fn wait(context: &Context<'_>, target: &str) -> Decision {
    let until = context.wait_until.unwrap_or_else(|| context.received_at.plus(context.policy.wait_for_target_ms));
    if context.now >= until {
        return Decision::nothing(Outcome::Unmatched);
    }
    Decision::nothing(Outcome::Waiting { key: message_key(target), until })
}

/// Tells listeners that a line changed.
pub(super) fn updated(message: &MessageState, at: Ms) -> FeedEvent {
    FeedEvent {
        conversation_id: Some(message.conversation_id),
        message_id: Some(message.id),
        data: json!({ "status": message.status }),
        ..feed("message.updated", at, message.contact_id)
    }
}

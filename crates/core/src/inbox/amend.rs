//! Edits, deletions and reactions: changes to a message that is already in the thread, or not yet.

use super::Book;
use super::message::{PREVIEW_CHARS, one_line};
use super::state::{Change, Context, Decision, MessageState, Outcome, Reaction};
use super::status::{updated, wait};
use crate::Ms;
use crate::inbound::{Amend, Amendment};

/// Applies a customer's (or the owner's) change to an earlier message; waits when that has not come yet.
pub(super) fn amend(book: &Book, context: &Context<'_>, at: Option<Ms>, amendment: &Amendment) -> Decision {
    let Some(known) = book.message_of(context.channel_id, &amendment.target) else {
        return wait(context, &amendment.target);
    };
    let lane = book.conversation(known.conversation_id).map_or(context.lane, |conversation| conversation.lane);
    if !(context.locked)(lane) {
        return Decision::nothing(Outcome::Relane(lane));
    }
    let at = at.map_or(context.received_at, |at| at.min(context.received_at));
    let mut message = known.clone();
    match &amendment.change {
        Amend::Edit(content) => {
            // The last edit wins by the provider's clock; a deleted message stays deleted.
            if message.revoked_at.is_none() && message.edited_at.is_none_or(|last| at >= last) {
                message.edited_at = Some(at);
                message.preview = Some(one_line(&content.text(), PREVIEW_CHARS));
                message.content = Some(content.clone());
            }
        }
        Amend::Revoke => message.revoked_at = message.revoked_at.or(Some(at)),
        Amend::React(emoji) => {
            let side = if amendment.by_business { "business" } else { "contact" };
            react(&mut message.reactions, side, &amendment.id, emoji.as_deref(), at);
        }
    }
    if message == *known {
        return Decision::nothing(Outcome::Stale);
    }
    let outcome = Outcome::Updated(message.id);
    let mut changes = Vec::new();
    if let (Some(preview), Some(conversation)) = (&message.preview, book.conversation(message.conversation_id))
        && conversation.last_message_id == Some(message.id)
    {
        let mut conversation = conversation.clone();
        conversation.last_preview.clone_from(preview);
        conversation.updated_at = context.now;
        changes.push(Change::UpdateConversation(conversation));
    }
    changes.push(Change::Feed(updated(&message, at)));
    changes.push(Change::UpdateMessage(message));
    Decision { changes, effects: Vec::new(), outcome }
}

/// The business reacts to a message (`None` takes it back): what its thread shows from now on. `event` names our own
/// reaction message. Empty when that changes nothing.
#[must_use]
pub fn react_by_business(known: &MessageState, emoji: Option<&str>, event: &str, now: Ms) -> Vec<Change> {
    let mut message = known.clone();
    react(&mut message.reactions, "business", event, emoji, now);
    if message == *known {
        return Vec::new();
    }
    vec![Change::Feed(updated(&message, now)), Change::UpdateMessage(message)]
}

fn react(reactions: &mut Vec<Reaction>, side: &str, event: &str, emoji: Option<&str>, at: Ms) {
    let newer = |known: &Reaction| (known.at, known.event.as_str()) >= (at, event);
    if reactions.iter().any(|known| known.by == side && newer(known)) {
        return;
    }
    reactions.retain(|known| known.by != side);
    let emoji = emoji.filter(|emoji| !emoji.is_empty()).map(str::to_owned);
    reactions.push(Reaction { by: side.to_owned(), emoji, at, event: event.to_owned() });
    reactions.sort_by(|a, b| a.by.cmp(&b.by));
}

//! One customer and one number have one service window, however many conversations there are between them.

use super::Book;
use super::people::feed;
use super::state::{Change, Context, ConversationState, FeedEvent};
use crate::{ContactId, ConversationId, Ms};
use serde_json::json;

/// What is heard in one conversation of a chat opens the window of the others, which are from the time before its
/// channels were one number.
pub(super) fn open_beside(
    book: &Book,
    context: &Context<'_>,
    contact: ContactId,
    own: ConversationId,
    until: Ms,
) -> Vec<Change> {
    let others = book.beside(contact, context.channel_id).filter(|known| known.id != own);
    others.flat_map(|known| open_until(known, until, context.now)).collect()
}

/// Shows in a conversation that its window is open until then; nothing when it is open as long already.
#[must_use]
pub fn open_until(known: &ConversationState, until: Ms, now: Ms) -> Vec<Change> {
    if known.window_expires_at >= Some(until) {
        return Vec::new();
    }
    let data = json!({ "window_expires_at": until });
    let told = feed("conversation.updated", now, known.contact_id);
    let row = ConversationState { window_expires_at: Some(until), updated_at: now, ..known.clone() };
    vec![Change::Feed(FeedEvent { conversation_id: Some(known.id), data, ..told }), Change::UpdateConversation(row)]
}

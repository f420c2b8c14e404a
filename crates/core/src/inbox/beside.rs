//! One customer and one number have one service window, however many conversations there are between them.

use super::Book;
use super::message::window_of;
use super::people::feed;
use super::state::{Change, Context, ConversationState, FeedEvent};
use crate::route::Chats;
use crate::{ChannelId, ContactId, ConversationId, Ms};
use serde_json::json;
use std::collections::HashMap;

/// The last a customer said in a conversation: when, and the provider's id of it.
pub type Heard = (Ms, Option<String>);

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

/// Conversations that were another customer's too know of their own one only what was `heard` in them, or else in their
/// chat, which gives them their window. All of them are changed as far as they differ; where nothing was heard and the
/// window is over, nothing is known better.
#[must_use]
pub fn own_windows(rows: &[(ConversationState, Option<Heard>)], chats: &Chats, now: Ms) -> Vec<Change> {
    let mut last: HashMap<(ContactId, ChannelId), &Heard> = HashMap::new();
    let place = |row: &ConversationState| (row.contact_id, chats.home(row.channel_id));
    for (row, heard) in rows {
        if let Some(heard) = heard {
            let known = last.entry(place(row)).or_insert(heard);
            *known = if heard.0 > known.0 { heard } else { known };
        }
    }
    let mut changes = Vec::new();
    for (row, heard) in rows {
        let chat = last.get(&place(row)).copied();
        let (last_inbound_at, last_inbound_provider_id) =
            heard.as_ref().or(chat).map_or((None, None), |(at, id)| (Some(*at), id.clone()));
        let window_expires_at = chat.map(|(at, _)| window_of(*at));
        let own = ConversationState { last_inbound_at, last_inbound_provider_id, window_expires_at, ..row.clone() };
        if own == *row || (chat.is_none() && row.window_expires_at <= Some(now)) {
            continue;
        }
        let data = json!({ "window_expires_at": own.window_expires_at });
        let told = feed("conversation.updated", now, own.contact_id);
        changes.push(Change::Feed(FeedEvent { conversation_id: Some(own.id), data, ..told }));
        changes.push(Change::UpdateConversation(ConversationState { updated_at: now, ..own }));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::{NOW, conversation};
    use super::*;
    use crate::time::DAY;
    use uuid::Uuid;

    #[test]
    fn each_customer_has_the_window_of_what_they_said_themselves() {
        let row = |id: u128, who: u128| ConversationState {
            id: ConversationId(Uuid::from_u128(id)),
            contact_id: ContactId(Uuid::from_u128(who)),
            last_inbound_at: Some(NOW),
            last_inbound_provider_id: Some("wamid.other".to_owned()),
            window_expires_at: Some(NOW.plus(DAY)),
            ..conversation()
        };
        let said = NOW.plus(-DAY / 2);
        let rows = [
            (row(1, 7), Some((said, Some("wamid.own".to_owned())))),
            (row(2, 7), None),
            (row(3, 8), Some((NOW, Some("wamid.other".to_owned())))),
            (row(4, 9), None),
        ];
        let changed: Vec<ConversationState> = own_windows(&rows, &Chats::default(), NOW)
            .into_iter()
            .filter_map(|change| match change {
                Change::UpdateConversation(row) => Some(row),
                _ => None,
            })
            .collect();
        let end = Some(said.plus(DAY));
        let known: Vec<_> =
            changed.iter().map(|row| (row.id.0.as_u128(), row.last_inbound_at, row.window_expires_at)).collect();
        assert_eq!(known, [(1, Some(said), end), (2, Some(said), end), (4, None, None)], "the third was right already");
        assert_eq!(changed[0].last_inbound_provider_id.as_deref(), Some("wamid.own"));
    }
}

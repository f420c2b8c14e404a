//! A campaign's message takes its place in a thread.

use super::command::{Actor, Draft, blank};
use super::message::{created, fresh_conversation, show};
use super::people::feed;
use super::state::{
    Change, ContactState, Context, ConversationState, ConversationStatus, Decision, FeedEvent, Outcome,
};
use crate::ConversationId;
use uuid::Uuid;

/// A message to one of many. It joins the customer's thread, but is nobody's answer: whoever waits still waits, what is
/// unread stays unread, and a resolved conversation stays resolved until the customer replies. Who has no conversation
/// yet gets a resolved one: ten thousand announcements are no work for anybody.
pub fn announce(
    contact: &ContactState,
    known: Option<&ConversationState>,
    draft: Draft,
    actor: &Actor,
    context: &Context<'_>,
    fresh: &mut dyn FnMut() -> Uuid,
) -> Decision {
    let mut changes = Vec::with_capacity(4);
    let mut conversation = match known {
        Some(known) => known.clone(),
        None => {
            let id = ConversationId(fresh());
            let made = fresh_conversation(id, contact.id, context, contact.lane, context.now);
            let told = feed("conversation.created", context.now, contact.id);
            changes.push(Change::Feed(FeedEvent { conversation_id: Some(id), ..told }));
            ConversationState { status: ConversationStatus::Resolved, resolved_at: Some(context.now), ..made }
        }
    };
    let mut line = blank(&conversation, actor, draft.content, context, fresh);
    line.client_id = draft.client_id;
    line.media_id = draft.media_id;
    show(&mut conversation, &line);
    conversation.updated_at = context.now;
    let outcome = Outcome::Message(line.id);
    changes.push(match known {
        Some(_) => Change::UpdateConversation(conversation),
        None => Change::CreateConversation(conversation),
    });
    changes.push(Change::Feed(created(&line)));
    changes.push(Change::InsertMessage(line));
    Decision { changes, effects: Vec::new(), outcome }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ms;
    use crate::inbox::Policy;
    use crate::inbox::fixtures::{NOW, contact, context};
    use crate::message::{Content, Status};

    fn announced(known: Option<&ConversationState>, now: Ms) -> Vec<Change> {
        let policy = Policy::default();
        let context = context(&policy, now);
        let content = Content::Text { body: "New in the shop".to_owned(), preview_url: None };
        let draft = Draft { client_id: Some("campaign:1:2".to_owned()), content, reply_to: None, media_id: None };
        let actor = Actor { kind: "campaign".to_owned(), id: Some(Uuid::from_u128(5)), name: Some("Eid".to_owned()) };
        let mut last = 100;
        let mut fresh = || {
            last += 1;
            Uuid::from_u128(last)
        };
        announce(&contact(), known, draft, &actor, &context, &mut fresh).changes
    }

    fn conversation_of(changes: &[Change]) -> ConversationState {
        let found = changes.iter().find_map(|change| match change {
            Change::CreateConversation(row) | Change::UpdateConversation(row) => Some(row.clone()),
            _ => None,
        });
        found.unwrap()
    }

    #[test]
    fn it_makes_no_work_and_answers_nobody() {
        let changes = announced(None, NOW);
        let made = conversation_of(&changes);
        assert_eq!((made.status, made.resolved_at), (ConversationStatus::Resolved, Some(NOW)));
        let line = changes.iter().find_map(|change| match change {
            Change::InsertMessage(line) => Some(line.clone()),
            _ => None,
        });
        let line = line.unwrap();
        assert_eq!((line.author_kind.as_str(), line.status), ("campaign", Status::Queued));
        assert_eq!((line.conversation_id, made.last_message_id), (made.id, Some(line.id)));

        let waiting = ConversationState {
            status: ConversationStatus::Open,
            unread: 2,
            waiting_since: Some(NOW.plus(-5)),
            last_inbound_at: Some(NOW.plus(-5)),
            ..made
        };
        let after = conversation_of(&announced(Some(&waiting), NOW.plus(10)));
        assert_eq!((after.unread, after.waiting_since, after.assignee_id), (2, Some(NOW.plus(-5)), None));
        assert_eq!((after.status, after.first_response_at), (ConversationStatus::Open, None));
        assert_eq!(after.last_message_at, NOW.plus(10));
    }
}

//! What brings a conversation back to the team, and the lines that say so.

use super::*;
use crate::UserId;

fn lines(batch: &Batch) -> Vec<(String, Option<String>)> {
    let event = |line: &NewMessage| match &line.content {
        Content::Event { event, .. } => Some((event.clone(), line.author_name.clone())),
        _ => None,
    };
    batch.new_messages.iter().filter_map(event).collect()
}

#[test]
fn a_customers_message_opens_whatever_was_put_aside_and_whoever_had_it_has_it_again() {
    let lea = UserId(Uuid::from_u128(99));
    for (status, line) in [
        (ConversationStatus::Open, None),
        (ConversationStatus::Pending, Some("woken")),
        (ConversationStatus::Snoozed, Some("woken")),
        (ConversationStatus::Resolved, Some("reopened")),
    ] {
        let mut world = World::new();
        world.play(&text("wamid.1", START, "hello"));
        let mut known = world.only_conversation();
        known.status = status;
        known.assignee_id = Some(lea);
        known.snoozed_until = (status == ConversationStatus::Snoozed).then(|| START.plus(DAY));
        known.resolved_at = (status == ConversationStatus::Resolved).then_some(START);
        world.book.apply(vec![Change::UpdateConversation(known)]);
        world.play(&text("wamid.2", START.plus(MINUTE), "again"));
        let batch = world.book.drain();
        let row = &batch.changed_conversations[0];
        assert_eq!(
            (row.status, row.snoozed_until, row.resolved_at),
            (ConversationStatus::Open, None, None),
            "{status:?}"
        );
        assert_eq!(row.assignee_id, Some(lea), "{status:?}");
        let said: Vec<String> = lines(&batch).into_iter().map(|(event, _)| event).collect();
        assert_eq!(said, line.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{status:?}");
        let told = batch.feed.iter().filter(|event| event.kind == "message.created").count();
        assert_eq!(told, 1 + said.len(), "browsers hear of every line");
    }
}

#[test]
fn whoever_answers_first_has_it_and_the_thread_says_so() {
    let mut world = World::new();
    world.play(&text("wamid.1", START, "hello"));
    let _ = world.book.drain();
    write(&mut world, "hi");
    let batch = world.book.drain();
    assert_eq!(batch.changed_conversations[0].assignee_id, Some(UserId(Uuid::from_u128(99))));
    assert_eq!(lines(&batch), [("assigned".to_owned(), Some("Lea".to_owned()))]);
    assert_eq!(batch.new_messages[0].direction, Direction::Event, "before the answer");
    write(&mut world, "anything else?");
    assert!(lines(&world.book.drain()).is_empty(), "once");
}

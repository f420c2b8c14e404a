//! What is heard in what a transaction changed.

use super::{NOW, conversation, event, heard, id, rule, understood};
use crate::inbox::{Batch, ConversationState, NewMessage};
use crate::message::{Content, Direction, Status};
use crate::rule::listen::{happened, waits};
use crate::rule::{Heard, Listeners, What};
use crate::{ChannelId, ContactId, ConversationId, MessageId};
use serde_json::{Value, json};

fn line(direction: Direction, author: &str, content: Value) -> NewMessage {
    let content: Content = serde_json::from_value(content).unwrap();
    NewMessage {
        id: MessageId(id(4)),
        conversation_id: ConversationId(id(2)),
        contact_id: ContactId(id(1)),
        channel_id: ChannelId(id(3)),
        direction,
        at: NOW,
        created_at: NOW,
        author_kind: author.to_owned(),
        author_id: (author != "contact").then(|| id(7)),
        author_name: None,
        provider_id: None,
        client_id: None,
        preview: content.text(),
        content,
        status: Status::Event,
        reply_to_provider_id: None,
        reply_to_id: None,
        media_id: None,
    }
}

/// A batch in which these were made.
fn batch(new_conversations: Vec<ConversationState>, new_messages: Vec<NewMessage>) -> Batch {
    let mut batch = Batch::default();
    (batch.new_conversations, batch.new_messages) = (new_conversations, new_messages);
    batch
}

#[test]
fn lines_say_what_happened() {
    let quiet = |event: &str, data: Value| json!({ "type": "event", "event": event, "data": data });
    let cases = [
        (Direction::In, "contact", json!({ "type": "text", "body": "hi" }), Some(What::Message)),
        (Direction::In, "contact", json!({ "type": "reaction", "target": "x", "emoji": "👍" }), None),
        (Direction::Out, "user", json!({ "type": "text", "body": "hi" }), None),
        (Direction::Note, "user", json!({ "type": "note", "body": "hi" }), None),
        (Direction::Event, "user", quiet("assigned", json!({ "to": id(5) })), Some(What::Assigned)),
        (Direction::Event, "user", quiet("assigned", json!({ "to": null })), None),
        (Direction::Event, "rule", quiet("team_changed", json!({ "to": id(5) })), Some(What::Assigned)),
        (
            Direction::Event,
            "user",
            quiet("status_changed", json!({ "from": "open", "to": "resolved" })),
            Some(What::Resolved),
        ),
        (
            Direction::Event,
            "user",
            quiet("status_changed", json!({ "from": "resolved", "to": "open" })),
            Some(What::Opened),
        ),
        (Direction::Event, "user", quiet("status_changed", json!({ "from": "open", "to": "snoozed" })), None),
        (Direction::Event, "system", quiet("reopened", json!({})), Some(What::Opened)),
    ];
    for (direction, author, content, expected) in cases {
        let found = happened(&batch(vec![], vec![line(direction, author, content.clone())]));
        assert_eq!(found.first().map(|event| event.what.clone()), expected, "{content}");
        let cause = found.first().and_then(|event| event.cause);
        assert_eq!(cause, (author == "rule").then(|| id(7)), "{content}");
    }
}

#[test]
fn a_conversation_the_customer_begins_is_opened_and_waited_in() {
    let hello = line(Direction::In, "contact", json!({ "type": "text", "body": "hi" }));
    let begun = batch(vec![conversation()], vec![hello.clone()]);
    let found: Vec<_> = happened(&begun).into_iter().map(|event| event.what).collect();
    assert_eq!(found, [What::Opened, What::Message]);
    let due: Vec<_> = waits(&begun, &[5, 30].into()).into_iter().map(|(event, at)| (event.key, at)).collect();
    let since = conversation().waiting_since.unwrap();
    let key = |minutes| format!("unanswered:{}:{}:{minutes}", id(2), since.0);
    assert_eq!(due, [(key(5), since.plus(300_000)), (key(30), since.plus(1_800_000))]);
    assert!(happened(&batch(vec![conversation()], vec![])).is_empty(), "we began it");
    let mut answered = batch(vec![], vec![hello]);
    answered.changed_conversations = vec![ConversationState { waiting_since: None, ..conversation() }];
    assert!(waits(&answered, &[5].into()).is_empty());
}

#[test]
fn whoever_is_found_is_whoever_hears() {
    let when = [
        json!([{ "on": "message_received" }]),
        json!([{ "on": "keyword", "words": ["price", " how much "] }, { "on": "timer", "at": "09:00" }]),
        json!([{ "on": "keyword", "words": ["size"] }, { "on": "conversation_opened" }]),
        json!([{ "on": "conversation_assigned" }, { "on": "conversation_resolved" }]),
        json!([{ "on": "tag_added" }]),
        json!([{ "on": "tag_added", "tags": ["VIP", "loyal"] }, { "on": "unanswered", "minutes": 10 }]),
        json!([{ "on": "field_changed" }]),
        json!([{ "on": "field_changed", "fields": ["email", "fields.size"] }, { "on": "unanswered", "minutes": 30 }]),
        json!([{ "on": "hot_word", "topics": [" discount ", "expensive"] }, { "on": "intent", "intents": ["price"] }]),
        json!([{ "on": "hot_word" }]),
        json!([{ "on": "intent" }, { "on": "conversation_opened" }]),
    ];
    let rules: Vec<_> = (10_u128..).zip(when).map(|(number, when)| rule(number, json!({ "when": when }))).collect();
    let listeners = Listeners::new(&rules);
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let happenings = [
        (What::Message, vec![0]),
        (What::Opened, vec![2, 10]),
        (What::Assigned, vec![3]),
        (What::Resolved, vec![3]),
        (What::Tagged { tags: names(&["vip"]) }, vec![4, 5]),
        (What::Tagged { tags: names(&["new"]) }, vec![4]),
        (What::Changed { fields: names(&["fields.size", "email"]) }, vec![6, 7]),
        (What::Changed { fields: names(&["name"]) }, vec![6]),
        (What::Unanswered { minutes: 30, since: NOW }, vec![7]),
        (What::Unanswered { minutes: 31, since: NOW }, vec![]),
        (What::Timer { rule_id: id(11) }, vec![1]),
        (What::Timer { rule_id: id(12) }, vec![]),
    ];
    for (what, expected) in happenings {
        let event = event(what);
        let understood = [
            heard(&[]),
            heard(&["how much"]),
            heard(&["price", "size"]),
            understood(&["discount", "gift"], None),
            understood(&["gift"], Some("price")),
            understood(&[], Some("return")),
        ];
        for heard in understood {
            let hears = |place: &usize| {
                let rule = &rules[*place];
                rule.definition.when.iter().any(|trigger| trigger.hears(&event, rule.id, "en", &heard))
            };
            let all: Vec<usize> = (0..rules.len()).filter(hears).collect();
            assert_eq!(listeners.find(&event, &heard), all, "{:?} {heard:?}", event.what);
            if heard == Heard::default() {
                assert_eq!(all, expected, "{:?}", event.what);
            }
        }
    }
    assert!(listeners.hear_messages() && listeners.waits().eq([10, 30]));
    assert_eq!(listeners.settle_ms(0, &event(What::Message)), 0, "it looks at nothing that may still be on its way");
    let recent = json!({ "if": { "type": "field", "field": "contact.tags", "is": "has", "value": "x" } });
    let settled = Listeners::new(&[rule(1, recent)]);
    assert_eq!(settled.settle_ms(0, &event(What::Message)), 5_000);
    assert_eq!(settled.settle_ms(0, &event(What::Timer { rule_id: id(1) })), 0);
}

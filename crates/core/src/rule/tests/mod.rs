//! Rules as tables and as properties.

mod deciding;
mod drafts;
mod explaining;
mod listening;
mod reliving;
mod replaying;
mod shop;
mod timing;

use super::{Definition, Event, Facts, Heard, Known, Message, Person, Phrase, Said, What};
use crate::inbox::{ConversationState, ConversationStatus, Priority};
use crate::message::{Direction, Status};
use crate::{ChannelId, ContactId, ConversationId, MessageId, Ms};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// A Tuesday, 09:13 UTC.
const NOW: Ms = Ms(1_790_000_000_000 + 19 * 3_600_000);

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn conversation() -> ConversationState {
    ConversationState {
        id: ConversationId(id(2)),
        contact_id: ContactId(id(1)),
        channel_id: ChannelId(id(3)),
        lane: 1,
        status: ConversationStatus::Open,
        priority: Priority::None,
        assignee_id: None,
        team_id: None,
        snoozed_until: None,
        unread: 1,
        last_message_at: NOW,
        last_message_id: None,
        last_direction: Direction::In,
        last_kind: "text".to_owned(),
        last_preview: String::new(),
        last_status: Status::Received,
        last_inbound_at: Some(NOW),
        last_inbound_provider_id: None,
        window_expires_at: Some(NOW.plus(1_000)),
        waiting_since: Some(NOW.plus(-600_000)),
        first_response_at: None,
        resolved_at: None,
        created_at: NOW.plus(-600_000),
        updated_at: NOW,
    }
}

fn facts() -> Facts {
    Facts {
        contact: Person {
            id: ContactId(id(1)),
            name: "Amal Haddad".to_owned(),
            phone: Some("+971501234567".to_owned()),
            email: None,
            language: Some("ar".to_owned()),
            country: Some("AE".to_owned()),
            timezone: None,
            lifecycle: "lead".to_owned(),
            consent: "opted_in".to_owned(),
            owner_id: None,
            fields: json!({ "tags": ["VIP"], "size": "L", "points": 120, "member": true }),
            created_at: Some(NOW.plus(-86_400_000)),
            first_inbound_at: Some(NOW.plus(-86_400_000)),
            last_inbound_at: Some(NOW),
        },
        conversation: Some(conversation()),
        message: Some(Message {
            id: MessageId(id(4)),
            at: NOW,
            kind: "text".to_owned(),
            text: "What is the PRICE?".to_owned(),
            language: Some("en".to_owned()),
            mood: Some(0.4),
            products: vec!["APL-1".to_owned()],
            heard: heard(&["price"]),
        }),
        order: None,
        said: vec![said(NOW, true, "contact", &["price"])],
        runs: Vec::new(),
        begun: std::collections::BTreeMap::new(),
        zone: "Asia/Dubai".to_owned(),
    }
}

fn phrase(text: &str) -> Phrase {
    Phrase { language: "en".to_owned(), text: text.to_owned() }
}

fn heard(words: &[&str]) -> Heard {
    words.iter().map(|word| Arc::new(phrase(word))).collect()
}

/// What a message says besides: hot words by their topics, and what is wanted.
fn understood(topics: &[&str], intent: Option<&str>) -> Heard {
    Heard::default().with(topics.iter().map(|topic| (*topic).into()).collect(), intent.map(Into::into))
}

fn said(at: Ms, inbound: bool, by: &str, words: &[&str]) -> Said {
    Said { conversation_id: ConversationId(id(2)), at, inbound, by: by.to_owned(), heard: heard(words), human: false }
}

fn event(what: What) -> Event {
    Event {
        key: "message:4".to_owned(),
        at: NOW,
        contact_id: ContactId(id(1)),
        conversation_id: Some(ConversationId(id(2))),
        message_id: Some(MessageId(id(4))),
        settle_ms: 0,
        cause: None,
        what,
    }
}

/// A rule that answers a question about the price, changed by `change`.
fn rule(number: u128, change: Value) -> Known {
    let mut definition = json!({
        "name": "Price",
        "language": "en",
        "when": [{ "on": "keyword", "words": ["price"] }],
        "do": [{ "do": "add_tags", "tags": ["price"] }, { "do": "send_text", "body": "It is 10." }],
    });
    if let (Some(into), Value::Object(change)) = (definition.as_object_mut(), change) {
        into.extend(change);
    }
    let definition: Definition = serde_json::from_value(definition).unwrap();
    Known { id: id(number), version: 1, enabled: true, shadow: false, definition }
}

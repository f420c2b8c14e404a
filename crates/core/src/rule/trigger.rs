//! What makes a rule look.

use super::condition::Weekday;
use super::event::{Event, What};
use super::heard::Heard;
use crate::contact::tag_key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What makes a rule look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// The customer wrote.
    MessageReceived,
    /// The customer wrote one of these words.
    Keyword {
        /// The words or phrases.
        words: Vec<String>,
    },
    /// The customer wrote a hot word of the workspace's lists.
    HotWord {
        /// Of one of these topics; none = of any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        topics: Vec<String>,
    },
    /// It is plain what the customer wants.
    Intent {
        /// One of these; none = anything.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        intents: Vec<String>,
    },
    /// A conversation began, or came back after it was resolved.
    ConversationOpened,
    /// A conversation was given to an agent or a team.
    ConversationAssigned,
    /// A conversation was resolved.
    ConversationResolved,
    /// The contact was given a tag.
    TagAdded {
        /// One of these; none = any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<String>,
    },
    /// A field of the contact changed, here or in a CRM.
    FieldChanged {
        /// One of these: `name`, `email`, `language`, `owner_id`, `fields.<own field>`; none = any.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<String>,
    },
    /// An order of the customer is new, or stands somewhere else.
    OrderChanged {
        /// At one of these; none = anywhere.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statuses: Vec<String>,
    },
    /// A parcel of the customer is new, or stands somewhere else.
    ShipmentChanged {
        /// At one of these; none = anywhere.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        statuses: Vec<String>,
    },
    /// The customer has waited for an answer for so long.
    Unanswered {
        /// Minutes, 1 to 43,200.
        minutes: u32,
    },
    /// At a time of the day, for every customer with a conversation that is not too old.
    Timer {
        /// When, `HH:MM`.
        at: String,
        /// On these days; none = every day.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        days: Vec<Weekday>,
        /// By this clock, an IANA name; nothing = the workspace's.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        zone: String,
        /// Customers of whose conversations something was said within so many days, 1 to 365.
        #[serde(default = "a_month")]
        active_days: u32,
    },
}

fn a_month() -> u32 {
    30
}

fn among(wanted: &[String], status: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|one| one == status)
}

impl Trigger {
    /// The word that is written for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MessageReceived => "message_received",
            Self::Keyword { .. } => "keyword",
            Self::HotWord { .. } => "hot_word",
            Self::Intent { .. } => "intent",
            Self::ConversationOpened => "conversation_opened",
            Self::ConversationAssigned => "conversation_assigned",
            Self::ConversationResolved => "conversation_resolved",
            Self::TagAdded { .. } => "tag_added",
            Self::FieldChanged { .. } => "field_changed",
            Self::OrderChanged { .. } => "order_changed",
            Self::ShipmentChanged { .. } => "shipment_changed",
            Self::Unanswered { .. } => "unanswered",
            Self::Timer { .. } => "timer",
        }
    }

    /// Whether an event is what the trigger waits for. `heard`: what the message says.
    #[must_use]
    pub fn hears(&self, event: &Event, rule: Uuid, language: &str, heard: &Heard) -> bool {
        match (self, &event.what) {
            (Self::MessageReceived, What::Message)
            | (Self::ConversationOpened, What::Opened)
            | (Self::ConversationAssigned, What::Assigned)
            | (Self::ConversationResolved, What::Resolved) => true,
            (Self::Keyword { words }, What::Message) => words.iter().any(|word| heard.says(language, word)),
            (Self::HotWord { topics }, What::Message) => heard.hot(topics),
            (Self::Intent { intents }, What::Message) => heard.wants(intents),
            (Self::TagAdded { tags }, What::Tagged { tags: given }) => {
                let given: BTreeSet<String> = given.iter().map(|tag| tag_key(tag)).collect();
                tags.is_empty() || tags.iter().any(|tag| given.contains(&tag_key(tag)))
            }
            (Self::FieldChanged { fields }, What::Changed { fields: changed }) => {
                fields.is_empty() || fields.iter().any(|field| changed.contains(field))
            }
            (Self::OrderChanged { statuses }, What::Order { status, .. }) => among(statuses, status.code()),
            (Self::ShipmentChanged { statuses }, What::Shipment { status, .. }) => among(statuses, status.code()),
            (Self::Unanswered { minutes }, What::Unanswered { minutes: waited, .. }) => minutes == waited,
            (Self::Timer { .. }, What::Timer { rule_id }) => *rule_id == rule,
            _ => false,
        }
    }
}

//! What happened, as rules hear of it.

use crate::{ContactId, ConversationId, MessageId, Ms};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something that happened to a customer. The JSON form is stored with runs and timers: change it only by adding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Names it: the same happening always has the same key, and a rule runs for it once.
    pub key: String,
    /// When.
    pub at: Ms,
    /// The customer.
    pub contact_id: ContactId,
    /// The conversation, when it happened in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// The customer's message, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// How long the rules that look at it waited before they judged. Milliseconds.
    #[serde(default)]
    pub settle_ms: i64,
    /// The rule that did it, when one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Uuid>,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// The customer wrote.
    Message,
    /// A conversation began, or came back.
    Opened,
    /// It was given to an agent or a team.
    Assigned,
    /// It was resolved.
    Resolved,
    /// The contact was given tags.
    Tagged {
        /// Their names.
        tags: Vec<String>,
    },
    /// Fields of the contact changed.
    Changed {
        /// Their names.
        fields: Vec<String>,
    },
    /// The customer has waited.
    Unanswered {
        /// For so many minutes.
        minutes: u32,
        /// Since when.
        since: Ms,
    },
    /// A rule's time has come.
    Timer {
        /// The rule.
        rule_id: Uuid,
    },
}

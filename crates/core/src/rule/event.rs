//! What happened, as rules hear of it.

use crate::shop::{OrderStatus, ParcelStatus};
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
    /// An order of theirs is new, or stands somewhere else.
    Order {
        /// Its number.
        number: String,
        /// Where it stands.
        status: OrderStatus,
    },
    /// A parcel of theirs is new, or stands somewhere else.
    Shipment {
        /// The order's number.
        number: String,
        /// The parcel's key; empty in what was stored before parcels were named.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        key: String,
        /// Where the parcel stands.
        status: ParcelStatus,
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

impl What {
    /// The number of the order that it is about.
    #[must_use]
    pub fn order(&self) -> Option<&str> {
        match self {
            Self::Order { number, .. } | Self::Shipment { number, .. } => Some(number),
            _ => None,
        }
    }

    /// The key of the parcel that it is about.
    #[must_use]
    pub fn parcel(&self) -> Option<&str> {
        match self {
            Self::Shipment { key, .. } => Some(key).filter(|key| !key.is_empty()).map(String::as_str),
            _ => None,
        }
    }

    /// The event that a message about it tells of, for the guard's time between two of the same; `None` for what is answered.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        match self {
            Self::Order { number, status } => Some(format!("order_{}:{number}", status.code())),
            Self::Shipment { number, key, status } if key.is_empty() => {
                Some(format!("shipment_{}:{number}", status.code()))
            }
            Self::Shipment { number, key, status } => Some(format!("shipment_{}:{number}/{key}", status.code())),
            _ => None,
        }
    }
}

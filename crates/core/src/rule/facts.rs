//! What is known when a rule is judged.

use super::heard::Heard;
use crate::inbox::ConversationState;
use crate::shop::Order;
use crate::{ContactId, ConversationId, MessageId, Ms};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Everything that rules may ask about one customer, as it is at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// The customer.
    pub contact: Person,
    /// The conversation in which it happened, else their newest.
    pub conversation: Option<ConversationState>,
    /// The message that it is about.
    pub message: Option<Message>,
    /// The order that it is about: the one the event or the message names, else the newest. Only where a rule asks.
    pub order: Option<Order>,
    /// What was said, newest first, as far back as any rule looks.
    pub said: Vec<Said>,
    /// Runs for this customer, newest first, as far back as any rule looks.
    pub runs: Vec<Past>,
    /// How often each rule began to run in the last hour, for whomever.
    pub begun: BTreeMap<Uuid, u32>,
    /// The workspace's time zone, an IANA name.
    pub zone: String,
}

/// The customer.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Who.
    pub id: ContactId,
    /// Name.
    pub name: String,
    /// E.164 number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Language tag.
    pub language: Option<String>,
    /// ISO country.
    pub country: Option<String>,
    /// IANA time zone.
    pub timezone: Option<String>,
    /// `lead`, `customer`, ...
    pub lifecycle: String,
    /// `unknown`, `opted_in` or `opted_out`.
    pub consent: String,
    /// The user who looks after them.
    pub owner_id: Option<Uuid>,
    /// Own fields, `tags` among them.
    pub fields: Json,
    /// When the contact was made.
    pub created_at: Option<Ms>,
    /// Their first message.
    pub first_inbound_at: Option<Ms>,
    /// Their last message.
    pub last_inbound_at: Option<Ms>,
}

/// The message a rule was woken by.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// When it was said.
    pub at: Ms,
    /// The content's kind.
    pub kind: String,
    /// Its words.
    pub text: String,
    /// Their language, when it shows.
    pub language: Option<String>,
    /// How content the customer sounds, 0 to 1.
    pub mood: Option<f64>,
    /// Codes of the products it speaks of without doubt. Only where a rule asks.
    pub products: Vec<String>,
    /// What it says, of what rules listen for.
    pub heard: Heard,
}

/// A line that was said before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Where.
    pub conversation_id: ConversationId,
    /// When.
    pub at: Ms,
    /// Whether the customer said it.
    pub inbound: bool,
    /// `contact`, `user`, `rule`, `phone_app`, ...
    pub by: String,
    /// What it says, of what rules count.
    pub heard: Heard,
    /// Whether the customer asks for a person in it.
    pub human: bool,
}

/// A run that began before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// Of which rule.
    pub rule_id: Uuid,
    /// When.
    pub at: Ms,
    /// How many rules had woken one another before it.
    pub depth: u32,
    /// Whether the rule only watched, and did nothing.
    pub shadow: bool,
}

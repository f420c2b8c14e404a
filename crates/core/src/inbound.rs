//! What a provider's event means, after `connectors` has read its wire format.

use crate::message::{Content, Failure, Status};
use crate::time::Ms;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The person an event is about, by every name the provider gave. At least one id is present as a rule;
/// users with a username may hide their number (`whatsapp-cloud-api.md` §14).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Customer {
    /// WhatsApp id: the number's digits without plus.
    pub wa_id: Option<String>,
    /// Business-scoped user id (BSUID); changes when the user changes number.
    pub user_id: Option<String>,
    /// Parent BSUID over linked portfolios.
    pub parent_user_id: Option<String>,
    /// Username; changes freely, never a key.
    pub username: Option<String>,
    /// Profile name.
    pub name: Option<String>,
}

impl Customer {
    /// The identity that chooses the lane: BSUID first, because it is on every event since 2026.
    #[must_use]
    pub fn lane_key(&self) -> Option<&str> {
        self.user_id.as_deref().or(self.wa_id.as_deref())
    }
}

/// One decoded event.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The number it came over; empty for account-level events.
    pub phone_number_id: String,
    /// When it happened, by the provider's clock (seconds resolution); `None` when it does not say.
    pub at: Option<Ms>,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// The customer sent a message.
    Message(Box<InboundMessage>),
    /// The business owner sent a message in the phone app (coexistence echo) to this customer.
    Echo(Box<InboundMessage>),
    /// A message we sent moved on.
    Status(Box<StatusUpdate>),
    /// The customer changed, took back, or reacted to a message.
    Amend(Box<Amendment>),
    /// The customer's ids changed (new number, new BSUID); shown as a line in the thread.
    Renamed(Box<Renamed>),
    /// The customer stopped or resumed marketing messages in the app.
    Preference(Box<Preference>),
    /// Something about a template, a number or the account.
    Account(Box<AccountEvent>),
    /// A field or shape we do not act on; kept as it is.
    Other {
        /// The webhook field.
        field: String,
        /// Why nothing is done with it.
        note: String,
    },
}

/// A message from the customer, or an echo of one from the owner's phone.
#[derive(Debug, Clone, PartialEq)]
pub struct InboundMessage {
    /// Provider id (wamid).
    pub id: String,
    /// The customer's side of the conversation.
    pub customer: Customer,
    /// What was said.
    pub content: Content,
    /// Provider id of the message it answers.
    pub reply_to: Option<String>,
    /// Forwarded by the customer.
    pub forwarded: bool,
    /// Click-to-WhatsApp referral, as the provider gave it.
    pub referral: Option<Value>,
    /// Group id for group messages.
    pub group_id: Option<String>,
}

/// A delivery report.
#[derive(Debug, Clone, PartialEq)]
pub struct StatusUpdate {
    /// Provider id of the message.
    pub id: String,
    /// New status: sent, delivered, read or failed; anything else becomes an `Other` event.
    pub status: Status,
    /// The recipient, with what ids were given.
    pub customer: Customer,
    /// Our own callback text, echoed.
    pub callback: Option<String>,
    /// Why, when failed.
    pub failure: Option<Failure>,
    /// What the provider charges for it, when the report says so.
    pub pricing: Option<crate::cost::Price>,
}

/// A change to an earlier message.
#[derive(Debug, Clone, PartialEq)]
pub struct Amendment {
    /// Provider id of the event itself.
    pub id: String,
    /// Provider id of the message that changes.
    pub target: String,
    /// Who did it.
    pub customer: Customer,
    /// What changes.
    pub change: Amend,
    /// True when the owner did it in the phone app.
    pub by_business: bool,
}

/// What changes about an earlier message.
#[derive(Debug, Clone, PartialEq)]
pub enum Amend {
    /// New content.
    Edit(Content),
    /// Deleted for everyone.
    Revoke,
    /// Emoji set, or removed when `None`.
    React(Option<String>),
}

/// The customer's ids changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Renamed {
    /// Provider id of the system message, when there was one.
    pub id: String,
    /// The ids before.
    pub old: Customer,
    /// The ids now.
    pub new: Customer,
    /// `user_changed_number`, `user_changed_user_id`, `customer_identity_changed`.
    pub event: String,
    /// Text for people.
    pub body: String,
}

/// The customer's marketing preference (`user_preferences`).
#[derive(Debug, Clone, PartialEq)]
pub struct Preference {
    /// Who.
    pub customer: Customer,
    /// True when marketing is welcome again, false when stopped.
    pub marketing: bool,
    /// The provider's words, kept as proof.
    pub proof: String,
}

/// Something about a template, number or account (`whatsapp-cloud-api.md` §5).
#[derive(Debug, Clone, PartialEq)]
pub enum AccountEvent {
    /// A template's review or pause status.
    TemplateStatus {
        /// Provider's template id.
        id: String,
        /// Name.
        name: String,
        /// Language, underscore form.
        language: String,
        /// APPROVED, REJECTED, PAUSED, ...
        status: String,
        /// Reason given.
        reason: Option<String>,
    },
    /// A template's quality colour.
    TemplateQuality {
        /// Provider's template id.
        id: String,
        /// Name.
        name: String,
        /// Language, underscore form.
        language: String,
        /// GREEN, YELLOW, RED or UNKNOWN.
        quality: String,
    },
    /// A template's category changed (or will, when `previous` is absent).
    TemplateCategory {
        /// Provider's template id.
        id: String,
        /// Name.
        name: String,
        /// Language, underscore form.
        language: String,
        /// The category it has now.
        category: String,
        /// True when this only announces the change.
        announced: bool,
    },
    /// The number's limit or throughput changed.
    NumberQuality {
        /// Display number, digits.
        display_phone: String,
        /// Event word.
        event: String,
        /// Distinct customers a day; `None` = unlimited or not said.
        limit: Option<i64>,
        /// True when the limit is unlimited.
        unlimited: bool,
    },
    /// Any other account field worth showing on the channel's timeline.
    Notice {
        /// The webhook field.
        field: String,
        /// What happened in the provider's words, for example `ACCOUNT_RESTRICTION`; empty when the field says it all.
        code: String,
        /// One sentence.
        summary: String,
        /// Whether sending must stop.
        blocking: bool,
    },
}

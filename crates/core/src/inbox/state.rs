//! The values that decisions read and write.

use crate::contact::identity::Identity;
use crate::message::{Content, Direction, Failure, Status};
use crate::{ChannelId, ContactId, ConversationId, MessageId, Ms, TeamId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A contact as decisions see it.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactState {
    /// Id.
    pub id: ContactId,
    /// The lane that everything about this contact is decided in; never changes.
    pub lane: u16,
    /// Display name; empty when unknown.
    pub name: String,
    /// WhatsApp username, display only.
    pub username: Option<String>,
    /// E.164 number when known.
    pub phone: Option<String>,
    /// ISO country code from the number.
    pub country: Option<String>,
    /// `unknown`, `opted_in` or `opted_out` for marketing.
    pub marketing_consent: String,
    /// Where the contact came from (referral of the first message).
    pub source: Option<Value>,
    /// First and last message from the customer.
    pub first_inbound_at: Option<Ms>,
    /// Last message from the customer.
    pub last_inbound_at: Option<Ms>,
    /// Every identity that leads here.
    pub identities: Vec<Identity>,
    /// When each synchronised field last changed, by field name.
    pub field_stamps: std::collections::BTreeMap<String, Ms>,
    /// When the row was made.
    pub created_at: Ms,
    /// When the row last changed.
    pub updated_at: Ms,
}

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationStatus {
    /// Needs the team.
    Open,
    /// Waits for something (an automation, a third party).
    Pending,
    /// Comes back at a time.
    Snoozed,
    /// Done.
    Resolved,
}

impl ConversationStatus {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Snoozed => "snoozed",
            Self::Resolved => "resolved",
        }
    }

    /// Reads a stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Open, Self::Pending, Self::Snoozed, Self::Resolved].into_iter().find(|status| status.code() == code)
    }
}

/// How urgent a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Not set.
    None,
    /// Can wait.
    Low,
    /// Ordinary.
    Medium,
    /// Before others.
    High,
    /// At once.
    Urgent,
}

impl Priority {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// Reads a stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::None, Self::Low, Self::Medium, Self::High, Self::Urgent].into_iter().find(|p| p.code() == code)
    }
}

/// A conversation as decisions see it.
#[derive(Debug, Clone, PartialEq)]
pub struct ConversationState {
    /// Id.
    pub id: ConversationId,
    /// The customer.
    pub contact_id: ContactId,
    /// The channel.
    pub channel_id: ChannelId,
    /// The contact's lane.
    pub lane: u16,
    /// Open, pending, snoozed or resolved.
    pub status: ConversationStatus,
    /// Urgency.
    pub priority: Priority,
    /// The agent in charge.
    pub assignee_id: Option<UserId>,
    /// The team in charge.
    pub team_id: Option<TeamId>,
    /// When a snoozed conversation comes back.
    pub snoozed_until: Option<Ms>,
    /// Customer messages nobody has looked at.
    pub unread: i32,
    /// Moment of the newest line; orders the inbox.
    pub last_message_at: Ms,
    /// The newest line.
    pub last_message_id: Option<MessageId>,
    /// Its direction.
    pub last_direction: Direction,
    /// Its kind.
    pub last_kind: String,
    /// Its words, shortened.
    pub last_preview: String,
    /// Its status.
    pub last_status: Status,
    /// Last customer message.
    pub last_inbound_at: Option<Ms>,
    /// Provider id of the last customer message, for read marks.
    pub last_inbound_provider_id: Option<String>,
    /// End of the 24 h customer service window; `None` when it never opened.
    pub window_expires_at: Option<Ms>,
    /// Since when the customer waits for an answer; `None` when we spoke last.
    pub waiting_since: Option<Ms>,
    /// First answer by the business.
    pub first_response_at: Option<Ms>,
    /// When it was resolved.
    pub resolved_at: Option<Ms>,
    /// When it began.
    pub created_at: Ms,
    /// When the row last changed.
    pub updated_at: Ms,
}

/// A message as decisions see it.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageState {
    /// Id.
    pub id: MessageId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// Its customer.
    pub contact_id: ContactId,
    /// Its channel.
    pub channel_id: ChannelId,
    /// Who said it.
    pub direction: Direction,
    /// The provider's id, once known.
    pub provider_id: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// When it got there.
    pub status_at: Option<Ms>,
    /// Taken by the provider.
    pub sent_at: Option<Ms>,
    /// Arrived.
    pub delivered_at: Option<Ms>,
    /// Read.
    pub read_at: Option<Ms>,
    /// Failed.
    pub failed_at: Option<Ms>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// The latest reaction of each side.
    pub reactions: Vec<Reaction>,
    /// Changed by its author.
    pub edited_at: Option<Ms>,
    /// Deleted for everyone.
    pub revoked_at: Option<Ms>,
    /// What the provider charges for it, once it has said so.
    pub price: Option<crate::cost::Price>,
    /// Replaces the content, when edited in this batch.
    pub content: Option<Content>,
    /// Preview of the replaced content.
    pub preview: Option<String>,
}

/// One side's reaction to a message; kept when it was taken back, so that an older one cannot return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// `contact` or `business`.
    pub by: String,
    /// The emoji; `None` when taken back.
    pub emoji: Option<String>,
    /// When, by the provider's clock.
    pub at: Ms,
    /// Provider id of the event, which breaks ties within one second.
    pub event: String,
}

/// A row to be inserted into the thread.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    /// Id.
    pub id: MessageId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// Its customer.
    pub contact_id: ContactId,
    /// Its channel.
    pub channel_id: ChannelId,
    /// Who said it.
    pub direction: Direction,
    /// When it was said, by the provider's clock where there is one.
    pub at: Ms,
    /// When we stored it.
    pub created_at: Ms,
    /// `contact`, `user`, `rule`, `api`, `system`, `phone_app`.
    pub author_kind: String,
    /// The user or rule.
    pub author_id: Option<uuid::Uuid>,
    /// The author's name at that moment.
    pub author_name: Option<String>,
    /// The provider's id.
    pub provider_id: Option<String>,
    /// The id our client gave it, for idempotence.
    pub client_id: Option<String>,
    /// What was said.
    pub content: Content,
    /// Its words, shortened, for lists.
    pub preview: String,
    /// Where it stands.
    pub status: Status,
    /// Provider id of the message it answers.
    pub reply_to_provider_id: Option<String>,
    /// Our id of the message it answers.
    pub reply_to_id: Option<MessageId>,
    /// The file row, when it carries a file.
    pub media_id: Option<crate::MediaId>,
}

/// A line of the consent ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct ConsentRecord {
    /// Whose.
    pub contact_id: ContactId,
    /// What for: `marketing`.
    pub purpose: String,
    /// `opted_in` or `opted_out`.
    pub state: String,
    /// Where it came from: `whatsapp_preference`, `error_131050`, `agent`, ...
    pub source: String,
    /// Words that prove it.
    pub proof: String,
    /// When.
    pub at: Ms,
}

/// A domain event for browsers, webhooks and roll-ups.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedEvent {
    /// `message.created`, `message.updated`, `conversation.created`, ...
    pub kind: &'static str,
    /// When.
    pub at: Ms,
    /// The conversation, when about one.
    pub conversation_id: Option<ConversationId>,
    /// The contact, when about one.
    pub contact_id: Option<ContactId>,
    /// The message, when about one.
    pub message_id: Option<MessageId>,
    /// Small facts, never message bodies.
    pub data: Value,
}

/// Something that should change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A new contact with its identities.
    CreateContact(ContactState),
    /// The contact now looks like this (identities excluded).
    UpdateContact(ContactState),
    /// One more way to find the contact.
    AddIdentity(ContactId, Identity),
    /// The contact wrote from this id, which it has, and not from the one it was heard from before: answers go there.
    HeardFrom(ContactId, Identity, Ms),
    /// An id that no longer belongs to the contact (kept as history).
    RetireIdentity(ContactId, Identity),
    /// A new conversation.
    CreateConversation(ConversationState),
    /// The conversation now looks like this.
    UpdateConversation(ConversationState),
    /// A new line in a thread.
    InsertMessage(NewMessage),
    /// The message now looks like this.
    UpdateMessage(MessageState),
    /// A line of the consent ledger.
    Consent(ConsentRecord),
    /// Tell whoever listens.
    Feed(FeedEvent),
}

/// Work to be done after the commit, stored as a job in the same transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Fetch a file from the provider before its id expires.
    FetchMedia {
        /// The file row.
        media_id: crate::MediaId,
        /// The message that carries it.
        message_id: MessageId,
        /// The channel whose token may read it.
        channel_id: ChannelId,
        /// What the provider said about it.
        media: crate::message::Media,
    },
    /// A contact changed: every connection that wants contacts pushes it.
    PushContact(ContactId),
    /// Two contacts turned out to be one person.
    MergeContacts {
        /// The one that stays.
        keep: ContactId,
        /// The one that becomes a pointer.
        gone: ContactId,
    },
    /// Events that waited for this provider message may be decided now.
    Release {
        /// Channel of the message.
        channel_id: ChannelId,
        /// Key of the provider id.
        key: [u8; 16],
    },
    /// A status proved what became of a send whose answer was missing.
    SettleSend {
        /// The message.
        message_id: MessageId,
        /// The provider's id.
        provider_id: String,
    },
    /// An account, number or template event that a use case outside the inbox handles.
    Account {
        /// Channel it came over.
        channel_id: ChannelId,
        /// What happened.
        event: Box<crate::inbound::AccountEvent>,
    },
}

/// How an event ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// A message came in.
    Message(MessageId),
    /// An existing row changed.
    Updated(MessageId),
    /// Contact-level change.
    Contact(ContactId),
    /// It told nothing new (older status, same reaction).
    Stale,
    /// The same provider message is already stored.
    Duplicate,
    /// Its target is not here yet: try again when it comes, at the latest then.
    Waiting {
        /// Key of the target's provider id.
        key: [u8; 16],
        /// When waiting ends.
        until: Ms,
    },
    /// It waited for its target in vain; kept, nothing to change.
    Unmatched,
    /// It belongs to another lane.
    Relane(u16),
    /// Account-level event.
    Account,
    /// Kept, nothing to do.
    Ignored(String),
    /// It cannot be decided: who it is about is not said.
    Quarantine(String),
}

impl Outcome {
    /// The word stored beside the raw event.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Updated(_) => "updated",
            Self::Contact(_) => "contact",
            Self::Stale => "stale",
            Self::Duplicate => "duplicate",
            Self::Waiting { .. } => "waiting",
            Self::Unmatched => "unmatched",
            Self::Relane(_) => "relane",
            Self::Account => "account",
            Self::Ignored(_) => "ignored",
            Self::Quarantine(_) => "quarantine",
        }
    }
}

/// The answer to one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What changes.
    pub changes: Vec<Change>,
    /// What is to be done afterwards.
    pub effects: Vec<Effect>,
    /// How it ended.
    pub outcome: Outcome,
}

impl Decision {
    /// A decision that changes nothing.
    #[must_use]
    pub fn nothing(outcome: Outcome) -> Self {
        Self { changes: Vec::new(), effects: Vec::new(), outcome }
    }
}

/// Workspace settings that inbox decisions depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// ISO country for numbers without country code.
    pub default_country: String,
    /// A resolved conversation is reopened by a message within this time; later a new one begins. Milliseconds.
    pub reopen_within_ms: i64,
    /// How long a status, edit or reaction waits for its message. Milliseconds.
    pub wait_for_target_ms: i64,
    /// The workspace's own stop and start words.
    pub words: crate::contact::stop::Words,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            default_country: "US".to_owned(),
            reopen_within_ms: 3 * crate::time::DAY,
            wait_for_target_ms: crate::time::HOUR,
            words: crate::contact::stop::Words::default(),
        }
    }
}

/// What surrounds one event.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The channel it came over.
    pub channel_id: ChannelId,
    /// Workspace, for lane hashing.
    pub workspace_id: crate::WorkspaceId,
    /// The lane the event was read from.
    pub lane: u16,
    /// True when the lane is among those this transaction has locked.
    pub locked: &'a dyn Fn(u16) -> bool,
    /// When we received the event.
    pub received_at: Ms,
    /// When waiting for a target ends at the latest: set when the event waited before.
    pub wait_until: Option<Ms>,
    /// Now.
    pub now: Ms,
    /// Settings.
    pub policy: &'a Policy,
}

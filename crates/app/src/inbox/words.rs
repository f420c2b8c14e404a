//! The words of the API, as the OpenAPI document lists them. What they mean stands in `core`.

use rapport_core::inbox::{ConversationStatus, Priority};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Where a conversation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConversationStatus)]
pub enum StatusWord {
    /// Needs the team.
    Open,
    /// Waits for something.
    Pending,
    /// Comes back at a time.
    Snoozed,
    /// Done.
    Resolved,
}

impl From<StatusWord> for ConversationStatus {
    fn from(word: StatusWord) -> Self {
        match word {
            StatusWord::Open => Self::Open,
            StatusWord::Pending => Self::Pending,
            StatusWord::Snoozed => Self::Snoozed,
            StatusWord::Resolved => Self::Resolved,
        }
    }
}

/// How urgent a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Priority)]
pub enum PriorityWord {
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

impl From<PriorityWord> for Priority {
    fn from(word: PriorityWord) -> Self {
        match word {
            PriorityWord::None => Self::None,
            PriorityWord::Low => Self::Low,
            PriorityWord::Medium => Self::Medium,
            PriorityWord::High => Self::High,
            PriorityWord::Urgent => Self::Urgent,
        }
    }
}

impl From<Priority> for PriorityWord {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::None => Self::None,
            Priority::Low => Self::Low,
            Priority::Medium => Self::Medium,
            Priority::High => Self::High,
            Priority::Urgent => Self::Urgent,
        }
    }
}

/// Who a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Direction)]
pub enum DirectionWord {
    /// The customer.
    In,
    /// The business.
    Out,
    /// A private note.
    Note,
    /// Something that happened to the conversation.
    Event,
}

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageStatus)]
pub enum MessageStatusWord {
    /// Stored, waits for the moment somebody chose.
    Scheduled,
    /// Stored, waits for its turn.
    Queued,
    /// The guard delays it.
    Held,
    /// Handed over, the answer is not known yet.
    Sending,
    /// The answer was lost: it may have gone out.
    Unknown,
    /// The provider took it.
    Sent,
    /// Arrived.
    Delivered,
    /// Read.
    Read,
    /// The provider refused or could not deliver it.
    Failed,
    /// The guard refused it.
    Refused,
    /// Taken back before it went.
    Withdrawn,
    /// Came from the customer.
    Received,
    /// A private note.
    Note,
    /// A conversation event.
    Event,
}

/// What kind of author.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuthorKind)]
pub enum AuthorWord {
    /// The customer.
    Contact,
    /// A person of the team.
    User,
    /// An automation rule.
    Rule,
    /// A program, over the API.
    Api,
    /// Rapport itself.
    System,
    /// The owner, on the phone.
    PhoneApp,
    /// A campaign.
    Campaign,
}

/// A value that may be left out, given, or taken away with null.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(reader: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(reader).map(Some)
}

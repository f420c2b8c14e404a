//! The canonical message: what was said, independent of any provider's wire format.

pub mod check;
mod shown;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who a line of a conversation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The customer wrote it.
    In,
    /// The business wrote it (an agent, a rule, the API, or the owner's phone app).
    Out,
    /// A private note, seen by the team only.
    Note,
    /// Something that happened to the conversation (assigned, resolved, ...).
    Event,
}

impl Direction {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Note => "note",
            Self::Event => "event",
        }
    }
}

/// The kind of an attached file, as WhatsApp distinguishes them (`whatsapp-cloud-api.md` §3, §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// JPEG or PNG picture.
    Image,
    /// MP4 or 3GPP film.
    Video,
    /// A sound file.
    Audio,
    /// A voice note: Ogg Opus, recorded in the chat.
    Voice,
    /// Any file with a name.
    Document,
    /// WebP sticker.
    Sticker,
}

impl MediaKind {
    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Voice => "voice",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }
}

/// A file in a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Media {
    /// What sort of file it is.
    pub kind: MediaKind,
    /// Our own stored copy; absent until the file is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_id: Option<uuid::Uuid>,
    /// The provider's id of the file, which expires (7 days on inbound, 30 on upload).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_media_id: Option<String>,
    /// MIME type as told by the sender, parameters included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// File name, for documents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// Text shown under the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caption: Option<String>,
    /// SHA-256 in lower-case hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Size in bytes, once known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<i64>,
    /// Whether a sticker moves.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub animated: bool,
}

/// A shared contact card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactCard {
    /// Formatted name.
    pub name: String,
    /// Phone numbers as written on the card.
    #[serde(default)]
    pub phones: Vec<String>,
    /// E-mail addresses.
    #[serde(default)]
    pub emails: Vec<String>,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// True when the customer shared their own number on our request (`request_contact_info`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

/// A line of a customer's order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderItem {
    /// The shop's own product code (SKU).
    pub sku: String,
    /// How many.
    pub quantity: i64,
    /// Price of one, in minor units (cents); rounded from the provider's decimal.
    pub price_minor: i64,
    /// ISO 4217 currency code.
    pub currency: String,
}

/// What was said. Serialised with the tag `type`; this JSON is the API's and the store's format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// Plain text (1-4096 characters outbound).
    Text {
        /// The text.
        body: String,
        /// Whether a link preview is wanted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        preview_url: Option<bool>,
    },
    /// A picture, film, sound, document or sticker.
    Media(Media),
    /// A place.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// Name of the place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Postal address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        /// Link to the place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// Contact cards.
    Contacts {
        /// The cards.
        cards: Vec<ContactCard>,
    },
    /// An approved template with its parameters, as Meta's `components` (`whatsapp-cloud-api.md` §6).
    Template {
        /// Template name.
        name: String,
        /// Language code with underscore, for example `en_US`.
        language: String,
        /// Send components.
        #[serde(default)]
        components: Value,
        /// The text the customer reads, rendered when it was sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        preview: Option<String>,
    },
    /// Buttons, lists and other interactive messages; `action` keeps Meta's shape.
    Interactive {
        /// `button`, `list`, `cta_url`, ...
        kind: String,
        /// Optional header object.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        header: Option<Value>,
        /// Body text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// Footer text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
        /// Buttons, sections, parameters.
        #[serde(default)]
        action: Value,
    },
    /// The customer tapped a button, chose a row or finished a flow.
    Reply {
        /// `button`, `list`, `flow`, `template_button`, `call_permission`, `address`.
        kind: String,
        /// The id or payload we gave the button.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// What the customer saw.
        title: String,
        /// Second line of a list row.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// Answers of a flow.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        data: Option<Value>,
        /// The names in `data` as they came: a form's answers are read in the order they were asked in.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        order: Vec<String>,
    },
    /// A cart sent from the catalogue.
    Order {
        /// Catalogue id.
        catalog_id: String,
        /// The customer's remark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// Lines.
        items: Vec<OrderItem>,
    },
    /// An emoji on a message; `None` takes it back. Outbound only: inbound ones change their target instead.
    Reaction {
        /// Provider id of the message reacted to.
        target: String,
        /// The emoji.
        emoji: Option<String>,
    },
    /// Something the provider reports inside the thread (number changed, identity changed).
    System {
        /// `user_changed_number`, `user_changed_user_id`, `customer_identity_changed`, `call`, ...
        event: String,
        /// Text for people.
        body: String,
    },
    /// A private note.
    Note {
        /// The text.
        body: String,
        /// Users mentioned.
        #[serde(default)]
        mentions: Vec<uuid::Uuid>,
    },
    /// A conversation event shown as one quiet line.
    Event {
        /// `assigned`, `status_changed`, `priority_changed`, ...
        event: String,
        /// Values of that moment.
        #[serde(default)]
        data: Value,
    },
    /// A message we cannot show; kept and shown as a placeholder.
    Unsupported {
        /// The provider's type word.
        kind: String,
        /// Why, in the provider's words or ours.
        reason: String,
    },
}

impl Content {
    /// The kind as stored beside the message: the tag, or the media kind for files.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Media(media) => media.kind.code(),
            Self::Location { .. } => "location",
            Self::Contacts { .. } => "contacts",
            Self::Template { .. } => "template",
            Self::Interactive { .. } => "interactive",
            Self::Reply { .. } => "reply",
            Self::Order { .. } => "order",
            Self::Reaction { .. } => "reaction",
            Self::System { .. } => "system",
            Self::Note { .. } => "note",
            Self::Event { .. } => "event",
            Self::Unsupported { .. } => "unsupported",
        }
    }

    /// The words in it, for previews and search; empty when there are none. Of a code to sign in with only the end.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text { body, .. } | Self::Note { body, .. } | Self::System { body, .. } => body.clone(),
            Self::Media(media) => join(&[media.caption.as_deref(), media.filename.as_deref()]),
            Self::Location { name, address, .. } => join(&[name.as_deref(), address.as_deref()]),
            Self::Contacts { cards } => cards.iter().map(|card| card.name.as_str()).collect::<Vec<_>>().join(", "),
            Self::Template { preview, name, components, .. } => match preview {
                Some(words) => shown::without_code(words, components),
                None => name.clone(),
            },
            Self::Interactive { body, footer, .. } => join(&[body.as_deref(), footer.as_deref()]),
            // WhatsApp's own title of every filled form is "Sent": what was filled in says more. That of an address is it.
            Self::Reply { kind, title, data, order, .. } if kind == "flow" || title == "address_message" => {
                let answers = data.as_ref().map(|data| shown::answers(data, order)).unwrap_or_default();
                if answers.is_empty() { title.clone() } else { answers }
            }
            Self::Reply { title, description, .. } => join(&[Some(title), description.as_deref()]),
            Self::Order { text, items, .. } => {
                let codes = items.iter().map(|item| item.sku.as_str()).collect::<Vec<_>>().join(", ");
                join(&[text.as_deref(), Some(&codes)])
            }
            Self::Reaction { emoji, .. } => emoji.clone().unwrap_or_default(),
            Self::Event { .. } => String::new(),
            Self::Unsupported { .. } => String::new(),
        }
    }

    /// The file in it, when there is one.
    #[must_use]
    pub fn media(&self) -> Option<&Media> {
        match self {
            Self::Media(media) => Some(media),
            _ => None,
        }
    }
}

fn join(parts: &[Option<&str>]) -> String {
    let present: Vec<&str> = parts.iter().flatten().copied().filter(|part| !part.is_empty()).collect();
    present.join(" · ")
}

/// Where a message stands. Inbound messages stay `Received`; notes and events have their own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Came from the customer.
    Received,
    /// Stored, waiting for the moment somebody chose.
    Scheduled,
    /// Stored, waiting for its turn.
    Queued,
    /// The guard delays it.
    Held,
    /// Handed to the provider, answer not yet known.
    Sending,
    /// Handed over, but the answer was lost: it may or may not have gone out.
    Unknown,
    /// The provider took it.
    Sent,
    /// Arrived on the customer's phone.
    Delivered,
    /// Read by the customer.
    Read,
    /// The provider refused or could not deliver.
    Failed,
    /// The guard refused; nothing was handed over.
    Refused,
    /// Taken back before anything was handed over.
    Withdrawn,
    /// A private note.
    Note,
    /// A conversation event.
    Event,
}

impl Status {
    /// Every status, for tables and tests.
    pub const ALL: [Self; 14] = [
        Self::Received,
        Self::Scheduled,
        Self::Queued,
        Self::Held,
        Self::Sending,
        Self::Unknown,
        Self::Sent,
        Self::Delivered,
        Self::Read,
        Self::Failed,
        Self::Refused,
        Self::Withdrawn,
        Self::Note,
        Self::Event,
    ];

    /// The short code that is stored and sent over the API.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Scheduled => "scheduled",
            Self::Queued => "queued",
            Self::Held => "held",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Note => "note",
            Self::Event => "event",
        }
    }

    /// Reads a stored code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// How far along the road to the customer's eyes; statuses merge by taking the farther one.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Scheduled | Self::Queued | Self::Held => 1,
            Self::Refused | Self::Withdrawn => 2,
            Self::Sending => 3,
            Self::Unknown => 4,
            Self::Sent => 5,
            Self::Failed => 6,
            Self::Delivered => 7,
            Self::Read => 8,
            Self::Received | Self::Note | Self::Event => 9,
        }
    }

    /// Not out yet as far as is known: it waits, or a try at it has no answer.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Scheduled | Self::Queued | Self::Held | Self::Sending | Self::Unknown)
    }

    /// Joins two reports about one message in any order: the result never depends on which came first.
    ///
    /// `Failed` outranks `Sent` (it may follow it days later) but not proof of delivery.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }
}

/// Why a message did not reach the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The provider's code, 0 when the failure is ours (connection lost, guard), [`Failure::HOPELESS`] when it is ours and
    /// the same message would fail again.
    pub code: i64,
    /// The provider's own title and details, for the support case.
    pub detail: String,
}

impl Failure {
    /// The code of what was not handed over because it cannot be sent as it is. No provider has negative codes.
    pub const HOPELESS: i64 = -1;
}

//! What messages say, as the OpenAPI document describes it. The value itself is `core::message::Content`; a test of the
//! API holds every answer against this description.

use rapport_core::message::Content;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// What is said, tagged by `type`. Out go text, media, location, contacts, template, interactive and reaction.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = Content)]
pub enum ContentView {
    /// Plain text.
    Text {
        /// 1 to 4096 characters outbound.
        body: String,
        /// Whether a link preview is wanted.
        #[serde(skip_serializing_if = "Option::is_none")]
        preview_url: Option<bool>,
    },
    /// A file.
    Media(MediaContent),
    /// A place.
    Location {
        /// Degrees north.
        latitude: f64,
        /// Degrees east.
        longitude: f64,
        /// Name of the place.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// Postal address.
        #[serde(skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        /// Link to it.
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
    },
    /// Contact cards.
    Contacts {
        /// 1 to 257 cards.
        cards: Vec<CardContent>,
    },
    /// An approved template with its parameters.
    Template {
        /// Template name.
        name: String,
        /// Language code with underscore: `en_US`.
        language: String,
        /// Meta's send components; null or empty when the template has no placeholders.
        #[serde(skip_serializing_if = "Value::is_null")]
        components: Value,
        /// What the customer reads; made by the server.
        #[serde(skip_serializing_if = "Option::is_none")]
        preview: Option<String>,
    },
    /// Buttons, lists and the like; `header` and `action` keep Meta's shape.
    Interactive {
        /// `button`, `list`, `cta_url`, ...
        kind: String,
        /// Header object.
        #[serde(skip_serializing_if = "Option::is_none")]
        header: Option<Value>,
        /// Body text.
        #[serde(skip_serializing_if = "Option::is_none")]
        body: Option<String>,
        /// Footer text.
        #[serde(skip_serializing_if = "Option::is_none")]
        footer: Option<String>,
        /// Buttons, sections, parameters.
        #[serde(skip_serializing_if = "Value::is_null")]
        action: Value,
        /// Its words in one line; made by the server.
        #[serde(skip_serializing_if = "Option::is_none")]
        summary: Option<String>,
    },
    /// The customer tapped a button, chose a row or finished a flow.
    Reply {
        /// `button`, `list`, `flow`, `template_button`, `call_permission`, `address`.
        kind: String,
        /// The id or payload we gave the button.
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// What the customer saw.
        title: String,
        /// Second line of a row.
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String>,
        /// Answers of a flow.
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<Value>,
        /// The names in `data`, and of an address in its `values`, as they came; left out where they are not known.
        #[serde(skip_serializing_if = "Option::is_none")]
        order: Option<Vec<String>>,
    },
    /// A cart from the catalogue.
    Order {
        /// Catalogue id.
        catalog_id: String,
        /// The customer's remark.
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// Lines.
        items: Vec<OrderLine>,
    },
    /// An emoji on a message; null takes it back.
    Reaction {
        /// The message reacted to.
        target: String,
        /// The emoji.
        emoji: Option<String>,
    },
    /// Something the provider reports.
    System {
        /// `user_changed_number`, ...
        event: String,
        /// Text for people.
        body: String,
    },
    /// A private note.
    Note {
        /// The text.
        body: String,
        /// Users mentioned.
        mentions: Vec<Uuid>,
    },
    /// Something that happened to the conversation.
    Event {
        /// `assigned`, `status_changed`, `priority_changed`, ...
        event: String,
        /// Values of that moment.
        data: Value,
    },
    /// A message that cannot be shown.
    Unsupported {
        /// The provider's type word.
        kind: String,
        /// Why.
        reason: String,
    },
}

/// A file in a message. Outbound `media_id` names an uploaded file; the rest is filled in by the server.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MediaContent {
    /// `image`, `video`, `audio`, `voice`, `document`, `sticker`.
    kind: MediaWord,
    /// Our stored copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    media_id: Option<Uuid>,
    /// MIME type.
    #[serde(skip_serializing_if = "Option::is_none")]
    mime: Option<String>,
    /// File name, for documents.
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<String>,
    /// Text under the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
    /// Bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<i64>,
    /// SHA-256, lower-case hexadecimal.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Whether a sticker moves.
    #[serde(skip_serializing_if = "Option::is_none")]
    animated: Option<bool>,
}

/// What sort of file.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MediaKind)]
pub enum MediaWord {
    /// JPEG or PNG picture.
    Image,
    /// Film.
    Video,
    /// Sound file.
    Audio,
    /// Voice note.
    Voice,
    /// Any file.
    Document,
    /// WebP sticker.
    Sticker,
}

/// A contact card.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ContactCard)]
pub struct CardContent {
    /// Formatted name.
    name: String,
    /// Numbers as written.
    phones: Vec<String>,
    /// E-mail addresses.
    emails: Vec<String>,
    /// Company.
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<String>,
}

/// A line of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = OrderItem)]
pub struct OrderLine {
    /// The shop's product code.
    sku: String,
    /// How many.
    quantity: i64,
    /// Price of one, in minor units.
    price_minor: i64,
    /// ISO 4217 code.
    currency: String,
}

/// A content as it is sent over the API: without the provider's ids, an interactive one with its words, and a reaction
/// naming the message by our id (`target`).
pub(super) fn json(content: &Content, target: Option<Uuid>) -> Value {
    let mut json = serde_json::to_value(content).unwrap_or_default();
    match content {
        Content::Media(_) => {
            if let Some(fields) = json.as_object_mut() {
                fields.remove("provider_media_id");
            }
        }
        Content::Interactive { .. } => json["summary"] = content.text().into(),
        Content::Reaction { .. } => {
            if let Some(target) = target {
                json["target"] = target.to_string().into();
            }
        }
        _ => {}
    }
    json
}

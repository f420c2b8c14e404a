//! The fields that conditions may ask about: one table for reading them, checking drafts and drawing the form.

use super::condition::Is;
use super::judge::Scene;
use super::value::Value;
use crate::contact::{Window, tags};
use crate::shop::{Order, OrderStatus, ParcelStatus, current};
use crate::time::MINUTE;
use serde::Serialize;

/// What begins the name of a contact's own field.
pub(super) const OWN: &str = "contact.fields.";

/// What kind of value a field has, and with it how it is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Words.
    Text,
    /// What the customer wrote.
    Message,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// One of a few words.
    Choice,
    /// A team.
    Team,
    /// A user.
    User,
    /// A channel.
    Channel,
    /// Tags.
    Tags,
    /// A moment.
    Moment,
    /// A contact's own field: words or a number.
    Own,
}

/// What a comparison compares with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// With nothing.
    Nothing,
    /// One value of the field's kind.
    One,
    /// A list of them.
    Several,
    /// A number.
    Number,
    /// A length of time, minutes.
    Minutes,
}

impl Is {
    /// What it compares with.
    #[must_use]
    pub fn wants(self) -> Wanted {
        match self {
            Self::Empty | Self::Filled => Wanted::Nothing,
            Self::OneOf | Self::NoneOf | Self::Says | Self::SaysNot | Self::HasAny | Self::HasNone => Wanted::Several,
            Self::MoreThan | Self::AtLeast | Self::LessThan | Self::AtMost => Wanted::Number,
            Self::Within | Self::LongerAgo => Wanted::Minutes,
            Self::Is
            | Self::IsNot
            | Self::Contains
            | Self::ContainsNot
            | Self::StartsWith
            | Self::Has
            | Self::HasNot => Wanted::One,
        }
    }
}

const NUMBER: &[Is] = &[Is::Is, Is::IsNot, Is::MoreThan, Is::AtLeast, Is::LessThan, Is::AtMost, Is::Empty, Is::Filled];
const TEXT: &[Is] =
    &[Is::Is, Is::IsNot, Is::OneOf, Is::NoneOf, Is::Contains, Is::ContainsNot, Is::StartsWith, Is::Empty, Is::Filled];

impl Kind {
    /// How values of the kind are compared.
    #[must_use]
    pub fn comparisons(self) -> &'static [Is] {
        match self {
            Self::Text => TEXT,
            Self::Message => &[
                Is::Says,
                Is::SaysNot,
                Is::Contains,
                Is::ContainsNot,
                Is::StartsWith,
                Is::Is,
                Is::IsNot,
                Is::OneOf,
                Is::NoneOf,
                Is::Empty,
                Is::Filled,
            ],
            Self::Number => NUMBER,
            Self::Flag => &[Is::Is],
            Self::Choice | Self::Channel => &[Is::Is, Is::IsNot, Is::OneOf, Is::NoneOf],
            Self::Team | Self::User => &[Is::Is, Is::IsNot, Is::OneOf, Is::NoneOf, Is::Empty, Is::Filled],
            Self::Tags => &[Is::Has, Is::HasNot, Is::HasAny, Is::HasNone, Is::Empty, Is::Filled],
            Self::Moment => &[Is::Within, Is::LongerAgo, Is::Empty, Is::Filled],
            Self::Own => &[
                Is::Is,
                Is::IsNot,
                Is::OneOf,
                Is::NoneOf,
                Is::Contains,
                Is::ContainsNot,
                Is::MoreThan,
                Is::AtLeast,
                Is::LessThan,
                Is::AtMost,
                Is::Empty,
                Is::Filled,
            ],
        }
    }
}

/// A field that conditions may ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// The words it may be, for a choice.
    #[serde(skip_serializing_if = "<[&str]>::is_empty")]
    pub options: &'static [&'static str],
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, options: &[] }
}

const fn choice(name: &'static str, options: &'static [&'static str]) -> Field {
    Field { name, kind: Kind::Choice, options }
}

const FIELDS: &[Field] = &[
    field("message.text", Kind::Message),
    choice(
        "message.kind",
        &[
            "text",
            "image",
            "video",
            "audio",
            "voice",
            "document",
            "sticker",
            "location",
            "contacts",
            "reply",
            "order",
            "unsupported",
        ],
    ),
    field("message.language", Kind::Text),
    field("message.mood", Kind::Number),
    field("message.intent", Kind::Text),
    field("message.hot_words", Kind::Tags),
    field("message.products", Kind::Tags),
    field("contact.name", Kind::Text),
    field("contact.phone", Kind::Text),
    field("contact.email", Kind::Text),
    field("contact.language", Kind::Text),
    field("contact.country", Kind::Text),
    field("contact.lifecycle", Kind::Text),
    choice("contact.consent", &["unknown", "opted_in", "opted_out"]),
    field("contact.owner", Kind::User),
    field("contact.tags", Kind::Tags),
    field("contact.created_at", Kind::Moment),
    field("contact.first_wrote_at", Kind::Moment),
    field("contact.last_wrote_at", Kind::Moment),
    choice("conversation.status", &["open", "pending", "snoozed", "resolved"]),
    choice("conversation.priority", &["none", "low", "medium", "high", "urgent"]),
    field("conversation.agent", Kind::User),
    field("conversation.team", Kind::Team),
    field("conversation.channel", Kind::Channel),
    field("conversation.answered", Kind::Flag),
    field("conversation.window_open", Kind::Flag),
    field("conversation.waiting_minutes", Kind::Number),
    field("conversation.began_at", Kind::Moment),
    field("order.exists", Kind::Flag),
    field("order.number", Kind::Text),
    choice("order.status", OrderStatus::CODES),
    field("order.total", Kind::Number),
    field("order.payment", Kind::Text),
    field("order.placed_at", Kind::Moment),
    field("shipment.exists", Kind::Flag),
    choice("shipment.status", ParcelStatus::CODES),
    field("shipment.courier", Kind::Text),
    field("shipment.tracking_number", Kind::Text),
];

/// Every field but the contacts' own.
#[must_use]
pub fn fields() -> &'static [Field] {
    FIELDS
}

/// What kind a field of this name has; `None` when there is none.
pub(super) fn kind_of(name: &str) -> Option<Kind> {
    match name.strip_prefix(OWN) {
        Some("" | "tags") => None,
        Some(_) => Some(Kind::Own),
        None => FIELDS.iter().find(|field| field.name == name).map(|field| field.kind),
    }
}

/// What a field holds; nothing when it is not known or there is no such field.
pub(super) fn read(name: &str, scene: &Scene<'_>) -> Value {
    if let Some(own) = name.strip_prefix(OWN) {
        return Value::own(&scene.facts.contact.fields[own]);
    }
    match name.split_once('.') {
        Some(("message", rest)) => of_message(rest, scene),
        Some(("contact", rest)) => of_contact(rest, scene),
        Some(("conversation", rest)) => of_conversation(rest, scene),
        Some(("order", rest)) => of_order(rest, scene.facts.order.as_ref()),
        Some(("shipment", rest)) => of_parcel(rest, scene.facts.order.as_ref()),
        _ => Value::Nothing,
    }
}

fn of_message(name: &str, scene: &Scene<'_>) -> Value {
    let Some(message) = &scene.facts.message else { return Value::Nothing };
    match name {
        "text" => Value::text(Some(&message.text)),
        "kind" => Value::text(Some(&message.kind)),
        "language" => Value::text(message.language.as_deref()),
        "mood" => message.mood.map_or(Value::Nothing, Value::Number),
        "intent" => Value::text(message.heard.intent()),
        "hot_words" => Value::List(message.heard.hot_words().map(str::to_owned).collect()),
        "products" => Value::List(message.products.clone()),
        _ => Value::Nothing,
    }
}

fn of_order(name: &str, order: Option<&Order>) -> Value {
    let Some(order) = order else { return if name == "exists" { Value::Flag(false) } else { Value::Nothing } };
    match name {
        "exists" => Value::Flag(true),
        "number" => Value::text(Some(&order.number)),
        "status" => Value::text(Some(order.status.code())),
        "total" => order.total.as_ref().and_then(|total| total.parse().ok()).map_or(Value::Nothing, Value::Number),
        "payment" => Value::text(order.payment.as_deref()),
        "placed_at" => Value::Moment(order.placed_at),
        _ => Value::Nothing,
    }
}

fn of_parcel(name: &str, order: Option<&Order>) -> Value {
    let parcel = order.and_then(|order| current(&order.parcels));
    match (name, parcel) {
        ("exists", parcel) => Value::Flag(parcel.is_some()),
        ("status", Some(parcel)) => Value::text(Some(parcel.status.code())),
        ("courier", Some(parcel)) => Value::text(parcel.courier.as_deref()),
        ("tracking_number", Some(parcel)) => Value::text(parcel.tracking_number.as_deref()),
        _ => Value::Nothing,
    }
}

fn of_contact(name: &str, scene: &Scene<'_>) -> Value {
    let contact = &scene.facts.contact;
    match name {
        "name" => Value::text(Some(&contact.name)),
        "phone" => Value::text(contact.phone.as_deref()),
        "email" => Value::text(contact.email.as_deref()),
        "language" => Value::text(contact.language.as_deref()),
        "country" => Value::text(contact.country.as_deref()),
        "lifecycle" => Value::text(Some(&contact.lifecycle)),
        "consent" => Value::text(Some(&contact.consent)),
        "owner" => contact.owner_id.map_or(Value::Nothing, |id| Value::Text(id.to_string())),
        "tags" => Value::List(tags(&contact.fields)),
        "created_at" => Value::moment(contact.created_at),
        "first_wrote_at" => Value::moment(contact.first_inbound_at),
        "last_wrote_at" => Value::moment(contact.last_inbound_at),
        _ => Value::Nothing,
    }
}

fn of_conversation(name: &str, scene: &Scene<'_>) -> Value {
    let Some(conversation) = &scene.facts.conversation else { return Value::Nothing };
    match name {
        "status" => Value::text(Some(conversation.status.code())),
        "priority" => Value::text(Some(conversation.priority.code())),
        "agent" => conversation.assignee_id.map_or(Value::Nothing, |id| Value::Text(id.to_string())),
        "team" => conversation.team_id.map_or(Value::Nothing, |id| Value::Text(id.to_string())),
        "channel" => Value::Text(conversation.channel_id.to_string()),
        "answered" => Value::Flag(conversation.first_response_at.is_some()),
        "window_open" => Value::Flag(Window::new(conversation.window_expires_at).is_open(scene.now)),
        "waiting_minutes" => conversation
            .waiting_since
            .map_or(Value::Nothing, |since| Value::Number((scene.now.since(since).max(0) / MINUTE) as f64)),
        "began_at" => Value::Moment(conversation.created_at),
        _ => Value::Nothing,
    }
}

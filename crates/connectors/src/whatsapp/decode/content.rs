//! What a message says, by its type (§3).

use super::interactive;
use super::read::{self, Read};
use rapport_core::message::{ContactCard, Content, Media, MediaKind, OrderItem};
use rapport_core::money::minor_units;
use serde_json::Value;

/// The content of a message object. Total: what cannot be shown becomes `Content::Unsupported` with the reason.
pub(super) fn content(one: &Value) -> Content {
    let kind = one.text("type").unwrap_or_else(|| guess(one).to_owned());
    let object = &one[kind.as_str()];
    let read = match kind.as_str() {
        "text" => object.text("body").map(|body| Content::Text { body, preview_url: None }),
        "image" => media(MediaKind::Image, object),
        "video" => media(MediaKind::Video, object),
        "audio" if object.flag("voice") => media(MediaKind::Voice, object),
        "audio" => media(MediaKind::Audio, object),
        "voice" => media(MediaKind::Voice, object),
        "document" => media(MediaKind::Document, object),
        "sticker" => media(MediaKind::Sticker, object),
        "location" => location(object),
        "contacts" => contacts(object),
        "interactive" => interactive::reply(object),
        "button" => button(object),
        "order" => order(object),
        "request_welcome" => {
            Some(Content::System { event: "request_welcome".to_owned(), body: "Opened the chat".to_owned() })
        }
        _ => None,
    };
    read.unwrap_or_else(|| unsupported(one, &kind))
}

/// Messages without `type` (old samples) are known by the object they carry.
fn guess(one: &Value) -> &'static str {
    const KNOWN: [&str; 11] = [
        "text",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "location",
        "contacts",
        "interactive",
        "button",
        "order",
    ];
    KNOWN.into_iter().find(|kind| one.get(kind).is_some_and(|value| !value.is_null())).unwrap_or("unknown")
}

fn unsupported(one: &Value, kind: &str) -> Content {
    let inner = &one[kind];
    let exact = match kind {
        "unsupported" => inner.text("type").unwrap_or_else(|| kind.to_owned()),
        "interactive" => inner.text("type").map_or_else(|| kind.to_owned(), |word| format!("interactive/{word}")),
        _ => kind.to_owned(),
    };
    let reason = read::errors(one).or_else(|| read::errors(inner)).map(|(code, words)| match code {
        0 => words,
        code => format!("{words} ({code})"),
    });
    let reason = reason.unwrap_or_else(|| match kind {
        "media_placeholder" => "The file is not part of the history".to_owned(),
        "ephemeral" => "Disappearing message".to_owned(),
        "deleted" => "Deleted message".to_owned(),
        _ => "This kind of message cannot be shown here".to_owned(),
    });
    Content::Unsupported { kind: exact, reason }
}

fn media(kind: MediaKind, object: &Value) -> Option<Content> {
    let provider_media_id = object.text("id");
    // Without id there is nothing to fetch; a link alone occurs in echoes of templates.
    provider_media_id.as_ref()?;
    Some(Content::Media(Media {
        kind,
        media_id: None,
        provider_media_id,
        mime: object.text("mime_type"),
        filename: object.text("filename"),
        caption: object.text("caption"),
        sha256: object.text("sha256").and_then(|text| read::sha256(&text)),
        size: object.int("file_size").filter(|size| *size >= 0),
        animated: object.flag("animated"),
    }))
}

fn location(object: &Value) -> Option<Content> {
    let (latitude, longitude) = (object.float("latitude")?, object.float("longitude")?);
    let [name, address, url] = ["name", "address", "url"].map(|key| object.text(key));
    Some(Content::Location { latitude, longitude, name, address, url })
}

fn contacts(list: &Value) -> Option<Content> {
    let cards: Vec<ContactCard> = list.as_array()?.iter().filter(|card| card.is_object()).map(card).collect();
    (!cards.is_empty()).then_some(Content::Contacts { cards })
}

fn card(card: &Value) -> ContactCard {
    let values = |list: &str, key: &str, other: &str| -> Vec<String> {
        let list = card.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(|one| one.text(key).or_else(|| one.text(other))).collect()
    };
    let phones = values("phones", "phone", "wa_id");
    let emails = values("emails", "email", "email");
    let name = &card["name"];
    let joined = || {
        let parts = ["first_name", "middle_name", "last_name"].map(|key| name.text(key));
        Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|joined| !joined.is_empty())
    };
    let formatted = name.text("formatted_name").or_else(joined).or_else(|| card["org"].text("company"));
    let fallback = || phones.first().or(emails.first()).cloned().unwrap_or_default();
    ContactCard {
        name: formatted.unwrap_or_else(fallback),
        org: card["org"].text("company"),
        own: card.text("origin").as_deref() == Some("contact_request"),
        phones,
        emails,
    }
}

/// A tap on a template's quick reply.
fn button(object: &Value) -> Option<Content> {
    let id = object.text("payload");
    let title = object.text("text").or_else(|| id.clone())?;
    Some(Content::Reply {
        kind: "template_button".to_owned(),
        id,
        title,
        description: None,
        data: None,
        order: Vec::new(),
    })
}

fn order(object: &Value) -> Option<Content> {
    let items = object.get("product_items")?.as_array()?;
    let items = items.iter().filter(|item| item.is_object()).map(order_item).collect();
    let catalog_id = object.text("catalog_id").unwrap_or_default();
    Some(Content::Order { catalog_id, text: object.text("text"), items })
}

fn order_item(item: &Value) -> OrderItem {
    let currency = item.text("currency").unwrap_or_default().to_ascii_uppercase();
    // A price that is no number is shown as nothing rather than losing the order.
    let price_minor = item.text("item_price").and_then(|price| minor_units(&price, &currency)).unwrap_or(0);
    let quantity = item.int("quantity").unwrap_or(1);
    OrderItem { sku: item.text("product_retailer_id").unwrap_or_default(), quantity, price_minor, currency }
}

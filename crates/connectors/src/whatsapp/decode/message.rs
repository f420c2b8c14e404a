//! Messages from customers and echoes of the owner's own.

use super::content;
use super::read::{self, Read};
use super::{DecodeError, other};
use rapport_core::inbound::{Amend, Amendment, Customer, EventKind, InboundMessage, Renamed};
use rapport_core::message::Content;
use serde_json::Value;

/// `value.messages[0]`: from the customer.
pub(super) fn inbound(value: &Value, one: &Value) -> Result<EventKind, DecodeError> {
    let mut customer = read::customer(value, one.text("from"), one.text("from_user_id"));
    customer.parent_user_id = one.text("from_parent_user_id").or(customer.parent_user_id);
    if one.text("type").as_deref() == Some("system") {
        return system(one, customer);
    }
    event(one, customer, false)
}

/// `value.message_echoes[0]`: the owner wrote to this customer in the phone app.
pub(super) fn echo(value: &Value, one: &Value) -> Result<EventKind, DecodeError> {
    let mut customer = read::customer(value, one.text("to"), one.text("to_user_id"));
    customer.parent_user_id = one.text("to_parent_user_id").or(customer.parent_user_id);
    event(one, customer, true)
}

fn event(one: &Value, customer: Customer, by_business: bool) -> Result<EventKind, DecodeError> {
    let id = id(one)?;
    if let Some(kind) = amendment(one, &id, &customer, by_business) {
        return Ok(kind);
    }
    if customer.lane_key().is_none() && one.text("group_id").is_none() {
        return Err(DecodeError::Missing { what: "message", missing: "sender" });
    }
    let context = &one["context"];
    let message = InboundMessage {
        id,
        customer,
        content: content::content(one),
        reply_to: context.text("id"),
        forwarded: context.flag("forwarded") || context.flag("frequently_forwarded"),
        referral: referral(one),
        group_id: one.text("group_id"),
    };
    let message = Box::new(message);
    Ok(if by_business { EventKind::Echo(message) } else { EventKind::Message(message) })
}

fn id(one: &Value) -> Result<String, DecodeError> {
    one.text("id").ok_or(DecodeError::Missing { what: "message", missing: "id" })
}

/// Where the customer came from: the click-to-WhatsApp referral as given; for a question about a catalogue product
/// the object `{"source_type":"product","referred_product":{..}}`.
fn referral(one: &Value) -> Option<Value> {
    let given = one.get("referral").filter(|referral| referral.is_object());
    let product = one["context"].get("referred_product").filter(|product| product.is_object());
    given
        .cloned()
        .or_else(|| product.map(|product| serde_json::json!({"source_type": "product", "referred_product": product})))
}

/// Reaction, edit and revoke change an earlier message instead of being one.
fn amendment(one: &Value, id: &str, customer: &Customer, by_business: bool) -> Option<EventKind> {
    let kind = one.text("type")?;
    let inner = &one[kind.as_str()];
    let (target, change) = match kind.as_str() {
        "reaction" => (inner.text("message_id"), Amend::React(inner.text("emoji"))),
        "edit" => (inner.text("original_message_id"), Amend::Edit(content::content(&inner["message"]))),
        "revoke" => (inner.text("original_message_id"), Amend::Revoke),
        _ => return None,
    };
    let Some(target) = target else {
        return Some(other("messages", format!("{kind} without the message it is about")));
    };
    let amendment = Amendment { id: id.to_owned(), target, customer: customer.clone(), change, by_business };
    Some(EventKind::Amend(Box::new(amendment)))
}

/// System messages come without contacts and name the ids before and after in several generations of keys (§3, §14).
fn system(one: &Value, from: Customer) -> Result<EventKind, DecodeError> {
    let id = id(one)?;
    let system = &one["system"];
    // The oldest payloads say only "number changed" in the text and give the new number.
    let moved = system.text("new_wa_id").or_else(|| system.text("wa_id"));
    let event = match system.text("type").as_deref() {
        Some("customer_changed_number") => "user_changed_number".to_owned(),
        Some(word) => word.to_owned(),
        None if moved.is_some() => "user_changed_number".to_owned(),
        None => "unknown".to_owned(),
    };
    let body = system.text("body").unwrap_or_else(|| event.replace('_', " "));
    let customer = system.text("customer");
    if !matches!(event.as_str(), "user_changed_number" | "user_changed_user_id" | "customer_identity_changed") {
        let content = Content::System { event, body };
        let message = InboundMessage {
            id,
            customer: from,
            content,
            reply_to: None,
            forwarded: false,
            referral: None,
            group_id: one.text("group_id"),
        };
        return Ok(EventKind::Message(Box::new(message)));
    }
    let old = Customer {
        wa_id: from.wa_id.clone().or_else(|| read::wa_id(customer)),
        user_id: system.text("previous_user_id").or_else(|| from.user_id.clone()),
        parent_user_id: system.text("previous_parent_user_id").or_else(|| from.parent_user_id.clone()),
        ..from
    };
    if old.lane_key().is_none() {
        return Err(DecodeError::Missing { what: "system message", missing: "the customer it is about" });
    }
    let new = Customer {
        wa_id: read::wa_id(moved).or_else(|| old.wa_id.clone()),
        user_id: system.text("user_id").or_else(|| old.user_id.clone()),
        parent_user_id: system.text("parent_user_id").or_else(|| old.parent_user_id.clone()),
        username: old.username.clone(),
        name: old.name.clone(),
    };
    Ok(EventKind::Renamed(Box::new(Renamed { id, old, new, event, body })))
}

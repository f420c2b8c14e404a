//! Interactive messages: buttons, lists, links, forms, products, carousels. What they may say is
//! `core::message::check`; here they only get the provider's shape.

use serde_json::{Value, json};

/// The parts of `Content::Interactive`.
pub(super) struct Parts<'a> {
    pub kind: &'a str,
    pub header: Option<&'a Value>,
    pub body: Option<&'a str>,
    pub footer: Option<&'a str>,
    pub action: &'a Value,
}

/// The `interactive` object.
pub(super) fn interactive(parts: &Parts<'_>) -> Value {
    let mut object = json!({"type": parts.kind, "action": action(parts)});
    if let Some(header) = parts.header.filter(|header| !header.is_null()) {
        object["header"] = header.clone();
    }
    if let Some(body) = parts.body {
        object["body"] = json!({"text": body});
    }
    if let Some(footer) = parts.footer.filter(|footer| !footer.is_empty()) {
        object["footer"] = json!({"text": footer});
    }
    object
}

/// The action as given; kinds whose action has one fixed form may leave it out.
fn action(parts: &Parts<'_>) -> Value {
    let fixed = match parts.kind {
        "location_request_message" => "send_location",
        "request_contact_info" => "request_contact_info",
        "call_permission_request" => "call_permission_request",
        _ => return parts.action.clone(),
    };
    if parts.action.is_object() { parts.action.clone() } else { json!({"name": fixed}) }
}

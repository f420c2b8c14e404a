//! Answers to interactive messages (§3).

use super::read::Read;
use rapport_core::message::Content;
use serde_json::Value;

/// The reply inside an `interactive` object; `None` when its type is not known.
pub(super) fn reply(object: &Value) -> Option<Content> {
    let kind = object.text("type")?;
    let inner = object.get(&kind).filter(|inner| inner.is_object())?;
    match kind.as_str() {
        "button_reply" => chosen("button", inner),
        "list_reply" => chosen("list", inner),
        "nfm_reply" => Some(form(inner)),
        "call_permission_reply" => Some(call_permission(inner)),
        _ => None,
    }
}

fn chosen(kind: &str, inner: &Value) -> Option<Content> {
    let id = inner.text("id");
    let title = inner.text("title").or_else(|| id.clone())?;
    Some(Content::Reply { kind: kind.to_owned(), id, title, description: inner.text("description"), data: None })
}

/// `response_json` is a string holding an object as a rule; anything else is kept as it is.
fn form(inner: &Value) -> Content {
    let data = match inner.get("response_json") {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
        Some(value) => value.clone(),
        None => Value::Null,
    };
    let name = inner.text("name").unwrap_or_default();
    let kind = if name == "address_message" { "address" } else { "flow" };
    let title = inner.text("body").or_else(|| Some(name).filter(|name| !name.is_empty()));
    Content::Reply {
        kind: kind.to_owned(),
        id: data.text("flow_token"),
        title: title.unwrap_or_else(|| "Sent".to_owned()),
        description: None,
        data: (!data.is_null()).then_some(data),
    }
}

fn call_permission(inner: &Value) -> Content {
    let response = inner.text("response");
    let title = match response.as_deref() {
        Some("accept") => "Calls allowed",
        _ => "Calls not allowed",
    };
    Content::Reply {
        kind: "call_permission".to_owned(),
        id: response,
        title: title.to_owned(),
        description: None,
        data: Some(inner.clone()),
    }
}

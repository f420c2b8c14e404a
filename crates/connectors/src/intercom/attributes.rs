//! Which attributes a contact has: Intercom's own, and the workspace's.

use super::api::{Api, read};
use super::contacts::CUSTOM;
use crate::crm::answer::{list, odd, text};
use crate::crm::{CrmError, Property};
use crate::http::{Method, Request, Response};
use serde_json::{Number, Value};
use std::collections::BTreeMap;

/// Intercom's own attributes: name, label, kind, whether it is read-only.
const OWN: [(&str, &str, &str, bool); 18] = [
    ("name", "Name", "string", false),
    ("email", "E-mail", "string", false),
    ("phone", "Phone", "phone_number", false),
    ("owner_id", "Owner", "string", false),
    ("unsubscribed_from_emails", "Unsubscribed from e-mails", "bool", false),
    ("external_id", "User ID", "string", false),
    ("role", "Role", "string", true),
    ("language_override", "Language", "string", true),
    ("browser_language", "Browser language", "string", true),
    ("has_hard_bounced", "E-mail bounced", "bool", true),
    ("location.country", "Country", "string", true),
    ("location.region", "Region", "string", true),
    ("location.city", "City", "string", true),
    ("created_at", "Created", "datetime", true),
    ("signed_up_at", "Signed up", "datetime", true),
    ("last_seen_at", "Last seen", "datetime", true),
    ("last_replied_at", "Last replied", "datetime", true),
    ("last_contacted_at", "Last contacted", "datetime", true),
];

/// What the workspace's own attributes hold, by name: `string`, `integer`, `float`, `boolean`, `date`.
pub type Types = BTreeMap<String, String>;

/// Asks for the attributes of contacts.
#[must_use]
pub fn list_all(api: &Api) -> Request {
    api.call("data_attributes", Method::Get, "/data_attributes?model=contact")
}

/// Reads the answer to [`list_all`]: Intercom's own attributes, and the workspace's.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_all(response: &Response) -> Result<Vec<Property>, CrmError> {
    let own = OWN.into_iter().map(|(name, label, kind, read_only)| Property {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: kind.to_owned(),
        read_only,
        unique: matches!(name, "email" | "external_id"),
        options: Vec::new(),
    });
    let custom = custom(response)?.into_iter().filter_map(|attribute| property(&attribute));
    Ok(own.chain(custom).collect())
}

/// Reads the answer to [`list_all`]: what the workspace's own attributes hold.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_types(response: &Response) -> Result<Types, CrmError> {
    let of = |attribute: &Value| Some((text(&attribute["full_name"])?, text(&attribute["data_type"])?));
    Ok(custom(response)?.iter().filter_map(of).collect())
}

fn custom(response: &Response) -> Result<Vec<Value>, CrmError> {
    let body = read(response)?;
    if !body["data"].is_array() {
        return Err(odd(response, "no attributes"));
    }
    let own = |attribute: &&Value| {
        let named = attribute["full_name"].as_str().is_some_and(|name| name.starts_with(CUSTOM));
        named && attribute["archived"] != true
    };
    Ok(list(&body["data"]).iter().filter(own).cloned().collect())
}

fn property(attribute: &Value) -> Option<Property> {
    let name = text(&attribute["full_name"])?;
    let kind = text(&attribute["data_type"]).unwrap_or_default();
    Some(Property {
        label: text(&attribute["label"]).unwrap_or_else(|| name.clone()),
        // A date is a number of seconds, and nothing in a record says that it is one.
        read_only: attribute["api_writable"] == false || kind == "date",
        kind: match kind.as_str() {
            "integer" | "float" | "date" => "number",
            "boolean" => "bool",
            _ if list(&attribute["options"]).is_empty() => "string",
            _ => "enumeration",
        }
        .to_owned(),
        unique: false,
        options: list(&attribute["options"]).iter().filter_map(option).collect(),
        name,
    })
}

/// An option is a word, or an object that holds one.
fn option(option: &Value) -> Option<String> {
    text(option).or_else(|| text(&option["value"]))
}

/// A value as its attribute takes it; nothing clears it. What does not read as its type travels as text and is refused.
pub(super) fn typed(kind: Option<&str>, value: &str) -> Value {
    let trimmed = value.trim();
    let read = match kind {
        _ if trimmed.is_empty() => return Value::Null,
        Some("integer") => trimmed.parse::<i64>().ok().map(Value::from),
        Some("float") => trimmed.parse::<f64>().ok().and_then(Number::from_f64).map(Value::from),
        Some("boolean") => trimmed.to_lowercase().parse::<bool>().ok().map(Value::from),
        _ => None,
    };
    read.unwrap_or_else(|| value.into())
}

//! Which fields a user has: Zendesk's own, and the account's.

use super::api::{Api, next_after, read};
use super::users::CUSTOM;
use crate::crm::answer::{list, odd, text};
use crate::crm::{CrmError, Property};
use crate::http::{Method, Request, Response, percent};
use serde_json::Value;

/// Zendesk's own attributes: name, label, kind, whether it is read-only.
const OWN: [(&str, &str, &str, bool); 11] = [
    ("name", "Name", "string", false),
    ("email", "E-mail", "string", false),
    ("phone", "Phone", "phone_number", false),
    ("details", "Details", "string", false),
    ("notes", "Notes", "string", false),
    ("locale", "Language", "string", false),
    ("time_zone", "Time zone", "string", false),
    ("tags", "Tags", "enumeration", false),
    ("external_id", "External ID", "string", false),
    ("created_at", "Created", "datetime", true),
    ("last_login_at", "Last sign-in", "datetime", true),
];

/// Asks for a page of the account's own fields.
#[must_use]
pub fn page(api: &Api, after: Option<&str>) -> Request {
    let after = after.map(|after| format!("&page%5Bafter%5D={}", percent(after))).unwrap_or_default();
    api.call("user_fields", Method::Get, &format!("/user_fields?page%5Bsize%5D=100{after}"))
}

/// Reads the answer to [`page`]: fields, and the cursor of the next page.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_page(response: &Response) -> Result<(Vec<Property>, Option<String>), CrmError> {
    let body = read(response)?;
    if !body["user_fields"].is_array() {
        return Err(odd(response, "no user_fields"));
    }
    Ok((list(&body["user_fields"]).iter().filter_map(property).collect(), next_after(&body)))
}

/// Zendesk's own attributes.
#[must_use]
pub fn own() -> Vec<Property> {
    let property = |(name, label, kind, read_only): (&str, &str, &str, bool)| Property {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: kind.to_owned(),
        read_only,
        unique: matches!(name, "email" | "external_id"),
        options: Vec::new(),
    };
    OWN.into_iter().map(property).collect()
}

fn property(field: &Value) -> Option<Property> {
    if field["active"] == false {
        return None;
    }
    let key = text(&field["key"])?;
    let kind = text(&field["type"]).unwrap_or_default();
    Some(Property {
        name: format!("{CUSTOM}{key}"),
        label: text(&field["title"]).unwrap_or(key),
        // Several values are written as a list, a relation as another record's id: neither can be told from text.
        read_only: matches!(kind.as_str(), "multiselect" | "lookup"),
        kind: match kind.as_str() {
            "integer" | "decimal" => "number",
            "checkbox" => "bool",
            "date" => "date",
            "dropdown" | "tagger" | "multiselect" => "enumeration",
            _ => "string",
        }
        .to_owned(),
        unique: false,
        options: list(&field["custom_field_options"]).iter().filter_map(|option| text(&option["value"])).collect(),
    })
}

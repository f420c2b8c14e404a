//! Which fields a contact has: Freshdesk's own, and the account's.

use super::api::{Api, read};
use super::contacts::{CUSTOM, KEY};
use crate::crm::answer::{list, odd, text};
use crate::crm::{CrmError, Properties, Property};
use crate::http::{Method, Request, Response};
use serde_json::{Number, Value};
use std::collections::BTreeMap;

/// Freshdesk's own attributes: name, label, kind, whether it is read-only.
const OWN: [(&str, &str, &str, bool); 14] = [
    ("name", "Name", "string", false),
    ("email", "E-mail", "string", false),
    ("mobile", "Mobile phone", "phone_number", false),
    ("phone", "Work phone", "phone_number", false),
    ("job_title", "Title", "string", false),
    ("address", "Address", "string", false),
    ("description", "About", "string", false),
    ("language", "Language", "string", false),
    ("time_zone", "Time zone", "string", false),
    ("twitter_id", "X (Twitter)", "string", false),
    ("tags", "Tags", "enumeration", false),
    (KEY, "Unique external ID", "string", false),
    ("other_emails", "Other e-mails", "string", true),
    ("created_at", "Created", "datetime", true),
];

/// Asks for the fields.
#[must_use]
pub fn all(api: &Api) -> Request {
    api.call("contact_fields", Method::Get, "/contact_fields")
}

/// Reads the answer to [`all`]: Freshdesk's own attributes, and the account's fields.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_fields(response: &Response) -> Result<Vec<Property>, CrmError> {
    let body = read(response)?;
    if !body.is_array() {
        return Err(odd(response, "no fields"));
    }
    let own = |(name, label, kind, read_only): (&str, &str, &str, bool)| Property {
        name: name.to_owned(),
        label: label.to_owned(),
        kind: kind.to_owned(),
        read_only,
        unique: matches!(name, "email" | "twitter_id" | KEY),
        options: Vec::new(),
    };
    Ok(OWN.into_iter().map(own).chain(list(&body).iter().filter_map(property)).collect())
}

/// Whether this is one of Freshdesk's own attributes.
pub(super) fn is_own(name: &str) -> bool {
    OWN.iter().any(|(own, ..)| *own == name)
}

fn property(field: &Value) -> Option<Property> {
    if field["default"] == true {
        return None;
    }
    let name = text(&field["name"])?;
    let kind = text(&field["type"]).unwrap_or_default();
    Some(Property {
        label: text(&field["label"]).unwrap_or_else(|| name.clone()),
        name: format!("{CUSTOM}{name}"),
        read_only: kind == "encrypted_text",
        kind: match kind.as_str() {
            "custom_number" | "custom_decimal" => "number",
            "custom_checkbox" => "bool",
            "custom_date" => "date",
            "custom_dropdown" => "enumeration",
            "custom_phone_number" => "phone_number",
            _ => "string",
        }
        .to_owned(),
        unique: false,
        options: options(&field["choices"]),
    })
}

/// Values of a list field, in any of the shapes that accounts answer with: words, objects, or words by their number.
fn options(choices: &Value) -> Vec<String> {
    match choices {
        Value::Object(by_word) => by_word.keys().cloned().collect(),
        other => list(other).iter().filter_map(|choice| text(&choice["value"]).or_else(|| text(choice))).collect(),
    }
}

/// Kinds of the account's own fields, as far as a write needs them: a number must come as one, and so must a box.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kinds(BTreeMap<String, String>);

impl Kinds {
    /// As the fields say.
    #[must_use]
    pub fn of(fields: Vec<Property>) -> Self {
        Self(fields.into_iter().map(|field| (field.name, field.kind)).collect())
    }

    /// Whether one of these values could be meant as text or as something else.
    #[must_use]
    pub fn matter(properties: &Properties) -> bool {
        let is_open = |text: &str| matches!(text, "true" | "false") || text.parse::<f64>().is_ok();
        properties.iter().any(|(name, value)| name.starts_with(CUSTOM) && is_open(value.trim()))
    }

    /// A value as the field takes it; nothing clears it.
    pub(super) fn value(&self, name: &str, value: &str) -> Value {
        let text = value.trim();
        let number = || {
            let whole = text.parse::<i64>().ok().map(Number::from);
            whole.or_else(|| text.parse().ok().and_then(Number::from_f64)).map(Value::Number)
        };
        match (self.0.get(name).map(String::as_str), text) {
            (_, "") => Value::Null,
            (Some("bool"), "true") => true.into(),
            (Some("bool"), "false") => false.into(),
            (Some("number"), _) => number().unwrap_or_else(|| value.into()),
            _ => value.into(),
        }
    }
}

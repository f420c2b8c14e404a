//! The fields of a contact.

use super::error::wrong;
use serde_json::{Map, Value, json};

/// Text attributes that can be written.
pub const TEXTS: [&str; 10] = [
    "name",
    "email",
    "phone",
    "mobile",
    "twitter_id",
    "unique_external_id",
    "address",
    "description",
    "job_title",
    "time_zone",
];
/// Attributes that can be written and are no plain text.
const OTHERS: [&str; 7] =
    ["language", "other_emails", "tags", "custom_fields", "company_id", "view_all_tickets", "other_companies"];
/// Languages that the account has switched on.
const LANGUAGES: [&str; 5] = ["en", "es", "de", "fr", "ar"];

/// A field of the account's own.
struct Own {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    choices: &'static [&'static str],
}

/// Those that exist.
const OWN: [Own; 5] = [
    Own { name: "city", label: "City", kind: "custom_text", choices: &[] },
    Own { name: "level", label: "Level", kind: "custom_dropdown", choices: &["bronze", "gold"] },
    Own { name: "orders", label: "Orders", kind: "custom_number", choices: &[] },
    Own { name: "newsletter", label: "Newsletter", kind: "custom_checkbox", choices: &[] },
    Own { name: "since", label: "Customer since", kind: "custom_date", choices: &[] },
];

/// The answer about all of them.
pub fn all() -> Value {
    let field = |position: usize, name: &str, label: &str, kind: &str, is_default: bool, choices: &[&str]| {
        let choices: Vec<Value> = choices.iter().map(|word| json!({ "label": word, "value": word })).collect();
        let mut view = json!({
            "id": 500 + position, "name": name, "label": label, "label_for_customers": label, "type": kind,
            "default": is_default, "position": position, "editable_in_signup": false, "customers_can_edit": false,
            "required_for_customers": false, "displayed_for_customers": true, "required_for_agents": name == "name",
        });
        if !choices.is_empty() {
            view["choices"] = choices.into();
        }
        view
    };
    let plain = TEXTS.iter().map(|name| (*name, format!("default_{name}")));
    let mut fields: Vec<Value> =
        plain.enumerate().map(|(at, (name, kind))| field(at + 1, name, name, &kind, true, &[])).collect();
    let begin = fields.len() + 1;
    let own = OWN.iter().enumerate();
    fields.extend(own.map(|(at, own)| field(begin + at, own.name, own.label, own.kind, false, own.choices)));
    fields.into()
}

/// The account's own fields of a new contact.
pub fn blank() -> Map<String, Value> {
    let empty = |own: &Own| if own.kind == "custom_checkbox" { Value::Bool(false) } else { Value::Null };
    OWN.iter().map(|own| (own.name.to_owned(), empty(own))).collect()
}

/// What is wrong with the values of a write.
pub fn judge(given: &Map<String, Value>) -> Vec<Value> {
    let mut errors = Vec::new();
    for (name, value) in given {
        let name = name.as_str();
        if TEXTS.contains(&name) {
            if !value.is_string() && !value.is_null() {
                errors.push(wrong(name, "datatype_mismatch", "It should be a/an String"));
            } else if name == "email" && value.as_str().is_some_and(|email| !well_formed(email)) {
                errors.push(wrong(name, "invalid_value", "It should be in the 'valid email address' format"));
            }
        } else if name == "language" {
            if !value.as_str().is_some_and(|language| LANGUAGES.contains(&language)) {
                let message = format!("It should be one of these values: '{}'", LANGUAGES.join(","));
                errors.push(wrong(name, "invalid_value", &message));
            }
        } else if name == "custom_fields" {
            errors.extend(value.as_object().into_iter().flatten().filter_map(|(name, value)| own(name, value)));
        } else if matches!(name, "tags" | "other_emails") && !value.is_array() {
            errors.push(wrong(name, "datatype_mismatch", "It should be a/an Array"));
        } else if !OTHERS.contains(&name) {
            errors.push(wrong(name, "invalid_field", "Unexpected/invalid field in request"));
        }
    }
    errors
}

fn own(name: &str, value: &Value) -> Option<Value> {
    let full = format!("custom_fields.{name}");
    let Some(own) = OWN.iter().find(|own| own.name == name) else {
        return Some(wrong(&full, "invalid_field", "Unexpected/invalid field in request"));
    };
    let (fits, kind) = match own.kind {
        "custom_number" => (value.is_i64(), "Integer"),
        "custom_checkbox" => (value.is_boolean(), "Boolean"),
        _ => (value.is_string(), "String"),
    };
    if !fits && !value.is_null() {
        let message = format!("Value set is of type {}.It should be a/an {kind}", kind_of(value));
        return Some(wrong(&full, "datatype_mismatch", &message));
    }
    let is_choice = own.choices.is_empty() || value.as_str().is_none_or(|word| own.choices.contains(&word));
    let message = format!("It should be one of these values: '{}'", own.choices.join(","));
    (!is_choice).then(|| wrong(&full, "invalid_value", &message))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "Boolean",
        Value::Number(_) => "Integer",
        Value::String(_) => "String",
        Value::Array(_) => "Array",
        _ => "key/value pair",
    }
}

fn well_formed(email: &str) -> bool {
    let Some((local, host)) = email.split_once('@') else { return false };
    !local.is_empty() && host.contains('.') && !email.contains(char::is_whitespace) && !host.contains('@')
}

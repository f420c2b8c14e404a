//! Which fields a contact has, and our own one.

use super::api::{Api, MODULE, read};
use crate::crm::answer::{list, odd, text};
use crate::crm::{CrmError, KeyState, Property};
use crate::http::{Method, Request, Response};
use serde_json::{Value, json};

/// Our unique field: the key of every write (`crm-apis.md` §0 rule 9). Zoho makes the name from the label.
pub const KEY_FIELD: &str = "Rapport_Contact_ID";
/// The label it is made with.
pub(super) const KEY_LABEL: &str = "Rapport Contact ID";
/// Kinds of fields that cannot be told from text.
const UNWRITABLE: [&str; 13] = [
    "lookup",
    "ownerlookup",
    "userlookup",
    "multiselectlookup",
    "multiuserlookup",
    "formula",
    "autonumber",
    "rollup_summary",
    "subform",
    "fileupload",
    "imageupload",
    "profileimage",
    "consent_lookup",
];

/// Asks for all fields of contacts.
#[must_use]
pub fn list_all(api: &Api) -> Request {
    list_of(api, MODULE)
}

/// Asks for all fields of a module.
#[must_use]
pub fn list_of(api: &Api, module: &str) -> Request {
    let query = format!("/settings/fields?module={module}&include=allowed_permissions_to_update");
    api.call("fields", Method::Get, &query)
}

/// How a field is made unique: the published files and Zoho's own clients do not agree on the word.
pub const UNIQUE: [&str; 2] = ["case_sensitive", "casesensitive"];

/// Makes our key field: text, unique whatever the case, as one of [`UNIQUE`] says it.
#[must_use]
pub fn create_key(api: &Api, unique: &str) -> Request {
    create_unique(api, MODULE, KEY_LABEL, unique)
}

/// [`create_key`] for a module, by the label that its name is made of.
#[must_use]
pub fn create_unique(api: &Api, module: &str, label: &str, unique: &str) -> Request {
    let field = json!({
        "field_label": label,
        "data_type": "text",
        "length": 64,
        "unique": { unique: false },
        "tooltip": { "name": "info_icon", "value": "Written by Rapport to find its record again. Do not edit." },
    });
    create(api, module, &field)
}

/// Makes a text field of ours in a module.
#[must_use]
pub fn create_text(api: &Api, module: &str, label: &str) -> Request {
    create(api, module, &json!({ "field_label": label, "data_type": "text", "length": 255 }))
}

fn create(api: &Api, module: &str, field: &Value) -> Request {
    api.call("field_create", Method::Post, &format!("/settings/fields?module={module}"))
        .with_json(&json!({ "fields": [field] }))
}

/// Reads the answer to [`create_key`].
///
/// # Errors
/// [`CrmError`] when refused; a field of this name that is there already is a `Conflict`.
pub fn read_created(response: &Response) -> Result<(), CrmError> {
    read(response).map(|_| ())
}

/// Reads the answer to [`list_all`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_all(response: &Response) -> Result<Vec<Property>, CrmError> {
    let body = read(response)?;
    if !body["fields"].is_array() {
        return Err(odd(response, "no fields"));
    }
    Ok(list(&body["fields"]).iter().filter_map(property).collect())
}

/// How our key field stands among all.
#[must_use]
pub fn key_state(all: &[Property]) -> KeyState {
    state_of(all, KEY_FIELD)
}

/// How a field that is to hold each value once stands among all.
pub(super) fn state_of(all: &[Property], name: &str) -> KeyState {
    match all.iter().find(|field| field.name == name) {
        None => KeyState::Missing,
        Some(field) if field.unique => KeyState::Ready,
        Some(_) => KeyState::NotUnique,
    }
}

fn property(field: &Value) -> Option<Property> {
    let name = text(&field["api_name"])?;
    let kind = text(&field["data_type"]).unwrap_or_default();
    let is_fixed = ["read_only", "field_read_only"].iter().any(|flag| field[flag] == true);
    let value = |option: &Value| text(&option["actual_value"]).or_else(|| text(&option["display_value"]));
    Some(Property {
        label: text(&field["display_label"]).or_else(|| text(&field["field_label"])).unwrap_or_else(|| name.clone()),
        read_only: is_fixed || field["operation_type"]["api_update"] == false || UNWRITABLE.contains(&kind.as_str()),
        // An empty object, where it is not.
        unique: field["unique"] == true || field["unique"].as_object().is_some_and(|how| !how.is_empty()),
        options: list(&field["pick_list_values"]).iter().filter_map(value).collect(),
        kind: match kind.as_str() {
            "integer" | "bigint" | "double" | "currency" | "percent" => "number",
            "boolean" => "bool",
            "date" => "date",
            "datetime" => "datetime",
            "picklist" | "multiselectpicklist" => "enumeration",
            "phone" => "phone_number",
            _ => "string",
        }
        .to_owned(),
        name,
    })
}

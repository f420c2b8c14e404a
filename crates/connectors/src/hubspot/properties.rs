//! Property definitions, and our own key property.

use super::api::{Api, read};
use crate::crm::answer::{list, odd, text};
use crate::crm::{CrmError, ErrorClass, KeyState, Property};
use crate::http::{Method, Request, Response, percent};
use serde_json::{Value, json};

/// Our unique property on contacts: the key of every write (`crm-apis.md` §0 rule 9).
pub const KEY_PROPERTY: &str = "rapport_contact_id";

/// Asks for all properties of an object kind (`contacts`).
#[must_use]
pub fn list_all(api: &Api, kind: &str) -> Request {
    api.properties("properties", Method::Get, kind, "")
}

/// Reads the answer to [`list_all`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_all(response: &Response) -> Result<Vec<Property>, CrmError> {
    let body = read(response)?;
    if !body["results"].is_array() {
        return Err(odd(response, "no results"));
    }
    Ok(list(&body["results"]).iter().filter_map(property).collect())
}

fn property(row: &Value) -> Option<Property> {
    let name = text(&row["name"])?;
    Some(Property {
        label: text(&row["label"]).unwrap_or_else(|| name.clone()),
        kind: text(&row["type"]).unwrap_or_else(|| "string".to_owned()),
        read_only: row["modificationMetadata"]["readOnlyValue"] == true || row["calculated"] == true,
        unique: row["hasUniqueValue"] == true,
        options: list(&row["options"]).iter().filter_map(|option| text(&option["value"])).collect(),
        name,
    })
}

/// A property of our own: text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Own {
    /// Internal name.
    pub name: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// The group of properties it stands in.
    pub group: &'static str,
    /// Holds each value once.
    pub unique: bool,
}

/// Asks for a property of our own.
#[must_use]
pub fn get_own(api: &Api, kind: &str, name: &str) -> Request {
    api.properties("property", Method::Get, kind, &format!("/{}", percent(name)))
}

/// Creates a property of our own.
#[must_use]
pub fn create_own(api: &Api, kind: &str, own: &Own) -> Request {
    api.properties("property_create", Method::Post, kind, "").with_json(&json!({
        "name": own.name,
        "label": own.label,
        "description": own.description,
        "groupName": own.group,
        "type": "string",
        "fieldType": "text",
        "hasUniqueValue": own.unique,
        "formField": false,
    }))
}

/// Asks for our key property of an object kind.
#[must_use]
pub fn get_key(api: &Api, kind: &str) -> Request {
    get_own(api, kind, KEY_PROPERTY)
}

/// Creates our key property: text, unique, in the group `group` (`contactinformation` for contacts).
#[must_use]
pub fn create_key(api: &Api, kind: &str, group: &'static str) -> Request {
    let own = Own {
        name: KEY_PROPERTY,
        label: "Rapport contact id",
        description: "Written by Rapport to find its contact again. Do not edit.",
        group,
        unique: true,
    };
    create_own(api, kind, &own)
}

/// Reads the answer to [`get_key`] or [`create_key`].
///
/// # Errors
/// [`CrmError`] when refused; class `Conflict` after [`create_key`] means that it was created meanwhile: look again.
pub fn read_key(response: &Response) -> Result<KeyState, CrmError> {
    match read(response) {
        Ok(body) if body["hasUniqueValue"] == true => Ok(KeyState::Ready),
        Ok(_) => Ok(KeyState::NotUnique),
        Err(error) if error.class == ErrorClass::NotFound => Ok(KeyState::Missing),
        Err(error) => Err(error),
    }
}

//! Contacts, users and leads alike: read and written, each for itself.

use super::api::{Api, TELLS_MERGES, read};
use super::attributes::{self, Types};
use crate::crm::answer::{joined, moment, odd, text};
use crate::crm::{CrmError, Properties, RemoteRecord};
use crate::http::{Method, Request, Response, percent};
use rapport_core::time::Ms;
use serde_json::{Map, Value};

/// Begins the name of an attribute of the workspace's own.
pub const CUSTOM: &str = "custom_attributes.";
/// The role of who may carry our key. A lead has an id of Intercom's making in its place.
pub const USER: &str = "user";
/// Attributes that are read as they are.
const READ: [&str; 10] = [
    "name",
    "email",
    "phone",
    "role",
    "external_id",
    "owner_id",
    "unsubscribed_from_emails",
    "has_hard_bounced",
    "language_override",
    "browser_language",
];
/// Moments.
const MOMENTS: [&str; 5] = ["created_at", "signed_up_at", "last_seen_at", "last_replied_at", "last_contacted_at"];
/// Parts of the place a contact was last seen at.
const PLACE: [&str; 3] = ["country", "region", "city"];

/// Asks for one contact.
#[must_use]
pub fn get(api: &Api, id: &str) -> Request {
    api.versioned("get", Method::Get, &format!("/contacts/{}", percent(id)), TELLS_MERGES)
}

/// Asks for the user who carries a key. Leads are not found by it.
#[must_use]
pub fn by_key(api: &Api, key: &str) -> Request {
    api.call("by_key", Method::Get, &format!("/contacts/find_by_external_id/{}", percent(key)))
}

/// Creates a user who carries our key. When one is there already, the answer is a conflict.
#[must_use]
pub fn create(api: &Api, key: &str, properties: &Properties, types: &Types) -> Request {
    let mut contact = body(properties, types);
    contact.insert("role".to_owned(), USER.into());
    contact.insert("external_id".to_owned(), key.into());
    // Nothing is there to be cleared.
    contact.retain(|_, value| !value.is_null());
    api.call("create", Method::Post, "/contacts").with_json(&contact.into())
}

/// Updates a contact; with `key`, it is given our key too.
#[must_use]
pub fn update(api: &Api, id: &str, key: Option<&str>, properties: &Properties, types: &Types) -> Request {
    let mut contact = body(properties, types);
    contact.extend(key.map(|key| ("external_id".to_owned(), key.into())));
    api.call("update", Method::Put, &format!("/contacts/{}", percent(id))).with_json(&contact.into())
}

/// Takes a contact out of the archive.
#[must_use]
pub fn unarchive(api: &Api, id: &str) -> Request {
    api.call("unarchive", Method::Post, &format!("/contacts/{}/unarchive", percent(id)))
}

/// Whether values can only be written by knowing what the workspace's attributes hold.
pub(super) fn needs_types(properties: &Properties) -> bool {
    properties.keys().any(|name| name.starts_with(CUSTOM))
}

/// The attributes to write.
fn body(properties: &Properties, types: &Types) -> Map<String, Value> {
    let (mut contact, mut custom) = (Map::new(), Map::new());
    for (name, value) in properties {
        if let Some(own) = name.strip_prefix(CUSTOM) {
            custom.insert(own.to_owned(), attributes::typed(types.get(name).map(String::as_str), value));
            continue;
        }
        let kind = match name.as_str() {
            "owner_id" => Some("integer"),
            "unsubscribed_from_emails" => Some("boolean"),
            _ => None,
        };
        contact.insert(name.clone(), attributes::typed(kind, value));
    }
    if !custom.is_empty() {
        contact.insert("custom_attributes".to_owned(), custom.into());
    }
    contact
}

/// Reads the answer to [`get`], [`by_key`], [`create`] or [`update`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_contact(response: &Response) -> Result<RemoteRecord, CrmError> {
    record(&read(response)?).ok_or_else(|| odd(response, "no contact"))
}

/// The contact that a merged one lives on in, where the answer to [`get`] says so: `</contacts/5f2a>; rel="canonical"`.
#[must_use]
pub fn merged_into(response: &Response) -> Option<String> {
    if response.status != 410 {
        return None;
    }
    let canonical = response.header("link")?.split(',').find(|link| link.contains("canonical"))?;
    let (path, _) = canonical.trim().strip_prefix('<')?.split_once('>')?;
    let (_, id) = path.rsplit_once("/contacts/")?;
    let is_id = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    is_id.then(|| id.to_owned())
}

/// A contact of any answer; `None` without id.
pub(super) fn record(contact: &Value) -> Option<RemoteRecord> {
    let id = text(&contact["id"])?;
    let given = |name: &str| text(&contact[name]).unwrap_or_default();
    let mut properties: Properties = READ.iter().map(|name| ((*name).to_owned(), given(name))).collect();
    properties.extend(MOMENTS.iter().map(|name| ((*name).to_owned(), iso(&contact[name]))));
    let place = |name: &&str| (format!("location.{name}"), text(&contact["location"][*name]).unwrap_or_default());
    properties.extend(PLACE.iter().map(place));
    for (name, value) in contact["custom_attributes"].as_object().into_iter().flatten() {
        properties.insert(format!("{CUSTOM}{name}"), joined(value));
    }
    let some = |name: &str| Some(given(name)).filter(|text| !text.trim().is_empty());
    Some(RemoteRecord {
        id,
        key: some("external_id"),
        email: some("email"),
        phones: some("phone").into_iter().collect(),
        updated_at: stamp(&contact["updated_at"]),
        archived: contact["archived"] == true || contact["deleted"] == true,
        merged_into: None,
        former: Vec::new(),
        properties,
    })
}

/// Whether a record is a lead, who takes no key.
pub(super) fn is_lead(record: &RemoteRecord) -> bool {
    record.properties.get("role").is_some_and(|role| role == "lead")
}

/// A moment: whole seconds since 1970 in answers, ISO 8601 in webhooks.
pub(super) fn stamp(value: &Value) -> Option<Ms> {
    match value {
        Value::Number(seconds) => Some(Ms(seconds.as_i64()?.saturating_mul(1_000))),
        Value::String(text) => {
            text.parse::<i64>().ok().map(|seconds| Ms(seconds.saturating_mul(1_000))).or(moment(text))
        }
        _ => None,
    }
}

fn iso(value: &Value) -> String {
    let at = stamp(value).and_then(|at| jiff::Timestamp::from_millisecond(at.0).ok());
    at.map(|at| at.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn moments_are_read_in_both_forms() {
        for (value, text) in [
            (json!(1_795_244_400), "2026-11-21T07:00:00Z"),
            (json!("1795244400"), "2026-11-21T07:00:00Z"),
            (json!("2026-11-21T07:00:00.000+00:00"), "2026-11-21T07:00:00Z"),
            (json!(null), ""),
            (json!("soon"), ""),
            (json!([1]), ""),
        ] {
            assert_eq!(iso(&value), text, "{value}");
        }
    }
}

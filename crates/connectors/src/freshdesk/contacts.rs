//! Contacts: read and written, one at a time.

use super::api::{Api, read};
use super::fields::Kinds;
use crate::crm::answer::{joined, list, moment, odd, text};
use crate::crm::name::{UNNAMED, is_stand_in, stand_in};
use crate::crm::{CrmError, Properties, RemoteRecord, UpsertRow};
use crate::http::{Method, Request, Response, percent};
use serde_json::{Map, Value};

/// Begins the name of a field of the account's own.
pub const CUSTOM: &str = "custom_fields.";
/// The field that keeps our key. Freshdesk holds each value once.
pub const KEY: &str = "unique_external_id";
/// Attributes that are read as text, beside the account's own fields.
const READ: [&str; 11] = [
    "name",
    "email",
    "phone",
    "mobile",
    "job_title",
    "address",
    "description",
    "language",
    "time_zone",
    "twitter_id",
    "created_at",
];

/// Asks for one contact.
#[must_use]
pub fn get(api: &Api, id: &str) -> Request {
    api.call("get", Method::Get, &format!("/contacts/{}", percent(id)))
}

/// Creates a contact with our key. Asked twice, the second answer is a refusal that names the first contact.
#[must_use]
pub fn create(api: &Api, row: &UpsertRow, kinds: &Kinds) -> Request {
    let mut contact = body(&row.properties, kinds);
    if !contact.contains_key("name") {
        // A contact must have a name.
        let given = |name: &str| row.properties.get(name).map(String::as_str).filter(|text| !text.trim().is_empty());
        contact.insert("name".to_owned(), stand_in(given("mobile").or_else(|| given("phone"))).into());
    }
    contact.insert(KEY.to_owned(), row.key.as_str().into());
    api.call("create", Method::Post, "/contacts").with_json(&contact.into())
}

/// Updates a contact by id; with `key`, it is given our key too.
#[must_use]
pub fn update(api: &Api, id: &str, key: Option<&str>, properties: &Properties, kinds: &Kinds) -> Request {
    let mut contact = body(properties, kinds);
    if let Some(key) = key {
        contact.insert(KEY.to_owned(), key.into());
    }
    api.call("update", Method::Put, &format!("/contacts/{}", percent(id))).with_json(&contact.into())
}

/// Asks for the contact with this key, also when search does not know it yet.
#[must_use]
pub fn by_key(api: &Api, key: &str) -> Request {
    api.call("by_key", Method::Get, &format!("/contacts?{KEY}={}", percent(key)))
}

/// The attributes to write.
fn body(properties: &Properties, kinds: &Kinds) -> Map<String, Value> {
    let (mut contact, mut custom) = (Map::new(), Map::new());
    for (name, value) in properties {
        if let Some(own) = name.strip_prefix(CUSTOM) {
            custom.insert(own.to_owned(), kinds.value(name, value));
            continue;
        }
        let value = match (name.as_str(), value.trim()) {
            ("name", "") => UNNAMED.into(),
            // These are never empty over there: the account's own ones count.
            ("language" | "time_zone", "") => continue,
            ("tags", tags) => tags.split(';').map(str::trim).filter(|tag| !tag.is_empty()).collect(),
            (_, "") => Value::Null,
            _ => value.as_str().into(),
        };
        contact.insert(name.clone(), value);
    }
    if !custom.is_empty() {
        contact.insert("custom_fields".to_owned(), custom.into());
    }
    contact
}

/// Reads the answer to [`get`], [`create`] or [`update`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_contact(response: &Response) -> Result<RemoteRecord, CrmError> {
    record(&read(response)?).ok_or_else(|| odd(response, "no contact"))
}

/// Reads a list of contacts.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_contacts(response: &Response) -> Result<Vec<RemoteRecord>, CrmError> {
    let body = read(response)?;
    if !body.is_array() {
        return Err(odd(response, "no list"));
    }
    Ok(list(&body).iter().filter_map(record).collect())
}

/// A contact of any answer; `None` without id. Lists leave some fields out: those are unknown, not empty.
pub(super) fn record(contact: &Value) -> Option<RemoteRecord> {
    let id = text(&contact["id"])?;
    let given = |name: &str| text(&contact[name]).unwrap_or_default();
    let told = READ.iter().filter(|name| contact.get(**name).is_some());
    let mut properties: Properties = told.map(|name| ((*name).to_owned(), given(name))).collect();
    for name in ["tags", "other_emails"] {
        if let Some(values) = contact.get(name) {
            properties.insert(name.to_owned(), joined(values));
        }
    }
    let (mobile, phone) = (given("mobile"), given("phone"));
    if is_stand_in(&given("name"), &[&mobile, &phone]) {
        properties.insert("name".to_owned(), String::new());
    }
    for (name, value) in contact["custom_fields"].as_object().into_iter().flatten() {
        properties.insert(format!("{CUSTOM}{name}"), joined(value));
    }
    let some = |name: &str| Some(given(name)).filter(|text| !text.trim().is_empty());
    Some(RemoteRecord {
        id,
        key: some(KEY),
        email: some("email"),
        // Customers write from their mobile phone.
        phones: [mobile, phone].into_iter().filter(|number| !number.trim().is_empty()).collect(),
        updated_at: some("updated_at").and_then(|at| moment(&at)),
        archived: contact["deleted"] == true,
        merged_into: None,
        former: Vec::new(),
        properties,
    })
}

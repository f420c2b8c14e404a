//! Contacts: read, found and deleted.

use super::api::{Api, read};
use super::fields::KEY_FIELD;
use crate::crm::answer::{joined, list, moment, odd, text};
use crate::crm::name::is_stand_in;
use crate::crm::{CrmError, Properties, RemoteRecord};
use crate::http::{Method, Request, Response, percent};
use rapport_core::time::Ms;
use serde_json::Value;

/// Contacts that one list holds.
pub const PAGE: usize = 200;
/// Ids that one call may name.
pub const MAX_IDS: usize = 50;
/// Fields that one call may name.
const MAX_FIELDS: usize = 50;
/// Where a contact's own numbers stand; the first is the one that is likeliest to have WhatsApp.
pub const PHONES: [&str; 4] = ["Mobile", "Phone", "Home_Phone", "Other_Phone"];
/// The e-mail address.
pub const EMAIL: &str = "Email";
/// The one name that a contact must have.
pub const LAST_NAME: &str = "Last_Name";
/// When it was changed: whole seconds, with the account's offset.
pub(super) const STAMP: &str = "Modified_Time";

/// The fields that every read asks for: ours, and these.
#[must_use]
pub fn wanted(fields: &[String]) -> String {
    let mut all: Vec<&str> = [KEY_FIELD, EMAIL, LAST_NAME, STAMP].into_iter().chain(PHONES).collect();
    for field in fields {
        if !all.contains(&field.as_str()) {
            all.push(field);
        }
    }
    all.truncate(MAX_FIELDS);
    percent(&all.join(","))
}

/// Asks for contacts by id, at most [`MAX_IDS`]. Those that are gone are left out.
#[must_use]
pub fn by_ids(api: &Api, ids: &[String], wanted: &str) -> Request {
    let ids = percent(&ids.join(","));
    api.contacts("read", Method::Get, &format!("?ids={ids}&fields={wanted}&per_page={PAGE}"))
}

/// Asks for one contact, with all its fields.
#[must_use]
pub fn get(api: &Api, id: &str) -> Request {
    api.contacts("get", Method::Get, &format!("/{}", percent(id)))
}

/// Looks for contacts by a number, in whichever of their fields it stands. The index lags by seconds to minutes.
#[must_use]
pub fn by_phone(api: &Api, number: &str, wanted: &str) -> Request {
    let number = percent(number.trim());
    api.contacts("search", Method::Get, &format!("/search?phone={number}&fields={wanted}&per_page={PAGE}"))
}

/// Asks for a page of deleted contacts, counted from 1: those in the recycle bin, and those gone from there.
#[must_use]
pub fn deleted(api: &Api, page: u32) -> Request {
    api.contacts("deleted", Method::Get, &format!("/deleted?type=all&page={page}&per_page={PAGE}"))
}

/// A page of contacts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// As they are.
    pub records: Vec<RemoteRecord>,
    /// There are more.
    pub more: bool,
}

/// Reads a list of contacts.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_page(response: &Response) -> Result<Page, CrmError> {
    let body = read(response)?;
    if body.is_null() {
        return Ok(Page::default());
    }
    if !body["data"].is_array() {
        return Err(odd(response, "no data"));
    }
    Ok(Page {
        records: list(&body["data"]).iter().filter_map(record).collect(),
        more: body["info"]["more_records"] == true,
    })
}

/// Reads the answer to [`get`]; `None` when there is no such contact.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_one(response: &Response) -> Result<Option<RemoteRecord>, CrmError> {
    Ok(read_page(response)?.records.into_iter().next())
}

/// Reads the answer to [`deleted`]: who is gone, and whether there are more.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_deleted(response: &Response) -> Result<(Vec<RemoteRecord>, bool), CrmError> {
    let page = read_page(response)?;
    let gone = |record: RemoteRecord| RemoteRecord { id: record.id, archived: true, ..RemoteRecord::default() };
    Ok((page.records.into_iter().map(gone).collect(), page.more))
}

/// A contact of any answer; `None` without id.
fn record(row: &Value) -> Option<RemoteRecord> {
    let id = text(&row["id"])?;
    // What begins with a dollar sign is about the record, not of it.
    let own = row.as_object()?.iter().filter(|(name, _)| !name.starts_with('$') && *name != "id");
    let mut properties: Properties = own.map(|(name, value)| (name.clone(), plain(value))).collect();
    let some = |name: &str| text(&row[name]).filter(|text| !text.trim().is_empty());
    let phones: Vec<String> = PHONES.iter().filter_map(|name| some(name)).collect();
    let numbers: Vec<&str> = phones.iter().map(String::as_str).collect();
    if properties.get(LAST_NAME).is_some_and(|name| is_stand_in(name, &numbers)) {
        properties.insert(LAST_NAME.to_owned(), String::new());
    }
    Some(RemoteRecord {
        id,
        key: some(KEY_FIELD),
        email: some(EMAIL),
        phones,
        updated_at: some(STAMP).and_then(|at| moment(&at)),
        archived: false,
        merged_into: None,
        former: Vec::new(),
        properties,
    })
}

/// A value as text; somebody else's record is called by its name.
fn plain(value: &Value) -> String {
    if value.is_object() { text(&value["name"]).unwrap_or_default() } else { joined(value) }
}

/// As Zoho writes moments, in UTC.
pub(super) fn iso(at: Ms) -> String {
    let stamp = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    stamp.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

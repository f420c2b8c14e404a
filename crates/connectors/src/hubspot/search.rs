//! Searching. The index lags by seconds to minutes: never "search, then create" without a guard of one's own.

use super::api::{Api, next_after, read};
use super::records::record;
use crate::crm::answer::{list, odd};
use crate::crm::{CrmError, RemoteRecord};
use crate::http::{Method, Request, Response};
use serde_json::{Value, json};

/// Rows a page.
pub const PAGE: usize = 200;
/// The search ends here: rows beyond the 10,000th are refused.
pub const WINDOW: usize = 10_000;
/// Most groups of filters, each of which is an alternative.
const MAX_GROUPS: usize = 5;

/// A page of found records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPage {
    /// The records.
    pub records: Vec<RemoteRecord>,
    /// How many match in all, as far as the index knows.
    pub total: u64,
    /// Cursor of the next page.
    pub after: Option<String>,
}

/// The name of the modified stamp of an object kind.
#[must_use]
pub fn stamp_property(kind: &str) -> &'static str {
    if matches!(kind, "contacts" | "0-1") { "lastmodifieddate" } else { "hs_lastmodifieddate" }
}

/// Looks for contacts by a phone number in any of these spellings. At most ten spellings are used: a search takes
/// five groups, and each group asks one property for several values.
#[must_use]
pub fn by_phone(api: &Api, variants: &[String], properties: &[&str]) -> Request {
    const FIELDS: [&str; 3] = ["phone", "mobilephone", "hs_whatsapp_phone_number"];
    const SEARCHABLE: [&str; 2] = ["hs_searchable_calculated_phone_number", "hs_searchable_calculated_mobile_number"];
    let spellings: Vec<&String> = variants.iter().take(10).collect();
    // The calculated fields hold the national number without any sign; they are compared with the digits alone.
    let digits: Vec<String> =
        spellings.iter().map(|text| text.chars().filter(char::is_ascii_digit).collect()).collect();
    let group =
        |name: &str, values: Value| json!({"filters": [{"propertyName": name, "operator": "IN", "values": values}]});
    let groups: Vec<Value> = FIELDS
        .iter()
        .map(|name| group(name, json!(spellings)))
        .chain(SEARCHABLE.iter().map(|name| group(name, json!(digits))))
        .take(MAX_GROUPS)
        .collect();
    post(api, "contacts", &json!({"filterGroups": groups, "properties": properties, "limit": 20}))
}

/// Looks for contacts by e-mail address, case ignored (HubSpot keeps addresses in lower case).
#[must_use]
pub fn by_email(api: &Api, email: &str, properties: &[&str]) -> Request {
    let filter = json!({"propertyName": "email", "operator": "EQ", "value": email.trim().to_lowercase()});
    post(api, "contacts", &json!({"filterGroups": [{"filters": [filter]}], "properties": properties, "limit": 20}))
}

pub(super) fn post(api: &Api, kind: &str, body: &Value) -> Request {
    api.objects("search", Method::Post, kind, "/search").with_json(body)
}

/// Reads the answer to any search.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_page(response: &Response) -> Result<SearchPage, CrmError> {
    let body = read(response)?;
    if !body["results"].is_array() {
        return Err(odd(response, "no results"));
    }
    Ok(SearchPage {
        records: list(&body["results"]).iter().filter_map(record).collect(),
        total: body["total"].as_u64().unwrap_or(0),
        after: next_after(&body),
    })
}

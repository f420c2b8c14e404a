//! Questions in Salesforce's query language. Values are quoted, names are checked: nothing that somebody wrote into a
//! contact or a mapping becomes part of the language.

use super::api::{Api, OBJECT, read};
use super::contacts::{self, KEY, PHONES};
use crate::crm::answer::{list, odd};
use crate::crm::{CrmError, RemoteRecord};
use crate::http::{Method, Request, Response, percent};
use rapport_core::time::Ms;
use serde::{Deserialize, Serialize};

/// Most records of one page of changes; also the most in one answer.
pub const PAGE: usize = 2_000;
/// Most values in one list: with them, an address stays well below the 16 kB that are taken.
pub const MAX_VALUES: usize = 100;
/// Most records that a search by numbers is shown.
pub const MAX_FOUND: usize = 200;

/// Which records are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those that are there.
    Live,
    /// Deleted and merged ones too, as long as they are in the recycle bin.
    All,
}

/// A text in quotes.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\\' | '\'' | '"' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// Values in quotes, between commas.
#[must_use]
pub fn quoted(values: &[String]) -> String {
    values.iter().map(|value| quote(value)).collect::<Vec<_>>().join(",")
}

/// Whether this can be a field's name.
#[must_use]
pub fn is_name(text: &str) -> bool {
    text.len() <= 80
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A moment as the language writes it; Salesforce knows whole seconds.
fn moment(at: Ms) -> String {
    let second = at.0.div_euclid(1_000) * 1_000;
    let at = jiff::Timestamp::from_millisecond(second).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A question for contacts; `tail` follows the object's name.
#[must_use]
pub fn query(api: &Api, scope: Scope, fields: &[String], tail: &str) -> Request {
    let (operation, path) = match scope {
        Scope::Live => ("query", "query"),
        Scope::All => ("query_all", "queryAll"),
    };
    let text = format!("SELECT {} FROM {OBJECT} {tail}", fields.join(","));
    api.call(operation, Method::Get, &format!("/{path}?q={}", percent(&text)))
}

/// A question for records of an object that are there; `tail` follows the object's name.
#[must_use]
pub fn select(api: &Api, object: &str, fields: &[&str], tail: &str) -> Request {
    let text = format!("SELECT {} FROM {object} {tail}", fields.join(","));
    api.call("query", Method::Get, &format!("/query?q={}", percent(&text)))
}

/// The tail that asks for records with one of these values.
#[must_use]
pub fn among(field: &str, values: &[String]) -> String {
    format!("WHERE {field} IN ({})", quoted(values))
}

/// The tail that asks for records with one of these numbers, exactly as written.
#[must_use]
pub fn with_number(spellings: &[String]) -> String {
    let all = quoted(spellings);
    let any: Vec<String> = PHONES.iter().map(|field| format!("{field} IN ({all})")).collect();
    format!("WHERE {} LIMIT {MAX_FOUND}", any.join(" OR "))
}

/// The digits of numbers, each once; those too short to search for are left out.
#[must_use]
pub fn digits(spellings: &[String]) -> Vec<String> {
    let digits = |text: &String| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let mut all: Vec<String> = spellings.iter().map(digits).filter(|digits| digits.len() >= 6).collect();
    all.sort();
    all.dedup();
    all
}

/// A search for numbers by their [`digits`], however they are written. Its index lags by seconds to minutes.
#[must_use]
pub fn search_digits(api: &Api, fields: &[String], digits: &[String]) -> Request {
    let (digits, fields) = (digits.join(" OR "), fields.join(","));
    let text = format!("FIND {{{digits}}} IN PHONE FIELDS RETURNING {OBJECT}({fields} LIMIT {MAX_FOUND})");
    api.call("search", Method::Get, &format!("/search?q={}", percent(&text)))
}

/// A place among the changes, in the order of stamp and id; can be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    at: Ms,
    id: String,
}

/// The tail that asks for a page of changes.
#[must_use]
pub fn changed(place: Option<&Place>, since: Ms) -> String {
    let from = match place {
        Some(Place { at, id }) => {
            let at = moment(*at);
            format!("SystemModstamp > {at} OR (SystemModstamp = {at} AND Id > {})", quote(id))
        }
        None => format!("SystemModstamp >= {}", moment(since)),
    };
    format!("WHERE {from} ORDER BY SystemModstamp, Id LIMIT {PAGE}")
}

/// Where the page behind these records begins; `None` when they do not fill one.
#[must_use]
pub fn after(records: &[RemoteRecord]) -> Option<Place> {
    let last = records.last().filter(|_| records.len() >= PAGE)?;
    Some(Place { at: last.updated_at?, id: last.id.clone() })
}

/// A batch of a query's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The records.
    pub records: Vec<RemoteRecord>,
    /// The path of the batch that follows.
    pub next: Option<String>,
}

/// Reads the answer to [`query`], or a further batch of it.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_batch(response: &Response) -> Result<Batch, CrmError> {
    let body = read(response)?;
    if !body["records"].is_array() {
        return Err(odd(response, "no records"));
    }
    let records = list(&body["records"]).iter().filter_map(contacts::record).collect();
    let next = match (body["done"] == false, body["nextRecordsUrl"].as_str()) {
        (false, _) => None,
        (true, Some(path)) if path.starts_with("/services/data/") => Some(path.to_owned()),
        (true, _) => return Err(odd(response, "no way to the other records")),
    };
    Ok(Batch { records, next })
}

/// Reads the answer to [`search_digits`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_found(response: &Response) -> Result<Vec<RemoteRecord>, CrmError> {
    let body = read(response)?;
    if !body["searchRecords"].is_array() {
        return Err(odd(response, "no searchRecords"));
    }
    Ok(list(&body["searchRecords"]).iter().filter_map(contacts::record).collect())
}

/// Asks for what was deleted lately, also what has left the recycle bin. `to` is the present over there.
#[must_use]
pub fn deleted(api: &Api, from: Ms, to: Ms) -> Request {
    let (from, to) = (percent(&moment(from)), percent(&moment(to)));
    api.call("deleted", Method::Get, &format!("/sobjects/{OBJECT}/deleted?start={from}&end={to}"))
}

/// Reads the answer to [`deleted`].
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_deleted(response: &Response) -> Result<Vec<RemoteRecord>, CrmError> {
    let body = read(response)?;
    if !body["deletedRecords"].is_array() {
        return Err(odd(response, "no deletedRecords"));
    }
    let gone = |item: &serde_json::Value| {
        let id = item["id"].as_str()?.to_owned();
        let updated_at = item["deletedDate"].as_str().and_then(contacts::moment);
        Some(RemoteRecord { id, archived: true, updated_at, ..RemoteRecord::default() })
    };
    Ok(list(&body["deletedRecords"]).iter().filter_map(gone).collect())
}

/// The fields that every read asks for: the mapped ones that can be names, and those the sync itself needs.
#[must_use]
pub fn wanted(fields: &[String]) -> Vec<String> {
    let own = ["Id", "IsDeleted", "MasterRecordId", "SystemModstamp", "FirstName", "LastName", "Email", KEY];
    let own = own.iter().chain(&PHONES).map(|name| (*name).to_owned());
    let mut all: Vec<String> = fields.iter().filter(|name| is_name(name)).cloned().chain(own).collect();
    all.sort();
    all.dedup();
    all
}

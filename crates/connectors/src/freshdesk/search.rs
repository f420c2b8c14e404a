//! Search: several values at once, some minutes behind, and at most 300 hits.

use super::api::{Api, read};
use super::contacts::record;
use crate::crm::answer::{list, odd};
use crate::crm::{CrmError, RemoteRecord};
use crate::http::{Method, Request, Response, percent};

/// Longest query, in characters, quotes included.
const LONGEST: usize = 512;
/// Hits a page.
pub const PAGE: usize = 30;
/// The last page that is shown.
pub const PAGES: usize = 10;
/// Between two terms.
const OR: &str = " OR ";

/// A term: this field holds this value.
#[must_use]
pub fn term(field: &str, value: &str) -> String {
    // Nothing in a value may end it.
    format!("{field}:'{}'", value.trim().replace(['\'', '"', '\\'], ""))
}

/// Queries for contacts that fit one of the terms: as few as take them all.
#[must_use]
pub fn queries(terms: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for term in terms {
        match all.last_mut() {
            Some(query) if query.chars().count() + OR.len() + term.chars().count() + 2 <= LONGEST => {
                query.push_str(OR);
                query.push_str(&term);
            }
            _ => all.push(term),
        }
    }
    all
}

/// Asks for a page of what fits, from 1.
#[must_use]
pub fn page(api: &Api, query: &str, page: usize) -> Request {
    let query = percent(&format!("\"{query}\""));
    api.call("search", Method::Get, &format!("/search/contacts?query={query}&page={page}"))
}

/// Reads the answer to [`page`]: hits, and how many there are in all.
///
/// # Errors
/// [`CrmError`] when refused.
pub fn read_page(response: &Response) -> Result<(Vec<RemoteRecord>, u64), CrmError> {
    let body = read(response)?;
    if !body["results"].is_array() {
        return Err(odd(response, "no results"));
    }
    let found: Vec<RemoteRecord> = list(&body["results"]).iter().filter_map(record).collect();
    let total = body["total"].as_u64().unwrap_or(found.len() as u64);
    Ok((found, total))
}
